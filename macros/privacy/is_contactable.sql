{#- Whether a customer may be addressed on a day: whether what was recorded last before
    that day grants it. Without a record the answer is no, but for what the seed
    `consent_defaults` grants in their country.

    customer: the customer's id, an SQL expression
    date:     the day, an SQL expression
    purpose:  as in consents; that of the setting `activation_purpose` by default. Where
              the purpose is null, consent is not asked for
    channels: as in consents; those of the setting `activation_channels` by default. One
              of them is enough, and any where none is named -#}
{% macro is_contactable(customer, date, purpose=none, channels=none) -%}
    {%- set asked = purpose or setting('activation_purpose') -%}
    {%- set ways = setting('activation_channels') if channels is none else channels -%}
    {%- if asked is none -%}
    true
    {%- else -%}
    exists (
        select 1
        from {{ ref('int_consents__intervals') }} as consents
        where
            consents.customer_id = {{ customer }}
            and consents.is_granted
            and consents.purpose = {{ quoted_text(asked) }}
            {%- if ways %}
            and {{ is_one_of('consents.channel', ways) }}
            {%- endif %}
            and consents.valid_from < cast({{ date }} as timestamp)
            and (
                consents.valid_to is null
                or consents.valid_to >= cast({{ date }} as timestamp)
            )
    )
    {%- endif -%}
{%- endmacro %}

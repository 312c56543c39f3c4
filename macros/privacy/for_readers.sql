{#- What may be shown of a body. Every mart selects from this, and none from elsewhere:

        from {{ for_readers('int_customers__churn') }}

    People who asked to be erased are in no body. Where a mart is a list of people to
    address, only those who may be addressed are shown:

        from {{ for_readers('int_lookalikes', to_address=true) }}

    body:       name of the model with the mart's rows
    to_address: whether the mart is such a list. It has a `customer_id`, a date
                `as_of_date`, and the tag `activation` -#}
{% macro for_readers(body, to_address=false) -%}
    {%- if to_address -%}
(
    select *
    from {{ ref(body) }} as people
    where {{ is_contactable('people.customer_id', 'people.as_of_date') }}
)
    {%- else -%}
{{ ref(body) }}
    {%- endif -%}
{%- endmacro %}

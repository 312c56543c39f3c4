with

{% for table in raw_tables() %}
{#- a request to be erased is not kept under the name of whom it erases -#}
{%- set key = table.key | reject('equalto', 'customer_id') | list
    if table.table == 'erasure_requests' else table.key %}
{{ table.table }} as (

    select
        '{{ table.source }}' as source_name,
        '{{ table.table }}' as table_name,
        concat_ws(
            ' | ',
            {%- for column in key %}
            coalesce(cast({{ column }} as {{ dbt.type_string() }}), '?')
            {%- if not loop.last %},{% endif %}
            {%- endfor %}
        ) as row_key,
        rejection_reasons,
        raw_row
    from {{ ref('int_' ~ table.table ~ '__checked') }}
    where not is_accepted

),
{% endfor %}

unioned as (

    {% for table in raw_tables() -%}
    select * from {{ table.table }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- a raw row may arrive many times: each one is a row here, with its own number
numbered as (

    select
        *,
        row_number() over (
            partition by source_name, table_name, row_key, rejection_reasons, raw_row
            order by raw_row
        ) as repetition
    from unioned

)

select
    ---------- ids
    md5(concat_ws(
        '|', table_name, row_key, rejection_reasons, raw_row,
        cast(repetition as {{ dbt.type_string() }})
    )) as rejected_row_id,

    ---------- strings
    source_name,
    table_name,
    row_key,
    rejection_reasons,
    raw_row
from numbered

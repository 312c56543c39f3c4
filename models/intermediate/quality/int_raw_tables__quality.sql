{{ config(materialized='view') }}

{%- set pilot = pilot_in_words() %}
with

{% for table in raw_tables() %}
{{ table.table }} as (

    select
        '{{ table.source }}' as source_name,
        '{{ table.table }}' as table_name,
        count(*) as count_rows,
        count(*) filter (where is_accepted) as count_accepted_rows,
        count(*) filter (where not is_accepted) as count_rejected_rows,
        {%- if table.event_at %}
        min(cast({{ table.event_at }} as date)) filter (where is_accepted) as first_date,
        max(cast({{ table.event_at }} as date)) filter (where is_accepted) as last_date
        {%- else %}
        cast(null as date) as first_date,
        cast(null as date) as last_date
        {%- endif %}
    from {{ ref('int_' ~ table.table ~ '__checked') }}

),
{% endfor %}

unioned as (

    {% for table in raw_tables() -%}
    select * from {{ table.table }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

reasons as (

    select
        table_name,
        rejection_reasons,
        count(*) as count_rows
    from {{ ref('int_rejected_rows') }}
    group by table_name, rejection_reasons
    qualify
        row_number() over (
            partition by table_name
            order by count_rows desc, rejection_reasons asc
        ) = 1

)

select
    ---------- strings
    unioned.source_name,
    unioned.table_name,
    reasons.rejection_reasons as most_frequent_rejection_reasons,
    {{ quoted_text(pilot) if pilot else 'null' }}
        as pilot,

    ---------- numerics
    unioned.count_rows,
    unioned.count_accepted_rows,
    unioned.count_rejected_rows,
    unioned.count_rejected_rows / nullif(cast(unioned.count_rows as double), 0)
        as rejected_share,

    ---------- dates
    unioned.first_date,
    unioned.last_date
from unioned
left join reasons
    on unioned.table_name = reasons.table_name

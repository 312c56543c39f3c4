-- Nothing is lost: the rows that staging saw of each raw table are those accepted plus
-- those rejected, and every rejected row can be read.
with

{% for table in raw_tables() %}
{{ table.table }} as (

    select
        '{{ table.table }}' as table_name,
        count(*) as count_rows
    from {{ ref('stg_' ~ table.source ~ '__' ~ table.table) }}

),
{% endfor %}

raw_rows as (

    {% for table in raw_tables() -%}
    select * from {{ table.table }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

rejected_rows as (

    select
        table_name,
        count(*) as count_rows
    from {{ ref('fct_rejected_rows') }}
    group by table_name

)

select
    raw_rows.table_name,
    raw_rows.count_rows,
    quality.count_accepted_rows,
    quality.count_rejected_rows,
    rejected_rows.count_rows as count_rejected_rows_to_read
from raw_rows
left join {{ ref('rpt_input_quality') }} as quality
    on raw_rows.table_name = quality.table_name
left join rejected_rows
    on raw_rows.table_name = rejected_rows.table_name
where
    quality.table_name is null
    or raw_rows.count_rows <> quality.count_rows
    or raw_rows.count_rows <> quality.count_accepted_rows + quality.count_rejected_rows
    or quality.count_rejected_rows <> coalesce(rejected_rows.count_rows, 0)

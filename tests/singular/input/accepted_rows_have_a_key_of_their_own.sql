-- No two accepted rows of a raw table share a key.
{% for table in raw_tables() %}
select
    '{{ table.table }}' as table_name,
    concat_ws(
        ' | '
        {%- for column in table.key %}, cast({{ column }} as {{ dbt.type_string() }})
        {%- endfor %}
    ) as row_key,
    count(*) as count_rows
from {{ ref('int_' ~ table.table ~ '__checked') }}
where is_accepted
group by {{ table.key | join(', ') }}
having count(*) > 1
{% if not loop.last %}union all{% endif %}
{% endfor %}

-- What every row of another model is joined to, without a key, is a single row: a second
-- one would double all of them, and none would leave nothing. A shop without an order has
-- no date that live segments are known at.
{% for table, wrong in {
    'int_plausible_dates': '<> 1',
    'int_prospects__conversion': '<> 1',
    'int_live__known': '> 1',
}.items() -%}
select
    '{{ table }}' as table_name,
    count(*) as count_rows
from {{ ref(table) }}
having count(*) {{ wrong }}
{% if not loop.last %}union all{% endif %}
{% endfor %}

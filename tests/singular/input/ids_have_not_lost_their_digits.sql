{{ config(severity='warn') }}
-- An id in scientific notation (1.785E+04) has lost its last digits. It is read as no id,
-- so that no two customers become one. Send ids as text.
{% for source_name, table, columns in [
    ('shop', 'orders', ['order_id', 'customer_id']),
    ('shop', 'order_lines', ['order_id', 'product_id']),
    ('shop', 'customers', ['customer_id']),
    ('shop', 'products', ['product_id']),
] %}
{%- for column in columns -%}
select
    '{{ table }}.{{ column }}' as column_name,
    cast({{ column }} as {{ dbt.type_string() }}) as raw_id
from {{ raw_table(source_name, table) }}
where {{ has_lost_digits(column) }}
{% if not loop.last %}union all{% endif %}
{% endfor -%}
{% if not loop.last %}union all{% endif %}
{% endfor %}

{#- Of a list of people to address: only those on it who may be addressed on its day. -#}
{% test only_contactable(model, column_name, date='as_of_date') %}

select {{ column_name }}
from {{ model }} as listed
where not {{ is_contactable('listed.' ~ column_name, 'listed.' ~ date) }}

{% endtest %}

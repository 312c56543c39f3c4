{#- Values lie between two bounds, both included; nulls pass. -#}
{% test is_within(model, column_name, at_least=none, at_most=none) %}

select {{ column_name }}
from {{ model }}
where
    1 = 0
    {% if at_least is not none %}or {{ column_name }} < {{ at_least }}{% endif %}
    {% if at_most is not none %}or {{ column_name }} > {{ at_most }}{% endif %}

{% endtest %}

{#- The reasons to reject the date of an event, as accept_or_reject takes them. -#}
{% macro date_rejections(column) -%}
    {{ return({
        column ~ ' is missing': column ~ ' is null and ' ~ is_not_unreadable(column),
        column ~ ' is before the earliest valid date': column ~ ' < earliest_at',
        column ~ ' is in the future': column ~ ' >= events_before_at',
    }) }}
{%- endmacro %}

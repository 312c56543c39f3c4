{#- Whether a version of an order is the one known at an anchor: it began before the
    anchor and did not end before it.

    version: the relation that holds valid_from and valid_to
    anchor:  the anchor, a date -#}
{% macro is_known_version(version, anchor) -%}
    (
        {{ version }}.valid_from < cast({{ anchor }} as timestamp)
        and (
            {{ version }}.valid_to is null
            or {{ version }}.valid_to >= cast({{ anchor }} as timestamp)
        )
    )
{%- endmacro %}

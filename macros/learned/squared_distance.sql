{#- The squared distance of a customer from a cluster's centre along one feature, in
    standard deviations of the feature's logarithm. -#}
{% macro squared_distance(feature) -%}
    power(
        ({{ transformed('log1p', 'coalesce(customers.' ~ feature ~ ', 0)') }}
            - centres.{{ feature }}_mean) / centres.{{ feature }}_scale
        - centres.{{ feature }}_centre,
        2
    )
{%- endmacro %}

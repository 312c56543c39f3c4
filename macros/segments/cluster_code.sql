{#- The segment code of a cluster. -#}
{% macro cluster_code(cluster_id) -%}
    'cluster_' || cast({{ cluster_id }} as {{ dbt.type_string() }})
{%- endmacro %}

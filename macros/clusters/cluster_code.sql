{#- The segment code of a cluster; 0 is of those who are in none. -#}
{% macro cluster_code(cluster_id) -%}
    case
        when {{ cluster_id }} = 0 then 'noise'
        else 'cluster_' || cast({{ cluster_id }} as {{ dbt.type_string() }})
    end
{%- endmacro %}

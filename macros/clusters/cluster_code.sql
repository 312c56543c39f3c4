{#- The segment code of a cluster; cluster 0 holds customers in no cluster. -#}
{% macro cluster_code(cluster_id) -%}
    case
        when {{ cluster_id }} = 0 then 'noise'
        else 'cluster_' || cast({{ cluster_id }} as {{ dbt.type_string() }})
    end
{%- endmacro %}

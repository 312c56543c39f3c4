{#- The favourites that clusters are learned on, by the setting
    `cluster_categories`. -#}
{% macro named_history_categories() -%}
    {%- set named = [] -%}
    {%- for column in ['channel', 'daypart']
        if 'favourite_' ~ column in setting('cluster_categories') -%}
        {%- do named.append(column) -%}
    {%- endfor -%}
    {{ return(named) }}
{%- endmacro %}

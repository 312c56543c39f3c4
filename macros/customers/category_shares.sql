{#- Maps each column of category shares to its category, for the setting
    `share_categories`. -#}
{% macro category_shares() -%}
    {%- set columns = {} -%}
    {%- for category in setting('share_categories') -%}
        {%- set name = modules.re.sub('[^a-z0-9]+', '_', category | lower).strip('_') -%}
        {%- do columns.update({name: category}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

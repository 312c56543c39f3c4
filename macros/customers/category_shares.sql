{#- The shares of categories that are features: a column per category of the setting
    `share_categories`, by its name. What is no list makes none: models are parsed before
    check_settings says so. -#}
{% macro category_shares() -%}
    {%- set columns = {} -%}
    {%- set named = var('share_categories') -%}
    {%- for category in (named if named is sequence and named is not string else []) -%}
        {%- set name = modules.re.sub('[^a-z0-9]+', '_', category | string | lower).strip('_') -%}
        {%- do columns.update({name: category | string}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{#- Maps each column of category shares to its category, for the setting
    `share_categories`. A name that no column may have, or that another has, begins with
    category_. -#}
{% macro category_shares() -%}
    {%- set columns = {} -%}
    {%- set taken = ['discount', 'promotion_order', 'weekend_order', 'lifetime'] -%}
    {%- for category in setting('share_categories') -%}
        {%- set name = modules.re.sub('[^a-z0-9]+', '_', category | lower).strip('_') -%}
        {%- if name in taken or modules.re.match('[0-9]', name) -%}
            {%- set name = 'category_' ~ name -%}
        {%- endif -%}
        {%- do columns.update({name: category}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

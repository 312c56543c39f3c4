{#- All settings with their values, as JSON in the order of their names. -#}
{% macro settings_as_json() -%}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}
    {%- set found = {} -%}
    {%- for section in fromyaml(settings_text()).values() -%}
        {%- for name in section -%}
            {%- do found.update({name: setting(name)}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(tojson(found, sort_keys=true)) }}
{%- endmacro %}

{#- A text as a cell that no spreadsheet runs: what begins with = + - @ (also full-width),
    a tab or a line end is a formula to them, and gets an apostrophe in front, which they
    do not show. For what leaves the warehouse; tables keep the values as they are, since
    keys and joins need them. As OWASP advises for CSV injection. -#}
{% macro safe_cell(text) -%}
    case
        when substring({{ text }}, 1, 1) in (
            '=', '+', '-', '@', '＝', '＋', '－', '＠', chr(9), chr(10), chr(13)
        ) then '''' || {{ text }}
        else {{ text }}
    end
{%- endmacro %}


{#- A relation as a query whose texts are safe_cells. -#}
{% macro safe_cells(relation) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) -%}
    select
    {%- for column in columns %}
        {% if column.is_string() -%}
            {{ safe_cell(adapter.quote(column.name)) }} as {{ adapter.quote(column.name) }}
        {%- else -%}
            {{ adapter.quote(column.name) }}
        {%- endif -%}
        {{ ',' if not loop.last }}
    {%- endfor %}
    from {{ relation }}
{%- endmacro %}

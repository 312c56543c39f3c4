{#- Two columns every staging model ends with:
    `unreadable_values`: the values that could not be read, in words, or null;
    `raw_values`: the row as it arrived, as a struct, without the columns tagged `pii`.
    It becomes JSON where the row is rejected: few are, and each takes time. -#}
{% macro input_quality(source_name, table_name) -%}
    {%- set values = {} -%}
    {%- for column in raw_columns(source_name, table_name) | rejectattr('is_pii') -%}
        {%- do values.update({column.name: column.name}) -%}
    {%- endfor %}
    nullif(concat_ws(
        '; ', cast(null as {{ dbt.type_string() }})
        {%- for column in raw_columns(source_name, table_name) -%}
        ,
        case
            {% if column.data_type == 'string' -%}
            -- to pandas and many tools, a text ends at its first NUL
            when {{ dbt.position('chr(0)', as_it_came(column.name)) }} > 0
            {%- else -%}
            when {{ read_text(column.name) }} is not null
                and {{ read_value(column.name, column.data_type) }} is null
            {%- endif %}
                then '{{ column.name }} cannot be read as a {{
                    column.data_type
                    | replace("decimal(18, 4)", "number")
                    | replace("decimal(28, 10)", "number")
                    | replace("bigint", "whole number")
                    | replace("string", "text")
                }}'
        end
        {%- endfor %}
    ), '') as unreadable_values,
    {{ struct_of(values) }} as raw_values
{%- endmacro %}

{#- Two columns every staging model ends with:
    `unreadable_values`: the values that could not be read, in words, or null;
    `raw_row`: the row as it arrived, as JSON, without the columns tagged `pii`. -#}
{% macro input_quality(source_name, table_name) -%}
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
    {{ row_as_json(
        raw_columns(source_name, table_name) | rejectattr('is_pii')
        | map(attribute='name') | list
    ) }} as raw_row
{%- endmacro %}

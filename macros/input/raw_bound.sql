{#- A raw column is compared with a bound as it came, so that the engine can leave out
    whole blocks of the table: nothing may be done to the column itself. This is the type
    the bound must have: times and whole numbers are compared as such, anything else as
    text, which is the order of dates that are written year first.

    Bounds only narrow what is read: the rows that pass are still read as staging reads
    them. -#}
{% macro raw_bound_type(source_name, table_name, column) -%}
    {%- set type = raw_column_type(source_name, table_name, column) -%}
    {%- set is_text = not modules.re.match('timestamp|date|(big|small|tiny|huge|u)*int', type) -%}
    {{ return(dbt.type_string() if is_text else type) }}
{%- endmacro %}

{#- A column of a relation of one row as the bound of a raw column. -#}
{% macro raw_bound(bound, relation, source_name, table_name, column) -%}
    (
        select cast({{ bound }} as {{ raw_bound_type(source_name, table_name, column) }})
        from {{ relation }}
    )
{%- endmacro %}

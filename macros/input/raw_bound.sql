{#- The type of a bound on a raw column. The raw column is compared as it arrived, so
    that the engine can skip whole blocks of the table; nothing may be done to the
    column itself. Times and whole numbers compare as such, anything else as text, which
    sorts dates that are written year first.

    Bounds only narrow what is read: the rows that pass are still read as staging reads
    them. -#}
{% macro raw_bound_type(source_name, table_name, column) -%}
    {%- set type = raw_column_type(source_name, table_name, column) -%}
    {%- set is_text = not modules.re.match('timestamp|date|(big|small|tiny|huge|u)*int', type) -%}
    {{ return(dbt.type_string() if is_text else type) }}
{%- endmacro %}

{#- Turns a column of a one-row relation into a bound on a raw column. -#}
{% macro raw_bound(bound, relation, source_name, table_name, column) -%}
    (
        select cast({{ bound }} as {{ raw_bound_type(source_name, table_name, column) }})
        from {{ relation }}
    )
{%- endmacro %}

{#- The columns of the raw table `customers` that are tagged `protected` and have no column of
    their own further on: they are carried along as `protected_<name>`. -#}
{% macro protected_columns() -%}
    {%- set found = [] -%}
    {%- for column in raw_columns('shop', 'customers')
        if column.is_protected and column.name not in ['gender', 'birth_date', 'country'] -%}
        {%- do found.append(column.name) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- The protected attributes, {name: column of int_customers}: a birth date is judged as the
    age band at the scoring anchor. Unknown while dbt parses. -#}
{% macro protected_attributes() -%}
    {%- set found = {} -%}
    {%- for column in raw_columns('shop', 'customers') if column.is_protected -%}
        {%- if column.name == 'birth_date' -%}
            {%- do found.update({'age_band': 'age_band'}) -%}
        {%- elif column.name in ['gender', 'country'] -%}
            {%- do found.update({column.name: column.name}) -%}
        {%- else -%}
            {%- do found.update({column.name: 'protected_' ~ column.name}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

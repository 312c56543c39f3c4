{#- What a text file beside dbt_project.yml says; empty where there is none, and where the
    engine reads no files. -#}
{% macro file_text(path) -%}
    {{ return(adapter.dispatch('file_text', 'segmentation')(path)) }}
{%- endmacro %}


{% macro default__file_text(path) -%}
    {{ return('') }}
{%- endmacro %}


{% macro sparksession__file_text(path) -%}
    {{ return(adapter.file_text(path)) }}
{%- endmacro %}


{% macro duckdb__file_text(path) -%}
    {%- set place = quoted_text(path) -%}
    {%- set is_there = run_query('select 1 from glob(' ~ place ~ ')').rows -%}
    {%- set found = run_query('select content from read_text(' ~ place ~ ')').rows
        if is_there else [] -%}
    {{ return(found[0][0] if found else '') }}
{%- endmacro %}

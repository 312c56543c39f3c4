{{ config(materialized='view') }}

{#- Which raw tables a mart is built from is read off dbt's graph. Only tables whose rows
    have times can be late, and of those only the ones that dbt source freshness watches. -#}
{%- set pairs = watched_tables_of_marts() -%}
with

tables as (

    select * from {{ ref('int_raw_tables__quality') }}

),

edges as (

    select
        cast(null as {{ dbt.type_string() }}) as mart,
        cast(null as {{ dbt.type_string() }}) as table_name
    {%- for mart, table in pairs %}
    union all
    select {{ quoted_text(mart) }}, {{ quoted_text(table) }}
    {%- endfor %}

)

select
    ---------- strings
    edges.mart,
    edges.table_name,

    ---------- dates
    tables.last_date as data_through,
    {{ dbt.dateadd('day', setting('stale_after_days') + 1, 'tables.last_date') }}
        as stale_from
from edges
inner join tables
    on edges.table_name = tables.table_name

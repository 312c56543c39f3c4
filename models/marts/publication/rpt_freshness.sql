{{ config(materialized="view") }}

select
    ---------- strings
    cast(mart as {{ dbt.type_string() }}) as mart,
    cast(table_name as {{ dbt.type_string() }}) as table_name,

    ---------- dates
    cast(data_through as date) as data_through,
    cast(stale_from as date) as stale_from
from {{ for_readers('int_marts__freshness') }}

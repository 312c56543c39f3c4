{{ config(materialized='view') }}

with

runs as (

    select
        *,
        row_number() over (order by started_at desc, run_id asc) = 1 as is_newest
    from {{ source('ledger', 'runs') }}

),

ends as (

    select * from {{ source('ledger', 'run_ends') }}

),

nodes as (

    select
        run_id,
        count(*) as count_nodes,
        count(*) filter (where status = 'success') as count_built,
        count(*) filter (where status = 'skipped') as count_skipped,
        count(*) filter (where status = 'error') as count_errors,
        count(*) filter (where status in ('pass', 'warn', 'fail')) as count_tests,
        count(*) filter (where status = 'fail') as count_failed_tests,
        count(*) filter (where status = 'warn') as count_warned_tests,
        sum(seconds) as node_seconds
    from {{ source('ledger', 'run_nodes') }}
    group by run_id

),

inputs as (

    select
        run_id,
        sum(count_rows) as count_rows_in,
        sum(count_accepted_rows) as count_rows_accepted,
        sum(count_rejected_rows) as count_rows_rejected
    from {{ source('ledger', 'run_inputs') }}
    group by run_id

)

select
    ---------- ids
    runs.run_id,

    ---------- strings
    runs.command,
    coalesce(
        ends.outcome,
        case when runs.is_newest then 'running' else 'did not end' end
    ) as outcome,
    ends.version,
    ends.fits,
    runs.code_version,
    runs.settings,

    ---------- numerics
    coalesce(nodes.count_nodes, 0) as count_nodes,
    coalesce(nodes.count_built, 0) as count_built,
    coalesce(nodes.count_skipped, 0) as count_skipped,
    coalesce(nodes.count_errors, 0) as count_errors,
    coalesce(nodes.count_tests, 0) as count_tests,
    coalesce(nodes.count_failed_tests, 0) as count_failed_tests,
    coalesce(nodes.count_warned_tests, 0) as count_warned_tests,
    inputs.count_rows_in,
    inputs.count_rows_accepted,
    inputs.count_rows_rejected,
    {{ dbt.datediff('runs.started_at', 'ends.ended_at', 'second') }} as seconds, -- noqa: LT05
    nodes.node_seconds,

    ---------- timestamps
    runs.started_at,
    ends.ended_at
from runs
left join ends
    on runs.run_id = ends.run_id
left join nodes
    on runs.run_id = nodes.run_id
left join inputs
    on runs.run_id = inputs.run_id

-- Each of the 125 combinations of scores is in the seed once, with a known segment.
with

scores as (

    {% for score in range(1, 6) -%}
    select {{ score }} as score
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

grid as (

    select
        recency.score as recency_score,
        frequency.score as frequency_score,
        monetary.score as monetary_score
    from scores as recency
    cross join scores as frequency
    cross join scores as monetary

),

segments as (

    select segment_code
    from {{ ref('segments') }}
    where dimension = 'rfm' and segment_code <> 'no_purchase'

)

-- a full join, so that a cell off the grid shows up too
select
    coalesce(grid.recency_score, cells.recency_score) as recency_score,
    coalesce(grid.frequency_score, cells.frequency_score) as frequency_score,
    coalesce(grid.monetary_score, cells.monetary_score) as monetary_score,
    count(segments.segment_code) as count_known_segments
from grid
full outer join {{ ref('rfm_cells') }} as cells
    on
        grid.recency_score = cells.recency_score
        and grid.frequency_score = cells.frequency_score
        and grid.monetary_score = cells.monetary_score
left join segments
    on cells.segment_code = segments.segment_code
group by
    coalesce(grid.recency_score, cells.recency_score),
    coalesce(grid.frequency_score, cells.frequency_score),
    coalesce(grid.monetary_score, cells.monetary_score)
having count(segments.segment_code) <> 1 or count(grid.recency_score) <> 1

{#- Which earlier sale each return undoes, as the CTEs `<name>_stacked` to
    `<name>_matches`. Sales and returns of one stack (`keys`) are moves of a stack: a sale
    puts its size on top, a return takes its size off the top.

    What is never taken off, or was never put on, is cut away first. The rest rises
    and falls back to 0 again and again; between two visits of 0, the tops and bottoms of
    the moves cut the stack into levels. At each level, sales and returns take turns: the
    return undoes the sale just before it. The costs are those of sorting.

    moves: CTE with the keys, order_id and line_number of the move, is_return (0 or 1),
           moved_at, and moved_size (above 0 for sales, below 0 for returns)
    Result: the keys, return_id, return_line_number, order_id, line_number and
           matched_size -#}
{% macro stack_matches(name, moves, keys) -%}
{%- set stack = keys | join(', ') -%}
{{ name }}_stacked as (

    select
        *,
        row_number() over (
            partition by {{ stack }}
            order by moved_at, is_return, order_id, line_number
        ) as move_number,
        sum(moved_size) over (
            partition by {{ stack }}
            order by moved_at, is_return, order_id, line_number
            rows between unbounded preceding and current row
        ) as size_after
    from {{ moves }}
    where {{ passes_filters_on(keys[0]) }}

),

{{ name }}_bounded as (

    select
        *,
        size_after - moved_size as size_before,
        least(0, coalesce(min(size_after) over (
            partition by {{ stack }}
            order by move_number
            rows between unbounded preceding and 1 preceding
        ), 0)) as lowest_before,
        min(size_after) over (
            partition by {{ stack }}
            order by move_number
            rows between current row and unbounded following
        ) as lowest_after
    from {{ name }}_stacked

),

{{ name }}_undone as (

    select
        *,
        case
            when is_return = 0 then size_after - greatest(size_before, lowest_after)
            else greatest(size_after, lowest_before) - size_before
        end as undone_size
    from {{ name }}_bounded
    where
        (is_return = 0 and lowest_after < size_after)
        or (is_return = 1 and size_before > lowest_before)

),

{{ name }}_restacked as (

    select
        *,
        sum(undone_size) over (
            partition by {{ stack }}
            order by move_number
            rows between unbounded preceding and current row
        ) as height_after
    from {{ name }}_undone

),

{{ name }}_visited as (

    select
        *,
        least(height_after, height_after - undone_size) as bottom,
        greatest(height_after, height_after - undone_size) as top,
        sum(case when height_after = undone_size then 1 else 0 end) over (
            partition by {{ stack }}
            order by move_number
            rows between unbounded preceding and current row
        ) as visit
    from {{ name }}_restacked

),

{{ name }}_ends as (

    select {{ stack }}, visit, move_number, bottom as height
    from {{ name }}_visited
    where {{ passes_filters_on(keys[0]) }}
    union all
    select {{ stack }}, visit, move_number, top as height
    from {{ name }}_visited
    where {{ passes_filters_on(keys[0]) }}

),

{{ name }}_ranked as (

    select
        *,
        dense_rank() over (partition by {{ stack }}, visit order by height) as level
    from {{ name }}_ends

),

{{ name }}_levels as (

    select
        {{ stack }},
        visit,
        level,
        lead(min(height)) over (
            partition by {{ stack }}, visit
            order by level
        ) - min(height) as level_size
    from {{ name }}_ranked
    where {{ passes_filters_on(keys[0]) }}
    group by {{ stack }}, visit, level

),

{{ name }}_spans as (

    select
        {{ stack }},
        visit,
        move_number,
        min(level) as bottom_level,
        max(level) as top_level
    from {{ name }}_ranked
    where {{ passes_filters_on(keys[0]) }}
    group by {{ stack }}, visit, move_number

),

{{ name }}_pieces as (

    select
        {{ stack }},
        visit,
        move_number,
        {{ each_whole_number('bottom_level', 'top_level') }} as level
    from {{ name }}_spans

),

{{ name }}_turns as (

    select
        {{ stack }},
        moves.order_id as return_id,
        moves.line_number as return_line_number,
        moves.is_return,
        lag(moves.order_id) over level_turns as order_id,
        lag(moves.line_number) over level_turns as line_number,
        levels.level_size
    from {{ name }}_pieces as pieces
    inner join {{ name }}_visited as moves
        using ({{ stack }}, visit, move_number)
    inner join {{ name }}_levels as levels
        using ({{ stack }}, visit, level)
    where {{ passes_filters_on('moves.' ~ keys[0]) }}
    window level_turns as (
        partition by {{ stack }}, visit, level
        order by move_number
    )

),

{{ name }}_matches as (

    select
        {{ stack }},
        return_id,
        return_line_number,
        order_id,
        line_number,
        cast(sum(level_size) as decimal(18, 4)) as matched_size
    from {{ name }}_turns
    where is_return = 1
    group by
        {{ stack }}, return_id, return_line_number, order_id, line_number

)
{%- endmacro %}

{#- The favourite value of a column per customer and anchor, as one CTE: the most
    frequent value (ties: first in the alphabet), its share, and the number of values.

    rows:   the relation to count over: customer_id, anchor_date and the column
    column: favourite_<column>, favourite_<column>_share and count_<plural> come out
    weight: what a row counts -#}
{% macro favourite_of(rows, column, weight="1", plural=none) -%}
    {%- set plural = plural or column ~ "s" -%}
    (
        with totals as (
            select
                customer_id,
                anchor_date,
                {{ column }} as favourite,
                sum({{ weight }}) as total
            from {{ rows }}
            where {{ column }} is not null
            group by customer_id, anchor_date, {{ column }}
        )

        select
            customer_id,
            anchor_date,
            min_by(
                favourite,
                {{ struct_of({'negative_total': '-total', 'favourite': 'favourite'}) }}
            ) as favourite_{{ column }},
            cast(max(total) as double) / nullif(cast(sum(total) as double), 0)
                as favourite_{{ column }}_share,
            count(*) as count_{{ plural }}
        from totals
        group by customer_id, anchor_date
    )
{%- endmacro %}

{#- The body of a CTE: the anchors of history for which an incremental model has no rows
    yet. After forget_stale_history, only rows of the first anchors are left. -#}
{% macro new_history_anchors(anchors='int_history_anchors') -%}
    (
        select * from {{ ref(anchors) }}
        {%- if is_incremental() %}
        where anchor_date > (
            select coalesce(max(anchor_date), cast('0001-01-01' as date))
            from {{ this }}
        )
        {%- endif %}
    )
{%- endmacro %}

{#- A pre-hook of the incremental models of history. What is stored for an anchor holds as
    long as the grid has it and nothing it was made from has changed: else that anchor and
    all later ones are made again, so that late data leave history as a full rebuild would.
    The scoring anchor, where it is not on the grid, is made again each time.

    checksums: the columns that say what rows were made from
    anchors:   the model that says what they would be made from now -#}
{% macro forget_stale_history(
    checksums=['input_checksum'], anchors='int_history_anchors'
) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            anchor_date not in (
                select anchor_date from {{ ref(anchors) }}
            )
            or anchor_date >= (
                select min(anchors.anchor_date)
                from {{ ref(anchors) }} as anchors
                left join (
                    select distinct anchor_date, {{ checksums | join(', ') }}
                    from {{ this }}
                ) as stored
                    on anchors.anchor_date = stored.anchor_date
                    {%- for checksum in checksums %}
                    and coalesce(anchors.{{ checksum }}, '') = coalesce(stored.{{ checksum }}, '')
                    {%- endfor %}
                where stored.anchor_date is null or not anchors.is_on_grid
            )
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}

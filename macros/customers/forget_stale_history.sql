{#- A pre-hook of the incremental models of history. Rows of an anchor stay as long as
    the anchor is on the grid and nothing they were made from has changed. Otherwise
    that anchor and all later ones are rebuilt, so that late data has the effect of a
    full rebuild. The scoring anchor, if it is not on the grid, is rebuilt each time.

    checksums: the columns that tell what rows were made from
    anchors:   the model with the checksums of today -#}
{% macro forget_stale_history(
    checksums=['input_checksum'], anchors='int_history_anchors'
) -%}
    {%- if is_incremental() -%}
        {%- set is_stale -%}
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
        {%- endset -%}
        {{ delete_rows(this, is_stale) }}
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}

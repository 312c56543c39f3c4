{%- set string = dbt.type_string() %}
with

bounds as (

    select * from {{ ref('ml_segments__rules') }}

),

words as (

    select * from {{ ref('feature_labels') }}

),

-- counts are whole numbers: the highest allowed is the one before the bound
told as (

    select
        bounds.*,
        words.words,
        words.format = 'count' as is_counted,
        case
            when words.format = 'count' then bounds.value_before - 1
            else bounds.value_before
        end as value_to,
        {{ format_number(
            'bounds.value_from', 'words.format', 'words.unit', 'words.units'
        ) }} as from_words,
        {{ format_number(
            'case
                when words.format = \'count\' then bounds.value_before - 1
                else bounds.value_before
            end',
            'words.format', 'words.unit', 'words.units'
        ) }} as to_words
    from bounds
    left join words
        on bounds.feature = words.feature

),

conditions as (

    select
        dimension,
        rule_number,
        feature,
        replace(words, '{value}', case
            -- customers who have bought have at least one
            when feature in ('count_orders', 'count_order_days') and value_to = 1
                then to_words
            when value_from is null and is_counted then 'at most ' || to_words
            when value_from is null then 'less than ' || to_words
            when value_before is null then 'at least ' || from_words
            when is_counted and value_from = value_to then from_words
            when is_counted
                then
                    cast(cast(round(value_from) as bigint) as {{ string }})
                    || ' to ' || to_words
            else 'at least ' || from_words || ' and less than ' || to_words
        end) as words,
        concat_ws(
            ' and ',
            feature || ' >= ' || case
                when is_counted
                    then cast(cast(round(value_from) as bigint) as {{ string }})
                else cast(value_from as {{ string }})
            end,
            feature || ' < ' || case
                when is_counted
                    then cast(cast(round(value_before) as bigint) as {{ string }})
                else cast(value_before as {{ string }})
            end
        ) as sql_condition
    from told
    where feature is not null

),

rules as (

    select
        {% for feature in setting('rule_features') -%}
        max(case when bounds.feature = '{{ feature }}' then bounds.value_from end)
            as {{ feature }}_from,
        max(case when bounds.feature = '{{ feature }}' then bounds.value_before end)
            as {{ feature }}_before,
        max(case when bounds.feature = '{{ feature }}' then conditions.words end)
            as {{ feature }}_words,
        max(case when bounds.feature = '{{ feature }}' then conditions.sql_condition end)
            as {{ feature }}_condition,
        {% endfor -%}
        bounds.dimension,
        bounds.rule_number,
        bounds.segment_code,
        bounds.count_learned,
        bounds.verdict
    from bounds
    left join conditions
        on
            bounds.dimension = conditions.dimension
            and bounds.rule_number = conditions.rule_number
            and bounds.feature = conditions.feature
    group by
        bounds.dimension,
        bounds.rule_number,
        bounds.segment_code,
        bounds.count_learned,
        bounds.verdict

)

select
    ---------- ids
    dimension || ':' || cast(rule_number as {{ string }}) as rule_id,

    ---------- strings
    dimension,
    segment_code,
    coalesce(nullif(concat_ws(
        ', '
        {%- for feature in setting('rule_features') -%}
        , {{ feature }}_words
        {%- endfor -%}
    ), ''), 'whoever has bought') as rule_in_words,
    coalesce(nullif(concat_ws(
        ' and '
        {%- for feature in setting('rule_features') -%}
        , {{ feature }}_condition
        {%- endfor -%}
    ), ''), 'count_orders > 0') as sql_condition,
    verdict,

    ---------- numerics
    {% for feature in setting('rule_features') -%}
    {{ feature }}_from,
    {{ feature }}_before,
    {% endfor -%}
    rule_number,
    count_learned
from rules

{#- What a segment's name does not mean here, by the segment's own figures; null where
    the name can be taken at its word. RFM compares customers with each other: in a shop
    where everyone buys every week, someone is 'at risk' after ten days.

    A caution that says "likely to buy than not" gives the probability: a persona card
    does not give it again.

    segments: the relation that holds dimension and segment_code
    sizes:    the relation that holds the figures of the segment
    everyone: the relation that holds those of all customers -#}
{% macro name_caution(segments, sizes, everyone) -%}
    {%- set code = segments ~ '.segment_code' -%}
    {%- set silence = sizes ~ '.median_days_since_last_order' -%}
    {%- set gap = everyone ~ '.usual_gap_days' -%}
    case
        when {{ segments }}.dimension not in ('rfm', 'rfm_sticky', 'lifecycle') then null
        when
            {{ code }} in ('about_to_sleep', 'at_risk', 'cannot_lose', 'hibernating',
                'lapsed', 'lost')
            and {{ sizes }}.avg_churn_probability < 0.5
            then
                'More likely to buy than not: on average, the probability that they buy '
                || 'nothing within {{ setting("horizon_days") }} days is '
                || {{ format_number(
                    sizes ~ '.avg_churn_probability', "'share'", 'null', 'null'
                ) }} || '. Their name compares them with other customers.'
        when
            {{ code }} in ('about_to_sleep', 'at_risk', 'cannot_lose', 'hibernating',
                'lapsed', 'lost')
            and {{ silence }} <= 2 * {{ gap }}
            then
                'Not silent for long by the rhythm of this shop: typically '
                || {{ format_median(silence, "'number'", "'days'") }}
                || ' since the last order, where '
                || {{ format_median(gap, "'number'", "'days'") }}
                || ' between orders are usual.'
        when
            {{ code }} in ('champions', 'loyal', 'potential_loyal', 'active')
            and {{ sizes }}.avg_churn_probability > 0.5
            then
                'Less likely to buy than not: on average, the probability that they '
                || 'buy nothing within {{ setting("horizon_days") }} days is '
                || {{ format_number(
                    sizes ~ '.avg_churn_probability', "'share'", 'null', 'null'
                ) }} || '.'
        when
            {{ segments }}.dimension <> 'lifecycle'
            and {{ code }} in ('new', 'promising')
            and (
                {{ sizes }}.median_orders > 2
                or {{ sizes }}.median_days_since_first_order > 180
            )
            then
                'Not new: typically '
                || {{ format_median(sizes ~ '.median_orders', "'number'", "'orders'") }}
                || ' so far, the first one '
                || {{ format_median(
                    sizes ~ '.median_days_since_first_order', "'number'", "'days'"
                ) }} || ' ago. They have ordered less often than others.'
    end
{%- endmacro %}

{#- A cut point of a metric: the threshold of the setting `rfm_thresholds`, or the
    percentile, but for two cases in which percentiles would part customers who are
    alike.

    No spread: where the middle three fifths share one value, it scores 3, less scores 1
    and more 5. One order is the exception: it is the fewest there is, and scores 1.

    All on time: where four fifths have been silent for no longer than the shop's usual
    gap between orders, nobody within that gap is late. They score 5, who has been silent
    for up to two gaps scores 2, and for longer 1.

    metric: recency | frequency | monetary
    cut:    the percentile, one of cut_percentiles
    clear:  '_clear' for the value that a sticky score must pass to rise -#}
{% macro rfm_cut(metric, cut, clear='') -%}
    {%- set number = cut_percentiles().index(cut) -%}
    {%- set name = metric ~ '_cut_' -%}
    {%- set step = {'monetary': 0.01}.get(metric, 1) -%}
    {%- set is_tied = name ~ '20 = ' ~ name ~ '80' -%}
    {%- if metric in setting('rfm_thresholds') -%}
    cast({{ setting('rfm_thresholds')[metric][number] }} as double)
    {%- else -%}
    case
        {% if metric == 'recency' -%}
        when is_gap_usual and {{ name }}80 <= usual_gap_days
            then usual_gap_days * {{ [1, 1, 1, 2][number] }}
        {% endif -%}
        when {{ is_tied }}{{ ' and ' ~ name ~ '20 > 1' if metric == 'frequency' }}
            then {{ name }}20{{ ' - ' ~ step if number < 2 }}
        else {{ name }}{{ cut }}{{ clear }}
    end
    {%- endif -%}
{%- endmacro %}

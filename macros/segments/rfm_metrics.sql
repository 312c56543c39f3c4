{#- The column behind each RFM metric, and whether less is better. -#}
{% macro rfm_metrics() -%}
    {{ return({
        'recency': {'feature': 'days_since_last_order', 'is_lower_better': true},
        'frequency': {'feature': 'count_orders', 'is_lower_better': false},
        'monetary': {'feature': 'lifetime_net_amount', 'is_lower_better': false},
    }) }}
{%- endmacro %}

{#- Pairs each RFM metric with each of its cut points. -#}
{% macro rfm_cuts() -%}
    {%- set cuts = [] -%}
    {%- for metric in rfm_metrics() -%}
        {%- for cut in cut_percentiles() -%}
            {%- do cuts.append([metric, cut]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(cuts) }}
{%- endmacro %}

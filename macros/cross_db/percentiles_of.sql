{#- An aggregate: percentiles of a column, interpolated, as a list in the order given.
    One call for all, because each call would hold all values again.

    percentiles: a list of them, 0 to 100 -#}
{% macro percentiles_of(column, percentiles) -%}
    {%- set shares = [] -%}
    {%- for percentile in percentiles -%}
        {%- do shares.append(percentile / 100) -%}
    {%- endfor -%}
    {{ return(adapter.dispatch('percentiles_of', 'segmentation')(column, shares)) }}
{%- endmacro %}

{% macro default__percentiles_of(column, shares) -%}
    percentile(cast({{ column }} as double), array({{ shares | join(', ') }}))
{%- endmacro %}

{% macro duckdb__percentiles_of(column, shares) -%}
    quantile_cont({{ column }}, [{{ shares | join(', ') }}])
{%- endmacro %}

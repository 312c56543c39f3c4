{#- The part of the day of a timestamp. -#}
{% macro daypart(at) -%}
    {{ return(adapter.dispatch('daypart', 'segmentation')(at)) }}
{%- endmacro %}

{% macro default__daypart(at) -%}
    case
        when extract(hour from {{ at }}) < 6 then 'night'
        when extract(hour from {{ at }}) < 12 then 'morning'
        when extract(hour from {{ at }}) < 18 then 'afternoon'
        else 'evening'
    end
{%- endmacro %}

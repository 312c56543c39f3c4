{#- A number as people read it: '12 days', '1 order', '35 %', '19.90 GBP', '2.3
    units'. -#}
{% macro format_number(value, format, unit, units) -%}
    {{ return(adapter.dispatch('format_number', 'segmentation')(value, format, unit, units)) }}
{%- endmacro %}

{% macro default__format_number(value, format, unit, units) -%}
    {%- set string = dbt.type_string() -%}
    case {{ format }}
        when 'count'
            then
                cast(cast(round({{ value }}) as bigint) as {{ string }})
                || case
                    when round({{ value }}) = 1 then coalesce(' ' || {{ unit }}, '')
                    else coalesce(' ' || {{ units }}, '')
                end
        when 'share'
            then cast(cast(round(100 * {{ value }}) as bigint) as {{ string }}) || ' %'
        when 'amount'
            then
                cast({{ in_cents(value) }} as {{ string }})
                || ' {{ setting("reporting_currency") }}'
        when 'log share'
            then
                cast(cast(round(100 * exp({{ value }})) as bigint) as {{ string }})
                || ' %'
        when 'log number'
            then
                cast(cast(round(exp({{ value }}), 1) as decimal(18, 1)) as {{ string }})
                || coalesce(' ' || {{ units }}, '')
        else
            cast(cast(round({{ value }}, 1) as decimal(18, 1)) as {{ string }})
            || coalesce(' ' || {{ units }}, '')
    end
{%- endmacro %}

{#- A birth date as a ten-year age band on the scoring anchor; 'unknown' without one.
    The band is a profile column, never a feature. -#}
{% macro age_band(birth_date) -%}
    {{ return(adapter.dispatch('age_band', 'segmentation')(birth_date)) }}
{%- endmacro %}

{% macro default__age_band(birth_date) -%}
    {#- whole years, one less if the birthday is still to come -#}
    {%- set age -%}
        extract(year from scoring.anchor_date) - extract(year from {{ birth_date }})
        - case
            when
                extract(month from scoring.anchor_date) * 100
                + extract(day from scoring.anchor_date)
                < extract(month from {{ birth_date }}) * 100
                + extract(day from {{ birth_date }})
                then 1
            else 0
        end
    {%- endset -%}
    case
        when {{ birth_date }} is null then 'unknown'
        when {{ age }} < 18 then 'under 18'
        when {{ age }} < 25 then '18-24'
        when {{ age }} < 35 then '25-34'
        when {{ age }} < 45 then '35-44'
        when {{ age }} < 55 then '45-54'
        when {{ age }} < 65 then '55-64'
        else '65 and over'
    end
{%- endmacro %}

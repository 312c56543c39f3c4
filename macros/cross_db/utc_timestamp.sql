{#- A text as a UTC timestamp, or null. A text that carries an offset (`…+02:00`,
    `…Z`) is converted; a text without one is taken as UTC. -#}
{% macro utc_timestamp(text) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'segmentation')(text)) }}
{%- endmacro %}

{% macro default__utc_timestamp(text) -%}
    try_cast({{ text }} as timestamp)
{%- endmacro %}

{% macro duckdb__utc_timestamp(text) -%}
    case
        when not regexp_matches({{ text }}, '^\d') then null  -- 'infinity', 'epoch'
        when regexp_matches({{ text }}, ':\d\d(\.\d+)? ?[+-](1[5-9]|[2-9]\d)(:?\d\d)?$')
            then null  -- no place on earth is that far from UTC
        when regexp_matches({{ text }}, ':\d\d(\.\d+)? ?([+-]\d\d(:?\d\d)?|[zZ])$')
            then try_cast({{ text }} as timestamptz) at time zone 'UTC'
        else try_cast({{ text }} as timestamp)
    end
{%- endmacro %}

{#- The time that a text names, as it is written: an offset from UTC at its end is not
    applied. Null where the text cannot be read without guessing: a day and a month that
    may be meant either way round (`date_order` says which), a year of two digits, a day
    that no calendar has. -#}
{% macro written_time(text) -%}
    {{ return(adapter.dispatch('written_time', 'segmentation')(text)) }}
{%- endmacro %}

{% macro default__written_time(text) -%}
    {%- set year_first = "^\\d{4}[-/]\\d\\d?[-/]\\d\\d?"
        ~ "([ T]+\\d\\d?:\\d\\d(:\\d\\d([.,]\\d+)?)?)?$" -%}
    {%- set formats = [] -%}
    {%- for day in ['yyyy-M-d', 'd [MMMM][MMM] yyyy', '[MMMM][MMM] d yyyy'] -%}
        {%- for time in ['[ H:m[:s]]', ' h:m[:s] a'] -%}
            {%- do formats.append("try_to_timestamp(plain, '" ~ day ~ time ~ "')") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set without_offset = replaced('raw_text', offset_pattern(), '\\1') -%}
    {%- set plain -%}
        element_at(transform(array({{ plain_time('raw_text') }}), plain ->
            coalesce({{ formats | join(', ') }})), 1)
    {%- endset -%}
    element_at(transform(array({{ text }}), raw_text -> case
        when {{ matches(without_offset, year_first) }}
            then try_cast(translate({{ without_offset }}, ',/', '.-') as timestamp)
        when {{ matches('raw_text', '^[0-9]{8}$') }}
            then try_to_timestamp(raw_text, 'yyyyMMdd')
        when {{ matches('raw_text', '^[0-9]{14}$') }}
            then try_to_timestamp(raw_text, 'yyyyMMddHHmmss')
        when {{ matches('raw_text', epoch_pattern()) }}
            then timestamp_micros(cast(left(rpad(raw_text, 16, '0'), 16) as bigint))
        when {{ matches('raw_text', '(^|[^0-9])[0-9]{4}([^0-9]|$)') }} then {{ plain }}
    end), 1)
{%- endmacro %}

{% macro duckdb__written_time(text) -%}
    {%- set year_first = "^\\d{4,6}[-/]\\d\\d?[-/]\\d\\d?"
        ~ "([ T]+\\d\\d?:\\d\\d(:\\d\\d([.,]\\d+)?)?| [(]BC[)])?$" -%}
    {%- set formats = [] -%}
    {%- for day in ['%Y-%m-%d', '%d %b %Y', '%d %B %Y', '%b %d %Y', '%B %d %Y'] -%}
        {%- for time in ['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p'] -%}
            {%- do formats.append("'" ~ day ~ time ~ "'") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set without_offset = "regexp_replace(raw_text, '" ~ offset_pattern() ~ "', '\\1')" -%}
    {%- set read -%}
        case
            when regexp_matches({{ without_offset }}, '{{ year_first }}')
                then try_cast(replace({{ without_offset }}, ',', '.') as timestamp)
            when regexp_matches(raw_text, '^\d{8}$') then try_strptime(raw_text, '%Y%m%d')
            when regexp_matches(raw_text, '^\d{14}$')
                then try_strptime(raw_text, '%Y%m%d%H%M%S')
            when regexp_matches(raw_text, '{{ epoch_pattern() }}')
                then make_timestamp(cast(left(rpad(raw_text, 16, '0'), 16) as bigint))
            when regexp_matches(raw_text, '(^|\D)\d{4}(\D|$)')
                then try_strptime({{ plain_time('raw_text') }}, [{{ formats | join(', ') }}])
        end
    {%- endset -%}
    case
        -- most times are written like this: they take the short way
        when regexp_matches({{ text }}, '{{ year_first }}')
            then try_cast(replace({{ text }}, ',', '.') as timestamp)
        else list_transform([{{ text }}], lambda raw_text: {{ read }})[1]
    end
{%- endmacro %}


{#- A time as few formats read it: without its offset and its weekday, one space where
    commas and spaces are, 1-Jan-2024 as 1 Jan 2024. -#}
{% macro plain_time(text) -%}
    {%- set plain = replaced(text, offset_pattern(), '\\1') -%}
    {%- set plain = replaced(plain, '[,\\s]+', ' ') -%}
    {%- set plain = replaced(plain, '^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]* ', '') -%}
    {%- set plain = replaced(
        plain, '^(\\d\\d?)-([A-Za-z]+)-(\\d{4})', '\\1 \\2 \\3'
    ) -%}
    {%- if setting('date_order') -%}
        {%- set plain = replaced(
            plain, '^(\\d\\d?)[./-](\\d\\d?)[./-](\\d{4})( |$)',
            '\\3-\\2-\\1\\4' if setting('date_order') == 'day first' else '\\3-\\1-\\2\\4'
        ) -%}
    {%- endif -%}
    {{ return(plain) }}
{%- endmacro %}


{#- The offset from UTC at the end of a time, with the time before it as first group:
    `Z`, `UTC`, `+02`, ` -0500`, `GMT+01:00`, and the name of a zone after it, in brackets.
    No place on earth is more than 14 hours from UTC. -#}
{% macro offset_pattern() -%}
    {{ return(
        '(:[0-9]{2}(?:[.,][0-9]+)?(?: ?[AaPp][Mm])?) ?'
        ~ '(?:[Zz]|(?:UTC|GMT)?([+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)|UTC|GMT)'
        ~ '(?: ?[(\\[][^)\\]]*[)\\]])?$'
    ) }}
{%- endmacro %}


{#- Whether a text names a moment: its offset from UTC, or seconds since 1970. -#}
{% macro has_offset(text) -%}
    {{ matches(text, offset_pattern() ~ '|' ~ epoch_pattern()) }}
{%- endmacro %}


{#- Whether a text names a day and no time of day. -#}
{% macro is_day_alone(text) -%}
    not {{ matches(text, ':|^[0-9]{14}$') }}
{%- endmacro %}


{#- Seconds, milli-, micro- or nanoseconds since 1970, from 2001 to 2030: other digits could
    be a date. -#}
{% macro epoch_pattern() -%}
    {{ return('^1[0-8][0-9]{8}([0-9]{3}){0,3}$') }}
{%- endmacro %}


{#- Whether a text matches a regular expression. -#}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches', 'segmentation')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
    {{ text }} rlike '{{ pattern }}'
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}


{#- The time in UTC that a text with an offset names, from the time as it is written. -#}
{% macro time_in_utc(time, text) -%}
    {{ return(adapter.dispatch('time_in_utc', 'segmentation')(time, text)) }}
{%- endmacro %}

{% macro default__time_in_utc(time, text) -%}
    to_utc_timestamp(
        {{ time }},
        coalesce(
            nullif(regexp_extract({{ text }}, '{{ offset_pattern() }}', 2), ''), '+00:00'
        )
    )
{%- endmacro %}

{% macro duckdb__time_in_utc(time, text) -%}
    (
        try_cast(
            strftime({{ time }}, '%Y-%m-%d %H:%M:%S.%f')
            || coalesce(
                nullif(regexp_extract({{ text }}, '{{ offset_pattern() }}', 2), ''), '+00'
            ) as timestamptz
        ) at time zone 'UTC'
    )
{%- endmacro %}


{#- A time in one zone as the time that clocks in another show. -#}
{% macro time_in_zone(time, from_zone, to_zone) -%}
    {%- if from_zone == to_zone -%}
        {{ return(time) }}
    {%- endif -%}
    {{ return(adapter.dispatch('time_in_zone', 'segmentation')(time, from_zone, to_zone)) }}
{%- endmacro %}

{% macro default__time_in_zone(time, from_zone, to_zone) -%}
    from_utc_timestamp(to_utc_timestamp({{ time }}, '{{ from_zone }}'), '{{ to_zone }}')
{%- endmacro %}

{% macro duckdb__time_in_zone(time, from_zone, to_zone) -%}
    timezone('{{ to_zone }}', timezone('{{ from_zone }}', {{ time }}))
{%- endmacro %}


{#- Which of some names are not those of time zones. -#}
{% macro unknown_zones(names) -%}
    {{ return(adapter.dispatch('unknown_zones', 'segmentation')(names)) }}
{%- endmacro %}

{% macro default__unknown_zones(names) -%}
    {{ return([]) }}
{%- endmacro %}

{% macro duckdb__unknown_zones(names) -%}
    {%- set known = run_query(
        "select name from pg_timezone_names() where name in ('" ~ names | join("', '") ~ "')"
    ).columns[0].values() | list -%}
    {{ return(names | reject('in', known) | list) }}
{%- endmacro %}

{#- The value of a setting, of the type it must have: its default while the value is wrong.
    Models are parsed before check_settings can say what is wrong, and parsing has to go
    through until then. Commands that show or compile a model run no check_settings: there
    a wrong value stops here. -#}
{% macro setting(name) -%}
    {%- set known = known_setting(name) -%}
    {%- if not has_braces(name) -%}
        {%- set value = var(name) -%}
        {#- too small a number does no harm, and unit tests of few rows use some -#}
        {%- if is_of_form(value, known)
            or (known.type == 'whole number' and value is integer and value <= known.most) -%}
            {{ return(value) }}
        {%- endif -%}
    {%- endif -%}
    {%- if execute and model is defined and model.resource_type == 'model' -%}
        {{ exceptions.raise_compiler_error(setting_problem(name, known)) }}
    {%- endif -%}
    {{ return(known.default) }}
{%- endmacro %}


{#- Says what is wrong with a setting by itself; none where nothing is. -#}
{% macro setting_problem(name, known) -%}
    {%- if has_braces(name) -%}
        {{ return(
            name ~ " holds braces, which dbt would run as code: write it without, for "
            ~ "instance " ~ setting_example(known) ~ "."
        ) }}
    {%- elif not is_of_form(var(name), known) -%}
        {{ return(
            name ~ " is " ~ setting_in_words(var(name)) ~ ": it must be "
            ~ setting_form(known) ~ ", for instance " ~ setting_example(known) ~ "."
        ) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}


{#- What settings_text says of one setting. Reads no more of it than that: models ask for
    settings hundreds of times. -#}
{% macro known_setting(name) -%}
    {%- set found = modules.re.search('(?ms)^  ' ~ name
        ~ ':\n.*?(?=^ {0,2}\\S|\\Z)', settings_text()) -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error(name ~ " is not a setting: "
        ~ "macros/settings/settings.sql lists them all.") }}
    {%- endif -%}
    {{ return(fromyaml(found.group())[name]) }}
{%- endmacro %}


{#- Whether a setting was given with --vars as a text that holds Jinja, or as a list or
    mapping that holds one. `var` would run such a text: it must be seen before. -#}
{% macro has_braces(name) -%}
    {%- set given = invocation_args_dict.get('vars') -%}
    {%- set value = given.get(name) if given is mapping else none -%}
    {%- if value is number or value is none -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set text = value if value is string else value | string -%}
    {{ return(modules.re.search('[{][{%#]', text) is not none) }}
{%- endmacro %}


{#- Whether a setting that may be null has a value, be it a wrong one: as the `enabled` of
    the demo's seeds asks, which can call no macro. -#}
{% macro is_given(name) -%}
    {{ return(has_braces(name) or (var(name) and true)) }}
{%- endmacro %}


{#- Whether a value is what a setting may be, as far as the value alone tells. -#}
{% macro is_of_form(value, known) -%}
    {%- if value is none -%}
        {{ return(known.nullable is true) }}
    {%- elif known.type == 'whole number' -%}
        {{ return(value is integer and known.least <= value <= known.most) }}
    {%- elif known.type in ['number', 'share'] -%}
        {{ return(value is number and value is not boolean and (
            known.above < value < known.below if known.above is defined
            else known.least <= value <= known.most
        )) }}
    {%- elif known.type == 'flag' -%}
        {{ return(value is boolean) }}
    {%- elif known.type == 'date' -%}
        {{ return(is_date_text(value | string)) }}
    {%- elif known.type == 'folder' -%}
        {{ return(value is string and not modules.re.search('[\\x00-\\x1f]|://', value)) }}
    {%- elif known.type == 'name' -%}
        {{ return(value is string
            and modules.re.fullmatch('[^\'"`;\\x00-\\x1f]*', value) is not none) }}
    {%- elif known.type == 'condition' -%}
        {{ return(value is string and value.strip() != '') }}
    {%- elif known.type == 'currency code' -%}
        {{ return(value is string and modules.re.fullmatch('[A-Z]{3}', value) is not none) }}
    {%- elif known.type == 'time zone' -%}
        {{ return(value is string
            and modules.re.fullmatch('[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*', value) is not none) }}
    {%- elif known.type == 'one of' -%}
        {{ return(value is string and value in known.choices) }}
    {%- elif known.type == 'transforms of features' -%}
        {{ return(
            value is mapping
            and (value | length > 0 or known.may_be_empty is true)
            and value | select('string') | list | length == value | length
            and not value.values() | reject('in', known.choices) | list
        ) }}
    {%- elif known.type == 'thresholds of metrics' -%}
        {{ return(
            value is mapping
            and not value.keys() | reject('in', known.choices) | list
            and are_rising_thresholds(value.values())
        ) }}
    {%- elif known.type == 'days of raw tables' -%}
        {{ return(
            value is mapping
            and not value.keys() | reject('in', known.choices) | list
            and (not value or is_list_of_days(value.values() | list, known))
        ) }}
    {%- else -%}
        {{ return(is_list_of_form(value, known)) }}
    {%- endif -%}
{%- endmacro %}


{% macro is_list_of_form(value, known) -%}
    {#- the bytes of a YAML !!binary are a sequence of whole numbers too -#}
    {%- set is_list = value is sequence and value is not string and value is not mapping
        and value.decode is not defined -%}
    {%- if not is_list or (not value and not known.may_be_empty) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set sound = [] -%}
    {%- for item in value -%}
        {%- if known.type == 'list of whole numbers' -%}
            {%- set is_sound = item is integer and known.least <= item <= known.most -%}
        {%- else -%}
            {%- set is_sound = item is string and item.strip() != ''
                and (not known.choices or item in known.choices) -%}
        {%- endif -%}
        {%- if is_sound and item not in sound -%}{%- do sound.append(item) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(sound | length == value | length) }}
{%- endmacro %}


{#- Whether all are whole numbers within what is allowed. -#}
{% macro is_list_of_days(numbers, known) -%}
    {%- set sound = [] -%}
    {%- for number in numbers -%}
        {%- if number is integer and known.least <= number <= known.most -%}
            {%- do sound.append(number) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(sound | length == numbers | length) }}
{%- endmacro %}


{#- Whether each of some lists is four rising numbers from 0. -#}
{% macro are_rising_thresholds(lists) -%}
    {%- for list in lists -%}
        {%- if list is not sequence or list is string or list is mapping
            or list | length != 4 -%}
            {{ return(false) }}
        {%- endif -%}
        {%- for limit in list -%}
            {%- if limit is not number or limit is boolean
                or not (list[loop.index0 - 1] if not loop.first else -1) < limit < 1e12 -%}
                {{ return(false) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(true) }}
{%- endmacro %}


{#- Whether a text is a day of the calendar, written as YYYY-MM-DD. -#}
{% macro is_date_text(text) -%}
    {%- if not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', text) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set year, month, day = text[:4] | int, text[5:7] | int, text[8:] | int -%}
    {%- set is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
    {%- set days = [31, 29 if is_leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
    {{ return(year >= 1 and 1 <= month <= 12 and 1 <= day <= days[month - 1]) }}
{%- endmacro %}

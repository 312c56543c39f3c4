{#- Runs before anything is built: stops with all that is wrong with the settings. -#}
{% macro check_settings() -%}
    {%- if execute -%}
        {%- set problems = misspelt_settings() -%}
        {%- set sound = {} -%}
        {%- for section in fromyaml(settings_text()).values() -%}
            {%- for name, known in section.items() -%}
                {%- set problem = setting_problem(name, known) -%}
                {%- if problem -%}
                    {%- do problems.append(problem) -%}
                {%- else -%}
                    {%- do sound.update({name: var(name)}) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do problems.extend(setting_conflicts(sound)) -%}

        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                "The settings cannot be used. Nothing was built.\n  - " ~ problems | join("\n  - ")
                ~ "\nSettings are the vars of dbt_project.yml; docs/settings.md explains each."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- A value as it is written in YAML, shortened where it is long: text in quotes, so that
    '90' differs from 90. -#}
{% macro setting_in_words(value) -%}
    {%- if value is none -%}
        {%- set words = 'null' -%}
    {%- elif value is boolean -%}
        {%- set words = value | string | lower -%}
    {%- elif value is string -%}
        {%- set words = "'" ~ value ~ "'" -%}
    {%- else -%}
        {%- set words = value | string -%}
    {%- endif -%}
    {{ return(plain_text(words)) }}
{%- endmacro %}


{#- A text as a message shows it: shortened where it is long, and without what a terminal
    would act on, which are controls and marks that turn the direction of text. -#}
{% macro plain_text(text, most=200) -%}
    {%- set text = modules.re.sub(
        '[\\x00-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]', ' ', text | string
    ) -%}
    {{ return(text if text | length <= most else text[:most] ~ ' …') }}
{%- endmacro %}


{#- Text stands bare in an example, since YAML needs no quotes there. -#}
{% macro setting_example(known) -%}
    {%- set example = known.get('example', known.default) -%}
    {{ return(example if example is string else setting_in_words(example)) }}
{%- endmacro %}


{#- What was given with --vars and is not a setting: dbt would ignore it silently. Where
    another project uses this one, its own vars are given there too. -#}
{% macro misspelt_settings() -%}
    {%- set problems = [] -%}
    {%- set names = [] -%}
    {%- for section in fromyaml(settings_text()).values() -%}
        {%- do names.extend(section) -%}
    {%- endfor -%}
    {%- set given = invocation_args_dict.get('vars') -%}
    {%- for name in (given if given is mapping
        and project_name == 'segmentation' else []) if name not in names -%}
        {%- set similar = [] -%}
        {%- for known in names if known[:5] == (name | string)[:5] -%}
            {%- do similar.append(known) -%}
        {%- endfor -%}
        {%- do problems.append(
            plain_text(name) ~ " is not a setting"
            ~ (". Similar ones are " ~ similar | join(", ") if similar else "")
            ~ ": take it out, or write it as docs/settings.md does."
        ) -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}

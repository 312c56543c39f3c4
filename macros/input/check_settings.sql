{#- Runs before anything is built: stops with all that is wrong with the settings. -#}
{% macro check_settings() -%}
    {%- if execute -%}
        {%- set problems = [] -%}

        {%- if var('raw_path') and (var('raw_schema') or var('raw_database')) -%}
            {%- do problems.append(
                "raw_path and raw_schema/raw_database are both set: the raw tables come from one place. Unset one of them."
            ) -%}
        {%- endif -%}

        {%- for name in ['as_of_date', 'earliest_valid_date'] if var(name) is not none -%}
            {%- set text = var(name) | string -%}
            {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', text)
                or run_query("select try_cast('" ~ text ~ "' as date) is null").rows[0][0] -%}
                {%- do problems.append(
                    name ~ " is '" ~ text ~ "', which is no date: write it as YYYY-MM-DD, for instance 2024-06-30."
                ) -%}
            {%- endif -%}
        {%- endfor -%}

        {%- for name, least in {
            'horizon_days': 1, 'training_anchors': 1, 'quiet_days': 1, 'seed': 0,
            'max_training_customers': 100, 'min_training_customers': 20,
        }.items() -%}
            {%- if var(name) is not integer or var(name) is boolean or var(name) < least -%}
                {%- do problems.append(
                    name ~ " is " ~ var(name) ~ ": it must be a whole number, " ~ least ~ " or more."
                ) -%}
            {%- endif -%}
        {%- endfor -%}

        {%- if var('quiet_share') is not number or var('quiet_share') < 0 or var('quiet_share') > 0.5 -%}
            {%- do problems.append(
                "quiet_share is " ~ var('quiet_share') ~ ": it must be a share between 0 and 0.5."
            ) -%}
        {%- endif -%}

        {%- if not modules.re.match('^[A-Z]{3}$', var('reporting_currency') | string) -%}
            {%- do problems.append(
                "reporting_currency is '" ~ var('reporting_currency') ~ "': it must be an ISO 4217 code, for instance GBP."
            ) -%}
        {%- endif -%}

        {%- set counts = var('cluster_counts') -%}
        {%- if counts is string or counts is not sequence or counts | length == 0
            or counts | select('integer') | list | length < counts | length
            or counts | min < 2 -%}
            {%- do problems.append(
                "cluster_counts is " ~ counts ~ ": it must be a list of whole numbers, each 2 or more."
            ) -%}
        {%- endif -%}

        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                "The settings cannot be used. Nothing was built.\n  - " ~ problems | join("\n  - ")
                ~ "\nSettings are the vars of dbt_project.yml; docs/settings.md explains each."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

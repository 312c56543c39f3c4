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
            'horizon_days': 1, 'value_horizon_days': 1, 'training_anchors': 1, 'quiet_days': 1, 'seed': 0,
            'max_training_customers': 100, 'min_training_customers': 20,
        }.items() -%}
            {%- if var(name) is not integer or var(name) is boolean or var(name) < least -%}
                {%- do problems.append(
                    name ~ " is " ~ var(name) ~ ": it must be a whole number, " ~ least ~ " or more."
                ) -%}
            {%- endif -%}
        {%- endfor -%}

        {%- if var('seed') is integer and var('seed') > 4294967295 -%}
            {%- do problems.append("seed is " ~ var('seed') ~ ": it must be 4294967295 or less.") -%}
        {%- endif -%}

        {%- if var('quiet_share') is not number or var('quiet_share') < 0 or var('quiet_share') > 0.5 -%}
            {%- do problems.append(
                "quiet_share is " ~ var('quiet_share') ~ ": it must be a share between 0 and 0.5."
            ) -%}
        {%- endif -%}

        {%- if var('annual_discount_rate') is not number or var('annual_discount_rate') < 0 or var('annual_discount_rate') > 1 -%}
            {%- do problems.append(
                "annual_discount_rate is " ~ var('annual_discount_rate') ~ ": it must be a share between 0 and 1."
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

        {%- set clusters_on = var('cluster_features') -%}
        {%- if clusters_on is string or clusters_on is mapping or clusters_on is not sequence
            or clusters_on | length == 0 or clusters_on | unique | list | length < clusters_on | length -%}
            {%- do problems.append(
                "cluster_features is " ~ clusters_on ~ ": it must be a list of features, each named once."
            ) -%}
            {%- set clusters_on = [] -%}
        {%- endif -%}

        {%- set churn_on = var('churn_features') -%}
        {%- if churn_on is not mapping or churn_on | length == 0
            or churn_on.values() | reject('in', ['identity', 'log1p']) | list -%}
            {%- do problems.append(
                "churn_features is " ~ churn_on ~ ": it must name features, each with its transform, identity or log1p."
            ) -%}
            {%- set churn_on = {} -%}
        {%- endif -%}

        {%- for name in ['horizon_days', 'value_horizon_days', 'training_anchors'] -%}
            {%- if var(name) is integer and var(name) > 3660 -%}
                {%- do problems.append(name ~ " is " ~ var(name) ~ ": it must be 3660 or less.") -%}
            {%- endif -%}
        {%- endfor -%}

        {%- set known = feature_names() -%}
        {%- for name, features in {'cluster_features': clusters_on, 'churn_features': churn_on}.items() -%}
            {%- for feature in features if known and feature not in known -%}
                {%- do problems.append(
                    name ~ " names '" ~ feature ~ "', which is no feature: use a number of int_customers__features."
                ) -%}
            {%- endfor -%}
        {%- endfor -%}

        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                "The settings cannot be used. Nothing was built.\n  - " ~ problems | join("\n  - ")
                ~ "\nSettings are the vars of dbt_project.yml; docs/settings.md explains each."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- The features that are numbers, as the properties of int_customers__features name
    them: text, dates, flags and keys cannot be learned from. -#}
{% macro feature_names() -%}
    {%- set names = [] -%}
    {%- for name in graph.nodes['model.segmentation.int_customers__features'].columns -%}
        {%- set is_text = name in ['customer_id', 'anchor_role']
            or (name.startswith('favourite_') and not name.endswith('_share')) -%}
        {%- if not is_text and not name.startswith('is_') and not name.endswith('_date') -%}
            {%- do names.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

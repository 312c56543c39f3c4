{#- Runs before anything is built: stops with all that is wrong with the settings. -#}
{% macro check_settings() -%}
    {%- if execute -%}
        {%- set problems = [] -%}

        {%- if var('raw_path') and (var('raw_schema') or var('raw_database')) -%}
            {%- do problems.append(
                "raw_path and raw_schema/raw_database are both set: the raw tables come from one place. Unset one of them."
            ) -%}
        {%- endif -%}

        {%- for name in ['as_of_date', 'earliest_valid_date', 'history_from'] if var(name) is not none -%}
            {%- set text = var(name) | string -%}
            {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', text)
                or run_query("select try_cast('" ~ text ~ "' as date) is null").rows[0][0] -%}
                {%- do problems.append(
                    name ~ " is '" ~ text ~ "', which is no date: write it as YYYY-MM-DD, for instance 2024-06-30."
                ) -%}
            {%- endif -%}
        {%- endfor -%}

        {%- for name, least in {
            'anchor_step_days': 1, 'past_anchors': 1, 'horizon_days': 1, 'value_horizon_days': 1,
            'response_days': 1, 'quiet_days': 1, 'seed': 0, 'max_training_customers': 100,
            'min_training_customers': 20, 'learning_anchors': 1, 'refit_every_days': 0,
            'backtest_origins': 1, 'tuning_configurations': 1, 'bootstrap_samples': 20, 'count_reasons': 0,
            'cluster_refit_days': 1, 'cluster_min_orders': 1,
            'small_segment_customers': 0, 'max_profile_customers': 100,
            'lookalikes_per_list': 1,
        }.items() -%}
            {%- if var(name) is not integer or var(name) is boolean or var(name) < least -%}
                {%- do problems.append(
                    name ~ " is " ~ var(name) ~ ": it must be a whole number, " ~ least ~ " or more."
                ) -%}
            {%- endif -%}
        {%- endfor -%}

        {%- for name, most in {
            'anchor_step_days': 3660, 'past_anchors': 40, 'horizon_days': 3660, 'value_horizon_days': 3660,
            'response_days': 365, 'seed': 4294967295, 'backtest_origins': 20, 'bootstrap_samples': 10000,
            'count_reasons': 50,
        }.items() -%}
            {%- if var(name) is integer and var(name) > most -%}
                {%- do problems.append(name ~ " is " ~ var(name) ~ ": it must be " ~ most ~ " or less.") -%}
            {%- endif -%}
        {%- endfor -%}

        {%- set horizons = var('purchase_horizons') -%}
        {%- if horizons is string or horizons is mapping or horizons is not sequence
            or horizons | length == 0
            or horizons | select('integer') | list | length < horizons | length
            or horizons | min < 1 or horizons | max > 3660
            or horizons | unique | list | length < horizons | length -%}
            {%- do problems.append(
                "purchase_horizons is " ~ horizons ~ ": it must be a list of whole numbers from 1 to 3660, each named once."
            ) -%}
        {%- elif var('horizon_days') is integer and 1 <= var('horizon_days') <= 3660
            and var('horizon_days') not in horizons -%}
            {%- do problems.append(
                "purchase_horizons is " ~ horizons ~ ": horizon_days, which is " ~ var('horizon_days') ~ ", must be one of them."
            ) -%}
        {%- endif -%}

        {%- if var('quiet_share') is not number or var('quiet_share') < 0 or var('quiet_share') > 0.5 -%}
            {%- do problems.append(
                "quiet_share is " ~ var('quiet_share') ~ ": it must be a share between 0 and 0.5."
            ) -%}
        {%- endif -%}

        {%- set shares = var('share_categories') -%}
        {%- if shares is string or shares is mapping or shares is not sequence
            or category_shares() | length < shares | length or '' in category_shares() -%}
            {%- do problems.append(
                "share_categories is " ~ shares ~ ": it must be a list of product categories whose names differ in letters or digits."
            ) -%}
        {%- endif -%}

        {%- if var('history_grid') not in ['day', 'week', 'month', 'quarter'] -%}
            {%- do problems.append(
                "history_grid is '" ~ var('history_grid') ~ "': it must be day, week, month or quarter."
            ) -%}
        {%- endif -%}

        {%- if var('sticky_band_pct') is not number or var('sticky_band_pct') is boolean
            or var('sticky_band_pct') < 0 or var('sticky_band_pct') > 19 -%}
            {%- do problems.append(
                "sticky_band_pct is " ~ var('sticky_band_pct') ~ ": it must be a number of percentiles from 0 to 19."
            ) -%}
        {%- endif -%}

        {%- if var('annual_discount_rate') is not number or var('annual_discount_rate') < 0 or var('annual_discount_rate') > 1 -%}
            {%- do problems.append(
                "annual_discount_rate is " ~ var('annual_discount_rate') ~ ": it must be a share between 0 and 1."
            ) -%}
        {%- endif -%}

        {%- if var('pilot_share') is not none
            and (var('pilot_share') is not number or var('pilot_share') is boolean
                or var('pilot_share') <= 0 or var('pilot_share') >= 1) -%}
            {%- do problems.append(
                "pilot_share is " ~ var('pilot_share') ~ ": it must be a share above 0 and below 1, or unset for everyone."
            ) -%}
        {%- endif -%}

        {%- if var('pilot_filter') is not none -%}
            {%- set wrong = "pilot_filter is " ~ var('pilot_filter') ~ ": it must be a condition on the raw table customers, for instance country = 'GB'" -%}
            {%- if var('pilot_filter') is not string or not var('pilot_filter').strip() -%}
                {%- do problems.append(wrong ~ ".") -%}
            {%- else -%}
                {%- set columns = raw_columns('shop', 'customers') | map(attribute='name') | list -%}
                {%- for fault in condition_faults(var('pilot_filter'), columns) -%}
                    {%- do problems.append(wrong ~ " (" ~ fault ~ ").") -%}
                {%- endfor -%}
            {%- endif -%}
        {%- endif -%}

        {%- if not modules.re.match('^[A-Z]{3}$', var('reporting_currency') | string) -%}
            {%- do problems.append(
                "reporting_currency is '" ~ var('reporting_currency') ~ "': it must be an ISO 4217 code, for instance GBP."
            ) -%}
        {%- endif -%}

        {%- if var('objective') | string not in objectives() -%}
            {%- do problems.append(
                "objective is " ~ var('objective') ~ ": it must be one of " ~ objectives() | join(', ') ~ "."
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

        {%- set lists = list_setting('lookalike_lists') -%}
        {%- set segment = '^(' ~ segment_dimensions() | join('|') ~ '):[a-z0-9_]+$' -%}
        {%- if lists != var('lookalike_lists')
            or lists | unique | list | length < lists | length -%}
            {%- do problems.append(
                "lookalike_lists is " ~ var('lookalike_lists') ~ ": it must be a list of segments, each named once."
            ) -%}
        {%- endif -%}
        {%- for list in lists if not modules.re.match(segment, list | string) -%}
            {%- do problems.append(
                "lookalike_lists names '" ~ list ~ "', which is no segment: write it as in dim_segments, for instance rfm:champions."
            ) -%}
        {%- endfor -%}

        {%- set features_on = {} -%}
        {%- for name in ['cluster_features', 'rule_features', 'lookalike_features'] -%}
            {%- set features = var(name) -%}
            {%- if features is string or features is mapping or features is not sequence
                or features | length == 0 or features | unique | list | length < features | length -%}
                {%- do problems.append(
                    name ~ " is " ~ features ~ ": it must be a list of features, each named once."
                ) -%}
            {%- else -%}
                {%- do features_on.update({name: features}) -%}
            {%- endif -%}
        {%- endfor -%}

        {%- set methods = ['k-means', 'Gaussian mixture', 'Ward', 'HDBSCAN', 'k-prototypes'] -%}
        {%- for name, known in {
            'cluster_methods': methods,
            'cluster_categories': history_categories(),
        }.items() -%}
            {%- set values = var(name) -%}
            {%- if values is string or values is mapping or values is not sequence
                or values | reject('in', known) | list
                or values | unique | list | length < values | length
                or (name == 'cluster_methods' and values | length == 0) -%}
                {%- do problems.append(
                    name ~ " is " ~ values ~ ": it must be a list of some of " ~ known | join(', ') ~ ", each named once."
                ) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if 'k-prototypes' in var('cluster_methods') | string and not var('cluster_categories') -%}
            {%- do problems.append(
                "cluster_methods names k-prototypes, which needs cluster_categories: name some, for instance favourite_channel."
            ) -%}
        {%- endif -%}
        {%- for feature in features_on.get('rule_features', []) if feature not in live_features() -%}
            {%- do problems.append(
                "rule_features names '" ~ feature ~ "', which the live view does not work out anew: use one of "
                ~ live_features() | join(', ') ~ "."
            ) -%}
        {%- endfor -%}

        {%- for name in ['churn_features', 'response_features'] -%}
            {%- set features = var(name) -%}
            {%- if features is not mapping or (name == 'churn_features' and features | length == 0)
                or features.values() | reject('in', ['identity', 'log1p']) | list -%}
                {%- do problems.append(
                    name ~ " is " ~ features ~ ": it must name features, each with its transform, identity or log1p."
                ) -%}
            {%- else -%}
                {%- do features_on.update({name: features}) -%}
            {%- endif -%}
        {%- endfor -%}

        {%- for name, features in features_on.items() -%}
            {%- set model, known = ('int_customers__history_features', history_features())
                if name == 'cluster_features' else ('int_customers__features', feature_names()) -%}
            {%- for feature in features if known and feature not in known -%}
                {%- do problems.append(
                    name ~ " names '" ~ feature ~ "', which is no feature: use a number of " ~ model ~ "."
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
    them: text, dates, flags and keys cannot be learned from. None before the project is
    parsed, and in unit tests, which know of no other model. -#}
{% macro feature_names() -%}
    {%- set names = [] -%}
    {%- set nodes = graph.nodes if graph else {} -%}
    {%- for name in nodes.get('model.segmentation.int_customers__features', {}).get('columns', {}) -%}
        {%- set is_key_or_text = name in ['customer_id', 'anchor_number', 'anchor_role', 'last_category']
            or (name.startswith('favourite_') and not name.endswith('_share')) -%}
        {%- if not is_key_or_text and not name.startswith('is_') and not name.endswith('_date') -%}
            {%- do names.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

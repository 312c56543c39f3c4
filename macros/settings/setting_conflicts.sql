{#- What is wrong between settings, or between one and the project. Given are those that
    are sound by themselves; the others are reported already. -#}
{% macro setting_conflicts(sound) -%}
    {%- set problems = [] -%}

    {%- if sound.raw_path and (sound.raw_schema or sound.raw_database) -%}
        {%- do problems.append(
            "raw_path and raw_schema/raw_database are both set: the raw tables come from "
            ~ "one place. Unset one of them."
        ) -%}
    {%- endif -%}

    {%- if sound.pilot_filter -%}
        {%- set columns = raw_columns('shop', 'customers') | map(attribute='name') | list -%}
        {%- for fault in condition_errors(sound.pilot_filter, columns) -%}
            {%- do problems.append(
                "pilot_filter is " ~ sound.pilot_filter ~ ": it must be a condition on the "
                ~ "raw table customers, for instance country = 'GB' ("
                ~ fault ~ ")."
            ) -%}
        {%- endfor -%}
    {%- endif -%}

    {%- if sound.as_of_date and sound.earliest_valid_date
        and sound.as_of_date | string <= sound.earliest_valid_date | string -%}
        {%- do problems.append(
            "as_of_date is " ~ sound.as_of_date ~ " and earliest_valid_date is "
                ~ sound.earliest_valid_date
            ~ ": no event lies between them. Take a later as_of_date or an earlier "
            ~ "earliest_valid_date."
        ) -%}
    {%- endif -%}

    {%- for name in ['shop_time_zone', 'raw_time_zone']
        if sound[name] and unknown_zones([sound[name]]) -%}
        {%- do problems.append(
            name ~ " is " ~ sound[name] ~ ", which is no time zone: write one as the IANA "
            ~ "database does, for instance Europe/London."
        ) -%}
    {%- endfor -%}

    {%- if sound.purchase_horizons and sound.horizon_days
        and sound.horizon_days not in sound.purchase_horizons -%}
        {%- do problems.append(
            "purchase_horizons is " ~ sound.purchase_horizons
                ~ ": horizon_days, which is " ~ sound.horizon_days ~ ", must be one of them."
        ) -%}
    {%- endif -%}

    {%- if sound.share_categories
        and (category_shares() | length < sound.share_categories | length
            or '' in category_shares()) -%}
        {%- do problems.append(
            "share_categories is " ~ sound.share_categories ~ ": it must be "
                ~ setting_form(known_setting('share_categories'))
            ~ ", since each names a column, for instance ['Home', 'Garden']."
        ) -%}
    {%- endif -%}

    {%- if 'k-prototypes' in sound.get('cluster_methods', []) and sound.cluster_categories == [] -%}
        {%- do problems.append(
            "cluster_methods names k-prototypes, which needs cluster_categories: name some, "
            ~ "for instance favourite_channel."
        ) -%}
    {%- endif -%}

    {%- do problems.extend(unknown_features(sound)) -%}
    {%- do problems.extend(unknown_segments(sound)) -%}
    {{ return(problems) }}
{%- endmacro %}


{% macro unknown_features(sound) -%}
    {%- set problems = [] -%}
    {%- for section in fromyaml(settings_text()).values() -%}
        {%- for name, known in section.items() if known.model and name in sound -%}
            {%- set features = history_features()
                if known.model == 'int_customers__history_features' else feature_names() -%}
            {%- for feature in sound[name] if features and feature not in features -%}
                {%- do problems.append(
                    name ~ " names '" ~ feature ~ "', which is not a feature: use a number "
                    ~ "of " ~ known.model
                    ~ ", for instance count_orders."
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for feature in sound.get('rule_features', []) if feature not in live_features() -%}
        {%- do problems.append(
            "rule_features names '" ~ feature ~ "', which the live view does not "
            ~ "recompute: use one of "
            ~ live_features() | join(', ') ~ "."
        ) -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}


{% macro unknown_segments(sound) -%}
    {%- set problems = [] -%}
    {%- set dimensions = known_setting('segment_dimensions').choices -%}
    {%- for list in sound.get('lookalike_lists', []) -%}
        {%- if not modules.re.fullmatch('(' ~ dimensions | join('|') ~ '):[a-z0-9_]+', list) -%}
            {%- do problems.append(
                "lookalike_lists names '" ~ list ~ "', which is not a segment: write it as in "
                ~ "dim_segments, for instance rfm:champions."
            ) -%}
        {%- elif list.split(':')[0] not in setting('segment_dimensions') -%}
            {%- do problems.append(
                "lookalike_lists names '" ~ list ~ "', but segment_dimensions leaves out "
                ~ list.split(':')[0] ~ ": add it there, or look for lookalikes of another segment."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}

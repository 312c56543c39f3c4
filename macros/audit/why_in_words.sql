{#- Why one decision came out as it did, as the sentences that follow its outcome. -#}
{% macro why_in_words(name, row, outcome) -%}
    {%- set values = fromjson(row['decided_on'] or '{}') -%}
    {%- set by = fromjson(row['decided_by'] or '{}') -%}
    {%- set is_predicted = row['outcome_value'] is not none -%}
    {%- set currency = ' ' ~ setting('reporting_currency') -%}
    {%- set sentences = ['.'] -%}
    {%- if name in ['rfm', 'rfm_sticky'] and values.count_orders -%}
        {%- do sentences.extend(scores_in_words(values, by, outcome)) -%}
    {%- elif name == 'lifecycle' -%}
        {%- do sentences.append(stage_in_words(values, by)) -%}
    {%- elif name == 'value_tier' -%}
        {%- do sentences.append(
            shown(values.net_amount_365d or 0) ~ currency ~ ' spent within 365 days; medium is '
            ~ 'above ' ~ shown(by.medium_above) ~ ', high above ' ~ shown(by.high_above)
            ~ ', top above ' ~ shown(by.top_above) ~ '.'
        ) -%}
    {%- elif name == 'cluster' and by.prototypes -%}
        {%- do sentences.append(cluster_in_words(values, by)) -%}
    {%- elif name == 'churn_risk' and is_predicted -%}
        {%- do sentences.append(
            '%.0f' % (100 * row['outcome_value']) ~ ' % likely to buy nothing within '
            ~ setting('horizon_days') ~ ' days; medium is from ' ~ (100 * by.medium_from) | int
            ~ ' %, high from ' ~ (100 * by.high_from) | int ~ ' %.'
        ) -%}
    {%- elif name == 'expected_value' and is_predicted -%}
        {%- set sentences = [
            currency ~ ', net of returns, within ' ~ setting('value_horizon_days') ~ ' days.'
        ] -%}
    {%- endif -%}
    {%- set reasons = fromjson(row['contributions'] or '[]')
        | selectattr('reason', 'defined') | map(attribute='reason') | list -%}
    {%- if reasons | length > 1 -%}
        {%- do sentences.append(
            'Beginning with ' ~ reasons[0] ~ ': ' ~ reasons[1:] | join('; ') ~ '.'
        ) -%}
    {%- endif -%}
    {%- do sentences.append(
        ('Model: ' if is_predicted else 'Rule: ') ~ row['rule']
        ~ ('; version ' ~ row['rule_version'] if row['rule_version']) ~ '.'
    ) -%}
    {{ return(sentences | join(' ') | replace(' .', '.')) }}
{%- endmacro %}


{% macro scores_in_words(values, by, outcome) -%}
    {%- set sentences, scores = [], [] -%}
    {%- for metric in rfm_metrics() -%}
        {%- do sentences.append(rfm_score_in_words(metric, values, by)) -%}
        {%- do scores.append(by[metric ~ '_score']) -%}
    {%- endfor -%}
    {%- if values.earlier_recency_score -%}
        {%- do sentences.append(
            'Scores rise only where a cut point is clearly passed, and were '
            ~ values.earlier_recency_score ~ ', ' ~ values.earlier_frequency_score ~ ' and '
            ~ values.earlier_monetary_score ~ ' at the date before.'
        ) -%}
    {%- endif -%}
    {%- do sentences.append(
        'In the seed rfm_cells, ' ~ scores[0] ~ ', ' ~ scores[1] ~ ' and ' ~ scores[2]
        ~ ' are ' ~ outcome ~ '.'
    ) -%}
    {{ return(sentences) }}
{%- endmacro %}


{#- A score from 1 to 5, its value, and the cut points that it lies between. -#}
{% macro rfm_score_in_words(metric, values, by) -%}
    {%- set value = values[rfm_metrics()[metric].feature] -%}
    {%- set cuts = [] -%}
    {%- for cut in cut_percentiles() -%}
        {%- do cuts.append(by[metric ~ '_cut_' ~ cut]) -%}
    {%- endfor -%}
    {%- set below = cuts | select('lt', value) | list -%}
    {%- set above = cuts | reject('lt', value) | list -%}
    {%- set written = {
        'recency': counted(value, 'day', 'days') ~ ' since the last order',
        'frequency': counted(value, 'order', 'orders'),
        'monetary': shown(value) ~ ' ' ~ setting('reporting_currency') ~ ' spent',
    }[metric] -%}
    {{ return(
        metric | capitalize ~ ' scores ' ~ by[metric ~ '_score'] ~ ' of 5: ' ~ written ~ ', '
        ~ ('above the cut point ' ~ shown(below | last) if below)
        ~ (' and ' if below and above)
        ~ ('not above ' ~ shown(above[0]) if above) ~ '.'
    ) }}
{%- endmacro %}


{#- What a lifecycle stage asks for, beside what the customer has. -#}
{% macro stage_in_words(values, by) -%}
    {%- set words = {
        'count_orders': ['order', 'orders'],
        'days_since_first_order': ['day since the first order', 'days since the first order'],
        'days_since_last_order': ['day since the last order', 'days since the last order'],
        'last_gap_days': ['day between the last two orders', 'days between the last two orders'],
    } -%}
    {%- set found = [] -%}
    {%- for feature in lifecycle_features() -%}
        {%- set first, before = by[feature ~ '_from'], by[feature ~ '_before'] -%}
        {%- if first is not none or before is not none -%}
            {%- set range = (
                ('from ' ~ first if first is not none else '')
                ~ (' below ' ~ before if before is not none else '')
            ) | trim -%}
            {%- do found.append(counted(values[feature] or 0, *words[feature])
                ~ ' (the stage: ' ~ range ~ ')') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | join(', ') ~ '.') }}
{%- endmacro %}


{#- The nearest cluster, and the one that comes next. -#}
{% macro cluster_in_words(values, by) -%}
    {%- set nearest = by.prototypes[0] -%}
    {%- set others = by.prototypes
        | rejectattr('cluster_id', 'equalto', nearest.cluster_id) | list -%}
    {%- set written = [] -%}
    {%- for value in values -%}
        {%- do written.append(value.feature | replace('_', ' ') ~ ' '
            ~ (shown(value.value) if value.category is none else value.category)) -%}
    {%- endfor -%}
    {{ return(
        'Nearest by ' ~ written | join(', ') ~ ': squared distance ' ~ shown(nearest.score)
        ~ (', against ' ~ shown(others[0].score) ~ ' to cluster ' ~ others[0].cluster_id
            if others) ~ '.'
    ) }}
{%- endmacro %}


{#- A number with two decimals at most. -#}
{% macro shown(number) -%}
    {%- if number is none -%}
        {{ return('unknown') }}
    {%- endif -%}
    {{ return('{:,.2f}'.format(number | float).replace('.00', '')) }}
{%- endmacro %}


{% macro counted(number, one, more) -%}
    {{ return('{:,} '.format(number | int) ~ (one if number == 1 else more)) }}
{%- endmacro %}

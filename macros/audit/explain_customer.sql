{#- An operation: says why a customer is in their segments, and what is predicted for them.

        dbt run-operation explain_customer --args '{customer_id: c0000002, day: 2024-06-15}'

    day: the newest date of history up to it answers. The newest of all without it. -#}
{% macro explain_customer(customer_id, day=none) -%}
    {%- if execute -%}
        {%- set decisions = relation_of('audit_customer_decisions') -%}
        {%- if decisions is none -%}
            {{ exceptions.raise_compiler_error(
                'Nothing is built yet to explain: dbt build --select +audit_customer_decisions'
            ) }}
        {%- endif -%}
        {%- set customer = quoted_text(customer_id | string) -%}
        {%- set date = history_date(day) -%}
        {%- set rows = run_query(
            'select * from ' ~ decisions ~ ' where customer_id = ' ~ customer
            ~ ' and as_of_date = ' ~ date_literal(date) ~ ' order by decision'
        ).rows -%}
        {%- if not rows -%}
            {%- do explain_absence(customer_id, customer, date) -%}
        {%- else -%}
            {%- do log('\n' ~ decisions_in_words(customer_id, date, rows) ~ '\n', info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- The newest date of history up to a day; stops where there is none. -#}
{% macro history_date(day) -%}
    {%- set text = dbt.type_string() -%}
    {%- set dates = run_query(
        'select cast(anchor_date as ' ~ text ~ ') from ' ~ relation_of('int_history_anchors')
        ~ ' order by anchor_date'
    ).columns[0].values() | list -%}
    {%- if not dates -%}
        {{ exceptions.raise_compiler_error('History is empty: nobody has bought anything.') }}
    {%- elif day is none -%}
        {{ return(dates | last) }}
    {%- endif -%}
    {%- set asked = run_query(
        'select cast(try_cast(' ~ quoted_text(day | string) ~ ' as date) as ' ~ text ~ ')'
    ).rows[0][0] -%}
    {%- if asked != day | string -%}
        {{ exceptions.raise_compiler_error(
            'day: ' ~ day ~ ' is no day. Write it as YYYY-MM-DD, for instance '
            ~ dates | last ~ '.'
        ) }}
    {%- endif -%}
    {%- set before = dates | select('le', asked) | list -%}
    {%- if not before -%}
        {{ exceptions.raise_compiler_error(
            'day: ' ~ day ~ ' lies before history, which begins on ' ~ dates[0] ~ '.'
        ) }}
    {%- endif -%}
    {{ return(before | last) }}
{%- endmacro %}


{#- Says why nothing is decided about a customer at a date; stops where nobody knows them. -#}
{% macro explain_absence(customer_id, customer, day) -%}
    {%- set known = run_query(
        'select cast(min(order_date) as ' ~ dbt.type_string() ~ ') from '
        ~ relation_of('int_orders__versions') ~ ' where customer_id = ' ~ customer
        ~ ' union all select null from ' ~ relation_of('int_customers')
        ~ ' where customer_id = ' ~ customer
    ).columns[0].values() | list -%}
    {%- if known | length < 2 -%}
        {{ exceptions.raise_compiler_error(
            'customer_id: no customer ' ~ customer_id ~ ' is known. Ids stand in '
            ~ 'dim_customers, written as they are there.'
        ) }}
    {%- endif -%}
    {%- set first = known | select | first -%}
    {%- if first and first < day -%}
        {%- set said = 'nothing was decided about customer ' ~ customer_id ~ ', who had bought '
            ~ 'since ' ~ first ~ ': the setting segment_dimensions is '
            ~ setting('segment_dimensions') | join(', ') ~ '.' -%}
    {%- else -%}
        {%- set said = 'customer ' ~ customer_id ~ ' had bought nothing, so that nothing was '
            ~ 'decided about them.' ~ (' Their first order came on ' ~ first ~ '.' if first) -%}
    {%- endif -%}
    {%- do log('\nBy ' ~ day ~ ', ' ~ said ~ '\n', info=true) -%}
{%- endmacro %}


{#- All decisions of one customer and date as a text. -#}
{% macro decisions_in_words(customer_id, day, rows) -%}
    {%- set by_name, lines = {}, [] -%}
    {%- for row in rows -%}
        {%- do by_name.update({row['decision']: row}) -%}
    {%- endfor -%}
    {%- set any = rows[0] -%}
    {%- set orders = fromjson(any['orders'] or '[]') -%}
    {%- do lines.append(
        'On ' ~ day ~ ', customer ' ~ customer_id ~ ' had '
        ~ counted(any['count_orders'], 'order', 'orders')
        ~ (': the first on ' ~ orders[0].ordered_at[:10] ~ ', the last on '
            ~ orders[-1].ordered_at[:10] if orders) ~ '.'
    ) -%}
    {%- set names = segment_names() -%}
    {%- for name, words in {
        'rfm': 'RFM segment', 'rfm_sticky': 'Sticky RFM segment',
        'lifecycle': 'Lifecycle stage', 'value_tier': 'Value tier', 'cluster': 'Cluster',
        'churn_risk': 'Churn risk', 'expected_value': 'Expected value',
    }.items() if name in by_name -%}
        {%- set row = by_name[name] -%}
        {%- set outcome = names.get(name ~ ':' ~ row['outcome'], row['outcome']) -%}
        {%- do lines.append(words ~ ': ' ~ outcome ~ why_in_words(name, row, outcome)) -%}
    {%- endfor -%}
    {%- if orders -%}
        {%- set ids = orders | map(attribute='order_id') | list -%}
        {%- do lines.append(
            'Orders behind it: ' ~ ids[:20] | join(', ')
            ~ (' and ' ~ (ids | length - 20) ~ ' more' if ids | length > 20) ~ '.'
        ) -%}
    {%- endif -%}
    {{ return(lines | join('\n')) }}
{%- endmacro %}


{#- The names of segments by id. -#}
{% macro segment_names() -%}
    {%- set names = {} -%}
    {%- set segments = relation_of('int_segments') -%}
    {%- if segments -%}
        {%- for row in run_query('select segment_id, segment_name from ' ~ segments).rows -%}
            {%- do names.update({row[0]: row[1]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(names) }}
{%- endmacro %}


{% macro date_literal(day) -%}
    {{ return("cast('" ~ day ~ "' as date)") }}
{%- endmacro %}

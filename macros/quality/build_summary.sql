{#- Runs after a build: says in a few lines what was read, what came of it, and where to
    look. It reads only what exists, since a build may be of a part, or stop. -#}
{% macro build_summary(results) -%}
    {%- if execute and invocation_args_dict.get('which') in ['build', 'run', 'retry'] -%}
        {%- set built, broken = [], [] -%}
        {%- for result in results if result.node.resource_type == 'model' -%}
            {%- do (built if result.status == 'success' else broken
                if result.status in ['error', 'skipped'] else []).append(result.node.name) -%}
        {%- endfor -%}
        {%- set lines = [] -%}
        {%- if 'int_orders__checked' in built + broken -%}
            {%- do lines.extend(rows_in_words()) -%}
            {%- do order_warnings() -%}
        {%- endif -%}
        {%- if broken -%}
            {%- do lines.append(
                '{:,} models were not built: the errors above say why. '.format(broken | length)
                ~ 'Their tables, if there are any, are as they were.'
            ) -%}
        {%- else -%}
            {%- if 'int_customers__current' in built -%}
                {%- do lines.append(customers_in_words()) -%}
            {%- endif -%}
            {%- do lines.extend(serving_in_words(built)) -%}
            {%- if 'fct_lookalikes' in built -%}
                {%- do lines.extend(consent_in_words()) -%}
            {%- endif -%}
        {%- endif -%}
        {%- if 'publication' in built -%}
            {%- do lines.append(published_in_words()) -%}
        {%- endif -%}
        {%- if lines -%}
            {%- do lines.append(places_to_look(built)) -%}
            {%- do log('\n' ~ lines | join('\n') ~ '\n', info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Rows in, accepted and rejected by raw table, and the commonest reasons of all. -#}
{% macro rows_in_words() -%}
    {%- set counts, reasons = [], [] -%}
    {%- for table in raw_tables() -%}
        {%- set relation = relation_of('int_' ~ table.table ~ '__checked') -%}
        {%- if relation -%}
            {%- do counts.append(
                "select '" ~ table.table ~ "' as name, " ~ loop.index ~ " as place, count(*) as "
                ~ "all_rows, coalesce(sum(case when is_accepted then 1 else 0 end), 0) as accepted"
                ~ " from " ~ relation
            ) -%}
            {%- do reasons.append(
                "select '" ~ table.table ~ "' as name, rejection_reasons from " ~ relation
                ~ " where not is_accepted"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set place = {'demo': 'the bundled demo', 'files': 'folder ' ~ setting('raw_path'),
        'schema': 'schema ' ~ (setting('raw_schema') or 'raw')}[input_mode()] -%}
    {%- set lines = ['Read from ' ~ place ~ ' (rows, accepted, rejected):'] -%}
    {%- set empty = [] -%}
    {%- for row in run_query(counts | join(' union all ') ~ ' order by place').rows -%}
        {%- if row[2] -%}
            {%- do lines.append('  {:<24}{:>12,}{:>12,}{:>10,}'.format(
                row[0], row[2] | int, row[3] | int, (row[2] - row[3]) | int
            )) -%}
        {%- else -%}
            {%- do empty.append(row[0]) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if empty -%}
        {%- do lines.append('  without rows: ' ~ empty | join(', ')) -%}
    {%- endif -%}
    {%- set commonest = run_query(
        'select name, rejection_reasons, count(*) from (' ~ reasons | join(' union all ')
        ~ ') as rejected group by 1, 2 order by 3 desc, 1, 2 limit 3'
    ).rows -%}
    {%- if commonest -%}
        {%- do lines.append('Rejected most often (all: fct_rejected_rows):') -%}
        {%- for row in commonest -%}
            {%- do lines.append('  {:,} of {}: {}'.format(row[2] | int, row[0], row[1])) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(lines) }}
{%- endmacro %}


{#- Whether lists of people to address are empty since nobody has agreed to anything. -#}
{% macro consent_in_words() -%}
    {%- set purpose = setting('activation_purpose') -%}
    {%- set consents = relation_of('int_consents__intervals') -%}
    {%- if not purpose or not consents or run_query(
        'select 1 from ' ~ consents ~ ' where is_granted and purpose = '
        ~ quoted_text(purpose) ~ ' limit 1'
    ).rows -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return([
        'Nobody may be addressed: no consent to ' ~ purpose ~ ' is recorded. Fill the raw table '
        ~ 'consents, or set activation_purpose to null if you ask for consent elsewhere.'
    ]) }}
{%- endmacro %}


{#- Warns, once, of what is accepted and yet surprises. -#}
{% macro order_warnings() -%}
    {%- set orders = relation_of('int_orders__checked') -%}
    {%- set bounds = relation_of('int_plausible_dates') -%}
    {%- if not orders or not bounds -%}
        {{ return('') }}
    {%- endif -%}
    {%- set reporting = setting('reporting_currency') -%}
    {%- set found = run_query(
        "select sum(case when is_accepted then 1 else 0 end), "
        ~ "sum(case when is_accepted and currency <> '" ~ reporting ~ "' then 1 else 0 end), "
        ~ "sum(case when is_accepted and customer_id is not null then 1 else 0 end), "
        ~ "sum(case when late then 1 else 0 end), min(case when late then ordered_at end), "
        ~ "min(orders_before_at) from (select *, ordered_at >= orders_before_at and ordered_at < "
        ~ "cast('" ~ run_started_at.strftime('%Y-%m-%d') ~ "' as timestamp) as late from "
        ~ orders ~ " cross join " ~ bounds ~ ") as judged"
    ).rows[0] -%}
    {%- set accepted = found[0] or 0 -%}
    {%- if accepted and 2 * found[1] > accepted -%}
        {%- do exceptions.warn(
            '{:,} of {:,} orders are in another currency than {}, to which all amounts are '.format(
                found[1] | int, accepted | int, reporting
            ) ~ 'converted. Set reporting_currency if you report in another one.'
        ) -%}
    {%- endif -%}
    {%- if accepted and not found[2] -%}
        {%- do exceptions.warn(
            'No order names a customer, so that there are no buyers: fill orders.customer_id.'
        ) -%}
    {%- endif -%}
    {%- if found[3] and not setting('as_of_date') -%}
        {%- do exceptions.warn(
            '{:,} orders from {} on are taken for typing errors and rejected, since few orders '
            .format(found[3] | int, (found[4] | string)[:10])
            ~ 'follow a long silence. If they are the first of a new season, set quiet_days to '
            ~ 'more than the days of rest, or as_of_date to the day after the newest order.'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro customers_in_words() -%}
    {%- set row = run_query(
        'select count(*), sum(case when count_orders > 0 then 1 else 0 end), sum(count_orders), '
        ~ 'sum(lifetime_net_amount), min(first_order_date), max(last_order_date), max(as_of_date) '
        ~ 'from ' ~ relation_of('int_customers__current')
    ).rows[0] -%}
    {%- if not row[1] -%}
        {%- if run_query('select 1 from ' ~ relation_of('int_orders__checked')
            ~ ' limit 1').rows -%}
            {%- do exceptions.warn(
                'There are orders, and nobody has bought: no accepted order has a customer, '
                ~ 'lines, and a status that counts as a purchase (seed order_statuses).'
            ) -%}
        {%- endif -%}
        {{ return('Customers: {:,}, none of whom has bought.'.format(row[0] | int)) }}
    {%- endif -%}
    {{ return(
        'Customers: {:,}, of whom {:,} bought: {:,} orders, {:,.2f} {} net of returns, {} to {}.'
        .format(row[0] | int, row[1] | int, row[2] | int, row[3] | float,
            setting('reporting_currency'), row[4], row[5])
        ~ ' Segments are of ' ~ row[6] ~ '.'
    ) }}
{%- endmacro %}


{#- Which models serve, and which do not, with the reason that their verdict gives. -#}
{% macro serving_in_words(built) -%}
    {%- set views = [] -%}
    {%- for name in built if name.startswith('int_fits__serving_') -%}
        {%- do views.append('select * from ' ~ relation_of(name)) -%}
    {%- endfor -%}
    {%- if not views -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set lines = [] -%}
    {%- for row in run_query(
        'select ' ~ target_in_words('target', 'horizon_days') ~ ' as target, champion, verdict '
        ~ 'from (' ~ views | join(' union all ') ~ ") as fits order by champion = 'none', 1"
    ).rows -%}
        {%- do lines.append('  {}: {}'.format(
            row[0], row[1] if row[1] != 'none' else 'not served: ' ~ row[2]
        )) -%}
    {%- endfor -%}
    {{ return(['What is predicted, and by which model:'] + lines if lines else []) }}
{%- endmacro %}


{#- The marts to begin with, of those that were built. -#}
{% macro places_to_look(built) -%}
    {%- set first = ['rpt_segment_overview', 'fct_customer_segments', 'fct_customer_churn',
        'rpt_input_quality', 'fct_rejected_rows'] -%}
    {%- set marts = [] -%}
    {%- for name in first + built if name in built and name not in marts
        and 'marts' in graph.nodes.get('model.segmentation.' ~ name, {}).get('fqn', []) -%}
        {%- do marts.append(name) -%}
    {%- endfor -%}
    {%- set tables = [] -%}
    {%- for name in marts[:5] or ['int_orders__checked'] -%}
        {%- set relation = relation_of(name) -%}
        {%- if relation -%}
            {%- do tables.append(relation.schema ~ '.' ~ relation.identifier) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return('To look: ' ~ tables | join(', ')
        ~ (' and more' if marts | length > 5) ~ '. What each column means: make docs') }}
{%- endmacro %}


{#- What readers have now, or why nothing was published. -#}
{% macro published_in_words() -%}
    {%- set row = run_query(
        'select version, count_marts, count_rows, data_through, why_not from '
        ~ relation_of('publication')
    ).rows[0] -%}
    {%- if not row[0] -%}
        {{ return('Nothing was published: ' ~ row[4] ~ '.') }}
    {%- endif -%}
    {{ return(
        'Published for readers: {:,} marts with {:,} rows, data through {}: {}/current.'
        .format(row[1] | int, row[2] | int, row[3], setting('publish_path') or 'published')
    ) }}
{%- endmacro %}

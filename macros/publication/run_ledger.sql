{#- The tables of the run ledger, and their columns. They belong to no model, so that no
    build and no full refresh replaces them: rows are added, and stay. -#}
{% macro ledger_tables() -%}
    {%- set text, number, time = dbt.type_string(), 'bigint', 'timestamp' -%}
    {{ return({
        'runs': {
            'run_id': text, 'command': text, 'code_version': text, 'settings': text,
            'started_at': time,
        },
        'run_ends': {
            'run_id': text, 'outcome': text, 'version': text, 'fits': text, 'ended_at': time,
        },
        'run_nodes': {
            'run_id': text, 'node_id': text, 'node_name': text, 'resource_type': text,
            'status': text, 'message': text, 'count_failures': number, 'count_rows': number,
            'seconds': 'double', 'completed_at': time,
        },
        'run_inputs': {
            'run_id': text, 'table_name': text, 'count_rows': number,
            'count_accepted_rows': number, 'count_rejected_rows': number,
            'first_date': 'date', 'last_date': 'date', 'content_checksum': text,
        },
        'erasures_begun': {
            'run_id': text, 'customer_id': text, 'requested_at': time, 'table_name': text,
            'count_rows': number,
        },
        'erasures': {
            'run_id': text, 'person_hash': text, 'person_number': number,
            'requested_at': time, 'table_name': text, 'count_rows_removed': number,
            'erased_at': time,
        },
    }) }}
{%- endmacro %}


{#- Runs before anything is built: makes the tables, and writes down that a command began,
    so that one that is killed is known too. With `--empty` a source is a query without rows:
    the tables are named by `render`. -#}
{% macro begin_run() -%}
    {%- if execute and has_ledger() -%}
        {#- Hooks before this one may have left a transaction open, which would be undone. -#}
        {%- do adapter.commit() -%}
        {%- set place = source('ledger', 'runs') -%}
        create schema if not exists {{ place.without_identifier().render() }};
        {%- for name, columns in ledger_tables().items() %}
        create table if not exists {{ source('ledger', name).render() }} (
            {%- for column, type in columns.items() %}
            {{ column }} {{ type }}{{ ',' if not loop.last }}
            {%- endfor %}
        );
        {%- endfor %}
        {%- if is_recorded() %}
        insert into {{ place }} ({{ ledger_tables().runs | join(', ') }}) values (
            {{ quoted_text(invocation_id) }},
            {{ quoted_text('dbt ' ~ invocation_args_dict.which) }},
            {{ quoted_text(code_version()) }},
            {{ quoted_text(settings_as_json()) }},
            {{ time_literal(run_started_at) }}
        );
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Runs after a command, also one that failed: writes down what became of each node, what
    was read, and how it ended. -#}
{% macro record_run(results) -%}
    {%- if execute and is_recorded() -%}
        {%- do adapter.commit() -%}
        {%- set built = [] -%}
        {%- set nodes = results | selectattr('node') | list -%}
        {%- for result in nodes if result.status == 'success' -%}
            {%- do built.append(result.node.name) -%}
        {%- endfor -%}
        {%- set sizes = table_sizes() if built else {} -%}
        {%- if nodes %}
        insert into {{ source('ledger', 'run_nodes') }}
            ({{ ledger_tables().run_nodes | join(', ') }}) values
            {%- for result in nodes %}
            ({{ node_values(result, sizes) | join(', ') }}){{ ',' if not loop.last }}
            {%- endfor %};
        {%- endif %}
        {%- if 'int_orders__checked' in built %}
        insert into {{ source('ledger', 'run_inputs') }}
            ({{ ledger_tables().run_inputs | join(', ') }})
            {{ inputs_of_run() }};
        {%- endif %}
        insert into {{ source('ledger', 'run_ends') }}
            ({{ ledger_tables().run_ends | join(', ') }})
        select
            {{ quoted_text(invocation_id) }},
            {{ quoted_text(outcome_of(nodes)) }},
            {{ published_version() }},
            {{ fits_in_use() }},
            {{ time_literal(modules.datetime.datetime.now(modules.pytz.utc)) }};
    {%- endif -%}
{%- endmacro %}


{#- Whether this command needs the tables of the ledger. -#}
{% macro has_ledger() -%}
    {{ return(invocation_args_dict.get('which') in ['build', 'run', 'seed', 'test', 'retry']) }}
{%- endmacro %}


{#- Whether this command is written down: one that builds tables without rows is not. -#}
{% macro is_recorded() -%}
    {{ return(has_ledger() and not invocation_args_dict.get('empty')) }}
{%- endmacro %}


{% macro outcome_of(nodes) -%}
    {%- set statuses = nodes | map(attribute='status') | map('string') | list -%}
    {%- if 'error' in statuses -%}
        {{ return('error') }}
    {%- elif 'fail' in statuses -%}
        {{ return('failed test') }}
    {%- elif 'warn' in statuses -%}
        {{ return('warning') }}
    {%- endif -%}
    {{ return('success') }}
{%- endmacro %}


{#- What is written down of one node. What stands in quotes in a message is left out: it
    may be a value that a customer gave. -#}
{% macro node_values(result, sizes) -%}
    {%- set node = result.node -%}
    {%- set ended = [] -%}
    {%- for step in result.timing or [] if step.completed_at -%}
        {%- do ended.append(step.completed_at) -%}
    {%- endfor -%}
    {%- set message = modules.re.sub(
        "'[^']*'|\"[^\"]*\"", "'…'", (result.message or '') | string | trim
    ).split('\n')[0][:300] -%}
    {%- set place = (node.schema or '') ~ '.' ~ (node.alias or '') -%}
    {{ return([
        quoted_text(invocation_id),
        quoted_text(node.unique_id),
        quoted_text(node.name),
        quoted_text(node.resource_type | string),
        quoted_text(result.status | string),
        quoted_text(message) if result.status in ['error', 'fail', 'warn'] else 'null',
        'null' if result.failures is none else result.failures | string,
        (sizes.get(place, 'null') | string) if result.status == 'success' else 'null',
        '%.3f' % result.execution_time,
        time_literal(ended | last) if ended else 'null',
    ]) }}
{%- endmacro %}


{#- What was read of each raw table: counts, dates, and a checksum that the order of rows
    does not change. -#}
{% macro inputs_of_run() -%}
    {%- for table in raw_tables() %}
        {%- set relation = relation_of('int_' ~ table.table ~ '__checked') %}
        {%- if relation %}
        {{ 'union all' if not loop.first }}
        select
            {{ quoted_text(invocation_id) }},
            {{ quoted_text(table.table) }},
            count(*),
            coalesce(sum(case when is_accepted then 1 else 0 end), 0),
            coalesce(sum(case when is_accepted then 0 else 1 end), 0),
            {%- if table.event_at %}
            min(case when is_accepted then cast({{ table.event_at }} as date) end),
            max(case when is_accepted then cast({{ table.event_at }} as date) end),
            {%- else %}
            cast(null as date),
            cast(null as date),
            {%- endif %}
            cast({{ checksum_of(['raw_row']) }} as {{ dbt.type_string() }})
        from {{ relation }}
        {%- endif %}
    {%- endfor %}
{%- endmacro %}


{#- The version that this command has published, as an SQL value. -#}
{% macro published_version() -%}
    {%- set relation = relation_of('publication') -%}
    {{ return('(select max(version) from ' ~ relation ~ ' where run_id = '
        ~ quoted_text(invocation_id) ~ ')' if relation else 'null') }}
{%- endmacro %}


{#- The fits that serve, as an SQL value: ids, the first by the alphabet first. -#}
{% macro fits_in_use() -%}
    {%- set views = [] -%}
    {%- for name in ['purchases', 'responses', 'values', 'next_categories'] -%}
        {%- set relation = relation_of('int_fits__serving_' ~ name) -%}
        {%- if relation -%}
            {%- do views.append('select fit_id from ' ~ relation) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return('(select ' ~ dbt.listagg('fit_id', "', '", 'order by fit_id') ~ ' from ('
        ~ views | join(' union ') ~ ') as fits)' if views else 'null') }}
{%- endmacro %}


{% macro time_literal(time) -%}
    {{ return("cast('" ~ time.strftime('%Y-%m-%d %H:%M:%S') ~ "' as timestamp)") }}
{%- endmacro %}

{#- Runs before anything is built: counts the rows that tables hold of people who asked to
    be erased since the last build. What is written down names them, and is deleted once
    nothing is left of them. -#}
{% macro note_erasures() -%}
    {#- outside of the condition, so that dbt knows what is read -#}
    {%- set requests = whole_raw_table('privacy', 'erasure_requests')
        if not execute or is_recorded() -%}
    {%- if execute and is_recorded() and may_be_erased() and are_requests_readable() -%}
        {%- set tables = tables_of_customers() -%}
        {%- if tables %}
        insert into {{ source('ledger', 'erasures_begun') }}
            ({{ ledger_tables().erasures_begun | join(', ') }})
        with

        erased as (
            select
                {{ read_customer_id('customer_id') }} as customer_id,
                min({{ read_timestamp('requested_at') }}) as requested_at
            from {{ requests }}
            where {{ read_customer_id('customer_id') }} is not null
            group by 1
        ),

        found as (
            {{ rows_of_people(tables, 'select customer_id from erased') }}
        )

        select
            {{ quoted_text(invocation_id) }},
            found.customer_id,
            erased.requested_at,
            found.table_name,
            found.count_rows
        from found
        inner join erased
            on found.customer_id = erased.customer_id
        left join {{ source('ledger', 'erasures_begun') }} as begun
            on
                found.customer_id = begun.customer_id
                and found.table_name = begun.table_name
        where begun.customer_id is null
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Runs after a command: writes down, under a hash alone, what was removed of the people
    of whom nothing is left, and forgets who they were. -#}
{% macro record_erasures() -%}
    {%- if execute and is_recorded() -%}
        {%- set begun = source('ledger', 'erasures_begun') -%}
        {%- set names = run_query('select distinct table_name from ' ~ begun ~ ' order by 1')
            .columns[0].values() -%}
        {%- set tables = [] -%}
        {%- for table in (tables_of_customers() if names else []) if table.name in names -%}
            {%- do tables.append(table) -%}
        {%- endfor -%}
        {%- set pseudonyms = relation_of('ml_customers__pseudonyms')
            if setting('pseudonym_key_env') is not none else none -%}
        {%- if names %}
        {{ create_scratch_table('erased_wholly') }}
        select distinct customer_id from {{ begun }}
        {%- if tables %}
        where customer_id not in (
            select customer_id
            from ({{ rows_of_people(tables, 'select customer_id from ' ~ begun) }})
        )
        {%- endif %};
        insert into {{ source('ledger', 'erasures') }}
            ({{ ledger_tables().erasures | join(', ') }})
        select
            {{ quoted_text(invocation_id) }},
            {{ 'pseudonyms.pseudonym' if pseudonyms else 'null' }},
            dense_rank() over (order by md5(begun.customer_id)),
            begun.requested_at,
            begun.table_name,
            begun.count_rows,
            {{ time_literal(modules.datetime.datetime.now(modules.pytz.utc)) }}
        from {{ begun }} as begun
        {%- if pseudonyms %}
        left join {{ pseudonyms }} as pseudonyms
            on begun.customer_id = pseudonyms.customer_id
        {%- endif %}
        where begun.customer_id in (select customer_id from erased_wholly);
        {{ delete_rows(begun, 'customer_id in (select customer_id from erased_wholly)') }}
        {{ drop_scratch_table('erased_wholly') }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- How many rows each table holds of each of some people. -#}
{% macro rows_of_people(tables, people) -%}
    {%- for table in tables %}
    select
        {{ quoted_text(table.name) }} as table_name,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        count(*) as count_rows
    from {{ table.relation }}
    where customer_id in ({{ people }})
    group by customer_id
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- The tables of this project that name customers, but for those that must know whom to
    leave out: a list of {name, relation}. -#}
{% macro tables_of_customers() -%}
    {%- set with_customers = tables_with_column('customer_id') -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.package_name == 'segmentation'
        and node.resource_type == 'model'
        and node.name not in ['int_erasure_requests__checked', 'ml_customers__pseudonyms'] -%}
        {%- set place = node.schema ~ '.' ~ node.alias -%}
        {%- if place in with_customers -%}
            {%- do found.append({'name': place, 'relation': api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias
            )}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | sort(attribute='name')) }}
{%- endmacro %}


{#- The seed of the demo is not there before the first build. -#}
{% macro are_requests_readable() -%}
    {{ return(input_mode() != 'demo'
        or relation_of('raw_erasure_requests') is not none) }}
{%- endmacro %}

{#- Runs before anything is built: stops where a table that builds add rows to was made by
    another version of the project. dbt would fail halfway, after hours of learning, and
    advise what does not help: fits are not part of a full refresh. -#}
{% macro check_stored_tables() -%}
    {%- if execute -%}
        {%- set problems = [] -%}
        {%- for table in outdated_tables() if table.node.unique_id in selected_resources
            and not (flags.FULL_REFRESH and table.is_history) -%}
            {%- do problems.append(
                table.node.schema ~ "." ~ table.node.alias ~ " " ~ table.fault
            ) -%}
        {%- endfor -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                "These tables were made by another version of the project, which cannot add "
                ~ "rows to them. Nothing was built.\n  - " ~ problems | join("\n  - ")
                ~ "\nSet them aside, then build again: dbt run-operation "
                ~ "set_aside_outdated_tables. History is then worked out again from the raw "
                ~ "tables, and fits are learned anew; the old fits are kept under another "
                ~ "name. --full-refresh does not help: it leaves fits as they are."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- The incremental tables whose columns are not those of today: a list of
    {node, fault, is_history}. Those of history are listed in their YAML. Fits have lists of
    structs, and are known by a checksum of their columns, `stored_as`, in theirs. -#}
{% macro outdated_tables() -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.package_name == 'segmentation'
        and node.resource_type == 'model' and node.config.materialized == 'incremental' -%}
        {%- set stored = stored_columns(node.schema, node.alias) -%}
        {%- set stored_as = node.config.get('meta', {}).get('stored_as') -%}
        {%- set lacking, besides = [], [] -%}
        {#- features that nobody reads are not kept, and come when somebody does -#}
        {%- set may_lack = history_features()
            if node.config.on_schema_change == 'sync_all_columns' else [] -%}
        {%- for name in node.columns if name not in stored and name not in may_lack -%}
            {%- do lacking.append(name) -%}
        {%- endfor -%}
        {#- shares of a setting's categories come and go, and of cut points one is described -#}
        {%- for name in stored if name not in node.columns
            and not name.endswith('_share') and '_cut_' not in name -%}
            {%- do besides.append(name) -%}
        {%- endfor -%}
        {%- if not stored -%}
        {%- elif stored_as and stored_as != columns_checksum(stored) -%}
            {%- do found.append({
                'node': node, 'is_history': false, 'fault': 'has other columns than fits of today'
            }) -%}
        {%- elif not stored_as and (lacking or besides) -%}
            {%- do found.append({
                'node': node, 'is_history': true, 'fault':
                    ('lacks ' ~ lacking | join(', ') if lacking else '')
                    ~ (' and ' if lacking and besides else '')
                    ~ ('has besides ' ~ besides | join(', ') if besides else '')
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- A checksum of {column: type}, whatever the order. -#}
{% macro columns_checksum(columns) -%}
    {%- set lines = [] -%}
    {%- for name, type in columns | dictsort -%}
        {%- do lines.append(name ~ ' ' ~ modules.re.sub('[\\s"]', '', type) | lower) -%}
    {%- endfor -%}
    {{ return(local_md5(lines | join('\n'))) }}
{%- endmacro %}


{#- An operation: drops outdated tables of history, and renames those of fits, which
    auditors may ask for. -#}
{% macro set_aside_outdated_tables() -%}
    {%- for table in outdated_tables() -%}
        {%- set relation = api.Relation.create(
            database=table.node.database, schema=table.node.schema,
            identifier=table.node.alias, type='table'
        ) -%}
        {%- if table.is_history -%}
            {%- do adapter.drop_relation(relation) -%}
            {%- do log(relation ~ " is dropped.", info=true) -%}
        {%- else -%}
            {%- set name = table.node.alias ~ '__until_' ~ run_started_at.strftime('%Y%m%d%H%M') -%}
            {%- do run_query('alter table ' ~ relation ~ ' rename to ' ~ name) -%}
            {%- do log(relation ~ " is now called " ~ name ~ ".", info=true) -%}
        {%- endif -%}
    {%- else -%}
        {%- do log("No table is outdated.", info=true) -%}
    {%- endfor -%}
{%- endmacro %}

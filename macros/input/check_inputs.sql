{#- Runs before anything is built: stops and reports all that is wrong with the raw
    tables. -#}
{% macro check_inputs() -%}
    {%- if execute and input_mode() != 'demo' -%}
        {%- set problems = [] -%}
        {%- if input_mode() == 'files' -%}
            {%- set place = "folder " ~ raw_folder() -%}
        {%- else -%}
            {%- set first = raw_relation(raw_tables()[0]) -%}
            {%- set place = "schema " ~ first.database ~ "." ~ first.schema -%}
        {%- endif -%}

        {%- set found = [] -%}
        {%- set with_shop = [] -%}
        {%- for table in raw_tables() -%}
            {%- set state = raw_table_state(table) -%}
            {%- do problems.extend(state.problems) -%}
            {%- if table.table in ['orders', 'order_lines'] and 'shop_id' in state.columns -%}
                {%- do with_shop.append(table.table) -%}
            {%- endif -%}
            {%- if state.is_present -%}{%- do found.append(table.table) -%}{%- endif -%}
        {%- endfor -%}

        {%- for first, names in (unread_by_first() if input_mode() == 'files' else {}).items() -%}
            {%- do exceptions.warn(
                plain_text(names[0]) ~ " in " ~ place ~ " is not read"
                    ~ (", nor are " ~ (names | length - 1) ~ " more files in " ~ plain_text(first)
                        if names | length > 1 else "")
                ~ ": raw tables are " ~ (raw_tables() | map(attribute='table') | join(', '))
                ~ ", each a Parquet or CSV file (.parquet, .csv, .csv.gz), or a folder of "
                ~ "such files."
            ) -%}
        {%- endfor -%}

        {%- if setting('pilot_filter') and not problems
            and not run_query('select 1 from (' ~ filtered_customers()
                ~ ') as filtered limit 1').rows | length -%}
            {%- do problems.append(
                "customers: the pilot_filter " ~ setting('pilot_filter')
                ~ " selects no customers there."
            ) -%}
        {%- endif -%}

        {%- if with_shop | length == 1 and not problems -%}
            {%- do problems.append(
                with_shop[0] ~ " has the column shop_id: orders and order_lines must both "
                ~ "have it, or their ids do not meet. Add it to both, or to neither."
            ) -%}
        {%- endif -%}

        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                "The raw tables in " ~ place ~ " cannot be used. Nothing was built.\n  - "
                ~ problems | join("\n  - ")
                ~ "\nRaw tables found there: "
                    ~ (found | join(", ") ~ "." if found else "none. Is that the right place?")
                ~ "\ndocs/bring-your-data.md lists every table and column."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- The state of one raw table before the build: {is_present, problems, columns}. -#}
{% macro raw_table_state(table) -%}
    {%- set node = graph.sources['source.segmentation.' ~ table.source ~ '.' ~ table.table] -%}
    {%- set is_required = node.config.get('meta', {}).get('required', false) -%}
    {%- set problems = [] -%}
    {%- set columns = none -%}

    {%- if input_mode() == 'files' -%}
        {%- set files = raw_files(table.table) -%}
        {%- set is_present = files | length > 0 -%}
        {%- if files | length > 1 -%}
            {%- do problems.append(
                table.table ~ ": more than one file or folder holds it ("
                ~ plain_text(files | join(", ", attribute="name")) ~ "). Keep one."
            ) -%}
        {%- elif is_present -%}
            {%- for problem in file_problems(files[0]) -%}
                {%- do problems.append(table.table ~ ": " ~ plain_text(problem, 2000)) -%}
            {%- endfor -%}
            {%- set columns = none if problems else file_columns(files[0]) -%}
        {%- endif -%}
        {%- set wanted = table.table ~ ".parquet or " ~ table.table ~ ".csv" -%}
    {%- else -%}
        {%- set relation = found_relation(raw_relation(table)) -%}
        {%- set is_present = relation is not none -%}
        {%- set columns = relation_columns(relation) if is_present else none -%}
        {%- set wanted = "the table " ~ raw_relation(table) -%}
    {%- endif -%}

    {%- if is_required and not is_present -%}
        {%- do problems.append(
            table.table ~ " is missing, and nothing can be built without it: add " ~ wanted ~ "."
        ) -%}
    {%- endif -%}

    {%- if columns is not none -%}
        {%- set missing = [] -%}
        {%- for column in raw_columns(table.source, table.table) if column.name not in columns -%}
            {%- do missing.append(column.name) -%}
        {%- endfor -%}
        {%- for column in (raw_columns(table.source, table.table) | map(attribute='name') | list)
            + ['shop_id'] if column.endswith('_id')
                and columns.get(column, '') | upper in ['FLOAT', 'DOUBLE', 'REAL'] -%}
            {%- do problems.append(
                table.table ~ "." ~ column ~ " is a " ~ columns[column] ~ ": an id must be "
                ~ "text or a whole number, or 17850 and 17850.0 would be two ids. "
                ~ "Write `cast("
                ~ column ~ " as bigint) as " ~ column ~ "`."
            ) -%}
        {%- endfor -%}
        {%- for column in raw_columns(table.source, table.table) | map(attribute='name')
            if modules.re.search('(?i)^(struct|map|union|interval|blob|bit)|[]]$',
                columns.get(column, '')) -%}
            {%- do problems.append(
                table.table ~ "." ~ column ~ " is a " ~ columns[column] ~ ": a value must be "
                ~ "one text, number, boolean, date or time. Write it as one of these."
            ) -%}
        {%- endfor -%}
        {%- if missing -%}
            {%- do problems.append(
                table.table ~ " lacks the column"
                    ~ ("s " if missing | length > 1 else " ") ~ missing | join(", ")
                ~ " (it has: " ~ plain_text(columns | join(", "), 2000)
                ~ "). Rename what you have, or add `null as "
                ~ missing[0] ~ "` where you have no such data."
            ) -%}
        {%- endif -%}
    {%- endif -%}

    {{ return({
        'is_present': is_present, 'problems': problems, 'columns': columns or {}
    }) }}
{%- endmacro %}


{#- Files that are not read, by the file or folder of raw_path that they lie in. -#}
{% macro unread_by_first() -%}
    {%- set by_first = {} -%}
    {%- for name in unread_files() -%}
        {%- do by_first.setdefault(name.split('/')[0], []).append(name) -%}
    {%- endfor -%}
    {{ return(by_first) }}
{%- endmacro %}


{#- The relation of a raw table in the warehouse. -#}
{% macro raw_relation(table) -%}
    {%- set node = graph.sources['source.segmentation.' ~ table.source ~ '.' ~ table.table] -%}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.identifier
    )) }}
{%- endmacro %}

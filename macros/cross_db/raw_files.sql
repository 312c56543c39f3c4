{#- What lies under `raw_path` and holds one raw table: a list of
        {name, format, files, paths, keys}
    One is right, none means absent, more than one is ambiguous, which check_inputs reports.

    A table is a file (`orders.parquet`, `orders.csv`, `orders.csv.gz`) or a folder of such
    files at any depth (`orders/`, or `orders.parquet/` as Spark writes it). Capitals do not
    matter. Files and folders that start with `_` or `.` are notes of the tool that wrote
    them (`_SUCCESS`), and are left out.

    name:   the file or folder, below raw_path
    format: 'parquet' or 'csv'; of a folder that holds neither, or that is a table of
            another kind, what it is in words
    files:  the paths of its files
    paths:  the same as read_files takes them: patterns, so that views read files that come
            later too
    keys:   columns that stand in the names of its folders, as in `country=GB/` -#}
{% macro raw_files(table_name) -%}
    {%- set folder = raw_folder() -%}
    {%- set any_case = [] -%}
    {%- for letter in table_name -%}
        {%- do any_case.append(
            letter if letter == '_' else '[' ~ letter ~ letter | upper ~ ']'
        ) -%}
    {%- endfor -%}
    {%- set start = literal_path(folder) ~ '/' ~ any_case | join -%}
    {%- set names = listed_files([start ~ '.*', start ~ '/**', start ~ '.*/**'], folder) -%}

    {%- set ending = '(?i)' ~ table_name ~ '([.]parquet|[.]csv|[.]csv[.]gz)' -%}
    {%- set found = [] -%}
    {%- set folders = {} -%}
    {%- for name in names -%}
        {%- if modules.re.fullmatch(ending, name) -%}
            {%- set path = folder ~ '/' ~ name -%}
            {%- do found.append({
                'name': name,
                'format': 'parquet' if (name | lower).endswith('.parquet') else 'csv',
                'files': [path], 'paths': [literal_path(path)], 'keys': [],
            }) -%}
        {%- elif '/' in name and modules.re.fullmatch(ending ~ '?', name.split('/')[0]) -%}
            {%- do folders.setdefault(name.split('/')[0], []).append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name, inside in folders.items() -%}
        {%- do found.append(folder_of_files(folder, name, inside)) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- A folder that holds a raw table, as raw_files describes it. -#}
{% macro folder_of_files(folder, name, inside) -%}
    {%- set texts = inside | join('\n') -%}
    {%- set data = {'parquet': [], 'csv': []} -%}
    {%- set endings = [] -%}
    {%- set keys = [] -%}
    {%- set hidden = [] -%}
    {%- for file in inside -%}
        {%- set kind = modules.re.search('(?i)[.](parquet|csv|csv[.]gz)$', file) -%}
        {%- if kind and modules.re.search('/[_.]', file) -%}
            {%- do hidden.append(file) -%}
        {%- elif kind -%}
            {%- do data['parquet' if kind.group(1) | lower == 'parquet' else 'csv'].append(
                folder ~ '/' ~ file) -%}
            {%- do endings.append(kind.group(0)) -%}
            {%- for key in modules.re.findall('/([^/=]+)=[^/]*(?=/)', file)
                if key not in keys -%}
                {%- do keys.append(key) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}

    {%- if '/_delta_log/' in texts -%}
        {%- set format = 'a Delta table' -%}
    {%- elif modules.re.search('/metadata/[^/\n]*[.]metadata[.]json', texts) -%}
        {%- set format = 'an Iceberg table' -%}
    {%- elif '/.hoodie/' in texts -%}
        {%- set format = 'a Hudi table' -%}
    {%- elif data.parquet and data.csv -%}
        {%- set format = 'a folder of both Parquet and CSV files' -%}
    {%- else -%}
        {%- set format = 'parquet' if data.parquet else 'csv' if data.csv else 'nothing' -%}
    {%- endif -%}

    {%- set files = data.get(format, []) -%}
    {%- set paths = [] -%}
    {%- if endings | unique | list | length == 1 and not hidden -%}
        {%- do paths.append(
            literal_path(folder ~ '/' ~ name) ~ '/**/*' ~ endings[0]
        ) -%}
    {%- else -%}
        {%- for file in files -%}{%- do paths.append(literal_path(file)) -%}{%- endfor -%}
    {%- endif -%}
    {{ return({
        'name': name, 'format': format, 'files': files, 'paths': paths, 'keys': keys,
    }) }}
{%- endmacro %}


{#- The files that match patterns, sorted, as they are named below a folder. -#}
{% macro listed_files(patterns, folder) -%}
    {{ return(adapter.dispatch('listed_files', 'segmentation')(patterns, folder)) }}
{%- endmacro %}

{% macro default__listed_files(patterns, folder) -%}
    {{ exceptions.raise_compiler_error(
        "raw_path reads files on DuckDB and Spark only: on " ~ target.type ~ " load the raw "
        ~ "tables into a schema and set raw_schema."
    ) }}
{%- endmacro %}

{% macro sparksession__listed_files(patterns, folder) -%}
    {{ return(adapter.list_files(folder, patterns)) }}
{%- endmacro %}

{#- A backslash parts folders on Windows alone: elsewhere it may stand in the name of a
    file. -#}
{% macro duckdb__listed_files(patterns, folder) -%}
    {%- set queries = [] -%}
    {%- for pattern in patterns -%}
        {%- do queries.append('select file from glob(' ~ quoted_text(pattern) ~ ')') -%}
    {%- endfor -%}
    {%- set names = [] -%}
    {%- for file in run_query(queries | join(' union ') ~ ' order by file').columns[0].values() -%}
        {%- set file = file.replace('\\', '/') if modules.re.match('[A-Za-z]:', file) else file -%}
        {%- do names.append(file[(folder | length) + 1:]) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{#- The folder `raw_path` from the root on, so that a view reads the same files wherever
    its database is opened. -#}
{% macro raw_folder() -%}
    {{ return(adapter.dispatch('raw_folder', 'segmentation')()) }}
{%- endmacro %}

{% macro default__raw_folder() -%}
    {{ return(setting('raw_path').rstrip('/')) }}
{%- endmacro %}

{% macro sparksession__raw_folder() -%}
    {{ return(adapter.whole_path(setting('raw_path'))) }}
{%- endmacro %}

{#- DuckDB says where it runs only of allowed_directories, which it stores from the root on.
    Nothing is allowed by this that was not before: all is, until external access is off. -#}
{% macro duckdb__raw_folder() -%}
    {%- set folder = setting('raw_path').replace('\\', '/') -%}
    {%- set home = modules.re.match('~(/|$)', folder) -%}
    {%- if not modules.re.match('/|[A-Za-z]:/', folder) -%}
        {%- do run_query(
            "set allowed_directories = ['" ~ ('~' if home else '.') ~ "']"
        ) -%}
        {%- set here = run_query(
            "select current_setting('allowed_directories')[1]"
        ).rows[0][0] -%}
        {%- set folder = here ~ '/' ~ (folder[2:] if home else folder) -%}
    {%- endif -%}
    {%- set folder = modules.re.sub('/([.]?/)+', '/', folder ~ '/') -%}
    {{ return(folder.rstrip('/')) }}
{%- endmacro %}


{#- A path as DuckDB's readers take it literally: they read * ? [ as patterns. -#}
{% macro literal_path(path) -%}
    {{ return(modules.re.sub('([*?[])', '[\\1]', path)) }}
{%- endmacro %}

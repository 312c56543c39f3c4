{#- Reads what raw_files found as rows, as an SQL expression. CSV columns stay text, so that
    leading zeros and odd values reach staging as they are. Nothing is guessed: not from
    the first rows (quotes, comments, lines to skip), and no column is taken from the path
    to the table. Within it, `country=GB/` fills in what its files leave out or null. -#}
{% macro read_files(found) -%}
    {{ return(adapter.dispatch('read_files', 'segmentation')(found)) }}
{%- endmacro %}

{#- Spark has no reader with options that a view may keep, so that a table of the schema
    raw_files leads to the files. Nothing is copied. -#}
{% macro default__read_files(found) -%}
    {%- set table = api.Relation.create(
        schema='raw_files', identifier=found.name.split('.')[0] | lower, type='table'
    ) -%}
    {%- set place = raw_folder() ~ '/' ~ found.name -%}
    {%- set options = {'path': place} -%}
    {%- if found['format'] == 'csv' -%}
        {%- do options.update({
            'header': 'true', 'inferSchema': 'false', 'quote': '"', 'escape': '"',
            'multiLine': 'true', 'mode': 'FAILFAST', 'encoding': 'UTF-8',
            'delimiter': adapter.csv_delimiter(found.files[0]),
        }) -%}
    {%- else -%}
        {%- do options.update({'mergeSchema': 'true'}) -%}
    {%- endif -%}
    {%- if not found['keys'] -%}
        {%- do options.update({'recursiveFileLookup': 'true'}) -%}
    {%- endif -%}
    {%- set written = [] -%}
    {%- for name, value in options.items() -%}
        {%- do written.append(name ~ ' ' ~ quoted_text(value)) -%}
    {%- endfor -%}
    {%- if adapter.is_first_time('read_files ' ~ found.name) -%}
        {%- do run_query('create schema if not exists raw_files') -%}
        {%- do run_query('drop table if exists ' ~ table) -%}
        {%- do run_query(
            'create table ' ~ table ~ ' using ' ~ found['format']
            ~ ' options (' ~ written | join(', ') ~ ')'
        ) -%}
        {%- if found['keys'] -%}{%- do run_query('msck repair table ' ~ table) -%}{%- endif -%}
    {%- endif -%}
    {{ return(table) }}
{%- endmacro %}

{% macro duckdb__read_files(found) -%}
    {%- set reader = file_reader(found) -%}
    {%- if not found['keys'] -%}
        {{ return(reader) }}
    {%- endif -%}
    {%- set given = [] -%}
    {%- for row in run_query('describe select * from ' ~ reader).rows -%}
        {%- do given.append(row[0] | lower) -%}
    {%- endfor -%}
    {%- set added = [] -%}
    {%- set filled = [] -%}
    {%- for key in found['keys'] -%}
        {%- set name = adapter.quote(key) -%}
        {%- set value = "nullif(url_decode(regexp_extract(replace(filename, '\\', '/'), "
            ~ quoted_text('.*/' ~ modules.re.escape(key) ~ '=([^/]*)/')
            ~ ", 1)), '__HIVE_DEFAULT_PARTITION__')" -%}
        {%- if key | lower in given -%}
            {%- do filled.append(
                'coalesce(cast(' ~ name ~ ' as varchar), ' ~ value ~ ') as ' ~ name) -%}
        {%- else -%}
            {%- do added.append(', ' ~ value ~ ' as ' ~ name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(
        '(select *' ~ (' replace (' ~ filled | join(', ') ~ ')' if filled else '')
        ~ added | join ~ ' from ' ~ reader ~ ')'
    ) }}
{%- endmacro %}


{#- DuckDB's reader of the files alone. `more` are options to add. -#}
{% macro file_reader(found, more='') -%}
    {%- set paths = [] -%}
    {%- for path in found['paths'] -%}{%- do paths.append(quoted_text(path)) -%}{%- endfor -%}
    {%- set paths = '[' ~ paths | join(', ') ~ ']' -%}
    {%- if found['format'] == 'parquet' -%}
        {{ return(
            'read_parquet(' ~ paths ~ ', union_by_name = true, hive_partitioning = false, '
            ~ 'binary_as_string = true)'
        ) }}
    {%- endif -%}
    {%- set header = csv_header(found['files'][0]) -%}
    {%- set columns = [] -%}
    {%- for name in header.names -%}
        {%- do columns.append(quoted_text(name) ~ ": 'VARCHAR'") -%}
    {%- endfor -%}
    {{ return(
        'read_csv(' ~ paths ~ ", auto_detect = false, header = true, delim = '"
        ~ header.delimiter ~ "', quote = '\"', escape = '\"', comment = '', skip = 0, "
        ~ 'hive_partitioning = false, columns = {' ~ columns | join(', ') ~ '}'
        ~ more ~ ')'
    ) }}
{%- endmacro %}


{#- The first line of a CSV file: {names, delimiter}. The delimiter is the one of , ; | and
    tab that parts it into most names. -#}
{% macro csv_header(path) -%}
    {%- set lines = run_query('select line from ' ~ csv_lines(path) ~ ' limit 1').rows -%}
    {%- set line = ((lines[0][0] or '') if lines else '').replace('\ufeff', '') -%}
    {%- set header = namespace(names=[], delimiter=',') -%}
    {%- for delimiter in [',', ';', '\t', '|'] if line -%}
        {%- set names = [] -%}
        {%- for name in modules.re.findall(
            '(\\s*"(?:[^"]|"")*"\\s*|[^' ~ delimiter ~ ']*)[' ~ delimiter ~ ']',
            line ~ delimiter
        ) -%}
            {%- set name = name.strip() -%}
            {%- set name = name[1:-1].replace('""', '"') if name.startswith('"') else name -%}
            {%- do names.append(name or 'column ' ~ loop.index) -%}
        {%- endfor -%}
        {%- if names | length > header.names | length -%}
            {%- set header.names, header.delimiter = names, delimiter -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'names': header.names, 'delimiter': header.delimiter}) }}
{%- endmacro %}


{#- The lines of a text file as they are, an SQL expression. -#}
{% macro csv_lines(path) -%}
    {{ return(
        'read_csv(' ~ quoted_text(literal_path(path)) ~ ", auto_detect = false, "
        ~ "header = false, delim = '\u0001', quote = '', escape = '', strict_mode = false, "
        ~ "ignore_errors = true, hive_partitioning = false, columns = {'line': 'VARCHAR'})"
    ) }}
{%- endmacro %}

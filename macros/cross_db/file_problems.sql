{#- What keeps the files that raw_files found from being read, in words. They are read whole
    before the build, so that none stops it halfway. -#}
{% macro file_problems(found) -%}
    {{ return(adapter.dispatch('file_problems', 'segmentation')(found)) }}
{%- endmacro %}

{#- Spark reads files in parallel, and stops at the first that it cannot read. -#}
{% macro default__file_problems(found) -%}
    {{ return(format_problems(found)) }}
{%- endmacro %}

{% macro duckdb__file_problems(found) -%}
    {%- set problems = format_problems(found) -%}

    {%- set headers = {} -%}
    {%- for file in found.files -%}
        {%- set form = file_form(file) -%}
        {%- if form == found['format'] and form == 'csv' -%}
            {%- set problem = csv_problem(file) -%}
            {%- set names = '' if problem
                else csv_header(file).names | map('lower') | join(', ') -%}
            {%- if not problem and headers and names not in headers -%}
                {%- set problem = "has other columns (" ~ names ~ ") than "
                    ~ headers.values() | first
                    ~ ". Write all files of the folder with the same columns, in one order." -%}
            {%- endif -%}
            {%- if not problem -%}{%- do headers.setdefault(names, file) -%}{%- endif -%}
        {%- elif form == found['format'] -%}
            {%- set problem = parquet_problem(file) -%}
        {%- else -%}
            {%- set problem = "cannot be read. It is " ~ form ~ ", not "
                ~ ("Parquet" if found['format'] == 'parquet'
                    else "a CSV file in UTF-8 with a header line")
                ~ ": write it again, or take it out of the folder." -%}
        {%- endif -%}
        {%- if problem -%}{%- do problems.append(file ~ ' ' ~ problem) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}


{#- What is wrong with the kind of files that hold a table, in words. -#}
{% macro format_problems(found) -%}
    {{ return([
        raw_folder() ~ '/' ~ found.name ~ " holds "
        ~ ("no Parquet or CSV file" if found['format'] == 'nothing' else found['format'])
        ~ ", which is not read: write the table as one file, or as a folder of Parquet "
        ~ "or of CSV files."
    ] if found['format'] not in ['parquet', 'csv'] else []) }}
{%- endmacro %}


{#- What a file is, from its name and its first bytes: 'parquet', 'csv', or in words what
    cannot be read as either. -#}
{% macro file_form(file) -%}
    {%- set blob = 'from read_blob(' ~ quoted_text(literal_path(file)) ~ ')' -%}
    {%- if not can_run('select size ' ~ blob) -%}
        {{ return('not readable for this user') }}
    {%- endif -%}
    {%- set sizes = run_query('select size ' ~ blob).rows -%}
    {%- if not sizes -%}
        {{ return('no longer there') }}
    {%- endif -%}
    {%- set size = sizes[0][0] -%}
    {%- if size == 0 -%}
        {{ return('empty (0 bytes)') }}
    {%- endif -%}
    {%- set end = (file | lower).split('.')[-1] -%}
    {%- set wanted = {'parquet': 'Parquet', 'gz': 'compressed with gzip'}.get(end, 'text') -%}
    {%- set form = namespace(is=wanted) -%}
    {#- the bytes are read whole to look at the first: not those of a large file -#}
    {%- if size < 1e8 -%}
        {%- set first = run_query('select hex(content[1:4]) ' ~ blob).rows[0][0] -%}
        {%- set form.is = 'text' if wanted == 'text' else 'damaged' -%}
        {%- for start, what in {
            '50415231': 'Parquet', '1F8B': 'compressed with gzip', 'FFFE': 'text in UTF-16',
            'FEFF': 'text in UTF-16', '504B0304': 'a zip or Excel file',
        }.items() if first.startswith(start) -%}
            {%- set form.is = what -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if form.is == wanted -%}
        {{ return('parquet' if wanted == 'Parquet' else 'csv') }}
    {%- endif -%}
    {{ return(form.is) }}
{%- endmacro %}


{#- What is wrong with a CSV file, or none. -#}
{% macro csv_problem(file) -%}
    {%- set lines = csv_lines(file) -%}
    {%- set header = csv_header(file).names if can_run('select line from ' ~ lines ~ ' limit 1') -%}
    {%- if not header -%}
        {{ return("has no header line. Its first line must name the columns.") }}
    {%- endif -%}
    {%- set twice = names_given_twice(header) -%}
    {%- if twice -%}
        {{ return(
            "names a column twice in line 1 (" ~ twice | join(", ")
            ~ "; capitals do not tell columns apart). Keep one, or rename the other."
        ) }}
    {%- endif -%}

    {%- set found = {'format': 'csv', 'files': [file], 'paths': [literal_path(file)]} -%}
    {%- set reader = file_reader(found, ', store_rejects = true, rejects_limit = 1000') -%}
    {%- if can_run('select count(columns(*)) from ' ~ reader) -%}
        {%- if (file | lower).endswith('.gz') and gzip_problem(file) -%}
            {{ return(gzip_problem(file)) }}
        {%- endif -%}
        {%- do run_query('select count(columns(*)) from ' ~ reader) -%}
        {%- set rejected = run_query(
            "select 'line ' || line || ': ' || lower(min(error_message)) from "
            ~ "reject_errors group by line order by line limit 3"
        ).columns[0].values() | list -%}
        {%- do run_query('drop table reject_errors') -%}
        {%- do run_query('drop table reject_scans') -%}
        {%- if rejected -%}
            {{ return(
                "has lines that cannot be read (" ~ rejected | join("; ")
                ~ "). Write it again, or correct these lines."
            ) }}
        {%- endif -%}
        {{ return(none) }}
    {%- endif -%}

    {#- text that reads only where DuckDB is lax has line ends of several kinds -#}
    {%- set lax_reader = file_reader(found, ', strict_mode = false') -%}
    {%- if can_run('select count(columns(*)) from ' ~ lax_reader) -%}
        {%- set line = other_line_end(file) -%}
        {{ return(
            "has line ends of more than one kind"
            ~ (" (line " ~ line ~ " ends otherwise than line 1)" if line else "")
            ~ ", as files of Windows and of Unix put together have. Write it with one kind, "
            ~ "for instance with dos2unix."
        ) }}
    {%- endif -%}
    {{ return(
        "cannot be read. It is damaged or not a CSV file in UTF-8 with a header line: write "
        ~ "it again, or take it out of the folder."
    ) }}
{%- endmacro %}


{#- The first line that ends otherwise than line 1, or none. -#}
{% macro other_line_end(file) -%}
    {%- set query = "select list_position(list_transform(string_split(content, chr(10))[:-2], "
        ~ "lambda line: regexp_extract(line, '\\r.*$', 0, 's') "
        ~ "!= regexp_extract(string_split(content, chr(10))[1], '\\r.*$', 0, 's')), true) "
        ~ "from read_text(" ~ quoted_text(literal_path(file)) ~ ") where size < 1e7" -%}
    {%- set rows = run_query(query).rows if can_run(query) else [] -%}
    {{ return(rows[0][0] if rows else none) }}
{%- endmacro %}


{#- DuckDB reads a gzip file that was cut short as if it ended there. The last four bytes
    of a whole one tell the length of its text (of its last part), so a length far beyond
    what was read means that some is missing. -#}
{% macro gzip_problem(file) -%}
    {%- set blob = 'from read_blob(' ~ quoted_text(literal_path(file)) ~ ')' -%}
    {%- set told = run_query(
        "select cast('0x' || hex(content[-1:]) || hex(content[-2:-2]) || hex(content[-3:-3]) "
        ~ "|| hex(content[-4:-4]) as bigint) " ~ blob ~ " where size < 1e9"
    ).rows -%}
    {%- if told -%}
        {%- set read = run_query(
            'select coalesce(sum(strlen(line) + 2), 0) from ' ~ csv_lines(file)
        ).rows[0][0] -%}
        {%- if told[0][0] > 2 * read + 1000 -%}
            {{ return(
                "is cut short: its text ends early. Copy or write it again."
            ) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}


{#- What is wrong with a Parquet file, or none. -#}
{% macro parquet_problem(file) -%}
    {%- set path = quoted_text(literal_path(file)) -%}
    {%- set reader = file_reader({'format': 'parquet', 'paths': [literal_path(file)]}) -%}
    {%- if not can_run('select * from ' ~ reader ~ ' limit 0') -%}
        {{ return(
            "cannot be read. It is damaged, cut short or not Parquet: write it again, or "
            ~ "take it out of the folder."
        ) }}
    {%- endif -%}
    {%- set names = [] -%}
    {%- set inner = namespace(left=0) -%}
    {%- for row in run_query(
        'select name, coalesce(num_children, 0) from parquet_schema(' ~ path ~ ')'
    ).rows[1:] -%}
        {%- if inner.left == 0 -%}{%- do names.append(row[0]) -%}
        {%- else -%}{%- set inner.left = inner.left - 1 -%}{%- endif -%}
        {%- set inner.left = inner.left + row[1] -%}
    {%- endfor -%}
    {%- set twice = names_given_twice(names) -%}
    {%- if twice -%}
        {{ return(
            "names a column twice (" ~ twice | join(", ")
            ~ "; capitals do not tell columns apart). Keep one, or rename the other."
        ) }}
    {%- endif -%}
    {#- counts would be taken from the end of the file: hashes read the values -#}
    {%- if can_run('select bit_xor(hash(columns(*))) from ' ~ reader) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- for row in run_query('describe select * from ' ~ reader).rows
        if not can_run('select bit_xor(hash(' ~ adapter.quote(row[0]) ~ ')) from ' ~ reader) -%}
        {{ return(
            "cannot be read beyond its first lines: " ~ row[0] ~ ", a " ~ row[1] ~ ", is "
            ~ "damaged or holds a value that no " ~ row[1] ~ " of DuckDB may have, such as a "
            ~ "time before 290308 BC. Write it again, with null for such values."
        ) }}
    {%- endfor -%}
{%- endmacro %}


{#- The names of columns that occur twice, or twice but for capitals, as they are written. -#}
{% macro names_given_twice(names) -%}
    {%- set twice = [] -%}
    {%- for name in names -%}
        {%- for other in names[:loop.index0] if other | lower == name | lower -%}
            {%- do twice.append(other ~ ' and ' ~ name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(twice) }}
{%- endmacro %}


{#- Whether a query runs. location_exists is the one place where the adapter turns an error
    into an answer: it selects from what it is given, between quotes. The rows are asked
    for as text, or DuckDB would not compute what nobody reads. -#}
{% macro can_run(query) -%}
    {{ return(adapter.location_exists(
        "sqlite_master' where 1 = 0 union all select 1 from (" ~ query ~ ") as tried "
        ~ "where cast(tried as varchar) = '' --"
    )) }}
{%- endmacro %}

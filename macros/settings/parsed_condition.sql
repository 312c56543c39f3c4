{#- Reads a condition, as a setting holds it, and prints it anew: only what this small
    grammar knows reaches SQL. No function, no subquery, no comment is part of it.

        condition: comparisons joined by and, or, not and parentheses
        comparison: value (= <> != < <= > >=) value
            | value [not] in (literal, ...) | value [not] between value and value
            | value [not] like 'text' | value is [not] null
        value: a column, 'text', a number, true or false

    Returns {sql, fault}, one of which is none. Columns are read as staging reads them, so
    that a condition means the same whatever type they arrive in, and never fails halfway.

    columns: {name: data type of the input contract}; a fault if a name is not in there -#}
{% macro parsed_condition(text, columns) -%}
    {#- a text may hold no backslash: to some engines it is the start of an escape -#}
    {%- set pattern = "(\\s+)|('(?:[^'\\\\\\x00-\\x1f]|'')*')"
        ~ "|([-+]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)(?:[eE][-+]?[0-9]+)?)"
        ~ "|((?:customers[.])?[A-Za-z_][A-Za-z_0-9]*|\"[^\"]*\")"
        ~ "|(<=|>=|<>|!=|=|<|>)|([(),])|(.)" -%}
    {%- set value = {'column': 'operand', 'text': 'operand', 'number': 'operand',
        'boolean': 'operand'} -%}
    {#- what may follow where, and what to call it in words -#}
    {%- set next = {
        'start': dict(value, **{'not': 'start', '(': 'start'}),
        'operand': {'sign': 'right', 'is': 'is', 'not': 'not', 'in': 'in',
            'between': 'between', 'like': 'like'},
        'not': {'in': 'in', 'between': 'between', 'like': 'like'},
        'is': {'null': 'end', 'not': 'is not'},
        'is not': {'null': 'end'},
        'in': {'(': 'item'},
        'item': {'text': 'items', 'number': 'items', 'boolean': 'items'},
        'items': {',': 'item', ')': 'end'},
        'between': {'column': 'from', 'text': 'from', 'number': 'from'},
        'from': {'and': 'right'},
        'right': {'column': 'end', 'text': 'end', 'number': 'end', 'boolean': 'end'},
        'like': {'text': 'end'},
        'end': {'and': 'start', 'or': 'start', ')': 'end'},
    } -%}
    {%- set expected = {
        'start': 'a column, a value, not or (',
        'operand': 'a comparison: one of = <> < <= > >= in, between, like, is null',
        'not': 'in, between or like', 'is': 'null or not null', 'is not': 'null',
        'in': "a list such as ('a', 'b')", 'item': 'a value', 'items': ', or )',
        'between': 'a column or a value', 'from': 'and', 'right': 'a column or a value',
        'like': 'a text in single quotes', 'end': 'and, or',
    } -%}
    {%- set keywords = ['and', 'or', 'not', 'in', 'between', 'like', 'is', 'null'] -%}
    {%- set now = namespace(state='start', depth=0, place=1, fault=none) -%}
    {%- set printed = [] -%}
    {%- set comparison = [] -%}

    {%- for space, quoted, number, word, sign, mark, other in modules.re.findall(
        '(?s)' ~ pattern, text) if now.fault is none -%}
        {%- set token = space ~ quoted ~ number ~ word ~ sign ~ mark ~ other -%}
        {%- set name = word.replace('customers.', '').strip('"') | lower -%}
        {%- if quoted -%}{%- set kind = 'text' -%}
        {%- elif number -%}{%- set kind = 'number' -%}
        {%- elif word | lower in ['true', 'false'] -%}{%- set kind = 'boolean' -%}
        {%- elif word | lower in keywords -%}{%- set kind = word | lower -%}
        {%- elif word -%}{%- set kind = 'column' -%}
        {%- elif sign -%}{%- set kind = 'sign' -%}
        {%- else -%}{%- set kind = mark or 'other' -%}
        {%- endif -%}
        {%- set follows = next[now.state].get(kind) -%}

        {%- if space -%}
        {%- elif kind == 'column' and follows and name not in columns -%}
            {%- set now.fault = "there is no column " ~ word.strip('"')
                ~ "; put text in single quotes" -%}
        {%- elif follows is none or (now.state == 'end' and mark and now.depth == 0) -%}
            {%- set now.fault = "at character " ~ now.place ~ ", before "
                ~ setting_in_words(text[now.place - 1:now.place + 19])
                ~ ", there must be "
                ~ expected[now.state] -%}
        {%- else -%}
            {%- if mark == '(' and now.state == 'start' -%}
                {%- set now.depth = now.depth + 1 -%}
            {%- elif mark == ')' and now.state == 'end' -%}
                {%- set now.depth = now.depth - 1 -%}
            {%- endif -%}
            {%- set is_within = now.state not in ['start', 'end'] or kind in value -%}
            {%- if is_within -%}
                {%- do comparison.append([kind, name if kind == 'column' else token]) -%}
            {%- else -%}
                {%- do printed.append(token | lower) -%}
            {%- endif -%}
            {%- if is_within and follows == 'end' -%}
                {%- do printed.append(printed_comparison(comparison, columns)) -%}
                {%- do comparison.clear() -%}
            {%- endif -%}
            {%- set now.state = follows -%}
        {%- endif -%}
        {%- set now.place = now.place + token | length -%}
    {%- endfor -%}

    {%- if now.fault is none and now.state != 'end' -%}
        {%- set now.fault = "it ends where there must be " ~ expected[now.state] -%}
    {%- elif now.fault is none and now.depth > 0 -%}
        {%- set now.fault = "a ( is not closed" -%}
    {%- endif -%}
    {{ return({
        'sql': printed | join(' ') if now.fault is none else none, 'fault': now.fault
    }) }}
{%- endmacro %}


{#- One comparison as SQL, of [kind, text] after [kind, text]. All that is compared is
    read as one type: that of its numbers or flags, else that of its columns. -#}
{% macro printed_comparison(comparison, columns) -%}
    {%- set kinds = comparison | map('first') | list -%}
    {%- set now = namespace(type='string') -%}
    {%- if 'like' in kinds -%}
    {%- elif 'number' in kinds -%}
        {%- set now.type = 'number' -%}
    {%- elif 'boolean' in kinds -%}
        {%- set now.type = 'boolean' -%}
    {%- else -%}
        {%- for kind, name in comparison
            if kind == 'column' and columns[name] != 'string' and 'null' not in kinds -%}
            {%- set now.type = columns[name] -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for kind, text in comparison -%}
        {{ ' ' if not loop.first }}
        {%- set is_flag = kind == 'boolean' or (kind == 'number' and 'like' in kinds) -%}
        {%- set text = "'" ~ text ~ "'" if is_flag and now.type != 'boolean' else text -%}
        {%- if kind == 'number' and now.type == 'string' -%}
            {{ text }}
        {%- elif kind in ['column', 'text', 'boolean'] and now.type == 'number' -%}
            {#- wide enough for an id of 28 digits -#}
            try_cast({{ read_text(text) | trim }} as decimal(38, 10))
        {%- elif kind == 'column' or (kind == 'text' and now.type != 'string') -%}
            {{ read_value(text, now.type) | trim }}
        {%- else -%}
            {{ text if kind == 'text' else text | lower }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{#- Which code this is: the version of the project, the git revision where there is one,
    and a checksum of all models, seeds and tests, which an edit changes. -#}
{% macro code_version() -%}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}
    {%- set checksums = [] -%}
    {%- for node in graph.nodes.values() if node.package_name == 'segmentation' -%}
        {%- do checksums.append(node.unique_id ~ (node.checksum or {}).get('checksum', '')) -%}
    {%- endfor -%}
    {%- set parts = [] -%}
    {%- set version = modules.re.search(
        '(?m)^version: *[\'"]?([^\'" #\\s]+)', file_text('dbt_project.yml')) -%}
    {%- if version -%}
        {%- do parts.append(version.group(1)) -%}
    {%- endif -%}
    {%- set revision = git_revision() -%}
    {%- if revision -%}
        {%- do parts.append('git ' ~ revision[:12]) -%}
    {%- endif -%}
    {%- do parts.append('files ' ~ local_md5(checksums | sort | join)[:12]) -%}
    {{ return(parts | join(', ')) }}
{%- endmacro %}


{#- The revision that is checked out, as git writes it down; empty outside of git. In a
    worktree `.git` is a file that names the folder. -#}
{% macro git_revision() -%}
    {%- set place = (file_text('.git') | trim)[8:] or '.git' -%}
    {%- set shared = place ~ '/' ~ (file_text(place ~ '/commondir') | trim or '.') -%}
    {%- set head = file_text(place ~ '/HEAD') | trim -%}
    {%- if not head.startswith('ref: ') -%}
        {{ return(head) }}
    {%- endif -%}
    {%- set branch = head[5:] -%}
    {%- set loose = file_text(shared ~ '/' ~ branch) | trim -%}
    {%- if loose -%}
        {{ return(loose) }}
    {%- endif -%}
    {%- set packed = modules.re.search(
        '(?m)^([0-9a-f]{40}) ' ~ modules.re.escape(branch) ~ '$',
        file_text(shared ~ '/packed-refs')
    ) -%}
    {{ return(packed.group(1) if packed else '') }}
{%- endmacro %}

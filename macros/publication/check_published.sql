{#- Stops where a public mart of this project is not among those that are published, or
    one that is not public is. -#}
{% macro check_published(marts) -%}
    {%- if execute -%}
        {%- set public = [] -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.package_name == model.package_name
            and node.access == 'public' -%}
            {%- do public.append(node.name) -%}
        {%- endfor -%}
        {%- set missing = public | reject('in', marts) | list -%}
        {%- set private = marts | reject('in', public) | list -%}
        {%- if missing -%}
            {%- do exceptions.raise_compiler_error(
                'Nothing is published: ' ~ missing | join(', ') ~ ' is public, and '
                ~ model.name ~ ' does not wait for it. Add it to the list in '
                ~ model.original_file_path ~ '.'
            ) -%}
        {%- elif private -%}
            {%- do exceptions.raise_compiler_error(
                'Nothing is published: ' ~ private | join(', ') ~ ' is not public. Take it off '
                ~ 'the list in ' ~ model.original_file_path ~ ', or give it access: public.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

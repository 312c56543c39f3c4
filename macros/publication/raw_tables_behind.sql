{#- The raw tables that a model is built from, however far back: their names, sorted. -#}
{% macro raw_tables_behind(name) -%}
    {%- set waiting, seen, found = ['model.segmentation.' ~ name], [], [] -%}
    {#- Jinja has no while: the list grows as it is walked. -#}
    {%- for node_id in waiting -%}
        {%- if node_id.startswith('source.segmentation.') -%}
            {%- do found.append(node_id.split('.') | last) -%}
        {%- else -%}
            {%- for parent in graph.nodes[node_id].depends_on.nodes if parent not in seen -%}
                {%- do seen.append(parent) -%}
                {%- do waiting.append(parent) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}


{#- Pairs of a public mart and a raw table that it is built from, of those tables that
    dbt source freshness watches. -#}
{% macro watched_tables_of_marts() -%}
    {%- set pairs, watched = [], [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() if source.loaded_at_query -%}
            {%- do watched.append(source.name) -%}
        {%- endfor -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.access == 'public'
            and node.package_name == 'segmentation' -%}
            {%- for table in raw_tables_behind(node.name) if table in watched -%}
                {%- do pairs.append((node.name, table)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(pairs | sort) }}
{%- endmacro %}

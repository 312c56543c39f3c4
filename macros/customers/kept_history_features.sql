{#- Of the numbers that int_customers__history_features could hold, those that are read:
    by segments, and by clusters, those of the settings and those of the fits that earlier
    builds stored. It is the largest table there is: a row per customer and date. -#}
{% macro kept_history_features() -%}
    {%- set node = graph.nodes.get('model.segmentation.int_cluster_fits__prototypes')
        if execute and graph -%}
    {%- set fits = found_relation(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    )) if node -%}
    {%- set stored = run_query('select distinct feature from ' ~ fits).columns[0].values() | list
        if fits else [] -%}
    {%- set kept = lifecycle_features() + [
        'lifetime_net_amount', 'avg_days_between_orders', 'net_amount_365d'
    ] + setting('cluster_features') + stored -%}
    {{ return(history_features() | select('in', kept) | list) }}
{%- endmacro %}

{#- Of the numbers that clusters can be learned on, those that stored fits were learned on.
    The rest weighs nothing, and adding up nothing for every customer takes time. All that
    is kept where nothing is stored that could be asked: in unit tests, and before a
    build. -#}
{% macro features_of_cluster_fits() -%}
    {%- set prototypes = ref('int_cluster_fits__prototypes') -%}
    {%- set stored = run_query('select distinct feature from ' ~ prototypes)
            .columns[0].values() | list
        if execute and graph and found_relation(prototypes) is not none else [] -%}
    {%- set features = history_features() | select('in', stored) | list -%}
    {{ return(features or kept_history_features()) }}
{%- endmacro %}

-- Columns tagged pii in the sources appear in no mart, no feature and no rejected row.
-- Those tagged protected (gender, age and country by law, and what the shop adds) are no
-- features, and no model learns from them.
-- noqa: disable=LT02
-- depends_on: {{ ref('int_customers__features') }}
-- depends_on: {{ ref('fct_rejected_rows') }}
{%- set protected = ['age_band'] -%}
{%- set problems = [] -%}

{%- if execute -%}
    {%- set personal = [] -%}
    {%- for source in graph.sources.values() if source.package_name == 'segmentation' -%}
        {%- for column in source.columns.values()
            if column.get('config', {}).get('meta', {}).get('pii') -%}
            {%- do personal.append({'table': source.name, 'column': column.name}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for column in raw_columns('shop', 'customers') if column.is_protected -%}
        {%- do protected.extend([column.name, 'protected_' ~ column.name]) -%}
    {%- endfor -%}
    {%- if protected | length == 1 -%}
        {%- do problems.append('no column of customers is tagged protected') -%}
    {%- endif -%}
    {%- set names = personal | map(attribute='column') | list -%}
    {%- if not names -%}
        {%- do problems.append('no column of the sources is tagged pii') -%}
    {%- endif -%}

    {#- contracts are enforced on marts: their columns are those of their YAML -#}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.package_name == 'segmentation'
        and 'marts' in node.fqn -%}
        {%- for column in node.columns if column | lower in names -%}
            {%- do problems.append(node.name ~ '.' ~ column ~ ' is personal') -%}
        {%- endfor -%}
    {%- endfor -%}

    {%- set features = adapter.get_columns_in_relation(ref('int_customers__features'))
        | map(attribute='name') | map('lower') | list -%}
    {%- for column in names + protected if column in features -%}
        {%- do problems.append('int_customers__features.' ~ column ~ ' is personal') -%}
    {%- endfor -%}
    {%- for name in [
        'churn_features', 'response_features', 'cluster_features', 'cluster_categories',
        'lookalike_features', 'rule_features',
    ] -%}
        {%- for feature in setting(name) if feature in names + protected -%}
            {%- do problems.append(name ~ ' holds the personal ' ~ feature) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif %}

{% for problem in problems -%}
select '{{ problem }}' as problem
union all
{% endfor -%}
{% for tagged in personal | default([]) -%}
select 'raw_row shows ' || table_name || '.{{ tagged.column }}' as problem
from {{ ref('fct_rejected_rows') }}
where table_name = '{{ tagged.table }}' and raw_row like '%"{{ tagged.column }}":%'
union all
{% endfor -%}
select 'none' as problem
where 1 = 0

{#- How far a customer is from each prototype of a fit: the list of prototypes, each
    with its score q; the nearest has the lowest.

        q = offset + sum of weight (z - centre)^2 over the features

    with z = (ln(1 + x) - mean) / scale. Prototypes bring the parts that are the same for
    all customers: per feature the slope sqrt(weight) / scale of the logarithm, and the
    shift sqrt(weight) (mean / scale + centre) from it.

    prototypes: the column with the list of prototypes
    features:   what they are made of
    prefix:     what the columns of logarithms, <prefix><feature>_log, begin with -#}
{% macro prototype_scores(prototypes, features, prefix='') -%}
    {%- set away -%}
        prototype.category_distance
        {%- for feature in features %}
        + (prototype.{{ feature }}_slope * {{ prefix }}{{ feature }}_log - prototype.{{ feature }}_shift)
        * (prototype.{{ feature }}_slope * {{ prefix }}{{ feature }}_log - prototype.{{ feature }}_shift)
        {%- endfor -%}
    {%- endset -%}
    {{ each_of(prototypes, 'prototype', struct_of({
        'score': 'prototype.prototype_offset + ' ~ away,
        'prototype_id': 'prototype.prototype_id',
        'cluster_id': 'prototype.cluster_id',
        'prototype_offset': 'prototype.prototype_offset',
    })) }}
{%- endmacro %}

-- A feature that the seed does not list for the objective has weight 1.
with

features as (

    {% for feature in feature_names() -%}
    select '{{ feature }}' as feature
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

weights as (

    select * from {{ ref('objective_weights') }}
    where objective = '{{ setting("objective") }}'

)

select
    features.feature,
    coalesce(weights.weight, 1) as weight
from features
left join weights
    on features.feature = weights.feature

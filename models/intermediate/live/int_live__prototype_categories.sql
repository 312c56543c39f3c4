-- w ((1 - c)^2 - c^2): score correction when the category is present.
with

serving as (

    select cluster_fit_id
    from {{ ref('int_history_anchors__clusters') }}
    where is_scoring

)

select
    prototypes.prototype_id,
    prototypes.feature,
    prototypes.category,
    prototypes.weight * (1 - 2 * prototypes.centre) as score_change
from serving
inner join {{ ref('int_cluster_fits__prototypes') }} as prototypes
    on serving.cluster_fit_id = prototypes.fit_id
where prototypes.category is not null

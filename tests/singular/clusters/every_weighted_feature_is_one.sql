-- A weight of a misspelt feature would weigh nothing, in silence.
select weights.*
from {{ ref('objective_weights') }} as weights
left join {{ ref('int_features__weights') }} as features
    on weights.feature = features.feature
where features.feature is null

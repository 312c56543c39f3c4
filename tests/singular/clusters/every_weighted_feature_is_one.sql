-- A weight for a misspelt feature would silently change nothing.
select weights.*
from {{ ref('objective_weights') }} as weights
left join {{ ref('int_features__weights') }} as features
    on weights.feature = features.feature
where features.feature is null

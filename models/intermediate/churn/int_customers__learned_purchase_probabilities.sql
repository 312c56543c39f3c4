-- Straight from the models: horizons are learned separately and may contradict each
-- other.
{{ served_probabilities(
    ref('int_fits__serving_purchases'),
    ref('int_fits__purchase_coefficients'),
    ref('ml_customers__purchase_tree_probabilities')
) }}

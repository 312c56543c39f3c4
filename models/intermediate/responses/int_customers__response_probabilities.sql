{{ served_probabilities(
    ref('int_fits__serving_responses'),
    ref('int_fits__response_coefficients'),
    ref('ml_customers__response_tree_probabilities')
) }}

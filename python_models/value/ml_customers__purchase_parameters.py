"""The fitted purchase and spend models. One row per anchor, model and parameter."""

from segmentation.value import learn_parameters


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    min_customers = dbt.config.meta_get("min_customers")

    customers = features.filter(
        "anchor_role <> 'training' and is_sampled and count_orders > 0"
    ).df()
    return learn_parameters(customers, min_customers=min_customers)

"""The coefficients that score churn in SQL. One row per candidate and feature."""

from segmentation.churn import learn_coefficients


def model(dbt, session):
    labelled = dbt.ref("int_customers__labelled_features")
    features = dbt.config.meta_get("features")
    min_rows = dbt.config.meta_get("min_rows")

    return learn_coefficients(labelled.df(), features, min_rows=min_rows)

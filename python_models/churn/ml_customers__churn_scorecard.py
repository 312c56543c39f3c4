"""How well churn was predicted at the backtest. One row per candidate and metric."""

from segmentation.churn import backtest


def model(dbt, session):
    labelled = dbt.ref("int_customers__labelled_features")
    features = dbt.config.meta_get("features")
    seed = dbt.config.meta_get("seed")
    min_rows = dbt.config.meta_get("min_rows")

    return backtest(labelled.df(), features, seed=seed, min_rows=min_rows)

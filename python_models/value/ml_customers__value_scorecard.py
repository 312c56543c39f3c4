"""How well value was predicted at the backtest. One row per candidate and metric."""

from segmentation.value import backtest


def model(dbt, session):
    labelled = dbt.ref("int_customers__labelled_features")
    parameters = dbt.ref("ml_customers__purchase_parameters")
    horizon_days = dbt.config.meta_get("horizon_days")
    min_rows = dbt.config.meta_get("min_rows")

    return backtest(
        labelled.filter("anchor_role = 'backtest'").df(),
        parameters.df(),
        horizon_days=horizon_days,
        min_rows=min_rows,
    )

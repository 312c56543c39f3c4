"""Expected orders and value. One row per customer who ever bought."""

import pyarrow as pa

from segmentation.value import VALUES_SCHEMA, score


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    parameters = dbt.ref("ml_customers__purchase_parameters")
    horizon_days = dbt.config.meta_get("horizon_days")
    annual_discount_rate = dbt.config.meta_get("annual_discount_rate")

    # read whole tables first: another query would end the stream without a word
    fitted = parameters.df()
    customers = features.filter("anchor_role = 'scoring' and count_orders > 0")
    scores = score(
        customers.to_arrow_reader(100_000),
        fitted,
        horizon_days=horizon_days,
        annual_discount_rate=annual_discount_rate,
    )
    return pa.RecordBatchReader.from_batches(VALUES_SCHEMA, scores)

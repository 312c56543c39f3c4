"""Reasons for each score. One row per customer, target and reason."""

import pyarrow as pa

from segmentation.binding import at_scoring, buyers
from segmentation.predictions.reasons import REASONS_SCHEMA, explain


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    serving = dbt.ref("int_fits__serving")
    count = dbt.config.meta_get("count_reasons")

    # read whole tables first: another query would silently end the stream
    fits = serving.df()
    customers = at_scoring(buyers(features)).to_arrow_reader(50_000)
    return pa.RecordBatchReader.from_batches(
        REASONS_SCHEMA, explain(customers, fits, count=count)
    )

"""Expected orders and spend. One row per customer who ever bought, and target."""

import pyarrow as pa

from segmentation.binding import at_scoring, buyers
from segmentation.predictions.scoring import AMOUNTS_SCHEMA, score_amounts


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    serving = dbt.ref("int_fits__serving_values")
    annual_discount_rate = dbt.config.meta_get("annual_discount_rate")

    # read whole tables first: another query would silently end the stream
    fits = serving.df()
    scores = score_amounts(
        at_scoring(buyers(features)).to_arrow_reader(100_000),
        fits,
        annual_discount_rate=annual_discount_rate,
    )
    return pa.RecordBatchReader.from_batches(AMOUNTS_SCHEMA, scores)

"""Purchase probabilities where a tree model serves. One row per buyer and target."""

import pyarrow as pa

from segmentation.binding import at_scoring, buyers
from segmentation.predictions.scoring import PROBABILITIES_SCHEMA, score_forests


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    serving = dbt.ref("int_fits__serving_purchases")

    # read whole tables first: another query would silently end the stream
    fits = serving.df()
    customers = at_scoring(buyers(features)).to_arrow_reader(100_000)
    return pa.RecordBatchReader.from_batches(
        PROBABILITIES_SCHEMA, score_forests(customers, fits)
    )

"""The purchase probabilities that trees serve. One row per buyer and target."""

import pyarrow as pa

from segmentation.learning.scoring import PROBABILITIES_SCHEMA, score_forests


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    serving = dbt.ref("int_fits__serving_purchases")

    # read whole tables first: another query would end the stream without a word
    fits = serving.df()
    customers = features.filter("anchor_role = 'scoring' and count_orders > 0")
    scores = score_forests(customers.to_arrow_reader(100_000), fits)
    return pa.RecordBatchReader.from_batches(PROBABILITIES_SCHEMA, scores)

"""The churn probability boosted trees give. One row per customer who ever bought."""

import pyarrow as pa

from segmentation.churn import TREE_SCORES_SCHEMA, score_with_trees


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    labelled = dbt.ref("int_customers__labelled_features")
    names = dbt.config.meta_get("features")
    seed = dbt.config.meta_get("seed")
    min_rows = dbt.config.meta_get("min_rows")

    # read whole tables first: another query would end the stream without a word
    rows = labelled.df()
    customers = features.filter("anchor_role = 'scoring' and count_orders > 0")
    scores = score_with_trees(
        rows,
        customers.to_arrow_reader(100_000),
        names,
        seed=seed,
        min_rows=min_rows,
    )
    return pa.RecordBatchReader.from_batches(TREE_SCORES_SCHEMA, scores)

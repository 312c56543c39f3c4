"""Reasons for each score. One row per customer, target and reason."""

from functools import partial

from segmentation.binding import at_scoring, buyers, scored
from segmentation.predictions.reasons import REASONS_SCHEMA, explain


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    serving = dbt.ref("int_fits__serving")
    count = dbt.config.meta_get("count_reasons")

    score = partial(explain, fits=serving.df(), count=count)
    return scored(at_scoring(buyers(features)), score, REASONS_SCHEMA, 50_000)

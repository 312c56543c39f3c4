"""Expected orders and spend. One row per customer who ever bought, and target."""

from functools import partial

from segmentation.binding import at_scoring, buyers, scored
from segmentation.predictions.scoring import AMOUNTS_SCHEMA, score_amounts


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    serving = dbt.ref("int_fits__serving_values")
    annual_discount_rate = dbt.config.meta_get("annual_discount_rate")

    score = partial(
        score_amounts, fits=serving.df(), annual_discount_rate=annual_discount_rate
    )
    return scored(at_scoring(buyers(features)), score, AMOUNTS_SCHEMA)

"""Purchase probabilities where a tree model serves. One row per buyer and target."""

from functools import partial

from segmentation.binding import at_scoring, buyers, scored
from segmentation.predictions.scoring import PROBABILITIES_SCHEMA, score_forests


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    serving = dbt.ref("int_fits__serving_purchases")

    score = partial(score_forests, fits=serving.df())
    return scored(at_scoring(buyers(features)), score, PROBABILITIES_SCHEMA)

"""Learn who buys again, and when: churn, purchase probabilities, the next order."""

import pandas as pd
import pyarrow as pa

from segmentation.learning.fit_rows import fits_table
from segmentation.learning.lifecycle import Build, begin, finish, learn_together
from segmentation.learning.settings import Settings
from segmentation.predictions.next_order import NextOrderLearner
from segmentation.predictions.probabilities import ProbabilityLearner, tuned_alike
from segmentation.predictions.probability_models import Target

CHURN = "churn"


def targets(
    horizons: list[int], churn_horizon: int, features: dict[str, str]
) -> list[Target]:
    """Return a target per horizon; at one of them it is churn, turned round."""
    together = tuple(sorted(horizons))
    return [
        Target(CHURN, "is_churned", days, features, horizons=together)
        if days == churn_horizon
        else Target(
            f"purchase_{days}d",
            f"is_purchase_next_{days}d",
            days,
            features,
            horizons=together,
        )
        for days in together
    ]


def learn_purchases(
    labelled: pd.DataFrame,
    *,
    horizons: list[int],
    churn_horizon: int,
    features: dict[str, str],
    settings: Settings,
    scoring: pd.DataFrame,
    past: pd.DataFrame | None = None,
    groups: pd.DataFrame | None = None,
) -> pa.Table:
    """Learn the purchase probabilities, and the day of the next order, where due.

    Parameters
    ----------
    labelled : DataFrame
        One row per customer and past anchor, in any order: `customer_id`,
        `anchor_date`, `anchor_number`, the features, the labels of all horizons,
        `days_to_next_order` and `known_days`.
    horizons : list of int
        In days.
    churn_horizon : int
        That one of them within which no purchase is churn.
    features : dict
        Feature name to transform name.
    settings : Settings
    scoring : DataFrame
        The scoring anchor: `anchor_date`, `first_order_date`; empty in an empty shop.
    past : DataFrame, optional
        Fits made so far.
    groups : DataFrame, optional
        Customers by group, which nothing is learned from: see `groups`.

    Returns
    -------
    pyarrow.Table
        `fit_rows.FITS_SCHEMA`; a row per target that was due.
    """
    build = Build.of(scoring, past, groups)
    family = targets(horizons, churn_horizon, features)
    # the day of the next order needs all horizons: if one is due, all are
    outcomes = learn_together(
        (ProbabilityLearner.of(labelled, target, settings) for target in family),
        build,
        share=tuned_alike,
    )
    if not outcomes:
        return fits_table([])
    days = NextOrderLearner.of(labelled, outcomes, churn_horizon, settings)
    last = finish(begin(days, build), build)
    return fits_table([*(outcome.record for outcome in outcomes), last.record])

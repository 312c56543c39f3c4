"""Learn who answers a message: by a click, by an order."""

import pandas as pd
import pyarrow as pa

from segmentation.learning.candidates import PURCHASE_BASELINES, alone
from segmentation.learning.fit_rows import fits_table
from segmentation.learning.lifecycle import Build, learn_each
from segmentation.learning.settings import Settings
from segmentation.predictions.probabilities import ProbabilityLearner
from segmentation.predictions.probability_models import Target

LABELS = {
    "message_click": "is_next_message_clicked",
    "message_order": "is_next_message_bought",
}
BASELINES = (
    alone("past click rate alone", "message_click_rate"),
    *PURCHASE_BASELINES,
)


def learn_responses(
    labelled: pd.DataFrame,
    *,
    horizon_days: int,
    features: dict[str, str],
    settings: Settings,
    scoring: pd.DataFrame,
    past: pd.DataFrame | None = None,
    groups: pd.DataFrame | None = None,
) -> pa.Table:
    """Learn the response to the next message, for those who get one, where due.

    Only customers who were sent a message have a label: the probability is that of an
    answer if there is a message, not what the message adds.

    Parameters
    ----------
    labelled : DataFrame
        One row per customer and past anchor, in any order: `customer_id`,
        `anchor_date`, `anchor_number`, the features and the labels of `LABELS`.
    horizon_days : int
        How far after the anchor the message and its answer may come.
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
    targets = [
        Target(name, label, horizon_days, features, BASELINES)
        for name, label in LABELS.items()
    ]
    outcomes = learn_each(
        (ProbabilityLearner.of(labelled, one, settings) for one in targets), build
    )
    return fits_table([outcome.record for outcome in outcomes])

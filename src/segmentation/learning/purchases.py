"""Learn who buys again, and when: churn, purchase probabilities, the next order."""

from dataclasses import asdict

import pandas as pd
import pyarrow as pa

from segmentation.frames import sorted_by_key
from segmentation.learning import fits, next_order, probabilities
from segmentation.learning.probabilities import Settings, Target

CHURN = "churn"
NEXT_ORDER = "next_order"


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
        As in `probabilities.learn`, with the labels of all horizons,
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
        `fits.FITS_SCHEMA`; a row per target that was due.
    """
    fit_date, data_from = fits.dates(scoring)
    records, predicted = [], {}
    for target in targets(horizons, churn_horizon, features):
        record, predictions = probabilities.learn(
            labelled,
            target,
            settings,
            fit_date=fit_date,
            data_from=data_from,
            past=past,
            customers=groups,
        )
        if record is None:
            continue
        records.append(record)
        if len(predictions):
            served = predictions[predictions["candidate"] == record["champion"]]
            chance = served["predicted"]
            predicted[target.horizon_days] = served.assign(
                chance=1 - chance if target.name == CHURN else chance
            ).set_index(["origin_date", "customer_id"])["chance"]
    days = _learn_next_order(
        labelled, predicted, horizons, settings, fit_date, data_from, past
    )
    return fits.fits_table([*records, *([days] if days else [])])


def _learn_next_order(
    labelled, predicted, horizons, settings, fit_date, data_from, past
) -> dict | None:
    """Judge the expected day of the next order where all horizons were predicted."""
    rows = sorted_by_key(labelled, "anchor_number", "customer_id")
    record, _ = fits.begin(
        rows,
        target=NEXT_ORDER,
        kind="days",
        label="days_to_next_order",
        horizon_days=max(horizons),
        features={},
        settings=asdict(settings) | {"horizons": tuple(sorted(horizons))},
        fit_date=fit_date,
        data_from=data_from,
        past=past,
    )
    if record is None:
        return None
    if len(predicted) < len(horizons):
        return record | {"verdict": "too little data: no purchase probabilities"}
    chances = pd.DataFrame(predicted).dropna()
    if chances.empty:
        return record | {"verdict": "too little data: no origin common to all horizons"}
    ordered = chances[sorted(chances)].cummax(axis=1)
    expected = next_order.median_days({h: ordered[h].to_numpy() for h in ordered})
    seen = rows.assign(usual_gap_days=next_order.usual_gap_days(rows)).set_index(
        ["anchor_date", "customer_id"]
    )
    seen = seen.loc[chances.index]
    predictions = pd.DataFrame(
        {
            "expected_days": expected,
            "usual_gap_days": seen["usual_gap_days"].to_numpy(float),
            "observed_days": seen["days_to_next_order"].to_numpy(float),
            "known_days": seen["known_days"].to_numpy(float),
        },
        index=chances.index.set_names(["origin_date", "customer_id"]),
    ).reset_index()
    scorecard, champion, verdict = next_order.judge_days(
        predictions, seed=settings.seed, bootstrap_samples=settings.bootstrap_samples
    )
    return record | {
        "champion": champion,
        "is_baseline": champion == next_order.BASELINE,
        "verdict": verdict,
        "scorecard": scorecard,
    }

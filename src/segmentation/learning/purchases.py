"""Learn who buys again, and when: churn, purchase probabilities, the next order."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.frames import sorted_by_key
from segmentation.learning import fits, next_order
from segmentation.learning.probabilities import (
    Learned,
    Settings,
    Target,
    is_due,
    learn,
)

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
    known = {"fit_date": fit_date, "data_from": data_from, "past": past}
    family = targets(horizons, churn_horizon, features)
    # the day of the next order needs all horizons: if one is due, all are
    is_forced = any(is_due(labelled, each, settings, **known) for each in family)
    records, learned = [], {}
    for target in family if is_forced else ():
        record, found = learn(
            labelled, target, settings, **known, customers=groups, is_forced=True
        )
        records.append(record)
        if found is not None:
            learned[target.horizon_days] = found
    if is_forced:
        records.append(_learn_next_order(labelled, learned, family, settings, **known))
    return fits.fits_table(records)


def coherent(
    chances: dict[int, np.ndarray], churn_horizon: int
) -> dict[int, np.ndarray]:
    """Make purchase probabilities grow with the horizon, as the SQL models do.

    That of the churn horizon is kept; a shorter one is at most, a longer one at least
    what the next says.

    Parameters
    ----------
    chances : dict
        Horizon in days to purchase probabilities, shape (n,).
    churn_horizon : int
    """
    kept = dict(chances)
    days = sorted(chances)
    at = days.index(churn_horizon)
    for shorter, longer in zip(days[:at][::-1], days[1 : at + 1][::-1], strict=True):
        kept[shorter] = np.minimum(kept[shorter], kept[longer])
    for shorter, longer in zip(days[at:-1], days[at + 1 :], strict=True):
        kept[longer] = np.maximum(kept[shorter], kept[longer])
    return kept


def _expected_days(
    labelled: pd.DataFrame,
    learned: dict[int, Learned],
    family: list[Target],
    origin: int,
) -> pd.DataFrame | None:
    """Return expected and observed days at an origin; None where a horizon is not."""
    churn_horizon = next(t.horizon_days for t in family if t.name == CHURN)
    found = {days: one.predicted(origin) for days, one in learned.items()}
    if any(chance is None for chance in found.values()):
        return None
    chances = pd.DataFrame(found).dropna()
    chances[churn_horizon] = 1 - chances[churn_horizon]
    agreed = coherent({d: chances[d].to_numpy() for d in chances}, churn_horizon)
    here = labelled[labelled["anchor_number"] == origin].set_index("customer_id")
    here = here.assign(usual_gap_days=next_order.usual_gap_days(here))
    here = here.loc[chances.index]
    return pd.DataFrame(
        {
            "origin_date": here["anchor_date"].to_numpy(),
            "customer_id": here.index.to_numpy(),
            "expected_days": next_order.median_days(agreed),
            "usual_gap_days": here["usual_gap_days"].to_numpy(float),
            "observed_days": here["days_to_next_order"].to_numpy(float),
            "known_days": here["known_days"].to_numpy(float),
        }
    )


def _learn_next_order(
    labelled, learned, family, settings, *, fit_date, data_from, past
) -> dict:
    """Judge the expected day of the next order where all horizons can be predicted."""
    horizons = tuple(target.horizon_days for target in family)
    labelled = sorted_by_key(labelled, "anchor_number", "customer_id")
    record, _ = fits.begin(
        labelled,
        target=NEXT_ORDER,
        kind="days",
        label="days_to_next_order",
        horizon_days=max(horizons),
        features={},
        settings=asdict(settings) | {"horizons": horizons},
        fit_date=fit_date,
        data_from=data_from,
        past=past,
        is_forced=True,
    )
    if len(learned) < len(horizons):
        return record | {"verdict": "too little data: no purchase probabilities"}
    origins, _ = learned[max(horizons)].learner.judged_at()
    frames = [_expected_days(labelled, learned, family, origin) for origin in origins]
    frames = [frame for frame in frames if frame is not None]
    if not frames:
        return record | {"verdict": "too little data: no origin common to all horizons"}
    scorecard, champion, verdict = next_order.judge_days(
        pd.concat(frames, ignore_index=True),
        seed=settings.seed,
        bootstrap_samples=settings.bootstrap_samples,
    )
    return record | {
        "champion": champion,
        "is_baseline": champion == next_order.BASELINE,
        "verdict": verdict,
        "scorecard": scorecard,
    }

"""Prediction intervals for spend and orders: split-conformal, one per value band.

A customer's interval is their expected value times the 10th and 90th percentile of
actual by expected, among customers of the same value band at an anchor the prediction
did not learn from: that of the same season a year ago.

Most customers buy nothing in a quarter, so that the 10th percentile is often 0 and an
outcome of 0 lies on the interval's end. Of those, the part beyond the tenth belongs
inside: `atom_share`. Coverage counts them with it, as the probability integral
transform of a count does (Czado, Gneiting & Held 2009, Biometrics 65).

Where so many buy nothing, such an interval says little of those who buy. Beside it
stand the share without a purchase, and an interval of the amount given a purchase, in
units of what is expected, at the least one order; learned and measured among buyers.
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence.coverage import interval_coverage
from segmentation.frames import sorted_by_key
from segmentation.identity import hashed
from segmentation.learning.levels import BANDS, band_cuts

INTERVALS_SCHEMA = pa.schema(
    [
        ("value_band", pa.string()),
        ("from_amount", pa.float64()),
        ("until_amount", pa.float64()),
        ("amount_p10_ratio", pa.float64()),
        ("amount_p90_ratio", pa.float64()),
        ("amount_atom_share", pa.float64()),
        ("orders_p10_ratio", pa.float64()),
        ("orders_p90_ratio", pa.float64()),
        ("orders_atom_share", pa.float64()),
        ("buyers_p10_ratio", pa.float64()),
        ("buyers_p90_ratio", pa.float64()),
        ("no_purchase_share", pa.float64()),
        ("count_customers", pa.int64()),
        ("count_buyers", pa.int64()),
    ]
)

LOW, HIGH = 0.1, 0.9
LEAST_BAND = 50  # customers: the 10th percentile of fewer is hardly one
LEAST_BUYERS = 20  # of all bands: fewer have no interval given a purchase
# buyers an interval is learned from: coverage then varies by .04 (a beta distribution;
# Vovk 2012), so that bands with fewer borrow those expected to spend nearly as much
ENOUGH_BUYERS = 100
QUANTITIES = ("amount", "orders")
EXPECTED = {"amount": "expected_amount", "orders": "expected_order_days"}
BUYERS, TOTALS = "buyers", "totals"


def _percentiles(ratio: np.ndarray) -> tuple[float, float]:
    """Return the ⌊0.1 (n + 1)⌋-th and ⌈0.9 (n + 1)⌉-th smallest of n sorted."""
    n = len(ratio)
    low = max(int(np.floor(LOW * (n + 1))) - 1, 0)
    return ratio[low], ratio[min(int(np.ceil(HIGH * (n + 1))) - 1, n - 1)]


def _ratios(actual: np.ndarray, expected: np.ndarray) -> tuple[float, float, float]:
    """Return p10 and p90 of actual by expected, and the part of p10's atom inside.

    They are widened to hold 1, the point itself.
    """
    ratio = np.sort(actual / np.maximum(expected, 1e-9))
    p10, p90 = _percentiles(ratio)
    at_end = (ratio <= p10).mean()
    # of an atom that reaches beyond p90, too, four fifths of all belong inside
    inside = max(0.0, min(at_end, HIGH) - LOW) / at_end if p10 <= 0 else 1.0
    return min(p10, 1.0), max(p90, 1.0), inside


def _of_buyers(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return those who bought, by expected amount, and what to measure theirs by.

    `scale` is the expected amount, at the least that of one order; those of whom no
    order has an amount are left out.
    """
    scale = outcomes[["expected_amount", "expected_order_amount"]].max(axis=1)
    buyers = outcomes.assign(scale=scale)[(outcomes["orders"] > 0) & (scale > 0)]
    return buyers.sort_values("expected_amount", kind="stable")


def _buyers_ratios(buyers: pd.DataFrame, low: float, high: float) -> dict[str, Any]:
    """Return the ratios of a band's buyers, and of neighbours if they are few."""
    expected = buyers["expected_amount"].to_numpy()
    start, stop = np.searchsorted(expected, [low, high], side="right")
    found = {"count_buyers": int(stop - start)}
    if len(buyers) < LEAST_BUYERS:
        return found
    lacking = max(ENOUGH_BUYERS - (stop - start), 0)
    start = max(start - (lacking + 1) // 2, 0)
    stop = min(max(stop + (lacking + 1) // 2, start + ENOUGH_BUYERS), len(buyers))
    start = max(min(start, stop - ENOUGH_BUYERS), 0)
    ratio = (buyers["amount"] / buyers["scale"]).to_numpy()[start:stop]
    p10, p90 = _percentiles(np.sort(ratio))
    return {**found, "buyers_p10_ratio": p10, "buyers_p90_ratio": p90}


def interval_bands(unseen: pd.DataFrame) -> pd.DataFrame:
    """Learn the bands and their ratios on predictions made out of time.

    Parameters
    ----------
    unseen : DataFrame
        One row per customer: `amount` and `orders` as they came, `expected_amount`,
        `expected_order_days` and `expected_order_amount`, that of one order.

    Returns
    -------
    DataFrame
        `INTERVALS_SCHEMA`; empty where a band has too few customers, without
        `buyers_…_ratio` where there are too few buyers.

    References
    ----------
    Lei et al. (2018), Distribution-free predictive inference, JASA 113; by group: Vovk
    (2012), Conditional validity of inductive conformal predictors.
    """
    if len(unseen) / len(BANDS) < LEAST_BAND:
        return pd.DataFrame()
    expected, buyers = unseen["expected_amount"].to_numpy(), _of_buyers(unseen)
    rows = []
    for band, low, high in band_cuts(expected):
        inside = (expected > low) & (expected <= high)
        if inside.sum() < LEAST_BAND:
            return pd.DataFrame()
        row = {
            "value_band": band,
            "from_amount": low,
            "until_amount": high,
            "count_customers": int(inside.sum()),
            "no_purchase_share": float(
                (unseen["orders"].to_numpy()[inside] <= 0).mean()
            ),
            **_buyers_ratios(buyers, low, high),
        }
        for quantity in QUANTITIES:
            columns = (quantity, EXPECTED[quantity])
            actual, foreseen = (unseen[name].to_numpy()[inside] for name in columns)
            names = [
                f"{quantity}_{n}" for n in ("p10_ratio", "p90_ratio", "atom_share")
            ]
            ratios = _ratios(actual, foreseen)
            row |= dict(zip(names, ratios, strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def measure_coverage(
    bands: pd.DataFrame, outcomes: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Measure how often outcomes fall into the intervals of some bands.

    Parameters
    ----------
    bands : DataFrame
        What `interval_bands` gave.
    outcomes : DataFrame
        Rows like those of `unseen` there, of an anchor the bands do not know.

    Returns
    -------
    dict
        'amount', 'orders' and 'buyers', the amount given a purchase among those who
        bought, to what `interval_coverage` gives.
    """
    mine = _bands_of(bands, outcomes)
    found = {}
    for quantity in QUANTITIES:
        expected = outcomes[EXPECTED[quantity]].to_numpy()
        found[quantity] = interval_coverage(
            outcomes[quantity].to_numpy(),
            expected * mine[f"{quantity}_p10_ratio"].to_numpy(),
            expected * mine[f"{quantity}_p90_ratio"].to_numpy(),
            mine[f"{quantity}_atom_share"].to_numpy(),
            mine["value_band"].to_numpy(),
        )
    buyers = _of_buyers(outcomes)
    mine = _bands_of(bands, buyers)
    if "buyers_p10_ratio" in mine and len(buyers):
        found[BUYERS] = interval_coverage(
            buyers["amount"].to_numpy(),
            buyers["scale"].to_numpy() * mine["buyers_p10_ratio"].to_numpy(),
            buyers["scale"].to_numpy() * mine["buyers_p90_ratio"].to_numpy(),
            np.ones(len(buyers)),
            mine["value_band"].to_numpy(),
        )
    return found


def measure_totals(bands: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Measure by band what was expected of it beside what came.

    Parameters
    ----------
    bands, outcomes
        As in `measure_coverage`.

    Returns
    -------
    DataFrame
        One row per band: `band`, `count`, `predicted_over_actual`, the expected amount
        over that which came (NaN where none came), and `no_purchase_difference`, the
        share told to buy nothing less the share that bought nothing.
    """
    mine = _bands_of(bands, outcomes)
    told = pd.DataFrame(
        {
            "band": mine["value_band"],
            "count": 1,
            "expected": outcomes["expected_amount"].to_numpy(),
            "actual": outcomes["amount"].to_numpy(),
            "told": mine["no_purchase_share"],
            "came": (outcomes["orders"].to_numpy() <= 0).astype(float),
        }
    )
    every = told.groupby("band").sum()
    return pd.DataFrame(
        {
            "count": every["count"],
            "predicted_over_actual": every["expected"]
            / every["actual"].where(every["actual"] > 0),
            "no_purchase_difference": (every["told"] - every["came"]) / every["count"],
        }
    ).reset_index()


def _bands_of(bands: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the row of `bands` of each outcome."""
    until = bands["until_amount"].to_numpy()[:-1]
    number = np.searchsorted(until, outcomes["expected_amount"])
    return bands.iloc[number].reset_index(drop=True)


def coverage_at(
    predictions: pd.DataFrame, unseen: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], str]:
    """Measure the intervals of one candidate at one origin.

    They are learned at an earlier anchor; where that is too small, on one half of the
    customers, the halves by hashed id, and measured on the other.

    Parameters
    ----------
    predictions : DataFrame
        Of the origin: a row per customer, `customer_id`, `actual` and
        `predicted` amount, `actual_orders`, `predicted_orders` and
        `predicted_order_amount`.
    unseen : DataFrame
        Outcomes of the earlier anchor, at their level.

    Returns
    -------
    coverage : dict
        What `measure_coverage` gives, and what `measure_totals` gives as 'totals';
        empty where there are no intervals.
    how : str
        In plain words.
    """
    outcomes = sorted_by_key(predictions, "customer_id").rename(
        columns={
            "actual": "amount",
            "predicted": "expected_amount",
            "actual_orders": "orders",
            "predicted_orders": "expected_order_days",
            "predicted_order_amount": "expected_order_amount",
        }
    )
    bands = interval_bands(unseen)
    if len(bands):
        return _measured(bands, outcomes), "learned at an earlier anchor"
    half = outcomes["customer_id"].map(lambda name: hashed(name) % 2)
    bands = interval_bands(outcomes[half == 0])
    if len(bands):
        how = "learned on the other half of the customers"
        return _measured(bands, outcomes[half == 1]), how
    return {}, "too few customers for intervals"


def _measured(bands: pd.DataFrame, outcomes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    totals = {TOTALS: measure_totals(bands, outcomes)}
    return measure_coverage(bands, outcomes) | totals


COVERAGE_METRICS = {
    "coverage": "interval_coverage",
    "closed_coverage": "interval_closed_coverage",
    "share_below": "share_below_p10",
    "share_above": "share_above_p90",
}
METRICS = {
    "amount": COVERAGE_METRICS,
    "orders": {column: f"orders_{name}" for column, name in COVERAGE_METRICS.items()},
    # nothing lies on an end: closed or not is the same
    BUYERS: {
        column: f"buyers_{name}"
        for column, name in COVERAGE_METRICS.items()
        if column != "closed_coverage"
    },
    TOTALS: {
        name: name for name in ("predicted_over_actual", "no_purchase_difference")
    },
}


def coverage_scorecard(
    like: dict[str, Any], found: dict[str, pd.DataFrame], how: str
) -> list[dict[str, Any]]:
    """Write coverage as rows of a scorecard.

    Parameters
    ----------
    like : dict
        A row of the scorecard of the same origin and candidate.
    found : dict
        What `coverage_at` gave.
    how : str
        Where the intervals were learned, in plain words.

    Returns
    -------
    list of dict
        `evidence.judgement.SCORECARD_SCHEMA`; the nominal coverage is .8.
    """
    blank = dict.fromkeys(
        ("lower_bound", "upper_bound", "is_higher_better", "baseline_value",
         "difference", "difference_lower", "difference_upper")
    )  # fmt: skip
    rows = []
    for quantity, coverage in found.items():
        for row in coverage.to_dict("records"):
            band = "" if row["band"] == "all" else f"_{row['band']}"
            for column, metric in METRICS[quantity].items():
                own = {
                    "metric": metric + band,
                    "metric_value": row[column],
                    "count_test_rows": row["count"],
                    "verdict": f"80 % intervals {how}",
                }
                if column == "coverage":
                    own |= {"lower_bound": row["lower"], "upper_bound": row["upper"]}
                rows.append({**like, **blank, **own})
    return rows

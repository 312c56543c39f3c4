"""Prediction intervals for spend and orders: split-conformal, one per value band.

A customer's interval is their expected value times the 10th and 90th percentile of
actual by expected, among customers of the same value band at an anchor the prediction
did not learn from: that of the same season a year ago.

Most customers buy nothing in a quarter, so that the 10th percentile is often 0 and an
outcome of 0 lies on the interval's end. Of those, the part beyond the tenth belongs
inside: `atom_share`. Coverage counts them with it, as the probability integral
transform of a count does (Czado, Gneiting & Held 2009, Biometrics 65).
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence.coverage import interval_coverage
from segmentation.frames import sorted_by_key
from segmentation.identity import hashed

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
        ("count_customers", pa.int64()),
    ]
)

LOW, HIGH = 0.1, 0.9
# fifths of the customers by expected amount: the share below their upper end
BANDS = {"lowest": 0.2, "low": 0.4, "medium": 0.6, "high": 0.8, "highest": 1.0}
LEAST_BAND = 50  # customers: the 10th percentile of fewer is hardly one
QUANTITIES = ("amount", "orders")
EXPECTED = {"amount": "expected_amount", "orders": "expected_order_days"}


def _ratios(actual: np.ndarray, expected: np.ndarray) -> tuple[float, float, float]:
    """Return p10 and p90 of actual by expected, and the part of p10's atom inside.

    The ⌊0.1 (n + 1)⌋-th and ⌈0.9 (n + 1)⌉-th smallest of n, widened to hold 1, the
    point itself.
    """
    ratio = np.sort(actual / np.maximum(expected, 1e-9))
    n = len(ratio)
    p10 = ratio[max(int(np.floor(LOW * (n + 1))) - 1, 0)]
    p90 = ratio[min(int(np.ceil(HIGH * (n + 1))) - 1, n - 1)]
    at_end = (ratio <= p10).mean()
    # of an atom that reaches beyond p90, too, four fifths of all belong inside
    inside = max(0.0, min(at_end, HIGH) - LOW) / at_end if p10 <= 0 else 1.0
    return min(p10, 1.0), max(p90, 1.0), inside


def interval_bands(unseen: pd.DataFrame) -> pd.DataFrame:
    """Learn the bands and their ratios on predictions made out of time.

    Parameters
    ----------
    unseen : DataFrame
        One row per customer: `amount` and `orders` as they came, `expected_amount` and
        `expected_order_days`.

    Returns
    -------
    DataFrame
        `INTERVALS_SCHEMA`; empty where a band has too few customers.

    References
    ----------
    Lei et al. (2018), Distribution-free predictive inference, JASA 113; by group: Vovk
    (2012), Conditional validity of inductive conformal predictors.
    """
    if len(unseen) / len(BANDS) < LEAST_BAND:
        return pd.DataFrame()
    expected = unseen["expected_amount"].to_numpy()
    inner = np.quantile(expected, list(BANDS.values())[:-1], method="inverted_cdf")
    cuts = [-np.inf, *inner, np.inf]
    rows = []
    for band, low, high in zip(BANDS, cuts, cuts[1:], strict=False):
        if low == high:  # so many tie at the lower end that the band below has them all
            continue
        inside = (expected > low) & (expected <= high)
        if inside.sum() < LEAST_BAND:
            return pd.DataFrame()
        row = {
            "value_band": band,
            "from_amount": low,
            "until_amount": high,
            "count_customers": int(inside.sum()),
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
        'amount' and 'orders' to what `interval_coverage` gives.
    """
    until = bands["until_amount"].to_numpy()[:-1]
    number = np.searchsorted(until, outcomes["expected_amount"])
    mine = bands.iloc[number].reset_index(drop=True)
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
    return found


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
        `predicted` amount, `actual_orders` and `predicted_orders`.
    unseen : DataFrame
        Outcomes of the earlier anchor, at their level.

    Returns
    -------
    coverage : dict
        What `measure_coverage` gives; empty where there are no intervals.
    how : str
        In plain words.
    """
    outcomes = sorted_by_key(predictions, "customer_id").rename(
        columns={
            "actual": "amount",
            "predicted": "expected_amount",
            "actual_orders": "orders",
            "predicted_orders": "expected_order_days",
        }
    )
    bands = interval_bands(unseen)
    if len(bands):
        return measure_coverage(bands, outcomes), "learned at an earlier anchor"
    half = outcomes["customer_id"].map(lambda name: hashed(name) % 2)
    bands = interval_bands(outcomes[half == 0])
    if len(bands):
        how = "learned on the other half of the customers"
        return measure_coverage(bands, outcomes[half == 1]), how
    return {}, "too few customers for intervals"


COVERAGE_METRICS = {
    "coverage": "interval_coverage",
    "closed_coverage": "interval_closed_coverage",
    "share_below": "share_below_p10",
    "share_above": "share_above_p90",
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
        What `measure_coverage` gave.
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
        prefix = "" if quantity == "amount" else f"{quantity}_"
        for row in coverage.to_dict("records"):
            band = "" if row["band"] == "all" else f"_{row['band']}"
            for column, metric in COVERAGE_METRICS.items():
                own = {
                    "metric": prefix + metric + band,
                    "metric_value": row[column],
                    "count_test_rows": row["count"],
                    "verdict": f"80 % intervals {how}",
                }
                if column == "coverage":
                    own |= {"lower_bound": row["lower"], "upper_bound": row["upper"]}
                rows.append({**like, **blank, **own})
    return rows

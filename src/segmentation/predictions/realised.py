"""What came of what was predicted: fits that served, set beside labels known since.

Nothing is kept of what was said of each customer. Fits are never changed, and features
are what was known on a day, so that what a fit said then is worked out again; who was
erased meanwhile is not among the customers.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence import bootstrap
from segmentation.evidence.predictions import KINDS, read
from segmentation.frames import conform, sorted_by_key
from segmentation.identity import NOTHING
from segmentation.learning.candidates import probability
from segmentation.learning.intervals import measure_coverage
from segmentation.learning.levels import level_factors
from segmentation.learning.past import newest
from segmentation.predictions.scoring import Amounts, model_of, part

REALISED_SCHEMA = pa.schema(
    [
        ("fit_id", pa.string()),
        ("target", pa.string()),
        ("origin_date", pa.date32()),
        ("metric", pa.string()),
        ("metric_value", pa.float64()),
        ("lower_bound", pa.float64()),
        ("upper_bound", pa.float64()),
        ("count_test_rows", pa.int64()),
    ]
)

KEY = ["customer_id", "anchor_date"]
LEAST_CUSTOMERS = 50


def realised(
    customers: pd.DataFrame,
    labels: Iterable[pd.DataFrame],
    fits: pd.DataFrame,
    *,
    churn_horizon: int,
    most_anchors: int,
    seed: int,
    bootstrap_samples: int,
) -> pa.Table:
    """Measure every fit at the past anchors that it served, as far as labels are known.

    Parameters
    ----------
    customers : DataFrame
        One row per customer and past anchor: key, features, and labels of purchases.
    labels : iterable of DataFrame
        Labels of other products, by the same key.
    fits : DataFrame
        Fits made so far, `fit_rows.FITS_SCHEMA`.
    churn_horizon : int
        Days of the label `is_churned`: a fit of another horizon is not measured by it.
    most_anchors : int
        No more anchors than this are measured, the newest of each target.
    seed, bootstrap_samples : int
        Of the 95 % intervals.

    Returns
    -------
    pyarrow.Table
        `REALISED_SCHEMA`; metrics as in `evidence.metrics`, and of amounts those of
        `evidence.coverage` with `predicted_total` and `actual_total`. Empty where no
        fit was made before a past anchor.
    """
    if fits.empty or customers.empty:
        return REALISED_SCHEMA.empty_table()
    rows = sorted_by_key(customers, "anchor_date", "customer_id")
    for some in labels:
        new = [name for name in some if name in KEY or name not in rows]
        rows = rows.merge(some[new], on=KEY, how="left")
    anchors = [here for _, here in rows.groupby("anchor_date")][::-1]
    found: list[dict[str, Any]] = []
    for target in fits["target"].drop_duplicates().sort_values():
        served = (
            (fit, known)
            for here in anchors
            if (fit := newest(fits, target, here["anchor_date"].iloc[0])) is not None
            if (known := _known(fit, here, churn_horizon)) is not None
        )
        for fit, known in islice(served, most_anchors):
            found += _measured(fit, known, seed, bootstrap_samples)
    return conform(pd.DataFrame(found), REALISED_SCHEMA)


def _known(
    fit: pd.Series, rows: pd.DataFrame, churn_horizon: int
) -> pd.DataFrame | None:
    """Return the customers whose outcome is known; None where it cannot be measured."""
    label = fit["label"]
    if fit["champion"] == NOTHING or fit["kind"] not in KINDS or label not in rows:
        return None
    if label == "is_churned" and fit["horizon_days"] != churn_horizon:
        return None
    known = rows[rows[label].notna()]
    return known if len(known) >= LEAST_CUSTOMERS else None


def _measured(
    fit: pd.Series, rows: pd.DataFrame, seed: int, bootstrap_samples: int
) -> Iterator[dict[str, Any]]:
    """Yield the metrics of one fit at one anchor."""
    told, coverage = _told(fit, rows)
    if told is None:
        return
    like = {
        "fit_id": fit["fit_id"],
        "target": fit["target"],
        "origin_date": pd.Timestamp(rows["anchor_date"].iloc[0]).date(),
        "count_test_rows": len(rows),
    }
    (origin,) = origins = read(
        pd.DataFrame(
            {
                "origin_date": like["origin_date"],
                "candidate": fit["champion"],
                "is_baseline": False,
                "customer_id": rows["customer_id"].to_numpy(),
                "actual": rows[fit["label"]].to_numpy(float),
                "predicted": told,
                "predicted_raw": np.nan,
            }
        ),
        fit["kind"],
    )
    points = bootstrap.point_values(origins, fit["kind"])
    samples = bootstrap.replicates(
        origins, fit["kind"], points, seed=seed, bootstrap_samples=bootstrap_samples
    )
    (measured,), (drawn,) = points[0].values(), samples[0].values()
    for metric, value in measured.items():
        lower, upper = bootstrap.interval(drawn[metric])
        yield like | {
            "metric": metric,
            "metric_value": float(value),
            "lower_bound": lower,
            "upper_bound": upper,
        }
    if fit["kind"] == "amount":
        yield like | _value("predicted_total", float(told.sum()))
        yield like | _value("actual_total", float(origin.actual.sum()))
    yield from (like | row for row in coverage)


def _value(metric: str, value: float) -> dict[str, Any]:
    bounds = {"lower_bound": np.nan, "upper_bound": np.nan}
    return {"metric": metric, "metric_value": value, **bounds}


def _told(
    fit: pd.Series, rows: pd.DataFrame
) -> tuple[np.ndarray | None, list[dict[str, Any]]]:
    """Return what a fit says of customers, and how its intervals did."""
    if fit["kind"] == "probability":
        model = model_of(fit)
        return (None if model is None else probability(model.margin(rows))), []
    (served,) = Amounts.of(fit.to_frame().T)
    found = served.forecast(rows)
    if found is None:
        return None, []
    factors = level_factors(part(fit, "levels"), found.net_amount)
    bands = part(fit, "intervals")
    if bands.empty:
        return found.net_amount * factors, []
    orders = fit["label"].replace("net_amount", "count_order_days")
    outcomes = pd.DataFrame(
        {
            "orders": rows[orders].to_numpy(float),
            "amount": rows[fit["label"]].to_numpy(float),
            "expected_order_days": found.orders * factors,
            "expected_amount": found.net_amount * factors,
            "expected_order_amount": found.amount,
        }
    )
    coverage = measure_coverage(bands, outcomes)["amount"]
    every = coverage[coverage["band"] == "all"]
    return found.net_amount * factors, [
        {
            "metric": "interval_coverage",
            "metric_value": row["coverage"],
            "lower_bound": row["lower"],
            "upper_bound": row["upper"],
        }
        for row in every.to_dict("records")
    ]

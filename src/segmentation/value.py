"""Customer value: orders and amounts to expect of each customer.

Purchase and spend models are fitted at the backtest anchor, to be judged there, and
again at the scoring anchor, to be applied.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.frames import conform, sorted_by_key
from segmentation.purchases.fit import fit_purchases
from segmentation.purchases.fits import (
    PARAMETERS_SCHEMA,
    parameters_table,
    served_from_table,
)
from segmentation.purchases.spend import fit_spend
from segmentation.purchases.value import VALUES_SCHEMA, expected_value
from segmentation.scorecards import (
    SCORECARD_SCHEMA,
    amount_metrics,
    scorecard,
    verdict_only,
)

MODEL = "purchase and spend models"
BASELINE = "last year's run-rate"

ANCHORED_PARAMETERS_SCHEMA = pa.schema(
    [("anchor_role", pa.string()), ("process", pa.string()), *PARAMETERS_SCHEMA]
)


def summaries(customers: pd.DataFrame) -> pd.DataFrame:
    """Take the sufficient statistics of the purchase models from features.

    Parameters
    ----------
    customers : DataFrame, shape (n, ≥ 5)
        `customer_id`, `count_order_days`, `days_since_first_order`,
        `days_since_last_order` and `avg_repeat_amount`, of customers who have bought.

    Returns
    -------
    DataFrame, shape (n, 6)
        `customer_id`, `x`, `t_x`, `T` (days; the last day observed is the one before
        the anchor), `x_valued` and `zbar`, as `purchases.summaries.summarise` gives.
    """
    first, last, repeats = (
        customers[name].to_numpy(dtype=np.int64)
        for name in (
            "days_since_first_order",
            "days_since_last_order",
            "count_order_days",
        )
    )
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            "x": repeats - 1,
            "t_x": (first - last).astype(float),
            "T": (first - 1).astype(float),
            "x_valued": repeats - 1,
            "zbar": customers["avg_repeat_amount"].astype(float).to_numpy(),
        }
    )


def learn_parameters(customers: pd.DataFrame, *, min_customers: int) -> pa.Table:
    """Fit the purchase and spend models at each anchor.

    Parameters
    ----------
    customers : DataFrame
        One row per customer and anchor, in any order: what `summaries` needs and
        `anchor_role`.
    min_customers : int
        With fewer there is a status and no model.

    Returns
    -------
    pyarrow.Table
        `ANCHORED_PARAMETERS_SCHEMA`; one row per anchor, process ('purchases' or
        'spend'), model that was tried and parameter.
    """
    frames = []
    for role, rows in customers.groupby("anchor_role"):
        seen = summaries(sorted_by_key(rows, "customer_id"))
        for process, fits in {
            "purchases": fit_purchases(seen, min_customers=min_customers),
            "spend": fit_spend(seen),
        }.items():
            frame = parameters_table(fits).to_pandas()
            frames.append(frame.assign(anchor_role=role, process=process))
    return conform(
        pd.concat(frames) if frames else pd.DataFrame(), ANCHORED_PARAMETERS_SCHEMA
    )


def _predict(customers, parameters, role, horizon_days, annual_discount_rate):
    """Apply the fits of one anchor: `VALUES_SCHEMA`, or None without a fit."""
    here = parameters[parameters["anchor_role"] == role]
    fits = [
        served_from_table(here[here["process"] == process])
        for process in ("purchases", "spend")
    ]
    if None in fits:
        return None
    return expected_value(
        summaries(customers),
        *fits,
        horizon_days=horizon_days,
        annual_discount_rate=annual_discount_rate,
    )


def backtest(
    labelled: pd.DataFrame,
    parameters: pd.DataFrame,
    *,
    horizon_days: int,
    min_rows: int,
) -> pa.Table:
    """Judge expected amounts on what was spent in the horizon after the anchor.

    Parameters
    ----------
    labelled : DataFrame
        The customers of the backtest anchor, in any order: what `summaries` needs,
        `net_amount_365d` and `net_amount_in_horizon`.
    parameters : DataFrame
        What `learn_parameters` gave.
    horizon_days : int
    min_rows : int
        With fewer rows there is a verdict instead of a model.

    Returns
    -------
    pyarrow.Table
        `segmentation.scorecards.SCORECARD_SCHEMA`; the model and the baseline: the net
        amount of the last 365 days, scaled to the horizon.
    """
    labelled = sorted_by_key(labelled, "customer_id")
    counts = {"count_training_rows": len(labelled), "count_test_rows": len(labelled)}
    actual = labelled["net_amount_in_horizon"].astype(float).to_numpy()
    problem = None
    if len(labelled) < min_rows:
        problem = f"too little data: {len(labelled)} rows, {min_rows} are needed"
    elif not actual.any():
        problem = "nothing to judge on: nobody bought in the horizon"
    else:
        predicted = _predict(labelled, parameters, "backtest", horizon_days, 0.0)
        if predicted is None:
            problem = "no fit: " + "; ".join(parameters["fit_status"].unique())
    if problem:
        return conform(verdict_only(problem, **counts), SCORECARD_SCHEMA)
    run_rate = labelled["net_amount_365d"].astype(float) * horizon_days / 365
    frame = scorecard(
        {
            MODEL: amount_metrics(
                actual, predicted["expected_value_amount"].to_numpy()
            ),
            BASELINE: amount_metrics(actual, run_rate.to_numpy()),
        },
        baseline=BASELINE,
        deciding_metric="spearman",
        **counts,
    )
    return conform(frame, SCORECARD_SCHEMA)


def score(
    batches: Iterable[pa.RecordBatch],
    parameters: pd.DataFrame,
    *,
    horizon_days: int,
    annual_discount_rate: float,
) -> Iterator[pa.RecordBatch]:
    """Predict orders and value at the scoring anchor, batch by batch.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        The customers: what `summaries` needs. Read one at a time, so memory does not
        grow with their number.
    parameters : DataFrame
        What `learn_parameters` gave; without a fit nothing is yielded.
    horizon_days : int
    annual_discount_rate : float
        .1 where an amount in a year is worth 1 / 1.1 of it today.

    Yields
    ------
    pyarrow.RecordBatch
        `segmentation.purchases.value.VALUES_SCHEMA`.
    """
    for batch in batches:
        if batch.num_rows:
            table = _predict(
                batch.to_pandas(),
                parameters,
                "scoring",
                horizon_days,
                annual_discount_rate,
            )
            if table is None:
                return
            yield from table.to_batches()


__all__ = ["VALUES_SCHEMA", "backtest", "learn_parameters", "score", "summaries"]

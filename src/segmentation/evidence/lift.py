"""Lift: what came of the customers predicted highest, and of those below."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence.predictions import Origin, read

LIFT_SCHEMA = pa.schema(
    [
        ("origin_date", pa.date32()),
        ("candidate", pa.string()),
        ("decile", pa.int64()),
        ("count_customers", pa.int64()),
        ("mean_predicted", pa.float64()),
        ("actual_total", pa.float64()),
        ("actual_mean", pa.float64()),
        ("lift", pa.float64()),
        ("cumulative_capture", pa.float64()),
    ]
)


def _ranks(origin: Origin, predicted: np.ndarray) -> pd.DataFrame:
    """Return customers from the highest predicted down, and their deciles."""
    n = len(predicted)
    # customers come sorted by id, and a stable sort keeps equals so
    order = np.argsort(-predicted, kind="stable")
    return pd.DataFrame(
        {
            "decile": 10 * np.arange(n) // n + 1,
            "predicted": predicted[order],
            "actual": origin.actual[order],
        }
    )


def lift_table(predictions: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return lift by decile, 1 being the highest predicted.

    Customers with equal predictions are taken by id, so that deciles are equal in size;
    fewer than ten customers make fewer deciles.

    Parameters
    ----------
    predictions : DataFrame
        As `predictions.read` takes them.
    kind : {'probability', 'amount'}

    Returns
    -------
    DataFrame
        `LIFT_SCHEMA`; one row per origin, candidate and decile. `lift` is `actual_mean`
        over the mean of all, `cumulative_capture` the share of the total in this decile
        and those above; missing where the total is 0.
    """
    judged = [
        (origin, name, forecast.predicted)
        for origin in read(predictions, kind)
        for name, forecast in origin.forecasts.items()
    ]
    ranks = pd.concat(
        [_ranks(origin, predicted) for origin, _, predicted in judged],
        keys=range(len(judged)),
        names=["number"],
    )
    table = (
        ranks.groupby(["number", "decile"])
        .agg(
            count_customers=("actual", "size"),
            mean_predicted=("predicted", "mean"),
            actual_total=("actual", "sum"),
            actual_mean=("actual", "mean"),
        )
        .reset_index()
    )
    lift, capture = np.empty(len(table)), np.empty(len(table))
    for rows in table.groupby("number").indices.values():
        found = table["actual_total"].to_numpy()[rows]
        known = found.sum() if found.sum() != 0 else np.nan
        count = table["count_customers"].to_numpy()[rows].sum()
        lift[rows] = table["actual_mean"].to_numpy()[rows] * count / known
        capture[rows] = found.cumsum() / known
    table = table.assign(lift=lift, cumulative_capture=capture)
    keys = pd.DataFrame(
        [(origin.date, name) for origin, name, _ in judged],
        columns=["origin_date", "candidate"],
    )
    return table.join(keys, on="number")[LIFT_SCHEMA.names]

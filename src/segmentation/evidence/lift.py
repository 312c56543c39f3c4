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


def _deciles(origin: Origin, candidate: str, predicted: np.ndarray) -> pd.DataFrame:
    n = len(predicted)
    # customers come sorted by id, and a stable sort keeps equals so
    order = np.argsort(-predicted, kind="stable")
    rows = pd.DataFrame(
        {
            "decile": 10 * np.arange(n) // n + 1,
            "predicted": predicted[order],
            "actual": origin.actual[order],
        }
    )
    table = (
        rows.groupby("decile")
        .agg(
            count_customers=("actual", "size"),
            mean_predicted=("predicted", "mean"),
            actual_total=("actual", "sum"),
            actual_mean=("actual", "mean"),
        )
        .reset_index()
    )
    total = table["actual_total"].sum()
    known = total if total != 0 else np.nan
    table["lift"] = table["actual_mean"] * n / known
    table["cumulative_capture"] = table["actual_total"].cumsum() / known
    return table.assign(origin_date=origin.date, candidate=candidate)


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
    tables = [
        _deciles(origin, name, forecast.predicted)
        for origin in read(predictions, kind)
        for name, forecast in origin.forecasts.items()
    ]
    return pd.concat(tables, ignore_index=True)[LIFT_SCHEMA.names]

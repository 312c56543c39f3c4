"""Calibration: whether of customers predicted at 30 %, 30 in 100 do it."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence.metrics import Ranked
from segmentation.evidence.predictions import Origin, read

CALIBRATION_SCHEMA = pa.schema(
    [
        ("origin_date", pa.date32()),
        ("candidate", pa.string()),
        ("is_calibrated", pa.bool_()),
        ("bin", pa.int64()),
        ("count_customers", pa.int64()),
        ("lowest_predicted", pa.float64()),
        ("highest_predicted", pa.float64()),
        ("mean_predicted", pa.float64()),
        ("observed_rate", pa.float64()),
        ("observed_lower", pa.float64()),
        ("observed_upper", pa.float64()),
    ]
)

_Z = 1.959963984540054  # the 97.5th percentile of the normal distribution


def wilson(rate: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % score interval of a rate (Wilson 1927, JASA 22)."""
    rate, count = np.asarray(rate, dtype=float), np.asarray(count, dtype=float)
    scale = 1 + _Z**2 / count
    centre = (rate + _Z**2 / (2 * count)) / scale
    half = _Z * np.sqrt(rate * (1 - rate) / count + (_Z / (2 * count)) ** 2) / scale
    return np.clip(centre - half, 0, rate), np.clip(centre + half, rate, 1)


def _groups(origin: Origin, predicted: np.ndarray) -> pd.DataFrame:
    """Return customers with equal predictions, and the bin they are in."""
    ranked = Ranked.of(origin.actual, predicted, np.ones((len(predicted), 1)))
    return pd.DataFrame(
        {
            "bin": ranked.bins()[:, 0] + 1,
            "predicted": ranked.predicted,
            "count": ranked.weights[:, 0],
            "expected": ranked.predicted * ranked.weights[:, 0],
            "observed": ranked.totals[:, 0],
        }
    )


def calibration_table(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return predicted and observed rates by equal-count bin of the prediction.

    The bins are those of the metric `calibration_error`: equal predictions stay in one,
    so that some of the ten may not occur.

    Parameters
    ----------
    predictions : DataFrame
        Of probabilities, as `predictions.read` takes them.

    Returns
    -------
    DataFrame
        `CALIBRATION_SCHEMA`; one row per origin, candidate, `is_calibrated` and bin,
        ascending. Rows that are not calibrated are of `predicted_raw`. The bounds are
        95 % intervals of the observed rate (Wilson).
    """
    judged = [
        (origin, name, is_calibrated, predicted)
        for origin in read(predictions, "probability")
        for name, forecast in origin.forecasts.items()
        for is_calibrated, predicted in (
            (True, forecast.predicted),
            (False, forecast.raw),
        )
        if predicted is not None
    ]
    # in one frame: to group a hundred small ones takes pandas a hundred times as long
    groups = pd.concat(
        [_groups(origin, predicted) for origin, _, _, predicted in judged],
        keys=range(len(judged)),
        names=["number"],
    )
    table = (
        groups.groupby(["number", "bin"])
        .agg(
            count_customers=("count", "sum"),
            lowest_predicted=("predicted", "min"),
            highest_predicted=("predicted", "max"),
            mean_predicted=("expected", "sum"),
            observed_rate=("observed", "sum"),
        )
        .reset_index()
    )
    count = table["count_customers"] = table["count_customers"].astype(np.int64)
    table["mean_predicted"] /= count
    table["observed_rate"] /= count
    table["observed_lower"], table["observed_upper"] = wilson(
        table["observed_rate"], count
    )
    keys = pd.DataFrame(
        [
            (origin.date, name, is_calibrated)
            for origin, name, is_calibrated, _ in judged
        ],
        columns=["origin_date", "candidate", "is_calibrated"],
    )
    return table.join(keys, on="number")[CALIBRATION_SCHEMA.names]

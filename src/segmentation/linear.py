"""Logistic regression whose parameters are rows, to be applied in SQL."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.estimators import LogisticRegression, one_thread
from segmentation.frames import conform
from segmentation.transforms import transform

INTERCEPT = "(intercept)"

COEFFICIENTS_SCHEMA = pa.schema(
    [
        ("candidate", pa.string()),
        ("feature", pa.string()),
        ("transform", pa.string()),
        ("fill_value", pa.float64()),
        ("weight", pa.float64()),
        ("standardised_weight", pa.float64()),
        ("count_training_rows", pa.int64()),
    ]
)


def fit_logistic(
    rows: pd.DataFrame,
    labels: pd.Series,
    features: dict[str, str],
    *,
    candidate: str,
    penalty: float = 1.0,
) -> pd.DataFrame:
    """Fit a logistic regression on transformed features.

    The probability is 1 / (1 + exp(-(w0 + Σ w_j t_j(x_j)))), where t_j is the
    transform of feature j and a missing t_j(x_j) is replaced by its `fill_value`.

    Parameters
    ----------
    rows : DataFrame, shape (n, ≥ p)
    labels : Series of bool, shape (n,)
    features : dict
        Feature name to transform name; p entries.
    candidate : str
        The name the rows of the result carry.
    penalty : float
        Strength of the L2 penalty on the standardised weights.

    Returns
    -------
    DataFrame
        `COEFFICIENTS_SCHEMA`; the intercept and one row per feature. `weight` is per
        unit of the transformed feature, `standardised_weight` per standard deviation
        of it, which is what makes features comparable.

    References
    ----------
    Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, 4.4.
    """
    values = transform(rows, features)
    fill = values.median().fillna(0)
    values = values.fillna(fill).to_numpy()
    mean, scale = values.mean(axis=0), values.std(axis=0)
    scale = np.where(scale > 1e-9 * np.maximum(1, np.abs(mean)), scale, 1.0)
    with one_thread():
        model = LogisticRegression(C=1 / penalty, max_iter=1000, tol=1e-8)
        model.fit((values - mean) / scale, labels.to_numpy().astype(int))
    weights = model.coef_[0] / scale
    frame = pd.DataFrame(
        {
            "candidate": candidate,
            "feature": [INTERCEPT, *features],
            "transform": ["identity", *features.values()],
            "fill_value": [0.0, *fill],
            "weight": [model.intercept_[0] - weights @ mean, *weights],
            "standardised_weight": [np.nan, *model.coef_[0]],
            "count_training_rows": len(rows),
        }
    )
    return frame


def predict_logistic(rows: pd.DataFrame, coefficients: pd.DataFrame) -> np.ndarray:
    """Apply fitted coefficients, as the SQL models do.

    Parameters
    ----------
    rows : DataFrame, shape (n, ≥ p)
    coefficients : DataFrame
        What `fit_logistic` returned.

    Returns
    -------
    ndarray, shape (n,)
        Probabilities.
    """
    terms = coefficients[coefficients["feature"] != INTERCEPT]
    intercept = coefficients.loc[coefficients["feature"] == INTERCEPT, "weight"].item()
    values = transform(
        rows, dict(zip(terms["feature"], terms["transform"], strict=True))
    )
    values = values.fillna(
        dict(zip(terms["feature"], terms["fill_value"], strict=True))
    )
    return 1 / (1 + np.exp(-(intercept + values.to_numpy() @ terms["weight"])))


def coefficients_table(frames: list[pd.DataFrame]) -> pa.Table:
    """Stack fitted coefficients into one table, which is empty without a fit."""
    if not frames:
        return COEFFICIENTS_SCHEMA.empty_table()
    return conform(pd.concat(frames, ignore_index=True), COEFFICIENTS_SCHEMA)

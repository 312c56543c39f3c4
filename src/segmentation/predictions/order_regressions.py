"""Regressions of orders, which know what the purchase model expects."""

import numpy as np
import pandas as pd

from segmentation.estimators import HistGradientBoostingRegressor, PoissonRegressor
from segmentation.learning.candidates import boosting
from segmentation.learning.tuning import written
from segmentation.linear import Linear, Scale
from segmentation.predictions.forecasts import POISSON, TREES
from segmentation.transforms import transform
from segmentation.trees import Forest

OFFSET = "log_expected_order_days"
# a standard deviation of a feature is expected to change orders by 14 % or so: √(1/50)
PRIOR_PRECISION = 50
TREE_SETTINGS = boosting(0.1, 60, 8, 40, 5.0)
SETTINGS_IN_WORDS = {
    POISSON: f"prior precision of a weight = {PRIOR_PRECISION}",
    TREES: written(TREE_SETTINGS),
}


def fit_poisson(rows: pd.DataFrame, orders: str, features: dict[str, str]) -> Linear:
    """Fit a Poisson regression that corrects what the purchase model expects.

    ln E[orders] = ln(expected orders) + w0 + Σ w_j z_j, with the w_j held near 0: with
    few rows it is the purchase model, with many it says where that is off. A regression
    of orders / expected orders, weighted by expected orders, is one with this offset.

    Parameters
    ----------
    rows : DataFrame
        With the columns of `EXPECTATIONS`.
    orders : str
        The column with the orders.
    features : dict
        Feature name to transform name.

    Returns
    -------
    Linear

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 6.2.
    """
    values = transform(rows, features).to_numpy()
    scale = Scale.of(values)
    expected = np.exp(rows[OFFSET].to_numpy())
    penalty = PRIOR_PRECISION / expected.sum()
    regression = PoissonRegressor(alpha=penalty, max_iter=3000)
    regression.fit(
        scale.apply(values),
        rows[orders].to_numpy(float) / expected,
        sample_weight=expected,
    )
    terms = Linear.from_estimator(regression, scale, features).rows
    terms.loc[terms["feature"] == OFFSET, "weight"] += 1
    return Linear(terms)


def fit_trees(
    rows: pd.DataFrame, orders: str, features: dict[str, str], seed: int
) -> Forest:
    """Boost trees for the Poisson deviance of orders; the margin is their logarithm."""
    values = transform(rows, dict.fromkeys(features, "identity"))
    values = values.dropna(axis="columns", how="all")
    trees = HistGradientBoostingRegressor(
        loss="poisson", early_stopping=False, random_state=seed, **TREE_SETTINGS
    )
    trees.fit(values.to_numpy(), rows[orders].to_numpy(float))
    return Forest.from_boosting(trees, list(values))

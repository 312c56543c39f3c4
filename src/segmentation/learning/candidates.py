"""Who competes to predict a probability, and how each is fitted.

Linear models see transformed features, standardised, with the median for a missing
value; trees see them as they are. Either becomes a table: `Linear` or `Forest`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segmentation.estimators import (
    DecisionTreeClassifier,
    HistGradientBoostingClassifier,
    LogisticRegression,
    one_thread,
)
from segmentation.learning.support_vectors import LinearSVM
from segmentation.linear import Linear, Scale
from segmentation.transforms import transform
from segmentation.trees import Forest

Model = Linear | Forest

Settings = dict[str, float]
"""Of an estimator: names to numbers."""


def logistic(seed: int, **settings: float) -> Any:
    """Return an L2-penalised logistic regression (Hastie et al. 2009, 4.4).

    Newton's method: of few features, half a dozen steps reach the last digits.
    """
    return LogisticRegression(
        solver="newton-cholesky", max_iter=1000, tol=1e-8, **settings
    )


def linear_svm(seed: int, **settings: float) -> Any:
    """Return a linear support vector machine (Cortes & Vapnik 1995)."""
    return LinearSVM(**settings)


def decision_tree(seed: int, **settings: float) -> Any:
    """Return a classification tree (Breiman et al. 1984)."""
    return DecisionTreeClassifier(random_state=seed, **settings)


def boosted_trees(seed: int, **settings: float) -> Any:
    """Return gradient-boosted trees (Friedman 2001) for log loss."""
    return HistGradientBoostingClassifier(
        early_stopping=False, random_state=seed, **settings
    )


def boosting(
    rate: float, trees: int, leaves: int, rows: int, penalty: float
) -> Settings:
    """Name the settings of boosted trees."""
    return {
        "learning_rate": rate,
        "max_iter": trees,
        "max_leaf_nodes": leaves,
        "min_samples_leaf": rows,
        "l2_regularization": penalty,
    }


@dataclass(frozen=True)
class Candidate:
    """A way to learn a probability.

    Attributes
    ----------
    name : str
    make : callable
        Takes a seed and settings, returns an estimator of scikit-learn; that of a
        linear model is given standardised values.
    configurations : tuple of dict
        Settings to tune over, the default first.
    features : dict or None
        Feature name to transform name, where they are not those of the target.
    is_linear : bool
    is_baseline : bool
    is_probability : bool
        Whether the margin is the log odds before calibration, too.
    """

    name: str
    make: Callable[..., Any]
    configurations: tuple[Settings, ...] = field(default=({},))
    features: dict[str, str] | None = None
    is_linear: bool = True
    is_baseline: bool = False
    is_probability: bool = True

    def values(self, rows: pd.DataFrame, features: dict[str, str]) -> pd.DataFrame:
        """Return what the estimator sees, shape (n, p)."""
        chosen = self.features or features
        if self.is_linear:
            return transform(rows, chosen)
        values = transform(rows, dict.fromkeys(chosen, "identity"))
        # a histogram of nothing has no bins
        known = values.dropna(axis="columns", how="all")
        return known if len(known.columns) else values.iloc[:, :1].fillna(0.0)

    def fit(
        self,
        rows: pd.DataFrame,
        labels: pd.Series,
        features: dict[str, str],
        settings: Settings,
        seed: int,
    ) -> Model:
        """Fit to some rows, and return the model as a table.

        Parameters
        ----------
        rows : DataFrame, shape (n, ≥ p)
        labels : Series of bool, shape (n,)
        features : dict
            Feature name to transform name.
        settings : dict
            One of `configurations`.
        seed : int

        Returns
        -------
        Linear or Forest
            Its margin is the log odds, for a support vector machine the distance from
            the separating plane.
        """
        frame = self.values(rows, features)
        values, labels = frame.to_numpy(), labels.to_numpy().astype(int)
        estimator = self.make(seed, **settings)
        if self.is_linear:
            scale = Scale.of(values)
            estimator.fit(scale.apply(values), labels)
            return Linear.from_estimator(estimator, scale, self.features or features)
        with one_thread():
            estimator.fit(values, labels)
        if isinstance(estimator, DecisionTreeClassifier):
            return Forest.from_decision_tree(estimator, list(frame))
        return Forest.from_boosting(estimator, list(frame))


LEARNERS = (
    Candidate(
        "logistic regression",
        logistic,
        tuple({"C": c} for c in (1.0, 0.01, 0.1, 0.001)),
    ),
    Candidate(
        "linear SVM",
        linear_svm,
        tuple({"C": c} for c in (0.1, 0.001, 0.01, 1.0)),
        is_probability=False,
    ),
    Candidate(
        "decision tree",
        decision_tree,
        tuple(
            {"max_depth": depth, "min_samples_leaf": rows}
            for depth, rows in ((5, 100), (4, 50), (6, 100), (7, 200))
        ),
        is_linear=False,
    ),
    # shallow, slow and regularised: a few thousand noisy rows support no more
    Candidate(
        "boosted trees",
        boosted_trees,
        (
            boosting(0.1, 50, 8, 40, 5.0),
            boosting(0.1, 80, 4, 40, 5.0),
            boosting(0.1, 32, 16, 100, 20.0),
            boosting(0.2, 50, 8, 100, 20.0),
        ),
        is_linear=False,
    ),
)


def alone(name: str, feature: str) -> Candidate:
    """Return the baseline that knows one feature only."""
    how = "identity" if feature.endswith("_rate") else "log1p"
    return Candidate(name, logistic, features={feature: how}, is_baseline=True)


class ConstantRate:
    """The same chance for everyone, as an estimator of scikit-learn."""

    coef_: np.ndarray
    intercept_: np.ndarray

    def fit(self, values: np.ndarray, labels: np.ndarray) -> None:
        """Take the rate of the labels, each a half more than counted (Jeffreys)."""
        count = len(labels)
        rate = (labels.sum() + 0.5) / (count + 1)
        self.coef_ = np.zeros((1, values.shape[1]))
        self.intercept_ = np.array([np.log(rate / (1 - rate))])


PURCHASE_BASELINES = (
    Candidate(
        "constant rate",
        lambda seed: ConstantRate(),
        features={"days_since_last_order": "log1p"},
        is_baseline=True,
    ),
    alone("recency alone", "days_since_last_order"),
    alone("frequency alone", "count_orders"),
    alone("past spend alone", "lifetime_net_amount"),
    alone("last year's run-rate", "count_orders_365d"),
    alone("last quarter's orders", "count_orders_90d"),
    # silent for longer than a cut: left (Wübben & Wangenheim 2008)
    Candidate(
        "hiatus rule",
        decision_tree,
        ({"max_depth": 1},),
        features={"days_since_last_order": "identity"},
        is_linear=False,
        is_baseline=True,
    ),
)


def probability(margin: np.ndarray) -> np.ndarray:
    """Return the probabilities of log odds."""
    return 1 / (1 + np.exp(-margin))

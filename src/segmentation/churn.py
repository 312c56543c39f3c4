"""Churn: which customers will not buy within the horizon after an anchor.

Candidates are learnt from earlier anchors and judged on the latest one whose horizon
is over; the served one is then learnt again from all of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.estimators import (
    HistGradientBoostingClassifier,
    one_thread,
)
from segmentation.frames import conform, sorted_by_key
from segmentation.linear import coefficients_table, fit_logistic, predict_logistic
from segmentation.scorecards import (
    SCORECARD_SCHEMA,
    classification_metrics,
    scorecard,
    verdict_only,
)
from segmentation.transforms import transform

LABEL = "is_churned"
RECENCY = {"days_since_last_order": "log1p"}

TREE_SCORES_SCHEMA = pa.schema(
    [("customer_id", pa.string()), ("churn_probability", pa.float64())]
)


def too_little(labelled: pd.DataFrame, min_rows: int) -> str | None:
    """Say why churn cannot be learnt from some rows, or None where it can."""
    if len(labelled) < min_rows:
        return f"too little data: {len(labelled)} labelled rows, {min_rows} are needed"
    rate = labelled[LABEL].mean()
    if rate in (0, 1):
        return f"nothing to learn: {'all' if rate else 'no'} customers churned"
    return None


@dataclass(frozen=True)
class Trees:
    """Boosted trees fitted to churn.

    Attributes
    ----------
    model : HistGradientBoostingClassifier
    features : dict
        Feature name to transform name; a feature that was missing in every training
        row is not among them.
    """

    model: HistGradientBoostingClassifier
    features: dict[str, str]

    @classmethod
    def fit(cls, rows: pd.DataFrame, features: dict[str, str], seed: int) -> "Trees":
        """Fit boosted trees to churn; missing values stay missing.

        Parameters
        ----------
        rows : DataFrame
            The features and `is_churned`.
        features : dict
            Feature name to transform name.
        seed : int

        Returns
        -------
        Trees

        References
        ----------
        Friedman (2001), Greedy function approximation, Annals of Statistics 29(5).
        """
        values = transform(rows, features).dropna(axis="columns", how="all")
        # shallow, slow and regularised: a few thousand noisy rows support no more
        model = HistGradientBoostingClassifier(
            learning_rate=0.04,
            max_iter=120,
            max_leaf_nodes=8,
            min_samples_leaf=40,
            l2_regularization=5.0,
            early_stopping=False,
            random_state=seed,
        )
        with one_thread():
            model.fit(values.to_numpy(), rows[LABEL].astype(int))
        return cls(model, {name: features[name] for name in values})

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        """Predict churn probabilities, shape (n,)."""
        values = transform(rows, self.features).to_numpy()
        with one_thread():
            return self.model.predict_proba(values)[:, 1]


def backtest(
    labelled: pd.DataFrame,
    features: dict[str, str],
    *,
    seed: int,
    min_rows: int,
) -> pa.Table:
    """Judge the candidates on the backtest anchor, learning from earlier ones only.

    Parameters
    ----------
    labelled : DataFrame
        One row per customer and labelled anchor, in any order: `customer_id`,
        `anchor_date`, `anchor_role` ('training' or 'backtest'), `is_churned` and the
        features.
    features : dict
        Feature name to transform name.
    seed : int
    min_rows : int
        With fewer rows on either side there is a verdict instead of a model.

    Returns
    -------
    pyarrow.Table
        `SCORECARD_SCHEMA`; candidates 'logistic regression', 'boosted trees' and the
        baseline 'recency alone': a logistic regression on nothing but the days since
        the last order.
    """
    labelled = sorted_by_key(labelled, "anchor_date", "customer_id")
    train = labelled[labelled["anchor_role"] == "training"]
    test = labelled[labelled["anchor_role"] == "backtest"]
    counts = {"count_training_rows": len(train), "count_test_rows": len(test)}
    for side, rows in {"training": train, "backtest": test}.items():
        problem = too_little(rows, min_rows)
        if problem:
            frame = verdict_only(f"{problem} ({side} anchors)", **counts)
            return conform(frame, SCORECARD_SCHEMA)
    logistic = fit_logistic(
        train, train[LABEL], features, candidate="logistic regression"
    )
    recency = fit_logistic(train, train[LABEL], RECENCY, candidate="recency alone")
    trees = Trees.fit(train, features, seed)
    scores = {
        "logistic regression": predict_logistic(test, logistic),
        "boosted trees": trees.predict(test),
        "recency alone": predict_logistic(test, recency),
    }
    metrics = {
        candidate: classification_metrics(test[LABEL].to_numpy(), score)
        for candidate, score in scores.items()
    }
    frame = scorecard(
        metrics, baseline="recency alone", deciding_metric="auc", **counts
    )
    return conform(frame, SCORECARD_SCHEMA)


def learn_coefficients(
    labelled: pd.DataFrame, features: dict[str, str], *, min_rows: int
) -> pa.Table:
    """Learn the coefficients that score today, from every labelled anchor.

    Parameters
    ----------
    labelled : DataFrame
        As in `backtest`.
    features : dict
        Feature name to transform name.
    min_rows : int
        With fewer rows there are no coefficients.

    Returns
    -------
    pyarrow.Table
        `segmentation.linear.COEFFICIENTS_SCHEMA`; for 'logistic regression' and
        'recency alone'.
    """
    labelled = sorted_by_key(labelled, "anchor_date", "customer_id")
    if too_little(labelled, min_rows):
        return coefficients_table([])
    return coefficients_table(
        [
            fit_logistic(labelled, labelled[LABEL], chosen, candidate=candidate)
            for candidate, chosen in {
                "logistic regression": features,
                "recency alone": RECENCY,
            }.items()
        ]
    )


def score_with_trees(
    labelled: pd.DataFrame,
    batches: Iterable[pa.RecordBatch],
    features: dict[str, str],
    *,
    seed: int,
    min_rows: int,
) -> Iterator[pa.RecordBatch]:
    """Learn trees from every labelled anchor, and score customers batch by batch.

    Parameters
    ----------
    labelled : DataFrame
        As in `backtest`.
    batches : iterable of pyarrow.RecordBatch
        The customers to score: `customer_id` and the features. Read one at a time,
        so memory does not grow with the number of customers.
    features : dict
        Feature name to transform name.
    seed : int
    min_rows : int
        With fewer labelled rows nothing is scored.

    Yields
    ------
    pyarrow.RecordBatch
        `TREE_SCORES_SCHEMA`.
    """
    labelled = sorted_by_key(labelled, "anchor_date", "customer_id")
    if too_little(labelled, min_rows):
        return
    trees = Trees.fit(labelled, features, seed)
    for batch in batches:
        if batch.num_rows:
            customers = batch.to_pandas()
            probabilities = trees.predict(customers)
            yield pa.RecordBatch.from_arrays(
                [pa.array(customers["customer_id"], pa.string()), probabilities],
                schema=TREE_SCORES_SCHEMA,
            )

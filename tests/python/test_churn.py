import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from segmentation.churn import (
    TREE_SCORES_SCHEMA,
    backtest,
    learn_coefficients,
    score_with_trees,
)
from segmentation.linear import (
    COEFFICIENTS_SCHEMA,
    fit_logistic,
    predict_logistic,
)
from segmentation.scorecards import SCORECARD_SCHEMA, classification_metrics, scorecard

FEATURES = {
    "days_since_last_order": "log1p",
    "count_orders": "log1p",
    "net_amount_trend": "identity",
}


def labelled(count=3_000, seed=1, signal=1.0):
    """Return labelled rows in which all three features tell of churn."""
    rng = np.random.default_rng(seed)
    days = rng.integers(1, 400, count)
    orders = rng.geometric(0.3, count)
    trend = rng.uniform(-1, 1, count)
    odds = signal * (np.log1p(days) - 4.5 - np.log1p(orders) + 1.2 - 2 * trend)
    return pd.DataFrame(
        {
            "customer_id": [f"c{number:05d}" for number in range(count)],
            "anchor_date": np.where(np.arange(count) % 3, "2024-01-01", "2024-04-01"),
            "anchor_role": np.where(np.arange(count) % 3, "training", "backtest"),
            "days_since_last_order": days,
            "count_orders": orders,
            "net_amount_trend": np.where(rng.random(count) < 0.1, np.nan, trend),
            "is_churned": rng.random(count) < 1 / (1 + np.exp(-odds)),
        }
    )


def judged(rows, min_rows=100):
    table = backtest(rows, FEATURES, seed=7, min_rows=min_rows)
    assert table.schema == SCORECARD_SCHEMA
    return table.to_pandas()


def auc(card):
    return card[card["metric"] == "auc"].set_index("candidate")["metric_value"]


def test_the_better_candidate_serves_and_beats_recency():
    card = judged(labelled())
    values = auc(card)
    assert values.drop("recency alone").min() > values["recency alone"] + 0.05
    serving = card.loc[card["is_serving"], "candidate"].unique()
    assert serving == [values.idxmax()]


def test_where_only_recency_tells_the_baseline_serves_or_is_nearly_matched():
    rows = labelled()
    rng = np.random.default_rng(2)
    churn = 1 / (1 + np.exp(-2 * (np.log1p(rows["days_since_last_order"]) - 5)))
    rows["is_churned"] = rng.random(len(rows)) < churn
    card = judged(rows)
    best = auc(card).drop("recency alone").max()
    serves_baseline = card.loc[card["is_serving"], "is_baseline"].all()
    assert serves_baseline == (best <= auc(card)["recency alone"])
    assert best < auc(card)["recency alone"] + 0.01


def test_shuffled_labels_give_a_coin():
    rows = labelled()
    rows["is_churned"] = rows["is_churned"].sample(frac=1, random_state=4).to_numpy()
    # the standard error of an AUC of .5 on 1,000 rows in even classes is .018
    assert auc(judged(rows)).between(0.5 - 0.055, 0.5 + 0.055).all()


def test_candidates_never_learn_from_the_backtest_anchor():
    rows = labelled()
    spoilt = rows.copy()
    test = spoilt["anchor_role"] == "backtest"
    spoilt.loc[test, "is_churned"] = ~spoilt.loc[test, "is_churned"]
    # with every test label turned round, a model that never saw them is turned round
    np.testing.assert_allclose(auc(judged(rows)), 1 - auc(judged(spoilt)), atol=1e-12)


def test_the_order_of_rows_changes_nothing():
    rows = labelled()
    shuffled = rows.sample(frac=1, random_state=5)
    pd.testing.assert_frame_equal(judged(rows), judged(shuffled))
    assert learn_coefficients(rows, FEATURES, min_rows=100).equals(
        learn_coefficients(shuffled, FEATURES, min_rows=100)
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (labelled(90), "too little data"),
        (labelled(0), "too little data: 0 labelled rows"),
        (labelled().assign(is_churned=True), "all customers churned"),
        (labelled().assign(is_churned=False), "no customers churned"),
        (labelled().assign(anchor_role="backtest"), "training anchors"),
        (labelled().assign(anchor_role="training"), "backtest anchors"),
    ],
)
def test_with_nothing_to_learn_there_is_a_verdict_and_nothing_serves(rows, said):
    card = judged(rows)
    assert len(card) == 1
    assert said in card["verdict"].item()
    assert not card["is_serving"].item()


def test_with_nothing_to_learn_nothing_is_scored():
    rows = labelled(50)
    coefficients = learn_coefficients(rows, FEATURES, min_rows=100)
    assert coefficients.schema == COEFFICIENTS_SCHEMA
    assert coefficients.num_rows == 0
    batches = [pa.RecordBatch.from_pandas(rows, preserve_index=False)]
    assert not list(score_with_trees(rows, batches, FEATURES, seed=7, min_rows=100))


def test_logistic_coefficients_are_scikit_learns():
    rows = labelled().dropna()
    ours = fit_logistic(
        rows, rows["is_churned"], FEATURES, candidate="logistic", penalty=1.0
    )
    values = np.column_stack(
        [
            np.log1p(rows["days_since_last_order"]),
            np.log1p(rows["count_orders"]),
            rows["net_amount_trend"],
        ]
    )
    theirs = make_pipeline(StandardScaler(), LogisticRegression(C=1, tol=1e-8))
    theirs.fit(values, rows["is_churned"])
    np.testing.assert_allclose(
        predict_logistic(rows, ours), theirs.predict_proba(values)[:, 1], atol=1e-6
    )


def test_a_missing_value_is_taken_as_the_median():
    rows = labelled()
    fitted = fit_logistic(rows, rows["is_churned"], FEATURES, candidate="logistic")
    median = rows["net_amount_trend"].median()
    filled = rows.assign(net_amount_trend=rows["net_amount_trend"].fillna(median))
    np.testing.assert_allclose(
        predict_logistic(rows, fitted), predict_logistic(filled, fitted)
    )


def test_trees_score_in_batches_as_they_score_at_once():
    rows = labelled()
    batch = pa.RecordBatch.from_pandas(rows, preserve_index=False)
    parts = [batch.slice(start, 700) for start in range(0, len(rows), 700)]

    def scores(batches):
        found = score_with_trees(rows, batches, FEATURES, seed=7, min_rows=100)
        return pa.Table.from_batches(found, TREE_SCORES_SCHEMA)

    assert scores(parts).combine_chunks().equals(scores([batch]).combine_chunks())
    assert scores([batch])["churn_probability"].to_pandas().between(0, 1).all()


def test_trees_do_without_a_feature_that_is_missing_everywhere():
    rows = labelled().assign(net_amount_trend=np.nan)
    assert auc(judged(rows))["boosted trees"] > 0.6


def test_metrics_of_a_perfect_and_of_a_reversed_forecast():
    labels = np.array([True, False, True, False])
    perfect = classification_metrics(labels, labels.astype(float))
    assert (perfect["auc"], perfect["average_precision"]) == (1, 1)
    assert perfect["brier_score"] == 0
    reverse = classification_metrics(labels, 1 - labels.astype(float))
    assert (reverse["auc"], reverse["brier_score"]) == (0, 1)


@pytest.mark.parametrize(
    ("model", "baseline", "serving"),
    [(0.8, 0.7, "model"), (0.7, 0.7, "naive"), (0.6, 0.7, "naive")],
)
def test_only_a_model_that_beats_the_baseline_serves(model, baseline, serving):
    both = {"average_precision": 0.5, "brier_score": 0.2}
    card = scorecard(
        {"model": {"auc": model, **both}, "naive": {"auc": baseline, **both}},
        baseline="naive",
        deciding_metric="auc",
        count_training_rows=10,
        count_test_rows=10,
    )
    assert card.loc[card["is_serving"], "candidate"].unique() == [serving]
    assert (card["beats_baseline"] & card["is_baseline"]).sum() == 0

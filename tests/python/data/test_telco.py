"""IBM Telco: the candidates do on a set everybody knows what is published for it.

Every figure and tolerance is a line of REFERENCE.md, section IBM Telco.
"""

import duckdb
import numpy as np
import pandas as pd
import pytest
from jinja2 import Environment
from places import DATA, ROOT, needs
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    roc_auc_score,
)
from sklearn.model_selection import StratifiedKFold

from segmentation.evidence.metrics import probability_metrics
from segmentation.learning.candidates import LEARNERS, probability
from segmentation.learning.groups import GROUPINGS, group_figures
from segmentation.learning.suspects import suspects
from segmentation.predictions.probability_models import Target

SOURCE = DATA / "telco_churn/telco_churn.parquet"
pytestmark = needs(SOURCE)
NAMES = [learner.name for learner in LEARNERS]


@pytest.fixture(scope="module")
def customers():
    """Return numbers as they are, a 0 or 1 per category, and `churned`."""
    rows = pd.read_parquet(SOURCE)
    # missing for the 11 who have not paid their first bill yet
    rows["TotalCharges"] = rows["TotalCharges"].fillna(0)
    values = pd.get_dummies(rows.drop(columns=["customerID", "Churn"]), dtype=float)
    return values.assign(churned=rows["Churn"] == "Yes")


@pytest.fixture(scope="module")
def features(customers):
    return dict.fromkeys(customers.columns.drop("churned"), "identity")


@pytest.fixture(scope="module")
def folds(customers):
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=42)
    return list(folds.split(customers, customers["churned"]))


@pytest.fixture(scope="module")
def margins(customers, features, folds):
    """Return each candidate's margins, every customer's by a fit without him."""
    labels = customers["churned"]
    found = pd.DataFrame(index=customers.index, columns=NAMES, dtype=float)
    for learner in LEARNERS:
        for train, test in folds:
            model = learner.fit(
                customers.iloc[train],
                labels.iloc[train],
                features,
                learner.configurations[0],
                seed=42,
            )
            found.loc[test, learner.name] = model.margin(customers.iloc[test])
    return found


@pytest.fixture(scope="module")
def auc_by_fold(customers, folds, margins):
    labels = customers["churned"]
    return pd.DataFrame(
        {
            name: [
                roc_auc_score(labels.iloc[test], margins[name].iloc[test])
                for _, test in folds
            ]
            for name in NAMES
        }
    )


def measured(actual, predicted):
    found = probability_metrics(
        actual.to_numpy(float), predicted.to_numpy(), None, np.ones((len(actual), 1))
    )
    return {metric: values.item() for metric, values in found.items()}


def test_the_customers_are_the_published_ones(customers, features):
    assert len(customers) == 7_043
    assert customers["churned"].mean() == pytest.approx(0.2654, abs=0.00005)
    assert len(features) == 4 + 41  # numbers, and the values of 15 categories


def test_logistic_regression_does_what_is_published(customers, margins, auc_by_fold):
    by_fold = auc_by_fold["logistic regression"]
    all_folds = measured(
        customers["churned"], probability(margins["logistic regression"])
    )

    assert by_fold.mean() == pytest.approx(0.845, abs=0.001)
    assert by_fold.std(ddof=0) == pytest.approx(0.013, abs=0.001)
    # these are of all customers at once; the mean over folds of AP is .657
    assert all_folds["average_precision"] == pytest.approx(0.654, abs=0.001)
    assert all_folds["brier_score"] == pytest.approx(0.136, abs=0.001)
    assert all_folds["top_decile_lift"] == pytest.approx(2.87, abs=0.01)


def test_boosted_trees_do_what_is_published(auc_by_fold):
    by_fold = auc_by_fold["boosted trees"]

    # ours are shallower than scikit-learn's own settings, which give .835; .848 here
    assert by_fold.mean() == pytest.approx(0.845, abs=0.005)
    assert by_fold.std(ddof=0) == pytest.approx(0.010, abs=0.002)


def test_the_other_candidates_are_near_and_nobody_leaks(auc_by_fold):
    mean = auc_by_fold.mean()

    # a separating plane ranks as the log odds do; one tree has 32 ranks at most
    assert mean["linear SVM"] == pytest.approx(mean["logistic regression"], abs=0.006)
    assert 0.82 < mean["decision tree"] < mean["logistic regression"]
    # claims above .90 are of a leak: nobody comes near
    assert auc_by_fold.max(axis=None) < 0.88


def test_probabilities_have_the_level_of_what_came(customers, margins):
    for name in ("logistic regression", "decision tree", "boosted trees"):
        found = measured(customers["churned"], probability(margins[name]))
        assert found["mean_predicted"] == pytest.approx(0.2654, abs=0.003), name
        # noise alone makes about .01 in ten bins of 704
        assert found["calibration_error"] < 0.025, name


@pytest.mark.parametrize("name", NAMES)
def test_our_metrics_are_those_of_scikit_learn(customers, margins, name):
    actual, predicted = customers["churned"], probability(margins[name])
    found = measured(actual, predicted)

    theirs = {
        "auc": roc_auc_score,
        "average_precision": average_precision_score,
        "brier_score": brier_score_loss,
        "log_loss": log_loss,
    }
    for metric, function in theirs.items():
        assert found[metric] == pytest.approx(function(actual, predicted), abs=1e-12)
    # the margin ranks as its probability does
    assert roc_auc_score(actual, margins[name]) == pytest.approx(found["auc"], abs=1e-9)


def test_trap_the_probability_of_the_predicted_class_is_no_churn_score(
    customers, margins
):
    churned = customers["churned"]
    for name in ("logistic regression", "boosted trees"):
        ours = probability(margins[name])
        # what `predict_proba(...).max(axis=1)` gives: how sure one is, of either class
        sure = np.maximum(ours, 1 - ours)

        # far worse than a coin; .217 is what a logistic regression gives
        worse = roc_auc_score(churned, sure)
        assert worse < 0.25
        if name == "logistic regression":
            assert worse == pytest.approx(0.217, abs=0.002)
        # those it puts first stay: the safest customers, as the most likely to churn
        first = sure.sort_values(ascending=False, kind="stable").index[:704]
        assert churned[first].mean() < 0.05
        assert roc_auc_score(churned, ours) > 0.84


def test_no_feature_of_telco_is_taken_for_one_that_knows_the_future(
    customers, features
):
    target = Target("churn", "churned", 90, features)
    assert suspects(customers, target.label, target.all_features) == {}

    # a column that is filled in when the customer leaves
    rng = np.random.default_rng(1)
    closed = customers["churned"] & (rng.random(len(customers)) < 0.99)
    told = customers.assign(account_closed=closed.astype(float))
    target = Target("churn", "churned", 90, {**features, "account_closed": "identity"})
    assert list(suspects(told, target.label, target.all_features)) == ["account_closed"]


FORMULAS = (
    "statistics/normal_quantile",
    "statistics/ratio_bound",
    "statistics/wilson_bound",
    "statistics/newcombe_bound",
    "fairness/fairness_of",
)


def fairness(counts):
    """Judge groups by the macro that the mart is made with."""
    macros = "".join((ROOT / f"macros/{name}.sql").read_text() for name in FORMULAS)
    query = Environment().from_string(macros).module.fairness_of("counts", 50)
    with duckdb.connect() as connection:
        connection.register("counts", counts)
        return connection.sql(query).df().set_index(["attribute", "group_name"])


def test_the_fifth_most_likely_to_churn_are_of_either_gender_and_mostly_old(
    customers, margins
):
    """Boosted trees: gender passes, senior citizens do not, as is published."""
    raw = pd.read_parquet(SOURCE)
    people = pd.DataFrame(
        {"customer_id": raw["customerID"]} | dict.fromkeys(GROUPINGS, "all")
    ).assign(gender=raw["gender"], protected_senior=raw["SeniorCitizen"].astype(str))
    predictions = pd.DataFrame(
        {
            "customer_id": raw["customerID"],
            "actual": customers["churned"].astype(float),
            "predicted": probability(margins["boosted trees"]),
        }
    )
    groups = group_figures(predictions, people, "probability", 0.2)
    counts = groups.assign(
        audience_kind="model",
        audience="churn",
        attribute=groups["grouping"],
        count_judged=groups["count_customers"],
        count_judged_selected=groups["count_selected"],
        mean_observed=groups["mean_actual"],
    )
    found = fairness(counts).query("verdict in ('passes', 'fails')")
    print(found.filter(regex="ratio|gap|verdict").T.to_string())  # with pytest -s

    gender = found.loc["gender"].squeeze()
    senior = found.loc["protected_senior"].squeeze()
    assert (gender["verdict"], senior["verdict"]) == ("passes", "fails")
    # which trees, and which folds, moves the ratios by up to .04 (by scikit-learn's
    # that of senior citizens is .44): what is published lies within the intervals
    for group, ratio, gap in ((gender, 0.945, -0.022), (senior, 0.426, -0.173)):
        assert group["selection_ratio_lower"] < ratio < group["selection_ratio_upper"]
        assert group["selection_ratio"] == pytest.approx(ratio, abs=0.05)
        assert group["true_positive_gap_lower"] < gap < group["true_positive_gap_upper"]
        assert group["true_positive_gap"] == pytest.approx(gap, abs=0.05)
    # who is selected less often is missed more often
    assert senior["true_positive_gap_upper"] < 0

    # the interval is that of the log ratio; its quantile is wrong by .0005 at most
    both = groups.query("grouping == 'protected_senior'").sort_values("group_name")
    k = both["count_selected"].to_numpy(float) + 0.5
    n = both["count_customers"].to_numpy(float) + 0.5
    half = 1.959964 * np.sqrt((1 / k - 1 / n).sum())
    bounds = k[0] / n[0] / (k[1] / n[1]) * np.exp([-half, half])
    named = senior[["selection_ratio_lower", "selection_ratio_upper"]]
    assert list(named) == pytest.approx(list(bounds), abs=1e-3)

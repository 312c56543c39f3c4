"""What predictions say of groups of customers, and of whom they say nothing."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from segmentation.learning.groups import GROUPINGS, group_figures

# 50 are enough to be named
SIZES = {"DE": 70, "FR": 50, "IS": 49, "MT": 3}


@pytest.fixture
def customers():
    countries = np.repeat(list(SIZES), list(SIZES.values()))
    ids = [f"c{number:03d}" for number in range(len(countries))]
    frame = pd.DataFrame({"customer_id": ids} | dict.fromkeys(GROUPINGS, "all"))
    return frame.assign(country=countries, gender=None)


def predictions_of(customers, kind):
    rng = np.random.default_rng(4)
    predicted = rng.random(len(customers))
    actual = predicted * rng.poisson(1, len(customers))
    if kind == "probability":
        actual = (rng.random(len(customers)) < predicted).astype(float)
    return customers[["customer_id"]].assign(actual=actual, predicted=predicted)


@pytest.mark.parametrize(
    ("kind", "metric", "rank"),
    [
        ("probability", "auc", roc_auc_score),
        ("amount", "spearman", lambda *some: spearmanr(*some).statistic),
    ],
)
def test_a_group_is_measured_on_its_own_customers(customers, kind, metric, rank):
    predictions = predictions_of(customers, kind)
    shuffled = predictions.sample(frac=1, random_state=1)
    found = group_figures(shuffled, customers, kind).set_index(
        ["grouping", "group_name"]
    )
    assert set(found["rank_metric"]) == {metric}
    for name in ("DE", "FR"):
        here = predictions[customers["country"] == name]
        row = found.loc["country", name]
        assert row["count_customers"] == SIZES[name]
        assert row["mean_predicted"] == pytest.approx(here["predicted"].mean())
        assert row["mean_actual"] == pytest.approx(here["actual"].mean())
        assert row["rank_value"] == pytest.approx(
            rank(here["actual"], here["predicted"])
        )
    # the small ones are told together, here of enough customers to be shown
    others = found.loc["country", "too few to tell"]
    assert others["count_customers"] == SIZES["IS"] + SIZES["MT"]
    assert set(found.loc["country"].index) == {"DE", "FR", "too few to tell"}
    assert found.loc["gender"].index.tolist() == ["unknown"]


def test_of_fewer_customers_than_can_be_told_there_is_a_number_alone(customers):
    few = customers[customers["country"] != "IS"]
    found = group_figures(predictions_of(few, "probability"), few, "probability")
    (row,) = found[found["group_name"] == "too few to tell"].to_dict("records")
    assert row["count_customers"] == SIZES["MT"]
    assert np.isnan(
        [row[n] for n in ("mean_predicted", "mean_actual", "rank_value")]
    ).all()

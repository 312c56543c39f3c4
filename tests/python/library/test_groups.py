"""What predictions say of groups of customers, and of whom they say nothing."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from segmentation.learning.groups import GROUPINGS, group_figures, top

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


def test_who_would_have_been_selected_is_counted_with_what_came_of_it(customers):
    """The top fifth of 172 are 34."""
    rng = np.random.default_rng(5)
    predictions = predictions_of(customers, "probability").assign(
        predicted=rng.permutation(len(customers)) / 1000, origin_date="2024-04-01"
    )
    own = customers.assign(protected_faith=np.where(customers.index % 2, "a", "b"))
    found = group_figures(predictions, own, "probability").set_index(
        ["grouping", "group_name"]
    )
    selected = predictions["predicted"].nlargest(34).index
    for grouping, name in (
        ("country", "DE"),
        ("country", "FR"),
        ("protected_faith", "a"),
    ):
        here = own.index[own[grouping] == name]
        came = here[predictions.loc[here, "actual"] > 0]
        row = found.loc[grouping, name]
        assert row["count_selected"] == len(here.intersection(selected))
        assert row["count_outcomes"] == len(came)
        assert row["count_selected_outcomes"] == len(came.intersection(selected))
    assert found.loc["acquisition_channel", "all"]["count_selected"] == 34
    assert set(found["origin_date"]) == {"2024-04-01"}


def test_of_amounts_the_outcome_is_to_be_among_as_many_who_spent_most(customers):
    predictions = predictions_of(customers, "amount").assign(
        actual=np.arange(len(customers)), predicted=-np.arange(len(customers))
    )
    found = group_figures(predictions, customers, "amount", 0.25)
    (everybody,) = found[found["group_name"] == "unknown"].to_dict("records")
    assert everybody["count_selected"] == everybody["count_outcomes"] == 43
    assert everybody["count_selected_outcomes"] == 0
    # who spends nothing is no big spender
    predictions["actual"] = (predictions.index < 9).astype(float)
    found = group_figures(predictions, customers, "amount", 0.25)
    assert found.loc[found["group_name"] == "unknown", "count_outcomes"].item() == 9


def test_of_equals_on_the_cut_the_order_of_rows_and_ids_takes_nobody(customers):
    """As many are taken as fit, whoever comes first, and not the lowest ids."""
    names, values = customers["customer_id"], np.full(len(customers), 0.5)
    values[[3, 150]] = 0.9
    taken = top(values, names, 0.2)
    assert taken.sum() == 34
    assert taken[[3, 150]].all()
    assert set(names[taken]) == set(names[::-1][top(values[::-1], names[::-1], 0.2)])
    assert 5 < taken[:86].sum() < 29
    assert top(values, names, 0.001).sum() == 0

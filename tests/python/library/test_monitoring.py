"""What a fit stores to be watched by, and what came of what it predicted."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation.learning.fit_rows import fits_table
from segmentation.learning.past import is_due
from segmentation.learning.reference import SCORE, cuts, numbers, reference, watched
from segmentation.linear import COEFFICIENTS_SCHEMA
from segmentation.predictions.realised import realised
from segmentation.world import shifts
from segmentation.world.shifts import Shift


def test_a_common_least_value_has_a_bin_of_its_own_and_tenths_are_of_the_rest():
    values = np.array([0.0] * 20 + list(range(1, 81)))
    least, edges = cuts(values)
    assert least == 0
    assert edges.tolist() == [8, 16, 24, 32, 40, 48, 56, 64, 72]
    some = np.array([np.nan, 0, 1, 8, 9, 72, 73, 999])
    assert numbers(some, least, edges).tolist() == [0, 1, 2, 2, 3, 10, 11, 11]


def test_a_rare_least_value_has_none():
    least, edges = cuts(np.arange(1.0, 101.0))
    assert np.isnan(least)
    assert edges.tolist() == [10, 20, 30, 40, 50, 60, 70, 80, 90]


def test_without_values_all_are_missing_and_without_others_all_are_least():
    assert np.isnan(cuts(np.array([np.nan]))[0])
    least, edges = cuts(np.zeros(5))
    assert numbers(np.array([0.0, 1.0]), least, edges).tolist() == [1, 2]


def past_customers():
    rows = pd.DataFrame(
        {
            "anchor_date": pd.Timestamp(2024, 1, 1),
            "anchor_number": [2] * 30 + [3] * 20,
            "days_since_first_order": [10.0] * 10 + [93.0] * 20 + [np.nan] * 20,
            "amount": [*range(30), *[1000] * 20],
        }
    )
    rows.loc[rows["anchor_number"] == 3, "anchor_date"] = pd.Timestamp(2023, 10, 1)
    return rows


def test_customers_are_counted_by_anchor_and_tenure_in_bins_of_what_was_learned_from():
    rows = past_customers()
    seen = watched(rows, ["amount", "made_up"], np.arange(50) / 50)
    found = reference(seen, {2})
    assert found["feature_bins"]["feature"].tolist() == ["amount", SCORE]
    # tenths of the thirty learned from, of which nobody has 1000
    assert found["feature_bins"]["edge_9"].iloc[0] == 26
    counts = found["feature_counts"].query("feature == 'amount'")
    key = counts[["anchor_date", "tenure_band", "is_learned"]].to_numpy().tolist()
    newer, older = date(2024, 1, 1), date(2023, 10, 1)
    assert key == [[newer, 1, True], [newer, 2, True], [older, 1, False]]
    bins = counts.filter(like="count_").sum(axis=1)
    assert bins.tolist() == [10, 20, 20]
    assert counts["count_10"].tolist() == [0, 3, 20]


@pytest.mark.parametrize(
    ("age", "unhealthy", "due"),
    [(7, {"a"}, True), (6, {"a"}, False), (7, {"b"}, False)],
)
def test_a_fit_found_unhealthy_is_due_after_a_week(age, unhealthy, due):
    last = pd.Series(
        {
            "fit_id": "a", "settings_hash": "s", "champion": "model",
            "training_fingerprint": "t", "data_from": date(2020, 1, 1),
            "fit_date": date(2024, 1, 1),
        }
    )  # fmt: skip
    today = last.to_dict() | {"fit_date": date(2024, 1, 1 + age)}
    asked = {"refit_every_days": 30, "is_learnable": True}
    assert is_due(last, today, unhealthy=frozenset(unhealthy), **asked) == due


def fit(fit_id, fit_date, weight):
    row = {"feature": "(intercept)", "transform": "identity", "weight": weight}
    rows = pd.DataFrame([row], columns=COEFFICIENTS_SCHEMA.names)
    return {
        "fit_id": fit_id, "target": "churn", "kind": "probability", "champion": "model",
        "label": "is_churned", "horizon_days": 90, "fit_number": 1,
        "fit_date": fit_date, "coefficients": rows,
    }  # fmt: skip


def outcomes(**more):
    every = [
        pd.DataFrame(
            {
                "customer_id": [f"c{n}" for n in range(100)],
                "anchor_date": pd.Timestamp(day),
                "is_churned": [n < 60 for n in range(100)],
            }
        )
        for day in ("2024-01-01", "2024-04-01", "2024-07-01")
    ]
    every[2]["is_churned"] = None  # not known yet
    customers = pd.concat(every, ignore_index=True)
    fits = fits_table(
        [fit("old", date(2024, 1, 1), 0.0), fit("new", date(2024, 3, 1), 1.0)]
    ).to_pandas()
    asked = {"churn_horizon": 90, "most_anchors": 3, "seed": 1, "bootstrap_samples": 20}
    return realised(customers, [], fits, **asked | more).to_pandas()


def test_each_past_anchor_is_measured_by_the_fit_that_served_then():
    found = outcomes()
    told = found[found["metric"] == "mean_predicted"]
    assert told["fit_id"].tolist() == ["new", "old"]
    assert told["metric_value"].to_numpy() == pytest.approx([1 / (1 + np.exp(-1)), 0.5])
    came = found[found["metric"] == "observed_rate"]
    assert came["metric_value"].tolist() == [0.6, 0.6]
    assert (came["lower_bound"] < 0.6).all()
    assert (came["upper_bound"] > 0.6).all()


def test_no_more_anchors_than_asked_are_measured_and_none_of_another_horizon():
    assert outcomes(most_anchors=1)["fit_id"].unique().tolist() == ["new"]
    assert outcomes(churn_horizon=30).empty


def test_shifts_begin_on_their_day():
    time = np.array([9.0, 10.0, 11.0])
    assert shifts.price_rises(Shift("price_rise", 10), time).tolist() == [1, 1.3, 1.3]
    first, last = np.array([0.0, 12.0, 0.0]), np.array([20.0, 20.0, 5.0])
    halved = shifts.dropout_times(Shift("doubled_dropout", 10), [1], first, last)
    assert halved.tolist() == [15, 16, 5]
    many = np.zeros(1000)
    left = shifts.dropout_times(Shift("doubled_churn", 10), [1], many, many + 99)
    assert 0.55 < (left == 10).mean() < 0.65
    moved = shifts.channels(Shift("channel_switch", 10), [1], many + 10, many, 2)
    assert 0.55 < (moved == 2).mean() < 0.65
    assert (shifts.channels(Shift("channel_switch", 10), [1], many, many, 2) == 0).all()

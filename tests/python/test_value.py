import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from segmentation.purchases.summaries import summarise
from segmentation.purchases.value import VALUES_SCHEMA
from segmentation.scorecards import SCORECARD_SCHEMA, amount_metrics
from segmentation.value import (
    ANCHORED_PARAMETERS_SCHEMA,
    BASELINE,
    MODEL,
    backtest,
    learn_parameters,
    score,
    summaries,
)

HORIZON = 90


def customers(count=1_500, seed=1):
    """Return BG/NBD customers at a backtest anchor, with what came after it."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        rate = rng.gamma(0.8, 1 / 30)
        leaves = rng.beta(0.6, 2.5)
        age = int(rng.integers(100, 700))
        spend = 5 * rng.gamma(6, 1) / rng.gamma(4, 1) * 10
        days, day, alive = [0.0], 0.0, True
        while alive and day < age + HORIZON:
            day += rng.exponential(1 / rate)
            days.append(day)
            alive = rng.random() > leaves
        days = np.unique(np.floor(days))
        seen, later = days[days < age], days[(days >= age) & (days < age + HORIZON)]
        rows.append(
            {
                "customer_id": f"c{number:05d}",
                "anchor_role": "backtest",
                "count_order_days": len(seen),
                "days_since_first_order": age,
                "days_since_last_order": int(age - seen[-1]),
                "avg_repeat_amount": spend if len(seen) > 1 else None,
                "net_amount_365d": spend * (seen >= age - 365).sum(),
                "net_amount_in_horizon": spend * len(later),
            }
        )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def seen():
    return customers()


@pytest.fixture(scope="module")
def parameters(seen):
    both = pd.concat([seen, seen.assign(anchor_role="scoring")])
    table = learn_parameters(both, min_customers=100)
    assert table.schema == ANCHORED_PARAMETERS_SCHEMA
    return table.to_pandas()


def judged(rows, parameters, min_rows=100):
    table = backtest(rows, parameters, horizon_days=HORIZON, min_rows=min_rows)
    assert table.schema == SCORECARD_SCHEMA
    return table.to_pandas()


def values(rows, parameters, size=10_000):
    batches = [
        pa.RecordBatch.from_pandas(rows[start : start + size], preserve_index=False)
        for start in range(0, len(rows), size)
    ]
    found = score(batches, parameters, horizon_days=365, annual_discount_rate=0.1)
    return pa.Table.from_batches(found, VALUES_SCHEMA).to_pandas()


def test_features_give_the_statistics_that_purchases_give():
    purchases = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "a", "b"],
            "purchased_at": pd.to_datetime(
                ["2024-01-01", "2024-01-11", "2024-01-11", "2024-01-21", "2024-02-01"]
            ),
            "amount": [100.0, 3, 4, 13, 50],
        }
    )
    features = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "count_order_days": [3, 1],
            "days_since_first_order": [60, 29],
            "days_since_last_order": [40, 29],
            "avg_repeat_amount": [10.0, None],
        }
    )
    pd.testing.assert_frame_equal(
        summaries(features), summarise(purchases, "2024-03-01"), check_dtype=False
    )


def test_on_its_own_process_the_model_beats_the_run_rate(seen, parameters):
    card = judged(seen, parameters).set_index(["candidate", "metric"])["metric_value"]
    assert card[MODEL, "spearman"] > card[BASELINE, "spearman"]
    assert card[MODEL, "mean_absolute_error"] < card[BASELINE, "mean_absolute_error"]
    # the total of 1,500 customers, most of whom spend nothing and a few much, has a
    # standard error of about 5 %
    assert card[MODEL, "predicted_over_actual"] == pytest.approx(1, abs=0.15)


def test_batches_change_nothing(seen, parameters):
    pd.testing.assert_frame_equal(
        values(seen, parameters), values(seen, parameters, size=400)
    )


def test_a_higher_rate_of_discount_is_worth_less(seen, parameters):
    def total(rate):
        batch = [pa.RecordBatch.from_pandas(seen, preserve_index=False)]
        found = score(batch, parameters, horizon_days=365, annual_discount_rate=rate)
        return sum(part["expected_value_amount"].to_pandas().sum() for part in found)

    assert total(0.0) > total(0.1) > 0.9 * total(0.0)


def test_the_order_of_rows_changes_nothing(seen, parameters):
    shuffled = seen.sample(frac=1, random_state=2)
    again = learn_parameters(shuffled, min_customers=100).to_pandas()
    here = parameters[parameters["anchor_role"] == "backtest"]
    pd.testing.assert_frame_equal(again, here.reset_index(drop=True))
    pd.testing.assert_frame_equal(judged(shuffled, again), judged(seen, parameters))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (customers(30), "too little data: 30 rows"),
        (customers(150)[:0], "too little data: 0 rows"),
        (customers(150).assign(net_amount_in_horizon=0), "nobody bought"),
        (
            customers(150).assign(count_order_days=1, avg_repeat_amount=None),
            "no fit: too little data: 0 repeat buyers",
        ),
    ],
)
def test_with_nothing_to_learn_there_is_a_verdict_and_nothing_serves(rows, said):
    fitted = learn_parameters(rows, min_customers=100).to_pandas()
    card = judged(rows, fitted)
    assert len(card) == 1
    assert said in card["verdict"].item()
    assert not card["is_serving"].item()


def test_without_a_fit_nothing_is_scored(parameters):
    rows = customers(30)
    fitted = learn_parameters(rows, min_customers=100).to_pandas()
    assert values(rows, fitted).empty


def test_metrics_of_amounts():
    actual = np.array([0.0, 0, 0, 10, 90])
    perfect = amount_metrics(actual, actual)
    assert perfect["spearman"] == pytest.approx(1)
    assert perfect["top_20_pct_capture"] == 0.9
    assert perfect["mean_absolute_error"] == 0
    assert amount_metrics(actual, actual * 2)["predicted_over_actual"] == 2
    assert amount_metrics(actual, -actual)["spearman"] == pytest.approx(-1)

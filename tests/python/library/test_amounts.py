"""Expected orders and spend of a simulated shop, whose process the models know."""

import warnings
from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from learning_data import FEATURES, SCORING_DATE, STEP_DAYS, shop

from segmentation.clv.summaries import summarise
from segmentation.evidence.coverage import interval_coverage
from segmentation.evidence.metrics import IS_HIGHER_BETTER
from segmentation.identity import NOTHING, hashed
from segmentation.learning.fit_rows import FITS_SCHEMA, PARTS, fits_table
from segmentation.learning.intervals import (
    coverage_at,
    interval_bands,
    measure_coverage,
    measure_totals,
)
from segmentation.learning.learner import Evidence
from segmentation.learning.levels import learn_levels, level_factors
from segmentation.learning.lifecycle import Build, learn
from segmentation.learning.settings import Settings
from segmentation.predictions import forecasts
from segmentation.predictions.forecasts import (
    BASELINES,
    CANDIDATES,
    HIATUS,
    PAST_SPEND,
    POISSON,
    PURCHASE_MODELS,
    RUN_RATE,
    TREES,
    Parameters,
    baseline_orders,
    forecast,
    mean_discount,
    summaries,
)
from segmentation.predictions.order_regressions import OFFSET, fit_poisson
from segmentation.predictions.scoring import AMOUNTS_SCHEMA, score_amounts
from segmentation.predictions.value_models import Target
from segmentation.predictions.values import ValueLearner, learn_values

TODAY, START = date(2024, 1, 1), date(2020, 3, 3)
SPEND = Target("spend_90d", 90, FEATURES)
SETTINGS = Settings(
    seed=7,
    min_rows=200,
    step_days=STEP_DAYS,
    learning_anchors=4,
    count_origins=2,
    max_configurations=1,
    bootstrap_samples=20,
    refit_every_days=30,
    source="shop",
)


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # what dbt left open in a test before is collected at any time
        warnings.simplefilter("ignore", ResourceWarning)
        yield


@pytest.fixture(scope="module")
def world():
    return shop(1_500, seed=3)


@pytest.fixture(scope="module")
def rows(world):
    return world.with_scoring(6)


@pytest.fixture(scope="module")
def customers(rows):
    return rows[rows["anchor_number"] == 0].reset_index(drop=True)


@pytest.fixture(scope="module")
def learner(rows):
    return ValueLearner.of(rows, SPEND, SETTINGS)


@pytest.fixture(scope="module")
def record(rows):
    return learned(rows)


def learned(rows, target=SPEND, settings=SETTINGS, *, today=TODAY, past=None):
    outcome = learn(ValueLearner.of(rows, target, settings), Build(today, START, past))
    return outcome and outcome.record


def as_past(record):
    """Return a fit as dbt reads it from DuckDB: with dates as timestamps."""
    with duckdb.connect() as connection:
        connection.register("made", fits_table([record]))
        connection.execute("create table fits as select * from made limit 0")
        connection.execute("insert into fits select * from made")
        return connection.sql("select * from fits").df()


def metric(record, name):
    """Return a metric of each candidate, its mean over the origins."""
    card = pd.DataFrame(record["scorecard"])
    return card[card["metric"] == name].groupby("candidate")["metric_value"].mean()


def scored(customers, read):
    batch = pa.RecordBatch.from_pandas(customers, preserve_index=False)
    found = score_amounts([batch], read, annual_discount_rate=0.1)
    return pa.Table.from_batches(found, AMOUNTS_SCHEMA).to_pandas()


# ---------- what is known of customers


@pytest.mark.parametrize("number", [0, 3])
def test_features_give_the_statistics_that_purchases_give(world, number):
    purchases = world.purchases.assign(
        purchased_at=SCORING_DATE + pd.to_timedelta(world.purchases["day"], unit="D")
    )
    anchor = SCORING_DATE - pd.Timedelta(days=number * STEP_DAYS)
    pd.testing.assert_frame_equal(
        summaries(world.features(number)),
        summarise(purchases, anchor),
        check_dtype=False,
    )


def test_naive_rules_are_what_they_say():
    customers = pd.DataFrame(
        {
            "count_orders_365d": [4, 4, 0],
            "net_amount_365d": [200.0, 200.0, 0.0],
            "count_orders_90d": [2, 1, 0],
            "net_amount_90d": [60.0, 30.0, 0.0],
            "avg_days_between_orders": [60.0, 20.0, None],
            "days_since_last_order": [110, 110, 500],
            "days_since_first_order": [730, 30, 500],
            "count_order_days": [8, 1, 1],
            "lifetime_net_amount": [400.0, 30.0, 30.0],
        }
    )
    # of whoever bought nothing in that time, an order has the amount it always had

    def rule(name):
        return [list(values) for values in baseline_orders(name, customers, 365)]

    # of the second, only 30 days are known: they count as a quarter
    orders, amount = rule(RUN_RATE)
    assert orders == pytest.approx([4, 4 * 365 / 91, 0])
    assert amount == [50, 50, 30]
    orders, amount = rule(forecasts.QUARTER)
    assert orders == pytest.approx([2 * 365 / 90, 365 / 90, 0])
    assert amount == [30, 30, 30]
    # 110 days of silence are over twice a gap of 20 days, not of 60
    assert rule(HIATUS) == [[4, 0, 0], [50, 50, 30]]
    orders, amount = rule(forecasts.PAST_SPEND)
    assert orders == pytest.approx([4, 365 / 91, 0.73])
    assert amount == [50, 30, 30]


def test_money_that_comes_later_is_worth_less():
    assert mean_discount(365, 0.0) == pytest.approx(1)
    assert mean_discount(365, 0.1) == pytest.approx(0.954, abs=0.001)
    assert mean_discount(90, 0.1) == pytest.approx(1.1 ** (-45 / 365.25), abs=1e-4)


# ---------- forecasts


@pytest.mark.parametrize("name", CANDIDATES)
def test_spend_is_orders_times_the_amount_of_one(learner, customers, name):
    parameters = learner.parameters(0)
    model = learner.model(name, learner.origins.known_at(0))
    found = learner.predict(name, customers, parameters, model)
    np.testing.assert_allclose(found.net_amount, found.orders * found.amount)
    np.testing.assert_allclose(found.discounted, found.net_amount)
    assert (found.orders >= 0).all()
    assert (found.orders <= 90).all()
    doubled = learner.predict(name, customers, parameters, model, level=2.0)
    np.testing.assert_allclose(doubled.orders, 2 * found.orders)
    np.testing.assert_array_equal(doubled.amount, found.amount)


@pytest.mark.parametrize("name", [POISSON, TREES])
def test_nobody_orders_on_more_days_than_there_are(learner, customers, name):
    model = learner.model(name, learner.origins.known_at(0)).scaled(1.0, 50.0)
    found = learner.predict(name, customers, learner.parameters(0), model)
    np.testing.assert_allclose(found.orders, 90)


def test_recency_expects_one_order_the_surer_the_shorter_the_silence(customers):
    silence = np.resize([0, 30, 270], len(customers))
    orders, _ = baseline_orders(
        forecasts.RECENCY, customers.assign(days_since_last_order=silence), 90
    )
    np.testing.assert_allclose(orders[:3], [1, 0.75, 0.25])


def test_a_regression_corrects_what_the_purchase_model_expects():
    rng = np.random.default_rng(3)
    logs = rng.normal(size=2_000)
    rows = pd.DataFrame({OFFSET: logs, "zeal": rng.choice([-1.0, 1], 2_000)})
    features = {OFFSET: "identity", "zeal": "identity"}
    same = fit_poisson(rows.assign(orders=np.exp(logs)), "orders", features)
    np.testing.assert_allclose(same.margin(rows), logs, atol=1e-4)
    # thousands of orders outweigh the prior
    more = rows.assign(orders=np.exp(logs + 0.5 * rows["zeal"]))
    off = fit_poisson(more, "orders", features).margin(rows) - logs
    np.testing.assert_allclose(off, 0.5 * rows["zeal"], atol=0.05)


def test_parameters_read_back_are_the_same(learner, customers):
    parameters = learner.parameters(0)
    read = as_past({"parameters": parameters.rows}).iloc[0]
    again = Parameters.from_rows(pd.DataFrame(list(read["parameters"])))
    assert again.purchases.model == parameters.purchases.model
    assert again.spend.model == parameters.spend.model
    assert again.order_amount == parameters.order_amount
    shuffled = Parameters.from_rows(parameters.rows.sample(frac=1, random_state=1))
    once, twice = (
        forecast(
            PURCHASE_MODELS,
            customers,
            some,
            None,
            horizon_days=90,
            annual_discount_rate=0.1,
        )
        for some in (parameters, shuffled)
    )
    np.testing.assert_array_equal(once.discounted, twice.discounted)


@pytest.mark.parametrize("name", [PURCHASE_MODELS, POISSON, TREES])
def test_what_a_candidate_needs_may_be_missing(customers, name):
    few = Parameters.learn(customers[:30], 200)
    assert few.purchases is None
    assert "too little data" in few.status()
    found = forecast(
        name, customers, few, None, horizon_days=90, annual_discount_rate=0.0
    )
    assert found is None


# ---------- learning


def test_purchase_models_beat_naive_rules_on_their_own_process(record):
    for name in ("root_mean_squared_error", "orders_root_mean_squared_error"):
        error = metric(record, name)
        assert error[PURCHASE_MODELS] < error[list(BASELINES)].min()
    # the total of 1,000 customers, of whom a few spend much, has an error of 6 %
    assert metric(record, "predicted_over_actual")[PURCHASE_MODELS] == pytest.approx(
        1, abs=0.15
    )


def concordance(actual, expected):
    """Return the share of pairs with unlike amounts that are ordered right."""
    more = actual[:, None] > actual[None, :]
    right = (expected[:, None] > expected) + 0.5 * (expected[:, None] == expected)
    return right[more].mean()


@pytest.fixture(scope="module")
def lapsed():
    """A shop four in five of whose customers have left; the models know its process."""
    return shop(1_500, seed=3, rate=(0.8, 60.0), leaving=(0.8, 240.0)).with_scoring(3)


def test_the_true_model_orders_lapsed_customers_better_than_any_rule(lapsed):
    learner = ValueLearner.of(lapsed, SPEND, SETTINGS)
    rows, parameters = learner.at(1), learner.parameters(1)
    actual = rows["net_amount_next_90d"].to_numpy(float)
    found = {
        name: learner.predict(name, rows, parameters, None).net_amount
        for name in (PURCHASE_MODELS, *BASELINES)
    }
    pairs = {name: concordance(actual, expected) for name, expected in found.items()}
    errors = {name: ((e - actual) ** 2).mean() for name, e in found.items()}
    assert max(pairs, key=pairs.get) == PURCHASE_MODELS
    assert min(errors, key=errors.get) == PURCHASE_MODELS


def test_the_true_model_serves_lapsed_customers(lapsed):
    assert not learned(lapsed)["is_baseline"]


def test_a_fit_is_recorded_whole(record):
    row = fits_table([record]).to_pandas().iloc[0]
    apart = {"tuning", "calibration", "groups", "coefficients", "nodes"}
    # a rule that expects nothing of half of the customers has no intervals
    apart |= {"intervals", "levels", "excluded_features"}
    absent = [
        name
        for name in FITS_SCHEMA.names
        if name not in apart and (row[name] is None or np.size(row[name]) == 0)
    ]
    assert not absent
    card = pd.DataFrame(list(row["scorecard"]))
    assert set(card["candidate"]) == set(CANDIDATES)
    assert set(card.loc[card["is_serving"], "candidate"]) == {record["champion"]}
    assert {"spearman", "orders_spearman"} <= set(card["metric"])
    assert {m.removeprefix("orders_") for m in card["metric"]} >= {"spearman"} & set(
        IS_HIGHER_BETTER
    )


def test_the_order_of_rows_changes_nothing(rows, record):
    again = learned(rows.sample(frac=1, random_state=2))
    assert fits_table([again]).equals(fits_table([record]))


def test_the_second_time_nothing_is_due(rows, record):
    past = as_past(record)
    assert learned(rows, past=past) is None
    assert learned(rows, past=past, today=date(2024, 1, 31))["fit_number"] == 2


def test_a_fit_read_back_predicts_the_same(rows, record, customers):
    once = scored(customers, fits_table([record]).to_pandas())
    assert len(once) == len(customers)
    pd.testing.assert_frame_equal(once, scored(customers, as_past(record)))


def test_what_is_served_is_what_was_judged(learner, record):
    """The forecast of the champion at the newest origin, made again."""
    rows = learner.at(1)
    name = record["champion"]
    model = learner.model(name, learner.origins.known_at(1))
    set_right = learner.calibration(name, 1, model)
    found = learner.predict(name, rows, learner.parameters(1), model, set_right.level)
    factors = level_factors(set_right.bands, found.net_amount)
    ratio = (found.net_amount * factors).sum() / rows["net_amount_next_90d"].sum()
    card = pd.DataFrame(record["scorecard"])
    mine = card[
        (card["candidate"] == name)
        & (card["metric"] == "predicted_over_actual")
        & (pd.to_datetime(card["origin_date"]) == rows["anchor_date"].max())
    ]
    assert mine["metric_value"].item() == pytest.approx(ratio)


def test_candidates_never_learn_from_the_anchor_they_are_judged_at(rows):
    settings = replace(SETTINGS, count_origins=1, bootstrap_samples=2)
    spoilt = rows.copy()
    newest = spoilt["anchor_number"] == 1
    spoilt.loc[newest, ["count_order_days_next_90d", "net_amount_next_90d"]] *= 3
    honest, cheated = (learned(r, settings=settings) for r in (rows, spoilt))
    # three times as much came, of which no prediction knew
    pd.testing.assert_series_equal(
        metric(cheated, "predicted_over_actual") * 3,
        metric(honest, "predicted_over_actual"),
    )


def test_a_column_that_knows_the_future_is_caught(rows):
    planted = rows["net_amount_next_90d"].fillna(0.0)
    target = replace(SPEND, features=FEATURES | {"planted": "log1p"})
    settings = replace(SETTINGS, bootstrap_samples=2)
    found = learned(rows.assign(planted=planted), target, settings)
    assert "planted" in (found.get("excluded_features") or "")


def test_shuffled_labels_leave_nothing_but_naive_rules(rows):
    """Ranks of what came, handed out at random, correlate with nothing.

    The variance of Spearman's coefficient is then 1 / (n - 1): each of nine candidates
    is held to its 99.4 % interval, all at once to 95 % (Bonferroni).
    """
    rng = np.random.default_rng(12)
    columns = ["count_order_days_next_90d", "net_amount_next_90d"]
    shuffled = rows.copy()
    for number in range(1, 7):
        here = rows.index[rows["anchor_number"] == number]
        drawn = rng.permutation(here)
        for column in columns:
            shuffled.loc[here, column] = rows.loc[drawn, column].to_numpy()
    found = learned(shuffled, settings=replace(SETTINGS, bootstrap_samples=2))
    sizes = rows.groupby("anchor_number").size().loc[[1, 2]]
    half = 2.77 * np.sqrt((1 / (sizes - 1)).sum()) / 2
    assert metric(found, "spearman").abs().max() < half < 0.08


# ---------- the level


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_what_was_expected_too_high_or_low_is_put_right(rows, factor):
    """Every past anchor brings more orders, or fewer, than the process says."""
    changed = rows.assign(
        count_order_days_next_90d=rows["count_order_days_next_90d"].astype(float)
        * factor,
        net_amount_next_90d=rows["net_amount_next_90d"] * factor,
    )
    learner = ValueLearner.of(changed, SPEND, SETTINGS)
    level = learner.level(PURCHASE_MODELS, 0, learner.unseen(PURCHASE_MODELS, 0))
    same = ValueLearner.of(rows, SPEND, SETTINGS)
    usual = same.level(PURCHASE_MODELS, 0, same.unseen(PURCHASE_MODELS, 0))
    assert level == pytest.approx(factor * usual, rel=1e-6)


def test_a_baseline_is_set_right_too(learner):
    for name in BASELINES:
        unseen = learner.unseen(name, 0)
        level = learner.level(name, 0, unseen)
        expected = level * unseen["expected_order_days"].sum()
        assert expected == pytest.approx(unseen["orders"].sum())


def test_a_level_of_nothing_is_one(learner):
    assert learner.level(PURCHASE_MODELS, 0, pd.DataFrame()) == 1.0
    unseen = learner.unseen(PURCHASE_MODELS, 0).assign(orders=0.0)
    assert learner.level(PURCHASE_MODELS, 0, unseen) == 1.0


# ---------- intervals


@pytest.mark.parametrize("horizon", [90, 365])
def test_intervals_hold_four_in_five_of_every_band(horizon):
    """Learned a year before the origin and measured at it; 4,000 customers."""
    world = shop(4_000, seed=9, days=2_000)
    rows = world.with_scoring(9)
    target = Target("spend", horizon, FEATURES)
    learner = ValueLearner.of(rows, target, SETTINGS)
    origin = learner.origins.numbers[0]
    set_right = learner.calibration(PURCHASE_MODELS, origin, None)
    bands = interval_bands(set_right.unseen)
    assert list(bands["value_band"]) == ["lowest", "low", "medium", "high", "highest"]
    here = learner.at(origin)
    found = learner.predict(
        PURCHASE_MODELS, here, learner.parameters(origin), None, set_right.level
    )
    factors = level_factors(set_right.bands, found.net_amount)
    outcomes = pd.DataFrame(
        {
            "amount": here[target.amount].to_numpy(float),
            "orders": here[target.orders].to_numpy(float),
            "expected_amount": found.net_amount * factors,
            "expected_order_days": found.orders * factors,
            "expected_order_amount": found.amount,
        }
    )
    for quantity, coverage in measure_coverage(bands, outcomes).items():
        if quantity == "buyers":  # of whom bands have few: see below
            continue
        # the standard error of a band of 700 is .015
        assert coverage["coverage"].between(0.75, 0.87).all(), quantity
        total = coverage[["coverage", "share_below", "share_above"]].sum(axis=1)
        assert total.to_numpy() == pytest.approx(1)


@pytest.mark.parametrize("quantity", ["amount", "orders"])
def test_an_interval_holds_the_point(learner, quantity):
    bands = interval_bands(learner.unseen(PURCHASE_MODELS, 0))
    assert (bands[f"{quantity}_p10_ratio"] <= 1).all()
    assert (bands[f"{quantity}_p90_ratio"] >= 1).all()
    assert bands[f"{quantity}_atom_share"].between(0, 1).all()
    assert bands["from_amount"].iloc[0] == -np.inf
    assert bands["until_amount"].iloc[-1] == np.inf
    assert (
        bands["from_amount"].iloc[1:] == bands["until_amount"].iloc[:-1].array
    ).all()


def test_intervals_of_what_is_continuous_hold_four_in_five():
    rng = np.random.default_rng(3)
    expected = rng.gamma(2, 50, 8_000)
    actual = expected * rng.lognormal(-0.1, 0.8, 8_000)
    some = pd.DataFrame(
        {
            "amount": actual,
            "orders": actual,
            "expected_amount": expected,
            "expected_order_days": expected,
            "expected_order_amount": 1.0,
        }
    )
    bands = interval_bands(some[:4_000])
    coverage = measure_coverage(bands, some[4_000:])["amount"]
    assert coverage["coverage"].between(0.77, 0.83).all()


def test_of_99_customers_the_10th_and_the_90th_are_the_ends():
    rng = np.random.default_rng(1)
    ratios = np.concatenate([rng.permutation(np.arange(1, 100)) for _ in range(5)])
    expected = np.arange(1.0, 496)
    some = pd.DataFrame({"expected_amount": expected, "expected_order_days": expected})
    some["expected_order_amount"] = 1.0
    bands = interval_bands(
        some.assign(amount=expected * ratios / 50, orders=expected * ratios / 25)
    )
    assert bands["count_customers"].tolist() == [99] * 5
    assert bands["amount_p10_ratio"].to_numpy() == pytest.approx(10 / 50)
    assert bands["amount_p90_ratio"].to_numpy() == pytest.approx(90 / 50)
    assert bands["orders_p10_ratio"].to_numpy() == pytest.approx(10 / 25)
    assert bands["orders_p90_ratio"].to_numpy() == pytest.approx(90 / 25)


@pytest.mark.parametrize("name", [POISSON, TREES, PURCHASE_MODELS])
def test_intervals_are_learned_on_what_the_fit_has_not_seen(rows, learner, name):
    number = learner.calibrated_on(0)
    assert number in learner.origins.known_at(0)
    other = rows.copy()
    # had they bought ten times as often, nothing else would be expected of them
    labels = [SPEND.orders, SPEND.amount]
    other.loc[other["anchor_number"] == number, labels] *= 10
    one, two = (
        ValueLearner.of(some, SPEND, SETTINGS).unseen(name, 0) for some in (rows, other)
    )
    assert two["orders"].sum() == pytest.approx(10 * one["orders"].sum())
    for column in ("expected_order_days", "expected_amount"):
        np.testing.assert_allclose(one[column], two[column])


def test_intervals_are_learned_at_the_level_of_the_fit_that_has_not_seen(rows):
    # the season was better than the anchors beside it, which is all that one fit knows
    number = ValueLearner.of(rows, SPEND, SETTINGS).calibrated_on(0)
    better = rows.copy()
    labels = [SPEND.orders, SPEND.amount]
    better.loc[better["anchor_number"] == number, labels] *= 3
    learner = ValueLearner.of(better, SPEND, SETTINGS)
    assert learner.origins.same_season(0) == number
    model = learner.model(POISSON, learner.origins.known_at(0))
    found = learner.calibration(POISSON, 0, model)
    level, unseen = found.level, found.unseen
    assert unseen["expected_order_days"].sum() == pytest.approx(unseen["orders"].sum())
    own = learner.level(POISSON, 0, learner.unseen(POISSON, 0))
    assert own > 1.2 * level


def test_intervals_learned_on_one_half_are_measured_on_the_other_alone():
    rng = np.random.default_rng(5)
    ids = [f"c{number:04d}" for number in range(1_200)]
    expected = rng.gamma(2, 50, len(ids))
    # those to be measured on buy a thousand times what the others would
    is_measured = np.array([hashed(name) % 2 == 1 for name in ids])
    actual = expected * rng.random(len(ids)) * np.where(is_measured, 1_000, 1)
    predictions = pd.DataFrame(
        {
            "customer_id": ids,
            "actual": actual,
            "predicted": expected,
            "actual_orders": actual,
            "predicted_orders": expected,
            "predicted_order_amount": 1.0,
        }
    )
    found, how = coverage_at(predictions, pd.DataFrame())
    assert how == "learned on the other half of the customers"
    everyone = found["amount"].set_index("band").loc["all"]
    assert everyone["count"] == is_measured.sum()
    assert everyone["share_above"] > 0.99


def test_an_outcome_on_the_end_counts_with_its_share():
    found = interval_coverage(
        np.array([0.0, 0.0, 5.0, 20.0]),
        np.zeros(4),
        np.full(4, 10.0),
        np.full(4, 0.75),
        np.array(["low"] * 4),
    ).iloc[0]
    assert found["coverage"] == pytest.approx((0.75 + 0.75 + 1 + 0) / 4)
    assert found["closed_coverage"] == pytest.approx(3 / 4)
    assert found["share_below"] == pytest.approx(0.5 / 4)
    assert found["share_above"] == pytest.approx(1 / 4)


# ---------- amounts if buying


def zero_inflated(seed, *, count=4_000, rarely=0.12):
    """Customers of whom few buy, seen twice: to learn from, and a year later.

    Who is expected to spend least buys once in a hundred times, and then one order.
    """
    rng = np.random.default_rng(seed)
    amount = rng.gamma(4, 15, count)
    rate = rarely * rng.gamma(0.7, 1 / 0.7, count) + 0.01
    years = []
    for _ in range(2):
        orders = rng.poisson(rate * rng.gamma(2, 1 / 2, count))
        spread = rng.gamma(np.maximum(3 * orders, 1), 1 / 3)
        years.append(
            pd.DataFrame(
                {
                    "orders": orders.astype(float),
                    "amount": np.where(orders > 0, amount * spread, 0.0),
                    "expected_order_days": rate,
                    "expected_amount": rate * amount,
                    "expected_order_amount": amount,
                }
            )
        )
    return years


def held_among_buyers(factor, rarely):
    """Return by band what came of 12 seeds: buyers, and the share that was held."""
    held = []
    for seed in range(12):
        learned_from, came = zero_inflated(seed, rarely=rarely)
        came["amount"] *= factor
        held.append(measure_coverage(interval_bands(learned_from), came)["buyers"])
    table = pd.concat(held).groupby("band")[["count", "coverage"]]
    return table.agg({"count": "sum", "coverage": "mean"})


@pytest.mark.parametrize("rarely", [0.05, 0.3])
def test_amounts_if_buying_hold_four_in_five_buyers_of_every_band(rarely):
    found = held_among_buyers(1, rarely)
    assert len(found) == 6
    # learned on 100 buyers coverage varies by .04, and 12 seeds have 36 buyers each
    assert found["coverage"].between(0.75, 0.87).all()


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_coverage_among_buyers_falls_where_amounts_change(factor):
    """That of all customers hardly does: most of them buy nothing either way."""
    found = held_among_buyers(factor, 0.05)
    assert (found["coverage"] < 0.75).all()
    learned_from, came = zero_inflated(0, rarely=0.05)
    came["amount"] *= factor
    everyone = measure_coverage(interval_bands(learned_from), came)["amount"]
    assert everyone["coverage"].between(0.74, 0.9).all()


def test_a_band_of_few_buyers_borrows_those_nearest_to_it():
    count = 500
    buys = np.arange(count) % 5 == 0
    # whoever is expected to spend more spends a larger multiple of it
    expected = np.arange(1.0, count + 1)
    some = pd.DataFrame(
        {
            "orders": buys.astype(float),
            "amount": np.where(buys, expected**2, 0.0),
            "expected_amount": expected,
            "expected_order_days": 0.2,
            "expected_order_amount": 0.5,
        }
    )
    bands = interval_bands(some)
    assert bands["count_buyers"].tolist() == [20] * 5
    assert bands["no_purchase_share"].to_numpy() == pytest.approx(0.8)
    # of a hundred buyers, all five bands have the 10th and the 91st
    assert bands["buyers_p10_ratio"].to_numpy() == pytest.approx(46)
    assert bands["buyers_p90_ratio"].to_numpy() == pytest.approx(451)
    # with more, the lowest has its own and the next above, the highest those below
    twice = interval_bands(pd.concat([some] * 4, ignore_index=True))
    assert twice["count_buyers"].tolist() == [80] * 5
    assert twice["buyers_p10_ratio"].iloc[0] == pytest.approx(11)
    assert twice["buyers_p90_ratio"].iloc[0] == pytest.approx(111)
    assert twice["buyers_p10_ratio"].iloc[2] == pytest.approx(196)
    assert twice["buyers_p90_ratio"].iloc[2] == pytest.approx(301)
    assert twice["buyers_p10_ratio"].iloc[-1] == pytest.approx(386)
    few = some.assign(orders=some["orders"].where(expected < 90, 0.0))
    assert "buyers_p10_ratio" not in interval_bands(few)


def test_totals_by_band_are_what_was_told_over_what_came():
    learned_from, came = zero_inflated(1, rarely=0.3)
    bands = interval_bands(learned_from)
    same = measure_totals(bands, learned_from).set_index("band")
    assert same["no_purchase_difference"].abs().max() == pytest.approx(0)
    halved = came.assign(amount=came["amount"] / 2, orders=0.0)
    found = measure_totals(bands, halved).set_index("band")
    whole = measure_totals(bands, came).set_index("band")
    ratio = found["predicted_over_actual"] / whole["predicted_over_actual"]
    assert ratio.to_numpy() == pytest.approx(2)
    lowest = bands.set_index("value_band").loc["lowest"]
    gap = lowest["no_purchase_share"] - 1
    assert found.loc["lowest", "no_purchase_difference"] == pytest.approx(gap)


# ---------- levels of value bands


def anchors_off_by(factors, *, count=4, customers=2_000, seed=0, drift=0.0):
    """Anchors at which bands buy so many times what is expected of them."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        expected = np.sort(rng.gamma(1, 0.6, customers)) + 0.02
        moved = np.exp(drift * rng.standard_normal(5))
        factor = np.repeat(np.array(factors) * moved, customers // 5)
        found.append(
            pd.DataFrame(
                {
                    "orders": rng.poisson(expected * factor).astype(float),
                    "expected_order_days": expected,
                    "expected_amount": 50 * expected,
                }
            )
        )
    return found


FLAT, TILTED = (1, 1, 1, 1, 1), (0.4, 0.7, 1, 1, 1.1)


def test_a_band_told_too_much_is_told_less():
    found = []
    for seed in range(6):
        here, *known = anchors_off_by(TILTED, seed=seed)
        levels = learn_levels(known, known[0], len(known))
        factors = level_factors(levels, here["expected_amount"].to_numpy())
        told = pd.DataFrame(
            {
                "band": np.repeat(range(5), len(here) // 5),
                "before": here["expected_order_days"],
                "after": here["expected_order_days"] * factors,
                "came": here["orders"],
            }
        )
        found.append(told)
    sums = pd.concat(found).groupby("band").sum()
    ratios = sums[["before", "after"]].div(sums["came"], axis=0)
    assert ratios["before"].iloc[0] > 1.8
    assert ratios["after"].between(0.75, 1.25).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_levels_keep_what_all_bands_are_told_together(seed):
    known = anchors_off_by((0.1, 0.3, 0.5, 1, 1.3), seed=seed, drift=0.3)
    levels = learn_levels(known, known[0], len(known))
    every = pd.concat(known)
    factors = level_factors(levels, every["expected_amount"].to_numpy())
    told = every["expected_order_days"]
    assert (told * factors).sum() == pytest.approx(told.sum(), rel=0.01)


def test_levels_are_drawn_to_1_where_they_are_chance_or_move():
    def spread(**kind):
        levels = [
            learn_levels(some, some[0], len(some))
            for seed in range(8)
            if (some := anchors_off_by(seed=seed, **kind))
        ]
        logs = [np.log(table["level"]).abs().mean() for table in levels if len(table)]
        return sum(logs) / len(levels)

    sure = spread(factors=TILTED)
    assert spread(factors=FLAT) < 0.03
    assert spread(factors=FLAT, drift=0.4) < 0.6 * sure
    assert spread(factors=TILTED, customers=100) < 0.9 * sure
    # one anchor does not show how much a band moves
    some = anchors_off_by(TILTED)
    assert learn_levels(some[:1], some[0], 1).empty
    # anchors that overlap are worth fewer, and a band is drawn nearer to 1
    near, far = (learn_levels(some, some[0], worth) for worth in (1.2, 4))
    assert abs(np.log(near["level"].iloc[0])) < abs(np.log(far["level"].iloc[0]))


def test_whoever_is_expected_more_still_is():
    some = anchors_off_by((1.6, 1.2, 1, 0.9, 0.7))
    levels = learn_levels(some, some[0], len(some))
    expected = np.linspace(0, some[0]["expected_amount"].max(), 5_000)
    after = expected * level_factors(levels, expected)
    assert (np.diff(after) >= -1e-9).all()
    assert levels["level"].iloc[-1] < 0.9
    assert level_factors(pd.DataFrame(), expected).tolist() == [1.0] * 5_000


def test_a_band_without_expectations_keeps_them():
    some = anchors_off_by(TILTED)
    for outcomes in some:
        silent = outcomes["expected_amount"] <= outcomes["expected_amount"].median()
        outcomes.loc[silent, ["expected_amount", "expected_order_days"]] = 0.0
    levels = learn_levels(some, some[0], len(some))
    assert (levels["until_amount"] > 0).all()
    assert level_factors(levels, np.zeros(3)).tolist() == [1.0] * 3


def test_levels_know_nothing_of_the_anchor_they_are_judged_at(rows):
    spoilt = rows.copy()
    newest = spoilt["anchor_number"] == 1
    low = spoilt["count_orders"] == 1
    spoilt.loc[newest & low, [SPEND.orders, SPEND.amount]] *= 9
    one, two = (
        ValueLearner.of(some, SPEND, SETTINGS).calibration(PAST_SPEND, 1, None)
        for some in (rows, spoilt)
    )
    assert len(one.bands)
    pd.testing.assert_frame_equal(one.bands, two.bands)
    known = spoilt["anchor_number"] == 2
    spoilt.loc[known & low, [SPEND.orders, SPEND.amount]] *= 9
    three = ValueLearner.of(spoilt, SPEND, SETTINGS).calibration(PAST_SPEND, 1, None)
    assert not three.bands.equals(one.bands)


def test_past_spend_is_told_less_of_those_long_silent():
    """Over the whole past nobody leaves: it expects too much of the lowest bands."""
    rows = shop(1_500, seed=4, days=1_800).with_scoring(8)
    learner = ValueLearner.of(rows, SPEND, SETTINGS)
    found, unseen = learner.predictions(1)
    mine = found[found["candidate"] == PAST_SPEND]
    raw = mine["predicted_orders_raw"]
    level = mine["predicted_orders"].sum() / raw.sum()
    band = pd.qcut(raw.rank(method="first"), 5, labels=False)
    came = mine["actual_orders"].groupby(band).sum()
    before, after = (
        np.log(told.groupby(band).sum() / came).abs()
        for told in (raw * level, mine["predicted_orders"])
    )
    assert after.mean() < 0.75 * before.mean()
    np.testing.assert_allclose(
        mine["predicted"], mine["predicted_orders"] * mine["predicted_order_amount"]
    )
    # intervals are learned at these levels, and a fit has those of today
    set_right = learner.calibration(PAST_SPEND, 1, None)
    pd.testing.assert_frame_equal(set_right.unseen, unseen[PAST_SPEND])
    plain = learner.unseen(PAST_SPEND, 1)["expected_order_days"]
    ratio = set_right.unseen["expected_order_days"] / plain
    assert ratio.round(6).nunique() >= len(set_right.bands) > 2
    evidence = Evidence(pd.DataFrame(), PAST_SPEND, "", found, kept={})
    served = learner.serve(evidence)
    today = learner.calibration(PAST_SPEND, 0, None)
    pd.testing.assert_frame_equal(served.levels, today.bands)
    assert not served.levels.equals(set_right.bands)


def test_anchors_whose_horizons_overlap_are_worth_fewer(rows):
    learner = ValueLearner.of(rows, Target("spend_365d", 365, FEATURES), SETTINGS)
    assert learner.origins.known_at(0) == (4, 5, 6)
    unseen = learner.unseen(PAST_SPEND, 0)
    every = [learner.outcomes(PAST_SPEND, number, None) for number in (4, 5, 6)]
    found = learner.levels(PAST_SPEND, 0, unseen)
    assert len(found)
    pd.testing.assert_frame_equal(found, learn_levels(every, unseen, 1 + 2 / 4))


def test_few_customers_have_no_intervals(learner):
    unseen = learner.unseen(PURCHASE_MODELS, 0)
    assert interval_bands(unseen[:100]).empty
    assert interval_bands(unseen[:0]).empty


def test_a_rule_that_expects_nothing_of_many_has_intervals(learner):
    unseen = learner.unseen(HIATUS, 0)
    silent = unseen["expected_amount"] <= unseen["expected_amount"].quantile(0.6)
    unseen.loc[silent, ["expected_amount", "expected_order_days"]] = 0.0
    assert len(interval_bands(unseen))


# ---------- too little data, and odd data


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows[:0], "(with anchor_step_days 92, 184 days of orders"),
        (lambda rows: rows[rows["anchor_number"] == 0], "too little data: 0 rows"),
        (lambda rows: rows.groupby("anchor_number").head(50), "50 labelled rows"),
        (
            lambda rows: rows.assign(
                net_amount_next_90d=rows["net_amount_next_90d"] * 0,
                count_order_days_next_90d=rows["count_order_days_next_90d"] * 0,
            ),
            "nobody bought",
        ),
    ],
)
def test_with_nothing_to_learn_there_is_a_verdict(rows, change, said):
    found = learned(change(rows))
    assert found["champion"] == NOTHING
    assert said in found["verdict"]
    read = as_past(found)
    assert all(len(read.iloc[0][part]) == 0 for part in PARTS)
    assert scored(rows[rows["anchor_number"] == 0], read).empty


@pytest.mark.parametrize("anchors", [(0, 1), (0, 1, 2), (0, 3)])
def test_one_past_anchor_is_enough_for_models_without_labels(rows, anchors):
    some = rows[rows["anchor_number"].isin(anchors)]
    found = learned(some, settings=replace(SETTINGS, bootstrap_samples=2))
    assert PURCHASE_MODELS in set(metric(found, "spearman").index)
    assert found["champion"] != NOTHING


def test_a_shop_of_single_purchases_has_naive_rules_only(world):
    """Nobody came twice before an anchor: no purchase model can be fitted."""
    first = world.purchases.drop_duplicates("customer_id")
    again = world.purchases[world.purchases["day"] >= -STEP_DAYS]
    again = again.drop_duplicates("customer_id", keep="last")
    rows = replace(
        world,
        purchases=pd.concat([first, again]).drop_duplicates(["customer_id", "day"]),
    ).labelled(2)
    rows = rows[rows["count_orders"] == 1]
    found = learned(rows, settings=replace(SETTINGS, bootstrap_samples=2))
    assert found["is_baseline"]
    assert set(metric(found, "spearman").index) == set(BASELINES)


def test_odd_features_do_no_harm(rows):
    features = FEATURES | {"same": "identity", "absent": "log1p", "none": "log1p"}
    odd = rows.assign(
        same=1.0, absent=np.nan, none=pd.array([pd.NA] * len(rows), dtype="Int32")
    )
    settings = replace(SETTINGS, bootstrap_samples=2, count_origins=1)
    found = learned(odd, Target("spend_90d", 90, features), settings)
    usual = learned(rows, settings=settings)
    ours, theirs = (metric(some, "spearman") for some in (found, usual))
    np.testing.assert_allclose(ours, theirs[ours.index], atol=0.01)


def test_one_huge_order_does_not_break_the_fit(rows):
    big = rows["customer_id"] == rows["customer_id"].iloc[0]
    huge = rows.assign(
        **{
            name: rows[name].where(~big, 1e12)
            for name in (
                "lifetime_net_amount",
                "avg_repeat_amount",
                "net_amount_90d",
                "net_amount_365d",
            )
        }
    )
    found = learned(huge, settings=replace(SETTINGS, bootstrap_samples=2))
    # what is the same for everyone has no order
    assert np.isfinite(metric(found, "spearman").drop(forecasts.SHOP_MEAN)).all()


# ---------- as dbt calls it


def test_each_horizon_is_a_fit(rows, world):
    key = ["customer_id", "anchor_date"]
    later = [name for name in rows if "_next_" in name]
    labels = rows.loc[rows["anchor_number"] > 0, [*key, *later]]
    settings = replace(SETTINGS, bootstrap_samples=2, count_origins=1)

    def all_of_them(horizons, past=None):
        return learn_values(
            rows.drop(columns=later),
            labels,
            horizons=horizons,
            features=FEATURES,
            settings=settings,
            scoring=world.scoring,
            past=past,
        )

    table = all_of_them([90, 365])
    assert table.schema == FITS_SCHEMA
    assert table["horizon_days"].to_pylist() == [90, 365]
    assert all_of_them([90, 365], past=table.to_pandas()).num_rows == 0

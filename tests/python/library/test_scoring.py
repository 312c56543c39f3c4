"""Scores and their reasons: applied in batches, in Python as in SQL."""

import warnings

import duckdb
import jinja2
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from learning_data import FEATURES, STEP_DAYS, shop
from places import ROOT
from scipy.special import expit

from segmentation.identity import NOTHING
from segmentation.learning.candidates import LEARNERS, PURCHASE_BASELINES
from segmentation.learning.fit_rows import fits_table
from segmentation.learning.settings import Settings
from segmentation.linear import INTERCEPT, Linear
from segmentation.predictions import forecasts
from segmentation.predictions.order_days import (
    FARTHEST_DAYS,
    coherent,
    concordance,
    concordance_pairs,
    judge_days,
    median_days,
    usual_gap_days,
)
from segmentation.predictions.probabilities import ProbabilityLearner
from segmentation.predictions.probability_models import Target
from segmentation.predictions.reasons import (
    ALL_ELSE,
    AVERAGE,
    KINDRED,
    REASONS_SCHEMA,
    explain,
    probability_terms,
)
from segmentation.predictions.scoring import (
    AMOUNTS_SCHEMA,
    PROBABILITIES_SCHEMA,
    model_of,
    score_amounts,
    score_forests,
)
from segmentation.predictions.value_models import Target as AmountTarget
from segmentation.predictions.values import ValueLearner

MACROS = ROOT / "macros"
SETTINGS = Settings(
    seed=7,
    min_rows=100,
    step_days=STEP_DAYS,
    learning_anchors=4,
    count_origins=1,
    max_configurations=1,
    bootstrap_samples=10,
    refit_every_days=30,
    source="shop",
)
CANDIDATES = {one.name: one for one in (*LEARNERS, *PURCHASE_BASELINES)}


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # what dbt left open in a test before is collected at any time
        warnings.simplefilter("ignore", ResourceWarning)
        yield


@pytest.fixture(scope="module")
def world():
    return shop(900, seed=5)


@pytest.fixture(scope="module")
def rows(world):
    return world.with_scoring(5)


@pytest.fixture(scope="module")
def customers(rows):
    return rows[rows["anchor_number"] == 0].reset_index(drop=True)


@pytest.fixture(scope="module")
def probability_fits(rows):
    """Return every candidate as if it served, each a target of its own."""
    past = rows[rows["anchor_number"] > 0]
    target = Target("churn", "is_churned", 90, FEATURES)
    learner = ProbabilityLearner.of(past, target, SETTINGS)
    records = []
    for name, candidate in CANDIDATES.items():
        model, slope, level = learner.calibrated(
            candidate, candidate.configurations[0], 0
        )
        served = model.scaled(slope, level)
        part = "coefficients" if isinstance(served, Linear) else "nodes"
        records.append(
            {
                "target": name,
                "kind": "probability",
                "champion": name,
                part: served.rows if isinstance(served, Linear) else served.nodes(),
            }
        )
    return fits_table(records).to_pandas()


@pytest.fixture(scope="module")
def amount_fits(rows):
    """Return every candidate as if it served, each a target of its own."""
    learner = ValueLearner.of(rows, AmountTarget("spend", 90, FEATURES), SETTINGS)
    records = []
    for name in forecasts.CANDIDATES:
        model = learner.model(name, learner.origins.known_at(0))
        part, held = "coefficients", None
        if model is not None:
            is_linear = isinstance(model, Linear)
            part = "coefficients" if is_linear else "nodes"
            held = model.rows if is_linear else model.nodes()
        records.append(
            {
                "target": name,
                "kind": "amount",
                "champion": name,
                "horizon_days": 90,
                "level_intercept": 0.0 if name in forecasts.BASELINES else -0.2,
                "parameters": learner.parameters(0).rows,
                part: held,
            }
        )
    return fits_table(records).to_pandas()


def batches(customers, size=10_000):
    table = pa.Table.from_pandas(customers, preserve_index=False)
    return table.to_batches(max_chunksize=size)


def scored(customers, fits, size=10_000, rate=0.0):
    found = score_amounts(batches(customers, size), fits, annual_discount_rate=rate)
    return pa.Table.from_batches(found, AMOUNTS_SCHEMA).to_pandas()


def explained(customers, fits, count=3, size=10_000):
    found = explain(batches(customers, size), fits, count=count)
    return pa.Table.from_batches(found, REASONS_SCHEMA).to_pandas()


def by_key(frame):
    key = [c for c in ("target", "customer_id", "reason_rank") if c in frame]
    return frame.sort_values(key, kind="stable").reset_index(drop=True)


# ---------- scores


def test_batches_change_no_score(customers, probability_fits, amount_fits):
    for size in (1, 7):
        some = customers[: 10 * size]
        pd.testing.assert_frame_equal(
            by_key(scored(some, amount_fits, size)), by_key(scored(some, amount_fits))
        )
        once, again = (
            pa.Table.from_batches(
                score_forests(batches(some, n), probability_fits), PROBABILITIES_SCHEMA
            ).to_pandas()
            for n in (size, 10_000)
        )
        pd.testing.assert_frame_equal(by_key(once), by_key(again))


def test_trees_are_scored_here_and_linear_models_are_left_to_sql(
    customers, probability_fits
):
    found = pa.Table.from_batches(
        score_forests(batches(customers), probability_fits), PROBABILITIES_SCHEMA
    ).to_pandas()
    trees = {name for name, one in CANDIDATES.items() if not one.is_linear}
    assert set(found["target"]) == trees
    assert (found.groupby("target").size() == len(customers)).all()
    assert found["probability"].between(0, 1).all()


def test_an_empty_batch_is_no_harm(customers, probability_fits, amount_fits):
    none = batches(customers[:0])
    assert not list(score_forests(none, probability_fits))
    assert not list(score_amounts(none, amount_fits, annual_discount_rate=0.1))
    assert not list(explain(none, amount_fits, count=3))


def test_where_nothing_serves_nothing_is_scored(customers):
    verdict = {"champion": NOTHING, "verdict": "too little data"}
    fits = fits_table(
        [
            {"target": "churn", "kind": "probability"} | verdict,
            {"target": "spend_90d", "kind": "amount"} | verdict,
        ]
    ).to_pandas()
    for none in (fits, fits[:0]):
        assert not list(score_forests(batches(customers), none))
        assert scored(customers, none).empty
        assert explained(customers, none).empty


@pytest.mark.parametrize("champion", forecasts.CANDIDATES)
def test_spend_is_orders_times_the_amount_of_one(customers, amount_fits, champion):
    fit = amount_fits[amount_fits["champion"] == champion]
    found, discounted = scored(customers, fit), scored(customers, fit, rate=0.1)
    orders, amount = found["expected_order_days"], found["expected_order_amount"]
    np.testing.assert_allclose(found["expected_net_amount"], orders * amount)
    np.testing.assert_allclose(found["discounted_net_amount"], orders * amount)
    # half of the horizon at 10 % a year is worth 1.2 % less
    bought = orders > 0
    share = (discounted["discounted_net_amount"] / found["expected_net_amount"])[bought]
    assert share.between(0.985, 0.990).all()
    assert (orders >= 0).all()
    assert found["alive_probability"].between(0, 1).all()


def test_the_level_multiplies_orders(customers, amount_fits):
    fit = amount_fits[amount_fits["champion"] == forecasts.POISSON]
    found = scored(customers, fit)
    doubled = scored(customers, fit.assign(level_intercept=-0.2 + np.log(2)))
    np.testing.assert_allclose(
        doubled["expected_order_days"], 2 * found["expected_order_days"], rtol=1e-12
    )
    pd.testing.assert_series_equal(
        doubled["expected_order_amount"], found["expected_order_amount"]
    )


# ---------- reasons


def scores_on_their_scale(customers, probability_fits, amount_fits):
    """Return target to customer to score, computed without taking it apart."""
    frames = []
    for _, fit in probability_fits.iterrows():
        rows = pd.DataFrame(list(fit["coefficients"]))
        if len(rows):
            margin = Linear.from_rows(rows).margin(customers)
        else:
            one = pd.DataFrame([fit])
            (batch,) = score_forests(batches(customers), one)
            chance = batch.to_pandas()["probability"].to_numpy()
            margin = np.log(chance / (1 - chance))
        frames.append((fit["target"], margin))
    found = scored(customers, amount_fits)
    for target, mine in found.groupby("target"):
        amount = mine["expected_net_amount"].to_numpy()
        is_amount = target in forecasts.BASELINES
        frames.append((target, amount if is_amount else np.log(amount)))
    return {
        # the two kinds have candidates of one name
        (target, number): score
        for number, (target, score) in enumerate(frames)
    }


@pytest.mark.parametrize("count", [1, 3, 100])
def test_reasons_sum_to_the_score_on_its_scale(
    customers, probability_fits, amount_fits, count
):
    some = customers[:200]
    both = [probability_fits, amount_fits]
    expected = scores_on_their_scale(some, *both)
    sums = [
        found.groupby(["target", "customer_id"])["contribution"].sum()
        for found in (explained(some, fits, count) for fits in both)
    ]
    ids = some["customer_id"]
    for (target, number), score in expected.items():
        mine = sums[0] if number < len(probability_fits) else sums[1]
        np.testing.assert_allclose(
            mine[target][ids], score, rtol=1e-8, atol=1e-8, err_msg=target
        )


def test_the_scale_is_named(customers, probability_fits, amount_fits):
    both = pd.concat([probability_fits, amount_fits], ignore_index=True)
    scales = explained(customers[:5], both).groupby(["target"])["scale"].agg(set)
    assert scales["linear SVM"] == {"log odds"}
    assert scales[forecasts.POISSON] == {"log amount"}
    assert scales[forecasts.HIATUS] == {"amount"} | {"log odds"}
    assert scales[forecasts.PAST_SPEND] == {"amount"}


def test_top_reasons_come_by_size_between_the_average_and_all_else(
    customers, probability_fits
):
    found = explained(customers[:100], probability_fits, count=3)
    found = by_key(found[found["target"] == "logistic regression"])
    ranks = found.pivot(index="customer_id", columns="reason_rank")
    assert list(ranks["feature"].columns) == [0, 1, 2, 3, 4]
    assert (ranks["feature"][0] == AVERAGE).all()
    assert (ranks["feature"][4] == ALL_ELSE).all()
    size = ranks["contribution"].abs()
    assert ((size[1] >= size[2]) & (size[2] >= size[3])).all()
    base = ranks["contribution"][0]
    assert (base == base.iloc[0]).all()
    # no reason twice
    assert (ranks["feature"].nunique(axis=1) == 5).all()


def test_a_reason_holds_what_the_customer_has(customers, probability_fits):
    found = explained(customers, probability_fits, count=2)
    held = customers.set_index("customer_id")
    leads = {group: kin[0] for group, kin in KINDRED.items()}
    known = [*FEATURES, "count_orders_365d", *leads]
    named = found[found["feature"].isin(known)]
    assert set(leads) & set(named["feature"])
    for feature, mine in named.groupby("feature"):
        np.testing.assert_array_equal(
            mine["feature_value"],
            held.loc[mine["customer_id"], leads.get(feature, feature)],
        )
    assert set(found["feature"]) - set(known) == {AVERAGE, ALL_ELSE}


def put_at(customers, kin, other):
    """Return customers with the values of some features taken from another one."""
    names = [name for name in kin if name in customers]
    return customers.assign(**{name: other[name] for name in names})


@pytest.mark.parametrize("name", [one.name for one in LEARNERS])
def test_a_reason_points_where_the_model_moves_with_all_its_kin(
    customers, probability_fits, name
):
    """Give everyone the kindred features of one customer: told is the mean move."""
    (fit,) = probability_fits[probability_fits["target"] == name].to_dict("records")
    model = model_of(fit)
    terms = probability_terms(model, customers)
    groups = [group for group in terms.names if group in KINDRED]
    assert set(groups) == {"(recency)", "(frequency)"}
    told, moved = [], []
    before = model.margin(customers).mean()
    for group in groups:
        ours = terms.contributions[:, terms.names.index(group)]
        for other in np.argsort(ours)[:: len(ours) // 30]:
            as_other = put_at(customers, KINDRED[group], customers.iloc[other])
            told.append(ours[other] - ours.mean())
            moved.append(model.margin(as_other).mean() - before)
    told, moved = np.array(told), np.array(moved)
    if isinstance(model, Linear):
        np.testing.assert_allclose(told, moved, atol=1e-9)
    else:  # trees: what a group adds depends on the rest
        clear = np.abs(told) > 0.25
        assert clear.sum() > 20
        assert (np.sign(told[clear]) == np.sign(moved[clear])).mean() > 0.9


def test_opposite_weights_of_kindred_features_are_told_as_one():
    """Orders of 90 days weigh against those of all time: told alone, one is wrong."""
    rows = pd.DataFrame(
        {
            "feature": [INTERCEPT, "count_orders", "count_orders_365d", "return_rate"],
            "transform": "identity",
            "fill_value": 0.0,
            "mean_value": [0.0, 10.0, 10.0, 0.1],
            "weight": [0.0, 0.2, -0.5, 1.0],
            "standardised_weight": [np.nan, 1.0, -2.5, 0.1],
        }
    )
    customer = pd.DataFrame(
        {"count_orders": [20.0], "count_orders_365d": [20.0], "return_rate": [0.1]}
    )
    terms = probability_terms(Linear.from_rows(rows), customer)
    assert terms.names == ["return_rate", "(frequency)"]
    # 20 orders: + 2 and - 5; many orders lower the risk
    np.testing.assert_allclose(terms.contributions, [[0.0, -3.0]])
    assert terms.values[0, 1] == 20


def test_where_all_features_are_given_nothing_is_left_over(customers, probability_fits):
    found = explained(customers[:10], probability_fits, count=len(FEATURES))
    assert ALL_ELSE not in set(found["feature"])


def test_no_reasons_are_given_where_none_are_wanted(
    customers, probability_fits, amount_fits
):
    for fits in (probability_fits, amount_fits):
        assert not list(explain(batches(customers), fits, count=0))


def test_batches_change_no_reason(customers, probability_fits, amount_fits):
    for fits in (probability_fits, amount_fits):
        pd.testing.assert_frame_equal(
            by_key(explained(customers[:60], fits, size=7)),
            by_key(explained(customers[:60], fits)),
        )


def test_an_amount_is_explained_beside_the_average_customer(customers, amount_fits):
    fit = amount_fits[amount_fits["champion"] == forecasts.PURCHASE_MODELS]
    found = explained(customers, fit, count=3)
    assert set(found["feature"]) == {
        AVERAGE,
        "alive_probability",
        "expected_order_days_if_alive",
        "expected_order_amount",
    }
    alive = found[found["feature"] == "alive_probability"]
    # to be gone is never a reason to spend more
    assert (alive["contribution"] <= 0).all()
    np.testing.assert_allclose(alive["contribution"], np.log(alive["feature_value"]))


# ---------- probabilities in SQL


def macro(name, **known):
    """Return a macro of dbt as a function; what it calls is given by name."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals |= known
    (file,) = MACROS.rglob(f"{name}.sql")
    module = environment.from_string(file.read_text()).module
    return getattr(module, f"default__{name}", None) or getattr(module, name)


@pytest.mark.parametrize(
    "name", [name for name, one in CANDIDATES.items() if one.is_linear]
)
def test_sql_gives_the_probabilities_of_a_linear_model(
    customers, probability_fits, name
):
    """As served_probabilities does, with its macros."""
    (fit,) = probability_fits[probability_fits["target"] == name].to_dict("records")
    weights = pd.DataFrame(list(fit["coefficients"]))
    term = macro("linear_term", transformed=macro("transformed"))
    pivoted = {}
    features = {*FEATURES, "count_orders_365d"}
    own = weights.set_index("feature")
    for feature in features:
        is_there = feature in own.index
        pivoted[f"{feature}_weight"] = own.loc[feature, "weight"] if is_there else 0.0
        pivoted[f"{feature}_transform"] = (
            own.loc[feature, "transform"] if is_there else None
        )
        pivoted[f"{feature}_fill"] = own.loc[feature, "fill_value"] if is_there else 0.0
    pivoted["intercept"] = own.loc[INTERCEPT, "weight"]
    coefficients = pd.DataFrame([pivoted]).astype(
        {f"{feature}_transform": "string" for feature in features}
    )
    terms = " + ".join(str(term(feature)) for feature in sorted(features))
    with duckdb.connect() as connection:
        connection.register("customers", customers)
        connection.register("coefficients", coefficients)
        found = connection.sql(
            f"""
            select customer_id, 1 / (1 + exp(-(intercept + {terms}))) as probability
            from customers cross join coefficients order by customer_id
            """
        ).df()
    expected = expit(Linear.from_rows(weights).margin(customers))
    np.testing.assert_allclose(found["probability"], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("probability", "tier"),
    [
        ("null", "unknown"),
        ("0", "low"),
        ("0.299", "low"),
        ("0.3", "medium"),
        ("0.699", "medium"),
        ("0.7", "high"),
        ("1", "high"),
    ],
)
def test_tiers_of_churn_begin_at_three_and_seven_tenths(probability, tier):
    with duckdb.connect() as connection:
        found = connection.execute(f"select {macro('churn_risk_tier')(probability)}")
        assert found.fetchone() == (tier,)


# ---------- the next order


def days(**probabilities):
    some = {int(name[1:]): np.array([value]) for name, value in probabilities.items()}
    return median_days(some)[0]


def test_the_median_is_where_half_have_come():
    assert days(h30=0.5) == pytest.approx(30)
    assert days(h90=0.75) == pytest.approx(45)
    # a half within 30 days, however many come later
    assert days(h30=0.5, h90=0.99) == pytest.approx(30)
    assert days(h30=0.0, h90=0.75) == pytest.approx(60)
    # beyond the last horizon the hazard stays as it was between the last two
    assert days(h30=0.0, h90=1 - 2**-0.5) == pytest.approx(150)
    assert days(h30=0.2, h90=0.2, h180=0.5) == pytest.approx(180)


def test_chances_grow_with_the_horizon_and_that_of_churn_is_kept():
    chances = {30: [0.6, 0.2], 90: [0.5, 0.5], 180: [0.4, 0.9]}
    arrays = {days: np.array(some) for days, some in chances.items()}
    found = {days: some.tolist() for days, some in coherent(arrays, 90).items()}
    assert found == {30: [0.5, 0.2], 90: [0.5, 0.5], 180: [0.5, 0.9]}


def test_what_lies_beyond_sight_has_no_day():
    assert np.isnan(days(h30=0.0, h90=0.0))
    assert np.isnan(days(h30=0.3, h90=0.3))
    # 180 ln 2 / hazard is 730 at a hazard of .1709
    assert np.isnan(days(h180=1 - np.exp(-0.1705)))
    assert days(h180=1 - np.exp(-0.1715)) == pytest.approx(727.5, abs=0.5)


def test_who_is_certain_to_come_has_a_day():
    assert 0 < days(h30=1.0, h90=1.0) < 30
    assert 0 < days(h30=0.0, h90=1.0) < 90


def test_the_median_of_probabilities_out_of_order_is_that_of_their_maximum():
    assert days(h30=0.4, h90=0.3, h180=0.6) == days(h30=0.4, h90=0.4, h180=0.6)


@pytest.mark.parametrize("horizons", [[90], [30, 90], [30, 90, 180], [7, 30, 90, 365]])
def test_sql_gives_the_same_median(horizons):
    rng = np.random.default_rng(8)
    chances = np.sort(rng.random((2_000, len(horizons))) ** 2, axis=1)
    # ties, certainty and impossibility occur
    chances[:300] = np.round(chances[:300], 1)
    chances[300:400, -1] = 1.0
    chances[400:500, 0] = 0.0
    frame = pd.DataFrame(chances, columns=[f"chance_{h}" for h in horizons])
    hazards = ", ".join(
        f"-ln(greatest(1 - chance_{h}, 1e-9)) as hazard_{h}" for h in horizons
    )
    with duckdb.connect() as connection:
        connection.register("chances", frame.assign(number=range(len(frame))))
        found = connection.sql(
            f"""
            with hazards as (select number, {hazards} from chances)
            select {macro("median_days")(horizons)} as days from hazards order by number
            """
        ).df()["days"]
    found = found.where(found <= FARTHEST_DAYS)
    expected = median_days({h: chances[:, i] for i, h in enumerate(horizons)})
    np.testing.assert_array_equal(np.isnan(expected), found.isna())
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_usual_gap_is_what_is_left_of_it():
    customers = pd.DataFrame(
        {
            "avg_days_between_orders": [30.0, 30.0, 30.0, np.nan],
            "days_since_last_order": [10, 30, 45, 5],
        }
    )
    # left of it; over, so a whole one; over; the mean of the shop
    assert usual_gap_days(customers).tolist() == [20, 30, 30, 25]


def brute_force(expected, observed, known):
    """Count pairs one by one: Harrell's C."""
    right = pairs = 0.0
    for i in range(len(expected)):
        for j in range(len(expected)):
            came_first = observed[i] < (
                known[j] if np.isnan(observed[j]) else observed[j]
            )
            if np.isnan(observed[i]) or not came_first:
                continue
            pairs += 1
            right += (expected[i] < expected[j]) + 0.5 * (expected[i] == expected[j])
    return right / pairs


def test_concordance_counts_pairs():
    rng = np.random.default_rng(4)
    expected = rng.integers(1, 20, 60).astype(float)
    expected[:8] = np.inf
    observed = rng.integers(0, 100, 60).astype(float)
    known = np.full(60, 92.0)
    observed[observed >= known] = np.nan
    pairs = concordance_pairs(expected, observed, known)
    (found,) = concordance(*pairs, np.ones((1, 60)))
    assert found == pytest.approx(brute_force(expected, observed, known), rel=1e-6)
    # a weight counts a customer as often
    weights = rng.integers(0, 3, (1, 60))
    (weighted,) = concordance(*pairs, weights)
    again = [np.repeat(v, weights[0]) for v in (expected, observed, known)]
    assert weighted == pytest.approx(brute_force(*again), rel=1e-6)


def next_orders(count=400, seed=9):
    rng = np.random.default_rng(seed)
    mean = rng.gamma(2, 30, count)
    came = rng.exponential(mean)
    return pd.DataFrame(
        {
            "origin_date": pd.Timestamp("2023-10-01").date(),
            "customer_id": [f"c{number}" for number in range(count)],
            "expected_days": mean * np.log(2),
            "usual_gap_days": rng.gamma(2, 30, count),
            "observed_days": np.where(came < 92, came, np.nan),
            "known_days": 92.0,
        }
    )


def test_days_that_tell_more_than_the_gap_serve():
    predictions = next_orders()
    scorecard, champion, _ = judge_days(predictions, seed=1, bootstrap_samples=50)
    assert champion == "purchase probabilities"
    values = scorecard.set_index(["candidate", "metric"])["metric_value"]
    assert values[champion, "concordance"] > values["usual gap", "concordance"] + 0.1
    # the median is the day by which half have come
    assert values[champion, "share_by_expected_day"] == pytest.approx(0.5, abs=0.08)
    turned = predictions.rename(
        columns={
            "expected_days": "usual_gap_days",
            "usual_gap_days": "expected_days",
        }
    )
    _, champion, verdict = judge_days(turned, seed=1, bootstrap_samples=50)
    assert champion == "usual gap"
    assert "no candidate is clearly better" in verdict


def test_a_lead_in_days_that_chance_may_have_given_does_not_serve():
    rng = np.random.default_rng(2)
    noise = next_orders(60)
    champions = []
    for seed in range(40):
        order = rng.permutation(len(noise))
        shuffled = noise.assign(
            expected_days=noise["expected_days"].to_numpy()[order],
            usual_gap_days=rng.permutation(noise["usual_gap_days"]),
        )
        champions.append(judge_days(shuffled, seed=seed, bootstrap_samples=50)[1])
    # 2.5 % of those that know nothing, had they no baseline: 6 of 40 is beyond chance
    assert champions.count("purchase probabilities") < 6


def test_who_is_not_in_sight_is_not_due():
    predictions = next_orders()
    hidden = predictions.index % 2 == 0
    predictions.loc[hidden, "expected_days"] = np.nan
    cards = [
        judge_days(rows, seed=1, bootstrap_samples=1)[0].set_index(
            ["candidate", "metric"]
        )
        for rows in (predictions, predictions[~hidden])
    ]
    here, there = (card.xs("share_by_expected_day", level="metric") for card in cards)
    assert here["metric_value"].equals(there["metric_value"])
    # one resample is its own interval, and the point value is none of it
    assert (cards[0]["lower_bound"] == cards[0]["upper_bound"]).all()


@pytest.mark.parametrize("observed", [np.nan, 5.0])
def test_days_that_cannot_be_told_apart_leave_the_baseline(observed):
    predictions = next_orders().assign(observed_days=observed, expected_days=np.nan)
    _, champion, _ = judge_days(predictions, seed=1, bootstrap_samples=10)
    assert champion == "usual gap"

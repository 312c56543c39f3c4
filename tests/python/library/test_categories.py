"""Simulated customers with tastes of a known spread; one category a purchase day."""

import warnings
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from segmentation.evidence.judgement import SCORECARD_SCHEMA
from segmentation.frames import conform
from segmentation.learning.fit_rows import FITS_SCHEMA
from segmentation.learning.settings import Settings
from segmentation.predictions.category_evidence import IS_HIGHER_BETTER, measure
from segmentation.predictions.category_models import CategoryModels
from segmentation.predictions.next_category import learn_next_category
from segmentation.predictions.tastes import (
    BASELINES,
    CANDIDATES,
    LAST_FIRST,
    OWN_FAVOURITE,
    POPULARITY,
    SHRUNK,
    Tastes,
    Weights,
    fit_alpha,
    fit_last_weight,
    parts,
)

TODAY = date(2024, 7, 1)
STEP = 92
SHARES = {"garden": 0.1, "home": 0.5, "office": 0.15, "toys": 0.25}
SETTINGS = Settings(
    seed=7,
    min_rows=100,
    step_days=STEP,
    learning_anchors=4,
    count_origins=3,
    max_configurations=1,
    bootstrap_samples=100,
    refit_every_days=30,
    source="shop",
)
SCORING = pd.DataFrame({"anchor_date": [TODAY], "first_order_date": [date(2022, 1, 1)]})


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # what dbt left open in a test before is collected at any time
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def shop(count=400, *, alpha=2.0, again=0.0, names=SHARES, anchors=6, seed=1):
    """Return the customers, counts and labels of a shop.

    A customer's tastes are drawn from a Dirichlet distribution of this alpha; with the
    probability `again`, the next category is the last one whatever the taste.
    """
    rng = np.random.default_rng(seed)
    names, shares = list(names), np.array(list(names.values()))
    orders = []
    for number in range(count):
        taste = rng.dirichlet(alpha * shares)
        days = np.unique(rng.integers(1, anchors * STEP + 400, rng.poisson(6) + 1))
        last = None
        for ago in days[::-1]:
            category = names[rng.choice(len(names), p=taste)]
            if last is not None and rng.random() < again:
                category = last
            last = category
            orders.append((f"c{number:04d}", int(ago), category))
    return at_anchors(
        pd.DataFrame(orders, columns=["customer_id", "ago", "category"]), anchors
    )


def at_anchors(orders, anchors):
    customers, counts, labels = [], [], []
    for anchor in range(anchors + 1):
        day = pd.Timestamp(TODAY - timedelta(days=anchor * STEP))
        stamp = {"anchor_date": day, "anchor_number": anchor}
        seen = orders[orders["ago"] > anchor * STEP]
        n = seen.groupby(["customer_id", "category"], as_index=False).size()
        n = n.rename(columns={"size": "expected_main_days"}).assign(**stamp)
        most = n.sort_values(
            ["expected_main_days", "category"], ascending=[False, True]
        )
        favourite = most.groupby("customer_id")["category"].first()
        last = seen.sort_values("ago").groupby("customer_id")["category"].first()
        here = pd.DataFrame({"favourite_category": favourite, "last_category": last})
        customers.append(here.reset_index().assign(**stamp))
        counts.append(n.drop(columns="anchor_number"))
        coming = orders[orders["ago"] <= anchor * STEP].sort_values("ago")
        following = coming.groupby("customer_id").last().reindex(here.index)
        if anchor:
            label = following.reset_index().rename(
                columns={"category": "next_category"}
            )
            label["days_to_next_order"] = anchor * STEP - label["ago"]
            labels.append(label.drop(columns="ago").assign(**stamp))
    tables = customers, counts, labels
    return [pd.concat(each) if each else pd.DataFrame() for each in tables]


def learned(tables, settings=SETTINGS, **more):
    (row,) = learn_next_category(
        *tables, settings=settings, scoring=SCORING, **more
    ).to_pylist()
    return row


def parameters(row):
    return {each["parameter"]: each["value"] for each in row["parameters"]}


def mean(row, metric, candidate):
    card = pd.DataFrame(row["scorecard"])
    mine = card[(card["metric"] == metric) & (card["candidate"] == candidate)]
    return mine["metric_value"].mean()


@pytest.fixture(scope="module")
def differing():
    return shop(1500)


@pytest.fixture(scope="module")
def fit(differing):
    return learned(differing)


def tastes(own, *, favourite=-1, last=-1, following=-1, shares=(0.5, 0.3, 0.2)):
    one = [np.array([value]) for value in (favourite, last, following)]
    return Tastes(csr_array(np.atleast_2d(own).astype(float)), *one, np.array(shares))


WEIGHTS = Weights(2.0, 0.1, 0.4, -1.0, 10)


# ---------- what is learned


@pytest.mark.parametrize("alpha", [0.5, 3.0, 12.0])
def test_alpha_is_recovered_from_what_was_bought_next(alpha):
    rng = np.random.default_rng(5)
    shares = np.array([0.5, 0.3, 0.2])
    taste = rng.dirichlet(alpha * shares, 40_000)
    total = rng.integers(0, 15, len(taste))
    counts = rng.multinomial(total, taste)
    following = (rng.random((len(taste), 1)) > taste.cumsum(axis=1)).sum(axis=1)
    own = np.take_along_axis(counts, following[:, None], axis=1)[:, 0]
    found, log_likelihood = fit_alpha(own, total, shares[following])
    assert found == pytest.approx(alpha, rel=0.1)
    chance = (own + found * shares[following]) / (total + found)
    assert log_likelihood == pytest.approx(np.log(chance).sum())


def test_alpha_is_recovered_from_a_shop(fit):
    assert parameters(fit)["alpha"] == pytest.approx(2.0, rel=0.25)
    shares = {name: parameters(fit)[f"share:{name}"] for name in SHARES}
    assert shares == pytest.approx(SHARES, abs=0.02)
    assert sum(shares.values()) == pytest.approx(1)


def test_no_weight_on_the_last_category_where_it_says_nothing_of_its_own(fit):
    assert parameters(fit)["last_weight"] < 0.05


def test_weight_of_the_last_category_is_recovered():
    rng = np.random.default_rng(5)
    shares = np.array([0.5, 0.3, 0.2])
    last, other = rng.choice(3, size=(2, 20_000), p=shares)
    following = np.where(rng.random(20_000) < 0.3, last, other)
    found = fit_last_weight(following == last, shares[following])
    assert found == pytest.approx(0.3, abs=0.02)


def test_the_last_category_comes_first_where_customers_stay_with_it():
    row = learned(shop(1500, alpha=20.0, again=0.5))
    assert parameters(row)["last_weight"] > 0.3
    assert row["champion"] == LAST_FIRST
    served = {each["parameter"] for each in row["parameters"] if each["is_served"]}
    assert served == {"alpha", "last_weight", *(f"share:{name}" for name in SHARES)}


def test_weight_of_the_last_category_stays_within_its_bounds():
    chance = np.full(4, 0.5)
    assert fit_last_weight(np.zeros(4, bool), chance) == 0
    assert fit_last_weight(np.ones(4, bool), chance) == 0.99
    assert fit_last_weight(np.zeros(0, bool), np.zeros(0)) == 0


def test_alpha_at_a_bound_is_said_to_be_degenerate():
    assert replace(WEIGHTS, alpha=1e5).status == "degenerate: alpha at a bound"
    assert replace(WEIGHTS, alpha=1e-3).status == "degenerate: alpha at a bound"
    assert WEIGHTS.status == "ok"


# ---------- probabilities


@pytest.mark.parametrize("name", CANDIDATES)
@pytest.mark.parametrize(
    "some",
    [
        tastes([3, 1, 0], favourite=0, last=1),
        tastes([0, 0, 0]),
        tastes([0, 0, 2], favourite=2, last=2, shares=(0.6, 0.4, 0.0)),
    ],
    ids=["usual", "no category", "not in the shop's shares"],
)
def test_probabilities_sum_to_one(name, some):
    total = sum(parts(name, some, WEIGHTS))
    assert total.sum() == pytest.approx(1)
    assert (total >= 0).all()


def test_parts_are_what_the_customer_the_shop_and_the_last_purchase_add():
    some = tastes([3, 1, 0], favourite=0, last=1)
    own, shop_part, last = parts(SHRUNK, some, WEIGHTS)
    assert own[0] == pytest.approx([3 / 6, 1 / 6, 0])
    assert shop_part[0] == pytest.approx([1 / 6, 0.6 / 6, 0.4 / 6])
    assert not last.any()
    own, shop_part, last = parts(LAST_FIRST, some, WEIGHTS)
    assert own[0] == pytest.approx([0.45, 0.15, 0])
    assert shop_part[0] == pytest.approx([0.15, 0.09, 0.06])
    assert last[0] == pytest.approx([0, 0.1, 0])
    own, shop_part, last = parts(OWN_FAVOURITE, some, WEIGHTS)
    assert own[0] == pytest.approx([0.4, 0, 0])
    assert shop_part[0] == pytest.approx([0, 0.36, 0.24])
    assert not last.any()


def test_who_has_bought_nothing_with_a_category_is_expected_to_buy_as_the_shop():
    for name in CANDIDATES:
        assert sum(parts(name, tastes([0, 0, 0]), WEIGHTS))[0] == pytest.approx(
            [0.5, 0.3, 0.2]
        )


def test_a_category_is_a_hit_by_its_rank_and_equals_rank_by_the_alphabet():
    def rank_of(following, shares):
        some = tastes([0] * len(shares), following=following, shares=shares)
        values = measure(POPULARITY, some, WEIGHTS)[0]
        return dict(zip(IS_HIGHER_BETTER, values, strict=True))

    shares = (0.4, 0.2, 0.2, 0.2, 0.0)
    assert rank_of(0, shares)["top_1_hit_rate"] == 1
    assert rank_of(1, shares)["mean_reciprocal_rank"] == 1 / 2
    assert rank_of(2, shares)["top_3_hit_rate"] == 1
    assert rank_of(3, shares)["top_3_hit_rate"] == 0
    assert rank_of(3, shares)["log_loss"] == pytest.approx(-np.log(0.2))
    never = rank_of(4, shares)
    assert never == {
        "top_1_hit_rate": 0,
        "top_1_probability": 0.4,
        "top_3_hit_rate": 0,
        "mean_reciprocal_rank": 0,
        "log_loss": pytest.approx(-np.log(1e-6)),
    }


# ---------- who serves


def test_own_tastes_beat_popularity_where_tastes_differ(fit):
    assert fit["champion"] in (SHRUNK, LAST_FIRST)
    assert not fit["is_baseline"]
    directed = {name: up for name, up in IS_HIGHER_BETTER.items() if up is not None}
    for metric, is_higher_better in directed.items():
        lead = mean(fit, metric, SHRUNK) - mean(fit, metric, POPULARITY)
        assert lead > 0 if is_higher_better else lead < 0
    card = pd.DataFrame(fit["scorecard"])
    mine = card[(card["metric"] == "log_loss") & (card["candidate"] == SHRUNK)]
    assert (mine["difference_upper"] < 0).all()


def test_what_is_promised_of_the_first_category_is_what_comes(fit):
    promised = mean(fit, "top_1_probability", fit["champion"])
    assert promised == pytest.approx(
        mean(fit, "top_1_hit_rate", fit["champion"]), abs=0.04
    )


def test_popularity_serves_where_tastes_do_not_differ():
    row = learned(shop(600, alpha=1e7))
    assert row["champion"] == POPULARITY
    assert row["is_baseline"]
    assert "no candidate is clearly better" in row["verdict"]
    served = {each["parameter"] for each in row["parameters"] if each["is_served"]}
    assert served == {f"share:{name}" for name in SHARES}
    assert parameters(row)["alpha"] > 50


def test_scorecard_has_every_candidate_and_metric_at_every_origin(fit):
    card = pd.DataFrame(fit["scorecard"])
    count = 3 * len(CANDIDATES) * len(IS_HIGHER_BETTER)
    assert conform(card, SCORECARD_SCHEMA).num_rows == count
    assert not card.duplicated(["origin_date", "candidate", "metric"]).any()
    assert set(card.loc[card["is_baseline"], "candidate"]) == set(BASELINES)
    # the probability of popularity is the same for all, but for the last digit
    assert (card["lower_bound"] <= card["metric_value"] + 1e-9).all()
    assert (card["metric_value"] <= card["upper_bound"] + 1e-9).all()
    best = card[card["candidate"] == card["best_baseline"]]
    assert (best["difference"] == 0).all()
    assert card.loc[card["is_serving"], "candidate"].unique() == [fit["champion"]]


def test_who_served_until_now_is_replaced_by_a_clear_lead_only(differing, fit):
    other = SHRUNK if fit["champion"] == LAST_FIRST else LAST_FIRST
    assert mean(fit, "log_loss", other) < mean(fit, "log_loss", POPULARITY)
    past = pd.DataFrame([fit | {"champion": other, "settings_hash": "another"}])
    again = learned(differing, past=past)
    assert again["champion"] == fit["champion"]
    assert f"clearly better than {other} in mean log loss" in again["verdict"]
    assert again["fit_number"] == 2


# ---------- what is known when


def test_a_next_category_is_known_from_the_next_purchase_on():
    learner = CategoryModels.of(*shop(100), SETTINGS)
    for origin in (0, 2):
        for number, which in learner.known_at(origin).items():
            assert number > origin
            rows = learner.at(number)
            day = rows["anchor_date"] + pd.to_timedelta(
                rows["days_to_next_order"], unit="D"
            )
            today = pd.Timestamp(TODAY - timedelta(days=origin * STEP))
            assert set(np.flatnonzero(day < today)) == set(which)
    assert sorted(learner.known_at(0)) == [1, 2, 3, 4]
    assert sorted(learner.known_at(2)) == [3, 4, 5, 6]


def test_what_came_after_an_origin_changes_nothing_that_is_learned_there():
    customers, counts, labels = shop(300)
    before = CategoryModels.of(customers, counts, labels, SETTINGS).weights(2)
    labels = labels.copy()
    came = labels["anchor_number"] * STEP - labels["days_to_next_order"]
    labels.loc[came <= 2 * STEP, "next_category"] = "garden"
    late = counts["anchor_date"] > pd.Timestamp(TODAY - timedelta(days=2 * STEP))
    counts = counts.assign(
        expected_main_days=counts["expected_main_days"].where(~late, 1)
    )
    assert CategoryModels.of(customers, counts, labels, SETTINGS).weights(2) == before


def test_shuffled_rows_change_nothing(differing, fit):
    shuffled = [table.sample(frac=1, random_state=3) for table in differing]
    assert learned(shuffled) == fit


def test_customers_who_are_not_in_the_sample_do_not_count(differing, fit):
    customers, counts, labels = differing
    others = counts[counts["customer_id"] < "c0100"]
    others = others.assign(customer_id="x" + others["customer_id"], category="new")
    assert learned([customers, pd.concat([counts, others]), labels]) == fit


def test_a_fit_is_made_again_when_it_is_due_only(differing, fit):
    past = pd.DataFrame([fit])
    table = learn_next_category(
        *differing, settings=SETTINGS, scoring=SCORING, past=past
    )
    assert table.num_rows == 0
    assert table.schema == FITS_SCHEMA
    again = learned(differing, replace(SETTINGS, source="another"), past=past)
    assert (again["fit_number"], again["parameters"]) == (2, fit["parameters"])


# ---------- too little data


def nothing_of(tables):
    return [table.iloc[:0] for table in tables]


def without_categories(tables):
    customers, counts, labels = tables
    none = {"favourite_category": None, "last_category": None}
    return customers.assign(**none), counts.iloc[:0], labels.assign(next_category=None)


@pytest.mark.parametrize(
    ("make", "verdict"),
    [
        (lambda: nothing_of(shop(5)), "no purchase has a category"),
        (lambda: without_categories(shop(300)), "no purchase has a category"),
        (lambda: shop(300, names={"all": 1.0}), "all purchases are of one category"),
        (lambda: shop(30), "labelled rows, 100 are needed to learn from"),
        (lambda: shop(300, anchors=0), "0 labelled rows, 100 are needed to learn from"),
        (lambda: shop(300, anchors=1), "0 labelled rows, 100 are needed to learn from"),
    ],
    ids=["empty shop", "no categories", "one category", "few customers",
         "no past anchor", "one past anchor"],
)  # fmt: skip
def test_too_little_data_is_a_verdict_and_no_failure(make, verdict):
    tables = make()
    if tables[2].empty and not tables[0].empty:
        tables[2] = shop(5)[2].iloc[:0]
    row = learned(tables)
    assert row["champion"] == "none"
    assert verdict in row["verdict"]
    assert row["parameters"] == row["scorecard"] == []


def test_an_empty_shop_without_a_scoring_anchor_is_a_verdict():
    (row,) = learn_next_category(
        *nothing_of(shop(5)), settings=SETTINGS, scoring=SCORING.iloc[:0]
    ).to_pylist()
    assert (row["champion"], row["fit_date"]) == ("none", None)

"""Probabilities of a simulated shop: what is known when, who serves, how long."""

import json
import warnings
from dataclasses import replace
from datetime import date
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_data import FEATURES, STEP_DAYS, Shop, shop
from scipy.special import expit, logit
from sklearn.svm import LinearSVC

from segmentation.identity import NOTHING
from segmentation.learning.calibration import LEAST_SLOPE, platt
from segmentation.learning.candidates import LEARNERS, PURCHASE_BASELINES, Candidate
from segmentation.learning.fit_rows import FITS_SCHEMA, PARTS, fits_table
from segmentation.learning.lifecycle import Build, begin, learn
from segmentation.learning.origins import Origins, days_needed
from segmentation.learning.past import incumbent, newest
from segmentation.learning.settings import Settings
from segmentation.learning.support_vectors import LinearSVM
from segmentation.learning.suspects import read_later, suspects
from segmentation.learning.tuning import tune
from segmentation.predictions import probability_models
from segmentation.predictions.probabilities import (
    ProbabilityLearner,
    Tuned,
    tuned_alike,
)
from segmentation.predictions.probability_models import ProbabilityModels, Target
from segmentation.predictions.purchases import learn_purchases, targets
from segmentation.predictions.scoring import model_of

TODAY, START = date(2024, 1, 1), date(2020, 3, 3)
CHURN = Target("churn", "is_churned", 90, FEATURES)
RECENCY = replace(CHURN, baselines=PURCHASE_BASELINES[:1])  # is beaten all the same
SETTINGS = Settings(
    seed=7,
    min_rows=200,
    step_days=STEP_DAYS,
    learning_anchors=4,
    count_origins=1,
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


@pytest.fixture
def only(monkeypatch):
    """Return how to have some learners compete, or none: all of them take seconds."""

    def choose(*names):
        some = tuple(one for one in LEARNERS if one.name in names)
        monkeypatch.setattr(probability_models, "LEARNERS", some)
        monkeypatch.setattr(probability_models, "PURCHASE_BASELINES", RECENCY.baselines)

    return choose


@pytest.fixture
def quick(only):
    only("logistic regression")


@pytest.fixture(scope="module")
def world():
    return shop(1_000)


@pytest.fixture(scope="module")
def rows(world):
    return world.labelled(6)


def learned(
    rows, target=RECENCY, settings=SETTINGS, *, today=TODAY, start=START, **known
):
    learner = ProbabilityLearner.of(rows, target, settings)
    outcome = learn(learner, Build(today, start, **known))
    return outcome and outcome.record


def aucs(record):
    """Return the AUC of each candidate, its mean over the origins."""
    card = record["scorecard"]
    return card[card["metric"] == "auc"].groupby("candidate")["metric_value"].mean()


def as_past(*records):
    """Return fits as dbt reads them from DuckDB: with dates as timestamps."""
    with duckdb.connect() as connection:
        connection.register("made", fits_table(list(records)))
        connection.execute("create table fits as select * from made limit 0")
        connection.execute("insert into fits select * from made")
        return connection.sql("select * from fits").df()


# ---------- what is known when


@pytest.mark.parametrize(
    ("horizon", "gap"), [(30, 1), (90, 1), (92, 1), (93, 2), (180, 2), (365, 4)]
)
def test_a_label_is_known_when_its_horizon_has_passed(horizon, gap):
    origins = Origins(horizon, 92, tuple(range(1, 12)), 4)
    assert origins.gap == gap
    assert origins.known_at(0) == tuple(range(gap, gap + 4))
    assert origins.known_at(3) == tuple(range(3 + gap, 3 + gap + 4))


@pytest.mark.parametrize(
    ("horizon", "origin", "held_out"),
    [(90, 0, (1, 4)), (90, 3, (4, 7)), (180, 0, (2, 4)), (365, 0, (4,))],
)
def test_the_newest_anchor_and_the_season_a_year_ago_are_held_out(
    horizon, origin, held_out
):
    origins = Origins(horizon, 92, tuple(range(1, 12)), 4)
    assert origins.held_out_at(origin) == held_out


def test_something_is_always_left_to_learn_from():
    assert Origins(90, 92, (1,), 4).held_out_at(0) == ()
    assert Origins(90, 92, (1, 4), 4).held_out_at(0) == (1,)
    assert Origins(90, 92, (), 4).held_out_at(0) == ()


def test_folds_learn_from_earlier_anchors_and_are_judged_at_later_ones():
    origins = Origins(180, 92, tuple(range(2, 12)), 5)
    assert origins.known_at(1) == (3, 4, 5, 6, 7)
    assert origins.folds(1) == [([5, 6, 7], 3), ([6, 7], 4), ([7], 5)]
    assert origins.folds(1, count=1) == [([5, 6, 7], 3)]


@settings(max_examples=200, deadline=None)
@given(
    horizon=st.integers(1, 800),
    step=st.integers(7, 400),
    numbers=st.sets(st.integers(1, 30)),
    window=st.integers(1, 8),
    origin=st.integers(0, 12),
)
def test_no_anchor_is_used_whose_label_is_not_known_yet(
    horizon, step, numbers, window, origin
):
    origins = Origins(horizon, step, tuple(sorted(numbers)), window)
    known = origins.known_at(origin)
    assert len(known) <= window
    assert all((n - origin) * step >= horizon for n in known)
    held_out = origins.held_out_at(origin)
    assert all((n - origin) * step >= horizon for n in held_out)
    assert set(known) - set(held_out) or not known
    for train, test in origins.folds(origin):
        assert {test, *train} <= set(known)
        assert all((n - test) * step >= horizon for n in train)


# ---------- the level


def margins(count, *, slope=1.0, level=0.0, seed=3):
    rng = np.random.default_rng(seed)
    margin = rng.normal(0, 1.5, count)
    return margin, rng.random(count) < expit(level + slope * margin)


def test_slope_and_level_are_recovered():
    margin, label = margins(20_000, slope=0.6, level=-0.8)
    slope, level = platt(margin, label, np.zeros(len(margin)))
    # the standard errors at 20,000 are .012 and .016
    assert slope == pytest.approx(0.6, abs=0.04)
    assert level == pytest.approx(-0.8, abs=0.05)


def test_the_scale_of_a_margin_is_taken_out():
    margin, label = margins(5_000)
    group = np.zeros(len(margin))
    slope, level = platt(margin, label, group)
    far = platt(1e4 * margin, label, group)
    assert far == pytest.approx((slope / 1e4, level), rel=1e-3, abs=1e-4)


def test_the_level_is_the_mean_of_the_levels_of_the_groups():
    early, bought = margins(9_000, level=-1.5)
    late, came = margins(3_000, level=0.5)
    group = np.repeat([1, 4], [len(early), len(late)])
    _, level = platt(np.append(early, late), np.append(bought, came), group)
    # of the groups, not of the rows, whose mean is near -1
    assert level == pytest.approx(-0.5, abs=0.08)


def test_the_order_of_customers_is_never_turned_round():
    margin, label = margins(2_000, slope=-1.0)
    slope, _ = platt(margin, label, np.zeros(len(margin)))
    assert LEAST_SLOPE == 0.05
    assert slope * margin.std() == pytest.approx(0.05, rel=1e-3)


@pytest.mark.parametrize(
    "margin",
    [
        0.0,
        -3.0,
        1.0,
    ],
)
def test_one_margin_for_all_has_the_rate_for_its_probability(margin):
    label = np.arange(1_000) < 300
    slope, level = platt(np.full(1_000, margin), label, np.zeros(1_000))
    assert expit(level + slope * margin) == pytest.approx(0.3, abs=0.005)


def test_a_group_of_one_class_has_a_level():
    margin, _ = margins(500)
    found = platt(margin, np.ones(500, bool), np.zeros(500))
    assert np.isfinite(found).all()
    assert found[1] > 2


# ---------- tuning


def tuned(rows, *, candidate="logistic regression", at=1, most=4):
    (chosen,) = (one for one in LEARNERS if one.name == candidate)
    numbers = tuple(int(n) for n in np.unique(rows["anchor_number"]))
    origins = Origins(90, STEP_DAYS, numbers, 4)
    return chosen, tune(
        chosen,
        rows,
        "is_churned",
        FEATURES,
        origins,
        origin=at,
        max_configurations=most,
        seed=7,
    )


@pytest.mark.parametrize("most", [2, 3, 4])
def test_no_more_settings_are_tried_than_allowed(rows, most):
    candidate, (chosen, tried) = tuned(rows, most=most)
    assert chosen in candidate.configurations[:most]
    assert len({one["settings"] for one in tried}) == most
    assert sum(one["is_chosen"] for one in tried) == 1
    rungs = pd.DataFrame(tried).groupby("rung")
    assert rungs.size().is_monotonic_decreasing
    assert rungs["count_rows"].first().is_monotonic_increasing


def test_the_chosen_settings_are_the_best_of_the_last_rung(rows):
    _, (_, tried) = tuned(rows)
    last = [one for one in tried if one["rung"] == tried[-1]["rung"]]
    assert max(last, key=lambda one: one["auc"])["is_chosen"]


def test_the_best_of_a_rung_go_on_to_the_next(rows):
    _, (_, tried) = tuned(rows)
    rungs = [some for _, some in pd.DataFrame(tried).groupby("rung")]
    assert len(rungs) > 1
    for rung, following in pairwise(rungs):
        goes_on = rung["settings"].isin(following["settings"])
        assert goes_on.sum() == len(following) < len(rung)
        assert rung["auc"][goes_on].min() >= rung["auc"][~goes_on].max()


def test_rungs_are_of_the_rows_that_are_known(rows):
    _, (_, tried) = tuned(rows, at=2)
    count = rows["anchor_number"].isin([3, 4, 5, 6]).sum()
    last = max(one["count_rows"] for one in tried)
    assert 0.9 * count < last <= count


def test_with_one_configuration_nothing_is_tuned(rows):
    candidate, found = tuned(rows, most=1)
    assert found == (candidate.configurations[0], [])


def test_without_a_fold_nothing_is_tuned(rows):
    candidate, found = tuned(rows[rows["anchor_number"] <= 2])
    assert found == (candidate.configurations[0], [])


@pytest.mark.parametrize("candidate", ["logistic regression", "decision tree"])
def test_tuning_sees_nothing_from_its_origin_on(rows, candidate):
    at = 2
    later = rows["anchor_number"] <= at
    spoilt = rows.copy()
    spoilt.loc[later, "is_churned"] = ~spoilt.loc[later, "is_churned"]
    spoilt.loc[later, list(FEATURES)] = 0
    assert tuned(spoilt, candidate=candidate, at=at) == tuned(
        rows, candidate=candidate, at=at
    )


def test_rows_before_the_origin_are_what_tunes(rows):
    # the twin of the test above, which would pass if nothing were read at all
    spoilt = rows.assign(days_since_last_order=1)
    assert tuned(spoilt, at=2)[1][1] != tuned(rows, at=2)[1][1]


def test_horizons_are_tuned_once_on_the_middle_one_at_the_oldest_origin(
    rows, quick, monkeypatch
):
    asked = []

    def tune_once(learner, origin):
        asked.append((learner.target.name, origin))
        return Tuned(learner.target.features, {}, [])

    monkeypatch.setattr(ProbabilityLearner, "tune", tune_once)
    family = targets([30, 90, 180], 90, FEATURES)
    some = replace(SETTINGS, count_origins=2)
    build = Build(TODAY, START)
    learners = [ProbabilityLearner.of(rows, target, some) for target in family]
    begun = tuned_alike([begin(learner, build) for learner in learners])
    # at its oldest origin the longest horizon would know what came at a newer one
    assert asked == [("churn", max(one.origins[-1] for one in begun))]
    assert {one.origins[-1] for one in begun} != {asked[0][1]}
    assert len({id(one.learner.tuned) for one in begun}) == 1


def test_who_left_a_feature_out_is_tuned_anew(rows, quick):
    some = replace(SETTINGS, max_configurations=2)
    learner = ProbabilityLearner.of(rows, RECENCY, some)
    chosen = {one.name: one.configurations[1] for one in learner.target.candidates[:1]}
    chosen |= {one.name: {} for one in learner.target.candidates[1:]}
    shared = replace(learner, tuned=Tuned(RECENCY.features, chosen, []))
    kept = shared.judge([1], None)
    anew = shared.without(["count_orders"]).judge([1], None)
    assert (kept.settings, kept.tuning) == (chosen, [])
    assert anew.tuning


@given(seed=st.integers(0, 100), C=st.sampled_from([0.001, 0.1, 1.0, 100.0]))
@settings(max_examples=20, deadline=None)
def test_support_vectors_are_those_of_liblinear(seed, C):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(300, 4))
    values[:, 3] = values[:, 2] + 0.05 * rng.normal(size=300)  # nearly the same
    labels = (values @ [1, -1, 0.5, 0] + rng.normal(size=300) > 0.5).astype(int)
    ours = LinearSVM(C)
    ours.fit(values, labels)
    theirs = LinearSVC(C=C, dual=False, tol=1e-10, max_iter=100_000)
    theirs.fit(values, labels)
    np.testing.assert_allclose(
        ours.decision_function(values),
        theirs.decision_function(values),
        atol=1e-4,
    )


# ---------- learning


@pytest.fixture(scope="module")
def record(rows):
    return learned(
        rows, CHURN, replace(SETTINGS, count_origins=2, max_configurations=2)
    )


def test_a_model_serves_that_beats_every_baseline(record):
    found = aucs(record)
    names = [baseline.name for baseline in PURCHASE_BASELINES]
    assert record["champion"] == found.idxmax()
    assert not record["is_baseline"]
    assert found[record["champion"]] > found[names].max() + 0.005
    assert "serves" in record["verdict"]


@pytest.mark.parametrize("name", ["logistic regression", "boosted trees"])
def test_what_is_stored_to_serve_is_calibrated(rows, only, monkeypatch, name):
    only(name)
    monkeypatch.setattr(ProbabilityLearner, "_better_as_it_is", lambda *_: set())
    learner = ProbabilityLearner.of(rows, RECENCY, SETTINGS)
    outcome = learn(learner, Build(TODAY, START))
    record = outcome.record
    assert record["champion"] == name
    model, slope, intercept = outcome.learner.champion_at(0, outcome.evidence)
    assert (record["level_slope"], record["level_intercept"]) == (slope, intercept)
    assert abs(slope - 1) + abs(intercept) > 0.02
    (fit,) = as_past(record).to_dict("records")
    customers = rows[rows["anchor_number"] == 1]
    np.testing.assert_allclose(
        model_of(fit).margin(customers), slope * model.margin(customers) + intercept
    )


def test_a_fit_is_recorded_whole(record, rows):
    row = fits_table([record]).to_pandas().iloc[0]
    learned_from = rows[rows["anchor_number"] <= 4]
    # of the parts, these are of amounts; of the models, one is there
    apart = {"parameters", "levels", "intervals", "groups", "coefficients", "nodes"}
    absent = [
        name
        for name in FITS_SCHEMA.names
        if name not in apart and (row[name] is None or np.size(row[name]) == 0)
    ]
    assert not absent
    assert bool(len(row["coefficients"])) != bool(len(row["nodes"]))
    assert row["count_training_rows"] == len(learned_from)
    assert row["count_training_customers"] == learned_from["customer_id"].nunique()
    assert row["count_training_anchors"] == 4
    assert (row["trained_from"], row["trained_until"]) == (
        learned_from["anchor_date"].min().date(),
        learned_from["anchor_date"].max().date(),
    )
    assert (row["fit_date"], row["data_from"]) == (TODAY, START)
    assert json.loads(row["features"]) == FEATURES
    assert json.loads(row["settings"])["seed"] == row["seed"] == 7
    versions = json.loads(row["library_versions"])
    assert {"python", "numpy", "scikit-learn"} <= set(versions)
    assert row["fit_number"] == 1


def test_every_candidate_is_judged_at_every_origin(record):
    card = record["scorecard"]
    names = {one.name for one in CHURN.candidates}
    assert set(card["candidate"]) == names
    assert (card.groupby("origin_date")["candidate"].nunique() == len(names)).all()
    days = {pd.Timestamp(day).date() for day in card["origin_date"]}
    assert days == {date(2023, 10, 1), date(2023, 7, 1)}
    assert card.loc[card["is_serving"], "candidate"].unique() == [record["champion"]]


@pytest.mark.parametrize("candidate", [None, "decision tree"])
def test_the_order_of_rows_changes_nothing(rows, only, candidate):
    only(candidate or "logistic regression")
    once = fits_table([learned(rows)])
    again = fits_table([learned(rows.sample(frac=1, random_state=4))])
    assert once.equals(again)


def test_candidates_never_learn_from_the_anchor_they_are_judged_at(rows, quick):
    newest = rows["anchor_number"] == 1
    spoilt = rows.copy()
    spoilt.loc[newest, "is_churned"] = ~spoilt.loc[newest, "is_churned"]
    # with every label turned round, what never saw them is turned round
    pd.testing.assert_series_equal(
        aucs(learned(spoilt)),
        1 - aucs(learned(rows)),
    )


def test_the_incumbent_stays_unless_it_is_clearly_beaten(rows, only):
    only("logistic regression", "linear SVM")
    first = learned(rows)
    (other,) = {"logistic regression", "linear SVM"} - {first["champion"]}
    # the two differ by less than chance
    past = as_past(first | {"champion": other})
    again = learned(rows, past=past, today=date(2024, 3, 1))
    assert again["champion"] == other
    assert "keeps serving" in again["verdict"]


def test_an_incumbent_that_is_clearly_beaten_is_replaced(rows, only, monkeypatch):
    only("logistic regression")
    stump = replace(LEARNERS[2], configurations=({"max_depth": 1},))
    monkeypatch.setattr(probability_models, "LEARNERS", (LEARNERS[0], stump))
    weak = replace(CHURN, baselines=PURCHASE_BASELINES[2:3])
    past = as_past(learned(rows, weak) | {"champion": "decision tree"})
    settings = replace(SETTINGS, bootstrap_samples=100)
    again = learned(rows, weak, settings, past=past, today=date(2024, 3, 1))
    assert again["champion"] == "logistic regression"
    assert "clearly better than decision tree" in again["verdict"]


def test_a_level_that_led_astray_at_earlier_origins_is_left_alone(
    rows, quick, monkeypatch
):
    """At the oldest origin nothing is known of that yet; later ones have learned it."""
    whole = ProbabilityModels._calibrated

    def astray(self, candidate, settings, origin):
        model, slope, intercept = whole(self, candidate, settings, origin)
        return model, slope, intercept + 2

    monkeypatch.setattr(ProbabilityModels, "_calibrated", astray)
    found = learned(rows, settings=replace(SETTINGS, count_origins=3))

    assert (found["level_slope"], found["level_intercept"]) == (1.0, 0.0)
    card = found["scorecard"]
    mine = card[card["candidate"] == "logistic regression"]
    level = mine[mine["metric"] == "predicted_over_actual"].sort_values("origin_date")
    oldest, *later = level["metric_value"]
    assert oldest > 1.3
    assert len(later) == 2
    assert max(later) < 1.2


def test_what_does_not_beat_its_baseline_does_not_serve(rows, quick):
    rows = rows.assign(noise=np.random.default_rng(5).normal(size=len(rows)))
    found = learned(rows, replace(RECENCY, features={"noise": "identity"}))
    assert found["is_baseline"]
    assert "no candidate is clearly better" in found["verdict"]
    card = found["scorecard"]
    serving = card[card["is_serving"]]
    assert set(serving["candidate"]) == {found["champion"]}
    assert serving["is_baseline"].all()
    # and it can be applied
    row = fits_table([found]).to_pandas().iloc[0]
    assert np.isfinite(model_of(row).margin(rows)).all()


# ---------- when a fit is due


@pytest.fixture
def first(rows, quick):
    return learned(rows)


def test_the_second_time_nothing_is_due(rows, first):
    assert learned(rows, past=as_past(first)) is None
    assert learned(rows, past=as_past(first), today=date(2024, 1, 30)) is None


def test_a_fit_is_due_when_the_last_is_old(rows, first):
    again = learned(rows, past=as_past(first), today=date(2024, 1, 31))
    assert again["fit_number"] == 2
    assert again["fit_id"] != first["fit_id"]


def test_a_fit_is_due_with_other_settings(rows, first):
    past = as_past(first)
    for other in ({"seed": 8}, {"learning_anchors": 3}, {"source": "other"}):
        again = learned(rows, settings=replace(SETTINGS, **other), past=past)
        assert again["fit_number"] == 2
    fewer = {name: FEATURES[name] for name in list(FEATURES)[1:]}
    assert learned(rows, replace(RECENCY, features=fewer), past=past) is not None
    # how often to fit is not what a fit is made with
    rarer = replace(SETTINGS, refit_every_days=60)
    assert learned(rows, settings=rarer, past=past) is None


def test_a_fit_is_due_when_data_start_on_another_day(rows, first):
    again = learned(rows, past=as_past(first), start=date(2019, 1, 1))
    assert again is not None


def test_another_shop_of_the_same_first_day_shares_no_fit(rows, first):
    again = learned(rows, past=as_past(first), shop="of another first order")
    assert again["fit_number"] == 2
    assert incumbent(as_past(first).iloc[0], first) == first["champion"]
    assert incumbent(as_past(first).iloc[0], again) is None


def test_changed_rows_alone_make_no_fit_due(rows, first):
    changed = rows.assign(count_orders=rows["count_orders"] + 1)
    assert learned(changed, past=as_past(first)) is None


def test_where_there_was_nothing_to_serve_changed_rows_make_a_fit_due(rows, quick):
    few = rows.groupby("anchor_number").head(100)
    none = learned(few)
    assert none["champion"] == NOTHING
    past = as_past(none)
    assert learned(few, past=past) is None
    assert learned(rows, past=past)["champion"] != NOTHING


def test_a_fit_of_a_later_day_is_not_seen_by_an_earlier_one(rows, first):
    past = as_past(first)
    earlier = learned(rows, past=past, today=date(2023, 12, 31))
    assert earlier["fit_number"] == 2
    both = as_past(first, earlier)
    assert newest(both, "churn", date(2023, 12, 31))["fit_number"] == 2
    assert newest(both, "churn", TODAY)["fit_number"] == 1
    assert newest(both, "churn", date(2023, 12, 30)) is None


def test_of_two_fits_of_a_day_the_last_made_serves(rows, first):
    second = learned(rows, settings=replace(SETTINGS, seed=8), past=as_past(first))
    both = as_past(second, first)
    assert newest(both, "churn", TODAY)["seed"] == 8


def test_a_target_that_is_new_is_due(rows, first):
    new = Target("purchase_30d", "is_purchase_next_30d", 30, FEATURES)
    assert learned(rows, new, past=as_past(first))["fit_number"] == 1


def test_refitting_at_every_change_does_not_refit_without_one(rows, quick):
    settings = replace(SETTINGS, refit_every_days=0)
    past = as_past(learned(rows, settings=settings))
    assert learned(rows, settings=settings, past=past) is None
    changed = rows.assign(count_orders=rows["count_orders"] + 1)
    assert learned(changed, settings=settings, past=past) is not None


def test_a_shop_without_orders_is_fitted_once(rows, quick):
    nothing = {"today": TODAY, "start": None}
    none = learned(rows[:0], **nothing)
    assert none["verdict"].startswith("too little data: 0 labelled rows, 200 are")
    assert learned(rows[:0], past=as_past(none), **nothing) is None


# ---------- too little data


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows[:0], "too little data: 0 labelled rows"),
        (lambda rows: rows[:50], "too little data: 50 labelled rows"),
        (lambda rows: rows.assign(is_churned=True), "all of the labels are true"),
        (lambda rows: rows.assign(is_churned=False), "none of the labels are true"),
        (lambda rows: rows.assign(is_churned=pd.NA), "0 labelled rows"),
        (lambda rows: rows[rows["anchor_number"] == 1], "0 labelled rows"),
    ],
)
def test_with_nothing_to_learn_there_is_a_verdict(rows, quick, change, said):
    found = learned(change(rows))
    assert found["champion"] == NOTHING
    assert said in found["verdict"]
    row = as_past(found).iloc[0]
    assert model_of(row) is None
    assert all(len(row[part]) == 0 for part in PARTS)


def test_where_history_is_short_the_verdict_says_how_much_it_takes(rows, quick):
    newest = learned(rows[rows["anchor_number"] == 1])
    assert newest["verdict"] == (
        "too little data: 0 labelled rows, 200 are needed to learn from "
        "(with anchor_step_days 92, 276 days of orders are needed; with 30, 210)"
    )
    assert "anchor_step_days" not in learned(rows.assign(is_churned=True))["verdict"]


@pytest.mark.parametrize(
    ("horizon", "step", "is_learned", "days"),
    [
        (90, 92, True, 276),
        (90, 30, True, 210),
        (30, 30, True, 90),
        (180, 92, True, 460),
        (365, 92, False, 460),
        (90, 92, False, 184),
    ],
)
def test_so_many_days_and_no_fewer_leave_an_origin_to_judge_at(
    horizon, step, is_learned, days
):
    def is_enough(history):
        # an anchor has at least a step of history, and a label what is known by today
        count = history // step - 1
        numbers = range(int(np.ceil(horizon / step)), count + 1)
        origins = Origins(horizon, step, tuple(numbers), 4)
        return any(origins.known_at(n) or not is_learned for n in numbers)

    assert days_needed(horizon, step, is_learned=is_learned) == days
    assert is_enough(days)
    assert not is_enough(days - 1)


def test_a_shop_that_closed_a_year_ago_has_a_verdict(quick):
    """All have left at the newest anchors; the older ones could be learned."""
    found = learned(shop(400, until=-370, days=1_800).labelled(8))
    assert "all of the labels are true" in found["verdict"]


def test_an_empty_shop_without_a_scoring_anchor_has_a_verdict(rows, quick):
    found = learned(rows[:0], today=None, start=None)
    assert found["champion"] == NOTHING
    past = as_past(found)
    assert learned(rows[:0], past=past, today=None, start=None) is None
    assert learned(rows, past=past)["fit_number"] == 2


@pytest.mark.parametrize(
    ("customers", "champions"),
    [(50, {"none"}), (500, None), (5_000, {"logistic regression", "boosted trees"})],
)
def test_small_and_large_shops_are_served(customers, champions):
    found = learned(shop(customers, seed=2).labelled(5), CHURN)
    assert champions is None or found["champion"] in champions
    assert found["verdict"]
    assert (found["champion"] == "none") == (customers < 200)


@pytest.mark.parametrize("anchors", [(1, 2), (1, 3), (2, 3), (1, 5, 6)])
def test_two_anchors_are_enough(rows, quick, anchors):
    found = learned(rows[rows["anchor_number"].isin(anchors)])
    assert found["champion"] != NOTHING


@pytest.mark.parametrize(
    "values",
    [
        1.0,
        np.nan,
        pd.NA,
        None,
        [True, False, None],
        [1, None, 3],
        [-1e9, 1e12, 5.0],
    ],
)
@pytest.mark.parametrize("type_", [object, None])
def test_odd_features_do_no_harm(rows, only, values, type_):
    only("logistic regression", "decision tree")
    some = values if isinstance(values, list) else [values]
    column = pd.Series((some * len(rows))[: len(rows)], dtype=type_)
    if type_ is None:
        column = column.convert_dtypes()
    target = replace(RECENCY, features=FEATURES | {"odd": "log1p"})
    found = learned(rows.assign(odd=column.to_numpy()), target)
    assert aucs(found)[found["champion"]] == pytest.approx(0.87, abs=0.05)


def test_trees_see_features_as_they_are_gaps_included():
    (trees,) = (one for one in LEARNERS if one.name == "boosted trees")
    rows = pd.DataFrame({"some": [9.0, np.nan], "none": [np.nan, np.nan]})
    seen = trees.values(rows, {"some": "log1p", "none": "identity"})
    pd.testing.assert_frame_equal(seen, rows[["some"]])


def test_features_that_are_all_missing_leave_nothing_to_learn_from(rows, only):
    only("logistic regression", "decision tree")
    target = replace(RECENCY, features={"absent": "log1p"})
    found = learned(rows.assign(absent=np.nan), target)
    assert found["is_baseline"] or found["champion"] == NOTHING


def test_customers_who_are_all_alike_are_served_the_rate(rows, only):
    only("logistic regression", "decision tree", "boosted trees")
    alike = rows.assign(**dict.fromkeys([*FEATURES, "count_orders_365d"], 3.0))
    found = learned(alike)
    assert found["is_baseline"]
    model = model_of(fits_table([found]).to_pandas().iloc[0])
    observed = rows.loc[rows["anchor_number"].isin([1, 4]), "is_churned"].mean()
    assert expit(model.margin(alike)) == pytest.approx(observed, abs=0.03)


@pytest.mark.parametrize("anchors", [4, 1])
def test_the_level_is_learned_on_rows_that_teach_nothing_else(
    rows, anchors, monkeypatch
):
    """On other anchors, or of one anchor on the other half of the customers."""
    some = rows[rows["anchor_number"] <= anchors]
    models = ProbabilityModels.of(some, RECENCY, SETTINGS)
    taught, levelled = [], []

    class Spy(Candidate):
        def fit(self, rows, *others):
            taught.append(len(rows))
            return super().fit(rows, *others)

    def spying(margin, label, group):
        levelled.append(len(margin))
        return platt(margin, label, group)

    monkeypatch.setattr(probability_models, "platt", spying)
    models.calibrated(Spy("spy", LEARNERS[0].make), {"C": 1.0}, 0)
    everything, rest = taught
    assert everything == len(models.rows)
    assert levelled == [everything - rest]


def test_a_few_rows_at_the_newest_anchor_do_not_set_the_level(rows, quick):
    newest = rows["anchor_number"] == 1
    churned = rows.index[newest & rows["is_churned"].astype(bool)][:4]
    few = rows[~newest | rows.index.isin(churned)]
    without = learned(rows[~newest])["level_intercept"]
    assert learned(few)["level_intercept"] == pytest.approx(without, abs=0.1)


# ---------- canaries


def shuffled(rows, seed):
    """Return the rows with the labels of each anchor handed out at random."""
    rng = np.random.default_rng(seed)
    labels = rows.groupby("anchor_number")["is_churned"].transform(
        lambda known: rng.permutation(known.to_numpy(bool))
    )
    return rows.assign(is_churned=labels)


def test_shuffled_labels_make_a_coin_of_every_candidate(rows):
    """The AUC of a permuted label has mean .5 and a known variance, ties but lower it.

    Ten candidates, and who serves is the best of them: so each is held to the 99.5 %
    interval of its mean over the origins, all ten at once to 95 % (Bonferroni).
    """
    found = learned(shuffled(rows, seed=11), CHURN, replace(SETTINGS, count_origins=2))
    card = found["scorecard"]
    sizes = card[card["metric"] == "observed_rate"].drop_duplicates("origin_date")
    n, rate = sizes["count_test_rows"], sizes["metric_value"]
    variance = (n + 1) / (12 * n * rate * n * (1 - rate))
    half = 2.81 * np.sqrt(variance.sum()) / len(sizes)
    assert aucs(found).between(0.5 - half, 0.5 + half).all()
    assert half < 0.05


def test_intervals_hold_a_coin_as_often_as_they_say(rows, quick):
    """Of 20 shuffles, 19 intervals of one candidate should hold .5, 17 at the least.

    The candidate is named beforehand: of the best of many it would not be true.
    """
    settings = replace(SETTINGS, bootstrap_samples=100)
    target = replace(RECENCY, features={"count_orders_365d": "log1p"})
    some = rows[rows["anchor_number"] <= 2]
    held = 0
    for seed in range(20):
        card = learned(shuffled(some, seed), target, settings)["scorecard"]
        mine = card[
            (card["candidate"] == "logistic regression") & (card["metric"] == "auc")
        ].iloc[0]
        held += mine["lower_bound"] <= 0.5 <= mine["upper_bound"]
    assert held >= 17


def planted(rows, kind):
    """Return a column that knows what comes after the anchor."""
    rng = np.random.default_rng(6)
    orders = rows["count_order_days_next_90d"].to_numpy(float)
    noise = rng.normal(size=len(rows))
    return {
        "count and noise": orders + 0.3 * noise,
        "amount of buyers": np.where(orders > 0, rng.random(len(rows)), np.nan),
        "flag of buyers": np.where(orders > 0, 1.0, np.nan),
        "flag of the others": np.where(orders > 0, np.nan, 1.0),
        "days to the next": rows["days_to_next_order"].to_numpy(float, na_value=np.nan),
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "count and noise",
        "amount of buyers",
        "flag of buyers",
        "flag of the others",
        "days to the next",
    ],
)
def test_a_column_that_knows_the_future_is_caught(rows, only, kind):
    only("logistic regression", "decision tree")
    target = replace(RECENCY, features=FEATURES | {"planted": "identity"})
    found = learned(rows.assign(planted=planted(rows, kind)), target)
    assert found["excluded_features"].startswith("planted: its AUC alone is ")
    pd.testing.assert_series_equal(aucs(found), aucs(learned(rows)))


@pytest.mark.parametrize(
    ("aucs_alone", "caught"),
    [
        ([0.96, 0.6, 0.6, 0.5], 1),  # over .95
        ([0.95, 0.6, 0.6, 0.5], 0),
        ([0.97, 0.96, 0.95, 0.5], 0),  # clockwork: half way from the third best to 1
        ([0.98, 0.96, 0.95, 0.5], 1),
        ([0.995, 0.99, 0.99, 0.5], 1),  # over .99 whatever the others are
        ([0.96, 0.97], 2),  # without a third
    ],
)
def test_a_feature_is_suspected_that_is_far_ahead_of_the_third_best(
    aucs_alone, caught, monkeypatch
):
    known = dict(zip("abcd", aucs_alone, strict=False))
    monkeypatch.setattr(
        "segmentation.learning.suspects.auc_alone",
        lambda rows, labels, name: known[name],
    )
    frame = pd.DataFrame(columns=["label", *known], dtype=float)
    expected = {name: auc for name, auc in known.items() if name in "ab"[:caught]}
    assert suspects(frame, "label", [*known, "absent"]) == expected


def test_a_feature_is_read_later_where_its_value_of_then_is_another_now():
    day = pd.Timestamp("2024-09-01").date()
    then = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "only_then"],
            "anchor_date": day,
            "orders": pd.array([3, 1, None, 5], dtype="Int64"),
            "amount": [0.1 + 0.2, 5.0, float("nan"), 1.0],
            "duration": [0, 0, None, 0],
            "channel": ["web", None, "shop", "web"],
            "first_order": [day, day, None, day],
            "gone": 1,
        }
    )
    now = pd.DataFrame(
        {
            "customer_id": ["only_now", "c", "b", "a"],
            "anchor_date": day,
            "orders": [9, float("nan"), 1, 3],
            "amount": [1.0, float("nan"), 5.0, 0.3],
            "duration": [0, 90.0, 210, 0],
            "channel": pd.array(["web", "shop", "app", "web"], dtype="string"),
            "first_order": [day, None, day, day],
            "added": 1,
        }
    )
    found = read_later(then, now)
    assert list(found.index[:2]) == ["duration", "channel"]
    changed = {"duration": 2 / 3, "channel": 1 / 3}
    unchanged = {"orders": 0, "amount": 0, "first_order": 0}
    assert found.to_dict() == pytest.approx(changed | unchanged)
    with pytest.raises(ValueError, match="no row in common"):
        read_later(then, now.assign(anchor_date=pd.Timestamp("2024-10-01").date()))
    with pytest.raises(ValueError, match="keys anchor_date"):
        read_later(then, now, keys=("anchor_date",))


def test_honest_features_are_not_suspected(record):
    assert record["excluded_features"] == ""


@pytest.mark.parametrize("name", ["days_since_last_order", "lifetime_net_amount"])
def test_a_baseline_does_not_serve_a_column_that_knows_the_future(rows, quick, name):
    found = learned(rows.assign(**{name: planted(rows, "count and noise")}), CHURN)
    assert name in found["excluded_features"]
    assert aucs(found)[found["champion"]] < 0.95


def test_a_target_all_of_whose_features_know_the_future_has_a_verdict(rows, quick):
    target = replace(RECENCY, features={"planted": "identity"})
    found = learned(rows.assign(planted=planted(rows, "count and noise")), target)
    assert found["verdict"] == "no feature is left to learn from"
    assert "planted" in found["excluded_features"]


# ---------- calibration


def calibration_by_origin(rows, origins):
    settings = replace(SETTINGS, count_origins=origins, bootstrap_samples=2)
    card = learned(rows, settings=settings)["scorecard"]
    mine = card[card["candidate"] == "logistic regression"]
    return mine.pivot_table("metric_value", "origin_date", "metric")


@pytest.fixture(scope="module")
def seasonal():
    """A shop in which every fourth quarter customers buy 2.5 times as often."""
    return shop(1_500, season=2.5, days=1_900).labelled(12)


def test_calibration_shrinks_what_the_season_does_to_the_level(seasonal, quick):
    table = calibration_by_origin(seasonal, 4)
    rate = table["observed_rate"]
    in_season = rate.idxmin()
    assert rate[in_season] < rate.drop(in_season).min() - 0.05
    before, after = table["calibration_error_raw"], table["calibration_error"]
    assert after[in_season] < 0.8 * before[in_season]
    # and what remains is shown: of the two anchors that set the level one is like it
    assert abs(table["mean_predicted"] - rate)[in_season] > 0.01


def test_calibration_is_no_loss_over_the_year(seasonal, quick):
    table = calibration_by_origin(seasonal, 6)
    before, after = table["calibration_error_raw"], table["calibration_error"]
    assert after.mean() < before.mean()


def test_where_nothing_shifts_calibration_does_no_harm(record):
    card = record["scorecard"]
    mine = card[card["candidate"] == record["champion"]]
    table = mine.pivot_table("metric_value", "origin_date", "metric")
    # an error of .03 is what chance makes of 1,000 customers in ten bins
    assert (table["calibration_error"] < 0.06).all()
    assert logit(table["mean_predicted"]).to_numpy() == pytest.approx(
        logit(table["observed_rate"]).to_numpy(), abs=0.3
    )


# ---------- fits as rows


@pytest.mark.parametrize("candidate", [one.name for one in LEARNERS])
def test_a_fit_read_back_predicts_the_same(rows, candidate):
    learner = ProbabilityLearner.of(rows, CHURN, SETTINGS)
    (chosen,) = (one for one in LEARNERS if one.name == candidate)
    model, slope, level = learner.calibrated(chosen, chosen.configurations[0], 0)
    served = model.scaled(slope, level)
    expected = served.margin(rows)
    np.testing.assert_allclose(
        expected, level + slope * model.margin(rows), rtol=1e-9, atol=1e-9
    )
    parts = (
        {"coefficients": served.rows} if chosen.is_linear else {"nodes": served.nodes()}
    )
    record = {"fit_id": "a", "target": "churn", "champion": candidate} | parts
    table = fits_table([record])
    assert table.schema == FITS_SCHEMA
    for read in (table.to_pandas(), as_past(record)):
        np.testing.assert_allclose(
            model_of(read.iloc[0]).margin(rows), expected, rtol=1e-12, atol=1e-12
        )


def test_a_fit_survives_the_warehouse_whole(record):
    with duckdb.connect() as connection:
        made = fits_table([record])
        connection.register("made", made)
        connection.execute("create table fits as select * from made")
        read = connection.sql("select * from fits").to_arrow_table()
    assert read.to_pylist() == made.to_pylist()


def test_no_fit_is_a_table_without_rows():
    assert fits_table([]).num_rows == 0
    assert fits_table([]).schema == FITS_SCHEMA


# ---------- all horizons together


def horizons_learned(world: Shop, rows, *, past=None, days=0, origins=2):
    scoring = world.scoring
    scoring = scoring.assign(
        anchor_date=scoring["anchor_date"] + pd.Timedelta(days=days)
    )
    return learn_purchases(
        rows,
        horizons=[30, 90, 180],
        churn_horizon=90,
        features=FEATURES,
        settings=replace(SETTINGS, count_origins=origins),
        scoring=scoring,
        past=past,
    )


def champions(table):
    return table.to_pandas().set_index("target")["champion"].to_dict()


TARGETS = {"purchase_30d", "churn", "purchase_180d", "next_order"}


def test_every_horizon_and_the_next_order_are_learned(world, rows, quick):
    table = horizons_learned(world, rows)
    assert table.schema == FITS_SCHEMA
    assert set(champions(table)) == TARGETS
    assert NOTHING not in champions(table).values()
    past = table.to_pandas()
    assert horizons_learned(world, rows, past=past).num_rows == 0


def test_the_next_order_is_learned_whatever_origins_the_horizons_have(
    world, rows, quick
):
    """At the one newest origin of 30 days, nothing of 180 days is known yet."""
    table = horizons_learned(world, rows, origins=1)
    assert champions(table)["next_order"] != NOTHING


def test_a_horizon_that_could_not_be_learned_catches_up(world, rows, quick):
    """With two anchors only, no label of 180 days is known before an origin."""
    two = rows[rows["anchor_number"] <= 2]
    table = horizons_learned(world, two)
    assert champions(table)["purchase_180d"] == NOTHING
    # the day of the next order follows from the two that can be learned
    assert champions(table)["next_order"] != NOTHING
    past, made = table.to_pandas(), {}
    for days in (10, 30, 40, 60):
        # every day has other rows
        rows = rows.assign(count_orders=rows["count_orders"] + 1)
        table = horizons_learned(world, rows, past=past, days=days)
        made |= champions(table)
        past = pd.concat([past, table.to_pandas()], ignore_index=True)
    assert made["next_order"] != NOTHING


def test_an_empty_shop_has_a_verdict_for_every_horizon(world, rows):
    table = horizons_learned(world, rows[:0])
    assert set(champions(table)) == TARGETS
    assert set(champions(table).values()) == {NOTHING}
    nothing = Shop(world.purchases).scoring[:0]
    none = learn_purchases(
        rows[:0],
        horizons=[30, 90, 180],
        churn_horizon=90,
        features=FEATURES,
        settings=SETTINGS,
        scoring=nothing,
    )
    assert set(champions(none).values()) == {NOTHING}

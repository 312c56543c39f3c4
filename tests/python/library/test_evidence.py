import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit
from scipy.stats import norm, spearmanr
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    roc_auc_score,
)

from segmentation.evidence.bootstrap import interval, point_values, replicates
from segmentation.evidence.calibration import (
    CALIBRATION_SCHEMA,
    calibration_table,
    wilson,
)
from segmentation.evidence.champion import Lead, decide
from segmentation.evidence.coverage import COVERAGE_SCHEMA, interval_coverage
from segmentation.evidence.judgement import SCORECARD_SCHEMA, judge
from segmentation.evidence.lift import LIFT_SCHEMA, lift_table
from segmentation.evidence.metrics import (
    IS_HIGHER_BETTER,
    METRICS,
    Groups,
    amount_metrics,
    area_under_curve,
    probability_metrics,
)
from segmentation.evidence.predictions import read
from segmentation.frames import conform

DAYS = (date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1))


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # what dbt left open in a test before is collected at any time
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def rows(name, actual, predicted, raw=None, *, day=DAYS[0], is_baseline=False):
    return pd.DataFrame(
        {
            "origin_date": day,
            "candidate": name,
            "is_baseline": is_baseline,
            "customer_id": [f"c{number:05d}" for number in range(len(actual))],
            "actual": np.asarray(actual, dtype=float),
            "predicted": np.asarray(predicted, dtype=float),
            "predicted_raw": np.nan if raw is None else raw,
        }
    )


def world(noise, *, count=600, origins=1, baseline=2.0, kind="probability", seed=3):
    """Return predictions; the more noise a candidate has, the worse it is."""
    rng = np.random.default_rng(seed)
    frames = []
    for day in DAYS[:origins]:
        truth = rng.normal(size=count)
        if kind == "probability":
            actual, link = rng.random(count) < expit(truth), expit
        else:
            actual = rng.poisson(np.exp(truth)) * rng.gamma(2, 10, count)
            link = np.exp
        for name, scale in {**noise, "recency": baseline}.items():
            predicted = link(np.round(truth + scale * rng.normal(size=count), 1))
            if kind == "amount":  # at the level of what came
                predicted *= actual.sum() / predicted.sum()
            raw = None if name == "recency" else predicted * 0.7
            is_baseline = name == "recency"
            frames.append(
                rows(name, actual, predicted, raw, day=day, is_baseline=is_baseline)
            )
    return pd.concat(frames, ignore_index=True)


def judged(predictions, kind="probability", metric="auc", samples=100, **settings):
    return judge(
        predictions,
        kind=kind,
        deciding_metric=metric,
        seed=7,
        bootstrap_samples=samples,
        **settings,
    )


def measured(kind, actual, predicted, raw=None, weights=None):
    actual, predicted = np.asarray(actual, float), np.asarray(predicted, float)
    if weights is None:
        weights = np.ones((len(actual), 1))
    return METRICS[kind](actual, predicted, raw, weights)


# --- metrics -------------------------------------------------------------------------


@pytest.mark.parametrize("decimals", [1, 12])
def test_point_values_are_scikit_learns(decimals):
    rng = np.random.default_rng(1)
    predicted = rng.random(2_000).round(decimals)
    actual = (rng.random(2_000) < predicted).astype(float)
    raw = predicted**2
    ours = measured("probability", actual, predicted, raw)
    theirs = {
        "auc": roc_auc_score(actual, predicted),
        "average_precision": average_precision_score(actual, predicted),
        "log_loss": log_loss(actual, predicted),
        "brier_score": brier_score_loss(actual, predicted),
        "mean_predicted": predicted.mean(),
        "mean_predicted_raw": raw.mean(),
        "calibration_error_raw": measured("probability", actual, raw)[
            "calibration_error"
        ],
        "observed_rate": actual.mean(),
    }
    for metric, value in theirs.items():
        np.testing.assert_allclose(ours[metric], value, rtol=1e-10, err_msg=metric)
    assert area_under_curve(actual, predicted) == pytest.approx(theirs["auc"])


@pytest.mark.parametrize("decimals", [0, 12])
def test_point_values_of_amounts_are_scipys_and_numpys(decimals):
    rng = np.random.default_rng(2)
    predicted = rng.gamma(1, 10, 1_000).round(decimals)
    actual = predicted * rng.poisson(0.5, 1_000)
    ours = measured("amount", actual, predicted, predicted * 2)

    def concentration(order):
        """How many are ranked below less how many above, weighted by what was spent."""
        return actual @ np.sign(order[:, None] - order).sum(axis=1)

    theirs = {
        "normalised_gini": concentration(predicted) / concentration(actual),
        "spearman": spearmanr(actual, predicted).statistic,
        "mean_absolute_error": np.abs(actual - predicted).mean(),
        "root_mean_squared_error": np.sqrt(((actual - predicted) ** 2).mean()),
        "predicted_over_actual": predicted.sum() / actual.sum(),
        "predicted_over_actual_raw": 2 * predicted.sum() / actual.sum(),
    }
    for metric, value in theirs.items():
        np.testing.assert_allclose(ours[metric], value, rtol=1e-10, err_msg=metric)


def test_the_top_share_without_ties_is_that_of_the_sorted_customers():
    rng = np.random.default_rng(3)
    predicted = rng.permutation(1_000) / 1_000
    actual = (rng.random(1_000) < predicted).astype(float)
    best = np.argsort(-predicted)
    lift = actual[best[:100]].mean() / actual.mean()
    capture = actual[best[:200]].sum() / actual.sum()
    ours = measured("probability", actual, predicted) | measured(
        "amount", actual, predicted
    )
    np.testing.assert_allclose(ours["top_decile_lift"], lift)
    np.testing.assert_allclose(ours["top_20_pct_capture"], capture)


def test_tied_customers_share_the_places_that_are_left():
    predicted = np.repeat([0.9, 0.5, 0.1], [1, 3, 6])
    actual = np.array([1, 1, 0, 0, 0, 0, 0, 0, 0, 0.0])
    # 2 of 10: the first, and one of three of whom one is a 1
    found = measured("amount", actual, predicted)["top_20_pct_capture"]
    np.testing.assert_allclose(found, (1 + 1 / 3) / 2)


def test_of_the_customer_on_the_cut_the_part_that_fits_counts():
    # a fifth of 8 is 1.6
    found = measured("amount", [4, 2, 0, 0, 0, 0, 0, 0], np.arange(8, 0, -1))
    np.testing.assert_allclose(found["top_20_pct_capture"], (4 + 0.6 * 2) / 6)


@st.composite
def weighted_customers(draw):
    count = draw(st.integers(1, 40))
    grid = st.integers(0, draw(st.integers(0, 30)))

    def numbers(elements):
        return draw(arrays(np.int64, count, elements=elements))

    repeats = numbers(st.integers(0, 4))
    repeats[0] = max(repeats[0], 1)
    return numbers(grid), numbers(grid), numbers(grid), repeats


@pytest.mark.parametrize("kind", METRICS)
@settings(max_examples=150, deadline=None)
@given(customers=weighted_customers())
def test_whole_weights_are_repeated_rows(kind, customers):
    actual, predicted, raw, repeats = (values.astype(float) for values in customers)
    if kind == "probability":
        actual, predicted, raw = actual % 2, predicted / 30, raw / 30
    # the second column stands for any other resample beside
    weights = np.column_stack([repeats, np.arange(len(repeats)) % 3])
    ours = measured(kind, actual, predicted, raw, weights)
    again = [np.repeat(v, repeats.astype(int)) for v in (actual, predicted, raw)]
    theirs = measured(kind, *again)
    assert set(ours) == set(theirs)
    for metric, values in ours.items():
        np.testing.assert_allclose(
            values[0], theirs[metric][0], rtol=1e-9, atol=1e-12, err_msg=metric
        )


@pytest.mark.parametrize("kind", METRICS)
def test_a_thousand_groups_tell_what_all_customers_do(kind):
    rng = np.random.default_rng(5)
    truth = rng.normal(size=5_000)
    weights = rng.poisson(1.0, (5_000, 20)).astype(float)
    if kind == "probability":
        actual, predicted = rng.random(5_000) < expit(truth - 1), expit(truth)
    else:
        actual = rng.poisson(np.exp(truth)) * rng.gamma(2, 10, 5_000)
        predicted = 20 * np.exp(truth + rng.normal(size=5_000))
        predicted[:200] = 0.0  # far below the floor of the deviance
    actual = actual.astype(float)
    whole = METRICS[kind](actual, predicted, predicted, weights)
    groups = METRICS[kind](actual, predicted, predicted, weights, 1_000)
    assert set(groups) == set(whole)
    for metric, values in whole.items():
        apart = np.sqrt(np.mean((groups[metric] - values) ** 2))
        # customers at the end of a bin fall to one side or the other
        most = 0.5 if metric.startswith("calibration_error") else 0.2
        assert apart < most * values.std(), metric


def test_groups_hold_equals_and_are_of_like_size():
    values = np.repeat(np.arange(500.0), np.arange(500) % 7 + 1)
    np.random.default_rng(1).shuffle(values)
    groups = Groups.of(values, 40)
    sizes = np.diff(groups.bounds)
    ordered = values[groups.order]
    inner = groups.bounds[1:-1]
    assert len(sizes) == 40
    assert sizes.sum() == len(values)
    assert (ordered[inner - 1] < ordered[inner]).all()
    assert sizes.max() < 2 * sizes.min()
    np.testing.assert_allclose(groups.means(values), groups.sums(values) / sizes)
    np.testing.assert_allclose(
        groups.sums(values[:, None], values)[0],
        1.0 * sum(value**2 for value in ordered[: groups.bounds[1]]),
    )


def test_many_equals_at_the_top_are_one_group():
    values = np.r_[np.arange(300.0), np.full(700, 300.0)]
    groups = Groups.of(values, 100)
    assert groups.bounds[-2:].tolist() == [300, 1_000]
    assert groups.means(values)[-1] == 300


def test_the_floor_of_the_deviance_is_that_of_each_resample():
    rng = np.random.default_rng(2)
    actual = rng.gamma(0.5, 100, 400)
    predicted = 0.01 * actual.mean() * rng.uniform(0.5, 2.0, 400)
    weights = rng.poisson(1.0, (400, 5)).astype(float)
    floor = 0.01 * actual @ weights / weights.sum(axis=0)
    root = np.sqrt(np.maximum(predicted[:, None], floor))
    each = 4 * (root - np.sqrt(actual)[:, None]) ** 2 / root
    expected = (weights * each).sum(axis=0) / weights.sum(axis=0)
    found = measured("amount", actual, predicted, weights=weights)["deviance"]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_equals_keep_their_value_whatever_is_rounded():
    groups = Groups.of(np.full(3, 0.1))
    assert groups.means(np.full(3, 0.1)).tolist() == [0.1]


def test_every_metric_says_which_way_is_better():
    n = np.ones((2, 1))
    values = np.array([0.0, 1.0])
    kinds = probability_metrics(values, values, values, n) | amount_metrics(
        values, values, values, n
    )
    assert set(kinds) == set(IS_HIGHER_BETTER)


@pytest.mark.parametrize("count", [500, 20_000])
def test_calibration_error_of_honest_probabilities_is_noise(count):
    rng = np.random.default_rng(4)
    predicted = rng.random(count)
    actual = rng.random(count) < predicted
    # ten bins, each with a mean absolute error of sqrt(2/π) × sqrt(p(1-p) 10/n)
    noise = 0.8 * 0.41 * np.sqrt(10 / count)
    found = measured("probability", actual, predicted)["calibration_error"]
    assert 0.3 * noise < found < 2 * noise


def test_calibration_error_of_shifted_probabilities_is_the_shift():
    rng = np.random.default_rng(5)
    rate = rng.uniform(0.1, 0.7, 50_000)
    actual = rng.random(50_000) < rate
    found = measured("probability", actual, rate + 0.2, rate)
    np.testing.assert_allclose(found["calibration_error"], 0.2, atol=0.01)
    assert found["calibration_error_raw"] < 0.01


@pytest.mark.parametrize("kind", METRICS)
@pytest.mark.parametrize("actual", [[0, 0, 0], [1, 1, 1], [0], [1], [0, 1]])
@pytest.mark.parametrize("predicted", [0.0, 1.0, 0.3])
def test_degenerate_customers_give_nan_and_no_warning(kind, actual, predicted):
    first = rows("model", actual, np.full(len(actual), predicted), raw=0.2)
    frame = pd.concat([first, first.assign(candidate="naive", is_baseline=True)])
    metric = {"probability": "auc", "amount": "spearman"}[kind]
    judgement = judged(frame, kind, metric, samples=20)
    card = judgement.scorecard.set_index(["candidate", "metric"])["metric_value"]
    assert np.isnan(card["model", metric]) == (
        len(set(actual)) == 1 or kind == "amount"
    )
    assert judgement.champion == "naive"
    assert conform(judgement.scorecard, SCORECARD_SCHEMA).num_rows == len(card)
    assert conform(lift_table(frame, kind), LIFT_SCHEMA).num_rows == 2 * len(actual)
    table = conform(calibration_table(frame), CALIBRATION_SCHEMA)
    assert table.num_rows == 4


# --- bootstrap -----------------------------------------------------------------------


def test_intervals_cover_a_known_auc():
    # binormal: 1s are normal around 1, 0s around 0
    truth, covered = norm.cdf(1 / np.sqrt(2)), 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        actual = (np.arange(150) % 3 == 0).astype(float)
        predicted = expit(rng.normal(size=150) + actual)
        origins = read(rows("model", actual, predicted), "probability")
        points = point_values(origins, "probability")
        drawn = replicates(
            origins, "probability", points, seed=seed, bootstrap_samples=200
        )
        low, high = interval(drawn[0]["model"]["auc"])
        covered += low <= truth <= high
    # 95 %, less a little for percentiles of few; the standard error is 1.5 %
    assert 0.89 <= covered / 200 <= 0.99


def test_an_interval_leaves_out_a_fortieth_at_either_end():
    values = np.arange(1_001.0)
    assert interval(values) == pytest.approx((25, 975))
    assert interval(np.append(values, np.nan)) == pytest.approx((25, 975))


def test_intervals_hold_their_values():
    for kind, metric in {"probability": "auc", "amount": "spearman"}.items():
        card = judged(world({"a": 0.2, "b": 0.5}, kind=kind), kind, metric).scorecard
        assert (
            card[["metric_value", "lower_bound", "upper_bound"]].notna().all(axis=None)
        )
        assert (
            card["metric_value"].between(card["lower_bound"], card["upper_bound"]).all()
        )


def test_the_calibration_error_of_an_honest_model_is_the_middle_of_its_interval():
    rng = np.random.default_rng(6)
    predicted = rng.random(1_000)
    frames = [
        rows(
            "naive", rng.random(1_000) < predicted, predicted, day=day, is_baseline=True
        )
        for day in pd.date_range("2024-01-01", periods=20)
    ]
    card = judged(pd.concat(frames)).scorecard.query("metric == 'calibration_error'")
    assert (card["lower_bound"] >= 0).all()
    assert (card["lower_bound"] < card["metric_value"]).all()
    # plain percentiles lie above it by more than half their width
    middle = (card["lower_bound"] + card["upper_bound"]).mean() / 2
    np.testing.assert_allclose(card["metric_value"].mean(), middle, rtol=0.1)


def test_no_calibration_error_is_below_zero():
    actual = np.arange(40) % 2
    card = judged(rows("rate", actual, np.full(40, 0.5), is_baseline=True)).scorecard
    (error,) = card[card["metric"] == "calibration_error"].to_dict("records")
    assert error["metric_value"] == error["lower_bound"] == 0
    assert 0 < error["upper_bound"] < 0.1


def test_differences_are_paired():
    card = judged(world({"a": 0.2, "again": 0.2})).scorecard
    auc = card[card["metric"] == "auc"].set_index("candidate")
    np.testing.assert_allclose(
        auc["difference"], auc["metric_value"] - auc.loc["recency", "metric_value"]
    )
    zero = auc.loc["recency", ["difference", "difference_lower", "difference_upper"]]
    assert (zero == 0).all()
    # two that agree have a narrower difference than two that do not
    alike = world({"a": 0.2}).query("candidate == 'a'")
    nearly = alike.assign(
        candidate="naive", is_baseline=True, predicted=alike["predicted"] ** 2
    )
    card = judged(pd.concat([alike, nearly])).scorecard
    card = card[(card["metric"] == "auc") & (card["candidate"] == "a")]
    assert card[["difference_lower", "difference_upper"]].abs().max(axis=None) < 1e-12


def test_a_mean_over_origins_allows_for_customers_who_come_again():
    first = world({"a": 0.5})
    twice = pd.concat([first, first.assign(origin_date=DAYS[1])])

    def width(frame):
        origins = read(frame, "probability")
        points = point_values(origins, "probability")
        drawn = replicates(
            origins, "probability", points, seed=1, bootstrap_samples=100
        )
        low, high = interval(np.mean([one["a"]["auc"] for one in drawn], axis=0))
        return high - low

    # the same rows again tell nothing new
    np.testing.assert_allclose(width(twice), width(first))


def test_customers_of_several_origins_are_drawn_together():
    """The last customer is drawn at both origins or at neither."""
    chance = np.arange(60) == 59
    first = rows("a", chance, chance)
    later = first.iloc[30:].assign(origin_date=DAYS[1])
    origins = read(pd.concat([first, later]), "probability")
    points = point_values(origins, "probability")
    drawn = replicates(origins, "probability", points, seed=1, bootstrap_samples=50)
    one, other = (at_origin["a"]["mean_predicted"] > 0 for at_origin in drawn)
    assert 0 < one.sum() < 50
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("kind", "metric"), [("probability", "auc"), ("amount", "spearman")]
)
def test_the_order_of_rows_changes_nothing(kind, metric):
    frame = world({"a": 0.2, "b": 0.5}, origins=2, kind=kind)
    shuffled = frame.sample(frac=1, random_state=8)
    ours, theirs = judged(frame, kind, metric), judged(shuffled, kind, metric)
    pd.testing.assert_frame_equal(ours.scorecard, theirs.scorecard, check_exact=True)
    assert (ours.champion, ours.reason) == (theirs.champion, theirs.reason)
    pd.testing.assert_frame_equal(lift_table(frame, kind), lift_table(shuffled, kind))
    if kind == "probability":
        pd.testing.assert_frame_equal(
            calibration_table(frame), calibration_table(shuffled)
        )


def test_chunks_change_nothing(monkeypatch):
    frame = world({"a": 0.2})
    whole = judged(frame).scorecard
    monkeypatch.setattr("segmentation.evidence.bootstrap._CELLS", 600 * 7)
    pd.testing.assert_frame_equal(whole, judged(frame).scorecard, rtol=1e-9)


# --- champion ------------------------------------------------------------------------


def lead_of(scores, half_width, sign=1):
    def lead(better, worse):
        by = sign * (scores[better] - scores[worse])
        return Lead(by, by - half_width, by + half_width)

    return lead


def decided(scores, half_width=0.01, is_higher_better=True, **settings):
    return decide(
        scores,
        {name for name in scores if name.startswith("naive")},
        lead_of(scores, half_width, 1 if is_higher_better else -1),
        criterion="mean auc over 3 origins",
        **settings,
    )


SCORES = {"logistic": 0.80, "trees": 0.804, "weak": 0.6, "naive": 0.7, "naive 2": 0.75}


def test_the_best_that_is_clearly_better_than_the_strongest_baseline_serves():
    decision = decided(SCORES)
    assert (decision.champion, decision.best_baseline) == ("trees", "naive 2")
    assert decision.verdicts == {
        "logistic": "beats the baseline, but is not the best",
        "trees": "serves: best mean auc over 3 origins",
        "weak": "is not clearly better than the baseline",
        "naive": "baseline",
        "naive 2": "strongest baseline",
    }
    assert [n for n, beats in decision.beats_baseline.items() if beats] == [
        "logistic",
        "trees",
    ]
    assert decision.reason == (
        "trees serves: best mean auc over 3 origins (0.804; the strongest baseline, "
        "naive 2, 0.750, is behind by 0.054 [0.044, 0.064])"
    )


def test_where_less_is_better_the_least_serves():
    decision = decided(SCORES, is_higher_better=False)
    assert (decision.champion, decision.best_baseline) == ("weak", "naive")


def test_a_lead_that_chance_may_have_given_does_not_serve():
    decision = decided(SCORES, half_width=0.06)
    assert decision.champion == "naive 2"
    assert decision.verdicts["trees"] == "is not clearly better than the baseline"
    assert decision.reason == (
        "naive 2 serves: a baseline; no candidate is clearly better in mean auc over 3 "
        "origins (0.750; the best candidate, trees, 0.804, leads by "
        "0.05 [-0.01, 0.11])"
    )


@pytest.mark.parametrize(
    ("count_origins", "count_ahead", "is_clear"),
    [(1, 1, True), (2, 1, False), (3, 2, True), (3, 1, False), (0, 0, False)],
)
def test_a_lead_is_clear_where_most_origins_agree(count_origins, count_ahead, is_clear):
    assert Lead(1.0, 0.5, 1.5, count_origins, count_ahead).is_clear is is_clear


def in_rank(ranks):
    return lead_of(ranks, 0.02)


def test_a_lead_that_is_not_clear_is_enough_for_who_ranks_clearly_better():
    ranks = {"logistic": 0.6, "trees": 0.55, "weak": 0.9, "naive": 0.5, "naive 2": 0.5}
    decision = decided(SCORES, half_width=0.06, in_rank=in_rank(ranks))
    # the weak one ranks best, but its score is behind
    assert decision.champion == "trees"
    assert [name for name, beats in decision.beats_baseline.items() if beats] == [
        "logistic",
        "trees",
    ]
    assert decision.reason == (
        "trees serves: best mean auc over 3 origins (0.804; the strongest baseline, "
        "naive 2, 0.750, is behind by 0.05 [-0.01, 0.11], and in rank by "
        "0.050 [0.030, 0.070])"
    )


@pytest.mark.parametrize("naive", [0.54, np.nan], ids=["near", "ranks nobody"])
def test_a_rank_that_is_no_clearer_decides_nothing(naive):
    ranks = dict.fromkeys(SCORES, 0.55) | {"naive 2": naive}
    decision = decided(SCORES, half_width=0.06, in_rank=in_rank(ranks))
    assert decision.champion == "naive 2"


def test_amounts_whose_deviance_a_few_decide_are_decided_by_rank():
    frame = world({"good": 0.3}, origins=3, baseline=0.5, kind="amount", count=2_000)
    # of ten giants the one candidate misses four, the other the other six
    number = frame.groupby(["origin_date", "candidate"]).cumcount()
    is_missed = (number < 4) == (frame["candidate"] == "good")
    frame.loc[number < 10, "actual"] = 3e4
    frame.loc[number < 10, "predicted"] = np.where(is_missed, 2e3, 3e4)[number < 10]
    judgement = judged(frame, "amount", "deviance")
    card = judgement.scorecard.set_index("candidate").loc["good"].set_index("metric")
    deviance, rank = card.loc["deviance"], card.loc["spearman"]
    assert (deviance["difference_upper"] > 0).all()  # clear at no origin
    assert deviance["difference"].mean() < 0
    assert (rank["difference_lower"] > 0).all()
    assert judgement.champion == "good"
    assert "and in rank by" in judgement.reason


def test_who_is_far_off_in_level_does_not_serve_and_need_not_be_beaten():
    decision = decided(SCORES, off_level={"trees", "naive 2"})
    assert decision.champion == "logistic"
    assert decision.best_baseline == "naive"
    assert decision.verdicts["trees"] == "its level is far off at every origin"
    assert decision.verdicts["naive 2"] == "its level is far off at every origin"
    everyone = decided({"naive": 0.7, "naive 2": 0.75}, off_level={"naive", "naive 2"})
    assert everyone.champion == "naive 2"


def test_a_rule_that_promises_nothing_to_a_fifth_who_spend_does_not_serve():
    frame = world({"good": 0.5}, origins=2, baseline=0.3, kind="amount", count=2_000)
    mine = frame["candidate"] == "recency"
    lowest = frame["predicted"] < frame.loc[mine, "predicted"].quantile(0.3)
    nothing = frame["predicted"].where(~(mine & lowest), 0.0)
    mean = frame.loc[mine].assign(
        candidate="mean", predicted=frame.loc[mine, "actual"].mean()
    )
    frame = pd.concat([frame.assign(predicted=nothing), mean], ignore_index=True)

    judgement = judged(frame, "amount", "normalised_gini")

    card = judgement.scorecard.drop_duplicates("candidate").set_index("candidate")
    assert judgement.champion == "good"
    assert set(card["best_baseline"]) == {"mean"}
    assert card.loc["recency", "verdict"].startswith("its level is far off")


def test_the_level_of_the_lowest_fifth_is_theirs():
    actual, predicted = np.arange(10.0), np.array([2.0, 4, *[50] * 8])
    found = measured("amount", actual, predicted)["lowest_fifth_predicted_over_actual"]
    assert found == pytest.approx((2 + 4) / (0 + 1))


def test_an_incumbent_stays_while_the_lead_on_it_is_not_clear():
    decision = decided(SCORES, 0.006, incumbent="logistic")
    assert decision.champion == "logistic"
    assert decision.verdicts["logistic"] == (
        "keeps serving: the lead of trees in mean auc over 3 origins, "
        "0.004 [-0.002, 0.010], is not clear"
    )
    assert decision.verdicts["logistic"] in decision.reason
    assert "0.004 [-0.002, 0.010]" in decision.verdicts["trees"]


def test_an_incumbent_is_replaced_by_a_clearly_better_candidate():
    decision = decided(SCORES, 0.003, incumbent="logistic")
    assert decision.champion == "trees"
    assert decision.verdicts["trees"] == (
        "serves: clearly better than logistic in mean auc over 3 origins, "
        "by 0.0040 [0.0010, 0.0070]"
    )
    assert decision.verdicts["logistic"].startswith("replaced by trees")


def test_an_incumbent_that_is_the_best_keeps_serving():
    decision = decided(SCORES, incumbent="trees")
    assert decision.champion == "trees"
    assert decision.verdicts["trees"] == "keeps serving: best mean auc over 3 origins"


@pytest.mark.parametrize("incumbent", ["weak", "naive 2", "gone", None])
def test_an_incumbent_that_does_not_beat_the_baseline_protects_nothing(incumbent):
    decision = decided(SCORES, half_width=0.02, incumbent=incumbent)
    assert decision.champion == "trees"
    assert decision.verdicts["trees"] == "serves: best mean auc over 3 origins"


def test_where_nothing_beats_the_baseline_it_serves():
    decision = decided({"logistic": 0.7, "naive": 0.7}, incumbent="logistic")
    assert decision.champion == "naive"
    assert decision.verdicts == {
        "logistic": "served until now, but is not clearly better than the baseline",
        "naive": "serves: no candidate is clearly better than the baseline",
    }


def test_a_baseline_alone_serves():
    decision = decided({"naive": 0.7})
    assert decision.champion == "naive"


def test_ties_go_to_the_candidate_named_first():
    assert decided({"b": 0.8, "a": 0.8, "naive": 0.7}).champion == "b"
    frame = world({"b": 0.2})
    frame = pd.concat([frame, frame[frame["candidate"] == "b"].assign(candidate="a")])
    assert judged(frame).champion == "a"
    assert judged(frame, candidates=["x", "b", "a", "recency"]).champion == "b"


def test_an_undefined_score_is_worse_than_any():
    scores = {"constant": np.nan, "a": 0.8, "naive": np.nan, "naive 2": 0.7}
    decision = decided(scores)
    assert decision.champion == "a"
    assert "undefined" in decision.verdicts["constant"]
    assert decision.best_baseline == "naive 2"
    assert decided({"a": np.nan, "naive": np.nan}).champion == "naive"


def test_candidates_are_compared_at_the_origins_they_share():
    frame = world({"best": 0.0, "good": 0.5}, origins=3)
    gone = (frame["candidate"] == "best") & (frame["origin_date"] == DAYS[1])
    judgement = judged(frame[~gone], metric="log_loss")
    assert judgement.champion == "best"
    card = judgement.scorecard.drop_duplicates("candidate").set_index("candidate")
    assert card.loc["good", "verdict"].startswith("beats the baseline")
    with pytest.raises(ValueError, match="no baseline"):
        judged(frame[(frame["candidate"] != "recency")])


def test_who_was_judged_where_all_do_well_is_not_favoured_by_it():
    """At the second origin everyone does badly; one candidate was not judged there."""
    easy = world({"best": 0.1, "poor": 0.5}, seed=1)
    hard = world({"best": 0.1}, seed=2).assign(origin_date=DAYS[1])
    turned = np.tile(np.random.default_rng(0).random(600) < 0.25, 2)
    hard["actual"] = np.where(turned, 1 - hard["actual"], hard["actual"])

    judgement = judged(pd.concat([easy, hard], ignore_index=True), metric="log_loss")

    card = judgement.scorecard
    losses = card[card["metric"] == "log_loss"].groupby("candidate")["metric_value"]
    assert losses.mean()["poor"] < losses.mean()["best"]
    assert judgement.champion == "best"


@pytest.mark.parametrize("kind", ["probability", "amount"])
def test_a_candidate_that_promises_far_too_much_everywhere_does_not_serve(kind):
    metric = {"probability": "auc", "amount": "normalised_gini"}[kind]
    frame = world({"best": 0.1, "good": 0.3}, origins=2, kind=kind, count=2_000)
    predicted = frame["predicted"]
    raised = predicted**0.2 if kind == "probability" else predicted * 2
    mine = frame["candidate"] == "best"
    frame["predicted"] = predicted.where(~mine, raised)

    judgement = judged(frame, kind, metric)

    assert judgement.champion == "good"
    card = judgement.scorecard.drop_duplicates("candidate").set_index("candidate")
    assert card.loc["best", "verdict"].startswith("its level is far off")
    assert "times what came, too high" in card.loc["best", "verdict"]
    assert "right within what can be told" in card.loc["good", "verdict"]


def test_an_origin_with_one_class_tells_nothing():
    frame = world({"a": 0.2}, origins=2)
    frame.loc[frame["origin_date"] == DAYS[1], "actual"] = 0.0
    judgement = judged(frame)
    assert judgement.champion == "a"
    assert judgement.reason.startswith("a serves: best auc (")


@pytest.mark.parametrize(
    ("kind", "metric"), [("probability", "auc"), ("amount", "spearman")]
)
def test_the_scorecard_of_a_whole_judgement(kind, metric):
    frame = world({"best": 0.1, "good": 0.5, "bad": 9.0}, origins=3, kind=kind)
    judgement = judged(frame, kind, metric)
    card = judgement.scorecard
    assert judgement.champion == "best"
    assert conform(card, SCORECARD_SCHEMA).schema == SCORECARD_SCHEMA
    assert not card.duplicated(["origin_date", "candidate", "metric"]).any()
    assert (card["best_baseline"] == "recency").all()
    assert (card["count_test_rows"] == 600).all()
    assert set(card.loc[card["is_serving"], "candidate"]) == {"best"}
    assert set(card.loc[card["beats_baseline"], "candidate"]) == {"best", "good"}
    assert set(card["origin_date"]) == set(DAYS)
    calibrated = card.groupby("candidate")["metric"].apply(
        lambda names: names.str.endswith("_raw").any()
    )
    assert not calibrated.pop("recency")
    assert calibrated.all()


def test_judge_keeps_an_incumbent_by_a_paired_interval():
    frame = world({"a": 0.30, "b": 0.31}, origins=3)
    best = judged(frame).champion
    other = "b" if best == "a" else "a"
    kept = judged(frame, incumbent=other)
    assert kept.champion == other
    assert "is not clear" in kept.reason
    assert judged(frame.replace({other: "x"}), incumbent=other).champion == best
    clear = judged(world({"a": 0.1, "b": 1.0}, origins=3), incumbent="b")
    assert clear.champion == "a"
    assert "clearly better than b" in clear.reason


def test_a_lead_in_a_metric_of_which_less_is_better_is_the_other_way_round():
    frame = world({"a": 0.1, "b": 2.0}, baseline=4.0)
    found = judged(frame, metric="log_loss", incumbent="b")
    assert found.champion == "a"
    assert "clearly better than b" in found.reason
    assert judged(frame, metric="log_loss", incumbent="a").champion == "a"


def test_timestamps_are_dates_too():
    frame = world({"a": 0.2})
    stamped = frame.assign(origin_date=pd.to_datetime(frame["origin_date"]))
    for build, schema in (
        (lambda some: judged(some).scorecard, SCORECARD_SCHEMA),
        (lambda some: lift_table(some, "probability"), LIFT_SCHEMA),
        (calibration_table, CALIBRATION_SCHEMA),
    ):
        assert conform(build(stamped), schema).equals(conform(build(frame), schema))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"predicted": np.nan}, "missing or infinite"),
        ({"predicted": 1.2}, "no probability"),
        ({"actual": 0.5}, "no probability"),
        ({"customer_id": "c1"}, "twice"),
    ],
)
def test_what_cannot_be_judged_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        judged(world({"a": 0.2}).assign(**change))


def test_a_candidate_that_is_not_calibrated_for_all_is_not_calibrated():
    actual = np.array([0, 1, 1])
    frame = pd.concat(
        [
            rows("a", actual, [0.1, 0.5, 0.9], [0.2, np.nan, 0.7]),
            rows("b", actual, [0.1, 0.5, 0.9], [0.2, 0.4, 0.7]),
        ]
    )
    (origin,) = read(frame, "probability")
    assert origin.forecasts["a"].raw is None
    assert origin.forecasts["b"].raw.tolist() == [0.2, 0.4, 0.7]


def test_candidates_must_have_the_same_customers():
    with pytest.raises(ValueError, match="other customers"):
        judged(world({"a": 0.2}).iloc[1:])
    with pytest.raises(ValueError, match="cannot decide"):
        judged(world({"a": 0.2}), metric="observed_rate")
    with pytest.raises(ValueError, match="kind is"):
        judged(world({"a": 0.2}), kind="days")
    with pytest.raises(ValueError, match="no predictions"):
        judged(world({"a": 0.2}).iloc[:0])


# --- tables --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", METRICS)
def test_lift_deciles_add_up(kind):
    frame = world({"a": 0.2, "b": 1.0}, count=603, origins=2, kind=kind)
    table = lift_table(frame, kind)
    assert conform(table, LIFT_SCHEMA).num_rows == 2 * 3 * 10
    for _, here in table.groupby(["origin_date", "candidate"]):
        assert here["decile"].tolist() == list(range(1, 11))
        assert here["count_customers"].sum() == 603
        assert here["count_customers"].between(60, 61).all()
        assert here["mean_predicted"].is_monotonic_decreasing
        mean_lift = np.average(here["lift"], weights=here["count_customers"])
        np.testing.assert_allclose(mean_lift, 1)
        np.testing.assert_allclose(here["cumulative_capture"].iloc[-1], 1)
    totals = table.groupby(["origin_date", "candidate"])["actual_total"].sum()
    ours = frame.groupby(["origin_date", "candidate"])["actual"].sum()
    pd.testing.assert_series_equal(totals, ours, check_names=False)


def test_lift_takes_equal_predictions_by_id_and_agrees_with_the_metric():
    table = lift_table(rows("a", np.arange(20), np.zeros(20)), "amount")
    np.testing.assert_allclose(table["actual_mean"], np.arange(10) * 2 + 0.5)
    frame = world({"a": 0.2})
    frame["predicted"] += np.arange(len(frame)) * 1e-9  # no ties
    top = lift_table(frame, "probability").query("decile == 1").set_index("candidate")
    card = judged(frame).scorecard.query("metric == 'top_decile_lift'")
    np.testing.assert_allclose(
        top["lift"], card.set_index("candidate")["metric_value"].loc[top.index]
    )


def test_lift_of_nothing_is_missing():
    table = conform(
        lift_table(rows("a", np.zeros(20), np.ones(20)), "amount"), LIFT_SCHEMA
    )
    assert table["lift"].null_count == table["cumulative_capture"].null_count == 10


def test_calibration_bins_add_up_and_agree_with_the_metric():
    frame = world({"a": 0.2, "b": 0.5}, origins=2)
    table = calibration_table(frame)
    assert conform(table, CALIBRATION_SCHEMA).num_rows == len(table)
    key = ["origin_date", "candidate", "is_calibrated"]
    assert (table.groupby(key)["count_customers"].sum() == 600).all()
    assert len(table[key].drop_duplicates()) == 2 * (2 * 2 + 1)
    for _, here in table.groupby(key):
        assert here["bin"].is_monotonic_increasing
        assert here["bin"].between(1, 10).all()
        # bins do not overlap: equal predictions are in one
        lowest, highest = here["lowest_predicted"], here["highest_predicted"]
        assert (lowest.to_numpy()[1:] > highest.to_numpy()[:-1]).all()
        assert here["mean_predicted"].between(lowest - 1e-12, highest + 1e-12).all()
        rate = here["observed_rate"]
        assert rate.between(here["observed_lower"], here["observed_upper"]).all()
    table["error"] = (table["observed_rate"] - table["mean_predicted"]).abs()
    table["error"] *= table["count_customers"] / 600
    card = judged(frame).scorecard.set_index(["origin_date", "candidate", "metric"])
    for (day, name, is_calibrated), error in table.groupby(key)["error"].sum().items():
        metric = "calibration_error" if is_calibrated else "calibration_error_raw"
        np.testing.assert_allclose(card.loc[(day, name, metric), "metric_value"], error)


def test_bins_of_different_predictions_have_equal_counts():
    predicted = np.random.default_rng(9).permutation(100) / 100
    table = calibration_table(rows("a", predicted > 0.5, predicted))
    assert table["count_customers"].tolist() == [10] * 10


def test_equal_predictions_are_in_the_bin_of_their_middle():
    predicted = np.repeat([0.1, 0.5, 0.9], [10, 80, 10])
    table = calibration_table(rows("a", predicted > 0.5, predicted))
    assert table["bin"].tolist() == [1, 6, 10]
    assert table["count_customers"].tolist() == [10, 80, 10]


def test_wilson_intervals():
    # Wilson (1927) for 1 of 10, as in Agresti & Coull (1998)
    low, high = wilson(np.array([0.1, 0.0, 1.0]), np.array([10, 10, 10]))
    np.testing.assert_allclose(low, [0.0179, 0, 0.7225], atol=1e-4)
    np.testing.assert_allclose(high, [0.4042, 0.2775, 1], atol=1e-4)


def test_coverage_of_true_intervals_with_an_atom_is_80_percent():
    rng = np.random.default_rng(10)
    count = 40_000
    zero = np.where(np.arange(count) % 2, 0.7, 0.05)  # the share who spend nothing
    actual = np.where(rng.random(count) < zero, 0, rng.exponential(50, count))

    def quantile(level):
        beyond = np.clip((level - zero) / (1 - zero), 0, None)
        return -50 * np.log1p(-beyond)

    share = np.where(zero > 0.1, (zero - 0.1) / zero, 1.0)
    band = np.where(zero > 0.1, "low", "high")
    table = interval_coverage(actual, quantile(0.1), quantile(0.9), share, band)
    assert conform(table, COVERAGE_SCHEMA).num_rows == 3
    assert table["band"].tolist() == ["high", "low", "all"]
    assert table["count"].tolist() == [20_000, 20_000, 40_000]
    # the standard error of .8 in 20,000 is .003
    np.testing.assert_allclose(table["coverage"], 0.8, atol=0.01)
    np.testing.assert_allclose(table["share_below"], 0.1, atol=0.01)
    np.testing.assert_allclose(table["share_above"], 0.1, atol=0.01)
    np.testing.assert_allclose(table["closed_coverage"], [0.8, 0.9, 0.85], atol=0.01)
    assert table["coverage"].between(table["lower"], table["upper"]).all()
    parts = table["coverage"] + table["share_below"] + table["share_above"]
    np.testing.assert_allclose(parts, 1)


def test_an_interval_that_is_a_point_holds_what_lies_on_it():
    zeros = np.zeros(4)
    table = interval_coverage(
        np.array([0, 0, 0, 5.0]), zeros, zeros, np.full(4, 0.8), np.full(4, "low")
    )
    np.testing.assert_allclose(table["coverage"], 0.6)
    np.testing.assert_allclose(table["closed_coverage"], 0.75)
    np.testing.assert_allclose(table["share_above"], 0.25)
    nothing = interval_coverage(*[np.empty(0)] * 4, np.empty(0, dtype=str))
    assert conform(nothing, COVERAGE_SCHEMA).num_rows == 0

"""The purchase and spend models: against simulation, quadrature and their limits."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln, gammaln
from scipy.stats import chi2

from segmentation.clv import beta_geometric, fit, spend
from segmentation.clv.bgnbd import BGNBD
from segmentation.clv.fit import fit_model, fit_purchases
from segmentation.clv.gammagamma import GammaGamma
from segmentation.clv.mbgnbd import MBGNBD
from segmentation.clv.models import PurchaseModel
from segmentation.clv.nbd import NBD
from segmentation.clv.optimise import maximise, maximise_from_nearby
from segmentation.clv.parameters import (
    PARAMETERS_SCHEMA,
    parameters_table,
    served,
    served_from_table,
)
from segmentation.clv.paretonbd import ParetoNBD, _gauss
from segmentation.clv.simulate import simulate, simulate_spend
from segmentation.clv.spend import fit_spend
from segmentation.clv.summaries import (
    at_most,
    counted,
    distinct,
    grouped,
    summarise,
)
from segmentation.clv.value import VALUES_SCHEMA, discounts, expected_value

STATISTICS = ["x", "t_x", "T"]
# both branches of Pareto/NBD: alpha under beta, and over it
TRUTHS = [
    BGNBD(0.6, 20.0, 0.8, 2.5),
    MBGNBD(0.8, 15.0, 0.7, 2.0),
    ParetoNBD(0.7, 10.0, 0.8, 40.0),
    ParetoNBD(0.9, 40.0, 0.6, 12.0),
    NBD(0.7, 30.0),
]
MODELS = pytest.mark.parametrize("model", TRUTHS, ids=repr)
# those with formulas of their own where Pareto/NBD uses the shared ones
BETA_GEOMETRIC = pytest.mark.parametrize("model", TRUTHS[:2], ids=repr)


def drawn(model, count=20_000, seed=1, t=90.0):
    """Return customers of one to two years, in days, and what they buy next."""
    rng = np.random.default_rng(seed)
    return simulate(model, rng.uniform(365, 730, count), t, rng)


def columns(frame):
    return tuple(frame[name].to_numpy() for name in STATISTICS)


def some_customers():
    """Return a few kinds of customers, the extreme ones among them."""
    rows = [
        (0, 0, 0), (0, 0, 400), (1, 0, 300), (1, 300, 300), (3, 100, 500),
        (40, 380, 400), (5000, 99_000, 1e5), (5000, 10, 1e5), (0, 0, 1e5),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=STATISTICS)
    return frame.assign(x=frame["x"].astype(int))


# ---------------------------------------------------------------- the likelihoods


@MODELS
def test_fitting_recovers_the_truth(model):
    customers = drawn(model)
    fitted = fit_model(type(model), grouped(customers, resolution=7))
    assert fitted.is_converged
    error = np.log(fitted.parameters / model.parameters)
    score = model.score(*columns(customers))
    information = score @ score.T  # of the log-parameters, at the truth
    # Wald: χ² with k degrees of freedom; one in 10,000 draws is beyond
    assert error @ information @ error < chi2.ppf(0.9999, len(error))
    # and the draws were enough for that to say something
    assert np.sqrt(np.diag(np.linalg.inv(information))).max() < 0.2


@pytest.mark.parametrize("model", [*TRUTHS[:2], TRUTHS[-1]], ids=repr)
def test_gradients_are_finite_differences(model):
    customers = some_customers()
    ours = model.score(*columns(customers))
    theirs = PurchaseModel.score(model, *columns(customers))
    # the differences are good to step² and to rounding / step: about 1e-7 of ln L
    scale = 1 + np.abs(model.log_likelihood(*columns(customers)))
    assert (np.abs(ours - theirs) < 2e-7 * scale).all()
    assert (np.abs(ours).max(axis=1) > 0.1).all()


@MODELS
def test_the_mean_score_is_zero_at_the_truth(model):
    score = model.score(*columns(drawn(model)))
    error = score.std(axis=1) / np.sqrt(score.shape[1])
    # five standard errors; a term left out of L shows as tens of them
    assert (np.abs(score.mean(axis=1)) < 5 * error).all()


def test_bgnbd_is_the_published_formula():
    r, alpha, a, b = 0.6, 20.0, 0.8, 2.5
    x, t_x, T = 3, 100.0, 500.0
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
    gone = betaln(a + 1, b + x - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    want = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + np.logaddexp(alive, gone)
    got = BGNBD(r, alpha, a, b).log_likelihood(x, t_x, T)
    assert got == pytest.approx(want, rel=1e-12)


def test_mbgnbd_is_the_published_formula():
    # one toss more than BG/NBD: who never came back may have left at once
    r, alpha, a, b = 0.8, 15.0, 0.7, 2.0
    for x, t_x in ((0, 0.0), (3, 100.0)):
        alive = betaln(a, b + x + 1) - (r + x) * np.log(alpha + 500)
        gone = betaln(a + 1, b + x) - (r + x) * np.log(alpha + t_x)
        want = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
        want += np.logaddexp(alive, gone)
        got = MBGNBD(r, alpha, a, b).log_likelihood(x, t_x, 500.0)
        assert got == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize("x", [0, 2, 30])
@pytest.mark.parametrize(("alpha", "beta"), [(10, 40), (40, 12), (500, 0.5), (9, 9)])
def test_paretonbd_is_its_integral_over_the_moment_of_leaving(x, alpha, beta):
    r, s, t_x, T = 0.7, 0.8, 30.0 * (x > 0), 90.0
    constant = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    level = (r + x) * np.log(alpha + t_x)  # keeps the integrand of order 1
    left, _ = quad(
        lambda y: s * np.exp(level - (r + x) * np.log(alpha + y))
        * (beta + y) ** -(s + 1),
        t_x, T, points=[t_x + 1], epsabs=0, epsrel=1e-11,
    )  # fmt: skip
    stayed = np.exp(level - (r + x) * np.log(alpha + T)) * (beta + T) ** -s
    model = ParetoNBD(r, alpha, s, beta)
    want = constant - level + np.log(left + stayed)
    assert model.log_likelihood(x, t_x, T) == pytest.approx(want, abs=1e-9)
    alive = model.probability_alive(x, t_x, T)
    assert alive == pytest.approx(stayed / (left + stayed), abs=1e-9)


@pytest.mark.parametrize(
    ("b", "c", "z", "want"),
    [  # mpmath.hyp2f1(1, b, c, z), 40 digits; scipy's gives nan for the last two
        (0.6, 2.1, 0.99, 1.9748073862183659),
        (3.5, 4.3, 0.999999, 177.37554446306808),
        (2864.7, 2865.8, 0.9999, 3309.8850679916145),
        (4671.1, 4675.0, 0.99998, 1538.8967266575732),
    ],
)
def test_the_gaussian_hypergeometric_is_mpmaths(b, c, z, want):
    assert _gauss(b, c, z) == pytest.approx(want, rel=1e-10)


def test_the_hypergeometric_of_expected_purchases_is_mpmaths():
    # mpmath.hyp2f1 at 40 digits; scipy's gives inf for the first
    got = beta_geometric._gauss(
        0.0, [1.0, 1.7], [1.0, -0.4], [101.0, 5003.2], [0.97, 0.99]
    )
    want = [1.0097919865937545, 0.99986542454442545]
    np.testing.assert_allclose(got, want, rtol=1e-13)


@pytest.mark.parametrize("t", [30.0, 365.0, 1e4])
@pytest.mark.parametrize("a", [30.0, 1000.0])
def test_where_everyone_leaves_at_once_the_next_order_is_the_last(a, t):
    # b → 0: with no repeat purchase so far, the first one sends them away for certain
    model = BGNBD(r=0.17, alpha=5.0, a=a, b=1e-9)
    T = np.array([0.5, 300.0, 3000.0])
    expected = model.expected_if_alive(t, np.zeros(3), T)
    buys = model.probability_purchase_if_alive(t, np.zeros(3), T)
    np.testing.assert_allclose(expected, buys, rtol=1e-6)


@pytest.mark.parametrize("kind", [BGNBD, MBGNBD])
@pytest.mark.parametrize("a", [0.001, 0.9999, 1.5, 30.0, 1000.0])
@pytest.mark.parametrize("b", [0.001, 0.8, 30.0, 1000.0])
def test_at_bounds_of_leaving_expectations_lie_within_what_is_possible(kind, a, b):
    x, T = np.array([0, 1, 5, 100, 1000, 5000.0]), 300.0
    for r, alpha in [(0.001, 0.01), (0.2, 5.0), (5.0, 1e4)]:
        for t in (1.0, 90.0, 1e4):
            expected = kind(r, alpha, a, b).expected_if_alive(t, x, T)
            most = (r + x) * t / (alpha + T)  # of who never leaves
            assert (expected >= 0).all()
            assert (expected <= most * (1 + 1e-6) + 1e-9).all()


@MODELS
def test_a_customer_nobody_watched_tells_nothing(model):
    assert model.log_likelihood(0, 0.0, 0.0) == pytest.approx(0, abs=1e-12)


# ---------------------------------------------------------------- the predictions


@MODELS
def test_predictions_are_what_simulated_customers_do(model):
    customers = drawn(model, count=200_000, seed=3)
    arguments = columns(customers)
    kind = np.minimum(arguments[0], 4) * 2 + (arguments[2] - arguments[1] > 120)
    outcomes = {
        "silent": customers["y"] == 0,
        "orders": customers["y"],
        "alive": customers["is_alive"],
    }
    predictions = {
        "silent": model.probability_no_purchase(90, *arguments),
        "orders": model.expected_purchases(90, *arguments),
        "alive": model.probability_alive(*arguments),
    }
    for name, outcome in outcomes.items():
        error = outcome.to_numpy() - predictions[name]
        for number in np.unique(kind):
            some = error[kind == number]
            if len(some) < 100:
                continue
            # 30 comparisons at 4.5 standard errors: a false alarm in 5,000 runs; the
            # 1e-9 is for those alive for certain
            assert abs(some.mean()) < 4.5 * some.std() / np.sqrt(len(some)) + 1e-9


@MODELS
def test_expected_purchases_of_new_customers(model):
    rng = np.random.default_rng(5)
    for t in (30.0, 400.0):
        x = simulate(model, np.full(200_000, t), 1.0, rng)["x"]
        # 4.5 standard errors, as above
        margin = 4.5 * x.std() / np.sqrt(len(x))
        assert model.expected_new(t) == pytest.approx(x.mean(), abs=margin)


@BETA_GEOMETRIC
def test_silence_is_the_ratio_of_likelihoods(model):
    customers = some_customers().iloc[:6]
    ours = model.probability_no_purchase(90, *columns(customers))
    theirs = PurchaseModel.probability_no_purchase(model, 90, *columns(customers))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@MODELS
def test_silence_is_having_left_or_not_buying(model):
    x, t_x, T = columns(some_customers().iloc[:6])
    buys = model.probability_purchase_if_alive(90, x, T)
    silent = 1 - model.probability_alive(x, t_x, T) * buys
    want = model.probability_no_purchase(90, x, t_x, T)
    np.testing.assert_allclose(silent, want, rtol=1e-9)


def test_silence_of_who_cannot_leave():
    model = NBD(0.7, 30.0)
    want = (430 / 520) ** 3.7  # ((α + T) / (α + T + t))^(r + x)
    got = model.probability_no_purchase(90, 3, 50.0, 400.0)
    assert got == pytest.approx(want, rel=1e-12)


@MODELS
def test_expected_purchases_start_at_the_rate_of_who_is_alive(model):
    # d/dt E[Y(t)] at 0 is P(alive) (r + x) / (α + T), and so is -d/dt P(silent)
    customers = some_customers().iloc[1:6]
    x, t_x, T = columns(customers)
    rate = model.probability_alive(x, t_x, T) * (model.r + x) / (model.alpha + T)
    t = 1e-4
    got = model.expected_purchases(t, x, t_x, T) / t
    silent = (1 - model.probability_no_purchase(t, x, t_x, T)) / t
    # first order in t · rate (1e-5), and rounding of 1e-16 / t / rate
    np.testing.assert_allclose(got, rate, rtol=1e-4)
    np.testing.assert_allclose(silent, rate, rtol=1e-4)


@pytest.mark.parametrize("a", [0.4, 1.0, 1.7])
def test_expected_purchases_are_the_integral_of_the_rate(a):
    # E[Y] / P(alive) = ∫ E[λ exp(-λ p u)] du, over λ in closed form and p ~ beta
    model, x, T, t = BGNBD(0.6, 20.0, a, 0.5), 2, 100.0, 200.0
    shape, rate, b = model.r + x, model.alpha + T, model.b + x

    def over_p(p):
        lost = -np.expm1(-shape * np.log1p(p * t / rate)) / p if p else shape * t / rate
        return lost * np.exp((b - 1) * np.log1p(-p) - betaln(a, b))

    want, _ = quad(over_p, 0, 1, weight="alg", wvar=(a - 1, 0), epsrel=1e-11)
    assert model.expected_if_alive(t, x, T) == pytest.approx(want, rel=1e-6)


POSITIVE = st.floats(0.05, 20)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([BGNBD, MBGNBD, ParetoNBD]),
    POSITIVE,
    st.floats(0.5, 500),
    POSITIVE,
    POSITIVE,
    st.integers(0, 5000),
    st.floats(0, 1),
    st.floats(0, 1e5),
)
@example(BGNBD, 0.2, 5.0, 1.0, 1.0, 5000, 1.0, 1e5)
@example(BGNBD, 1.0, 1.0, 2.0, 1.0, 99, 0.0, 0.0)  # scipy's ₂F₁ gives -inf
@example(BGNBD, 0.2, 5.0, 0.5, 0.5, 0, 0.0, 10.0)  # a + b - 1 = 0
@example(MBGNBD, 20.0, 0.5, 0.05, 0.05, 5000, 0.0, 1e5)
@example(ParetoNBD, 0.05, 500.0, 1.0, 0.05, 5000, 0.0, 1e5)
@example(ParetoNBD, 0.05, 0.5, 0.05, 20.0, 0, 0.0, 0.0)
def test_predictions_are_finite_and_monotone_in_time(
    cls, r, alpha, third, fourth, x, share, T
):
    if cls is ParetoNBD:
        fourth *= 25.0  # beta is a time
    model = cls(r, alpha, third, fourth)
    t_x = share * T if x else 0.0
    t = np.array([0.0, 1.0, 7.0, 30.0, 365.0, 1e4])
    x, t_x, T = (np.full(len(t), value) for value in (x, t_x, T))
    assert np.isfinite(model.log_likelihood(x, t_x, T)).all()
    alive = model.probability_alive(x, t_x, T)
    assert ((alive >= 0) & (alive <= 1)).all()
    silent = model.probability_no_purchase(t, x, t_x, T)
    assert ((silent >= 0) & (silent <= 1)).all()
    assert silent[0] == pytest.approx(1, abs=1e-9)
    assert (np.diff(silent) <= 1e-9).all()
    # leaving only adds to silence
    assert (silent >= 1 - alive - 1e-9).all()
    orders = model.expected_purchases(t, x, t_x, T)
    assert np.isfinite(orders).all()
    assert orders[0] == pytest.approx(0, abs=1e-9)
    assert (np.diff(orders) >= -1e-9 * (1 + orders[1:])).all()
    # Markov: P(any) ≤ E[number]; and no more than without leaving
    assert (1 - silent <= orders + 1e-9).all()
    assert (orders <= (r + x) / (alpha + T) * t * (1 + 1e-7) + 1e-9).all()


# ---------------------------------------------------------------- spend


def spenders(model, count=20_000, seed=2):
    rng = np.random.default_rng(seed)
    x = rng.poisson(1.5, count)
    return pd.DataFrame({"x_valued": x, "zbar": simulate_spend(model, x, rng)})


def test_spend_is_recovered():
    truth = GammaGamma(6.0, 4.0, 15.0)
    customers = spenders(truth)
    fit = served(fit_spend(customers))
    assert fit.fit_status == "ok"
    buyers = customers[customers["x_valued"] > 0]
    score = truth.score(buyers["x_valued"].to_numpy(), buyers["zbar"].to_numpy())
    information = score @ score.T
    got = np.array([fit.model.p, fit.model.q, fit.model.v])
    error = np.log(got / [6, 4, 15])
    assert error @ information @ error < chi2.ppf(0.9999, 3)  # as for purchases
    assert np.sqrt(np.diag(np.linalg.inv(information))).max() < 0.1


def test_the_likelihood_of_spend_is_a_density_and_that_of_all_its_sum():
    model = GammaGamma(6.0, 4.0, 15.0)
    logs = np.linspace(-8, 14, 4_001)  # of the mean amount
    for x in (1, 3):
        density = np.exp(model.log_likelihood(np.full(4_001, x), np.exp(logs)) + logs)
        assert np.trapezoid(density, logs) == pytest.approx(1, abs=1e-6)
    customers = spenders(model)
    fit = served(fit_spend(customers))
    buyers = customers[customers["x_valued"] > 0]
    columns = (buyers[name].to_numpy() for name in ("x_valued", "zbar"))
    assert fit.log_likelihood == pytest.approx(fit.model.log_likelihood(*columns).sum())


def test_the_gradient_of_spend_is_a_finite_difference():
    x, zbar = np.array([1, 3, 400]), np.array([5.0, 80.0, 20.0])
    logs = np.log([6.0, 4.0, 15.0])
    for position, step in enumerate(1e-5 * np.eye(3)):
        above = GammaGamma(*np.exp(logs + step)).log_likelihood(x, zbar)
        below = GammaGamma(*np.exp(logs - step)).log_likelihood(x, zbar)
        got = GammaGamma(*np.exp(logs)).score(x, zbar)[position]
        np.testing.assert_allclose(got, (above - below) / 2e-5, rtol=1e-5, atol=1e-6)


def test_spend_shrinks_to_the_mean_of_all():
    model = GammaGamma(6.0, 4.0, 15.0)
    assert model.mean_spend == 30
    got = model.expected_spend(np.array([0, 1, 10, 100_000]), [np.nan, 60, 60, 60])
    assert got[0] == model.mean_spend
    assert (np.diff(got) > 0).all()
    assert got[-1] == pytest.approx(60, rel=1e-4)  # (q - 1) / (p x) is 5e-6


def test_spend_scales_with_the_currency():
    customers = spenders(GammaGamma(6.0, 4.0, 15.0))
    yen = customers.assign(zbar=customers["zbar"] * 150)
    one, other = (served(fit_spend(frame)).model for frame in (customers, yen))
    # two ends of one optimisation, each within its tolerance of the maximum
    assert (other.p, other.q) == pytest.approx((one.p, one.q), rel=1e-4)
    assert other.v == pytest.approx(150 * one.v, rel=1e-4)


def test_rounding_many_amounts_changes_next_to_nothing(monkeypatch):
    customers = spenders(GammaGamma(6.0, 4.0, 15.0))
    exact = served(fit_spend(customers))
    monkeypatch.setattr(spend, "MAX_ROWS", 100)
    rounded = served(fit_spend(customers))
    buyers = customers[customers["x_valued"] > 0]
    score = exact.model.score(buyers["x_valued"].to_numpy(), buyers["zbar"].to_numpy())
    got, want = ([f.model.p, f.model.q, f.model.v] for f in (rounded, exact))
    errors = np.sqrt(np.diag(np.linalg.inv(score @ score.T)))
    # .2 % at most of an amount, up and down alike
    assert (np.abs(np.log(np.divide(got, want))) < 0.02 * errors).all()
    assert got != want
    # the density of amounts has their unit: a mean rounding of 1e-5, and a few digits
    assert rounded.log_likelihood == pytest.approx(exact.log_likelihood, rel=1e-5)


def test_spend_without_a_mean_falls_back_to_the_pooled_mean():
    customers = spenders(GammaGamma(2.0, 0.7, 10.0))
    first, last = fit_spend(customers)
    assert first.fit_status.startswith("degenerate: q = 0.")
    assert not first.is_served
    spent = customers["x_valued"] * customers["zbar"]
    assert (last.name, last.fit_status) == ("pooled mean", "ok")
    assert last.model.mean == pytest.approx(spent.sum() / customers["x_valued"].sum())


# ---------------------------------------------------------------- the statistics


def purchases(rows):
    return pd.DataFrame(rows, columns=["customer_id", "purchased_at", "amount"])


def test_statistics_of_a_few_purchases():
    frame = purchases(
        [
            ("a", "2024-01-15 08:00", 10.0),
            ("a", "2024-01-01 09:00", 99.0),  # the first: no part of zbar
            ("a", "2024-01-15 20:00", 20.0),  # the same day: one purchase of 30
            ("a", "2024-01-22 00:00", 0.0),  # a purchase, of no value
            ("a", "2024-01-29 00:00", 50.0),  # the anchor itself is not observed
            ("b", "2024-01-28 23:59", 5.0),
            ("c", "2024-02-01 00:00", 5.0),
        ]
    )
    got = summarise(frame, "2024-01-29", time_unit_days=7).set_index("customer_id")
    assert got.index.tolist() == ["a", "b"]
    assert got.loc["a", ["x", "t_x", "x_valued", "zbar"]].tolist() == [2, 3, 1, 30]
    # days 1 to 28 of January: 27 days of age
    assert got.loc["a", "T"] == pytest.approx(27 / 7)
    assert got.loc["b", ["x", "t_x", "T", "x_valued"]].tolist() == [0, 0, 0, 0]
    assert np.isnan(got.loc["b", "zbar"])


def test_statistics_without_amounts_or_purchases():
    frame = purchases([("a", "2024-01-01", 1.0)]).drop(columns="amount")
    assert summarise(frame, "2024-02-01")["zbar"].isna().all()
    empty = summarise(frame.head(0), "2024-02-01")
    assert empty.empty
    assert grouped(empty).empty


def test_rounding_and_grouping_lose_no_customer():
    customers = drawn(BGNBD(0.6, 20.0, 0.8, 2.5), count=3000)
    weekly = grouped(customers, resolution=7)
    assert weekly["count_customers"].sum() == 3000
    assert len(weekly) < 2500
    assert (weekly["t_x"] <= weekly["T"]).all()
    total = (weekly["x"] * weekly["count_customers"]).sum()
    assert total == customers["x"].sum()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30))
def test_distinct_rows_can_be_put_back(rows):
    one, two = np.array(rows, dtype=float).reshape(-1, 2).T
    (some_one, some_two), inverse = distinct(one, two)
    np.testing.assert_array_equal(some_one[inverse], one)
    np.testing.assert_array_equal(some_two[inverse], two)
    assert len(some_one) == len(set(rows))


def test_rows_are_counted_however_many_values_they_can_have():
    # 300 values in each of 8 columns: 300^8 is more than an integer holds
    rng = np.random.default_rng(1)
    rows = np.stack([rng.permutation(300) for _ in range(8)], axis=1)
    got, counts = counted(*np.concatenate([rows, rows[:7]]).T)
    want, times = np.unique(
        np.concatenate([rows, rows[:7]]), axis=0, return_counts=True
    )
    np.testing.assert_array_equal(np.transpose(got), want)
    np.testing.assert_array_equal(counts, times)


def test_merging_loses_no_customer():
    groups = grouped(drawn(BGNBD(0.6, 20.0, 0.8, 2.5), count=5000))
    few = at_most(groups, 1000)
    assert 100 < len(few) <= 1000 < len(groups)
    assert few["count_customers"].sum() == 5000
    assert (few["t_x"] <= few["T"]).all()
    for name in STATISTICS:
        means = [
            np.average(f[name], weights=f["count_customers"]) for f in (few, groups)
        ]
        assert means[0] == pytest.approx(means[1], rel=1e-12)
    assert at_most(groups, len(groups)) is groups
    empty = grouped(drawn(NBD(0.7, 30.0), count=0), resolution=7)
    assert empty.empty
    assert at_most(empty, 5).empty


# ---------------------------------------------------------------- fitting


def rounded(customers):
    """Return the customers with times of whole weeks: many are then identical."""
    weeks = (customers[["t_x", "T"]] / 7).round()
    return customers.assign(t_x=weeks["t_x"], T=weeks["T"])


def test_grouped_fits_are_ungrouped_fits():
    customers = rounded(drawn(BGNBD(0.6, 20.0, 0.8, 2.5), count=3000))
    groups = grouped(customers)
    assert len(groups) < 2500
    singly = customers[STATISTICS].assign(count_customers=1)
    one, other = (fit_model(BGNBD, frame) for frame in (groups, singly))
    # one likelihood, summed in another order; two ends of its optimisation
    assert one.mean_log_likelihood == pytest.approx(other.mean_log_likelihood, rel=1e-9)
    np.testing.assert_allclose(one.parameters, other.parameters, rtol=1e-3)


def test_weeks_are_days_divided_by_seven():
    customers = drawn(BGNBD(0.6, 20.0, 0.8, 2.5), count=3000)
    weeks = customers.assign(t_x=customers["t_x"] / 7, T=customers["T"] / 7)
    by_day = fit_model(BGNBD, grouped(customers)).parameters
    by_week = fit_model(BGNBD, grouped(weeks)).parameters
    np.testing.assert_allclose(by_day / by_week, [1, 7, 1, 1], rtol=1e-3)


@pytest.mark.parametrize("many", [5000, 500])
def test_the_order_of_rows_changes_nothing(many, monkeypatch):
    monkeypatch.setattr(fit, "MAX_START_GROUPS", many)
    monkeypatch.setattr(spend, "MAX_ROWS", many)
    customers = drawn(BGNBD(0.6, 20.0, 0.8, 2.5), count=3000)
    customers = customers.join(spenders(GammaGamma(6.0, 4.0, 15.0), 3000))
    shuffled = customers.sample(frac=1, random_state=1)
    for learn in (fit_purchases, fit_spend):
        one, other = (parameters_table(learn(some)) for some in (customers, shuffled))
        assert one.equals(other) or one.to_pandas().equals(other.to_pandas())


@MODELS
def test_the_way_by_merged_groups_leads_to_the_same_maximum(model, monkeypatch):
    groups = grouped(drawn(model, count=4000))
    straight = fit_model(type(model), groups)
    monkeypatch.setattr(fit, "MAX_START_GROUPS", 500)
    by_few = fit_model(type(model), groups)
    # L-BFGS-B stops somewhat before the maximum, in the sixth digit of parameters
    np.testing.assert_allclose(by_few.parameters, straight.parameters, rtol=1e-3)
    gain = by_few.mean_log_likelihood - straight.mean_log_likelihood
    assert gain == pytest.approx(0, abs=1e-9)


@MODELS
def test_fitting_to_merged_groups_moves_parameters_little(model, monkeypatch):
    customers = drawn(model)
    groups = grouped(customers)
    exact = fit_model(type(model), groups)
    monkeypatch.setattr(type(model), "max_groups", 5000)
    merged = fit_model(type(model), groups)
    score = model.score(*columns(customers))
    errors = np.sqrt(np.diag(np.linalg.inv(score @ score.T)))
    moved = np.abs(np.log(merged.parameters / exact.parameters))
    assert (moved < 0.25 * errors).all()
    # of all groups: below the maximum, by .25² / 2 per parameter or so
    loss = (exact.mean_log_likelihood - merged.mean_log_likelihood) * len(customers)
    assert 0 < loss < 0.125


def constant(count, x, t_x, T):
    return pd.DataFrame({"x": [x] * count, "t_x": t_x, "T": T})


@pytest.mark.parametrize(
    ("customers", "said"),
    [
        (constant(0, 0, 0.0, 0.0), "too little data: 0 customers"),
        (constant(1, 2, 9.0, 30.0), "too little data: 1 customers"),
        (constant(50, 0, 0.0, 30.0), "too little data: 0 repeat buyers"),
        (constant(900, 0, 0.0, 30.0), "too little data: 0 repeat buyers"),
        (constant(60, 1, 0.0, 0.0), "too little data: nobody was observed"),
    ],
)
def test_with_too_little_data_there_is_a_status_and_no_model(customers, said):
    customers = customers.assign(x=customers["x"].astype(int))
    (fit,) = fit_purchases(customers)
    assert fit.fit_status.startswith(said)
    assert fit.model is None
    table = parameters_table((fit,))
    assert table.schema == PARAMETERS_SCHEMA
    assert table.column("value").null_count == 4
    assert served_from_table(table.to_pandas()) is None


def test_fifty_customers_get_a_model_or_a_status():
    few = drawn(BGNBD(0.6, 20.0, 0.8, 2.5), count=50)
    fit = served(fit_purchases(few))
    assert fit.is_served
    assert np.isfinite(fit.model.parameters).all()
    assert np.isfinite(fit.model.expected_purchases(90, *columns(few))).all()


def test_where_everyone_buys_daily_the_rate_is_one_a_day():
    fits = fit_purchases(constant(200, 100, 100.0, 100.0))
    assert [fit.name for fit in fits] == ["BG/NBD", "MBG/NBD", "Pareto/NBD", "NBD"]
    assert all(fit.fit_status.startswith("degenerate: ") for fit in fits)
    last = served(fits)
    assert last.is_served
    # the bound of r leaves a spread of 3 % of rates, which is no bias
    assert last.model.expected_purchases(30, 100, 100.0, 100.0) == pytest.approx(
        30, rel=0.01
    )


def test_where_nobody_leaves_nbd_is_served_and_named():
    fits = fit_purchases(drawn(NBD(0.7, 30.0), count=2000, seed=4), resolution=14)
    assert [fit.name for fit in fits][-1] == "NBD"
    assert served(fits).fit_status == "ok"
    assert all(fit.fit_status.startswith("degenerate") for fit in fits[:-1])
    assert [fit.is_served for fit in fits] == [False] * (len(fits) - 1) + [True]


def test_leaving_that_does_not_pay_for_its_parameters_is_no_leaving():
    # these draws give an inner maximum: no parameter is at a bound
    first, *_, last = fit_purchases(drawn(NBD(0.7, 30.0), 300), resolution=7)
    assert first.fit_status == (
        "degenerate: nobody ever leaves (leaving adds 1.0 to the log-likelihood)"
    )
    assert first.log_likelihood - last.log_likelihood == pytest.approx(1.0, abs=0.05)
    assert last.name == "NBD"


def test_a_maximum_that_was_not_reached_is_no_maximum():
    low, high = np.array([0.1]), np.array([10.0])

    def hill(parameters, slope=1.0):
        error = np.log(parameters / 2)
        return -(error**2).sum(), -2 * slope * error

    top = maximise(hill, [(0.5,), (5.0,)], low, high)
    assert top.is_converged
    assert top.parameters == pytest.approx([2], rel=1e-6)
    # a gradient of the wrong sign leads nowhere, and neither does a value of NaN
    lost = maximise(lambda p: hill(p, -1.0), [(5.0,)], low, high)
    assert not lost.is_converged
    blind = maximise(lambda p: (np.nan, np.zeros(1)), [(5.0,)], low, high)
    assert not blind.is_converged
    # a bound may hold a parameter where the hill goes on rising
    held = maximise(hill, [(5.0,)], np.array([3.0]), high)
    assert held.is_converged
    assert held.at_bound.all()


def test_a_hill_nearby_shows_the_way_up():
    low, high = np.full(2, 0.1), np.full(2, 10.0)
    tops = []

    def hill(top, steepness=1.0):
        def height(parameters):
            tops.append(top)
            error = np.log(parameters / top)
            slope = -steepness * (2 * error + 4 * error**3)
            return -steepness * (error**2 + error**4).sum(), slope

        return height

    def climb(nearby):
        tops.clear()
        got = maximise_from_nearby(hill(2.0), nearby, [(5.0, 0.5)], low, high)
        assert got.is_converged
        assert got.parameters == pytest.approx([2, 2], rel=1e-6)
        return tops.count(2.0)

    assert climb(hill(1.8)) <= 8
    # a valley, a bound, a step that leaves the bounds, one that leads down
    climb(hill(1.8, -1.0))
    climb(hill(30.0))
    climb(hill(1.8, 0.01))
    climb(hill(1.8, 0.4))


@pytest.mark.parametrize(
    "truth", [BGNBD(0.6, 20.0, 0.8, 2.5), MBGNBD(0.6, 20.0, 0.8, 2.5)]
)
def test_the_likeliest_of_those_that_can_be_trusted_is_served(truth):
    fits = fit_purchases(drawn(truth), resolution=7)
    assert {fit.name for fit in fits} == {"BG/NBD", "MBG/NBD"}
    assert {fit.fit_status for fit in fits} == {"ok"}
    assert served(fits).name == truth.name
    assert served(fits).log_likelihood > fits[0].log_likelihood + 5
    assert [fit.is_served for fit in fits] == [False, True]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_everyone_leaves_after_one_repeat_few_orders_are_expected(seed):
    """All fits are at a bound; NBD, in which nobody leaves, told .36 and .02 came."""
    rng = np.random.default_rng(seed)
    T = rng.uniform(200, 720, 2_000)
    shop = simulate(BGNBD(1.2, 100.0, 1e4, 1e-4), T, 180.0, rng)
    fits = fit_purchases(shop, resolution=14)
    told = served(fits).model.expected_purchases(180.0, *columns(shop)).mean()
    assert shop["x"].max() == 1
    assert told == pytest.approx(shop["y"].mean(), abs=0.05)


@pytest.mark.parametrize(
    "broken", [{"t_x": 9.0, "T": 3.0}, {"T": np.nan, "t_x": 0.0}, {"T": -1, "t_x": 0}]
)
def test_statistics_that_cannot_be_are_refused(broken):
    with pytest.raises(ValueError, match="t_x"):
        fit_purchases(constant(60, 1, **broken))


def test_parameters_come_back_from_their_table():
    fits = fit_purchases(drawn(BGNBD(0.6, 20.0, 0.8, 2.5), 2000), time_unit_days=7)
    table = parameters_table(fits)
    assert table.schema == PARAMETERS_SCHEMA
    assert served_from_table(table.to_pandas()) == served(fits)


# ---------------------------------------------------------------- value


@pytest.fixture(scope="module")
def valued():
    customers = drawn(BGNBD(0.6, 20.0, 0.8, 2.5), count=2000)
    customers["customer_id"] = [f"c{number}" for number in range(2000)]
    customers["x_valued"] = customers["x"]
    customers["zbar"] = simulate_spend(
        GammaGamma(6.0, 4.0, 15.0), customers["x"].to_numpy(), np.random.default_rng(8)
    )
    return customers, served(fit_purchases(customers)), served(fit_spend(customers))


def test_value_is_orders_times_spend_times_margin(valued):
    customers, orders, spend = valued
    got = expected_value(
        *valued, horizon_days=90, margin=0.3, annual_discount_rate=0
    ).to_pandas()
    x, t_x, T = columns(customers)
    want = orders.model.expected_purchases(90, x, t_x, T)
    np.testing.assert_allclose(got["expected_order_days"], want, rtol=1e-12)
    want = 0.3 * got["expected_order_days"] * got["expected_order_amount"]
    np.testing.assert_allclose(got["expected_value_amount"], want, rtol=1e-9)
    want = spend.model.expected_spend(x, customers["zbar"])
    np.testing.assert_allclose(got["expected_order_amount"], want, rtol=1e-12)
    silent = orders.model.probability_no_purchase(90, x, t_x, T)
    np.testing.assert_allclose(got["no_purchase_probability"], silent, rtol=1e-9)
    np.testing.assert_allclose(got["purchase_probability"], 1 - silent, atol=1e-12)
    alive = orders.model.probability_alive(x, t_x, T)
    np.testing.assert_allclose(got["alive_probability"], alive, rtol=1e-12)
    assert set(got["purchase_model"]) == {"BG/NBD"}
    assert set(got["spend_model"]) == {"Gamma-Gamma"}


def test_a_horizon_of_days_is_one_of_the_models_own_unit(valued):
    customers, orders, spend = valued
    weekly = replace(orders, time_unit_days=7.0)
    got = expected_value(customers, weekly, spend, horizon_days=91).to_pandas()
    x, t_x, T = columns(customers)
    want = orders.model.expected_purchases(13, x, t_x, T)
    np.testing.assert_allclose(got["expected_order_days"], want, rtol=1e-12)
    want = orders.model.probability_no_purchase(13, x, t_x, T)
    np.testing.assert_allclose(got["no_purchase_probability"], want, rtol=1e-9)


def test_discounting_lowers_value_and_thirty_days_are_fine_enough(valued):
    amounts = [
        expected_value(
            *valued, horizon_days=365, annual_discount_rate=rate, sub_period_days=days
        )
        .to_pandas()["expected_value_amount"]
        .sum()
        for rate, days in ((0, 30), (0.2, 30), (0.2, 1))
    ]
    # orders come by the year on average at its middle, or earlier: 1 - 1.2^-.5 = 8.7 %
    assert 0.913 * amounts[0] < amounts[1] < 0.95 * amounts[0]
    # 30 days: .001 % by the formula, some more since orders get fewer
    assert amounts[1] == pytest.approx(amounts[2], rel=2e-4)


def test_sub_periods_end_with_the_horizon():
    ends, factors = discounts(100, 0.1)
    assert ends.tolist() == [30, 60, 90, 100]
    assert factors[-1] == pytest.approx(1.1 ** (-95 / 365.25))
    assert discounts(20, 0.1)[0].tolist() == [20]
    assert discounts(60, 0.1)[0].tolist() == [30, 60]


def test_without_a_model_predictions_are_missing(valued):
    customers, _, spend = valued
    (nothing,) = fit_purchases(customers.head(3))
    for purchases_fit in (nothing, None):
        table = expected_value(customers, purchases_fit, spend, horizon_days=90)
        assert table.schema == VALUES_SCHEMA
        assert table.num_rows == 2000
        for name in ("expected_order_days", "expected_value_amount", "purchase_model"):
            assert table.column(name).null_count == 2000
        assert table.column("expected_order_amount").null_count == 0
    empty = expected_value(customers.head(0), *valued[1:], horizon_days=90)
    assert empty.schema == VALUES_SCHEMA
    assert empty.num_rows == 0


@pytest.mark.parametrize("dtype", [object, "string", "category", int])
def test_whatever_customers_are_called_their_names_are_strings(valued, dtype):
    customers, *fits = valued
    numbers = pd.Series(range(2000)).astype(str).astype(dtype)
    table = expected_value(customers.assign(customer_id=numbers), *fits, horizon_days=9)
    assert table.schema == VALUES_SCHEMA
    assert table.column("customer_id").to_pylist()[-2:] == ["1998", "1999"]


def test_each_customer_is_predicted_alone(valued):
    customers, *fits = valued
    whole = expected_value(customers, *fits, horizon_days=90).to_pandas()
    part = expected_value(customers.iloc[700:900], *fits, horizon_days=90).to_pandas()
    pd.testing.assert_frame_equal(part, whole.iloc[700:900].reset_index(drop=True))

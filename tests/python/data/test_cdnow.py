"""CDNOW: what is published, and was reproduced elsewhere, comes out here too.

Every figure and tolerance is a line of REFERENCE.md, section CDNOW.
"""

import numpy as np
import pandas as pd
import pytest
from places import DATA, needs

from segmentation.clv.bgnbd import BGNBD
from segmentation.clv.fit import fit_model, fit_purchases
from segmentation.clv.mbgnbd import MBGNBD
from segmentation.clv.nbd import NBD
from segmentation.clv.parameters import served
from segmentation.clv.paretonbd import ParetoNBD
from segmentation.clv.spend import fit_spend
from segmentation.clv.summaries import grouped, summarise
from segmentation.clv.value import expected_value
from segmentation.estimators import roc_auc_score

CDNOW = DATA / "cdnow"
pytestmark = needs(CDNOW)
END = pd.Timestamp("1997-10-01")  # the first day of the holdout
WEEKS = 39
PUBLISHED = ((BGNBD,),)  # others may be likelier here, but these figures are known


def purchases_of(file):
    return pd.read_parquet(CDNOW / file).rename(
        columns={"date": "purchased_at", "dollar_value": "amount"}
    )


@pytest.fixture(scope="module")
def customers():
    """Return the calibration statistics, in weeks, and the holdout purchases `y`."""
    purchases = purchases_of("cdnow_sample_1_10.parquet")
    customers = summarise(purchases, END, time_unit_days=7)
    holdout = purchases[
        (purchases["purchased_at"] >= END)
        & (purchases["purchased_at"] < END + pd.Timedelta(days=7 * WEEKS))
    ]
    days = holdout.groupby("customer_id")["purchased_at"].nunique()
    return customers.assign(y=customers["customer_id"].map(days).fillna(0).astype(int))


@pytest.fixture(scope="module")
def groups(customers):
    return grouped(customers)


@pytest.fixture(scope="module")
def bgnbd(customers):
    fit = served(fit_purchases(customers, time_unit_days=7, chain=PUBLISHED))
    assert (fit.name, fit.fit_status) == ("BG/NBD", "ok")
    return fit.model


def statistics(customers):
    return tuple(customers[name].to_numpy() for name in ("x", "t_x", "T"))


@pytest.fixture(scope="module")
def expected(customers, bgnbd):
    return bgnbd.expected_purchases(WEEKS, *statistics(customers))


def test_the_customers_are_those_of_the_papers(customers):
    assert len(customers) == 2357
    assert customers["x"].sum() == 2457
    assert (customers["x"] > 0).sum() == 946
    assert customers["y"].sum() == 1882


def test_the_statistics_are_those_computed_elsewhere(customers):
    theirs = pd.read_parquet(CDNOW / "cdnow_cal_holdout_reference.parquet")
    # sample_id numbers the customers of the sample by customer_id
    theirs = theirs.sort_values("sample_id").reset_index(drop=True)
    ids = purchases_of("cdnow_sample_1_10.parquet").groupby("sample_id")["customer_id"]
    ours = customers.set_index("customer_id").loc[ids.first().loc[theirs["sample_id"]]]
    for name in ("x", "t_x", "T"):
        np.testing.assert_allclose(ours[name], theirs[name], atol=1e-9)
    np.testing.assert_allclose(ours["zbar"].fillna(0), theirs["zbar"], atol=1e-9)
    np.testing.assert_array_equal(ours["y"], theirs["x_hold"])


@pytest.mark.parametrize(
    ("model", "parameters", "tolerance", "log_likelihood"),
    [
        (BGNBD, (0.2426, 4.4136, 0.7929, 2.4259), 0.001, -9582.43),
        (MBGNBD, (0.5248, 6.1831, 0.8914, 1.6140), 0.002, -9582.14),
        (ParetoNBD, (0.553, 10.578, 0.606, 11.669), 0.005, -9594.97),
    ],
)
def test_parameters(groups, model, parameters, tolerance, log_likelihood):
    fitted = fit_model(model, groups)
    assert fitted.is_converged
    np.testing.assert_allclose(fitted.parameters, parameters, atol=tolerance, rtol=0)
    total = fitted.mean_log_likelihood * groups["count_customers"].sum()
    assert total == pytest.approx(log_likelihood, abs=0.01)


def test_leaving_explains_what_everyone_alive_does_not(groups):
    everyone_alive = fit_model(NBD, groups).mean_log_likelihood * 2357
    assert everyone_alive < -9582.43 - 100


def test_published_maximum_is_not_beaten_by_more_than_its_rounding(customers, bgnbd):
    published = BGNBD(0.243, 4.414, 0.793, 2.426)
    gain = (
        bgnbd.log_likelihood(*statistics(customers)).sum()
        - published.log_likelihood(*statistics(customers)).sum()
    )
    assert 0 <= gain < 0.01


def test_the_customer_of_the_paper(bgnbd):
    who = (2, 30.43, 38.86)
    assert bgnbd.expected_purchases(39, *who) == pytest.approx(1.226, abs=0.001)
    assert bgnbd.probability_alive(*who) == pytest.approx(0.7266, abs=0.001)


def test_expected_purchases_of_a_new_customer(bgnbd):
    t = np.array([0.1429, 1, 3, 31.8571, 32, 78])
    want = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    np.testing.assert_allclose(bgnbd.expected_new(t), want, atol=0.001, rtol=0)


def test_spend(customers):
    fit = served(fit_spend(customers))
    assert (fit.name, fit.fit_status) == ("Gamma-Gamma", "ok")
    assert fit.count_repeat_buyers == 946
    got = (fit.model.p, fit.model.q, fit.model.v)
    np.testing.assert_allclose(got, (6.2496, 3.7442, 15.4435), atol=0.01, rtol=0)
    assert fit.model.mean_spend == pytest.approx(35.17, abs=0.01)


def test_expected_spend_is_what_was_computed_elsewhere(customers):
    theirs = pd.read_parquet(CDNOW / "cdnow_cal_holdout_reference.parquet")
    model = served(fit_spend(customers)).model
    ours = model.expected_spend(theirs["x"].to_numpy(), theirs["zbar"].to_numpy())
    # their parameters end elsewhere in the fifth digit
    np.testing.assert_allclose(ours, theirs["ez"], rtol=1e-3)


def test_holdout(customers, expected):
    y = customers["y"]
    assert expected.sum() == pytest.approx(1653.4, abs=0.1)
    error = expected - y
    assert error.abs().mean() == pytest.approx(0.7855, abs=0.002)
    assert np.sqrt((error**2).mean()) == pytest.approx(1.608, abs=0.002)
    assert np.corrcoef(expected, y)[0, 1] == pytest.approx(0.6256, abs=0.002)
    assert roc_auc_score(y > 0, expected) == pytest.approx(0.7725, abs=0.002)


def test_holdout_by_purchases_so_far(customers, expected):
    by = customers.assign(expected=expected).groupby(customers["x"].clip(upper=7))
    want = [0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157]
    np.testing.assert_allclose(by["expected"].mean(), want, atol=0.005, rtol=0)
    actual = [0.237, 0.697, 1.392, 1.560, 2.532, 2.947, 3.862, 6.359]
    np.testing.assert_allclose(by["y"].mean(), actual, atol=0.005, rtol=0)


def test_the_naive_rate_is_worse(customers, expected):
    naive = customers["x"] / customers["T"] * WEEKS
    assert naive.sum() == pytest.approx(2930, abs=1)
    error = (naive - customers["y"]).abs().mean()
    assert error == pytest.approx(1.024, abs=0.002)
    assert np.abs(expected - customers["y"]).mean() < error


def test_trap_probability_alive_is_no_churn_score(customers, bgnbd):
    buys_again = customers["y"] > 0
    alive = bgnbd.probability_alive(*statistics(customers))
    assert (alive[customers["x"] == 0] == 1).all()
    assert roc_auc_score(buys_again, alive) == pytest.approx(0.316, abs=0.002)
    silent = bgnbd.probability_no_purchase(WEEKS, *statistics(customers))
    # .757 here: no reference figure, so only that it sorts the way P(alive) does not
    assert roc_auc_score(buys_again, 1 - silent) > 0.74


def test_hiatus_rule(customers, bgnbd):
    buys_again = customers["y"] > 0
    seen_lately = customers["T"] - customers["t_x"] <= 22
    buys = 1 - bgnbd.probability_no_purchase(WEEKS, *statistics(customers)) > 0.5
    assert (seen_lately == buys_again).mean() == pytest.approx(0.780, abs=0.002)
    assert (buys == buys_again).mean() == pytest.approx(0.779, abs=0.002)


def test_probability_of_silence_is_calibrated(customers, groups, bgnbd):
    silent = bgnbd.probability_no_purchase(WEEKS, *statistics(customers))
    outcome = customers["y"] == 0
    # BG/NBD under-predicts this holdout (1,653 of 1,882); 5 points bound the level
    assert silent.mean() == pytest.approx(outcome.mean(), abs=0.05)
    everyone_alive = NBD(*fit_model(NBD, groups).parameters).probability_no_purchase(
        WEEKS, *statistics(customers)
    )
    brier = ((silent - outcome) ** 2).mean()
    assert brier < ((everyone_alive - outcome) ** 2).mean() - 0.01
    assert brier < outcome.mean() * (1 - outcome.mean()) - 0.03


def test_all_of_cdnow():
    customers = summarise(purchases_of("cdnow_master.parquet"), END, time_unit_days=7)
    assert len(customers) == 23570
    fit = served(fit_purchases(customers, time_unit_days=7, chain=PUBLISHED))
    got = fit.model.parameters
    want = (0.2516, 4.7889, 0.7234, 2.1611)
    np.testing.assert_allclose(got, want, atol=0.001, rtol=0)


def test_the_value_table_holds_the_same_predictions(customers, bgnbd, expected):
    fits = (
        served(fit_purchases(customers, time_unit_days=7, chain=PUBLISHED)),
        served(fit_spend(customers)),
    )
    table = expected_value(
        customers, *fits, horizon_days=7 * WEEKS, annual_discount_rate=0
    ).to_pandas()
    np.testing.assert_allclose(table["expected_order_days"], expected, rtol=1e-12)
    product = table["expected_order_days"] * table["expected_order_amount"]
    np.testing.assert_allclose(table["expected_value_amount"], product, rtol=1e-9)

"""A linear model as rows: what it is fitted to, and what each row means."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from segmentation.linear import INTERCEPT, Linear, Scale

FEATURES = {"zeal": "identity", "age": "log1p"}
CUSTOMERS = pd.DataFrame({"zeal": [1.0, np.nan, 3.0, 8.0], "age": [0.0, 1, 2, np.nan]})


@pytest.fixture
def scale():
    return Scale(np.array([2.0, 0.5]), np.array([3.0, 0.7]), np.array([4.0, 0.2]))


@pytest.fixture
def model(scale):
    """The margin .3 + 2 (zeal - 3) / 4 - (ln(1 + age) - .7) / .2."""
    fitted = SimpleNamespace(coef_=np.array([[2.0, -1.0]]), intercept_=np.array([0.3]))
    return Linear.from_estimator(fitted, scale, FEATURES)


def by_hand():
    zeal = np.array([1.0, 2, 3, 8])
    age = np.array([0, np.log(2), np.log(3), 0.5])
    return 2 * (zeal - 3) / 4, -(age - 0.7) / 0.2


@pytest.mark.parametrize("count", [1, 4, 7])
def test_a_gap_counts_as_the_median_before_mean_and_deviation_are_taken(count):
    rng = np.random.default_rng(count)
    values = rng.lognormal(size=(9, 3))
    values[count:, 0] = np.nan
    values[:, 2] = np.nan
    scale = Scale.of(values)
    filled = pd.DataFrame(values).fillna(pd.DataFrame(values).median()).fillna(0)
    np.testing.assert_allclose(scale.fill[:2], np.nanmedian(values[:, :2], axis=0))
    np.testing.assert_allclose(scale.mean, filled.mean())
    spread = filled.std(ddof=0).where(lambda some: some > 1e-12, 1.0)
    np.testing.assert_allclose(scale.deviation, spread)
    np.testing.assert_allclose(scale.apply(values), (filled - scale.mean) / spread)
    assert scale.fill[2] == 0


def test_the_margin_is_that_of_the_standardised_values(model):
    zeal, age = by_hand()
    np.testing.assert_allclose(model.margin(CUSTOMERS), 0.3 + zeal + age)
    assert model.base_value == pytest.approx(0.3)


def test_contributions_are_what_lies_beside_the_average_customer(model):
    np.testing.assert_allclose(model.contributions(CUSTOMERS).T, by_hand())


def test_the_order_of_rows_changes_no_name_nor_margin(model):
    back = Linear.from_rows(model.rows.iloc[::-1])
    assert back.features == ("age", "zeal")
    np.testing.assert_allclose(back.margin(CUSTOMERS), model.margin(CUSTOMERS))
    pd.testing.assert_frame_equal(back.rows, Linear.from_rows(model.rows).rows)


def test_a_level_multiplies_weights_and_is_added_once(model):
    scaled = model.scaled(0.5, -1.0)
    np.testing.assert_allclose(
        scaled.margin(CUSTOMERS), 0.5 * model.margin(CUSTOMERS) - 1
    )
    rows = scaled.rows.set_index("feature")
    assert rows["standardised_weight"].drop(INTERCEPT).tolist() == [1.0, -0.5]
    assert model.base_value == pytest.approx(0.3)

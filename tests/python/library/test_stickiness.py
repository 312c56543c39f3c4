"""What rules that hold segments back gain and cost."""

import numpy as np
import pandas as pd
import pytest
from places import ROOT

from segmentation.stickiness import ABSENT, STICKINESS_SCHEMA, Panel, dwell, lags, weigh

DATES = np.array(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"], "M8[D]")
CELLS = pd.read_csv(ROOT / "seeds/reference/rfm_cells.csv")


def shop(count=400, dates=12, seed=3):
    """Return customers who order at random, month by month."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", periods=dates, freq="MS")
    since = rng.integers(1, 300, size=count).astype(float)
    orders = rng.integers(1, 9, size=count).astype(float)
    amount = rng.lognormal(4, 1, size=count)
    rows = []
    for day in days:
        rows.append(
            pd.DataFrame(
                {
                    "customer_id": [f"c{number:04d}" for number in range(count)],
                    "anchor_date": day,
                    "days_since_last_order": since,
                    "count_orders": orders,
                    "lifetime_net_amount": amount,
                }
            )
        )
        buys = rng.random(count) < 0.2
        since = np.where(buys, rng.integers(1, 30, size=count), since + 30)
        orders = orders + buys
        amount = amount + buys * rng.lognormal(3, 1, size=count)
    return pd.concat(rows, ignore_index=True)


def test_a_lag_ends_when_the_move_is_followed_or_undone():
    plain = np.array(
        [
            [0, 1, 1, 1],  # followed a month later
            [0, 1, 1, 0],  # never followed, and undone two months later
            [0, 1, 0, 0],  # no lasting move to 1; the one back is followed at once
            [0, 0, 0, 1],  # whether it lasts is not known yet
        ]
    )
    held = np.array([[0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    found = lags(plain, held, DATES)
    assert sorted(map(tuple, found.tolist())) == [(0, 1), (29, 1), (60, 0)]


def test_plain_segments_have_no_lag():
    panel = Panel.of(shop(), CELLS)
    plain = panel.segments()
    found = lags(plain, plain, panel.dates)
    assert len(found) > 100
    assert (found[:, 0] == 0).all()
    assert (found[:, 1] == 1).all()


def test_dwelling_waits_for_a_second_date():
    plain = np.array([[0, 1, 0, 1, 1, 2, ABSENT, 3]])
    assert dwell(plain).tolist() == [[0, 0, 0, 0, 1, 1, ABSENT, 3]]


def test_wider_bands_hold_longer_and_follow_later():
    table = weigh(shop(), CELLS, band_in_force=5).to_pandas()
    up = table[table["band_pct"].notna()].sort_values("band_pct")
    assert up["stay_rate"].is_monotonic_increasing
    assert up["mean_lag_days"].is_monotonic_increasing
    assert table.loc[table["is_in_force"], "band_pct"].tolist() == [5]
    assert (table["stay_rate_lower"] < table["stay_rate"]).all()
    best = table[table["verdict"].str.contains("most stable")]
    quick = table[table["mean_lag_days"] < 15]
    assert best["stay_rate"].tolist() == [quick["stay_rate"].max()]


def test_the_order_of_rows_changes_nothing():
    rows = shop()
    shuffled = rows.sample(frac=1, random_state=1)
    weighed = (weigh(some, CELLS, band_in_force=7.5) for some in (rows, shuffled))
    assert next(weighed).equals(next(weighed))


@pytest.mark.parametrize("dates", [0, 1])
def test_without_two_dates_there_is_nothing_to_weigh(dates):
    rows = shop(dates=2)
    rows = rows[
        rows["anchor_date"] < pd.Timestamp("2024-01-01") + pd.DateOffset(months=dates)
    ]
    table = weigh(rows, CELLS, band_in_force=5)
    assert table.schema == STICKINESS_SCHEMA
    assert table.num_rows == 0


def test_one_customer_and_all_alike_are_weighed():
    rows = shop(count=1, dates=3)
    table = weigh(rows, CELLS, band_in_force=5).to_pandas()
    assert table["count_pairs"].eq(2).all()
    same = shop(count=50).assign(
        days_since_last_order=5, count_orders=1, lifetime_net_amount=9
    )
    table = weigh(same, CELLS, band_in_force=5).to_pandas()
    assert table["stay_rate"].eq(1).all()
    assert table["mean_lag_days"].isna().all()

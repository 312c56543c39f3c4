"""What rules that hold segments back gain and cost."""

import numpy as np
import pandas as pd
import pytest
from places import ROOT

from segmentation.stickiness import (
    ABSENT,
    MAX_LAG_DAYS,
    STICKINESS_SCHEMA,
    Panel,
    _stay,
    _verdicts,
    dwell,
    lags,
    weigh,
)

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


def naive_segments(rows, up, down):
    """Return segments customer by customer and cut point by cut point."""
    cells = CELLS.set_index(
        ["recency_score", "frequency_score", "monetary_score"]
    ).segment_code
    rows = rows[rows["count_orders"] > 0]
    found, passed = {}, {}
    metrics = ["days_since_last_order", "count_orders", "lifetime_net_amount"]
    for day, here in rows.groupby("anchor_date"):
        now = {}
        for row in here.to_dict("records"):
            scores = []
            for metric in metrics:
                is_less_better = metric == "days_since_last_order"
                score = 1
                for cut in (20, 40, 60, 80):
                    # less of it is better: to rise is to fall below
                    at = 100 - cut if is_less_better else cut
                    rise, fall = (-up, down) if is_less_better else (up, -down)
                    line, risen, fallen = np.percentile(
                        here[metric], [at, at + rise, at + fall]
                    )
                    value, sign = row[metric], -1 if is_less_better else 1
                    key = row["customer_id"], metric, cut
                    if sign * value > sign * risen or (
                        is_less_better and value == risen
                    ):
                        is_above = True
                    elif sign * value < sign * fallen or (
                        not is_less_better and value == fallen
                    ):
                        is_above = False
                    elif key in passed:
                        is_above = passed[key]
                    else:
                        is_above = value <= line if is_less_better else value > line
                    now[key] = is_above
                    score += is_above
                scores.append(score)
            found[row["customer_id"], day] = cells[tuple(scores)]
        passed = now  # who is absent begins anew
    return found


@pytest.mark.parametrize(("up", "down"), [(0, 0), (7.5, 0), (5, 5), (0, 15)])
def test_a_score_moves_only_when_it_is_clear_of_its_cut_point(up, down):
    rows = shop(count=80, dates=5)
    rng = np.random.default_rng(5)
    rows.loc[rng.random(len(rows)) < 0.15, "count_orders"] = 0
    rows["lifetime_net_amount"] = rows["lifetime_net_amount"].round(-1)
    panel = Panel.of(rows, CELLS)
    codes = np.sort(CELLS["segment_code"].unique())
    names = np.unique(rows.loc[rows["count_orders"] > 0, "customer_id"])
    ours = {
        (name, pd.Timestamp(day)): codes[segment]
        for name, segments in zip(names, panel.segments(up, down), strict=True)
        for day, segment in zip(panel.dates, segments, strict=True)
        if segment != ABSENT
    }
    assert ours == naive_segments(rows, up, down)


def test_who_stays_is_counted_by_pairs_of_dates_and_the_spread_by_customers():
    segments = np.array(
        [[0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 2, 2], [0, ABSENT, 1, 0], [2, 2, 2, ABSENT]]
    )
    found = _stay(segments)
    stays, pairs = np.array([3, 1, 1, 0, 2]), np.array([3, 3, 3, 1, 2])
    rate = 7 / 12
    half = 1.959964 * np.sqrt(((stays - rate * pairs) ** 2).sum()) / 12
    assert found == {
        "count_pairs": 12,
        "stay_rate": pytest.approx(rate),
        "stay_rate_lower": pytest.approx(rate - half),
        "stay_rate_upper": pytest.approx(min(rate + half, 1)),
        # of 7 threes of dates, one comes back to where it was
        "flip_rate": pytest.approx(1 / 7),
    }


def test_a_lag_is_not_measured_from_a_date_without_a_purchase():
    plain = np.array([[ABSENT, 1, 1, 1], [0, 1, 1, ABSENT], [0, 0, 1, 1], [0, 0, 1, 1]])
    held = np.array([[ABSENT, 0, 0, 0], [0, 0, 0, ABSENT], [0, 0, 0, 1], [0, 0, 0, 0]])
    found = lags(plain, held, DATES)
    # to come back is no move; the second is over when the customer is gone, and the
    # last waits for another date as far away as the one before
    assert sorted(map(tuple, found.tolist())) == [(31, 1), (60, 0), (62, 0)]


def test_a_rule_agrees_where_there_is_a_segment_to_agree_on():
    rows = shop(count=60, dates=4)
    is_away = (rows["customer_id"] < "c0030") & (rows["anchor_date"] == "2024-02-01")
    rows.loc[is_away, "count_orders"] = 0
    table = weigh(rows, CELLS, band_in_force=5).to_pandas().set_index("rule")
    plain = Panel.of(rows, CELLS).segments()
    known = plain != ABSENT
    assert known.sum() == 4 * 60 - 30
    agrees = (dwell(plain) == plain) & known
    assert table["agreement_share"]["two dates in a row"] == pytest.approx(
        agrees.sum() / known.sum()
    )


def test_a_mean_lag_of_the_limit_is_too_late():
    frame = pd.DataFrame(
        {
            "stay_rate": [0.9, 0.8, 0.7],
            "mean_lag_days": [float(MAX_LAG_DAYS), 14.9, None],
            "is_in_force": [False, False, True],
        }
    )
    said = _verdicts(frame)
    assert said[0] == "follows too late: 15 days or more"
    assert said[1].startswith("the most stable")
    assert said[2] == "in force"

"""When clusters are due: on the first day that is far enough, and not a day before."""

from datetime import date, timedelta

import pandas as pd
import pytest

from segmentation.clusters.schedule import Settings, due

SETTINGS = Settings(
    features=["count_orders"],
    categories=[],
    methods=["k-means"],
    counts=[3],
    seed=7,
    min_customers=100,
    refit_days=60,
)
START = date(2024, 1, 1)


def dues(days, count=100, past=(), **changed):
    """Return what is due on a grid of days after the start, the last one of scoring."""
    dates = [START + timedelta(some) for some in days]
    anchors = pd.DataFrame(
        {
            "anchor_date": pd.to_datetime(dates),
            "is_on_grid": [True] * (len(days) - 1) + [False],
            "is_scoring": [False] * (len(days) - 1) + [True],
            "input_checksum": [f"sum {some}" for some in days],
        }
    )
    counts = anchors[["anchor_date"]].assign(count_customers=count)
    return due(anchors, counts, list(past), Settings(**vars(SETTINGS) | changed))


def after(moment):
    return None if moment is None else (moment - START).days


@pytest.mark.parametrize(("again", "is_due"), [(59, False), (60, True), (61, True)])
def test_a_fit_serves_the_days_it_is_to_serve(again, is_due):
    found = dues([0, again, 99])
    assert [after(one.fit_date) for one in found] == [0, again][: 1 + is_due]
    assert [one.input_checksum for one in found] == ["sum 0", f"sum {again}"][
        : 1 + is_due
    ]


@pytest.mark.parametrize(("count", "is_enough"), [(99, False), (100, True)])
def test_as_many_customers_as_are_needed_are_enough(count, is_enough):
    assert bool(dues([0, 30], count)) == is_enough


@pytest.mark.parametrize(
    ("days", "earlier"),
    [
        ([0, 30, 61, 122], 30),  # 92 days before
        ([0, 31, 40, 122], 31),  # 91 beats 82
        ([0, 63, 123], 63),  # 60 are near enough
        ([0, 63, 122], 0),  # 59 are too near
        ([0, 123], None),  # 123 are too far
        ([0, 20, 42, 122], 20),  # 102 and 80 are as far: the earlier one
    ],
)
def test_the_quarter_before_is_the_date_nearest_to_91_days(days, earlier):
    fitted = {
        "fit_date": START + timedelta(days[0]),
        "serves_from": START + timedelta(days[0]),
        "fit_number": 1,
        "input_checksum": f"sum {days[0]}",
        "settings_hash": SETTINGS.hash(),
    }
    # the last on the grid is the only one that is due
    (found,) = dues([*days, days[-1] + 5], past=[fitted], refit_days=100)
    assert after(found.fit_date) == days[-1]
    assert after(found.earlier_date) == earlier


def test_with_other_settings_the_newest_date_teaches_what_serves_from_now_on():
    fitted = {
        "fit_date": START,
        "serves_from": START,
        "fit_number": 1,
        "input_checksum": "sum 0",
        "settings_hash": "another",
    }
    (found,) = dues([0, 30, 44], past=[fitted])
    assert (after(found.fit_date), after(found.serves_from)) == (30, 44)

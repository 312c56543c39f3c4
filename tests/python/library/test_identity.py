"""What tells one fit from another."""

import numpy as np
import pandas as pd

from segmentation.identity import fingerprint

ROWS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d"],
        "count": np.array([1, 2, -3, 4], dtype="int32"),
        "amount": [1 / 3, 0.0, np.nan, -12345.678],
        "days": pd.array([1, None, 3, 4], dtype="Int32"),
        "share": pd.array([0.1, None, 0.3, 1 / 3], dtype="Float64"),
        "key": np.array([2**64 - 1, 0, 1, 2], dtype="uint64"),
        "is_lost": [True, False, None, True],
    }
)


def changed(**columns):
    return fingerprint(ROWS.assign(**columns))


def test_the_last_digits_of_a_fraction_are_no_other_rows():
    assert changed(amount=ROWS["amount"] * (1 + 1e-14)) == fingerprint(ROWS)
    assert changed(amount=[1 / 3, -0.0, np.nan, -12345.678]) == fingerprint(ROWS)


def test_the_width_of_a_whole_number_is_no_other_rows():
    assert changed(count=ROWS["count"].astype("int64")) == fingerprint(ROWS)
    assert changed(count=ROWS["count"].astype("Int16")) == fingerprint(ROWS)
    assert changed(days=ROWS["days"].astype("Int64")) == fingerprint(ROWS)


def test_anything_else_is_other_rows():
    others = [
        changed(amount=ROWS["amount"] * (1 + 1e-8)),
        changed(amount=ROWS["amount"].fillna(0)),
        changed(amount=-ROWS["amount"]),
        changed(count=ROWS["count"] + 1),
        changed(days=ROWS["days"].fillna(0)),
        changed(customer_id=["a", "b", "c", "e"]),
        changed(is_lost=[True, True, None, True]),
        fingerprint(ROWS.iloc[::-1]),
        fingerprint(ROWS.iloc[:3]),
        fingerprint(ROWS.iloc[:0]),
    ]
    assert len({fingerprint(ROWS), *others}) == 1 + len(others)

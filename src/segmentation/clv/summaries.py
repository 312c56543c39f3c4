"""From purchases to the statistics the models need.

Notation of Fader & Hardie: x repeat purchases, the last at t_x, T the age, all counted
from the first purchase; z̄ the mean value of a repeat purchase.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

COLUMNS = ["x", "t_x", "T"]


def _days(moments: pd.Series) -> np.ndarray:
    """Return whole UTC days since 1970, shape (n,)."""
    moments = pd.to_datetime(moments, utc=True).dt.tz_localize(None)
    return moments.to_numpy().astype("datetime64[D]").astype(np.int64)


def summarise(
    purchases: pd.DataFrame,
    anchor: pd.Timestamp | str,
    *,
    time_unit_days: float = 1.0,
    amount: str = "amount",
) -> pd.DataFrame:
    """Summarise the purchases of each customer before an anchor.

    Purchases of one customer on one day are one purchase, whose amount is their sum.
    Days are numbered, and the last day observed is the one before the anchor: T runs
    to it, and a horizon of h days is [anchor, anchor + h), which is (T, T + h].

    Parameters
    ----------
    purchases : DataFrame
        One row per purchase, in any order: `customer_id`, `purchased_at` (a date, or a
        timestamp, read as UTC) and optionally an amount.
    anchor : Timestamp or str
        The first day not observed; purchases from it on are left out.
    time_unit_days : float
        Unit of t_x and T, in days: 7 for weeks.
    amount : str
        The column with the amounts.

    Returns
    -------
    DataFrame
        One row per customer with a purchase before the anchor, sorted by customer:
        `customer_id`, `x`, `t_x`, `T`, `x_valued` (the repeat purchases with a positive
        amount) and `zbar` (the mean amount of those; NaN where there is none).

    References
    ----------
    Fader & Hardie (2005), Implementing the BG/NBD model in Excel; Fader & Hardie
    (2013), The gamma-gamma model of monetary value.
    """
    end = int(_days(pd.Series([anchor]))[0])
    frame = pd.DataFrame(
        {
            "customer_id": purchases["customer_id"].to_numpy(),
            "day": _days(purchases["purchased_at"]),
            "amount": purchases[amount].to_numpy(float) if amount in purchases else 0.0,
        }
    )
    days = (
        frame[frame["day"] < end]
        .groupby(["customer_id", "day"], as_index=False)["amount"]
        .sum()
    )
    first = days.groupby("customer_id")["day"].transform("min")
    days["is_valued"] = (days["day"] > first) & (days["amount"] > 0)
    days["value"] = days["amount"].where(days["is_valued"], 0.0)
    customers = days.groupby("customer_id").agg(
        purchases=("day", "size"),
        first=("day", "min"),
        last=("day", "max"),
        x_valued=("is_valued", "sum"),
        value=("value", "sum"),
    )
    return pd.DataFrame(
        {
            "x": customers["purchases"] - 1,
            "t_x": (customers["last"] - customers["first"]) / time_unit_days,
            "T": (end - 1 - customers["first"]) / time_unit_days,
            "x_valued": customers["x_valued"].astype(np.int64),
            "zbar": customers["value"] / customers["x_valued"].where(lambda n: n > 0),
        }
    ).reset_index()


def grouped(
    summaries: pd.DataFrame, *, resolution: float | None = None
) -> pd.DataFrame:
    """Group customers whose statistics are identical: all that fitting needs.

    The likelihood of a group is that of one of its customers times their number, so
    this loses nothing.

    Parameters
    ----------
    summaries : DataFrame
        One row per customer: `x`, `t_x`, `T`.
    resolution : float, optional
        Also merge groups of one x whose t_x and T are in the same cells of this length,
        in their own unit, at the mean t_x and T.

    Returns
    -------
    DataFrame
        `x`, `t_x`, `T`, `count_customers`, sorted: the order of rows changes nothing.
    """
    columns, counts = counted(*(summaries[name].to_numpy() for name in COLUMNS))
    groups = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    groups["count_customers"] = counts
    if resolution is None:
        return groups
    return _merged(groups, lambda t, x: t / resolution)


def at_most(
    groups: pd.DataFrame, count: int, *, per_e_fold: float = 128.0
) -> pd.DataFrame:
    """Merge groups until there are no more than some number of them.

    Likelihoods are made of (r + x) ln(α + t). So times count as alike where they share
    a cell of ln(τ + t), τ being a hundredth of the longest T, and cells get shorter by
    the root of 1 + x. The mean t_x and T stand for the groups of a cell: the error is
    of the second order in its length, which is doubled until there are few enough.
    The number of groups is then a matter of the period, not of that of customers.

    Parameters
    ----------
    groups : DataFrame
        What `grouped` returned.
    count : int
    per_e_fold : float
        Cells in which τ + t grows e-fold, at x = 0, to begin with.

    Returns
    -------
    DataFrame
        As `grouped` returns; `groups` itself where they are few enough.
    """
    origin = groups["T"].max() / 100
    while len(groups) > count and per_e_fold > 0.1:
        groups = _merged(groups, partial(_place, per_e_fold, origin))
        per_e_fold /= 2  # so cells nest
    return groups


def _place(
    per_e_fold: float, origin: float, t: np.ndarray, x: np.ndarray
) -> np.ndarray:
    """Return where times are on the scale of `at_most`, in cells."""
    return per_e_fold * np.sqrt(1 + x) * np.log1p(t / origin)


def _merged(
    groups: pd.DataFrame, scale: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> pd.DataFrame:
    """Merge the groups of one x whose t_x and T are alike in the floor of a scale."""
    x, t_x, T = (groups[name].to_numpy() for name in COLUMNS)
    counts = groups["count_customers"].to_numpy()
    code = _row_codes([x, *(np.floor(scale(t, x)).astype(np.int64) for t in (t_x, T))])
    order = np.argsort(code, kind="stable")
    first = _changes(code[order])
    count, last, age = (
        np.add.reduceat(values[order], first)
        for values in (counts, counts * t_x, counts * T)
    )
    last = np.minimum(last, age)  # rounding may turn them round
    return pd.DataFrame(
        {
            "x": x[order[first]],
            "t_x": last / count,
            "T": age / count,
            "count_customers": count,
        }
    )


def distinct(*columns: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Return the distinct rows of some columns, and where each row went.

    What depends on a few statistics is computed once for each that occurs.

    Parameters
    ----------
    *columns : ndarray, shape (n,)

    Returns
    -------
    rows : tuple of ndarray, shape (m,)
    inverse : ndarray of int, shape (n,)
        `rows[j][inverse]` is `columns[j]`.
    """
    inverse, codes = pd.factorize(_row_codes(columns))
    first = np.zeros(len(codes), dtype=np.int64)
    first[inverse[::-1]] = np.arange(len(inverse))[::-1]
    return tuple(np.asarray(column)[first] for column in columns), inverse


def counted(*columns: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Return the distinct rows of some columns, sorted, and how often each occurs.

    Parameters
    ----------
    *columns : ndarray, shape (n,)

    Returns
    -------
    rows : tuple of ndarray, shape (m,)
    counts : ndarray of int, shape (m,)
    """
    code = _row_codes(columns)
    order = np.argsort(code)
    first = _changes(code[order])
    counts = np.diff(first, append=len(code))
    return tuple(column[order[first]] for column in columns), counts


def _row_codes(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return an integer per row, that is equal and sorted as the rows are."""
    code, size = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        codes, values = pd.factorize(column, sort=True)
        if size * len(values) >= 2**63:
            code, kept = pd.factorize(code, sort=True)
            size = len(kept)
        code = code * len(values) + codes
        size *= len(values)
    return code


def _changes(ordered: np.ndarray) -> np.ndarray:
    """Return where a run of equal values begins."""
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])

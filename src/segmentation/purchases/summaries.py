"""From purchases to the statistics the models need.

Notation of Fader & Hardie: x repeat purchases, the last at t_x, T the age, all counted
from the first purchase; z̄ the mean value of a repeat purchase.
"""

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
    summaries: pd.DataFrame,
    *,
    resolution: float | None = None,
    weights: str | None = None,
) -> pd.DataFrame:
    """Group customers whose statistics are identical: all that fitting needs.

    The likelihood of a group is that of one of its customers times their number, so
    this loses nothing. Rounding times to a coarser resolution loses little, and makes
    the number of groups a matter of the period, not of the number of customers: five
    years by weeks is some 10⁵ groups, be it of ten million customers.

    Parameters
    ----------
    summaries : DataFrame
        One row per customer: `x`, `t_x`, `T`.
    resolution : float, optional
        Round t_x and T to multiples of this, in their own unit; never beyond each
        other, since t_x ≤ T stays so.
    weights : str, optional
        The column that counts customers where rows are groups already.

    Returns
    -------
    DataFrame
        `x`, `t_x`, `T`, `count_customers`, sorted: the order of rows changes nothing.
    """
    frame = summaries[COLUMNS]
    if resolution is not None:
        rounded = np.rint(frame[["t_x", "T"]] / resolution) * resolution
        frame = pd.concat([frame["x"], rounded], axis=1)
    if weights is None:
        counts = frame.groupby(COLUMNS).size()
    else:
        counts = summaries[weights].groupby([frame[name] for name in COLUMNS]).sum()
    return counts.rename("count_customers").reset_index()


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
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        codes, values = pd.factorize(column)
        code = pd.factorize(code * max(len(values), 1) + codes)[0]
    first = np.zeros(code.max(initial=-1) + 1, dtype=np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    return tuple(np.asarray(column)[first] for column in columns), code

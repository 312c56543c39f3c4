r"""Oracles: the best possible predictions for who knows the truth.

They know each customer's own rates and strength of season, and when he last
bought; they do not know whether he is still alive. Only purchases depend on
dropout in this world, so no model that looks at the past can beat them, save
by chance. They know nothing of messages: the orders these cause (about 1 % of
all) make the oracle's churn a little too high while an experiment runs.

Time runs in days. With the intensity

.. math:: \lambda_i(t) = \lambda_i [1 + k_i (s(t) - 1)],
   \quad A(u, v) = \int_u^v \lambda_i(t) dt

and dropout at rate mu, a customer who last bought at x and is silent until
the anchor a was

.. math::

   \text{alive and silent:}\quad & L_1 = e^{-\mu (a - x) - A(x, a)} \\
   \text{dead and silent:}\quad & L_0 = \int_x^a \mu e^{-\mu (u - x) - A(x, u)} du

so that P(alive | silence) = L1 / (L0 + L1). A living customer stays silent in
[a, a + h) with the same expression once more, Q = L1 + L0 taken over [a, a + h),
by dying first or by not buying. The churn probability is

.. math:: 1 - P(\text{alive} | \text{silence}) (1 - Q).

This is the Pareto/NBD posterior [1]_ for known individual rates and a seasonal
intensity. The season is constant within a day, so the integrals are exact
sums over days.

References
----------
.. [1] D. C. Schmittlein, D. G. Morrison and R. Colombo (1987), "Counting Your
   Customers: Who Are They and What Will They Do Next?", Management Science
   33(1).
"""

from datetime import datetime
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from segmentation.world.settings import DAYS_PER_YEAR

DAY = np.timedelta64(1, "D")

Moment: TypeAlias = np.datetime64 | datetime | str


class Frame(Protocol):
    """A table such as pandas has; the world itself does without pandas."""

    def __getitem__(self, name: str, /) -> Any:
        """Return a column."""

    def __len__(self) -> int:
        """Return the number of rows."""


def churn_probability(
    customers: Frame,
    last_purchase_time: ArrayLike,
    anchor: Moment,
    horizon_days: int,
    seasonality: Frame,
) -> np.ndarray:
    """Return P(no purchase in [anchor, anchor + horizon) | silence so far).

    Parameters
    ----------
    customers : pandas.DataFrame
        The truth about customers: purchase_rate, dropout_rate (per year) and
        seasonality_strength.
    last_purchase_time : array-like of datetime64
        Each customer's last purchase before the anchor; the result is NaN
        where it is missing.
    anchor : datetime-like
        A midnight of the seasonal table.
    horizon_days : int
    seasonality : pandas.DataFrame
        The truth about the season: date, multiplier; one row per day.

    Returns
    -------
    numpy.ndarray
    """
    alive = alive_probability(customers, last_purchase_time, anchor, seasonality)
    ahead = _Ahead(customers, anchor, horizon_days, seasonality)
    return 1 - alive * (1 - ahead.silent)


def alive_probability(
    customers: Frame,
    last_purchase_time: ArrayLike,
    anchor: Moment,
    seasonality: Frame,
) -> np.ndarray:
    """Return P(alive at the anchor | silence since the last purchase)."""
    first_day, season = _season(seasonality)
    last = _days(last_purchase_time, first_day)
    end = _days(anchor, first_day)
    if np.nanmax(last, initial=-np.inf) > end:
        raise ValueError("a last purchase lies after the anchor")
    if not 0 <= end <= len(season):
        raise ValueError("the anchor lies outside the seasonal table")
    start = np.where(np.isnan(last), end, last)
    survival, dead, _ = _walk(customers, start, end, season)
    return np.where(np.isnan(last), np.nan, survival / (survival + dead))


def expected_purchases(
    customers: Frame,
    last_purchase_time: ArrayLike,
    anchor: Moment,
    horizon_days: int,
    seasonality: Frame,
) -> np.ndarray:
    r"""Return the expected number of purchases in [anchor, anchor + horizon).

    .. math:: P(\text{alive}) \int_a^{a+h} \lambda_i(t) e^{-\mu (t - a)} dt
    """
    alive = alive_probability(customers, last_purchase_time, anchor, seasonality)
    return alive * _Ahead(customers, anchor, horizon_days, seasonality).purchases


def expected_spend(
    customers: Frame,
    last_purchase_time: ArrayLike,
    anchor: Moment,
    horizon_days: int,
    seasonality: Frame,
) -> np.ndarray:
    """Return the expected spend in GBP in [anchor, anchor + horizon).

    Expected purchases times the customer's mean order value: after discounts,
    before returns; the two are independent in this world.
    """
    purchases = expected_purchases(
        customers, last_purchase_time, anchor, horizon_days, seasonality
    )
    return purchases * customers["mean_order_value"].to_numpy(float)


def message_effect(
    customers: Frame,
    last_purchase_time: ArrayLike,
    anchor: Moment,
    horizon_days: int,
    seasonality: Frame,
) -> np.ndarray:
    """Return by how much a message sent at the anchor raises P(purchase).

    With probability `message_uplift` a living customer orders once more;
    that changes the outcome only for those who would not have bought anyway:
    P(alive) * uplift * P(no purchase | alive).
    """
    alive = alive_probability(customers, last_purchase_time, anchor, seasonality)
    ahead = _Ahead(customers, anchor, horizon_days, seasonality)
    return alive * customers["message_uplift"].to_numpy(float) * ahead.silent


class _Ahead:
    """What a customer alive at the anchor does in the horizon."""

    def __init__(
        self,
        customers: Frame,
        anchor: Moment,
        horizon_days: int,
        seasonality: Frame,
    ) -> None:
        first_day, season = _season(seasonality)
        start = _days(anchor, first_day)
        end = start + horizon_days
        if horizon_days < 1 or start < 0 or end > len(season):
            raise ValueError("the horizon lies outside the seasonal table")
        start = np.full(len(customers), start)
        survival, dead, self.purchases = _walk(customers, start, end, season)
        self.silent = survival + dead


def _walk(
    customers: Frame, start: np.ndarray, end: np.ndarray, season: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Integrate from each customer's start to a common end, day by day.

    Within a day the hazards of buying, l, and of dying, mu, are constant, so
    over an exposure d the dead and silent gain mu / (l + mu) (1 - e^-(l+mu)d).

    Returns
    -------
    survival, dead, purchases : numpy.ndarray
        P(alive and silent), P(dead and silent) at the end; and the purchases
        expected from a customer alive at the start.
    """
    rate = customers["purchase_rate"].to_numpy(float) / DAYS_PER_YEAR
    death = customers["dropout_rate"].to_numpy(float) / DAYS_PER_YEAR
    strength = customers["seasonality_strength"].to_numpy(float)
    survival, alive = np.ones(len(rate)), np.ones(len(rate))
    dead, purchases = np.zeros(len(rate)), np.zeros(len(rate))
    first = int(np.floor(start.min())) if len(start) else 0
    for day in range(max(first, 0), int(np.ceil(end))):
        exposure = np.clip(min(day + 1, end) - np.maximum(day, start), 0.0, 1.0)
        buying = rate * (1 + strength * (season[day] - 1))
        left = np.exp(-(buying + death) * exposure)
        dead += survival * death / (buying + death) * (1 - left)
        survival *= left
        gone = -np.expm1(-death * exposure)
        purchases += alive * buying * gone / death
        alive *= 1 - gone
    return survival, dead, purchases


def _season(seasonality: Frame) -> tuple[np.datetime64, np.ndarray]:
    """Return the first day and the multipliers; days must be without gaps."""
    dates = np.asarray(seasonality["date"], dtype="datetime64[D]")
    if len(dates) > 1 and not (np.diff(dates) == DAY).all():
        raise ValueError("the seasonal table must have one row per day, in order")
    return dates[0], np.asarray(seasonality["multiplier"], dtype=float)


def _days(
    times: ArrayLike | datetime,
    first_day: np.datetime64,
) -> np.ndarray:
    """Return days since the first day; NaN for a missing time."""
    since = np.asarray(times, dtype="datetime64[s]") - first_day
    days = since.astype(float) / 86_400
    return np.where(np.isnat(since), np.nan, days)

"""Expect orders and spend: the purchase and spend models, regressions, naive rules.

Every candidate predicts orders, and spend as orders × the amount of one: so the two
never contradict each other. Regressions predict orders and take the amount of one from
the spend model.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation.clv.fit import fit_purchases
from segmentation.clv.parameters import Fit, parameters_table, served_from_table
from segmentation.clv.spend import fit_spend
from segmentation.clv.value import discounts, expected_value
from segmentation.frames import sorted_by_key
from segmentation.learning.origins import DAYS_PER_YEAR
from segmentation.linear import Linear
from segmentation.trees import Forest

PURCHASE_MODELS = "purchase and spend models"
POISSON = "Poisson regression"
TREES = "boosted trees"
RUN_RATE = "last year's run-rate"
QUARTER = "last quarter's run-rate"
PAST_SPEND = "past spend"
FREQUENCY = "frequency"
HIATUS = "hiatus rule"
RECENCY = "recency"
SHOP_MEAN = "the shop's mean"
BASELINES = (RUN_RATE, QUARTER, PAST_SPEND, FREQUENCY, HIATUS, RECENCY, SHOP_MEAN)
CANDIDATES = (PURCHASE_MODELS, POISSON, TREES, *BASELINES)

# what purchase and spend models know of a customer
SUMMARISED = (
    "count_order_days",
    "days_since_first_order",
    "days_since_last_order",
    "avg_repeat_amount",
)
LEAST_DAYS = 91  # over less than a quarter, a pace is hardly more than one order


def summaries(customers: pd.DataFrame) -> pd.DataFrame:
    """Take the sufficient statistics of the purchase models from features.

    Parameters
    ----------
    customers : DataFrame, shape (n, ≥ 5)
        `customer_id`, `count_order_days`, `days_since_first_order`,
        `days_since_last_order` and `avg_repeat_amount`, of customers who have bought.

    Returns
    -------
    DataFrame, shape (n, 6)
        `customer_id`, `x`, `t_x`, `T` (days; the last day observed is the one before
        the anchor), `x_valued` and `zbar`, as `clv.summaries.summarise` gives.
    """
    first, last, order_days = (
        customers[name].to_numpy(dtype=np.int64)
        for name in (
            "days_since_first_order",
            "days_since_last_order",
            "count_order_days",
        )
    )
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            "x": order_days - 1,
            "t_x": (first - last).astype(float),
            "T": (first - 1).astype(float),
            "x_valued": order_days - 1,
            "zbar": customers["avg_repeat_amount"].astype(float).to_numpy(),
        }
    )


@dataclass(frozen=True)
class Parameters:
    """Purchase and spend models as fitted at one anchor, and the shop's averages.

    Attributes
    ----------
    purchases, spend : Fit or None
        None where there was too little data.
    rows : DataFrame
        `fit_rows.PROCESS_SCHEMA`: every fit that was tried, and the process 'shop'.
    order_amount : float
        Net amount of a mean order.
    orders_per_day : float
        Days with a purchase in a day of a mean customer, from their first order on.
    """

    purchases: Fit | None
    spend: Fit | None
    rows: pd.DataFrame
    order_amount: float
    orders_per_day: float

    @classmethod
    def learn(cls, customers: pd.DataFrame, min_customers: int) -> "Parameters":
        """Fit to the customers of one anchor, in any order."""
        customers = sorted_by_key(customers, "customer_id")
        seen = summaries(customers)
        tried = {
            "purchases": fit_purchases(seen, min_customers=min_customers),
            "spend": fit_spend(seen),
        }
        frames = [
            parameters_table(some).to_pandas().assign(process=process)
            for process, some in tried.items()
        ]
        orders = customers["count_order_days"].sum()
        amount = customers["lifetime_net_amount"].astype(float).sum() / max(orders, 1)
        days = customers["days_since_first_order"].sum()
        shop = pd.DataFrame(
            {
                "process": "shop",
                "model": "mean",
                "parameter": ["order_amount", "orders_per_day"],
                "value": [float(amount), float(orders / max(days, 1))],
                "count_customers": len(customers),
                "fit_status": "ok",
                "is_served": True,
            }
        )
        return cls.from_rows(pd.concat([*frames, shop]))

    @classmethod
    def from_rows(cls, rows: pd.DataFrame) -> "Parameters":
        """Read `rows` back."""
        rows = rows.reset_index(drop=True)
        purchases, spend = (
            served_from_table(rows[rows["process"] == process])
            for process in ("purchases", "spend")
        )
        shop = rows[rows["process"] == "shop"].set_index("parameter")["value"]
        means = (
            float(shop.get(name, np.nan)) for name in ("order_amount", "orders_per_day")
        )
        return cls(purchases, spend, rows, *means)

    def status(self) -> str:
        """Say how the fits ended, in one line."""
        tried = self.rows[self.rows["process"] != "shop"]
        return "; ".join(tried["fit_status"].unique())


@dataclass(frozen=True)
class Forecast:
    """What a candidate expects of some customers within a horizon.

    Attributes
    ----------
    orders : ndarray, shape (n,)
        Days with a purchase.
    amount : ndarray, shape (n,)
        Net amount of one.
    discounted : ndarray, shape (n,)
        Net amount of all of them, worth today.
    """

    orders: np.ndarray
    amount: np.ndarray
    discounted: np.ndarray

    @property
    def net_amount(self) -> np.ndarray:
        """Net amount of all orders, undiscounted, shape (n,)."""
        return self.orders * self.amount


def mean_discount(horizon_days: float, annual_rate: float) -> float:
    """Return what money that comes evenly over a horizon is worth today."""
    ends, factors = discounts(horizon_days, annual_rate)
    return float(np.diff(ends, prepend=0.0) @ factors / horizon_days)


def baseline_orders(
    name: str, customers: pd.DataFrame, horizon_days: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the orders and the amount of one that a naive rule expects.

    Run-rates: last year, or the last 90 days, again, over the part of that time in
    which the customer was known; the amount of one is that of the whole past where
    that time has none. Past spend: the customer's whole past, at its pace.
    Frequency: the same, at the shop's mean amount. Hiatus rule: last year again for
    those whose silence is shorter than twice their usual gap, or a quarter. Recency:
    one order, the surer the shorter the silence, at the shop's mean amount. The shop's
    mean, the same for everyone, needs no customer: see `forecast`.
    """
    age = customers["days_since_first_order"].astype(float).to_numpy()
    if name in (RUN_RATE, QUARTER, HIATUS):
        days = 90 if name == QUARTER else DAYS_PER_YEAR
        count, spent = (
            customers[f"{name}_{days}d"].astype(float).fillna(0.0).to_numpy()
            for name in ("count_orders", "net_amount")
        )
        known = np.clip(age, min(days, LEAST_DAYS), days)
        ever, total = (
            customers[column].astype(float).to_numpy()
            for column in ("count_order_days", "lifetime_net_amount")
        )
        orders = count * horizon_days / known
        amount = np.where(count > 0, spent, total) / np.where(count > 0, count, ever)
        if name != HIATUS:
            return orders, amount
        gap = customers["avg_days_between_orders"].astype(float).to_numpy()
        silence = customers["days_since_last_order"].astype(float).to_numpy()
        left = silence > np.fmax(2 * gap, LEAST_DAYS)
        return np.where(left, 0.0, orders), amount
    if name == RECENCY:
        silence = customers["days_since_last_order"].astype(float).to_numpy()
        orders = horizon_days / (horizon_days + silence)
        return orders, np.ones(len(orders))
    count = customers["count_order_days"].astype(float).to_numpy()
    orders = count * horizon_days / np.maximum(age, LEAST_DAYS)
    total = customers["lifetime_net_amount"].astype(float).to_numpy()
    return orders, total / np.maximum(count, 1)


# what regressions know besides the features: the purchase model's expectation, bent
EXPECTATIONS = {
    "log_expected_order_days": "identity",
    "log_expected_order_days_squared": "identity",
    "log_alive_probability": "identity",
}


def with_expectations(
    customers: pd.DataFrame, purchases: Fit, horizon_days: float
) -> pd.DataFrame:
    """Add what the purchase model expects, as features: the columns of `EXPECTATIONS`.

    A regression on them corrects the model where it is off, which it is for those long
    silent: it gives all of them some chance to be back.
    """
    seen = summaries(customers)
    x, t_x, T = (seen[name].to_numpy() for name in ("x", "t_x", "T"))
    days = horizon_days / purchases.time_unit_days
    orders = purchases.purchase_model.expected_purchases(days, x, t_x, T)
    alive = purchases.purchase_model.probability_alive(x, t_x, T)
    logarithm = np.log(np.maximum(orders, 1e-12))
    return customers.assign(
        log_expected_order_days=logarithm,
        log_expected_order_days_squared=logarithm**2,
        log_alive_probability=np.log(np.maximum(alive, 1e-12)),
    )


def forecast(
    name: str,
    customers: pd.DataFrame,
    parameters: Parameters,
    model: Linear | Forest | None,
    *,
    horizon_days: float,
    annual_discount_rate: float,
    level: float = 1.0,
) -> Forecast | None:
    """Apply a candidate to customers.

    Parameters
    ----------
    name : str
        One of `CANDIDATES`.
    customers : DataFrame
        Features of customers who have bought.
    parameters : Parameters
    model : Linear or Forest, optional
        The logarithm of expected orders, where the candidate is a regression.
    horizon_days : float
    annual_discount_rate : float
    level : float
        Expected orders are multiplied by this.

    Returns
    -------
    Forecast or None
        None where a fit that the candidate needs is missing.
    """
    factor = mean_discount(horizon_days, annual_discount_rate)
    if name in BASELINES:
        if name == SHOP_MEAN:
            mean = parameters.orders_per_day * horizon_days
            orders = np.full(len(customers), mean)
        else:
            orders, amount = baseline_orders(name, customers, horizon_days)
        if name in (FREQUENCY, RECENCY, SHOP_MEAN):
            amount = np.full(len(customers), parameters.order_amount)
        orders, amount = orders * level, np.maximum(amount, 0.0)
        return Forecast(orders, amount, orders * amount * factor)
    if parameters.spend is None:
        return None
    seen = summaries(customers)
    if name != PURCHASE_MODELS:
        if model is None or parameters.purchases is None:
            return None
        known = with_expectations(customers, parameters.purchases, horizon_days)
        amount = parameters.spend.spend_model.expected_spend(
            seen["x_valued"].to_numpy(), seen["zbar"].to_numpy(float)
        )
        # no more days with an order than there are days
        margin = np.minimum(model.margin(known), np.log(horizon_days))
        orders = np.exp(margin) * level
        return Forecast(orders, amount, orders * amount * factor)
    if parameters.purchases is None:
        return None
    table = expected_value(
        seen,
        parameters.purchases,
        parameters.spend,
        horizon_days=horizon_days,
        annual_discount_rate=annual_discount_rate,
    )
    orders, amount, discounted = (
        table[column].to_numpy()
        for column in (
            "expected_order_days",
            "expected_order_amount",
            "expected_value_amount",
        )
    )
    return Forecast(orders * level, amount, discounted * level)

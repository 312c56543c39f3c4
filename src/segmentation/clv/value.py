"""What each customer is expected to be worth over a horizon.

Value is orders × spend per order × margin, discounted. Orders come from a purchase
model, spend from Gamma-Gamma, and the two are taken as independent, which is the
assumption of Fader & Hardie (2013).

Parity with SQL
---------------
From the parameter table SQL can compute, for BG/NBD and MBG/NBD: `alive_probability`,
`purchase_probability`, `no_purchase_probability`; for NBD everything; for both spend
models `expected_order_amount`. `expected_order_days`, and so `expected_value_amount`,
need Python (a ₂F₁) but for NBD; Pareto/NBD needs it for the probabilities instead.
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.clv.parameters import Fit
from segmentation.clv.summaries import distinct

VALUES_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("expected_order_days", pa.float64()),
        ("expected_order_amount", pa.float64()),
        ("expected_value_amount", pa.float64()),
        ("purchase_probability", pa.float64()),
        ("no_purchase_probability", pa.float64()),
        ("alive_probability", pa.float64()),
        ("purchase_model", pa.string()),
        ("spend_model", pa.string()),
    ]
)

DAYS_PER_YEAR = 365.25


def discounts(
    horizon_days: float, annual_rate: float, sub_period_days: float = 30.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the sub-periods of a horizon, and what money is worth in them.

    Orders of a sub-period are discounted to its middle. Where they spread evenly over
    its h days that is off by (ln(1 + rate) h / 365)² / 24 of their value: .003 % at 30
    days and 40 % a year.

    Parameters
    ----------
    horizon_days : float
    annual_rate : float
        .1 where an amount in a year is worth 1 / 1.1 of it today.
    sub_period_days : float
        The last sub-period is shorter where these do not divide the horizon.

    Returns
    -------
    ends : ndarray, shape (k,)
        In days.
    factors : ndarray, shape (k,)
    """
    ends = np.append(np.arange(sub_period_days, horizon_days, sub_period_days), 0.0)
    ends[-1] = horizon_days
    middles = (ends + np.append(0.0, ends[:-1])) / 2
    return ends, (1 + annual_rate) ** (-middles / DAYS_PER_YEAR)


def expected_value(
    summaries: pd.DataFrame,
    purchases: Fit | None,
    spend: Fit | None,
    *,
    horizon_days: float,
    margin: float = 1.0,
    annual_discount_rate: float = 0.1,
    sub_period_days: float = 30.0,
) -> pa.Table:
    """Predict orders, spend, value and the churn score of customers.

    Parameters
    ----------
    summaries : DataFrame, shape (n, ≥ 6)
        One row per customer: `customer_id`, `x`, `t_x`, `T` in the unit of the purchase
        fit, `x_valued`, `zbar`. Rows do not depend on each other: pass them in batches
        where they are many.
    purchases, spend : Fit or None
        What `fits.served` or `fits.served_from_table` gave.
    horizon_days : float
    margin : float
        Share of an order's amount that is earned.
    annual_discount_rate, sub_period_days : float
        See `discounts`.

    Returns
    -------
    pyarrow.Table
        `VALUES_SCHEMA`; one row per customer, in the order given. Predictions of a
        model that could not be fitted are missing. The churn score is
        `no_purchase_probability`, never `alive_probability`, in which BG/NBD puts
        customers with a single purchase first.
    """
    n = len(summaries)
    out = {field.name: pa.nulls(n, field.type) for field in VALUES_SCHEMA}
    out["customer_id"] = pa.array(summaries["customer_id"].astype(str), pa.string())
    worth = None
    if purchases is not None and purchases.model is not None:
        model, unit = purchases.purchase_model, purchases.time_unit_days
        x, t_x, T = (summaries[name].to_numpy() for name in ("x", "t_x", "T"))
        alive = model.probability_alive(x, t_x, T)
        # of who is alive, all else hangs on x and T alone, of which few pairs occur
        (some_x, some_T), inverse = distinct(x, T)
        buys = model.probability_purchase_if_alive(horizon_days / unit, some_x, some_T)
        ends, factors = discounts(horizon_days, annual_discount_rate, sub_period_days)
        by_end = np.stack(
            [model.expected_if_alive(end / unit, some_x, some_T) for end in ends]
        )
        by_period = np.diff(by_end, axis=0, prepend=0.0)
        worth = alive * (factors[:, None] * by_period).sum(axis=0)[inverse]
        buys = alive * buys[inverse]
        out["expected_order_days"] = _floats(alive * by_end[-1][inverse])
        out["purchase_probability"] = _floats(buys)
        out["no_purchase_probability"] = _floats(1 - buys)
        out["alive_probability"] = _floats(alive)
        out["purchase_model"] = pa.repeat(pa.scalar(purchases.name), n)
    if spend is not None and spend.model is not None:
        amount = spend.spend_model.expected_spend(
            summaries["x_valued"].to_numpy(), summaries["zbar"].to_numpy(float)
        )
        out["expected_order_amount"] = _floats(amount)
        if worth is not None:
            out["expected_value_amount"] = _floats(worth * amount * margin)
        out["spend_model"] = pa.repeat(pa.scalar(spend.name), n)
    return pa.table(out, schema=VALUES_SCHEMA)


def _floats(values: np.ndarray) -> pa.Array:
    """Return an Arrow array in which NaN is missing."""
    return pa.array(values, pa.float64(), from_pandas=True)

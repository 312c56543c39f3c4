"""Apply the fits that serve, batch by batch, and say why each score is what it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.frames import one_batch
from segmentation.learning import forecasts
from segmentation.learning.candidates import Model, probability
from segmentation.learning.fits import NOTHING
from segmentation.linear import Linear
from segmentation.trees import Forest

PROBABILITIES_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("target", pa.string()),
        ("probability", pa.float64()),
    ]
)

AMOUNTS_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("target", pa.string()),
        ("purchase_model", pa.string()),
        ("spend_model", pa.string()),
        ("expected_orders", pa.float64()),
        ("expected_order_amount", pa.float64()),
        ("expected_net_amount", pa.float64()),
        ("discounted_net_amount", pa.float64()),
        ("alive_probability", pa.float64()),
    ]
)

REASONS_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("target", pa.string()),
        ("reason_rank", pa.int64()),
        ("feature", pa.string()),
        ("feature_value", pa.float64()),
        ("contribution", pa.float64()),
        ("scale", pa.string()),
    ]
)

AVERAGE, ALL_ELSE = "(average customer)", "(all else)"
MOST_ORDERS = "(at most one order a day)"
SMALLEST = 1e-300  # a probability too small for a double still has a logarithm
BASELINE_FEATURES = {
    forecasts.RUN_RATE: "net_amount_365d",
    forecasts.HIATUS: "net_amount_365d",
    forecasts.PAST_SPEND: "lifetime_net_amount",
    forecasts.FREQUENCY: "count_order_days",
    forecasts.RECENCY: "days_since_last_order",
}
LOG_ODDS, LOG_AMOUNT, AMOUNT = "log odds", "log amount", "amount"


def part(fit: pd.Series, name: str) -> pd.DataFrame:
    """Return a list of a fit, read back, as a frame."""
    value = fit[name]
    return pd.DataFrame([] if value is None else list(value))


def model_of(fit: pd.Series) -> Model | None:
    """Return the model that a fit holds, or None where it holds none."""
    coefficients, nodes = part(fit, "coefficients"), part(fit, "nodes")
    if len(coefficients):
        return Linear.from_rows(coefficients)
    return Forest.from_nodes(nodes) if len(nodes) else None


def _batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pd.DataFrame]:
    for batch in batches:
        if batch.num_rows:
            yield batch.to_pandas()


def score_forests(
    batches: Iterable[pa.RecordBatch], fits: pd.DataFrame
) -> Iterator[pa.RecordBatch]:
    """Predict the probabilities that trees serve; those of linear models SQL computes.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        The customers: `customer_id` and the features. Read one at a time, so memory
        does not grow with their number.
    fits : DataFrame
        The fits that serve, as `fits.fits_table` gave them.

    Yields
    ------
    pyarrow.RecordBatch
        `PROBABILITIES_SCHEMA`
    """
    forests = {
        fit["target"]: model
        for _, fit in fits[fits["kind"] == "probability"].iterrows()
        if isinstance(model := model_of(fit), Forest)
    }
    if not forests:
        return
    for customers in _batches(batches):
        for target, model in forests.items():
            frame = pd.DataFrame(
                {
                    "customer_id": customers["customer_id"],
                    "target": target,
                    "probability": probability(model.margin(customers)),
                }
            )
            yield one_batch(frame, PROBABILITIES_SCHEMA)


@dataclass(frozen=True)
class Amounts:
    """A fit of orders and spend, ready to apply.

    Attributes
    ----------
    target, champion : str
    parameters : Parameters
    model : Linear, Forest or None
    horizon_days : float
    level : float
    """

    target: str
    champion: str
    parameters: forecasts.Parameters
    model: Model | None
    horizon_days: float
    level: float

    @classmethod
    def of(cls, fits: pd.DataFrame) -> list["Amounts"]:
        """Read the fits of orders and spend that have a champion."""
        served = fits[(fits["kind"] == "amount") & (fits["champion"] != NOTHING)]
        return [
            cls(
                fit["target"],
                fit["champion"],
                forecasts.Parameters.from_rows(part(fit, "parameters")),
                model_of(fit),
                float(fit["horizon_days"]),
                float(np.exp(fit["level_intercept"])),
            )
            for _, fit in served.iterrows()
        ]

    def alive(self, customers: pd.DataFrame) -> np.ndarray:
        """Return P(alive), whoever serves; NaN without a purchase model, shape (n,)."""
        purchases = self.parameters.purchases
        if purchases is None:
            return np.full(len(customers), np.nan)
        seen = forecasts.summaries(customers)
        x, t_x, T = (seen[name].to_numpy() for name in ("x", "t_x", "T"))
        return purchases.model.probability_alive(x, t_x, T)

    def forecast(
        self, customers: pd.DataFrame, annual_discount_rate: float = 0.0
    ) -> forecasts.Forecast | None:
        """Apply the fit to customers."""
        return forecasts.forecast(
            self.champion,
            customers,
            self.parameters,
            self.model,
            horizon_days=self.horizon_days,
            annual_discount_rate=annual_discount_rate,
            level=self.level,
        )


def score_amounts(
    batches: Iterable[pa.RecordBatch],
    fits: pd.DataFrame,
    *,
    annual_discount_rate: float,
) -> Iterator[pa.RecordBatch]:
    """Predict orders and spend.

    Parameters
    ----------
    batches, fits
        As in `score_forests`.
    annual_discount_rate : float
        .1 where an amount in a year is worth 1 / 1.1 of it today.

    Yields
    ------
    pyarrow.RecordBatch
        `AMOUNTS_SCHEMA`
    """
    served = Amounts.of(fits)
    if not served:
        return
    for customers in _batches(batches):
        for fit in served:
            found = fit.forecast(customers, annual_discount_rate)
            if found is None:
                continue
            purchases, spend = fit.parameters.purchases, fit.parameters.spend
            frame = pd.DataFrame(
                {
                    "customer_id": customers["customer_id"],
                    "target": fit.target,
                    "purchase_model": None if purchases is None else purchases.name,
                    "spend_model": None if spend is None else spend.name,
                    "expected_orders": found.orders,
                    "expected_order_amount": found.amount,
                    "expected_net_amount": found.net_amount,
                    "discounted_net_amount": found.discounted,
                    "alive_probability": fit.alive(customers),
                }
            )
            yield one_batch(frame, AMOUNTS_SCHEMA)


@dataclass(frozen=True)
class Terms:
    """A score taken apart: base + the sum of the contributions is the score.

    Attributes
    ----------
    names : list of str
        p features.
    values : ndarray, shape (n, p)
        What the customer has in each.
    contributions : ndarray, shape (n, p)
    base : float
    scale : str
        Of the score: log odds, the logarithm of an amount, or an amount.
    """

    names: list[str]
    values: np.ndarray
    contributions: np.ndarray
    base: float
    scale: str


def _values(customers: pd.DataFrame, names: Iterable[str]) -> np.ndarray:
    return np.column_stack(
        [pd.to_numeric(customers[name]).to_numpy(float) for name in names]
    )


def probability_terms(model: Model, customers: pd.DataFrame) -> Terms:
    """Take the log odds of probabilities apart."""
    names = list(model.features)
    return Terms(
        names,
        _values(customers, names),
        model.contributions(customers),
        model.base_value,
        LOG_ODDS,
    )


def together(terms: Terms, names: Iterable[str]) -> Terms:
    """Make one term of some that say the same, under the name of the first of them."""
    names = [name for name in names if name in terms.names]
    if len(names) < 2:
        return terms
    at = [terms.names.index(name) for name in names]
    contributions = terms.contributions.copy()
    contributions[:, at[0]] = contributions[:, at].sum(axis=1)
    kept = [i for i in range(len(terms.names)) if i not in at[1:]]
    return Terms(
        [terms.names[i] for i in kept],
        terms.values[:, kept],
        contributions[:, kept],
        terms.base,
        terms.scale,
    )


def amount_terms(fit: Amounts, customers: pd.DataFrame) -> Terms | None:
    """Take expected spend apart.

    The logarithm of a product is a sum: ln(spend) = ln(orders) + ln(amount of one). An
    average customer has the shop's mean amount and, under a purchase model, orders like
    a new customer; a naive rule is one number.
    """
    found = fit.forecast(customers)
    if found is None:
        return None
    if fit.champion in forecasts.BASELINES:
        name = BASELINE_FEATURES[fit.champion]
        return Terms(
            [name],
            _values(customers, [name]),
            found.net_amount[:, None],
            0.0,
            AMOUNT,
        )
    usual_amount = fit.parameters.order_amount
    amount = np.log(found.amount / usual_amount)
    if fit.model is not None:
        purchases = fit.parameters.purchases
        known = forecasts.with_expectations(customers, purchases, fit.horizon_days)
        orders = together(probability_terms(fit.model, known), forecasts.EXPECTATIONS)
        held = np.log(found.orders / fit.level) - fit.model.margin(known)
        return Terms(
            [*orders.names, "expected_order_amount", MOST_ORDERS],
            np.column_stack([orders.values, found.amount, np.full(len(held), np.nan)]),
            np.column_stack([orders.contributions, amount, held]),
            orders.base + float(np.log(usual_amount * fit.level)),
            LOG_AMOUNT,
        )
    purchases = fit.parameters.purchases
    days = fit.horizon_days / purchases.time_unit_days
    usual_orders = float(purchases.model.expected_new(np.array([days]))[0]) * fit.level
    alive = np.maximum(fit.alive(customers), SMALLEST)
    if_alive = np.maximum(found.orders / alive, SMALLEST)
    return Terms(
        ["alive_probability", "expected_orders_if_alive", "expected_order_amount"],
        np.column_stack([alive, if_alive, found.amount]),
        np.column_stack([np.log(alive), np.log(if_alive / usual_orders), amount]),
        float(np.log(usual_orders * usual_amount)),
        LOG_AMOUNT,
    )


def top_reasons(terms: Terms, ids: pd.Series, target: str, count: int) -> pd.DataFrame:
    """Keep the contributions that matter most; the rest is one row, so that all sum.

    Returns
    -------
    DataFrame
        `REASONS_SCHEMA`; per customer the base (rank 0), the top reasons (1, 2, …) and
        all else (the last), where there is more.
    """
    n, p = terms.contributions.shape
    kept = min(count, p)
    order = np.argsort(-np.abs(terms.contributions), axis=1, kind="stable")[:, :kept]
    names = np.array(terms.names, dtype=object)
    top = np.take_along_axis(terms.contributions, order, axis=1)
    columns = [(AVERAGE, np.full(n, np.nan), np.full(n, terms.base))]
    for rank in range(kept):
        values = np.take_along_axis(terms.values, order[:, [rank]], axis=1)[:, 0]
        columns.append((names[order[:, rank]], values, top[:, rank]))
    if kept < p:
        rest = terms.contributions.sum(axis=1) - top.sum(axis=1)
        columns.append((ALL_ELSE, np.full(n, np.nan), rest))
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "customer_id": ids.to_numpy(),
                    "target": target,
                    "reason_rank": rank,
                    "feature": feature,
                    "feature_value": value,
                    "contribution": contribution,
                    "scale": terms.scale,
                }
            )
            for rank, (feature, value, contribution) in enumerate(columns)
        ],
        ignore_index=True,
    )


def explain(
    batches: Iterable[pa.RecordBatch], fits: pd.DataFrame, *, count: int
) -> Iterator[pa.RecordBatch]:
    """Give the top reasons of every score that is served.

    Parameters
    ----------
    batches, fits
        As in `score_forests`.
    count : int
        Reasons per score; 0 for none at all.

    Yields
    ------
    pyarrow.RecordBatch
        `REASONS_SCHEMA`
    """
    if not count:
        return
    models = {
        fit["target"]: model
        for _, fit in fits[fits["kind"] == "probability"].iterrows()
        if (model := model_of(fit)) is not None
    }
    served = Amounts.of(fits)
    for customers in _batches(batches):
        for target, terms in [
            *((t, probability_terms(m, customers)) for t, m in models.items()),
            *((fit.target, amount_terms(fit, customers)) for fit in served),
        ]:
            if terms is not None:
                frame = top_reasons(terms, customers["customer_id"], target, count)
                yield one_batch(frame, REASONS_SCHEMA)

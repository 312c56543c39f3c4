"""Say why each score is what it is: terms that add up to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.learning.candidates import Model
from segmentation.predictions import forecasts
from segmentation.predictions.scoring import Amounts, frames_of, model_of

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
    forecasts.QUARTER: "net_amount_90d",
    forecasts.HIATUS: "net_amount_365d",
    forecasts.PAST_SPEND: "lifetime_net_amount",
    forecasts.FREQUENCY: "count_order_days",
    forecasts.RECENCY: "days_since_last_order",
}
LOG_ODDS, LOG_AMOUNT, AMOUNT = "log odds", "log amount", "amount"

# Features that move together. A model may weigh kindred features against each other, so
# that one alone has the wrong sign: only the sum over the group says which way it
# pushes. The first of each group is the figure told beside it.
KINDRED = {
    "(recency)": (
        "days_since_last_order",
        "silence_log_odds",
        "count_orders_30d",
        "count_orders_90d",
        "net_amount_30d",
        "net_amount_90d",
        "count_orders_trend",
        "net_amount_trend",
    ),
    "(frequency)": (
        "count_orders",
        "count_order_days",
        "count_orders_180d",
        "count_orders_365d",
        "avg_days_between_orders",
        "stddev_days_between_orders",
        "last_gap_days",
        "count_products",
        "count_categories",
    ),
    "(spend)": (
        "lifetime_net_amount",
        "net_amount_180d",
        "net_amount_365d",
        "avg_order_amount",
        "avg_repeat_amount",
        "avg_units_per_order",
        "avg_products_per_order",
    ),
    "(visits)": (
        "count_sessions_90d",
        "count_sessions_30d",
        "count_web_events_90d",
        "days_since_last_visit",
    ),
    "(messages)": (
        "message_open_rate",
        "message_click_rate",
        "count_messages_180d",
    ),
    "(discounts)": ("discount_share", "promotion_order_share"),
}


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
    return np.stack(
        [pd.to_numeric(customers[name]).to_numpy(float) for name in names]
    ).T


def probability_terms(model: Model, customers: pd.DataFrame) -> Terms:
    """Take the log odds of probabilities apart, kindred features together."""
    names = list(model.features)
    terms = Terms(
        names,
        _values(customers, names),
        model.contributions(customers),
        model.base_value,
        LOG_ODDS,
    )
    return together(terms, KINDRED)


def together(terms: Terms, kindred: Mapping[str, Sequence[str]]) -> Terms:
    """Make one term of some that move together; one of them alone keeps its name.

    Parameters
    ----------
    terms : Terms
    kindred : mapping
        Name of a new term to features, of which the first gives it its value; NaN where
        that one is not among the terms.
    """
    place = {name: number for number, name in enumerate(terms.names)}
    present = {g: [place[n] for n in kin if n in place] for g, kin in kindred.items()}
    here = {group: some for group, some in present.items() if len(some) > 1}
    gone = {number for some in here.values() for number in some}
    single = {name: [n] for name, n in place.items() if n not in gone}
    n = len(terms.values)
    values, sums = np.full((2, len(single) + len(here), n), np.nan)
    for row, (name, some) in enumerate((single | here).items()):
        lead = place.get(kindred[name][0]) if name in here else some[0]
        if lead is not None:
            values[row] = terms.values[:, lead]
        # one after the other, so that a row sums alike in every batch
        sums[row] = sum(terms.contributions[:, number] for number in some)
    return Terms([*single, *here], values.T, sums.T, terms.base, terms.scale)


def amount_terms(fit: Amounts, customers: pd.DataFrame) -> Terms | None:
    """Take expected spend apart.

    The logarithm of a product is a sum: ln(spend) = ln(orders) + ln(amount of one). An
    average customer has the shop's mean amount and, under a purchase model, orders like
    a new customer; a naive rule is one number.
    """
    found = fit.forecast(customers)
    if found is None:
        return None
    if fit.champion == forecasts.SHOP_MEAN:
        nothing = np.empty((len(customers), 0))
        mean = float(found.net_amount[0]) if len(customers) else 0.0
        return Terms([], nothing, nothing, mean, AMOUNT)
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
    purchases = fit.parameters.purchases
    if purchases is None:  # every candidate but the baselines needs it
        return None
    if fit.model is not None:
        known = forecasts.with_expectations(customers, purchases, fit.horizon_days)
        expected = tuple(forecasts.EXPECTATIONS)
        orders = together(probability_terms(fit.model, known), {expected[0]: expected})
        held = np.log(found.orders / fit.level) - fit.model.margin(known)
        return Terms(
            [*orders.names, "expected_order_amount", MOST_ORDERS],
            np.column_stack([orders.values, found.amount, np.full(len(held), np.nan)]),
            np.column_stack([orders.contributions, amount, held]),
            orders.base + float(np.log(usual_amount * fit.level)),
            LOG_AMOUNT,
        )
    days = fit.horizon_days / purchases.time_unit_days
    usual_orders = (
        float(purchases.purchase_model.expected_new(np.array([days]))[0]) * fit.level
    )
    alive = np.maximum(fit.alive(customers), SMALLEST)
    if_alive = np.maximum(found.orders / alive, SMALLEST)
    return Terms(
        ["alive_probability", "expected_order_days_if_alive", "expected_order_amount"],
        np.column_stack([alive, if_alive, found.amount]),
        np.column_stack([np.log(alive), np.log(if_alive / usual_orders), amount]),
        float(np.log(usual_orders * usual_amount)),
        LOG_AMOUNT,
    )


def top_reasons(terms: Terms, ids: pa.Array, target: str, count: int) -> pa.RecordBatch:
    """Keep the contributions that matter most; the rest is one row, so that all sum.

    Parameters
    ----------
    terms : Terms
    ids : pyarrow.Array of string, length n
    target : str
    count : int

    Returns
    -------
    pyarrow.RecordBatch
        `REASONS_SCHEMA`; per customer the base (rank 0), the top reasons (1, 2, …) and
        all else (the last), where there is more.
    """
    n, p = terms.contributions.shape
    kept = min(count, p)
    # features first: each rank is one stretch of memory
    contributions = np.ascontiguousarray(terms.contributions.T)
    order = np.argsort(-np.abs(contributions), axis=0, kind="stable")[:kept]
    top = np.take_along_axis(contributions, order, axis=0)
    blank = np.full((1, n), np.nan)
    codes = [np.full((1, n), p), order]
    values = [blank, np.take_along_axis(terms.values.T, order, axis=0)]
    added = [np.full((1, n), terms.base), top]
    if kept < p:
        codes.append(np.full((1, n), p + 1))
        values.append(blank)
        added.append((contributions.sum(axis=0) - top.sum(axis=0))[None])
    code = np.concatenate(codes)
    names = pa.array([*terms.names, AVERAGE, ALL_ELSE], pa.string())
    return pa.RecordBatch.from_arrays(
        [
            pa.concat_arrays([ids] * len(code)),
            pa.repeat(pa.scalar(target), code.size),
            pa.array(np.repeat(np.arange(len(code)), n)),
            names.take(pa.array(code.ravel())),
            pa.array(np.concatenate(values).ravel(), from_pandas=True),
            pa.array(np.concatenate(added).ravel(), from_pandas=True),
            pa.repeat(pa.scalar(terms.scale), code.size),
        ],
        schema=REASONS_SCHEMA,
    )


def explain(
    batches: Iterable[pa.RecordBatch], fits: pd.DataFrame, *, count: int
) -> Iterator[pa.RecordBatch]:
    """Give the top reasons of every score that is served.

    Parameters
    ----------
    batches, fits
        As in `scoring.score_forests`.
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
    for customers in frames_of(batches):
        ids = pa.array(customers["customer_id"], pa.string())
        for target, terms in [
            *((t, probability_terms(m, customers)) for t, m in models.items()),
            *((fit.target, amount_terms(fit, customers)) for fit in served),
        ]:
            if terms is not None:
                yield top_reasons(terms, ids, target, count)

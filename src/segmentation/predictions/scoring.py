"""Apply the fits that serve, batch by batch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.frames import one_batch
from segmentation.identity import NOTHING
from segmentation.learning.candidates import Model, probability
from segmentation.linear import Linear
from segmentation.predictions import forecasts
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
        ("expected_order_days", pa.float64()),
        ("expected_order_amount", pa.float64()),
        ("expected_net_amount", pa.float64()),
        ("discounted_net_amount", pa.float64()),
        ("alive_probability", pa.float64()),
    ]
)


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


def frames_of(batches: Iterable[pa.RecordBatch]) -> Iterator[pd.DataFrame]:
    """Yield batches that are not empty as frames."""
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
        The fits that serve, as `fit_rows.fits_table` gave them.

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
    for customers in frames_of(batches):
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
        """Return P(alive), shape (n,); NaN without a purchase model."""
        purchases = self.parameters.purchases
        if purchases is None:
            return np.full(len(customers), np.nan)
        seen = forecasts.summaries(customers)
        x, t_x, T = (seen[name].to_numpy() for name in ("x", "t_x", "T"))
        return purchases.purchase_model.probability_alive(x, t_x, T)

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
    for customers in frames_of(batches):
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
                    "expected_order_days": found.orders,
                    "expected_order_amount": found.amount,
                    "expected_net_amount": found.net_amount,
                    "discounted_net_amount": found.discounted,
                    "alive_probability": fit.alive(customers),
                }
            )
            yield one_batch(frame, AMOUNTS_SCHEMA)

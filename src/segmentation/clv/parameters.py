"""The outcome of fitting: a model, whether to trust it, its parameters as rows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.clv.bgnbd import BGNBD
from segmentation.clv.gammagamma import GammaGamma, PooledMean
from segmentation.clv.mbgnbd import MBGNBD
from segmentation.clv.models import PurchaseModel
from segmentation.clv.nbd import NBD
from segmentation.clv.optimise import Maximum, Objective
from segmentation.clv.paretonbd import ParetoNBD
from segmentation.frames import conform

Model = PurchaseModel | GammaGamma | PooledMean

MODELS: dict[str, type[Model]] = {
    model.name: model
    for model in (BGNBD, MBGNBD, ParetoNBD, NBD, GammaGamma, PooledMean)
}

# a shape of 1,000 is a spread of 3 %: beyond it customers are alike, and the likelihood
# flat; under .001 next to all of them are at zero
SHAPES = (1e-3, 1e3)
SCALES = (1e-6, 1e6)  # in units of the mean age, or the mean spend

NO_MAXIMUM = "degenerate: the optimiser found no maximum"

BLOCK_ROWS = 16_384  # whose intermediate results stay in the cache

PARAMETERS_SCHEMA = pa.schema(
    [
        ("model", pa.string()),
        ("parameter", pa.string()),
        ("value", pa.float64()),
        ("time_unit_days", pa.float64()),
        ("log_likelihood", pa.float64()),
        ("count_customers", pa.int64()),
        ("count_repeat_buyers", pa.int64()),
        ("fit_status", pa.string()),
        ("is_served", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Fit:
    """One model fitted to some customers.

    Attributes
    ----------
    model : PurchaseModel, GammaGamma, PooledMean or None
        None where there was too little data.
    name : str
    parameter_names : tuple of str
    log_likelihood : float
        NaN where there is none.
    count_customers, count_repeat_buyers : int
    fit_status : str
        'ok', 'degenerate: …' or 'too little data: …'.
    time_unit_days : float
        Unit of alpha and beta; NaN for spend.
    is_served : bool
        Whether this is the fit to apply.
    """

    model: Model | None
    name: str
    parameter_names: tuple[str, ...]
    log_likelihood: float
    count_customers: int
    count_repeat_buyers: int
    fit_status: str
    time_unit_days: float = np.nan
    is_served: bool = False

    @property
    def purchase_model(self) -> PurchaseModel:
        """The model of a fit of purchases; TypeError where there is none."""
        if not isinstance(self.model, PurchaseModel):
            raise TypeError(f"{self.name} of purchases: {self.fit_status}")
        return self.model

    @property
    def spend_model(self) -> GammaGamma | PooledMean:
        """The model of a fit of spend; TypeError where there is none."""
        if not isinstance(self.model, GammaGamma | PooledMean):
            raise TypeError(f"{self.name} of spend: {self.fit_status}")
        return self.model


def served(fits: tuple[Fit, ...]) -> Fit:
    """Return the fit to apply: the last of them."""
    return fits[-1]


def parameters_table(fits: tuple[Fit, ...]) -> pa.Table:
    """Return the parameters of all fits that were tried.

    Parameters
    ----------
    fits : tuple of Fit
        What `fit_purchases` or `fit_spend` returned.

    Returns
    -------
    pyarrow.Table
        `PARAMETERS_SCHEMA`; one row per model and parameter. The value is missing
        where there was too little data.
    """
    rows = [
        {
            "model": fit.name,
            "parameter": name,
            "value": getattr(fit.model, name, np.nan),
            "time_unit_days": fit.time_unit_days,
            "log_likelihood": fit.log_likelihood,
            "count_customers": fit.count_customers,
            "count_repeat_buyers": fit.count_repeat_buyers,
            "fit_status": fit.fit_status,
            "is_served": fit.is_served,
        }
        for fit in fits
        for name in fit.parameter_names
    ]
    return conform(pd.DataFrame(rows), PARAMETERS_SCHEMA)


def served_from_table(parameters: pd.DataFrame) -> Fit | None:
    """Return the served fit that a parameter table describes, None where none is.

    Parameters
    ----------
    parameters : DataFrame
        `parameters_table`, read back; of purchases or of spend, not both.

    Returns
    -------
    Fit or None
    """
    rows = parameters[parameters["is_served"].astype(bool)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    values = dict(zip(rows["parameter"], rows["value"].astype(float), strict=True))
    return Fit(
        model=MODELS[row["model"]](**values),
        name=row["model"],
        parameter_names=tuple(values),
        log_likelihood=float(row["log_likelihood"]),
        count_customers=int(row["count_customers"]),
        count_repeat_buyers=int(row["count_repeat_buyers"]),
        fit_status=row["fit_status"],
        time_unit_days=float(row["time_unit_days"]),
        is_served=True,
    )


def bounds(
    names: tuple[str, ...], scales: tuple[str, ...], unit: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of parameters; those of `scales` are in units of `unit`."""
    units = np.array([unit if name in scales else 1.0 for name in names])
    ends = [SCALES if name in scales else SHAPES for name in names]
    return units * [low for low, _ in ends], units * [high for _, high in ends]


def objective_of(
    cls: type[PurchaseModel | GammaGamma], weights: np.ndarray, *data: np.ndarray
) -> Objective:
    """Return the weighted mean log-likelihood and its gradient, for `maximise`."""
    total = weights.sum()
    blocks = [
        [column[start : start + BLOCK_ROWS] for column in (weights, *data)]
        for start in range(0, len(weights), BLOCK_ROWS)
    ]

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        model, value, gradient = cls(*parameters), 0.0, 0.0
        # a far-off trial of the line search may overflow; it is then turned back
        with np.errstate(all="ignore"):
            for some, *rows in blocks:
                value += (some * model.log_likelihood(*rows)).sum()
                gradient += (some * model.score(*rows)).sum(axis=1)
        return value / total, gradient / total

    return objective


def faults(maximum: Maximum, names: tuple[str, ...]) -> str | None:
    """Say what is wrong with a maximum, or None."""
    if not maximum.is_converged:
        return NO_MAXIMUM
    if maximum.at_bound.any():
        stuck = [n for n, at in zip(names, maximum.at_bound, strict=True) if at]
        return f"degenerate: {', '.join(stuck)} at a bound"
    return None


def too_little(
    count: int, repeat_buyers: int, min_customers: int, min_repeat_buyers: int
) -> str | None:
    """Say that there are too few customers to fit to, or None."""
    if count < min_customers:
        return f"too little data: {count} customers, {min_customers} are needed"
    if repeat_buyers < max(min_repeat_buyers, 1):
        return (
            f"too little data: {repeat_buyers} repeat buyers, "
            f"{max(min_repeat_buyers, 1)} are needed"
        )
    return None

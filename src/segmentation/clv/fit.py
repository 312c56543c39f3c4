"""Fit a purchase model, say whether it can be trusted, or fall back to another.

A fit that is no good has a status instead of an exception, and the next models of the
chain are tried; the rows of `parameters.parameters_table` tell which were.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from segmentation.clv.bgnbd import BGNBD
from segmentation.clv.mbgnbd import MBGNBD
from segmentation.clv.models import PurchaseModel
from segmentation.clv.nbd import NBD
from segmentation.clv.optimise import Maximum, Objective, maximise, maximise_from_nearby
from segmentation.clv.parameters import (
    NO_MAXIMUM,
    Fit,
    bounds,
    faults,
    objective_of,
    too_little,
)
from segmentation.clv.paretonbd import ParetoNBD
from segmentation.clv.summaries import COLUMNS, at_most, grouped

# rivals are fitted together and the likeliest is taken; the next ones are tried where
# none can be trusted. Pareto/NBD takes 15 times as long as the first two together.
CHAIN = ((BGNBD, MBGNBD), (ParetoNBD,), (NBD,))

MAX_START_GROUPS = 5_000  # with more groups the starts race on merged ones


def fit_model(cls: type[PurchaseModel], groups: pd.DataFrame) -> Maximum:
    """Fit one purchase model by maximum likelihood, unguarded.

    Where there are more groups than the model's `max_groups`, it is fitted to merged
    ones, as in `summaries.at_most`, so that more customers take no more time. That
    moved no parameter by .03 of its standard error: BG/NBD of 4,000,000 customers,
    Pareto/NBD of 1,000,000. The log-likelihood is that of all groups in any case.

    Parameters
    ----------
    cls : type
        BGNBD, MBGNBD, ParetoNBD or NBD.
    groups : DataFrame
        What `summaries.grouped` returned, with at least one repeat purchase.

    Returns
    -------
    Maximum
    """

    def data(rows: pd.DataFrame) -> tuple[np.ndarray, ...]:
        weights = rows["count_customers"].to_numpy(float)
        return weights, *(rows[name].to_numpy() for name in COLUMNS)

    def objective(rows: pd.DataFrame) -> Objective:
        return objective_of(cls, *data(rows))

    counts = groups["count_customers"]
    age = (groups["T"] * counts).sum() / counts.sum()
    rate = (groups["x"] * counts).sum() / (age * counts.sum())
    limits = bounds(cls.parameter_names(), cls.scales, age)
    starts = cls.starts(rate, age)
    fitted = at_most(groups, cls.max_groups)
    few = at_most(fitted, MAX_START_GROUPS, per_e_fold=4.0)
    if few is fitted:
        maximum = maximise(objective(fitted), starts, *limits)
    else:
        maximum = maximise_from_nearby(
            objective(fitted), objective(few), starts, *limits
        )
    if fitted is groups:
        return maximum
    weights, *columns = data(groups)
    log_likelihood = cls(*maximum.parameters).log_likelihood(*columns)
    mean = (weights * log_likelihood).sum() / weights.sum()
    return replace(maximum, mean_log_likelihood=float(mean))


def _nobody_leaves(fit: Fit, nbd: Fit) -> str | None:
    """Say that a fit does without leaving, or None: leaving must pay for itself."""
    gain = fit.log_likelihood - nbd.log_likelihood
    if gain >= len(fit.parameter_names) - len(nbd.parameter_names):  # by AIC
        return None
    gain = max(gain, 0.0)  # NBD is a limit of all models: less is rounding
    return (
        "degenerate: nobody ever leaves "
        f"(leaving adds {gain:.1f} to the log-likelihood)"
    )


def fit_purchases(
    summaries: pd.DataFrame,
    *,
    time_unit_days: float = 1.0,
    resolution: float | None = None,
    chain: tuple[tuple[type[PurchaseModel], ...], ...] = CHAIN,
    min_customers: int = 50,
    min_repeat_buyers: int = 20,
) -> tuple[Fit, ...]:
    """Fit the likeliest purchase model of the first rivals that can be trusted.

    A fit is degenerate where the optimiser found no maximum, a parameter is at a bound,
    or nobody ever leaves: leaving adds less to NBD's log-likelihood than its two
    parameters cost (AIC). Where every model is degenerate, the likeliest by AIC serves:
    where everyone leaves at once that is a model of leaving at a bound, and where
    everyone keeps on buying at one rate it is NBD, then a Poisson process.

    Parameters
    ----------
    summaries : DataFrame
        One row per customer, in any order: `x`, `t_x`, `T`.
    time_unit_days : float
        Unit of t_x and T, kept with the parameters.
    resolution : float, optional
        As in `summaries.grouped`; by default only identical customers are one group.
    chain : tuple of tuples of types
        Rivals, from those preferred to the last resort.
    min_customers, min_repeat_buyers : int
        With fewer there is a status and no model.

    Returns
    -------
    tuple of Fit
        Those tried; the last is the one to serve.
    """
    x, t_x, T = (summaries[name].to_numpy(float) for name in COLUMNS)
    if not all(((v >= 0) & (v < np.inf)).all() for v in (x, t_x, T)):
        raise ValueError("x, t_x and T must be numbers of 0 or more")
    if (t_x > T).any():
        raise ValueError("t_x is after T for some customers")
    groups = grouped(summaries, resolution=resolution)
    count = len(summaries)
    repeat_buyers = int((x > 0).sum())
    first = chain[0][0]
    blank = Fit(
        None, first.name, first.parameter_names(), np.nan, count, repeat_buyers, "",
        time_unit_days,
    )  # fmt: skip
    problem = too_little(count, repeat_buyers, min_customers, min_repeat_buyers)
    if problem is None and not (groups["T"] > 0).any():
        problem = "too little data: nobody was observed after the first purchase"
    if problem:
        return (replace(blank, fit_status=problem),)

    def attempt(cls: type[PurchaseModel]) -> Fit:
        names = cls.parameter_names()
        maximum = fit_model(cls, groups)
        return replace(
            blank,
            model=cls(*map(float, maximum.parameters)),
            name=cls.name,
            parameter_names=names,
            log_likelihood=maximum.mean_log_likelihood * count,
            fit_status=faults(maximum, names) or "ok",
        )

    fits, nbd = [], attempt(NBD)
    for rivals in chain:
        for cls in rivals:
            fit = nbd if cls is NBD else attempt(cls)
            if fit.fit_status == "ok" and cls is not NBD:
                fault = _nobody_leaves(fit, nbd)
                fit = replace(fit, fit_status=fault or "ok")
            fits.append(fit)
        if any(fit.fit_status == "ok" for fit in fits):
            break
    best = _likeliest(fits)
    others = [fit for fit in fits if fit is not best]
    return (*others, replace(best, is_served=True))


def _likeliest(fits: list[Fit]) -> Fit:
    """Return the likeliest of those trusted; where none is, of all that converged.

    Likelihoods are compared by AIC; of equals the earlier one, and NBD, which has no
    parameters of leaving, before one whose leaving does not pay for itself.
    """
    trusted = [fit for fit in fits if fit.fit_status == "ok"]
    able = trusted or [fit for fit in fits if fit.fit_status != NO_MAXIMUM] or fits[-1:]
    return max(able, key=lambda fit: fit.log_likelihood - len(fit.parameter_names))

"""Fit Gamma-Gamma, say whether it can be trusted, or fall back to the mean spend."""

from dataclasses import replace

import numpy as np
import pandas as pd

from segmentation.clv.gammagamma import GammaGamma, PooledMean
from segmentation.clv.optimise import maximise
from segmentation.clv.parameters import Fit, bounds, faults, objective_of, too_little
from segmentation.clv.summaries import counted

MAX_ROWS = 20_000  # with more buyers than that, zbar is rounded
PER_E_FOLD = 256  # to powers of e^(1 / 256)
PARAMETERS = ("p", "q", "v")


def fit_spend(
    summaries: pd.DataFrame, *, min_repeat_buyers: int = 20
) -> tuple[Fit, ...]:
    """Fit Gamma-Gamma to the customers with valued repeat purchases.

    Degenerate where the optimiser found no maximum, a parameter is at a bound, or
    q ≤ 1, when the population has no mean. The fallback is the mean spend of all.

    With more than 20,000 repeat buyers zbar is rounded, by .2 % at most, so that their
    number makes no difference: at 750,000 it moved no parameter by more than .002 of
    its standard error. The log-likelihood is that of the rounded amounts.

    Parameters
    ----------
    summaries : DataFrame
        One row per customer, in any order: `x_valued`, `zbar`.
    min_repeat_buyers : int
        With fewer there is a status and no model.

    Returns
    -------
    tuple of Fit
        Those tried, in order; the last is the one to serve.
    """
    x, zbar = summaries["x_valued"].to_numpy(), summaries["zbar"].to_numpy(float)
    is_valued = (x > 0) & (zbar > 0)
    x, zbar = x[is_valued].astype(np.int64), zbar[is_valued]
    buyers = len(x)
    blank = Fit(None, GammaGamma.name, PARAMETERS, np.nan, len(summaries), buyers, "")
    problem = too_little(buyers, buyers, 0, min_repeat_buyers)
    if problem:
        return (replace(blank, fit_status=problem),)
    if buyers > MAX_ROWS:
        zbar = np.exp(np.rint(np.log(zbar) * PER_E_FOLD) / PER_E_FOLD)
    (x, zbar), counts = counted(x, zbar)
    mean = float((counts * x * zbar).sum() / (counts * x).sum())
    limits = bounds(PARAMETERS, ("v",), mean)
    starts = [(p, q, mean * (q - 1) / p) for p, q in ((1, 3), (6, 4), (30, 3))]
    maximum = maximise(objective_of(GammaGamma, counts, x, zbar), starts, *limits)
    model = GammaGamma(*map(float, maximum.parameters))
    fault = faults(maximum, PARAMETERS)
    if fault is None and model.q <= 1:
        fault = f"degenerate: q = {model.q:.2f}, so spend has no mean"
    fit = replace(
        blank,
        model=model,
        log_likelihood=maximum.mean_log_likelihood * buyers,
        fit_status=fault or "ok",
        is_served=fault is None,
    )
    if fault is None:
        return (fit,)
    pooled = replace(
        blank, model=PooledMean(mean), name=PooledMean.name, parameter_names=("mean",),
        fit_status="ok", is_served=True,
    )  # fmt: skip
    return (fit, pooled)

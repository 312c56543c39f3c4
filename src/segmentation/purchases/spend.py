"""Fit Gamma-Gamma, say whether it can be trusted, or fall back to the mean spend."""

from dataclasses import replace

import numpy as np
import pandas as pd

from segmentation.purchases.fits import Fit, bounds, faults, objective_of, too_little
from segmentation.purchases.gammagamma import GammaGamma, PooledMean
from segmentation.purchases.optimise import maximise

MAX_START_ROWS = 20_000  # the starts race on no more rows than this
PARAMETERS = ("p", "q", "v")


def fit_spend(
    summaries: pd.DataFrame, *, min_repeat_buyers: int = 20
) -> tuple[Fit, ...]:
    """Fit Gamma-Gamma to the customers with valued repeat purchases.

    Degenerate where the optimiser found no maximum, a parameter is at a bound, or
    q ≤ 1, when the population has no mean. The fallback is the mean spend of all.

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
    frame = summaries[(summaries["x_valued"] > 0) & (summaries["zbar"] > 0)]
    frame = frame.sort_values(["x_valued", "zbar"])
    x, zbar = frame["x_valued"].to_numpy(np.int64), frame["zbar"].to_numpy(float)
    blank = Fit(
        None, GammaGamma.name, PARAMETERS, np.nan, len(summaries), len(frame), ""
    )
    problem = too_little(len(frame), len(frame), 0, min_repeat_buyers)
    if problem:
        return (replace(blank, fit_status=problem),)
    mean = float((x * zbar).sum() / x.sum())
    limits = bounds(PARAMETERS, ("v",), mean)
    starts = [(p, q, mean * (q - 1) / p) for p, q in ((1, 3), (6, 4), (30, 3))]

    def objective(every):
        data = x[::every], zbar[::every]
        return objective_of(GammaGamma, np.ones(len(data[0])), *data)

    every = len(x) // MAX_START_ROWS + 1
    if every > 1:  # race on a sample, finish on all
        starts = [tuple(maximise(objective(every), starts, *limits).parameters)]
    maximum = maximise(objective(1), starts, *limits)
    model = GammaGamma(*map(float, maximum.parameters))
    fault = faults(maximum, PARAMETERS)
    if fault is None and model.q <= 1:
        fault = f"degenerate: q = {model.q:.2f}, so spend has no mean"
    fit = replace(
        blank,
        model=model,
        log_likelihood=maximum.mean_log_likelihood * len(x),
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

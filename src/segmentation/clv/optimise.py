"""Maximum likelihood over positive parameters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.optimize import OptimizeResult, minimize
from threadpoolctl import threadpool_limits

# As in `segmentation.estimators`: for the whole process, and for sums that do not vary.
# L-BFGS-B calls BLAS for vectors of a few numbers, over which threads only wait.
threadpool_limits(1, user_api="blas")

Objective: TypeAlias = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""Parameters to a mean log-likelihood and its gradient by their logs."""

# mean gradient by log-parameters above which a maximum was not reached
MAX_GRADIENT = 1e-4
# and below which nothing is left to gain
SMALL_GRADIENT = 1e-8
MAX_NEWTON_STEPS = 12
STEP = 1e-4  # of differences of gradients, in logs
# a parameter this near to its bound, in logs, is at it
AT_BOUND = 0.01


@dataclass(frozen=True)
class Maximum:
    """Where a likelihood is largest.

    Attributes
    ----------
    parameters : ndarray, shape (k,)
    mean_log_likelihood : float
        Per unit of weight.
    is_converged : bool
        Whether the gradient is zero, but for parameters held by a bound.
    at_bound : ndarray of bool, shape (k,)
    """

    parameters: np.ndarray
    mean_log_likelihood: float
    is_converged: bool
    at_bound: np.ndarray


def maximise(
    objective: Objective,
    starts: Sequence[tuple[float, ...]],
    low: np.ndarray,
    high: np.ndarray,
) -> Maximum:
    """Maximise a mean log-likelihood over the logs of its parameters.

    L-BFGS-B from every start; the best of where they end, the earlier one in a tie, is
    followed to the last digits. Deterministic.

    Parameters
    ----------
    objective : callable
        Takes the parameters, shape (k,); returns the mean log-likelihood and its
        gradient by their logs, shape (k,). Taken per customer it is of order 1, so the
        tolerances below mean the same at any number of customers.
    starts : list of tuple of k floats
    low, high : ndarray, shape (k,)
        Bounds of the parameters.

    Returns
    -------
    Maximum

    References
    ----------
    Byrd, Lu, Nocedal & Zhu (1995), A limited memory algorithm for bound constrained
    optimization, SIAM J. Sci. Comput. 16(5).
    """
    low, high = np.log(low), np.log(high)

    def negative(logs: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = objective(np.exp(logs))
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            return 1e10, np.zeros_like(logs)  # the line search turns back
        return -value, -gradient

    def climb(start: np.ndarray, tolerance: float) -> OptimizeResult:
        return minimize(
            negative,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(low, high, strict=True)),
            options={
                "maxiter": 500,
                "ftol": tolerance,
                "gtol": SMALL_GRADIENT,
                "maxcor": 20,
            },
        )

    inside = np.clip(np.log(starts), low + AT_BOUND, high - AT_BOUND)
    race = [climb(start, 1e-8) for start in inside]
    best = climb(min(race, key=lambda end: end.fun).x, 1e-13)
    # not the optimiser's own flag: at these tolerances it calls rounding a failure
    slope = np.atleast_1d(best.jac)
    outward = ((best.x <= low) & (slope > 0)) | ((best.x >= high) & (slope < 0))
    slope = np.where(outward, 0.0, slope)
    is_converged = bool(best.fun < 1e9 and np.abs(slope).max() < MAX_GRADIENT)
    return _maximum(best.x, -float(best.fun), is_converged, low, high)


def maximise_from_nearby(
    objective: Objective,
    nearby: Objective,
    starts: Sequence[tuple[float, ...]],
    low: np.ndarray,
    high: np.ndarray,
) -> Maximum:
    """Maximise a costly likelihood with the help of a cheap one that is much like it.

    The cheap one is maximised as in `maximise`. Its maximum and curvature there serve
    Newton's method on the costly one, whose own maximum is found in a handful of
    evaluations, wherever the cheap one's may be. Where that does not get there, as at a
    bound, L-BFGS-B goes on from the cheap one's maximum.

    Parameters
    ----------
    objective, nearby : callable
        As in `maximise`: the likelihood, and the cheap one.
    starts, low, high
        See `maximise`.

    Returns
    -------
    Maximum
    """
    rough = maximise(nearby, starts, low, high)
    maximum = None
    if rough.is_converged and not rough.at_bound.any():
        curvature = _curvature(nearby, rough.parameters)
        maximum = _newton(objective, rough.parameters, curvature, low, high)
    return maximum or maximise(objective, [tuple(rough.parameters)], low, high)


def _maximum(
    logs: np.ndarray,
    value: float,
    is_converged: bool,
    low: np.ndarray,
    high: np.ndarray,
) -> Maximum:
    at_bound = (logs < low + AT_BOUND) | (logs > high - AT_BOUND)
    return Maximum(np.exp(logs), value, is_converged, at_bound)


def _curvature(objective: Objective, parameters: np.ndarray) -> np.ndarray:
    """Return the second derivatives by the logs, shape (k, k): central differences."""
    logs = np.log(parameters)
    rows = [
        objective(np.exp(logs + step))[1] - objective(np.exp(logs - step))[1]
        for step in STEP * np.eye(len(logs))
    ]
    return (np.array(rows) + np.transpose(rows)) / (4 * STEP)


def _newton(
    objective: Objective,
    start: np.ndarray,
    curvature: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> Maximum | None:
    """Return the maximum near a start, None where these steps do not lead to one."""
    if not (np.linalg.eigvalsh(curvature) < 0).all():
        return None
    low, high = np.log(low), np.log(high)
    logs, least = np.log(start), -np.inf
    for _ in range(MAX_NEWTON_STEPS):
        value, gradient = objective(np.exp(logs))
        if not (value >= least and np.isfinite(gradient).all()):
            return None
        if np.abs(gradient).max() < SMALL_GRADIENT:
            return _maximum(logs, float(value), True, low, high)
        least = value - 1e-12 * abs(value)  # a fall by less is rounding
        logs = logs - np.linalg.solve(curvature, gradient)
        if not ((low < logs) & (logs < high)).all():
            return None
    return None

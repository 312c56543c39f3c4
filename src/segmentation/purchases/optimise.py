"""Maximum likelihood over positive parameters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

# mean gradient by log-parameters above which a maximum was not reached
MAX_GRADIENT = 1e-4
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
    objective: Callable[[np.ndarray], tuple[float, np.ndarray]],
    starts: list[tuple[float, ...]],
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

    def negative(logs):
        value, gradient = objective(np.exp(logs))
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            return 1e10, np.zeros_like(logs)  # the line search turns back
        return -value, -gradient

    def climb(start, tolerance):
        return minimize(
            negative,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(low, high, strict=True)),
            options={"maxiter": 500, "ftol": tolerance, "gtol": 1e-8, "maxcor": 20},
        )

    inside = np.clip(np.log(starts), low + AT_BOUND, high - AT_BOUND)
    race = [climb(start, 1e-8) for start in inside]
    best = climb(min(race, key=lambda end: end.fun).x, 1e-13)
    # not the optimiser's own flag: at these tolerances it calls rounding a failure
    slope = np.atleast_1d(best.jac)
    outward = ((best.x <= low) & (slope > 0)) | ((best.x >= high) & (slope < 0))
    slope = np.where(outward, 0.0, slope)
    return Maximum(
        parameters=np.exp(best.x),
        mean_log_likelihood=-float(best.fun),
        is_converged=bool(best.fun < 1e9 and np.abs(slope).max() < MAX_GRADIENT),
        at_bound=(best.x < low + AT_BOUND) | (best.x > high - AT_BOUND),
    )

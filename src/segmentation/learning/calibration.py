"""Set the level of predictions on anchors the model has not learned from."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

LEAST_SLOPE = 0.05  # keeps the order of customers where a margin says next to nothing


def platt(
    margin: np.ndarray, label: np.ndarray, group: np.ndarray
) -> tuple[float, float]:
    """Fit P(label) = 1 / (1 + exp(-(a_g + b × margin))), a level for each group.

    The groups are anchors: the newest, and the same season a year ago. The level to
    apply is the mean of theirs, since neither is right alone: the newest knows nothing
    of the season that comes, last year's nothing of what has changed since.

    Parameters
    ----------
    margin : ndarray, shape (n,)
    label : ndarray of bool, shape (n,)
    group : ndarray, shape (n,)

    Returns
    -------
    slope, intercept : float

    References
    ----------
    Platt (1999), Probabilistic outputs for support vector machines.
    """
    codes, index = np.unique(group, return_inverse=True)
    label = np.asarray(label, dtype=float)
    middle, scale = float(np.mean(margin)), float(np.std(margin))
    scale = scale if scale > 1e-9 else 1.0
    standard = (margin - middle) / scale
    count = len(codes)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        levels, slope = parameters[:count], parameters[count]
        z = levels[index] + slope * standard
        error = expit(z) - label
        value = np.logaddexp(0, z) - label * z
        # a ridge too weak to be seen, so that a group of one class has a level
        gradient = (
            np.append(np.bincount(index, error, minlength=count), error @ standard)
            / len(label)
            + 2e-4 * parameters
        )
        return value.mean() + 1e-4 * (parameters**2).sum(), gradient

    start = np.append(np.zeros(count), 1.0)
    bounds = [(None, None)] * count + [(LEAST_SLOPE, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    slope = float(found[count] / scale)
    return slope, float(found[:count].mean()) - slope * middle

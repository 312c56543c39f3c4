"""Customers with known parameters: for tests, power studies and benchmarks."""

import numpy as np
import pandas as pd

from segmentation.clv.beta_geometric import BetaGeometric
from segmentation.clv.gammagamma import GammaGamma
from segmentation.clv.nbd import NBD
from segmentation.clv.paretonbd import ParetoNBD


def simulate(
    model: NBD | BetaGeometric | ParetoNBD,
    T: np.ndarray,
    t: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw what customers buy up to T, and in the period after it.

    Exact, without stepping through time: given their number, the moments of Poisson
    purchases are ordered uniforms, of which the k-th of n is beta(k, n - k + 1).

    Parameters
    ----------
    model : NBD, BGNBD, MBGNBD or ParetoNBD
    T : ndarray, shape (n,)
        Ages of the customers.
    t : float
        Length of the period after T.
    rng : Generator

    Returns
    -------
    DataFrame
        `x`, `t_x`, `T`, `is_alive` at T, and `y`, the purchases in (T, T + t].
    """
    n = len(T)
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    if isinstance(model, ParetoNBD):
        lifetime = rng.gamma(model.s, 1 / model.beta, n)
        lifetime = rng.exponential(1 / np.maximum(lifetime, 1e-300))
        observed = np.minimum(lifetime, T)
        x = made = rng.poisson(rate * observed)
        y = rng.poisson(rate * (np.minimum(lifetime, T + t) - observed))
        is_alive = lifetime > T
    else:
        observed, made = T, rng.poisson(rate * T)
        later = rng.poisson(rate * t)
        last = np.full(n, np.inf)  # repeat purchases after which the customer leaves
        if isinstance(model, BetaGeometric):
            leaves = np.maximum(rng.beta(model.a, model.b, n), 1e-15)
            last = rng.geometric(leaves) - model.first_tosses
        x = np.minimum(made, last).astype(np.int64)
        y = (np.minimum(made + later, last) - x).astype(np.int64)
        is_alive = last > made
    position = rng.beta(np.maximum(x, 1), made - x + 1)
    t_x = np.where(x > 0, observed * position, 0.0)
    return pd.DataFrame({"x": x, "t_x": t_x, "T": T, "is_alive": is_alive, "y": y})


def simulate_spend(
    model: GammaGamma, x: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw the mean spend of x purchases; NaN where there is none. Shape (n,)."""
    rate = rng.gamma(model.q, 1 / model.v, len(x))
    total = rng.gamma(model.p * np.maximum(x, 1)) / rate
    return np.where(x > 0, total / np.maximum(x, 1), np.nan)

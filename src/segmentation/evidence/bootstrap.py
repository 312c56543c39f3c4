"""Intervals by the bootstrap: customers drawn with replacement, as weights.

All candidates and origins of a resample share the customers drawn. So differences
between candidates are paired, and a mean over origins allows for customers who occur
at several (the cluster bootstrap; Davison & Hinkley 1997, 3.8). Intervals are
percentiles (Efron & Tibshirani 1993, 13).
"""

from collections.abc import Iterator

import numpy as np

from segmentation.evidence.metrics import METRICS, Best
from segmentation.evidence.predictions import Origin

# Per origin a list: candidate to metric to value, or to values of all resamples.
Measured = list[dict[str, dict[str, np.ndarray]]]

LEVEL = 0.95
# A sum of absolute values grows with the noise a resample adds: the percentiles are
# moved back by the bias that the bootstrap itself estimates.
GROWS_WITH_NOISE = ("calibration_error", "calibration_error_raw")

# An interval needs no finer order than this: by AUC, neighbours within a thousandth of
# the customers differ by a millionth or so. Points are exact.
MOST_GROUPS = 1_000

_CELLS = 2**22  # of one array of weights: 32 MB


def resamples(
    count_customers: int, *, seed: int, bootstrap_samples: int
) -> Iterator[np.ndarray]:
    """Yield multinomial weights, shape (n, b), until there were enough columns."""
    rng = np.random.default_rng(seed)
    most = max(1, _CELLS // count_customers)
    for start in range(0, bootstrap_samples, most):
        weights = np.empty((count_customers, min(most, bootstrap_samples - start)))
        for column in weights.T:
            drawn = rng.integers(count_customers, size=count_customers)
            column[:] = np.bincount(drawn, minlength=count_customers)
        yield weights


def _measure(
    origin: Origin, kind: str, weights: np.ndarray, most_groups: int | None = None
) -> dict[str, dict[str, np.ndarray]]:
    actual = origin.actual
    shared = [Best.of(actual, weights, most_groups)] if kind == "amount" else []
    return {
        name: METRICS[kind](
            actual, forecast.predicted, forecast.raw, weights, most_groups, *shared
        )
        for name, forecast in origin.forecasts.items()
    }


def point_values(origins: list[Origin], kind: str) -> Measured:
    """Measure every candidate at every origin; values have the shape ()."""
    found = []
    for origin in origins:
        measured = _measure(origin, kind, np.ones((len(origin.actual), 1)))
        found.append(
            {
                name: {metric: values[0] for metric, values in metrics.items()}
                for name, metrics in measured.items()
            }
        )
    return found


def _joined(parts: list[np.ndarray], metric: str, point: np.ndarray) -> np.ndarray:
    values = np.concatenate(parts)
    known = values[np.isfinite(values)]
    if metric in GROWS_WITH_NOISE and len(known):
        return values + (point - known.mean())
    return values


def replicates(
    origins: list[Origin],
    kind: str,
    points: Measured,
    *,
    seed: int,
    bootstrap_samples: int,
) -> Measured:
    """Measure every candidate at every origin in every resample.

    Parameters
    ----------
    origins : list of Origin
    kind : {'probability', 'amount'}
    points : list
        Of `point_values`.
    seed, bootstrap_samples : int

    Returns
    -------
    list
        As `points`; values have the shape (bootstrap_samples,).
    """
    count_customers = max(origin.customers.max() for origin in origins) + 1
    chunks: list[Measured] = [[] for _ in origins]
    for weights in resamples(
        count_customers, seed=seed, bootstrap_samples=bootstrap_samples
    ):
        for origin, measured in zip(origins, chunks, strict=True):
            found = _measure(origin, kind, weights[origin.customers], MOST_GROUPS)
            measured.append(found)
    return [
        {
            name: {
                metric: _joined(
                    [np.empty(0), *(chunk[name][metric] for chunk in measured)],
                    metric,
                    point,
                )
                for metric, point in metrics.items()
            }
            for name, metrics in at_origin.items()
        }
        for at_origin, measured in zip(points, chunks, strict=True)
    ]


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95 % percentile interval of resamples, undefined ones left out."""
    known = values[np.isfinite(values)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)

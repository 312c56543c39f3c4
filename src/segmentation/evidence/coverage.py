"""Coverage: how often prediction intervals of amounts hold what came."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence.calibration import wilson

COVERAGE_SCHEMA = pa.schema(
    [
        ("band", pa.string()),
        ("count", pa.int64()),
        ("coverage", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("closed_coverage", pa.float64()),
        ("share_below", pa.float64()),
        ("share_above", pa.float64()),
    ]
)


def interval_coverage(
    actual: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    atom_share: np.ndarray,
    band: np.ndarray,
) -> pd.DataFrame:
    """Measure how often amounts fall into their intervals.

    Where many spend nothing, the 10th percentile is 0, and outcomes lie on it. A closed
    interval would count all of them as inside, and look too wide. So they count with
    the part of the atom's mass that lies above the 10 % level: the mean of the
    randomised probability integral transform (Czado, Gneiting & Held 2009, Biometrics
    65).

    Parameters
    ----------
    actual, lower, upper : ndarray, shape (n,)
        Intervals from the 10th to the 90th percentile, ends included.
    atom_share : ndarray, shape (n,)
        The weight, in [0, 1], with which an outcome on the lower end is inside; the
        rest of it is below.
    band : ndarray of str, shape (n,)

    Returns
    -------
    DataFrame
        `COVERAGE_SCHEMA`; one row per band, by name, and then 'all'. `lower` and
        `upper` are a 95 % interval of `coverage` (Wilson); `closed_coverage` counts
        outcomes on the lower end wholly. `coverage`, `share_below` and `share_above`
        sum to 1.
    """
    below = np.where(actual == lower, 1 - atom_share, actual < lower)
    above = (actual > upper).astype(float)
    closed = (actual >= lower) & (actual <= upper)
    outcomes = pd.DataFrame(
        {
            "count": 1,
            "coverage": 1 - below - above,
            "closed_coverage": closed.astype(float),
            "share_below": below,
            "share_above": above,
        }
    )
    bands = [(name, outcomes[band == name]) for name in np.unique(band)]
    rows = [
        {"band": name, **some.mean(), "count": len(some)}
        for name, some in [*bands, ("all", outcomes)]
        if len(some)
    ]
    if not rows:
        return pd.DataFrame(columns=COVERAGE_SCHEMA.names)
    table = pd.DataFrame(rows)
    table["lower"], table["upper"] = wilson(table["coverage"], table["count"])
    return table[COVERAGE_SCHEMA.names]

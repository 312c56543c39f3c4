"""Levels of value bands: what a candidate expects too much or too little of each.

A rule that is right on the whole may still expect twice what comes of those it expects
least of. How actual compares with expected orders is known by band at past anchors.
Each band's level is drawn towards 1, the more so the fewer orders the band has and the
more its level moved from anchor to anchor.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.optimize import brentq

LEVELS_SCHEMA = pa.schema(
    [
        ("value_band", pa.string()),
        ("from_amount", pa.float64()),
        ("until_amount", pa.float64()),
        ("level", pa.float64()),
        ("observed_level", pa.float64()),
        ("least_amount", pa.float64()),
        ("count_orders", pa.int64()),
        ("count_anchors", pa.int64()),
    ]
)

# fifths of the customers by expected amount: the share below their upper end
BANDS = {"lowest": 0.2, "low": 0.4, "medium": 0.6, "high": 0.8, "highest": 1.0}
LEAST_ANCHORS = 2  # of one alone, nobody can say how much a level moves


def band_cuts(expected: np.ndarray) -> list[tuple[str, float, float]]:
    """Return the bands of expected amounts: name, above what, and up to what.

    Those that tie stay together, so that the first of them may hold all.
    """
    inner = np.quantile(expected, list(BANDS.values())[:-1], method="inverted_cdf")
    cuts = [-np.inf, *inner, np.inf]
    every = zip(BANDS, cuts, cuts[1:], strict=False)
    return [(band, low, high) for band, low, high in every if low < high]


def _of_one_anchor(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return orders by band, the logarithm of their relative level, and its variance.

    The variance is that of a ratio of sums, at least that of a Poisson count.
    """
    expected = outcomes["expected_amount"].to_numpy()
    foreseen = outcomes["expected_order_days"].to_numpy()
    actual = outcomes["orders"].to_numpy(float)
    total = actual[foreseen > 0].sum() / max(foreseen.sum(), 1e-300)
    rows = []
    for band, low, high in band_cuts(expected):
        inside = (expected > low) & (expected <= high)
        came, told = actual[inside], foreseen[inside] * total
        if not told.any():  # nothing is expected: no level makes it more
            continue
        count, level = came.sum() + 0.5, (came.sum() + 0.5) / (told.sum() + 0.5)
        spread = max(((came - level * told) ** 2).sum(), count)
        rows.append((band, came.sum(), told.sum(), np.log(level), spread / count**2))
    names = ["value_band", "orders", "expected", "log_level", "variance"]
    return pd.DataFrame(rows, columns=names).set_index("value_band")


def learn_levels(
    anchors: Sequence[pd.DataFrame], amounts: pd.DataFrame, count_apart: float
) -> pd.DataFrame:
    """Learn the levels of value bands on several past anchors.

    Parameters
    ----------
    anchors : sequence of DataFrame
        One per anchor, a row per customer: `orders` as they came, `expected_amount` and
        `expected_order_days`, at any level, by a fit that did not learn from them.
    amounts : DataFrame
        `expected_amount` of the customers whose fifths are the bands' limits.
    count_apart : float
        How many anchors they are worth: fewer than there are where horizons overlap.

    Returns
    -------
    DataFrame
        `LEVELS_SCHEMA`; empty where there are too few anchors, or no band is off by
        more than chance. The expected orders of all bands keep their sum.

    Notes
    -----
    The mean of a band's log level over the anchors has the variance
    (within + between) / `count_apart`; `between` is what bands vary from anchor to
    anchor beyond chance. `own`, what they differ from 1 beyond all that, is Paule and
    Mandel's (1982, Journal of Research NBS 87): moments weighted by precision (Der
    Simonian & Laird 1986) would see little but the bands with the most orders. A level
    is drawn towards 1 by own / (own + variance): Efron & Morris 1975, JASA 70.
    """
    some = [_of_one_anchor(outcomes) for outcomes in anchors if len(outcomes)]
    if len(some) < LEAST_ANCHORS:
        return pd.DataFrame()
    cuts = [
        cut for cut in band_cuts(amounts["expected_amount"].to_numpy())
        if all(cut[0] in table.index for table in some)
    ]  # fmt: skip
    if len(cuts) < 2:
        return pd.DataFrame()
    bands = [band for band, _, _ in cuts]
    orders, expected, levels, variances = (
        np.array([table.loc[bands, name] for table in some])
        for name in ("orders", "expected", "log_level", "variance")
    )
    mean, within = levels.mean(axis=0), variances.mean(axis=0)
    between = max(0.0, float((levels.var(axis=0, ddof=1) - within).mean()))
    variance = (within + between) / count_apart
    if not (mean**2 / variance).sum() > len(bands):
        return pd.DataFrame()
    own = brentq(
        lambda more: (mean**2 / (more + variance)).sum() - len(bands), 0, mean @ mean
    )
    level = np.exp(mean * own / (own + variance))
    share = expected.sum(axis=0) / expected.sum()
    level /= (share * level).sum()
    highest = [high for _, _, high in cuts]
    # who was expected more than another still is
    reached = np.maximum.accumulate(level[:-1] * highest[:-1])
    return pd.DataFrame(
        {
            "value_band": bands,
            "from_amount": [low for _, low, _ in cuts],
            "until_amount": highest,
            "level": level,
            "observed_level": np.exp(mean),
            "least_amount": [0.0, *reached],
            "count_orders": orders.sum(axis=0).astype(int),
            "count_anchors": len(some),
        }
    )


def level_factors(levels: pd.DataFrame, expected: np.ndarray) -> np.ndarray:
    """Return what the expectations of customers are to be multiplied by.

    Parameters
    ----------
    levels : DataFrame
        What `learn_levels` gave.
    expected : ndarray, shape (n,)
        Expected amounts.

    Returns
    -------
    ndarray, shape (n,)
        The level of each customer's band; more where someone of a lower band would
        overtake them, 1 outside of the bands. int_customers__spend does the same.
    """
    factors = np.ones(len(expected))
    for band in levels.to_dict("records"):
        mine = (expected > band["from_amount"]) & (expected <= band["until_amount"])
        least = band["least_amount"] / np.maximum(expected[mine], 1e-300)
        factors[mine] = np.maximum(band["level"], least)
    return factors

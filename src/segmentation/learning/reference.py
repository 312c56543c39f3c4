"""What a fit learned from, in bins, so that later days can be set beside it.

The bins and counts are stored with the fit: to see whether customers have changed since
takes no row of then. Counts are kept by anchor, so that a monitor knows how much one
anchor usually differs from another, and by how long ago customers first bought, since
most features grow with that alone.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

COUNT_BINS = 10
SCORE = "(score)"
TENURE = "days_since_first_order"
# days since the first order; above the last is one more band
TENURE_EDGES = (92, 183, 365, 548, 730, 1095, 1460)
LEAST_SHARE = 0.1
MOST_ANCHORS = 12
KEPT = ("anchor_date", "anchor_number", "tenure")

BINS_SCHEMA = pa.schema(
    [
        ("feature", pa.string()),
        ("least_value", pa.float64()),
        *((f"edge_{k}", pa.float64()) for k in range(1, COUNT_BINS)),
    ]
)

COUNTS_SCHEMA = pa.schema(
    [
        ("feature", pa.string()),
        ("anchor_date", pa.date32()),
        ("tenure_band", pa.int64()),
        ("is_learned", pa.bool_()),
        ("count_missing", pa.int64()),
        ("count_least", pa.int64()),
        *((f"count_{k}", pa.int64()) for k in range(1, COUNT_BINS + 1)),
    ]
)


def cuts(values: np.ndarray) -> tuple[float, np.ndarray]:
    """Return where to cut the values of a feature into bins.

    A least value that a tenth or more have, which most often is 0, is a bin of its own;
    tenths of the rest are the others. Where many are equal, some bins stay empty.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing.

    Returns
    -------
    least_value : float
        NaN where the least value has no bin of its own.
    edges : ndarray, shape (9,)
        The upper ends of all bins but the last; NaN without values.
    """
    known = values[~np.isnan(values)]
    least = known.min(initial=np.inf)
    is_common = len(known) > 0 and (known == least).mean() >= LEAST_SHARE
    rest = known[known > least] if is_common else known
    if not len(rest):
        return float(least) if is_common else np.nan, np.full(COUNT_BINS - 1, np.nan)
    shares = np.arange(1, COUNT_BINS) / COUNT_BINS
    edges = np.quantile(rest, shares, method="inverted_cdf")
    return float(least) if is_common else np.nan, edges


def numbers(values: np.ndarray, least: float, edges: np.ndarray) -> np.ndarray:
    """Return the bin of each value: 0 missing, 1 least, 2 to 11 from low to high."""
    found = 2 + (values[:, None] > edges).sum(axis=1)
    return np.where(np.isnan(values), 0, np.where(values <= least, 1, found))


def watched(
    rows: pd.DataFrame, features: Iterable[str], score: np.ndarray
) -> pd.DataFrame:
    """Put what a model reads of customers beside what it says of them.

    Parameters
    ----------
    rows : DataFrame
        One row per customer and past anchor: `anchor_date`, `anchor_number`, features,
        and `days_since_first_order` where it is known.
    features : iterable of str
        Those that the model reads; what it makes up itself is not in `rows`.
    score : ndarray, shape (n,)

    Returns
    -------
    DataFrame
        The columns of `KEPT`, then the features and `SCORE`.
    """
    read = [name for name in features if name in rows]
    tenure = rows.get(TENURE, np.nan)
    kept = rows[["anchor_date", "anchor_number"]].assign(tenure=tenure)
    return pd.concat([kept, rows[read]], axis=1).assign(**{SCORE: score})


def reference(rows: pd.DataFrame, learned: set[int]) -> dict[str, pd.DataFrame]:
    """Count customers by bin of each feature.

    Parameters
    ----------
    rows : DataFrame
        As `watched` gives them.
    learned : set of int
        Numbers of the anchors that were learned from: bins are of their rows.

    Returns
    -------
    dict of DataFrame
        `feature_bins`: `BINS_SCHEMA`, a row per feature. `feature_counts`:
        `COUNTS_SCHEMA`, a row per feature, anchor (the newest `MOST_ANCHORS`) and band
        of tenure with customers; all in band 1 where tenure is not known.
    """
    kept = np.sort(rows["anchor_number"].unique())[:MOST_ANCHORS]
    rows = rows[rows["anchor_number"].isin(kept)]
    is_learned = rows["anchor_number"].isin(learned).to_numpy()
    if not is_learned.any():
        return {}
    tenure = rows["tenure"].to_numpy(float, na_value=np.nan)
    band = 1 + (tenure[:, None] > np.array(TENURE_EDGES)).sum(axis=1)
    count_bands = len(TENURE_EDGES) + 2
    group = np.searchsorted(kept, rows["anchor_number"].to_numpy()) * count_bands + band
    dates = rows.groupby("anchor_number")["anchor_date"].first()
    bins: list[dict[str, Any]] = []
    frames = []
    for feature in rows.columns.drop(list(KEPT)):
        values = rows[feature].to_numpy(float, na_value=np.nan)
        least, edges = cuts(values[is_learned])
        named = {f"edge_{k}": edge for k, edge in enumerate(edges, 1)}
        bins.append({"feature": feature, "least_value": least, **named})
        cell = group * (COUNT_BINS + 2) + numbers(values, least, edges)
        size = len(kept) * count_bands * (COUNT_BINS + 2)
        counts = np.bincount(cell, minlength=size).reshape(-1, COUNT_BINS + 2)
        some = np.flatnonzero(counts.sum(axis=1))
        frame = pd.DataFrame(counts[some], columns=COUNTS_SCHEMA.names[4:])
        anchors = kept[some // count_bands]
        frames.append(
            frame.assign(
                feature=feature,
                anchor_date=dates.loc[anchors].to_numpy(),
                tenure_band=some % count_bands,
                is_learned=np.isin(anchors, list(learned)),
            )
        )
    found = pd.concat(frames, ignore_index=True)
    found["anchor_date"] = pd.to_datetime(found["anchor_date"]).dt.date
    return {"feature_bins": pd.DataFrame(bins), "feature_counts": found}

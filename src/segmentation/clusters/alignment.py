"""Labels that never swap: the clusters of a fit under the ids of the fit before.

Both fits place the same customers. A cluster keeps its id where most of its members and
its centre are where they were; what is new gets an id that no cluster ever had. Where
the two partitions hardly agree, no id is kept: that is a new generation.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.optimize import linear_sum_assignment

from segmentation.clusters import measures
from segmentation.clusters.encoding import NOISE

MIN_OVERLAP = 1 / 3
"""Jaccard index of two clusters of one size that share half of their members."""

MAX_SHIFT = 1.0
"""Standard deviations a centre may move, on average over features."""

MIN_AGREEMENT = 0.5
"""Adjusted Rand index half way between chance, 0, and the same partition, 1."""

KEPT, NEW, VANISHED = "kept", "new", "vanished"

ALIGNMENT_SCHEMA = pa.schema(
    [
        ("cluster_id", pa.int64()),
        ("previous_cluster_id", pa.int64()),
        ("state", pa.string()),
        ("overlap", pa.float64()),
        ("centre_shift", pa.float64()),
        ("count_customers", pa.int64()),
        ("count_previous_customers", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Alignment:
    """What the clusters of a fit are called, and why.

    Attributes
    ----------
    ids : dict of int to int
        The fit's own number of a cluster, to its id.
    agreement : float or None
        Adjusted Rand index of the two partitions of the same customers; None of a
        first fit.
    is_new_generation : bool
    report : DataFrame
        `ALIGNMENT_SCHEMA`; one row per cluster of this fit, and per cluster of the one
        before that is no more. Beside a new cluster stands the one before that shares
        most with it; beside one that is no more, itself.
    """

    ids: dict[int, int]
    agreement: float | None
    is_new_generation: bool
    report: pd.DataFrame


def overlaps(labels: np.ndarray, previous: np.ndarray) -> pd.DataFrame:
    """Return the Jaccard index of each cluster (rows) with each before (columns).

    Parameters
    ----------
    labels, previous : ndarray of int, shape (n,)
        Clusters of the same customers by two fits. Noise is no cluster.

    References
    ----------
    Hennig (2007), Cluster-wise assessment of cluster stability, CSDA 52(1).
    """
    now, before = (
        np.setdiff1d(np.unique(found), [NOISE]) for found in (labels, previous)
    )
    mine, theirs = labels[:, None] == now, previous[:, None] == before
    shared = mine.T.astype(float) @ theirs.astype(float)
    either = mine.sum(axis=0)[:, None] + theirs.sum(axis=0) - shared
    return pd.DataFrame(shared / either, index=now, columns=before)


def shifts(centres: pd.DataFrame, previous: pd.DataFrame) -> pd.DataFrame:
    """Return how far each centre (rows) is from each before (columns).

    Parameters
    ----------
    centres, previous : DataFrame
        One row per cluster, one column per feature, both in the same units: standard
        deviations of one fit. Features that only one of them has are left out.

    Returns
    -------
    DataFrame
        The root of the mean squared difference, which does not grow with the number of
        features; 0 where no feature is shared.
    """
    shared = [name for name in centres.columns if name in previous.columns]
    apart = centres[shared].to_numpy()[:, None] - previous[shared].to_numpy()[None]
    mean = (apart**2).sum(axis=2) / max(len(shared), 1)
    return pd.DataFrame(np.sqrt(mean), index=centres.index, columns=previous.index)


def match(
    overlap: pd.DataFrame, shift: pd.DataFrame, min_overlap: float, max_shift: float
) -> dict[int, int]:
    """Pair clusters with those before, one to one, so that the pairs share most.

    Parameters
    ----------
    overlap, shift : DataFrame
        Of clusters (rows) and those before (columns).
    min_overlap, max_shift : float
        A pair that overlaps less, or whose centre moved farther, is none.

    Returns
    -------
    dict of int to int
        Of the clusters that have one, the cluster before.

    References
    ----------
    Kuhn (1955), The Hungarian method for the assignment problem, Naval Research
    Logistics Quarterly 2; Crouse (2016), IEEE Trans. Aerosp. Electron. Syst. 52, whose
    algorithm scipy uses.
    """
    shift = shift.reindex(index=overlap.index, columns=overlap.columns).to_numpy()
    shared = overlap.to_numpy()
    is_pair = (shared >= min_overlap) & (shift <= max_shift)
    likeness = np.where(is_pair, shared * np.exp(-(shift**2) / 2), 0.0)
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    return {
        int(overlap.index[row]): int(overlap.columns[column])
        for row, column in zip(rows, columns, strict=True)
        if likeness[row, column] > 0
    }


def align(
    labels: np.ndarray,
    previous: np.ndarray | None,
    centres: pd.DataFrame,
    previous_centres: pd.DataFrame | None,
    *,
    highest_id: int = 0,
    held: dict[int, int] | None = None,
    min_overlap: float = MIN_OVERLAP,
    max_shift: float = MAX_SHIFT,
    min_agreement: float = MIN_AGREEMENT,
) -> Alignment:
    """Find the ids of a fit's clusters.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Clusters of customers by the fit, under its own numbers.
    previous : ndarray of int, shape (n,), or None
        Clusters of the same customers by the fit before, under their ids; None where
        there is none before.
    centres, previous_centres : DataFrame
        Where clusters are, and were: one row per cluster, one column per feature.
    highest_id : int
        The highest id that any cluster ever had.
    held : dict of int to int, optional
        Clusters whose ids people have locked: they are kept whatever happens.
    min_overlap, max_shift, min_agreement : float
        Below these, or above, clusters are others, and so is the generation.

    Returns
    -------
    Alignment

    References
    ----------
    Hubert & Arabie (1985), Comparing partitions, J. Classification 2, eq. 5.
    """
    if previous is None or previous_centres is None:
        previous = np.full(len(labels), NOISE)
        previous_centres = centres.head(0)
        agreement = None
    else:
        agreement = measures.agreement(previous, labels)
    is_new = agreement is not None and agreement < min_agreement

    overlap = overlaps(labels, previous).reindex(
        index=centres.index, columns=previous_centres.index, fill_value=0.0
    )
    shift = shifts(centres, previous_centres)
    pairs = dict(held or {})
    if not is_new:
        free = overlap.drop(index=list(pairs), columns=pairs.values(), errors="ignore")
        pairs |= match(free, shift, min_overlap, max_shift)
    rest = [int(number) for number in overlap.index if number not in pairs]
    ids = pairs | {n: highest_id + 1 + place for place, n in enumerate(rest)}
    report = _report(ids, pairs, overlap, shift, labels, previous)
    return Alignment(ids, agreement, is_new, report)


def _report(
    ids: dict[int, int],
    pairs: dict[int, int],
    overlap: pd.DataFrame,
    shift: pd.DataFrame,
    labels: np.ndarray,
    previous: np.ndarray,
) -> pd.DataFrame:
    rows = []
    for number, cluster_id in ids.items():
        shared = overlap.loc[number]
        before = pairs.get(number, shared.idxmax() if shared.any() else None)
        is_known = before in overlap.columns
        rows.append(
            {
                "cluster_id": cluster_id,
                "previous_cluster_id": before if is_known else None,
                "state": KEPT if number in pairs else NEW,
                "overlap": shared[before] if is_known else None,
                "centre_shift": shift.loc[number, before] if is_known else None,
                "count_customers": (labels == number).sum(),
                "count_previous_customers": (previous == before).sum(),
            }
        )
    for cluster_id in overlap.columns.difference(pairs.values()):
        rows.append(
            {
                "cluster_id": cluster_id,
                "previous_cluster_id": cluster_id,
                "state": VANISHED,
                "overlap": overlap[cluster_id].max(),
                "centre_shift": None,
                "count_customers": 0,
                "count_previous_customers": (previous == cluster_id).sum(),
            }
        )
    frame = pd.DataFrame(rows, columns=ALIGNMENT_SCHEMA.names)
    whole = ["cluster_id", "previous_cluster_id"]
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    return frame.sort_values("cluster_id").reset_index(drop=True)

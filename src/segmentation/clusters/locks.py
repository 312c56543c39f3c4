"""Clusters that people have locked: each keeps its prototypes through every refit."""

from dataclasses import replace

import numpy as np

from segmentation.clusters.encoding import Clustering, Prototypes


def hold(
    fitted: Clustering, locked: Clustering, partners: dict[int, int]
) -> tuple[Clustering, dict[int, int]]:
    """Put locked clusters in the place of those that came out instead.

    Parameters
    ----------
    fitted : Clustering
        Under its own numbers.
    locked : Clustering
        Of the clusters that are locked alone, under their ids.
    partners : dict of int to int
        Of the fit's own clusters, the id of the one before: a locked one replaces its
        partner, or is added where it has none.

    Returns
    -------
    clustering : Clustering
    held : dict of int to int
        Of the fit's own number of each locked cluster, its id.
    """
    encoding, learned = fitted.learned()
    kept = locked.in_units_of(encoding)
    numbers = {before: number for number, before in partners.items()}
    free = int(learned.cluster.max())
    for cluster_id in np.unique(kept.cluster):
        if cluster_id not in numbers:
            free += 1
            numbers[int(cluster_id)] = free
    held = {numbers[cluster_id]: int(cluster_id) for cluster_id in set(kept.cluster)}
    rest = ~np.isin(learned.cluster, list(held))
    both = Prototypes(
        np.r_[learned.cluster[rest], [numbers[c] for c in kept.cluster]].astype(int),
        np.r_[learned.centre[rest], kept.centre],
        np.r_[learned.weight[rest], kept.weight],
        np.r_[learned.offset[rest], kept.offset],
        learned.dispersion,
        learned.max_distance,
    )
    return Clustering.of(fitted.method, encoding, both, fitted.preprocessing), held


def only(fitted: Clustering, clusters: list[int]) -> Clustering:
    """Return a fitted method of some of its clusters alone."""
    rows = fitted.prototypes
    mine = rows[rows["cluster_id"].isin(clusters)].reset_index(drop=True)
    return replace(fitted, prototypes=mine, n_clusters=len(clusters))

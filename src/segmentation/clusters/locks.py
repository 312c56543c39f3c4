"""Clusters that people have locked: each keeps its prototypes through every refit."""

from dataclasses import replace

import numpy as np
import pandas as pd

from segmentation.clusters.encoding import Clustering

_DIMENSION = ["feature", "category"]


def dimensions(prototypes: pd.DataFrame) -> pd.DataFrame:
    """Return the features and categories of prototypes, with mean and scale."""
    columns = [*_DIMENSION, "feature_mean", "feature_scale"]
    return prototypes.drop_duplicates(_DIMENSION)[columns].reset_index(drop=True)


def in_units_of(
    prototypes: pd.DataFrame, others: pd.DataFrame, *, is_density: bool = False
) -> pd.DataFrame:
    """Write prototypes in the standard deviations of another fit.

    They stay where they are, and so do distances from them.

    Parameters
    ----------
    prototypes, others : DataFrame
        `PROTOTYPES_SCHEMA`, of the same features.
    is_density : bool
        Whether q is one of a density, which is another in other units.

    Returns
    -------
    DataFrame
        `PROTOTYPES_SCHEMA`; a category that only the others know has the weight of its
        feature and is nowhere the mode.
    """
    one_each = ["cluster_id", "prototype_id", "prototype_offset"]
    rows = prototypes[one_each].drop_duplicates()
    rows = rows.merge(dimensions(others), how="cross").merge(
        prototypes.drop(columns="prototype_offset"),
        on=["cluster_id", "prototype_id", *_DIMENSION],
        how="left",
        suffixes=("", "_before"),
    )
    ratio = rows["feature_scale"] / rows["feature_scale_before"]
    before = rows["centre"] * rows["feature_scale_before"] + rows["feature_mean_before"]
    centre = (before - rows["feature_mean"]) / rows["feature_scale"]
    weight = rows["weight"] * ratio**2
    usual = weight.groupby([rows["prototype_id"], rows["feature"]]).transform("mean")
    rows = rows.assign(centre=centre.fillna(0), weight=weight.fillna(usual))
    if is_density:
        growth = np.log(ratio).groupby(rows["prototype_id"]).transform("sum")
        rows["prototype_offset"] -= 2 * growth
    return rows[prototypes.columns]


def hold(
    fitted: Clustering, locked: pd.DataFrame, partners: dict[int, int]
) -> tuple[Clustering, dict[int, int]]:
    """Put locked clusters in the place of those that came out instead.

    Parameters
    ----------
    fitted : Clustering
        Under its own numbers.
    locked : DataFrame
        `PROTOTYPES_SCHEMA`, of the clusters that are locked, under their ids.
    partners : dict of int to int
        Of the fit's own clusters, the id of the one before: a locked one replaces its
        partner, or is added where it has none.

    Returns
    -------
    clustering : Clustering
    held : dict of int to int
        Of the fit's own number of each locked cluster, its id.
    """
    rows = fitted.prototypes
    held = {}
    free = int(rows["cluster_id"].max()) + 1
    next_prototype = int(rows["prototype_id"].max()) + 1
    for cluster_id, mine in locked.groupby("cluster_id"):
        number = next((n for n, before in partners.items() if before == cluster_id), 0)
        if not number:
            number, free = free, free + 1
        held[number] = int(cluster_id)
        is_density = fitted.method == "gaussian mixture"
        mine = in_units_of(mine, fitted.prototypes, is_density=is_density)
        order = np.unique(mine["prototype_id"], return_inverse=True)[1]
        mine = mine.assign(cluster_id=number, prototype_id=next_prototype + order)
        next_prototype = int(mine["prototype_id"].max()) + 1
        rows = pd.concat([rows[rows["cluster_id"] != number], mine])
    rows = rows.assign(
        prototype_id=np.unique(rows["prototype_id"], return_inverse=True)[1] + 1
    ).reset_index(drop=True)
    count = rows["cluster_id"].nunique()
    return replace(fitted, prototypes=rows, n_clusters=count), held

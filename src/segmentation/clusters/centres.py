"""Where the members of clusters are, on average."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.clusters.encoding import Clustering

CENTRES_SCHEMA = pa.schema(
    [
        ("cluster_id", pa.int64()),
        ("feature", pa.string()),
        ("category", pa.string()),
        ("mean_value", pa.float64()),
        ("deviation", pa.float64()),
    ]
)


def centres_of(customers: pd.DataFrame, fitted: Clustering) -> pd.DataFrame:
    """Return where the members of each cluster are on average.

    Parameters
    ----------
    customers : DataFrame
    fitted : Clustering

    Returns
    -------
    DataFrame
        `CENTRES_SCHEMA`: of a numeric feature the mean of its logarithms, of a category
        the share in it; and how many standard deviations that is from the mean of all.
        A cluster of no members is where its prototypes are.
    """
    encoding, learned = fitted.learned()
    points = encoding.points(customers)
    labels = learned.assign(points)
    spread = points.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    rows = []
    for cluster_id in np.unique(learned.cluster):
        mine = points[labels == cluster_id]
        some = mine if len(mine) else learned.centre[learned.cluster == cluster_id]
        at = some.mean(axis=0)
        rows.append(
            pd.DataFrame(
                {
                    "cluster_id": cluster_id,
                    "feature": encoding.features,
                    "category": encoding.categories,
                    "mean_value": at * encoding.scale + encoding.mean,
                    "deviation": (at - points.mean(axis=0)) / spread,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def wide(centres: pd.DataFrame, fitted: Clustering) -> pd.DataFrame:
    """Return centres, a column per dimension, in the standard deviations of a fit."""
    encoding, _ = fitted.learned()
    found = {}
    for dimension in zip(
        encoding.features,
        encoding.categories,
        encoding.mean,
        encoding.scale,
        strict=True,
    ):
        feature, category, mean, scale = dimension
        is_same = (
            centres["category"].isna()
            if category is None
            else (centres["category"] == category)
        )
        mine = centres[(centres["feature"] == feature) & is_same]
        if len(mine):
            at = mine.set_index("cluster_id")["mean_value"]
            found[feature, category] = (at - mean) / scale
    index = pd.Index(sorted(centres["cluster_id"].unique()))
    return pd.DataFrame(found, index=index)

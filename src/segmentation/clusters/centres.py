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
        ("typical_value", pa.float64()),
        ("typical_of_all", pa.float64()),
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
        `typical_value` and `typical_of_all` are what people are told, in the unit of
        the feature: the medians of members and of all, of shares the means. A cluster
        of no members is where its prototypes are, and nothing is typical of it.
    """
    encoding, learned = fitted.learned()
    points = encoding.points(customers)
    labels = learned.assign(points)
    spread = points.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    everyone = points.mean(axis=0) * encoding.scale + encoding.mean
    rows = []
    for cluster_id in np.unique(learned.cluster):
        mine = points[labels == cluster_id]
        some = mine if len(mine) else learned.centre[learned.cluster == cluster_id]
        at = some.mean(axis=0)
        here = at * encoding.scale + encoding.mean
        typical = [
            (share if len(mine) else np.nan, of_all)
            if category is not None
            else (
                _typical(customers.loc[labels == cluster_id, feature]),
                _typical(customers[feature]),
            )
            for feature, category, share, of_all in zip(
                encoding.features, encoding.categories, here, everyone, strict=True
            )
        ]
        rows.append(
            pd.DataFrame(
                {
                    "cluster_id": cluster_id,
                    "feature": encoding.features,
                    "category": encoding.categories,
                    "mean_value": here,
                    "deviation": (at - points.mean(axis=0)) / spread,
                    "typical_value": [value for value, _ in typical],
                    "typical_of_all": [value for _, value in typical],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _typical(values: pd.Series) -> float:
    """Return the median, or the mean of a share, whose median is often 0."""
    known = values.astype(float)
    is_share = str(values.name).endswith("_share")
    return float(known.mean() if is_share else known.median())


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

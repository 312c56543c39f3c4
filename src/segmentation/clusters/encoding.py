"""Customers as points, and the one rule by which every method places them.

    q_p(x) = offset_p + sum_f weight_pf (z_f(x) - centre_pf)^2

A customer belongs to the cluster of the prototype p whose q is lowest, the lower
`prototype_id` where two are equal; where the lowest is above `max_distance`, to none,
which is cluster 0. The rule needs nothing but sums and squares, so that SQL applies a
fitted method as Python does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.transforms import transform

NOISE = 0
"""The cluster of those who are in none."""

DENSITY = "Gaussian mixture"
"""The method whose q is one of a density."""

PROTOTYPES_SCHEMA = pa.schema(
    [
        ("cluster_id", pa.int64()),
        ("prototype_id", pa.int64()),
        ("feature", pa.string()),
        ("category", pa.string()),
        ("feature_mean", pa.float64()),
        ("feature_scale", pa.float64()),
        ("centre", pa.float64()),
        ("weight", pa.float64()),
        ("prototype_offset", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Encoding:
    """How customers become points of p dimensions.

    Attributes
    ----------
    features : tuple of str, length p
        Numeric features, then a categorical one once for each of its categories.
    categories : tuple of str or None, length p
        The category, None of a numeric feature.
    mean, scale : ndarray, shape (p,)
        Of the logarithms, the scale divided by the feature's weight; 0 and 1 of a
        category.
    """

    features: tuple[str, ...]
    categories: tuple[str | None, ...]
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def learn(
        cls,
        customers: pd.DataFrame,
        features: list[str] | dict[str, float],
        categories: Sequence[str] = (),
    ) -> "Encoding":
        """Learn means, scales and the categories seen.

        Parameters
        ----------
        customers : DataFrame, shape (n, ≥ p)
        features : list of str, or dict of str to float
            Numeric features; a missing value counts as 0. A dict says what each weighs:
            its standardised values are multiplied by that.
        categories : list of str
            Categorical features; a missing value is in no category.

        Returns
        -------
        Encoding
        """
        logs = _logarithms(customers, list(features))
        mean, scale = logs.mean(axis=0), logs.std(axis=0)
        # a spread that is only rounding is none: a constant feature adds nothing
        scale = np.where(scale > 1e-9 * np.maximum(1, np.abs(mean)), scale, 1.0)
        scale = scale / list(weights_of(features).values())
        seen = [
            (name, value)
            for name in categories
            for value in sorted(customers[name].dropna().unique())
        ]
        return cls(
            (*features, *(name for name, _ in seen)),
            (*[None] * len(features), *(value for _, value in seen)),
            np.r_[mean, np.zeros(len(seen))],
            np.r_[scale, np.ones(len(seen))],
        )

    @property
    def is_numeric(self) -> np.ndarray:
        """Which dimensions are numeric features."""
        return np.array([category is None for category in self.categories])

    def points(self, customers: pd.DataFrame) -> np.ndarray:
        """Encode customers.

        Numeric features are (sign(x) ln(1 + |x|) - mean) / scale, a category is 1 for
        those in it and 0 for others.

        Returns
        -------
        ndarray, shape (n, p)
        """
        numeric = self.is_numeric
        names = np.array(self.features, dtype=object)
        values = np.zeros((len(customers), len(names)))
        values[:, numeric] = _logarithms(customers, list(names[numeric]))
        for column in np.flatnonzero(~numeric):
            values[:, column] = customers[names[column]] == self.categories[column]
        return (values - self.mean) / self.scale


def weights_of(features: list[str] | dict[str, float]) -> dict[str, float]:
    """Return what each feature weighs: 1 where nothing is said."""
    return features if isinstance(features, dict) else dict.fromkeys(features, 1.0)


def _logarithms(customers: pd.DataFrame, features: list[str]) -> np.ndarray:
    return transform(customers, dict.fromkeys(features, "log1p")).fillna(0).to_numpy()


@dataclass(frozen=True)
class Prototypes:
    """What a method has learned: m prototypes among points of p dimensions.

    Attributes
    ----------
    cluster : ndarray of int, shape (m,)
    centre, weight : ndarray, shape (m, p)
    offset : ndarray, shape (m,)
    dispersion : float
        The unit of q: exp(-q / (2 dispersion)) is in proportion to how likely a
        prototype is.
    max_distance : float or None
        The highest q of a customer who is in a cluster; None where all are.
    """

    cluster: np.ndarray
    centre: np.ndarray
    weight: np.ndarray
    offset: np.ndarray
    dispersion: float = 1.0
    max_distance: float | None = None

    def scores(self, points: np.ndarray) -> np.ndarray:
        """Return q of every point (rows) and prototype (columns)."""
        total = np.tile(self.offset, (len(points), 1))
        for column, values in enumerate(points.T):
            away = values[:, None] - self.centre[:, column]
            total += self.weight[:, column] * away**2
        return total

    def assign(self, points: np.ndarray) -> np.ndarray:
        """Return the cluster of every point."""
        if not len(points):
            return np.zeros(0, dtype=np.int64)
        scores = self.scores(points)
        nearest = scores.argmin(axis=1)
        found = self.cluster[nearest]
        if self.max_distance is None:
            return found
        return np.where(scores.min(axis=1) > self.max_distance, NOISE, found)


@dataclass(frozen=True)
class Clustering:
    """A fitted method, with all it takes to place a customer.

    Attributes
    ----------
    method : str
    n_clusters : int
        Noise not counted.
    prototypes : DataFrame
        `PROTOTYPES_SCHEMA`: one row per prototype, feature and, of a categorical
        feature, category.
    dispersion : float
    max_distance : float or None
        As in `Prototypes`.
    preprocessing : str
        What was done to the features first, in words.
    """

    method: str
    n_clusters: int
    prototypes: pd.DataFrame
    dispersion: float
    max_distance: float | None
    preprocessing: str

    @classmethod
    def of(
        cls, method: str, encoding: Encoding, learned: Prototypes, preprocessing: str
    ) -> "Clustering":
        """Put what was learned into words and rows."""
        count, size = learned.centre.shape
        rows = pd.DataFrame(
            {
                "cluster_id": np.repeat(learned.cluster, size),
                "prototype_id": np.repeat(np.arange(1, count + 1), size),
                "feature": list(encoding.features) * count,
                "category": list(encoding.categories) * count,
                "feature_mean": np.tile(encoding.mean, count),
                "feature_scale": np.tile(encoding.scale, count),
                "centre": learned.centre.ravel(),
                "weight": learned.weight.ravel(),
                "prototype_offset": np.repeat(learned.offset, size),
            }
        )
        return cls(
            method,
            len(np.unique(learned.cluster)),
            rows[PROTOTYPES_SCHEMA.names],
            learned.dispersion,
            learned.max_distance,
            preprocessing,
        )

    def learned(self) -> tuple[Encoding, Prototypes]:
        """Return what `of` was told."""
        return self._learned

    @cached_property
    def _learned(self) -> tuple[Encoding, Prototypes]:
        rows = self.prototypes.sort_values("prototype_id", kind="stable")
        count = rows["prototype_id"].nunique()
        size = len(rows) // count
        first = rows.head(size)
        order = {key: place for place, key in enumerate(_dimensions(first))}
        rows = rows.assign(place=[order[key] for key in _dimensions(rows)])
        rows = rows.sort_values(["prototype_id", "place"])
        encoding = Encoding(
            tuple(first["feature"]),
            tuple(category for _, category in order),
            first["feature_mean"].to_numpy(),
            first["feature_scale"].to_numpy(),
        )
        one = rows.iloc[::size]
        learned = Prototypes(
            one["cluster_id"].to_numpy(),
            rows["centre"].to_numpy().reshape(count, size),
            rows["weight"].to_numpy().reshape(count, size),
            one["prototype_offset"].to_numpy(),
            self.dispersion,
            self.max_distance,
        )
        return encoding, learned

    def in_units_of(self, encoding: Encoding) -> Prototypes:
        """Return the prototypes in the standard deviations of another fit.

        They stay where they are, and so do distances from them. A density is one of
        other units: its logarithm changes by that of the scales. A category that only
        the other fit knows has the weight of its feature, and is none's mode.
        """
        known, learned = self.learned()
        mine = list(zip(known.features, known.categories, strict=True))
        theirs = list(zip(encoding.features, encoding.categories, strict=True))
        feature = [known.features.index(name) for name, _ in theirs]
        place = np.array(
            [
                mine.index(key) if key in mine else other
                for key, other in zip(theirs, feature, strict=True)
            ]
        )
        ratio = encoding.scale / known.scale[place]
        at = learned.centre[:, place] * known.scale[place] + known.mean[place]
        is_new = np.array([key not in mine for key in theirs])
        offset = learned.offset
        if self.method == DENSITY:
            offset = offset - 2 * np.log(ratio).sum()
        return replace(
            learned,
            centre=np.where(is_new, 0, (at - encoding.mean) / encoding.scale),
            weight=learned.weight[:, place] * ratio**2,
            offset=offset,
        )

    def scores(self, customers: pd.DataFrame) -> np.ndarray:
        """Return q of customers (rows) and prototypes (columns, by `prototype_id`)."""
        encoding, learned = self.learned()
        return learned.scores(encoding.points(customers))

    def assign(self, customers: pd.DataFrame) -> np.ndarray:
        """Return the cluster of each customer, 0 for noise."""
        encoding, learned = self.learned()
        return learned.assign(encoding.points(customers))


def _dimensions(rows: pd.DataFrame) -> list[tuple[str, str | None]]:
    categories = rows["category"].astype(object).where(rows["category"].notna(), None)
    return list(zip(rows["feature"], categories, strict=True))

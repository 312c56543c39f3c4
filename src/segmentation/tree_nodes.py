"""A fitted tree whose nodes are rows, to be stored.

A value that is at most the threshold goes left; a missing one goes where its node says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

NODES_SCHEMA = pa.schema(
    [
        ("tree", pa.int64()),
        ("node", pa.int64()),
        ("feature", pa.string()),
        ("threshold", pa.float64()),
        ("missing_goes_left", pa.bool_()),
        ("left", pa.int64()),
        ("right", pa.int64()),
        ("value", pa.float64()),
        ("cover", pa.float64()),
    ]
)


@dataclass(frozen=True, eq=False)
class Tree:
    """A binary tree; node 0 is the root, children come after their parent.

    Attributes
    ----------
    feature : ndarray of int, shape (nodes,)
        Position of the feature that is compared; -1 in a leaf.
    threshold : ndarray of float, shape (nodes,)
        NaN in a leaf.
    missing_goes_left : ndarray of bool, shape (nodes,)
    left, right : ndarray of int, shape (nodes,)
        The children; -1 in a leaf.
    value : ndarray of float, shape (nodes,)
        What a leaf adds to the margin; in an inner node the mean of its leaves,
        weighted by their cover.
    cover : ndarray of float, shape (nodes,)
        Training rows in the node (their weight, if they had one); positive.
    """

    feature: np.ndarray
    threshold: np.ndarray
    missing_goes_left: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    cover: np.ndarray

    @classmethod
    def from_leaf(cls, value: float, cover: float) -> "Tree":
        """Return the tree that adds the same to every margin."""
        none = np.array([-1])
        return cls(
            feature=none,
            threshold=np.array([np.nan]),
            missing_goes_left=np.array([False]),
            left=none,
            right=none,
            value=np.array([value]),
            cover=np.array([cover], float),
        )

    @classmethod
    def from_arrays(
        cls,
        is_leaf: np.ndarray,
        feature: np.ndarray,
        threshold: np.ndarray,
        missing_goes_left: np.ndarray,
        left: np.ndarray,
        right: np.ndarray,
        value: np.ndarray,
        cover: np.ndarray,
    ) -> "Tree":
        """Take the arrays of scikit-learn.

        They hold arbitrary numbers where a leaf has nothing; `value` is read in leaves
        only.
        """
        left = np.where(is_leaf, -1, left.astype(int))
        right = np.where(is_leaf, -1, right.astype(int))
        # plain numbers: an array's overhead would be most of the time
        means, weights = value.astype(float).tolist(), cover.astype(float).tolist()
        children = list(zip(left.tolist(), right.tolist(), strict=True))
        for node in np.flatnonzero(~is_leaf)[::-1].tolist():
            one, other = children[node]
            total = means[one] * weights[one] + means[other] * weights[other]
            means[node] = total / (weights[one] + weights[other])
        return cls(
            feature=np.where(is_leaf, -1, feature.astype(int)),
            threshold=np.where(is_leaf, np.nan, threshold),
            missing_goes_left=~is_leaf & missing_goes_left.astype(bool),
            left=left,
            right=right,
            value=np.array(means),
            cover=np.array(weights),
        )

    @classmethod
    def from_rows(cls, rows: pd.DataFrame, features: tuple[str, ...]) -> "Tree":
        """Read one tree back, its rows sorted by node."""
        if not np.array_equal(rows["node"], np.arange(len(rows))):
            tree = rows["tree"].iloc[0]
            raise ValueError(f"tree {tree} has nodes that are missing or doubled")
        return cls(
            feature=pd.Index(features).get_indexer(rows["feature"]),
            threshold=rows["threshold"].to_numpy(float),
            missing_goes_left=_filled(rows["missing_goes_left"], "boolean", False),
            left=_filled(rows["left"], "Int64", -1),
            right=_filled(rows["right"], "Int64", -1),
            value=rows["value"].to_numpy(float),
            cover=rows["cover"].to_numpy(float),
        )

    def to_rows(self, features: tuple[str, ...]) -> pd.DataFrame:
        """Return the rows of this tree: `NODES_SCHEMA` without `tree`."""
        is_leaf = self.feature < 0
        names = np.array([*features, None], dtype=object)
        return pd.DataFrame(
            {
                "node": np.arange(len(self.feature)),
                "feature": names[self.feature],
                "threshold": self.threshold,
                "missing_goes_left": pd.arrays.BooleanArray(
                    self.missing_goes_left, is_leaf
                ),
                "left": pd.arrays.IntegerArray(self.left, is_leaf),
                "right": pd.arrays.IntegerArray(self.right, is_leaf),
                "value": self.value,
                "cover": self.cover,
            }
        )

    def leaves(self, edges: list[np.ndarray]) -> Iterator["Leaf"]:
        """Yield the leaves from left to right; `edges` as in `Forest._edges`."""
        stack: list[tuple[int, dict[int, np.ndarray], dict[int, float]]] = [(0, {}, {})]
        while stack:
            node, met, share = stack.pop()
            feature = int(self.feature[node])
            if feature < 0:
                yield Leaf(self.value[node], met, share)
                continue
            bins = np.arange(len(edges[feature]) + 2)
            goes_left = bins <= np.searchsorted(edges[feature], self.threshold[node])
            goes_left[-1] = self.missing_goes_left[node]
            for child, goes in (
                (self.right[node], ~goes_left),
                (self.left[node], goes_left),
            ):
                part = self.cover[child] / self.cover[node]
                stack.append(
                    (
                        child,
                        met | {feature: goes & met.get(feature, True)},
                        share | {feature: part * share.get(feature, 1.0)},
                    )
                )


@dataclass(frozen=True, eq=False)
class Leaf:
    """A leaf and the way to it.

    Attributes
    ----------
    value : float
    met : dict
        For each feature on the path, in which of its bins a customer stays on it.
    share : dict
        For each feature on the path, the share of the training rows that stay on it
        where that feature is compared: the product over its splits.
    """

    value: float
    met: dict[int, np.ndarray]
    share: dict[int, float]


def _filled(column: pd.Series, nullable_type: str, value: bool | int) -> np.ndarray:
    # nulls come as None, NaN or NA, depending on who read them
    return column.astype(nullable_type).fillna(value).to_numpy(type(value))


def threshold_of_doubles(threshold: np.ndarray) -> np.ndarray:
    """Return the largest doubles that scikit-learn's decision trees send left.

    They compare the value rounded to single precision. Rounding keeps the order, so a
    double is sent left up to the middle between the largest single that is, and the
    next one; the middle itself is rounded to the even one of them.
    """
    single = threshold.astype(np.float32)
    lower = np.nextafter(single, np.float32(-np.inf))
    single = np.where(single > threshold, lower, single)
    above = np.nextafter(single, np.float32(np.inf))
    middle = (single.astype(float) + above.astype(float)) / 2
    goes_left = middle.astype(np.float32) <= threshold
    return np.where(goes_left, middle, np.nextafter(middle, -np.inf))

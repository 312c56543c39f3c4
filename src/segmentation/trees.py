"""Fitted trees whose nodes are rows, to be stored, evaluated and explained exactly.

A value that is at most the threshold goes left; a missing one goes where its node says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.estimators import (
    DecisionTreeClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from segmentation.frames import sorted_by_key

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

# Leaves of a tree share a look-up table while it has no more cells than this, so that
# it stays in the cache of the processor. A tree of up to 11 leaves is one table: its
# splits make at most 2 to the power of 10 cells.
MAX_CELLS = 1024

# A leaf has a table of its own of 2 to this power at the most.
MAX_PATH_FEATURES = 16

# rows at a time: what is computed for them stays in the cache too
CHUNK = 8192


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
        value = value.astype(float)
        for node in np.flatnonzero(~is_leaf)[::-1]:
            children = [left[node], right[node]]
            value[node] = np.average(value[children], weights=cover[children])
        return cls(
            feature=np.where(is_leaf, -1, feature.astype(int)),
            threshold=np.where(is_leaf, np.nan, threshold),
            missing_goes_left=~is_leaf & missing_goes_left.astype(bool),
            left=left,
            right=right,
            value=value,
            cover=cover.astype(float),
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

    def leaves(self, edges: list[np.ndarray]) -> Iterator["_Leaf"]:
        """Yield the leaves from left to right; `edges` as in `Forest._edges`."""
        stack = [(0, {}, {})]
        while stack:
            node, met, share = stack.pop()
            feature = int(self.feature[node])
            if feature < 0:
                yield _Leaf(self.value[node], met, share)
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
class _Leaf:
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


@dataclass(frozen=True, eq=False)
class _Lookup:
    """Leaves of a tree as tables: their sum and its Shapley values in every cell.

    A cell is a combination of classes, one per feature; bins of a feature are in one
    class where they make no difference to any of these leaves.

    Attributes
    ----------
    parts : dict
        For each of the m features, what a bin adds to the number of the cell.
    met : ndarray of bool, shape (leaves, m, cells)
        Whether the path to a leaf lets a feature pass.
    share : ndarray, shape (leaves, m)
        As in `_Leaf`, and 1 where a feature is not on the path.
    value : ndarray, shape (leaves,)
    """

    parts: dict[int, np.ndarray]
    met: np.ndarray
    share: np.ndarray
    value: np.ndarray

    @classmethod
    def build(cls, leaves: list[_Leaf]) -> list["_Lookup"]:
        """Return one table, or several where it would be too large."""
        features = sorted({feature for leaf in leaves for feature in leaf.met})
        classes, class_of_bin = [], []
        for feature in features:
            met = [leaf.met.get(feature) for leaf in leaves]
            bins = next(len(bins) for bins in met if bins is not None)
            met = [np.ones(bins, bool) if row is None else row for row in met]
            distinct, inverse = np.unique(met, axis=1, return_inverse=True)
            classes.append(distinct)
            class_of_bin.append(inverse.reshape(-1))
        shape = [distinct.shape[1] for distinct in classes]
        # Python's integers, because this product may be huge
        if len(leaves) > 1 and np.prod(shape, dtype=object) > MAX_CELLS:
            half = len(leaves) // 2
            return cls.build(leaves[:half]) + cls.build(leaves[half:])
        if len(features) > MAX_PATH_FEATURES:
            raise ValueError(
                f"a path compares {len(features)} features, {MAX_PATH_FEATURES} are "
                "the most: bound the depth of the trees"
            )
        cells = np.indices(shape).reshape(len(shape), -1)
        strides = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
        parts = {
            feature: inverse * stride
            for feature, inverse, stride in zip(
                features, class_of_bin, strides, strict=True
            )
        }
        met = [distinct[:, cell] for distinct, cell in zip(classes, cells, strict=True)]
        share = [
            [leaf.share.get(feature, 1.0) for feature in features] for leaf in leaves
        ]
        value = [leaf.value for leaf in leaves]
        return [cls(parts, np.stack(met, axis=1), np.array(share), np.array(value))]

    @cached_property
    def margin(self) -> np.ndarray:
        """What the leaves add to the margin, shape (cells,)."""
        return self.value @ self.met.all(axis=1)

    @cached_property
    def contributions(self) -> np.ndarray:
        """The Shapley values of `margin`, shape (m, cells).

        A leaf of value v lets feature i pass (o_i = 1) or not (0), and passes the
        share z_i of the training rows where i is unknown. The Shapley value of j is
        v (o_j - z_j) ∫ Π_{i≠j} (z_i (1 - t) + o_i t) dt over 0..1: an average over
        all orders is an average over the time t at which j joins, every other feature
        having joined with probability t (Owen 1972). The integrand is a polynomial, so
        Gauss-Legendre quadrature is exact. A feature that is not on the path has
        o = z = 1 and changes nothing.
        """
        share = self.share[:, :, None]
        points, weights = np.polynomial.legendre.leggauss(len(self.parts) // 2 + 1)
        integral = np.zeros(self.met.shape)
        for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
            factor = share * (1 - point) + self.met * point
            integral += weight * factor.prod(axis=1, keepdims=True) / factor
        return np.einsum("l,ljc->jc", self.value, (self.met - share) * integral)

    def cells(self, bins: dict[int, np.ndarray]) -> np.ndarray:
        """Return the cell of every row, shape (n,)."""
        found = [part.take(bins[feature]) for feature, part in self.parts.items()]
        cell = found[0]
        for other in found[1:]:
            cell += other
        return cell


@dataclass(frozen=True, eq=False)
class Forest:
    """A margin that is a sum over trees.

    Attributes
    ----------
    features : tuple of str
        Their names, in the order of `contributions`.
    trees : tuple of Tree
        The first is a single leaf: the margin from which the others start.
    """

    features: tuple[str, ...]
    trees: tuple[Tree, ...]

    @classmethod
    def from_boosting(
        cls,
        model: HistGradientBoostingClassifier | HistGradientBoostingRegressor,
        features: Iterable[str],
    ) -> "Forest":
        """Take the trees of a fitted model.

        Parameters
        ----------
        model : HistGradientBoostingClassifier or HistGradientBoostingRegressor
            Of two classes: the margin is the log odds. Of a number: the margin is the
            prediction under its link, so its log for 'poisson' and 'gamma'.
        features : iterable of str
            Names, in the order of the columns it learned from.

        Raises
        ------
        ValueError
            If the model has more than two classes or categorical features.
        """
        features = _named(model, features)
        if model.n_trees_per_iteration_ != 1:
            raise ValueError("a model of more than two classes has no single margin")
        if model.is_categorical_ is not None:
            raise ValueError("categorical features cannot be stored as thresholds")
        trees = [
            Tree.from_arrays(
                is_leaf=nodes["is_leaf"].astype(bool),
                feature=nodes["feature_idx"],
                threshold=nodes["num_threshold"],
                missing_goes_left=nodes["missing_go_to_left"],
                left=nodes["left"],
                right=nodes["right"],
                value=nodes["value"],
                cover=nodes["count"],
            )
            for nodes in (predictor.nodes for (predictor,) in model._predictors)
        ]
        base = np.asarray(model._baseline_prediction).item()
        return cls(features, (Tree.from_leaf(base, trees[0].cover[0]), *trees))

    @classmethod
    def from_decision_tree(
        cls, model: DecisionTreeClassifier, features: Iterable[str]
    ) -> "Forest":
        """Take a fitted tree of two classes.

        The margin is the log odds of (k + 1) / (n + 2), k of the n training rows of a
        leaf being of the second class (Laplace): a leaf is never certain.

        Parameters
        ----------
        model : DecisionTreeClassifier
        features : iterable of str
            Names, in the order of the columns it learned from.

        Raises
        ------
        ValueError
            If the model does not have two classes.
        """
        features = _named(model, features)
        if len(model.classes_) != 2:
            raise ValueError("only a tree of two classes has a margin")
        fitted = model.tree_
        cover = fitted.weighted_n_node_samples
        first, second = fitted.value[:, 0].T * cover
        tree = Tree.from_arrays(
            is_leaf=fitted.children_left < 0,
            feature=fitted.feature,
            threshold=_threshold_of_doubles(fitted.threshold),
            missing_goes_left=fitted.missing_go_to_left,
            left=fitted.children_left,
            right=fitted.children_right,
            value=np.log((second + 1) / (first + 1)),
            cover=cover,
        )
        return cls(features, (Tree.from_leaf(0.0, cover[0]), tree))

    @classmethod
    def from_nodes(
        cls, nodes: pd.DataFrame, features: Iterable[str] | None = None
    ) -> "Forest":
        """Read nodes back, in any order of rows.

        Parameters
        ----------
        nodes : DataFrame
            `NODES_SCHEMA`.
        features : iterable of str, optional
            The features of the model, also those that no tree uses; by default those
            that some tree uses, by name.

        Raises
        ------
        ValueError
            If trees or nodes are missing or doubled, or use other features.
        """
        used = set(nodes["feature"].dropna())
        features = tuple(sorted(used) if features is None else features)
        if not used <= set(features):
            raise ValueError(f"the trees use {sorted(used - set(features))} too")
        rows = sorted_by_key(nodes[NODES_SCHEMA.names], "tree", "node")
        trees = [Tree.from_rows(tree, features) for _, tree in rows.groupby("tree")]
        if not trees or rows["tree"].unique().tolist() != list(range(len(trees))):
            raise ValueError("there are trees missing")
        return cls(features, tuple(trees))

    def nodes(self) -> pd.DataFrame:
        """Return the nodes, `NODES_SCHEMA`, by tree and node; tree 0 is the base."""
        rows = [tree.to_rows(self.features) for tree in self.trees]
        frame = pd.concat(rows, keys=range(len(rows)), names=["tree"])
        return frame.reset_index("tree").reset_index(drop=True)[NODES_SCHEMA.names]

    def scaled(self, slope: float, intercept: float) -> "Forest":
        """Return the forest whose margin is intercept + slope × this margin."""
        base, *trees = (replace(tree, value=slope * tree.value) for tree in self.trees)
        base = replace(base, value=base.value + intercept)
        return replace(self, trees=(base, *trees))

    @property
    def base_value(self) -> float:
        """The mean margin of the training rows, to which contributions are added."""
        return float(sum(tree.value[0] for tree in self.trees))

    @cached_property
    def _constant(self) -> float:
        """What the trees of a single leaf add."""
        return float(sum(tree.value[0] for tree in self.trees if len(tree.value) == 1))

    @cached_property
    def _edges(self) -> list[np.ndarray]:
        """For each feature, the thresholds of all trees, ascending.

        They cut its values into bins: what is at most the first, and so on, what is
        above the last, and last the missing.
        """
        feature = np.concatenate([tree.feature for tree in self.trees])
        threshold = np.concatenate([tree.threshold for tree in self.trees])
        return [
            np.unique(threshold[feature == position])
            for position in range(len(self.features))
        ]

    @cached_property
    def _lookups(self) -> list[_Lookup]:
        return [
            lookup
            for tree in self.trees
            if len(tree.value) > 1
            for lookup in _Lookup.build(list(tree.leaves(self._edges)))
        ]

    def _chunks(
        self, values: pd.DataFrame
    ) -> Iterator[tuple[slice, dict[int, np.ndarray]]]:
        """Yield some rows at a time, and the bins of the used features there."""
        columns = {
            position: values[name].to_numpy(float)
            for position, name in enumerate(self.features)
            if len(self._edges[position])
        }
        for start in range(0, len(values), CHUNK):
            rows = slice(start, start + CHUNK)
            yield (
                rows,
                {
                    position: _bins(column[rows], self._edges[position])
                    for position, column in columns.items()
                },
            )

    def margin(self, values: pd.DataFrame) -> np.ndarray:
        """Return the margins of some rows.

        Parameters
        ----------
        values : DataFrame, shape (n, ...)
            The features that trees use, as floats that may be missing.

        Returns
        -------
        ndarray, shape (n,)
        """
        margin = np.full(len(values), self._constant)
        for rows, bins in self._chunks(values):
            for lookup in self._lookups:
                margin[rows] += lookup.margin.take(lookup.cells(bins))
        return margin

    def contributions(self, values: pd.DataFrame) -> np.ndarray:
        """Return what each feature adds to the mean margin, `base_value`.

        These are exact Shapley values, an unknown feature being left to the training
        rows of each node: TreeSHAP, 'tree_path_dependent' (Lundberg et al. 2020). With
        `base_value` they sum to the margin. A feature that no tree uses adds 0.

        Parameters
        ----------
        values : DataFrame, shape (n, ...)
            As in `margin`.

        Returns
        -------
        ndarray, shape (n, number of features)
        """
        contributions = np.zeros((len(values), len(self.features)))
        for rows, bins in self._chunks(values):
            # features first: each is one stretch of memory to add to
            chunk = np.zeros((len(self.features), len(contributions[rows])))
            for lookup in self._lookups:
                cells = lookup.cells(bins)
                for position, added in zip(
                    lookup.parts, lookup.contributions, strict=True
                ):
                    chunk[position] += added.take(cells)
            contributions[rows] = chunk.T
        return contributions


def _named(model: object, features: Iterable[str]) -> tuple[str, ...]:
    features = tuple(features)
    if len(features) != model.n_features_in_:
        raise ValueError(
            f"{len(features)} names for the {model.n_features_in_} features of a model"
        )
    return features


def _filled(column: pd.Series, nullable_type: str, value: bool | int) -> np.ndarray:
    # nulls come as None, NaN or NA, depending on who read them
    return column.astype(nullable_type).fillna(value).to_numpy(type(value))


def _bins(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    bins = np.searchsorted(edges, values)
    bins[np.isnan(values)] = len(edges) + 1
    return bins


def _threshold_of_doubles(threshold: np.ndarray) -> np.ndarray:
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

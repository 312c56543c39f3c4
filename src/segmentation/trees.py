"""Sums of fitted trees, evaluated and explained exactly."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from segmentation.estimators import (
    DecisionTreeClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from segmentation.frames import sorted_by_key
from segmentation.tree_lookups import Lookup
from segmentation.tree_nodes import NODES_SCHEMA, Tree, threshold_of_doubles

# rows at a time: what is computed for them stays in the cache too
CHUNK = 8192


@dataclass(frozen=True, eq=False)
class Forest:
    """A margin that is a sum over trees.

    Attributes
    ----------
    features : tuple of str
        Their names, in the order of `contributions`.
    trees : tuple of Tree
        The first is a single leaf: the margin from which the others start.
    walk : callable, optional
        Takes values, shape (n, number of features), returns their margins. A fitted
        model sends a few thousand rows down its trees in less time than the look-up
        tables of these take to build.
    """

    features: tuple[str, ...]
    trees: tuple[Tree, ...]
    walk: Callable[[np.ndarray], np.ndarray] | None = None

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

        def walk(values: np.ndarray) -> np.ndarray:
            return model._raw_predict(values, n_threads=1)[:, 0]

        return cls(features, (Tree.from_leaf(base, trees[0].cover[0]), *trees), walk)

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
            threshold=threshold_of_doubles(fitted.threshold),
            missing_goes_left=fitted.missing_go_to_left,
            left=fitted.children_left,
            right=fitted.children_right,
            value=np.log((second + 1) / (first + 1)),
            cover=cover,
        )

        def walk(values: np.ndarray) -> np.ndarray:
            with np.errstate(over="ignore"):  # infinite is above any threshold, too
                return tree.value[fitted.apply(values.astype(np.float32))]

        return cls(features, (Tree.from_leaf(0.0, cover[0]), tree), walk)

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
        return replace(self, trees=(base, *trees), walk=None)

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
    def _lookups(self) -> list[Lookup]:
        return [
            lookup
            for tree in self.trees
            if len(tree.value) > 1
            for lookup in Lookup.build(list(tree.leaves(self._edges)))
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
        if self.walk is not None and len(values):
            columns = np.full((len(self.features), len(values)), np.nan)
            for position in {i for tree in self.trees for i in tree.feature.tolist()}:
                if position >= 0:
                    columns[position] = values[self.features[position]].to_numpy(float)
            return self.walk(columns.T)
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


def _named(
    model: DecisionTreeClassifier
    | HistGradientBoostingClassifier
    | HistGradientBoostingRegressor,
    features: Iterable[str],
) -> tuple[str, ...]:
    features = tuple(features)
    if len(features) != model.n_features_in_:
        raise ValueError(
            f"{len(features)} names for the {model.n_features_in_} features of a model"
        )
    return features


def _bins(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    bins = np.searchsorted(edges, values)
    bins[np.isnan(values)] = len(edges) + 1
    return bins

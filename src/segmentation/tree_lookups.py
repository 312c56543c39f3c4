"""Trees as look-up tables: the margin of every cell, and its Shapley values."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segmentation.tree_nodes import Leaf

# Leaves of a tree share a look-up table while it has no more cells than this, so that
# it stays in the cache of the processor. A tree of up to 11 leaves is one table: its
# splits make at most 2 to the power of 10 cells.
MAX_CELLS = 1024

# A leaf has a table of its own of 2 to this power at the most.
MAX_PATH_FEATURES = 16


@dataclass(frozen=True, eq=False)
class Lookup:
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
        As in `Leaf`, and 1 where a feature is not on the path.
    value : ndarray, shape (leaves,)
    """

    parts: dict[int, np.ndarray]
    met: np.ndarray
    share: np.ndarray
    value: np.ndarray

    @classmethod
    def build(cls, leaves: list[Leaf]) -> list["Lookup"]:
        """Return one table, or several where it would be too large."""
        features = sorted({feature for leaf in leaves for feature in leaf.met})
        classes, class_of_bin = [], []
        for feature in features:
            some = [leaf.met.get(feature) for leaf in leaves]
            bins = next(len(bins) for bins in some if bins is not None)
            rows = [np.ones(bins, bool) if row is None else row for row in some]
            distinct, inverse = _distinct_columns(np.array(rows))
            classes.append(distinct)
            class_of_bin.append(inverse)
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


def _distinct_columns(met: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns that differ, and which of them each column is.

    A column of yes and no is read as a number, its first row the highest digit.
    """
    whole = np.int64 if len(met) < 63 else object
    digits = np.array([2**power for power in range(len(met))][::-1], dtype=whole)
    _, first, inverse = np.unique(digits @ met, return_index=True, return_inverse=True)
    return met[:, first], inverse

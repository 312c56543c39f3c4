"""Metrics of predictions under weights: exact, ties included, many resamples at once.

A whole weight k counts a customer k times, so that the same formulas give the point
value (all weights 1) and the bootstrap (multinomial weights). Weights have the shape
(n, b): one column per resample. A metric that is not defined is NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_array

COUNT_BINS = 10

IS_HIGHER_BETTER = {
    "auc": True,
    "average_precision": True,
    "log_loss": False,
    "brier_score": False,
    "calibration_error": False,
    "calibration_error_raw": False,
    "mean_predicted": None,
    "mean_predicted_raw": None,
    "observed_rate": None,
    "top_decile_lift": True,
    "normalised_gini": True,
    "spearman": True,
    "top_20_pct_capture": True,
    "deviance": False,
    "mean_absolute_error": False,
    "root_mean_squared_error": False,
    "predicted_over_actual": None,
    "predicted_over_actual_raw": None,
    "lowest_fifth_predicted_over_actual": None,
}

_TINY = np.finfo(float).tiny


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide; NaN where the denominator is 0."""
    known = denominator != 0
    return np.where(known, numerator / np.where(known, denominator, 1), np.nan)


def tie_groups(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ascending order of values, and where each run of equals starts."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    return order, np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])


@dataclass(frozen=True)
class Groups:
    """Customers in groups of equal values, ascending, to be added up at once.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        The rows by value.
    bounds : ndarray of int, shape (g + 1,)
        Group k holds `order[bounds[k]:bounds[k + 1]]`.
    """

    order: np.ndarray
    bounds: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, most: int | None = None) -> Self:
        """Group equals; if that makes more groups than `most`, neighbours too."""
        order, starts = tie_groups(values)
        if most is not None and len(starts) > most:
            even = np.arange(most) * len(values) / most
            starts = np.unique(starts[np.searchsorted(starts, even, side="right") - 1])
        return cls(order, np.append(starts, len(values)))

    def sums(self, rows: np.ndarray, factor: np.ndarray | None = None) -> np.ndarray:
        """Return the sum of rows, times a factor, of each group: shape (g, b)."""
        n = len(self.order)
        each = np.ones(n) if factor is None else factor[self.order].astype(float)
        some = np.flatnonzero(each)
        bounds = np.searchsorted(some, self.bounds)
        shape = (len(self.bounds) - 1, n)
        return csr_array((each[some], self.order[some], bounds), shape=shape) @ rows

    def means(self, values: np.ndarray) -> np.ndarray:
        """Return the mean of what was grouped, of each group: shape (g,)."""
        ordered = values[self.order]
        totals = np.add.reduceat(ordered, self.bounds[:-1])
        first = ordered[self.bounds[:-1]]
        last = ordered[self.bounds[1:] - 1]
        # rounding is not to part equals
        return np.where(first == last, first, totals / np.diff(self.bounds))


@dataclass(frozen=True)
class Ranked:
    """Customers by prediction, ascending; those with equal predictions are one group.

    Attributes
    ----------
    predicted : ndarray, shape (g,)
        Of each group.
    weights, totals : ndarray, shape (g, b)
        Of each group: the sum of the weights, and of weight × actual.
    below : ndarray, shape (g, b)
        Sum of the weights of the groups before.
    """

    predicted: np.ndarray
    weights: np.ndarray
    totals: np.ndarray
    below: np.ndarray

    @classmethod
    def of(
        cls,
        actual: np.ndarray,
        predicted: np.ndarray,
        weights: np.ndarray,
        most_groups: int | None = None,
    ) -> Self:
        """Group customers by their predictions.

        Parameters
        ----------
        actual, predicted : ndarray, shape (n,)
        weights : ndarray, shape (n, b)
        most_groups : int, optional
            Neighbours become one group, at their mean, where there are more.
        """
        groups = Groups.of(predicted, most_groups)
        totals = groups.sums(weights, actual)
        weights = groups.sums(weights)
        below = np.cumsum(weights, axis=0) - weights
        return cls(groups.means(predicted), weights, totals, below)

    @property
    def size(self) -> np.ndarray:
        """Sum of all weights, shape (b,)."""
        return self.below[-1] + self.weights[-1]

    def total_of(self, taken: np.ndarray) -> np.ndarray:
        """Return the actual total of a part of each group, at its mean, shape (b,)."""
        return (self.totals * (taken / np.maximum(self.weights, _TINY))).sum(axis=0)

    def bins(self, count_bins: int = COUNT_BINS) -> np.ndarray:
        """Return the equal-count bin, 0 the lowest, that each group's middle is in."""
        middle = count_bins * (2 * self.below + self.weights)
        bins = (middle / np.maximum(2 * self.size, _TINY)).astype(np.int64)
        return np.minimum(bins, count_bins - 1)


def auc(ranked: Ranked) -> np.ndarray:
    """Return P(a 1 is predicted above a 0), a tie counting half (Fawcett 2006)."""
    negatives = ranked.weights - ranked.totals
    lower = np.cumsum(negatives, axis=0) - negatives / 2
    pairs = ranked.totals.sum(axis=0) * negatives.sum(axis=0)
    return ratio((ranked.totals * lower).sum(axis=0), pairs)


def area_under_curve(actual: np.ndarray, predicted: np.ndarray) -> float:
    """Return the AUC of one prediction, unweighted: `auc` by the trapezoids of a curve.

    Parameters
    ----------
    actual : ndarray, shape (n,)
        0 or 1, both of them.
    predicted : ndarray, shape (n,)
    """
    order = np.argsort(-predicted, kind="stable")
    ordered = predicted[order]
    last = np.flatnonzero(np.r_[ordered[1:] != ordered[:-1], True])
    hits = np.cumsum(actual[order], dtype=float)[last]
    misses = last + 1 - hits
    # between corners the curve is straight
    bends = (np.diff(misses, 2) != 0) | (np.diff(hits, 2) != 0)
    corners = np.r_[True, bends, True][: len(last)]
    hits, misses = (np.r_[0.0, some[corners]] for some in (hits, misses))
    hits, misses = hits / hits[-1], misses / misses[-1]
    return float((np.diff(misses) * (hits[1:] + hits[:-1]) / 2).sum())


def average_precision(ranked: Ranked) -> np.ndarray:
    """Return Σ (R_k - R_k-1) P_k over thresholds k (as scikit-learn defines it)."""
    positives = ranked.totals.sum(axis=0)
    found = positives - np.cumsum(ranked.totals, axis=0) + ranked.totals
    precision = found / np.maximum(ranked.size - ranked.below, _TINY)
    return ratio((ranked.totals * precision).sum(axis=0), positives)


def calibration_error(ranked: Ranked) -> np.ndarray:
    """Return Σ_bins n_bin/n |mean actual - mean predicted| over equal-count bins.

    Expected calibration error (Naeini, Cooper & Hauskrecht 2015, AAAI). Equal
    predictions stay in one bin. Noise makes it positive even for a perfect model.
    """
    residuals = ranked.totals - ranked.predicted[:, None] * ranked.weights
    resamples = residuals.shape[1]
    cells = ranked.bins() * resamples + np.arange(resamples)
    sums = np.bincount(
        cells.ravel(), weights=residuals.ravel(), minlength=COUNT_BINS * resamples
    )
    error = np.abs(sums.reshape(COUNT_BINS, resamples)).sum(axis=0)
    return ratio(error, ranked.size)


def top_share(ranked: Ranked, share: float) -> np.ndarray:
    """Return the part of the actual total in the top share of customers by prediction.

    Of a group of equals on the cut, as many count as fit, at the mean of the group.
    """
    above = ranked.size - ranked.below - ranked.weights
    taken = np.clip(share * ranked.size - above, 0, ranked.weights)
    return ratio(ranked.total_of(taken), ranked.totals.sum(axis=0))


def lowest_level(ranked: Ranked, share: float) -> np.ndarray:
    """Return predicted over actual of the share of customers predicted lowest.

    Of a group of equals on the cut, as many count as fit, at the mean of the group.
    """
    taken = np.clip(share * ranked.size - ranked.below, 0, ranked.weights)
    return ratio(ranked.predicted @ taken, ranked.total_of(taken))


def concentration(ranked: Ranked) -> np.ndarray:
    """Return the concentration of the actual total among those predicted highest.

    Twice the area between the capture curve and the diagonal: 0 by chance.
    """
    middle = 2 * ranked.below + ranked.weights
    mass = (ranked.totals * middle).sum(axis=0)
    return ratio(mass, ranked.size * ranked.totals.sum(axis=0)) - 1


def mid_ranks(weights: np.ndarray) -> np.ndarray:
    """Return the mid-ranks of groups, ascending, centred at 0, shape (g, b)."""
    return np.cumsum(weights, axis=0) - weights / 2 - weights.sum(axis=0) / 2


@dataclass(frozen=True)
class Best:
    """What came, in the order in which it came: what predictions are set beside.

    Attributes
    ----------
    concentration : ndarray, shape (b,)
    ranks : ndarray, shape (n, b)
        Weight × mid-rank of each customer.
    squares : ndarray, shape (b,)
        Sum of weight × squared mid-rank.
    """

    concentration: np.ndarray
    ranks: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(
        cls, actual: np.ndarray, weights: np.ndarray, most_groups: int | None = None
    ) -> Self:
        """Rank customers by what came: the same for every prediction."""
        groups = Groups.of(actual, most_groups)
        ranked = Ranked.of(actual, actual, weights, most_groups)
        ranks = mid_ranks(ranked.weights)
        of_customer = np.empty(weights.shape)
        of_customer[groups.order] = np.repeat(ranks, np.diff(groups.bounds), axis=0)
        return cls(
            concentration(ranked),
            weights * of_customer,
            np.einsum("gb,gb,gb->b", ranked.weights, ranks, ranks),
        )


def spearman(
    best: Best,
    predicted: np.ndarray,
    weights: np.ndarray,
    most_groups: int | None = None,
) -> np.ndarray:
    """Return the correlation of mid-ranks (Spearman 1904), shape (b,).

    Parameters
    ----------
    best : Best
        Of what came.
    predicted : ndarray, shape (n,)
    weights : ndarray, shape (n, b)
    most_groups : int, optional
        As in `Ranked.of`.
    """
    groups = Groups.of(predicted, most_groups)
    sizes = groups.sums(weights)
    ranks = mid_ranks(sizes)
    covariance = np.einsum("gb,gb->b", groups.sums(best.ranks), ranks)
    squares = np.einsum("gb,gb,gb->b", sizes, ranks, ranks)
    return ratio(covariance, np.sqrt(best.squares) * np.sqrt(squares))


def log_losses(actual: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return the log loss of each prediction, shape (n,)."""
    # clipped as scikit-learn does, so that one certain miss is not infinite
    eps = np.finfo(float).eps
    predicted = np.clip(predicted, eps, 1 - eps)
    return -np.where(actual == 1, np.log(predicted), np.log1p(-predicted))


def probability_metrics(
    actual: np.ndarray,
    predicted: np.ndarray,
    raw: np.ndarray | None,
    weights: np.ndarray,
    most_groups: int | None = None,
) -> dict[str, np.ndarray]:
    """Measure predicted probabilities against what happened.

    Parameters
    ----------
    actual : ndarray, shape (n,)
        0 or 1.
    predicted : ndarray, shape (n,)
    raw : ndarray, shape (n,), or None
        Before calibration.
    weights : ndarray, shape (n, b)
    most_groups : int, optional
        As in `Ranked.of`.

    Returns
    -------
    dict
        Metric to values, shape (b,). `brier_score` is a mean squared error (Brier
        1950); `predicted_over_actual` is of means: 1 is unbiased; `top_decile_lift` is
        the rate among the tenth predicted highest over the rate of all. Metrics of
        `raw` are left out where it is None.
    """
    ranked = Ranked.of(actual, predicted, weights, most_groups)
    squares, losses = (actual - predicted) ** 2, log_losses(actual, predicted)
    sums = np.stack([squares, losses, predicted, actual]) @ weights
    brier_score, log_loss, mean_predicted, observed_rate = ratio(sums, ranked.size)
    found = {
        "auc": auc(ranked),
        "average_precision": average_precision(ranked),
        "log_loss": log_loss,
        "brier_score": brier_score,
        "calibration_error": calibration_error(ranked),
        "mean_predicted": mean_predicted,
        "observed_rate": observed_rate,
        "predicted_over_actual": ratio(mean_predicted, observed_rate),
        "top_decile_lift": 10 * top_share(ranked, 0.1),
    }
    if raw is not None:
        before = Ranked.of(actual, raw, weights, most_groups)
        found["calibration_error_raw"] = calibration_error(before)
        found["mean_predicted_raw"] = ratio(raw @ weights, ranked.size)
    return found


def deviance(
    actual: np.ndarray, predicted: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return the mean Tweedie deviance of power 1.5, shape (b,).

    4 (√m - √y)² / √m, in the square root of the currency: a score that is proper for
    means, of amounts that are often 0 and sometimes large (Jørgensen 1987; Gneiting
    2011). Nobody can be certain of nothing: a prediction counts as at least a hundredth
    of the mean that came, the same for all candidates. Less than nothing, of who sends
    back more than they buy, counts as nothing.
    """
    actual = np.maximum(actual, 0.0)
    size = weights.sum(axis=0)
    floor = 0.01 * ratio(actual @ weights, size)
    floor = np.where(floor > 0, floor, 1.0)
    # the floor differs by resample: to most customers it makes no difference
    is_low = predicted < floor.max()
    root, came = np.sqrt(np.maximum(predicted, floor.max())), np.sqrt(actual)
    each = np.where(is_low, 0.0, 4 * (root - came) ** 2 / root)
    root = np.sqrt(np.maximum(predicted[is_low, None], floor))
    lowest = 4 * (root - came[is_low, None]) ** 2 / root
    of_lowest = np.einsum("nb,nb->b", weights[is_low], lowest)
    return ratio(each @ weights + of_lowest, size)


def amount_metrics(
    actual: np.ndarray,
    predicted: np.ndarray,
    raw: np.ndarray | None,
    weights: np.ndarray,
    most_groups: int | None = None,
    best: Best | None = None,
) -> dict[str, np.ndarray]:
    """Measure expected amounts against what was spent.

    Parameters
    ----------
    actual, predicted : ndarray, shape (n,)
    raw : ndarray, shape (n,), or None
        Before calibration.
    weights : ndarray, shape (n, b)
    most_groups : int, optional
        As in `Ranked.of`.
    best : Best, optional
        Of these actuals and weights, where several predict the same.

    Returns
    -------
    dict
        Metric to values, shape (b,). `normalised_gini` is the concentration of what
        was spent by prediction over that by what was spent: 1 is a perfect order (Wang,
        Liu & Miao 2019, A deep probabilistic model for customer lifetime value).
        Unlike `spearman` it gives nothing for predicting the same 0 for many who spend
        nothing. `top_20_pct_capture` is the share of the total that the fifth predicted
        highest spent, `predicted_over_actual` is of totals, and of those of the fifth
        predicted lowest: 1 is unbiased. Metrics of `raw` are left out where it is None.
    """
    best = Best.of(actual, weights, most_groups) if best is None else best
    ranked = Ranked.of(actual, predicted, weights, most_groups)
    errors = actual - predicted
    sums = np.stack([np.abs(errors), errors**2, predicted, actual]) @ weights
    absolute, squared, expected, spent = sums
    found = {
        "normalised_gini": ratio(concentration(ranked), best.concentration),
        "spearman": spearman(best, predicted, weights, most_groups),
        "top_20_pct_capture": top_share(ranked, 0.2),
        "deviance": deviance(actual, predicted, weights),
        "mean_absolute_error": ratio(absolute, ranked.size),
        "root_mean_squared_error": np.sqrt(ratio(squared, ranked.size)),
        "predicted_over_actual": ratio(expected, spent),
        "lowest_fifth_predicted_over_actual": lowest_level(ranked, 0.2),
    }
    if raw is not None:
        found["predicted_over_actual_raw"] = ratio(raw @ weights, spent)
    return found


METRICS: dict[str, Callable[..., dict[str, np.ndarray]]] = {
    "probability": probability_metrics,
    "amount": amount_metrics,
}

"""K-means from several starts at once, in whole arrays.

The draws are those of scikit-learn, and so are the centres but for the last digits. The
fits of the evidence are many and small, where most of the time goes into calls.
"""

import numpy as np

_MOST_ROUNDS = 300
_TOLERANCE = 1e-4
# Starts go together while their distances take no more than 16 MB.
_MOST_DISTANCES = 2**21


def least_squares(
    points: np.ndarray, n_clusters: int, seed: int, *, starts: int
) -> np.ndarray:
    """Return the centres with the least sum of squares of several starts.

    Parameters
    ----------
    points : ndarray, shape (n, p)
    n_clusters : int
    seed : int
    starts : int

    Returns
    -------
    ndarray, shape (n_clusters, p)
    """
    middle = points.mean(axis=0)
    points = points - middle
    tries = _tries(n_clusters)
    random = np.random.RandomState(seed)
    draws = random.random_sample((starts, 1 + (n_clusters - 1) * tries))
    together = max(1, _MOST_DISTANCES // (max(n_clusters, tries) * len(points)))
    found = [
        improve(points, spread(points, n_clusters, draws[first : first + together]))
        for first in range(0, starts, together)
    ]
    return min(found, key=lambda pair: pair[0])[1] + middle


def _tries(n_clusters: int) -> int:
    return 2 + int(np.log(n_clusters))


def spread(points: np.ndarray, n_clusters: int, draws: np.ndarray) -> np.ndarray:
    """Choose customers that lie far from each other: greedy k-means++ [1]_.

    Parameters
    ----------
    points : ndarray, shape (n, p)
    n_clusters : int
    draws : ndarray, shape (s, 1 + (n_clusters - 1) * tries)
        Of s starts, random numbers from 0 to 1: one for the first centre, and one for
        each of the 2 + ln k customers tried as each other.

    Returns
    -------
    ndarray, shape (s, n_clusters, p)

    References
    ----------
    .. [1] D. Arthur and S. Vassilvitskii (2007), "k-means++: the advantages of careful
       seeding", SODA.
    """
    starts, count, tries = len(draws), len(points), _tries(n_clusters)
    squares = (points**2).sum(axis=1)
    counted = _counted(points)
    space = np.empty((starts, tries, count))

    def away(rows: np.ndarray) -> np.ndarray:
        found = _scores(counted, points[rows], space[:, : rows.shape[1]])
        found += squares
        return np.maximum(found, 0, out=found)

    each = np.arange(starts)
    chosen = np.empty((starts, n_clusters), dtype=int)
    chosen[:, 0] = (draws[:, 0] * count).astype(int)
    nearest = away(chosen[:, :1])[:, 0].copy()
    for place in range(1, n_clusters):
        sums = nearest.cumsum(axis=1)
        drawn = draws[:, 1 + (place - 1) * tries :][:, :tries] * sums[:, -1:]
        tried = np.stack(list(map(np.searchsorted, sums, drawn)))
        tried = np.minimum(tried, count - 1)  # a sum may be rounded down
        after = away(tried)
        np.minimum(nearest[:, None], after, out=after)
        best = after.sum(axis=2).argmin(axis=1)
        nearest = after[each, best]
        chosen[:, place] = tried[each, best]
    return points[chosen]


def improve(points: np.ndarray, centres: np.ndarray) -> tuple[float, np.ndarray]:
    """Place all and move the centres, in turn, until they rest [1]_.

    Parameters
    ----------
    points : ndarray, shape (n, p)
    centres : ndarray, shape (s, k, p)
        Of s starts. A centre that nobody is nearest to stays.

    Returns
    -------
    cost : float
        The least sum of squares, but for the points' own.
    centres : ndarray, shape (k, p)
        Of the start that ends with it.

    References
    ----------
    .. [1] S. P. Lloyd (1982), "Least squares quantization in PCM", IEEE Transactions
       on Information Theory 28(2).
    """
    centres = centres.copy()
    tolerance = _TOLERANCE * points.var(axis=0).mean()
    counted = _counted(points)
    space = np.empty((*centres.shape[:2], len(points)))
    moving = np.arange(len(centres))
    for _ in range(_MOST_ROUNDS):
        before = centres[moving]
        sums = _members(counted, before, space[: len(moving)]) @ counted
        sizes = sums[..., -1:]
        after = np.where(sizes > 0, sums[..., :-1] / np.maximum(sizes, 1), before)
        centres[moving] = after
        moving = moving[((after - before) ** 2).sum(axis=(1, 2)) > tolerance]
        if not len(moving):
            break
    cost = _scores(counted, centres, space).min(axis=1).sum(axis=1)
    return float(cost.min()), centres[cost.argmin()]


def _counted(points: np.ndarray) -> np.ndarray:
    return np.column_stack([points, np.ones(len(points))])


def _scores(counted: np.ndarray, centres: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Return squared distances, but for the points' own squares: shape (s, k, n)."""
    squares = (centres**2).sum(axis=2, keepdims=True)
    return np.matmul(
        np.concatenate([-2 * centres, squares], axis=2), counted.T, out=out
    )


def _members(counted: np.ndarray, centres: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Return 1 where a centre is nearest to a point, of equals the first, else 0."""
    scores = _scores(counted, centres, out)
    np.equal(scores, scores.min(axis=1, keepdims=True), out=out)
    if out.sum() > out[:, 0].size:
        nearest = _scores(counted, centres, out).argmin(axis=1)[:, None]
        np.equal(nearest, np.arange(centres.shape[1])[:, None], out=out)
    return out

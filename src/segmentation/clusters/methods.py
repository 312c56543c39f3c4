"""Methods that find clusters, each in the form of prototypes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from segmentation.clusters.encoding import (
    DENSITY,
    NOISE,
    Clustering,
    Encoding,
    Prototypes,
    weights_of,
)
from segmentation.clusters.lloyd import improve, least_squares
from segmentation.estimators import (
    HDBSCAN,
    GaussianMixture,
    KMeans,
    kmeans_plusplus,
    one_thread,
)
from segmentation.frames import sorted_by_key

MAX_PROTOTYPES = 100
MAX_DENSITY_ROWS = 2_000
# A share of every feature's variance. Customers with one order are tied in several
# features, and without it a component shrinks to such a tie.
_SMALLEST_VARIANCE = 0.01
_SMALLEST_DISPERSION = 1e-9
_STARTS = 3
_MOST_ROUNDS = 50
_CORE_NEIGHBOURS = 10
_SMALLEST_DENSE_SHARE = 0.03
_REACH = 0.99


def k_means(
    points: np.ndarray,
    encoding: Encoding,
    n_clusters: int,
    seed: int,
    start: Prototypes | None = None,
) -> Prototypes:
    """Learn the centres with the least sum of squares within, as `lloyd` tells.

    The k-means limit of a mixture of spherical Gaussians: dispersion is the variance
    about the centres.
    """
    if start is None:
        centres = least_squares(points, n_clusters, seed, starts=10)
    else:
        _, centres = improve(points, start.centre[None])
    return _nearest(np.arange(1, n_clusters + 1), centres, points)


def gaussian_mixture(
    points: np.ndarray,
    encoding: Encoding,
    n_clusters: int,
    seed: int,
    start: Prototypes | None = None,
) -> Prototypes:
    """Learn a mixture of Gaussians with diagonal covariance, by EM [1]_.

    q is -2 times the logarithm of a component's density times its share pi, but for a
    constant: sum ((z - mean)^2 / variance + ln variance) - 2 ln pi.

    References
    ----------
    .. [1] A. P. Dempster, N. M. Laird and D. B. Rubin (1977), "Maximum likelihood from
       incomplete data via the EM algorithm", J. Royal Statistical Society B 39(1).
    """
    begin: dict[str, int | np.ndarray]
    if start is None:
        begin = {"n_init": _STARTS}
    else:
        share = np.exp(-(np.log(start.weight).sum(axis=1) + start.offset) / 2)
        begin = {
            "weights_init": share / share.sum(),
            "means_init": start.centre,
            "precisions_init": start.weight,
        }
    with one_thread():
        fitted = GaussianMixture(
            n_clusters,
            covariance_type="diag",
            **begin,
            reg_covar=_SMALLEST_VARIANCE,
            random_state=seed,
        ).fit(points)
    offset = np.log(fitted.covariances_).sum(axis=1) - 2 * np.log(fitted.weights_)
    return Prototypes(
        np.arange(1, n_clusters + 1), fitted.means_, 1 / fitted.covariances_, offset
    )


def ward(
    points: np.ndarray, encoding: Encoding, n_clusters: int, seed: int
) -> Prototypes:
    """Join small k-means clusters so that the sum of squares grows least [1]_.

    Ward's tree of all customers takes their distances in pairs; of prototypes with
    their counts it takes a few thousand, whatever the number of customers.

    References
    ----------
    .. [1] J. H. Ward (1963), "Hierarchical grouping to optimize an objective
       function", J. American Statistical Association 58(301).
    """
    distinct = len(np.unique(points, axis=0))
    count = max(n_clusters, min(MAX_PROTOTYPES, distinct, len(points) // 10))
    with one_thread():
        fitted = KMeans(count, n_init=1, random_state=seed).fit(points)
    sizes = np.bincount(fitted.labels_, minlength=count)
    return _nearest(
        join(fitted.cluster_centers_, sizes, n_clusters),
        fitted.cluster_centers_,
        points,
    )


def join(centres: np.ndarray, sizes: np.ndarray, n_clusters: int) -> np.ndarray:
    """Join the two clusters that add least to the sum of squares, until few are left.

    Two of n and m members add n m / (n + m) times their squared distance.

    Parameters
    ----------
    centres : ndarray, shape (m, p)
    sizes : ndarray, shape (m,)
        How many customers each centre stands for.
    n_clusters : int

    Returns
    -------
    ndarray of int, shape (m,)
        The cluster of each centre, from 1 on.
    """
    centres, sizes = centres.astype(float), sizes.astype(float)
    labels = np.arange(len(centres))
    harmonic = sizes[:, None] * sizes / (sizes[:, None] + sizes)
    added = harmonic * ((centres[:, None] - centres) ** 2).sum(axis=2)
    np.fill_diagonal(added, np.inf)
    for _ in range(len(centres) - n_clusters):
        kept, gone = sorted(np.unravel_index(added.argmin(), added.shape))
        both = sizes[kept] + sizes[gone]
        centres[kept] += (centres[gone] - centres[kept]) * sizes[gone] / both
        sizes[kept] = both
        labels[labels == gone] = kept
        added[gone], added[:, gone] = np.inf, np.inf
        alive = np.isfinite(added[kept])
        away = ((centres[alive] - centres[kept]) ** 2).sum(axis=1)
        new = both * sizes[alive] / (both + sizes[alive]) * away
        added[kept, alive], added[alive, kept] = new, new
    return np.unique(labels, return_inverse=True)[1] + 1


def density(
    points: np.ndarray, encoding: Encoding, n_clusters: int | None, seed: int
) -> Prototypes:
    """Find dense regions among a sample by HDBSCAN [1]_, which finds their number.

    Prototypes are customers drawn from the regions' cores. Others are placed by the
    nearest, and are noise where it is farther than nearly all of the regions' own are.

    References
    ----------
    .. [1] R. J. G. B. Campello, D. Moulavi and J. Sander (2013), "Density-based
       clustering based on hierarchical density estimates", PAKDD.
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(len(points))[:MAX_DENSITY_ROWS])
    sample = points[rows]
    with one_thread():
        fitted = HDBSCAN(
            min_cluster_size=max(5, round(len(sample) * _SMALLEST_DENSE_SHARE)),
            min_samples=min(_CORE_NEIGHBOURS, len(sample)),
            copy=True,
        ).fit(sample)
    inside = fitted.labels_ >= 0
    if not inside.any():  # no region is denser than the rest
        return _nearest(np.array([1]), sample.mean(axis=0, keepdims=True), points)
    core = np.flatnonzero(inside & (fitted.probabilities_ >= 0.5))
    core = np.sort(rng.permutation(core)[:MAX_PROTOTYPES])
    learned = _nearest(fitted.labels_[core] + 1, sample[core], sample[inside])
    reach = np.quantile(learned.scores(sample[inside]).min(axis=1), _REACH)
    return replace(learned, max_distance=float(reach))


def k_prototypes(
    points: np.ndarray, encoding: Encoding, n_clusters: int, seed: int
) -> Prototypes:
    """Learn centres of means and modes, for numeric and categorical features [1]_.

    Another category than the mode counts 1 / (1 - share of the mode): customers
    then lie as far from the mode of all, on average, as from the mean of a numeric
    feature. As 0 and 1 two categories differ in two dimensions, so that each has half
    that weight; a missing category differs from all modes alike.

    References
    ----------
    .. [1] Z. Huang (1998), "Extensions to the k-means algorithm for clustering large
       data sets with categorical values", Data Mining and Knowledge Discovery 2.
    """
    weight, groups = _weights(points, encoding)
    rng = np.random.default_rng(seed)
    costs, centres = [], []
    for _ in range(_STARTS):
        start = kmeans_plusplus(
            points * np.sqrt(weight), n_clusters, random_state=int(rng.integers(2**31))
        )[1]
        cost, centre = _means_and_modes(points, points[start], weight, groups)
        costs.append(cost)
        centres.append(centre)
    best = centres[int(np.argmin(costs))]
    return _nearest(np.arange(1, n_clusters + 1), best, points, weight)


def _weights(
    points: np.ndarray, encoding: Encoding
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the weight of each dimension, and those of each categorical feature."""
    weight = np.ones(points.shape[1])
    names = np.array(encoding.features)
    groups = [
        np.flatnonzero((names == name) & ~encoding.is_numeric)
        for name in dict.fromkeys(names[~encoding.is_numeric])
    ]
    for group in groups:
        counts = points[:, group].sum(axis=0)
        others = counts.sum() - counts.max()
        weight[group] = counts.sum() / others / 2 if others > 0 else 0.0
    return weight, groups


def _means_and_modes(
    points: np.ndarray,
    centre: np.ndarray,
    weight: np.ndarray,
    groups: list[np.ndarray],
) -> tuple[float, np.ndarray]:
    """Place all and move the centres, in turn, until nobody changes."""
    labels = None
    for _ in range(_MOST_ROUNDS):
        away = (centre**2 * weight).sum(axis=1) - 2 * points @ (centre * weight).T
        before, labels = labels, away.argmin(axis=1)
        if before is not None and (before == labels).all():
            break
        members = np.arange(len(centre))[:, None] == labels
        sizes = members.sum(axis=1)[:, None]
        means = np.where(sizes > 0, members @ points / np.maximum(sizes, 1), centre)
        for group in groups:
            modes = means[:, group].argmax(axis=1)[:, None]
            is_mode = (np.arange(len(group)) == modes) & (means[:, group] > 0)
            means[:, group] = is_mode
        centre = means
    return away.min(axis=1).sum(), centre


def _nearest(
    cluster: np.ndarray,
    centre: np.ndarray,
    points: np.ndarray,
    weight: float | np.ndarray = 1.0,
) -> Prototypes:
    """Place by the nearest centre; dispersion is the variance about it."""
    weights = np.broadcast_to(weight, centre.shape).astype(float)
    plain = Prototypes(cluster, centre, weights, np.zeros(len(centre)))
    within = plain.scores(points).min(axis=1).mean() / points.shape[1]
    return replace(plain, dispersion=max(float(within), _SMALLEST_DISPERSION))


@dataclass(frozen=True)
class Method:
    """A way to find clusters.

    Attributes
    ----------
    name : str
    learn : callable
        Of points, their encoding, the number of clusters and a seed; gives prototypes.
    bootstraps : int
        How many resampled fits its evidence takes.
    takes_categories : bool
        Whether it uses categorical features besides the numeric ones.
    finds_count : bool
        Whether it finds the number of clusters itself.
    takes_start : bool
        Whether it can start from the prototypes of an earlier fit.
    """

    name: str
    learn: Callable[..., Prototypes]
    bootstraps: int
    takes_categories: bool = False
    finds_count: bool = False
    takes_start: bool = False

    def encoding(
        self,
        customers: pd.DataFrame,
        features: list[str] | dict[str, float],
        categories: list[str],
    ) -> Encoding:
        """Learn how customers become the points that the method takes."""
        return Encoding.learn(
            customers, features, categories if self.takes_categories else []
        )

    def preprocessing(self, features: list[str] | dict[str, float]) -> str:
        """Return what is done to the features first, in words."""
        told = ["log1p, standardised"]
        told += [f"{n} x {w:g}" for n, w in weights_of(features).items() if w != 1]
        if self.takes_categories:
            told.append("a category counts as much as a number")
        return "; ".join(told)


METHODS = {
    method.name: method
    for method in (
        Method("k-means", k_means, bootstraps=20, takes_start=True),
        Method(DENSITY, gaussian_mixture, bootstraps=5, takes_start=True),
        Method("Ward", ward, bootstraps=5),
        Method("HDBSCAN", density, bootstraps=5, finds_count=True),
        Method("k-prototypes", k_prototypes, bootstraps=5, takes_categories=True),
    )
}
"""By name, those to be preferred first where they do equally well."""


def fit(
    method: str,
    customers: pd.DataFrame,
    features: list[str] | dict[str, float],
    categories: list[str],
    n_clusters: int | None,
    *,
    value: str = "lifetime_net_amount",
    seed: int,
    start: Clustering | None = None,
) -> Clustering:
    """Fit a method.

    Parameters
    ----------
    method : str
        A key of `METHODS`.
    customers : DataFrame
        One row per customer: `customer_id`, the features and `value`, in any order.
    features : list of str, or dict of str to float
        Numeric features, with their weights where it is a dict.
    categories : list of str
        Categorical features; only k-prototypes uses them.
    n_clusters : int or None
        HDBSCAN finds the number itself.
    value : str
        The column whose mean orders the clusters: 1 is the most valuable.
    seed : int
    start : Clustering, optional
        An earlier fit of the same method and features, to start from where it was.

    Returns
    -------
    Clustering
    """
    customers = sorted_by_key(customers, "customer_id")
    kind = METHODS[method]
    encoding = kind.encoding(customers, features, categories)
    points = encoding.points(customers)
    options = {}
    if kind.takes_start and start is not None:
        earlier = start.in_units_of(encoding)
        if len(earlier.cluster) == n_clusters:
            options = {"start": earlier}
    learned = kind.learn(points, encoding, n_clusters, seed, **options)
    members = learned.assign(points)
    means = customers[value].astype(float).groupby(members).mean()
    rank = means.drop(NOISE, errors="ignore").rank(method="first", ascending=False)
    # a cluster that nobody is in comes last
    places = [rank.get(cluster, np.inf) for cluster in learned.cluster]
    order = np.argsort(places, kind="stable")
    numbers = np.unique(np.array(places)[order], return_inverse=True)[1] + 1
    learned = replace(
        learned,
        cluster=numbers,
        centre=learned.centre[order],
        weight=learned.weight[order],
        offset=learned.offset[order],
    )
    return Clustering.of(method, encoding, learned, kind.preprocessing(features))

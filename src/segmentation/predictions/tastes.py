"""A customer's tastes in categories, drawn towards the shop's.

P(c) = (n_c + alpha × share_c) / (n + alpha), the predictive distribution of a Dirichlet
prior, where n_c counts purchase days with the category, each as far as days with it
are days on which most is spent on it. Alpha is how many of them it takes until the
customer's own tastes count as much as everybody's.

Alpha is learned from what was bought next, as in Minka's leave-one-out likelihood, and
not from the counts alone: a day has several categories, never one twice, so that counts
look more alike than tastes are, and alpha comes out several times too large.

References
----------
Minka (2000), Estimating a Dirichlet distribution, technical report, MIT.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.sparse import csr_array

SHRUNK = "shrunk preferences"
LAST_FIRST = "shrunk preferences, last bought first"
POPULARITY = "popularity"
OWN_FAVOURITE = "own favourite"
BASELINES = (POPULARITY, OWN_FAVOURITE)
CANDIDATES = (SHRUNK, LAST_FIRST, *BASELINES)

# what each candidate is made of, besides the shop's shares
USES = {
    SHRUNK: ("alpha",),
    LAST_FIRST: ("alpha", "last_weight"),
    POPULARITY: (),
    OWN_FAVOURITE: ("favourite_rate",),
}
SHARE = "share:"  # a parameter of this prefix is the share of the category it names

# beyond the first tastes are all one's own, beyond the last all the shop's
ALPHAS = (1e-3, 1e5)
MOST_LAST_WEIGHT = 0.99  # at 1, all else would be impossible
LEAST_PROBABILITY = 1e-6  # in logarithms: of a category that had never been bought

_CELLS = 2**21  # of one block of customers × categories: little memory


@dataclass(frozen=True)
class Tastes:
    """What is known of some customers at one anchor, and what they bought next.

    Attributes
    ----------
    own : csr_array, shape (n, c)
        Purchase days with each category, weighted.
    favourite, last, following : ndarray of int, shape (n,)
        Numbers of the favourite, the last and the next category; -1 where there is
        none, or none known.
    shares : ndarray, shape (c,)
        Each category's share in the shop.
    """

    own: csr_array
    favourite: np.ndarray
    last: np.ndarray
    following: np.ndarray
    shares: np.ndarray

    def take(self, which: np.ndarray) -> "Tastes":
        """Return some of the customers; the shop stays the same."""
        return Tastes(
            self.own[which],
            self.favourite[which],
            self.last[which],
            self.following[which],
            self.shares,
        )

    def blocks(self) -> Iterator["Tastes"]:
        """Yield the customers in blocks of bounded memory, in order."""
        size = max(1, _CELLS // max(len(self.shares), 1))
        for start in range(0, len(self.following), size):
            yield self.take(np.arange(start, min(start + size, len(self.following))))


@dataclass(frozen=True)
class Weights:
    """What is learned from the next categories.

    Attributes
    ----------
    alpha : float
    last_weight : float
        How much of the probability goes to the last category first of all.
    favourite_rate : float
        How often the next category is the favourite.
    log_likelihood : float
        Of alpha.
    count_customers : int
    """

    alpha: float
    last_weight: float
    favourite_rate: float
    log_likelihood: float
    count_customers: int

    @property
    def status(self) -> str:
        """How the fit of alpha ended."""
        low, high = np.log(ALPHAS)
        at = np.log(self.alpha)
        if min(at - low, high - at) < 0.01:
            return "degenerate: alpha at a bound"
        return "ok"


def parts(
    name: str, tastes: Tastes, weights: Weights
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take the probabilities of a candidate apart.

    `int_customers__next_category_scores` holds its twin in SQL.

    Parameters
    ----------
    name : str
        One of `CANDIDATES`.
    tastes : Tastes
    weights : Weights

    Returns
    -------
    own_part, shop_part, last_part : ndarray, shape (n, c)
        What the customer's own purchases, the shop's shares and the last purchase add;
        their sum is the probability, and sums to 1 over the categories.
    """
    shares = tastes.shares
    shape = len(tastes.following), len(shares)
    index = np.arange(shape[1])
    nothing = np.zeros(shape)
    shop = np.broadcast_to(shares, shape)
    if name == POPULARITY:
        return nothing, shop, nothing
    if name == OWN_FAVOURITE:
        has_favourite = (tastes.favourite >= 0)[:, None]
        is_favourite = index == tastes.favourite[:, None]
        # all others, as the shop has them
        rest = 1 - shares[tastes.favourite][:, None]
        others = np.where(is_favourite, 0, (1 - weights.favourite_rate) * shop / rest)
        return (
            np.where(is_favourite, weights.favourite_rate, 0.0),
            np.where(has_favourite, others, shop),
            nothing,
        )
    counts = tastes.own.toarray()
    total = counts.sum(axis=1, keepdims=True) + weights.alpha
    own, shop = counts / total, weights.alpha * shop / total
    if name == SHRUNK:
        return own, shop, nothing
    weight = np.where(tastes.last >= 0, weights.last_weight, 0.0)[:, None]
    is_last = index == tastes.last[:, None]
    return own * (1 - weight), shop * (1 - weight), weight * is_last


def fit_alpha(
    own: np.ndarray, total: np.ndarray, share: np.ndarray
) -> tuple[float, float]:
    """Fit alpha to what was bought next, by maximum likelihood.

    Parameters
    ----------
    own, total : ndarray, shape (n,)
        How often the customer had bought the next category before, and all categories.
    share : ndarray, shape (n,)
        The share of the next category in the shop.

    Returns
    -------
    alpha, log_likelihood : float
    """
    possible = (own > 0) | (share > 0)
    own, total, share = own[possible], total[possible], share[possible]

    def loss(log_alpha: float) -> float:
        alpha = np.exp(log_alpha)
        return -np.log((own + alpha * share) / (total + alpha)).sum()

    # from the best of a grid: nothing says that there is one maximum only
    low, high = np.log(ALPHAS)
    grid = np.linspace(low, high, 38)
    best = int(np.argmin([loss(at) for at in grid]))
    around = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(
        loss, bounds=around, method="bounded", options={"xatol": 1e-8}
    )
    return float(np.exp(found.x)), float(-found.fun)


def fit_last_weight(is_last: np.ndarray, chance: np.ndarray) -> float:
    """Fit the weight of the last category, given all else, by maximum likelihood.

    Parameters
    ----------
    is_last : ndarray of bool, shape (n,)
        Whether the next category was the last.
    chance : ndarray, shape (n,)
        Its probability before anything is said of the last.

    Returns
    -------
    float
        The likelihood is concave, so it has one maximum.
    """
    is_last, chance = is_last[chance > 0].astype(float), chance[chance > 0]

    def slope(weight: float) -> float:
        mixed = weight * is_last + (1 - weight) * chance
        return ((is_last - chance) / mixed).sum()

    if slope(0.0) <= 0:
        return 0.0
    if slope(MOST_LAST_WEIGHT) >= 0:
        return MOST_LAST_WEIGHT
    return float(brentq(slope, 0.0, MOST_LAST_WEIGHT, xtol=1e-10))


def fit_weights(known: list[Tastes], count_customers: int) -> Weights:
    """Learn from customers whose next category is known, each as of an anchor."""
    own, total, share, following, last, favourite = (
        np.concatenate(values)
        for values in zip(
            *(
                (
                    _picked(tastes.own, tastes.following),
                    tastes.own.sum(axis=1),
                    tastes.shares[tastes.following],
                    tastes.following,
                    tastes.last,
                    tastes.favourite,
                )
                for tastes in known
            ),
            strict=True,
        )
    )
    alpha, log_likelihood = fit_alpha(own, total, share)
    chance = (own + alpha * share) / (total + alpha)
    has_last, has_favourite = last >= 0, favourite >= 0
    hits = (favourite == following)[has_favourite]
    return Weights(
        alpha,
        fit_last_weight((last == following)[has_last], chance[has_last]),
        # one hit and one miss more, so that nothing is certain
        (hits.sum() + 1) / (len(hits) + 2),
        log_likelihood,
        count_customers,
    )


def _picked(matrix: csr_array, columns: np.ndarray) -> np.ndarray:
    """Return one value of each row."""
    return np.asarray(matrix[np.arange(matrix.shape[0]), columns]).ravel()

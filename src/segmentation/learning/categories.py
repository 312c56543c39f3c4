"""Learn the next category: on which a customer spends most on the next purchase day.

A customer's tastes are drawn towards the shop's: P(c) = (n_c + alpha × share_c) / (n +
alpha), the predictive distribution of a Dirichlet prior, where n_c counts purchase days
with the category. Alpha is how many of them it takes until the customer's own tastes
count as much as everybody's.

Alpha is learned from what was bought next, as in Minka's leave-one-out likelihood, and
not from the counts alone: a day has several categories, never one twice, so that counts
look more alike than tastes are, and alpha comes out several times too large.

References
----------
Minka (2000), Estimating a Dirichlet distribution, technical report, MIT.
"""

from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.optimize import brentq, minimize_scalar
from scipy.sparse import csr_array

from segmentation.evidence.bootstrap import interval, resamples
from segmentation.evidence.champion import Lead, decide
from segmentation.evidence.judgement import SCORECARD_SCHEMA
from segmentation.evidence.metrics import ratio
from segmentation.frames import sorted_by_key
from segmentation.learning import fits
from segmentation.learning.probabilities import Settings

TARGET = "next_category"

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

DECIDING = "top_1_hit_rate"
IS_HIGHER_BETTER = {
    "top_1_hit_rate": True,
    "top_3_hit_rate": True,
    "mean_reciprocal_rank": True,
    "log_loss": False,
}

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
        Purchase days with each category.
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

    def blocks(self):
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


def measure(name: str, tastes: Tastes, weights: Weights) -> np.ndarray:
    """Measure a candidate customer by customer, on what was bought next.

    Returns
    -------
    ndarray, shape (n, m)
        One column per metric of `IS_HIGHER_BETTER`: their means are the metrics. Of
        equally likely categories, the first in the alphabet ranks first.
    """
    found = [np.empty((0, len(IS_HIGHER_BETTER)))]
    for some in tastes.blocks():
        probability = sum(parts(name, some, weights))
        actual = some.following[:, None]
        chance = np.take_along_axis(probability, actual, axis=1)
        is_before = np.arange(probability.shape[1]) < actual
        above = (probability > chance) | ((probability == chance) & is_before)
        rank = 1 + above.sum(axis=1)
        chance = chance[:, 0]
        # what is held impossible is not in the list
        inverse_rank = np.where(chance > 0, 1 / rank, 0.0)
        found.append(
            np.column_stack(
                [
                    inverse_rank == 1,
                    inverse_rank >= 1 / 3,
                    inverse_rank,
                    -np.log(np.maximum(chance, LEAST_PROBABILITY)),
                ]
            )
        )
    return np.concatenate(found)


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
    grid = np.linspace(*np.log(ALPHAS), 38)
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


def _numbers(values: pd.Series, categories: pd.Index) -> np.ndarray:
    return categories.get_indexer(values.to_numpy(dtype=object))


@dataclass(frozen=True)
class Learner:
    """Customers at all anchors, their purchases by category, and what came next.

    A label has no horizon: it is known from the next purchase on. So at origin k, a row
    of an earlier anchor j is known if that purchase came before the origin's day, which
    is (j - k) × step days after the anchor: only those rows are learned from. They are
    the customers who came back soon, and so are those judged at an origin, who have
    come back by now: the question is what is bought next, if anything is.

    Attributes
    ----------
    settings : Settings
    rows : DataFrame
        Sorted by key.
    own : csr_array, shape (n, c)
        Purchase days with each category, row by row.
    categories : Index
        Sorted.
    """

    settings: Settings
    rows: pd.DataFrame
    own: csr_array
    categories: pd.Index

    @classmethod
    def of(cls, customers, counts, labels, settings: Settings) -> "Learner":
        """Bring the rows into order, and count."""
        key = ["customer_id", "anchor_date"]
        known = labels[[*key, "next_category", "days_to_next_order"]]
        rows = sorted_by_key(
            customers[[*key, "anchor_number", "favourite_category", "last_category"]]
            .merge(known, on=key, how="left", validate="one_to_one")
            .astype({"days_to_next_order": float}),
            "anchor_number",
            "customer_id",
        )
        counts = sorted_by_key(
            rows[key].assign(row=rows.index).merge(counts, on=key), "row", "category"
        )
        categories = pd.Index(
            sorted({*counts["category"], *rows["next_category"].dropna()}), dtype=object
        )
        own = csr_array(
            (
                counts["count_order_days"].to_numpy(float),
                (
                    counts["row"].to_numpy(int),
                    _numbers(counts["category"], categories),
                ),
            ),
            shape=(len(rows), len(categories)),
        )
        hashes = pd.util.hash_pandas_object(
            counts[["category", "count_order_days"]], index=False
        )
        hashed = np.zeros(len(rows), dtype=np.uint64)
        np.add.at(hashed, counts["row"].to_numpy(int), hashes.to_numpy())
        return cls(settings, rows.assign(count_hash=hashed), own, categories)

    @cached_property
    def tastes(self) -> dict[int, Tastes]:
        """All customers by anchor."""
        found = {}
        favourite, last, following = (
            _numbers(self.rows[column], self.categories)
            for column in ("favourite_category", "last_category", "next_category")
        )
        for number, where in self.rows.groupby("anchor_number").indices.items():
            own = self.own[where]
            sums = own.sum(axis=0)
            shares = sums / max(sums.sum(), 1)
            found[int(number)] = Tastes(
                own, favourite[where], last[where], following[where], shares
            )
        return found

    def at(self, *numbers: int) -> pd.DataFrame:
        """Return the rows of some anchors; of one, in the order of its tastes."""
        return self.rows[self.rows["anchor_number"].isin(numbers)]

    def learned_from(self, origin: int) -> list[int]:
        """Return the anchors to learn from at an origin, newest first."""
        earlier = sorted(number for number in self.tastes if number > origin)
        return earlier[: self.settings.learning_anchors]

    def known_at(self, origin: int) -> dict[int, np.ndarray]:
        """Return which customers' next category is known at an origin, by anchor."""
        found = {}
        for number in self.learned_from(origin):
            days = (number - origin) * self.settings.step_days
            came = self.at(number)["days_to_next_order"].to_numpy() < days
            found[number] = np.flatnonzero(came & (self.tastes[number].following >= 0))
        return found

    def problem(self, origin: int) -> str | None:
        """Say why nothing can be learned for an origin, or None."""
        tastes = self.tastes.get(origin)
        count = 0 if tastes is None else np.count_nonzero(tastes.shares)
        if not count:
            return "nothing to learn: no purchase has a category"
        if count == 1:
            return "nothing to learn: all purchases are of one category"
        known = sum(len(which) for which in self.known_at(origin).values())
        return self._too_few(known, "to learn from")

    def _too_few(self, count: int, what_for: str) -> str | None:
        least = self.settings.min_rows
        if count >= least:
            return None
        return f"too little data: {count} labelled rows, {least} are needed {what_for}"

    def weights(self, origin: int) -> Weights:
        """Learn from what is known at an origin."""
        known = self.known_at(origin)
        ids = [self.at(n)["customer_id"].iloc[which] for n, which in known.items()]
        return fit_weights(
            [self.tastes[n].take(which) for n, which in known.items()],
            pd.concat(ids).nunique(),
        )

    def judged_at(self) -> tuple[list[int], str | None]:
        """Return the origins to judge at, newest first, or why there is none."""
        problem = self.problem(0)
        if problem:
            return [], problem
        found = []
        for origin in sorted(n for n in self.tastes if n > 0):
            count = np.count_nonzero(self.tastes[origin].following >= 0)
            faulty = self._too_few(count, "to judge on") or self.problem(origin)
            problem = problem or faulty
            if not faulty:
                found.append(origin)
        if not found:
            return [], problem or self._too_few(0, "to judge on")
        return found[: self.settings.count_origins], None

    def judged(self, origin: int) -> "Judged":
        """Measure all candidates at an origin, on all that is known today."""
        tastes, weights, rows = (
            self.tastes[origin],
            self.weights(origin),
            self.at(origin),
        )
        known = np.flatnonzero(tastes.following >= 0)
        return Judged(
            rows["anchor_date"].iloc[0],
            rows["customer_id"].to_numpy()[known],
            {name: measure(name, tastes.take(known), weights) for name in CANDIDATES},
        )

    def parameters(self, weights: Weights, champion: str) -> list[dict]:
        """Return what was learned at the scoring anchor, as `fits.PROCESS_SCHEMA`."""
        shares = self.tastes[0].shares
        common = {
            "process": "category",
            "time_unit_days": np.nan,
            "count_customers": weights.count_customers,
            "count_repeat_buyers": None,
        }
        learned = [
            (SHRUNK, "alpha", weights.log_likelihood, weights.status),
            (LAST_FIRST, "last_weight", np.nan, "ok"),
            (OWN_FAVOURITE, "favourite_rate", np.nan, "ok"),
        ]
        rows = [
            common
            | {
                "model": model,
                "parameter": name,
                "value": getattr(weights, name),
                "log_likelihood": log_likelihood,
                "fit_status": status,
                "is_served": name in USES[champion],
            }
            for model, name, log_likelihood, status in learned
        ]
        return rows + [
            common
            | {
                "model": POPULARITY,
                "parameter": f"{SHARE}{category}",
                "value": share,
                "log_likelihood": np.nan,
                "count_customers": len(self.tastes[0].following),
                "fit_status": "ok",
                "is_served": True,
            }
            for category, share in zip(self.categories, shares, strict=True)
            if share > 0
        ]


@dataclass(frozen=True)
class Judged:
    """How the candidates did at one origin.

    Attributes
    ----------
    date : date
    customers : ndarray, shape (n,)
        Their ids.
    values : dict
        Candidate to what `measure` gives, shape (n, m).
    """

    date: Any
    customers: np.ndarray
    values: dict[str, np.ndarray]


def judge_categories(
    origins: list[Judged],
    *,
    seed: int,
    bootstrap_samples: int,
    incumbent: str | None = None,
) -> tuple[pd.DataFrame, str, str]:
    """Judge candidates by the share of customers whose next category they name.

    Intervals, differences and the choice are those of `evidence.judgement.judge`:
    customers are drawn with replacement, the same for all candidates and origins.

    Parameters
    ----------
    origins : list of Judged
    seed, bootstrap_samples : int
    incumbent : str, optional
        The candidate that served until now.

    Returns
    -------
    scorecard : DataFrame
        `evidence.SCORECARD_SCHEMA`.
    champion, verdict : str
    """
    metrics = list(IS_HIGHER_BETTER)
    origins = sorted(origins, key=lambda origin: origin.date)
    ids = pd.Index(np.unique(np.concatenate([origin.customers for origin in origins])))
    points = [_means(origin, np.ones((len(origin.customers), 1))) for origin in origins]
    samples = [[] for _ in origins]
    for weights in resamples(len(ids), seed=seed, bootstrap_samples=bootstrap_samples):
        for origin, drawn in zip(origins, samples, strict=True):
            drawn.append(_means(origin, weights[ids.get_indexer(origin.customers)]))
    # per origin: candidate × metric × resample
    samples = [np.concatenate(drawn, axis=2) for drawn in samples]
    which = metrics.index(DECIDING)
    score = np.mean([point[:, which, 0] for point in points], axis=0)
    drawn = np.mean([sample[:, which] for sample in samples], axis=0)

    def lead(better: str, worse: str) -> Lead:
        a, b = CANDIDATES.index(better), CANDIDATES.index(worse)
        return Lead(float(score[a] - score[b]), *interval(drawn[a] - drawn[b]))

    words, count = DECIDING.replace("_", " "), len(origins)
    decision = decide(
        dict(zip(CANDIDATES, score.tolist(), strict=True)),
        set(BASELINES),
        lead,
        is_higher_better=True,
        criterion=words if count < 2 else f"mean {words} over {count} origins",
        incumbent=incumbent,
    )
    best = CANDIDATES.index(decision.best_baseline)
    rows = []
    for origin, point, sample in zip(origins, points, samples, strict=True):
        for c, name in enumerate(CANDIDATES):
            for m, metric in enumerate(metrics):
                lower, upper = interval(sample[c, m])
                apart = interval(sample[c, m] - sample[best, m])
                rows.append(
                    {
                        "origin_date": origin.date,
                        "candidate": name,
                        "is_baseline": name in BASELINES,
                        "metric": metric,
                        "metric_value": point[c, m, 0],
                        "lower_bound": lower,
                        "upper_bound": upper,
                        "is_higher_better": IS_HIGHER_BETTER[metric],
                        "best_baseline": decision.best_baseline,
                        "baseline_value": point[best, m, 0],
                        "difference": point[c, m, 0] - point[best, m, 0],
                        "difference_lower": apart[0],
                        "difference_upper": apart[1],
                        "count_test_rows": len(origin.customers),
                        "beats_baseline": decision.beats_baseline[name],
                        "is_serving": name == decision.champion,
                        "verdict": decision.verdicts[name],
                    }
                )
    scorecard = pd.DataFrame(rows)[SCORECARD_SCHEMA.names]
    return scorecard, decision.champion, decision.reason


def _means(origin: Judged, weights: np.ndarray) -> np.ndarray:
    """Return weighted means, candidate × metric × column of the weights."""
    return np.stack(
        [ratio(origin.values[n].T @ weights, weights.sum(axis=0)) for n in CANDIDATES]
    )


def learn(
    customers: pd.DataFrame,
    counts: pd.DataFrame,
    labels: pd.DataFrame,
    settings: Settings,
    *,
    fit_date: date | None,
    data_from: date | None,
    past: pd.DataFrame | None = None,
) -> dict | None:
    """Learn the next category, if it is due.

    Parameters
    ----------
    customers, counts, labels : DataFrame
        As in `learn_categories`.
    settings : Settings
    fit_date, data_from : date
    past : DataFrame, optional
        Fits made so far.

    Returns
    -------
    dict or None
        A row of `fits.FITS_SCHEMA`; None where no fit is due.
    """
    learner = Learner.of(customers, counts, labels, settings)
    record, last = fits.begin(
        learner.at(0, *learner.learned_from(0)),
        target=TARGET,
        kind="category",
        label="next_category",
        more_columns=[
            "favourite_category",
            "last_category",
            "days_to_next_order",
            "count_hash",
        ],
        horizon_days=None,
        features={},
        settings=asdict(settings),
        fit_date=fit_date,
        data_from=data_from,
        past=past,
    )
    if record is None:
        return None
    judged_at, problem = learner.judged_at()
    if problem:
        return record | {"verdict": problem}
    scorecard, champion, verdict = judge_categories(
        [learner.judged(origin) for origin in judged_at],
        seed=settings.seed,
        bootstrap_samples=settings.bootstrap_samples,
        incumbent=fits.incumbent(last, record),
    )
    return record | {
        "champion": champion,
        "is_baseline": champion in BASELINES,
        "verdict": verdict,
        "scorecard": scorecard,
        "parameters": learner.parameters(learner.weights(0), champion),
    }


def learn_categories(
    customers: pd.DataFrame,
    counts: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    settings: Settings,
    scoring: pd.DataFrame,
    past: pd.DataFrame | None = None,
) -> pa.Table:
    """Learn the next category, where due.

    Parameters
    ----------
    customers : DataFrame
        One row per customer who has bought and anchor, the scoring anchor (0) among
        them, in any order: `customer_id`, `anchor_date`, `anchor_number`,
        `favourite_category` and `last_category`.
    counts : DataFrame
        One row per customer, anchor and category bought before it: `customer_id`,
        `anchor_date`, `category` and `count_order_days`. Other customers do not count.
    labels : DataFrame
        One row per customer and past anchor: `customer_id`, `anchor_date`,
        `next_category` and `days_to_next_order`; both missing where not known yet.
    settings : Settings
    scoring : DataFrame
        The scoring anchor: `anchor_date`, `first_order_date`; empty in an empty shop.
    past : DataFrame, optional
        Fits made so far.

    Returns
    -------
    pyarrow.Table
        `fits.FITS_SCHEMA`; one row, or none where no fit was due.
    """
    fit_date, data_from = fits.dates(scoring)
    record = learn(
        customers,
        counts,
        labels,
        settings,
        fit_date=fit_date,
        data_from=data_from,
        past=past,
    )
    return fits.fits_table([record] if record else [])

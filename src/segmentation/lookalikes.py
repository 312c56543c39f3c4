"""Lookalikes: the customers most like those of a list, and how far to believe it.

Customers are seen as standardised logarithms of their behaviour. A customer is like a
list where those of the list are denser around them than customers at large: the nearest
alone would do for a list that is apart, but in the crowd everyone has someone of it
nearby. Both densities are of a bounded number of prototypes, and candidates come in
batches, so that memory does not grow with the customers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.spatial.distance import cdist

from segmentation.clusters.encoding import Encoding
from segmentation.estimators import KMeans, one_thread
from segmentation.frames import conform, sorted_by_key

LOOKALIKES_SCHEMA = pa.schema(
    [
        ("list_id", pa.string()),
        ("customer_id", pa.string()),
        ("nearest_seed_customer_id", pa.string()),
        ("lookalike_rank", pa.int64()),
        ("similarity", pa.float64()),
        ("distance_to_nearest_seed", pa.float64()),
    ]
)

EVIDENCE_SCHEMA = pa.schema(
    [
        ("list_id", pa.string()),
        ("baseline", pa.string()),
        ("fault", pa.string()),
        ("count_candidates", pa.int64()),
        ("count_held_out", pa.int64()),
        ("count_found", pa.int64()),
        ("count_found_by_baseline", pa.int64()),
        ("count_found_by_both", pa.int64()),
        ("auc", pa.float64()),
        ("baseline_auc", pa.float64()),
    ]
)

BANDWIDTH = 0.5  # standard deviations of a logarithm, in the root mean square
MOST_PROTOTYPES = 256
MIN_SEEDS = 30  # half of them are held out
SPEND = "lifetime_net_amount"

_ROWS = 10_000  # compared with all prototypes at once
_NOTHING = 1e-200  # far from everyone, 0 / 0 is .5


@dataclass(frozen=True)
class Prototypes:
    """Points that stand for customers.

    Attributes
    ----------
    points : ndarray, shape (k, p)
    weights : ndarray, shape (k,)
        The share of customers each stands for.
    """

    points: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, *, seed: int, most: int = MOST_PROTOTYPES) -> Self:
        """Take k-means centres of customers, or themselves where they are few."""
        if len(values) <= most:
            return cls(values, np.full(len(values), 1 / len(values)))
        with one_thread():
            fitted = KMeans(most, n_init=1, max_iter=20, random_state=seed).fit(values)
        counts = np.bincount(fitted.labels_, minlength=most)
        return cls(fitted.cluster_centers_, counts / len(values))

    def density(self, values: np.ndarray) -> np.ndarray:
        """Return how dense they are around points, up to a constant.

        A Gaussian kernel estimate (Parzen 1962), Σ w_k exp(-|x - c_k|² / (p h²)), with
        h the `BANDWIDTH`.

        Parameters
        ----------
        values : ndarray, shape (n, p)

        Returns
        -------
        ndarray, shape (n,)
        """
        scale = values.shape[1] * BANDWIDTH**2
        found = np.empty(len(values))
        for start in range(0, len(values), _ROWS):
            rows = slice(start, start + _ROWS)
            kernel = cdist(values[rows], self.points, "sqeuclidean")
            np.exp(np.divide(kernel, -scale, out=kernel), out=kernel)
            kernel *= self.weights
            found[rows] = kernel.sum(axis=1)
        return found


@dataclass(frozen=True)
class Behaviour:
    """How customers are seen, and where customers at large are.

    Attributes
    ----------
    encoding : Encoding
        Of their features.
    everyone : Prototypes
    seed : int
    """

    encoding: Encoding
    everyone: Prototypes
    seed: int

    @classmethod
    def of(cls, sample: pd.DataFrame, features: list[str], seed: int) -> Self:
        """Learn from a sample of customers, sorted by key."""
        encoding = Encoding.learn(sample, features)
        everyone = Prototypes.of(encoding.points(sample), seed=seed)
        return cls(encoding, everyone, seed)

    def values(self, customers: pd.DataFrame) -> np.ndarray:
        """Standardise customers like the sample, shape (n, p); missing counts as 0."""
        return self.encoding.points(customers)

    def prototypes(self, seeds: pd.DataFrame) -> Prototypes:
        """Reduce the customers of a list to prototypes."""
        return Prototypes.of(self.values(seeds), seed=self.seed)

    def similarity(
        self, values: np.ndarray, dense: np.ndarray, seeds: Prototypes
    ) -> np.ndarray:
        """Return how much denser a list is around points than customers at large.

        s = f_list / (f_list + f_all): half the relative density ratio of Yamada et al.
        (2013, Neural Computation 25, eq. 1) at α = ½; s / (1 - s) is the plain ratio.

        Parameters
        ----------
        values : ndarray, shape (n, p)
        dense : ndarray, shape (n,)
            The density of everyone there.
        seeds : Prototypes

        Returns
        -------
        ndarray, shape (n,)
            From 0 to 1; .5 where the list is as dense as everyone.
        """
        ours = seeds.density(values) + _NOTHING
        # the last digits of an exponential may depend on the machine
        return np.round(ours / (ours + dense + _NOTHING), 12)


@dataclass(frozen=True)
class Sought:
    """A list whose lookalikes are sought, and how customers are seen.

    Attributes
    ----------
    list_id : str
    members : DataFrame
        Its customers who have bought, or those of them to learn from.
    prototypes : Prototypes
        Of these.
    behaviour : Behaviour
    """

    list_id: str
    members: pd.DataFrame
    prototypes: Prototypes
    behaviour: Behaviour

    def similarity(self, values: np.ndarray, dense: np.ndarray) -> np.ndarray:
        """Return the similarity to the list, as `Behaviour.similarity`."""
        return self.behaviour.similarity(values, dense, self.prototypes)

    def outside(self, customers: pd.DataFrame) -> np.ndarray:
        """Return which customers are not in the list, shape (n,)."""
        lists = "|" + customers["member_of"] + "|"
        return ~lists.str.contains(f"|{self.list_id}|", regex=False).to_numpy(bool)


def _by_list(seeds: pd.DataFrame, lists: list[str]) -> dict[str, pd.DataFrame]:
    seeds = sorted_by_key(seeds, "list_id", "customer_id")
    return {
        list_id: seeds[seeds["list_id"] == list_id].reset_index(drop=True)
        for list_id in sorted({*lists, *seeds["list_id"]})
    }


def _fault(members: pd.DataFrame) -> str | None:
    held_out = members["is_held_out"].astype(bool)
    if len(members) >= MIN_SEEDS and held_out.any() and not held_out.all():
        return None
    return (
        f"too few customers in the list: {len(members)} have bought, and {MIN_SEEDS} "
        "are needed"
    )


def _batches(
    batches: Iterable[pa.RecordBatch], behaviour: Behaviour
) -> Iterator[tuple[pd.DataFrame, np.ndarray, np.ndarray]]:
    """Yield customers, their standardised behaviour and the density of everyone."""
    for batch in batches:
        if batch.num_rows:
            customers = batch.to_pandas()
            values = behaviour.values(customers)
            yield customers, values, behaviour.everyone.density(values)


def _best(found: pd.DataFrame, count: int) -> pd.DataFrame:
    if len(found) > count:
        cut = np.partition(found["similarity"].to_numpy(), -count)[-count]
        found = found[found["similarity"] >= cut]
    order = found.sort_values(["similarity", "customer_id"], ascending=[False, True])
    return order.head(count).reset_index(drop=True)


def find_lookalikes(
    batches: Iterable[pa.RecordBatch],
    sample: pd.DataFrame,
    seeds: pd.DataFrame,
    *,
    features: list[str],
    count: int,
    seed: int,
) -> pa.Table:
    """Find the customers most like those of each list, who are not in it.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        Everyone who has bought: `customer_id`, `member_of` (the lists, with | between
        them) and the features. Read one at a time, so memory does not grow with their
        number.
    sample : DataFrame
        Some of them, in any order, to learn from where customers at large are.
    seeds : DataFrame
        The customers of the lists who have bought, in any order: `list_id`,
        `customer_id`, `is_held_out` and the features.
    features : list of str
    count : int
        Lookalikes per list.
    seed : int

    Returns
    -------
    pyarrow.Table
        `LOOKALIKES_SCHEMA`; best first, of equals the lower id. None for a list of
        which too few have bought.
    """
    lists = {k: m for k, m in _by_list(seeds, []).items() if _fault(m) is None}
    if not lists:
        return LOOKALIKES_SCHEMA.empty_table()
    behaviour = Behaviour.of(sorted_by_key(sample, "customer_id"), features, seed)
    sought = [
        Sought(list_id, members, behaviour.prototypes(members), behaviour)
        for list_id, members in lists.items()
    ]
    best = [pd.DataFrame()] * len(sought)
    for customers, values, dense in _batches(batches, behaviour):
        for number, one in enumerate(sought):
            outside = one.outside(customers)
            found = pd.DataFrame(values[outside], columns=features)
            found["customer_id"] = customers["customer_id"].to_numpy()[outside]
            found["similarity"] = one.similarity(values[outside], dense[outside])
            best[number] = _best(pd.concat([best[number], _best(found, count)]), count)
    rows = [_with_nearest(found, one) for found, one in zip(best, sought, strict=True)]
    return conform(pd.concat(rows, ignore_index=True), LOOKALIKES_SCHEMA)


def _with_nearest(found: pd.DataFrame, one: Sought) -> pd.DataFrame:
    """Rank lookalikes, and name the customer of the list who is nearest to each."""
    if found.empty:
        return found
    features = list(one.behaviour.encoding.features)
    ours, theirs = found[features].to_numpy(), one.behaviour.values(one.members)
    nearest, distance = np.empty(len(ours), int), np.empty(len(ours))
    for start in range(0, len(ours), MOST_PROTOTYPES):
        rows = slice(start, start + MOST_PROTOTYPES)
        apart = cdist(ours[rows], theirs, "sqeuclidean")
        nearest[rows] = apart.argmin(axis=1)
        distance[rows] = np.sqrt(apart.min(axis=1) / len(features))
    return found.assign(
        list_id=one.list_id,
        nearest_seed_customer_id=one.members["customer_id"].to_numpy()[nearest],
        lookalike_rank=np.arange(1, len(found) + 1),
        distance_to_nearest_seed=distance,
    )


class Standing:
    """Where held-out customers stand among all others, counted batch by batch.

    Parameters
    ----------
    scores : ndarray, shape (h,)
        Of the held-out customers.
    """

    def __init__(self, scores: np.ndarray):
        self.scores = scores
        self.count = 0
        self.below = np.zeros(len(scores), dtype=np.int64)
        self.not_above = np.zeros(len(scores), dtype=np.int64)

    def add(self, scores: np.ndarray) -> None:
        """Count the others of a batch."""
        ordered = np.sort(scores)
        self.count += len(ordered)
        self.below += np.searchsorted(ordered, self.scores, side="left")
        self.not_above += np.searchsorted(ordered, self.scores, side="right")

    @property
    def auc(self) -> float:
        """P(held-out above another), a tie counting half (Fawcett 2006)."""
        return float((self.below + self.not_above).mean() / (2 * self.count))

    @property
    def found(self) -> np.ndarray:
        """Which are among the first h of all; where they tie, by their mean rank."""
        ordered = np.sort(self.scores)
        below = self.below + np.searchsorted(ordered, self.scores, side="left")
        not_above = self.not_above + np.searchsorted(ordered, self.scores, side="right")
        total = self.count + len(self.scores)
        rank = total - (below + not_above + 1) / 2  # 0 is the first
        return rank < len(self.scores)


def judge_lists(
    batches: Iterable[pa.RecordBatch],
    sample: pd.DataFrame,
    seeds: pd.DataFrame,
    lists: list[str],
    *,
    features: list[str],
    seed: int,
) -> pa.Table:
    """Hold half of each list out, and see whether the other half leads back to it.

    Everyone outside the half that is learned from is ranked. A held-out customer is
    found if they are among the first h, h being how many are held out. The baseline
    ranks by spend alone, highest first, or lowest first where those learned
    from spend less than customers at large (by the median).

    Parameters
    ----------
    batches, sample, seeds, features, seed
        As in `find_lookalikes`.
    lists : list of str
        Lists to report even if nobody in them has bought.

    Returns
    -------
    pyarrow.Table
        `EVIDENCE_SCHEMA`; one row per list. `fault` says why nothing was judged.
    """
    members_of = _by_list(seeds, lists)
    rows = {
        list_id: {**dict.fromkeys(EVIDENCE_SCHEMA.names), "list_id": list_id,
                  "fault": _fault(members)}
        for list_id, members in members_of.items()
    }  # fmt: skip
    judged = []
    if any(row["fault"] is None for row in rows.values()):
        sample = sorted_by_key(sample, "customer_id")
        behaviour = Behaviour.of(sample, features, seed)
        usual = np.median(sample[SPEND])
        for list_id, members in members_of.items():
            if rows[list_id]["fault"] is None:
                judged.append(_Trial(list_id, members, behaviour, usual))
        for customers, values, dense in _batches(batches, behaviour):
            for trial in judged:
                trial.add(customers, values, dense)
    for trial in judged:
        rows[trial.sought.list_id].update(trial.result())
    return conform(pd.DataFrame(list(rows.values())), EVIDENCE_SCHEMA)


class _Trial:
    """One list, half of which is held out, and where those stand."""

    def __init__(
        self,
        list_id: str,
        members: pd.DataFrame,
        behaviour: Behaviour,
        usual_spend: float,
    ) -> None:
        is_held_out = members["is_held_out"].to_numpy(bool)
        learned, held_out = members[~is_held_out], members[is_held_out]
        self.sought = Sought(list_id, learned, behaviour.prototypes(learned), behaviour)
        self.sign = 1 if np.median(learned[SPEND]) >= usual_spend else -1
        values = behaviour.values(held_out)
        dense = behaviour.everyone.density(values)
        self.ours = Standing(self.sought.similarity(values, dense))
        self.naive = Standing(self.sign * held_out[SPEND].to_numpy(float))

    def add(
        self, customers: pd.DataFrame, values: np.ndarray, dense: np.ndarray
    ) -> None:
        outside = self.sought.outside(customers)
        self.ours.add(self.sought.similarity(values[outside], dense[outside]))
        self.naive.add(self.sign * customers[SPEND].to_numpy(float)[outside])

    def result(self) -> dict[str, Any]:
        if not self.ours.count:
            return {"fault": "every customer who has bought is in the list"}
        ours, naive = self.ours.found, self.naive.found
        return {
            "baseline": f"{'highest' if self.sign > 0 else 'lowest'} spend first",
            "count_candidates": self.ours.count + len(ours),
            "count_held_out": len(ours),
            "count_found": int(ours.sum()),
            "count_found_by_baseline": int(naive.sum()),
            "count_found_by_both": int((ours & naive).sum()),
            "auc": self.ours.auc,
            "baseline_auc": self.naive.auc,
        }

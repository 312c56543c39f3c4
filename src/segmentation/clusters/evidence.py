"""How well each method and number of clusters holds, and which one is chosen."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.clusters import measures
from segmentation.clusters.encoding import Encoding
from segmentation.clusters.methods import METHODS, Method
from segmentation.frames import conform, sorted_by_key

EVIDENCE_SCHEMA = pa.schema(
    [
        ("method", pa.string()),
        ("n_clusters", pa.int64()),
        ("preprocessing", pa.string()),
        ("count_customers", pa.int64()),
        ("silhouette", pa.float64()),
        ("davies_bouldin", pa.float64()),
        ("stability_ari", pa.float64()),
        ("prediction_strength", pa.float64()),
        ("holdout_ari", pa.float64()),
        ("smallest_share", pa.float64()),
        ("noise_share", pa.float64()),
        ("spend_explained", pa.float64()),
        ("churn_explained", pa.float64()),
        ("is_eligible", pa.bool_()),
        ("is_chosen", pa.bool_()),
        ("verdict", pa.string()),
    ]
)

OUTCOMES = ["next_net_amount", "is_churned"]

MIN_SHARE = 0.03
MIN_STABILITY = 0.75
MIN_HOLDOUT = 0.5
MAX_NOISE = 0.2
CLEARLY = 0.02


def compare(
    customers: pd.DataFrame,
    earlier: pd.DataFrame | None,
    features: list[str] | dict[str, float],
    categories: list[str],
    methods: list[str],
    counts: list[int],
    *,
    seed: int,
    min_customers: int,
    max_rows: int = 2_000,
) -> pa.Table:
    """Gather the evidence for each method and number of clusters, and choose one.

    A row is eligible where the smallest cluster is at least `MIN_SHARE`, stability at
    least `MIN_STABILITY` (Hennig's threshold for a valid, stable pattern), agreement on
    the other half at least `MIN_HOLDOUT` and noise at most `MAX_NOISE`.

    The eligible are gone through in the order of `METHODS`, the simplest first, and of
    falling silhouette. The first is chosen, but for a later one that is clearly more
    useful: two clusters nearly always separate best, and only restate "more" and
    "less". Silhouettes of different methods are not compared: where noise is left out,
    the rest is separated. Where none is eligible, the most stable one is chosen, and
    the verdict says so.

    All are measured on the same points, the standardised logarithms of the numeric
    features, whatever a method uses besides.

    Parameters
    ----------
    customers : DataFrame
        One row per customer: `customer_id` and the features, in any order.
    earlier : DataFrame or None
        Customers as they were a quarter ago, with the features of then, and what
        followed: `next_net_amount` and `is_churned`. None where there was no shop then.
    features : list of str, or dict of str to float
        Numeric features, with their weights where it is a dict.
    categories : list of str
        Categorical features.
    methods : list of str
        Keys of `METHODS`.
    counts : list of int
        The numbers of clusters to compare.
    seed : int
    min_customers : int
        With fewer customers nothing is chosen, and the verdict says so.
    max_rows : int
        The evidence is gathered on so many customers, drawn at random, which bounds the
        work.

    Returns
    -------
    pyarrow.Table
        `EVIDENCE_SCHEMA`; one row per method and number of clusters, a single one for a
        method that finds the number itself.
    """
    count_customers = len(customers)
    customers = _drawn(customers, max_rows, seed)
    everyone = _Parts.of([customers], features, categories)
    halves = _Parts.of(_halves(customers, seed), features, categories)
    halves_earlier = None
    if earlier is not None:
        earlier = _drawn(earlier.dropna(subset=OUTCOMES), max_rows, seed)
        if len(earlier) >= min_customers:
            halves_earlier = _Parts.of(_halves(earlier, seed), features, categories)

    rows = []
    for method, n_clusters in _competitors(methods, categories, counts):
        row: dict[str, Any] = {
            **dict.fromkeys(EVIDENCE_SCHEMA.names),
            "method": method.name,
            "n_clusters": n_clusters,
            "preprocessing": method.preprocessing(features),
            "count_customers": count_customers,
            "is_eligible": False,
            "is_chosen": False,
        }
        rows.append(row)
        if count_customers < min_customers:
            row["verdict"] = (
                f"too few customers: {count_customers}, and {min_customers} are needed"
            )
            continue
        if not everyone.are_enough(n_clusters):
            row["verdict"] = f"too few distinct customers: {everyone.distinct}"
            continue
        row |= _among_all(method, n_clusters, everyone, seed)
        is_split = row["n_clusters"] > 1
        if is_split and halves.are_enough(n_clusters):
            row |= _on_the_other_half(method, n_clusters, halves, seed)
        if is_split and halves_earlier and halves_earlier.are_enough(n_clusters):
            row |= _out_of_time(method, n_clusters, halves_earlier, seed)
        faults = faults_of(row)
        row["is_eligible"] = not faults
        row["verdict"] = " and ".join(faults) or "eligible"
    choose(rows)
    return conform(pd.DataFrame(rows), EVIDENCE_SCHEMA)


def _competitors(
    methods: list[str], categories: list[str], counts: list[int]
) -> Iterator[tuple[Method, int | None]]:
    for method in METHODS.values():
        # without categories k-prototypes is k-means
        if method.name in methods and (categories or not method.takes_categories):
            for count in [None] if method.finds_count else sorted(set(counts)):
                yield method, count


@dataclass(frozen=True)
class _Parts:
    """Parts of the customers, and each as points of every part's encoding.

    Attributes
    ----------
    customers : list of DataFrame
    distinct : int
        How many customers of the part with fewest differ from each other.
    """

    customers: list[pd.DataFrame]
    features: list[str] | dict[str, float]
    categories: list[str]
    distinct: int
    known: dict[bool, tuple[list[Encoding], list[list[np.ndarray]]]] = field(
        default_factory=dict
    )

    @classmethod
    def of(
        cls,
        customers: list[pd.DataFrame],
        features: list[str] | dict[str, float],
        categories: list[str],
    ) -> "_Parts":
        distinct = min(_distinct(part, features) for part in customers)
        return cls(customers, features, categories, distinct)

    def are_enough(self, n_clusters: int | None) -> bool:
        return self.distinct > (n_clusters or 1)

    def encoded(self, method: Method) -> tuple[list[Encoding], list[list[np.ndarray]]]:
        """Return the encoding of each part; of each part, its points in all of them."""
        if method.takes_categories not in self.known:
            encodings = [
                method.encoding(part, self.features, self.categories)
                for part in self.customers
            ]
            points = [
                [encoding.points(part) for encoding in encodings]
                for part in self.customers
            ]
            self.known[method.takes_categories] = encodings, points
        return self.known[method.takes_categories]


def _drawn(customers: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    # ids come in the order of joining: the first of them are the oldest customers
    customers = sorted_by_key(customers, "customer_id")
    if len(customers) <= most:
        return customers
    drawn = np.random.default_rng(seed).permutation(len(customers))[:most]
    return customers.iloc[np.sort(drawn)].reset_index(drop=True)


def _halves(customers: pd.DataFrame, seed: int) -> list[pd.DataFrame]:
    """Split at random: the first half, and the second."""
    order = np.random.default_rng(seed).permutation(len(customers))
    middle = len(customers) // 2
    return [
        customers.iloc[np.sort(half)].reset_index(drop=True)
        for half in (order[:middle], order[middle:])
    ]


def _distinct(customers: pd.DataFrame, features: Collection[str]) -> int:
    # of no columns pandas drops no duplicate
    return len(customers[list(features)].drop_duplicates()) if features else 1


def _among_all(
    method: Method, n_clusters: int | None, everyone: "_Parts", seed: int
) -> dict[str, Any]:
    (encoding,), ((points,),) = everyone.encoded(method)
    learned = method.learn(points, encoding, n_clusters, seed)
    labels = learned.assign(points)
    seen = points[:, encoding.is_numeric]

    def again(points: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        return method.learn(points, encoding, n_clusters, seed).assign

    found: dict[str, Any] = {
        "n_clusters": len(np.unique(learned.cluster)),
        "silhouette": measures.silhouette(seen, labels),
        "davies_bouldin": measures.davies_bouldin(seen, labels),
        "smallest_share": measures.smallest_share(labels),
        "noise_share": measures.noise_share(labels),
    }
    if found["n_clusters"] > 1:
        found["stability_ari"] = measures.stability(
            points,
            labels,
            again,
            seed=seed,
            bootstraps=method.bootstraps,
            with_copies=not method.finds_count,
        )
    return found


def _placed(
    method: Method, n_clusters: int | None, halves: "_Parts", seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Place each half by what it taught itself, and by what the other taught."""
    encodings, points = halves.encoded(method)
    learned = [
        method.learn(points[half][half], encodings[half], n_clusters, seed)
        for half in (0, 1)
    ]
    return [
        (
            learned[half].assign(points[half][half]),
            learned[1 - half].assign(points[half][1 - half]),
        )
        for half in (0, 1)
    ]


def _on_the_other_half(
    method: Method, n_clusters: int | None, halves: "_Parts", seed: int
) -> dict[str, Any]:
    """Judge what one half of customers taught on the other, both ways."""
    pairs = _placed(method, n_clusters, halves, seed)
    return {
        "prediction_strength": _mean(measures.prediction_strength, pairs),
        "holdout_ari": _mean(measures.agreement, pairs),
    }


def _out_of_time(
    method: Method, n_clusters: int | None, halves: "_Parts", seed: int
) -> dict[str, Any]:
    """Explain what one half of customers did next by what the other taught."""
    (own_0, other_0), (own_1, other_1) = _placed(method, n_clusters, halves, seed)
    explained = []
    for outcome in OUTCOMES:
        first, second = (_outcome(part, outcome) for part in halves.customers)
        pairs = [(second, other_1, first, own_0), (first, other_0, second, own_1)]
        explained.append(_mean(measures.explained, pairs))
    return dict(zip(("spend_explained", "churn_explained"), explained, strict=True))


def _outcome(customers: pd.DataFrame, name: str) -> np.ndarray:
    values = customers[name].astype(float).to_numpy()
    # a few spend as much as all others together: on a logarithmic scale all count
    return np.sign(values) * np.log1p(abs(values)) if name == OUTCOMES[0] else values


def _mean(
    measure: Callable[..., float | None], cases: Sequence[tuple[np.ndarray, ...]]
) -> float | None:
    values = [measure(*case) for case in cases]
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if len(known) == len(values) else None


def faults_of(row: dict[str, Any]) -> list[str]:
    """Say why a row is not eligible."""
    if row["n_clusters"] < 2:
        return ["there is no second cluster"]
    faults = []
    if row["smallest_share"] < MIN_SHARE:
        faults.append(f"the smallest cluster is under {MIN_SHARE:.0%}")
    if row["stability_ari"] < MIN_STABILITY:
        faults.append(f"stability is under {MIN_STABILITY}")
    if row["holdout_ari"] is not None and row["holdout_ari"] < MIN_HOLDOUT:
        faults.append(f"agreement on the other half is under {MIN_HOLDOUT}")
    if row["noise_share"] > MAX_NOISE:
        faults.append(f"over {MAX_NOISE:.0%} are in no cluster")
    return faults


def usefulness(row: dict[str, Any]) -> float | None:
    """Return the mean of what clusters explain of next-quarter spend and churn."""
    parts = [row["spend_explained"], row["churn_explained"]]
    return None if None in parts else float(np.mean(parts))


def choose(rows: list[dict[str, Any]]) -> None:
    """Mark the row that is chosen, and say why in its verdict."""
    measured = [row for row in rows if row["silhouette"] is not None]
    eligible = [row for row in measured if row["is_eligible"]]
    if eligible:
        chosen, reason = _best(eligible)
        chosen["verdict"] = f"chosen: {reason}"
    elif measured:
        chosen = max(measured, key=lambda row: row["stability_ari"])
        chosen["verdict"] += "; chosen as the most stable, because none is eligible"
    else:
        return
    chosen["is_chosen"] = True


def _best(eligible: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
    """Return the best row, and why."""
    order = list(METHODS)
    chosen, *others = sorted(
        eligible, key=lambda row: (order.index(row["method"]), -row["silhouette"])
    )
    reason = "best silhouette of those eligible"
    for other in others:
        before, now = usefulness(chosen), usefulness(other)
        if before is not None and now is not None and now > before + CLEARLY:
            reason = (
                f"clearly more useful than {chosen['method']} with "
                f"{chosen['n_clusters']}: {now:.3f} against {before:.3f}"
            )
            chosen = other
    if others and usefulness(chosen) is not None:
        reason += "; no other is clearly more useful"
    return chosen, reason

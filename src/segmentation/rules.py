"""A few rules a marketer can read that place customers nearly as a segmentation does.

The rules are the leaves of a shallow decision tree. Their bounds are rounded as far as
no customer learned from falls on the other side, and how faithful they are is measured
on customers they were not learned from.
"""

from collections.abc import Iterator
from hashlib import md5
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.estimators import DecisionTreeClassifier
from segmentation.frames import conform, sorted_by_key

RULES_SCHEMA = pa.schema(
    [
        ("dimension", pa.string()),
        ("rule_number", pa.int64()),
        ("segment_code", pa.string()),
        ("feature", pa.string()),
        ("value_from", pa.float64()),
        ("value_before", pa.float64()),
        ("count_learned", pa.int64()),
        ("verdict", pa.string()),
    ]
)

MAX_DEPTH = 5
LEAVES = (4, 6, 8, 10, 12, 16, 20, 24)

# a rule of fewer of the customers learned from says little
MIN_SHARE = 0.01


def part(customer_id: str) -> str:
    """Say what a customer serves for: to learn, to choose or to judge.

    By the last digit of the hashed id: the first ones decide who is sampled to be
    learned from, so they say nothing within the sample.
    """
    digit = md5(customer_id.encode()).hexdigest()[-1]
    if digit in "0123456789":
        return "learn"
    return "choose" if digit in "abc" else "judge"


def round_bound(below: float, above: float) -> float:
    """Return the roundest number in (below, above], of two digits after the point."""
    largest = max(abs(below), abs(above), 1)
    for exponent in range(int(np.log10(largest)), -3, -1):
        for digit in (5, 2, 1):
            step = digit * 10.0**exponent
            bound = float(round(np.floor(above / step) * step, 2))
            if below < bound <= above:
                return bound
    return float(above)


Bounds: TypeAlias = dict[int, tuple[float, float]]
"""Number of a feature to what it lies between."""

Leaf: TypeAlias = tuple[str, Bounds, np.ndarray]
"""Its segment, its bounds, and its rows."""


def _leaves(model: DecisionTreeClassifier, values: np.ndarray) -> Iterator[Leaf]:
    """Yield segment, bounds by feature and rows of each leaf, from left to right.

    Two leaves of one segment under one split are one leaf.
    """
    tree = model.tree_

    def segment(node: int) -> str | None:
        left, right = tree.children_left[node], tree.children_right[node]
        if left < 0:
            return model.classes_[np.argmax(tree.value[node, 0])]
        found = segment(left)
        return found if found is not None and found == segment(right) else None

    stack: list[tuple[int, Bounds, np.ndarray]] = [(0, {}, np.arange(len(values)))]
    while stack:
        node, bounds, rows = stack.pop()
        found = segment(node)
        if found is not None:
            yield found, bounds, rows
            continue
        feature = tree.feature[node]
        seen = values[rows, feature]
        # scikit-learn compares numbers of single precision
        goes_left = seen.astype(np.float32) <= tree.threshold[node]
        bound = round_bound(seen[goes_left].max(), seen[~goes_left].min())
        low, high = bounds.get(feature, (-np.inf, np.inf))
        stack += [
            (
                tree.children_right[node],
                bounds | {feature: (bound, high)},
                rows[~goes_left],
            ),
            (
                tree.children_left[node],
                bounds | {feature: (low, bound)},
                rows[goes_left],
            ),
        ]


def _place(leaves: list[Leaf], values: np.ndarray) -> np.ndarray:
    """Return the segment of every row, by the rounded bounds."""
    found = np.full(len(values), None, dtype=object)
    for segment, bounds, _ in leaves:
        inside = np.ones(len(values), dtype=bool)
        for feature, (low, high) in bounds.items():
            inside &= (values[:, feature] >= low) & (values[:, feature] < high)
        found[inside] = segment
    return found


def learn_rules(
    customers: pd.DataFrame,
    features: list[str],
    dimensions: list[str],
    *,
    seed: int,
    min_customers: int,
) -> pa.Table:
    """Learn a few rules for each way of segmenting.

    Trees of at most `MAX_DEPTH` splits above a leaf and of `LEAVES` leaves are grown on
    the customers to learn from. Of those trees the one with the fewest leaves is taken
    whose accuracy on the customers to choose by is within a standard error of the best.
    The customers to judge by are not looked at.

    Parameters
    ----------
    customers : DataFrame
        One row per customer: `customer_id`, the features, and a column per dimension
        with the segment code, null where a customer is in none. In any order.
    features : list of str
        A missing value counts as 0.
    dimensions : list of str
    seed : int
    min_customers : int
        With fewer customers to learn from, a dimension has no rules.

    Returns
    -------
    pyarrow.Table
        `RULES_SCHEMA`; one row per rule and feature it bounds, or one without a feature
        where a rule holds for everyone. A value at `value_from` is inside, one at
        `value_before` outside; null is no bound. Each customer fits exactly one rule.

    References
    ----------
    Breiman, Friedman, Olshen & Stone (1984), Classification and regression trees,
    section 3.4.3 (the rule of one standard error); Craven & Shavlik (1996), Extracting
    tree-structured representations of trained networks (fidelity).
    """
    customers = sorted_by_key(customers, "customer_id")
    parts = customers["customer_id"].map(part).to_numpy(dtype=object)
    values = customers[features].astype(float).fillna(0).to_numpy()
    rows = []
    for dimension in dimensions:
        segments = customers[dimension].to_numpy(dtype=object)
        is_known = customers[dimension].notna().to_numpy()
        learn = is_known & (parts == "learn")
        choose = is_known & (parts == "choose")
        if learn.sum() < min_customers or not choose.any():
            continue
        for row in _rules(values, segments, learn, choose, features, seed):
            rows.append({"dimension": dimension, **row})
    return conform(pd.DataFrame(rows), RULES_SCHEMA)


def _rules(
    values: np.ndarray,
    segments: np.ndarray,
    learn: np.ndarray,
    choose: np.ndarray,
    features: list[str],
    seed: int,
) -> Iterator[dict[str, Any]]:
    grown: dict[int, tuple[float, list[Leaf]]] = {}
    for most in LEAVES:
        model = DecisionTreeClassifier(
            max_depth=MAX_DEPTH,
            max_leaf_nodes=most,
            min_samples_leaf=MIN_SHARE,
            random_state=seed,
        ).fit(values[learn], segments[learn])
        leaves = list(_leaves(model, values[learn]))
        right = _place(leaves, values[choose]) == segments[choose]
        # trees that differ only in leaves of one segment are the same rules
        grown.setdefault(len(leaves), (right.mean(), leaves))
    best = max(accuracy for accuracy, _ in grown.values())
    error = np.sqrt(best * (1 - best) / choose.sum())
    count = min(n for n, (accuracy, _) in grown.items() if accuracy >= best - error)
    tried = ", ".join(str(n) for n in sorted(grown))
    verdict = (
        f"{count} rules, out of {tried}: the fewest within a standard error of the "
        f"best on {choose.sum()} customers left out of learning"
    )
    for number, (segment, bounds, rows) in enumerate(grown[count][1], start=1):
        held: list[tuple[int | None, tuple[float, float]]] = [*bounds.items()]
        for feature, (low, high) in held or [(None, (-np.inf, np.inf))]:
            yield {
                "rule_number": number,
                "segment_code": segment,
                "feature": None if feature is None else features[feature],
                "value_from": None if np.isinf(low) else low,
                "value_before": None if np.isinf(high) else high,
                "count_learned": len(rows),
                "verdict": verdict,
            }

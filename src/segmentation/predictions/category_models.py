"""Fit the candidates for the next category at any origin, and measure them there."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from segmentation.frames import sorted_by_key
from segmentation.learning.settings import Settings
from segmentation.predictions.category_evidence import Judged, measure
from segmentation.predictions.tastes import (
    CANDIDATES,
    LAST_FIRST,
    OWN_FAVOURITE,
    POPULARITY,
    SHARE,
    SHRUNK,
    USES,
    Tastes,
    Weights,
    fit_weights,
)


def _numbers(values: pd.Series, categories: pd.Index) -> np.ndarray:
    return categories.get_indexer(values.to_numpy(dtype=object))


@dataclass(frozen=True)
class CategoryModels:
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
        Purchase days with each category, weighted, row by row.
    categories : Index
        Sorted.
    """

    settings: Settings
    rows: pd.DataFrame
    own: csr_array
    categories: pd.Index

    @classmethod
    def of(
        cls,
        customers: pd.DataFrame,
        counts: pd.DataFrame,
        labels: pd.DataFrame,
        settings: Settings,
    ) -> Self:
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
                counts["expected_main_days"].to_numpy(float),
                (
                    counts["row"].to_numpy(int),
                    _numbers(counts["category"], categories),
                ),
            ),
            shape=(len(rows), len(categories)),
        )
        hashes = pd.util.hash_pandas_object(
            counts[["category", "expected_main_days"]], index=False
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

    def judged(self, origin: int) -> Judged:
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

    def parameters(self, weights: Weights, champion: str) -> list[dict[str, Any]]:
        """Return what was learned at the scoring anchor: `fit_rows.PROCESS_SCHEMA`."""
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

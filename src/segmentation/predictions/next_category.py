"""Learn the next category: on which a customer spends most on the next purchase day.

`tastes` says how a probability is made, `category_evidence` how good it is.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Self

import pandas as pd
import pyarrow as pa

from segmentation.learning.fit_rows import fits_table
from segmentation.learning.learner import Evidence, Served, Task
from segmentation.learning.lifecycle import Build, learn
from segmentation.learning.settings import Settings
from segmentation.predictions.category_evidence import judge_categories
from segmentation.predictions.category_models import CategoryModels
from segmentation.predictions.tastes import CANDIDATES

TARGET = "next_category"


@dataclass(frozen=True)
class NextCategoryLearner(CategoryModels):
    """The next category: a `learning.learner.Learner`."""

    @property
    def task(self) -> Task:
        """What is to be learned."""
        return Task(
            target=TARGET,
            kind="category",
            label="next_category",
            horizon_days=None,
            features={},
            settings=asdict(self.settings),
            more_columns=(
                "favourite_category",
                "last_category",
                "days_to_next_order",
                "count_hash",
            ),
        )

    @property
    def candidates(self) -> tuple[str, ...]:
        """Who competes."""
        return CANDIDATES

    def training_rows(self) -> pd.DataFrame:
        """Return the scoring anchor, and those that are learned from."""
        return self.at(0, *self.learned_from(0))

    def judged_at(self) -> tuple[list[int], str | None]:
        """Return the origins to judge at, newest first, or why there is none."""
        problem = self.problem(0)
        if problem:
            return [], problem
        found = []
        for origin in sorted(n for n in self.tastes if n > 0):
            count = int((self.tastes[origin].following >= 0).sum())
            faulty = self._too_few(count, "to judge on") or self.problem(origin)
            problem = problem or faulty
            if not faulty:
                found.append(origin)
        if not found:
            return [], problem or self._too_few(0, "to judge on")
        return found[: self.settings.count_origins], None

    def suspects(self, origins: list[int]) -> None:
        """Say nothing of features: there are none."""

    def without(self, features: Iterable[str]) -> Self:
        """Return the same."""
        return self

    def judge(self, origins: list[int], incumbent: str | None) -> Evidence:
        """Judge by how often the category named first is the one bought."""
        scorecard, champion, verdict = judge_categories(
            [self.judged(origin) for origin in origins],
            seed=self.settings.seed,
            bootstrap_samples=self.settings.bootstrap_samples,
            incumbent=incumbent,
        )
        return Evidence(scorecard, champion, verdict)

    def serve(self, evidence: Evidence) -> Served:
        """Learn from all that is known today."""
        weights = self.weights(0)
        return Served(parameters=self.parameters(weights, evidence.champion))


def learn_next_category(
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
        `anchor_date`, `category` and `expected_main_days`. Other customers do not
        count.
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
        `fit_rows.FITS_SCHEMA`; one row, or none where no fit was due.
    """
    learner = NextCategoryLearner.of(customers, counts, labels, settings)
    outcome = learn(learner, Build.of(scoring, past))
    return fits_table([outcome.record] if outcome else [])

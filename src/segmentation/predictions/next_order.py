"""Learn when a customer is expected back: the purchase probabilities, judged as days.

Nothing is fitted. What is judged is the expected day that the champions of the horizons
give together, beside the usual gap; see `order_days`. In a young shop the longest
horizons have none yet: the days then follow from the shorter ones.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import takewhile
from typing import Self

import pandas as pd

from segmentation.frames import sorted_by_key
from segmentation.learning.learner import Evidence, Served, Task
from segmentation.learning.lifecycle import Outcome
from segmentation.learning.settings import Settings
from segmentation.predictions.order_days import (
    BASELINE,
    CANDIDATE,
    coherent,
    judge_days,
    median_days,
    usual_gap_days,
)
from segmentation.predictions.probabilities import ProbabilityLearner

NEXT_ORDER = "next_order"


@dataclass(frozen=True)
class NextOrderLearner:
    """The day of the next order: a `learning.learner.Learner`.

    Attributes
    ----------
    rows : DataFrame
        One row per customer and past anchor, sorted by key: features,
        `days_to_next_order` and `known_days`.
    outcomes : dict
        Horizon in days to the outcome of its purchase probability.
    churn_horizon : int
        The horizon whose probability is that of no purchase.
    settings : Settings
    """

    rows: pd.DataFrame
    outcomes: dict[int, Outcome[ProbabilityLearner]]
    churn_horizon: int
    settings: Settings

    @classmethod
    def of(
        cls,
        labelled: pd.DataFrame,
        outcomes: Iterable[Outcome[ProbabilityLearner]],
        churn_horizon: int,
        settings: Settings,
    ) -> Self:
        """Take what was learned of each horizon."""
        rows = sorted_by_key(labelled, "anchor_number", "customer_id")
        by_horizon = {one.learner.target.horizon_days: one for one in outcomes}
        return cls(rows, by_horizon, churn_horizon, settings)

    @property
    def task(self) -> Task:
        """What is to be learned."""
        horizons = tuple(self.outcomes)
        return Task(
            target=NEXT_ORDER,
            kind="days",
            label="days_to_next_order",
            horizon_days=max(horizons),
            features={},
            settings=asdict(self.settings) | {"horizons": horizons},
        )

    @property
    def candidates(self) -> tuple[str, ...]:
        """Who competes."""
        return CANDIDATE, BASELINE

    def training_rows(self) -> pd.DataFrame:
        """Return all rows."""
        return self.rows

    @cached_property
    def served(self) -> dict[int, Outcome[ProbabilityLearner]]:
        """The outcomes with a champion, from the shortest horizon on without a gap."""
        return {
            days: self.outcomes[days]
            for days in takewhile(
                lambda days: self.outcomes[days].evidence is not None,
                sorted(self.outcomes),
            )
        }

    @cached_property
    def predictions(self) -> dict[int, pd.DataFrame]:
        """Expected and observed days by origin where all served can be predicted."""
        origins, _ = self.served[max(self.served)].learner.judged_at()
        found = {origin: self._expected_days(origin) for origin in origins}
        return {origin: days for origin, days in found.items() if days is not None}

    def judged_at(self) -> tuple[list[int], str | None]:
        """Return the origins common to the horizons served, or why there is none."""
        if not self.served:
            return [], "too little data: no purchase probabilities"
        if not self.predictions:
            return [], "too little data: no origin common to the horizons"
        return list(self.predictions), None

    def suspects(self, origins: list[int]) -> None:
        """Say nothing of features: those of the horizons were looked at."""

    def without(self, features: Iterable[str]) -> Self:
        """Return the same: it has no features of its own."""
        return self

    def judge(self, origins: list[int], incumbent: str | None) -> Evidence:
        """Judge by concordance; no incumbent is favoured."""
        scorecard, champion, verdict = judge_days(
            pd.concat([self.predictions[n] for n in origins], ignore_index=True),
            seed=self.settings.seed,
            bootstrap_samples=self.settings.bootstrap_samples,
        )
        return Evidence(scorecard, champion, verdict)

    def serve(self, evidence: Evidence) -> Served:
        """Serve as it is: the days follow from the probabilities that serve."""
        return Served()

    def _expected_days(self, origin: int) -> pd.DataFrame | None:
        """Return expected and observed days; None where a horizon is not predicted."""
        found = {}
        for days, one in self.served.items():
            if one.evidence is None:
                return None
            found[days] = one.learner.predicted(origin, one.evidence)
            if found[days] is None:
                return None
        chances = pd.DataFrame(found).dropna()
        if self.churn_horizon in chances:
            chances[self.churn_horizon] = 1 - chances[self.churn_horizon]
        agreed = coherent(
            {d: chances[d].to_numpy() for d in chances}, self.churn_horizon
        )
        here = self.rows[self.rows["anchor_number"] == origin].set_index("customer_id")
        here = here.assign(usual_gap_days=usual_gap_days(here)).loc[chances.index]
        return pd.DataFrame(
            {
                "origin_date": here["anchor_date"].to_numpy(),
                "customer_id": here.index.to_numpy(),
                "expected_days": median_days(agreed),
                "usual_gap_days": here["usual_gap_days"].to_numpy(float),
                "observed_days": here["days_to_next_order"].to_numpy(float),
                "known_days": here["known_days"].to_numpy(float),
            }
        )

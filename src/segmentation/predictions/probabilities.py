"""Learn a probability: a yes or no that candidates learn from past anchors."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import pandas as pd

from segmentation.evidence.judgement import judge
from segmentation.evidence.metrics import log_losses
from segmentation.learning import suspects
from segmentation.learning.candidates import Model, Settings, probability
from segmentation.learning.learner import Evidence, Served, Task
from segmentation.learning.lifecycle import Begun
from segmentation.learning.reference import watched
from segmentation.learning.tuning import tune, written
from segmentation.predictions.probability_models import ProbabilityModels


@dataclass(frozen=True)
class Tuned:
    """The settings of candidates, as tuning chose them.

    Attributes
    ----------
    features : dict
        Feature name to transform name: those that were tuned with.
    chosen : dict
        Candidate to its settings.
    tried : list of dict
        `tuning.TUNING_SCHEMA`
    """

    features: dict[str, str]
    chosen: dict[str, Settings]
    tried: list[dict[str, Any]]


@dataclass(frozen=True)
class ProbabilityLearner(ProbabilityModels):
    """One yes or no on its labelled rows: a `learning.learner.Learner`.

    Attributes
    ----------
    tuned : Tuned or None
        As another target on the same rows was tuned; None to tune this one.
    """

    tuned: Tuned | None = None

    @property
    def task(self) -> Task:
        """What is to be learned."""
        target = self.target
        return Task(
            target=target.name,
            kind="probability",
            label=target.label,
            horizon_days=target.horizon_days,
            features=target.features,
            settings=asdict(self.settings) | {"horizons": target.horizons},
        )

    @property
    def candidates(self) -> tuple[str, ...]:
        """Who competes; nobody if no feature is left, or no baseline."""
        target = self.target
        is_left = target.features and target.baselines
        return tuple(c.name for c in target.candidates) if is_left else ()

    def training_rows(self) -> pd.DataFrame:
        """Return the rows whose labels are known at the scoring anchor."""
        return self.at(*self.origins.known_at(0))

    def judged_at(self) -> tuple[list[int], str | None]:
        """Return the origins to judge at, newest first, or why there is none."""
        problem = self.problem(*self.origins.known_at(0))
        if problem:
            return [], self._explained(f"{problem} to learn from")
        newest = self.origins.gap
        found, first_problem = [], None
        for origin in (n for n in self.origins.numbers if n >= newest):
            problem = self.problem(origin)
            where = "to judge on"
            if problem is None:
                problem = self.problem(*self.origins.known_at(origin))
                where = "to learn from"
            if problem:
                first_problem = first_problem or f"{problem} {where}"
            else:
                found.append(origin)
            if len(found) == self.settings.count_origins:
                break
        if found:
            return found, None
        nothing = (
            f"too little data: 0 labelled rows, {self.settings.min_rows} are needed"
        )
        return [], self._explained(first_problem or nothing)

    def _explained(self, problem: str) -> str:
        """Add how much history it takes, where no origin has an anchor before it."""
        gap, known_at = self.origins.gap, self.origins.known_at
        if any(known_at(n) for n in self.origins.numbers if n >= gap):
            return problem
        return f"{problem} ({self.origins.history()})"

    def suspects(self, origins: list[int]) -> dict[str, float]:
        """Return features that alone predict the label too well, with their AUC."""
        rows = self.at(*self.origins.known_at(origins[0]))
        return suspects.suspects(rows, self.target.label, self.target.all_features)

    def without(self, features: Iterable[str]) -> Self:
        """Return the learner without some features, and who knows only these."""
        return replace(self, target=self.target.without(features))

    def tune(self, origin: int) -> Tuned:
        """Settle the settings of all candidates on what is known at an origin."""
        chosen, tuning = {}, []
        for candidate in self.target.candidates:
            chosen[candidate.name], tried = tune(
                candidate,
                self.rows,
                self.target.label,
                self.target.features,
                self.origins,
                origin=origin,
                max_configurations=self.settings.max_configurations,
                seed=self.settings.seed,
            )
            tuning += tried
        return Tuned(self.target.features, chosen, tuning)

    def judge(self, origins: list[int], incumbent: str | None) -> Evidence:
        """Tune on what the oldest origin knows, and judge by log loss."""
        tuned = self.tuned
        if tuned is None or tuned.features != self.target.features:
            tuned = self.tune(origins[-1])
        chosen = tuned.chosen
        by_origin = {origin: self.predictions(chosen, origin) for origin in origins}
        unlevelled = {
            origin: self._better_as_it_is(by_origin, origin) for origin in [0, *origins]
        }
        predictions = pd.concat(
            [
                found.assign(
                    predicted=found["predicted"].where(
                        ~found["candidate"].isin(unlevelled[origin]),
                        found["predicted_raw"],
                    )
                )
                for origin, found in by_origin.items()
            ],
            ignore_index=True,
        )
        judgement = judge(
            predictions,
            kind="probability",
            deciding_metric="log_loss",
            seed=self.settings.seed,
            bootstrap_samples=self.settings.bootstrap_samples,
            incumbent=incumbent,
            candidates=list(self.candidates),
        )
        return Evidence(
            judgement.scorecard,
            judgement.champion,
            judgement.reason,
            predictions,
            chosen,
            tuned.tried,
            kept=unlevelled,
        )

    def _better_as_it_is(
        self, by_origin: dict[int, pd.DataFrame], origin: int
    ) -> set[str]:
        """Name candidates whose level is better left alone, as far as is known there.

        Those whose log loss, over the origins whose labels are known at this one, is
        less before calibration: it knows the season of a year ago, and where the shop
        has changed since, that leads away from what comes.
        """
        known = [
            found.dropna(subset=["predicted_raw"])
            for number, found in by_origin.items()
            if number >= origin + self.origins.gap
        ]
        if not known:
            return set()
        rows = pd.concat(known, ignore_index=True)
        actual = rows["actual"].to_numpy()
        losses = pd.DataFrame(
            {
                "candidate": rows["candidate"],
                "before": log_losses(actual, rows["predicted_raw"].to_numpy()),
                "after": log_losses(actual, rows["predicted"].to_numpy()),
            }
        )
        mean = losses.groupby("candidate").mean()
        return set(mean.index[mean["before"] < mean["after"]])

    def serve(self, evidence: Evidence) -> Served:
        """Fit the champion to all that is known today, and set its level."""
        model, slope, intercept = self.champion_at(0, evidence)
        served = model.scaled(slope, intercept)
        return Served(
            settings=written(evidence.settings[evidence.champion]),
            model=served,
            level_slope=slope,
            level_intercept=intercept,
            watched=watched(
                self.customers,
                served.features,
                probability(served.margin(self.customers)),
            ),
        )

    def champion_at(
        self, origin: int, evidence: Evidence
    ) -> tuple[Model, float, float]:
        """Fit the champion to what is known at an origin, as `calibrated` does.

        Its level is left alone where that was better at earlier origins.
        """
        name = evidence.champion
        (champion,) = (c for c in self.target.candidates if c.name == name)
        model, slope, intercept = self.calibrated(
            champion, evidence.settings[name], origin
        )
        if name in evidence.kept.get(origin, ()):
            return model, 1.0, 0.0
        return model, slope, intercept

    def predicted(self, origin: int, evidence: Evidence) -> pd.Series | None:
        """Predict an origin by the champion, from what was known there.

        Returns
        -------
        Series or None
            Probabilities by customer; None where there was too little to learn from.
        """
        if self.problem(*self.origins.known_at(origin)):
            return None
        customers = self.at(origin)
        model, slope, intercept = self.champion_at(origin, evidence)
        chance = probability(slope * model.margin(customers) + intercept)
        return pd.Series(chance, index=customers["customer_id"].to_numpy())


def tuned_alike(
    begun: Sequence[Begun[ProbabilityLearner]],
) -> list[Begun[ProbabilityLearner]]:
    """Tune targets on the same rows once, on the one in the middle.

    On what is known at the oldest origin of any of them: no origin has a say in the
    settings it is judged with.
    """
    judged = [one for one in begun if one.problem is None]
    if not judged:
        return list(begun)
    oldest = max(one.origins[-1] for one in judged)
    tuned = judged[len(judged) // 2].learner.tune(oldest)
    return [replace(one, learner=replace(one.learner, tuned=tuned)) for one in begun]

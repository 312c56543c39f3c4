"""What the life of a model asks of a target, and what they pass on to each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

import pandas as pd

from segmentation.linear import Linear
from segmentation.trees import Forest


@dataclass(frozen=True)
class Task:
    """What is to be learned: all that a fit is made with but the rows.

    Attributes
    ----------
    target : str
        Its fits are one chain.
    kind : {'probability', 'amount', 'days', 'category'}
    label : str
        Column of the rows.
    horizon_days : int or None
        How far the label looks ahead of the anchor.
    features : dict
        Feature name to transform name.
    settings : dict
        Names to values, `seed` and `refit_every_days` among them.
    more_columns : tuple of str
        Columns learned from besides the label and the features.
    """

    target: str
    kind: str
    label: str
    horizon_days: int | None
    features: dict[str, str]
    settings: dict[str, Any]
    more_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """How the candidates did at past origins, and who is to serve.

    Attributes
    ----------
    scorecard : DataFrame
        `evidence.judgement.SCORECARD_SCHEMA`
    champion : str
    verdict : str
        Why, in plain words.
    predictions : DataFrame or None
        One row per origin, candidate and customer, as `evidence.judgement.judge` reads
        them, where what is predicted is a number: lift, calibration and figures by
        group are measured on them.
    settings : dict
        Candidate to the settings that tuning chose.
    tuning : list of dict
        `tuning.TUNING_SCHEMA`
    kept : object
        Whatever the learner's `serve` needs of what its `judge` found.
    """

    scorecard: pd.DataFrame
    champion: str
    verdict: str
    predictions: pd.DataFrame | None = None
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    tuning: list[dict[str, Any]] = field(default_factory=list)
    kept: Any = None

    @property
    def is_baseline(self) -> bool:
        """Whether a naive rule is to serve."""
        mine = self.scorecard["candidate"] == self.champion
        return bool(self.scorecard.loc[mine, "is_baseline"].iloc[0])

    @property
    def of_champion(self) -> pd.DataFrame:
        """What the champion predicted; ValueError where no numbers are predicted."""
        if self.predictions is None:
            raise ValueError("no numbers are predicted")
        return self.predictions[self.predictions["candidate"] == self.champion]

    @property
    def served_at_newest(self) -> pd.DataFrame:
        """What the champion predicted at the newest origin."""
        mine = self.of_champion
        return mine[mine["origin_date"] == mine["origin_date"].max()]

    def with_baseline(self, reason: str) -> Self:
        """Return the evidence where the best baseline serves in place of the champion.

        Parameters
        ----------
        reason : str
            Why the champion cannot.
        """
        card = self.scorecard.copy()
        best = card["best_baseline"].iloc[0]
        card.loc[card["candidate"] == self.champion, "verdict"] = reason
        card.loc[card["candidate"] == best, "verdict"] = "baseline: serves"
        card["is_serving"] = card["candidate"] == best
        verdict = f"{best} serves; {self.champion} was best, but {reason}"
        return replace(self, scorecard=card, champion=best, verdict=verdict)


@dataclass(frozen=True)
class Served:
    """A champion as it serves: fitted to all that is known at the scoring anchor.

    Attributes
    ----------
    settings : str or None
        In words.
    model : Linear, Forest or None
        What scores a customer, where it is a table of weights or of nodes.
    parameters : DataFrame, list of dict or None
        `fit_rows.PROCESS_SCHEMA`, where it is a formula.
    level_slope, level_intercept : float or None
        What calibration did to the margin, or to the logarithm of an amount.
    levels : DataFrame or None
        `levels.LEVELS_SCHEMA`
    intervals : DataFrame or None
        `intervals.INTERVALS_SCHEMA`
    coverage : list of dict
        How the intervals did, as more rows of the scorecard.
    watched : DataFrame or None
        Customers of past anchors with what the model reads, and what it says of them:
        `anchor_date`, `anchor_number`, features and `reference.SCORE`.
    """

    settings: str | None = None
    model: Linear | Forest | None = None
    parameters: pd.DataFrame | list[dict[str, Any]] | None = None
    level_slope: float | None = None
    level_intercept: float | None = None
    levels: pd.DataFrame | None = None
    intervals: pd.DataFrame | None = None
    coverage: list[dict[str, Any]] = field(default_factory=list)
    watched: pd.DataFrame | None = None


class CannotServe(Exception):
    """A champion that was best at past origins cannot be fitted today; says why."""


class Learner(Protocol):
    """One target on its rows: all that the life of a model asks of a target.

    Anchors are numbered back from the scoring anchor, which is 0. An origin is a past
    anchor at which candidates are judged on what was known there, and on nothing else.
    """

    @property
    def task(self) -> Task:
        """What is to be learned."""

    @property
    def candidates(self) -> Sequence[str]:
        """Who competes, in the order that breaks ties; empty if no feature is left."""

    def training_rows(self) -> pd.DataFrame:
        """Return what is learned from at the scoring anchor, sorted by key.

        Returns
        -------
        DataFrame
            `customer_id`, `anchor_date`, `anchor_number`, and the columns of the task.
        """

    def judged_at(self) -> tuple[list[int], str | None]:
        """Return where candidates are judged.

        Returns
        -------
        origins : list of int
            Newest first; empty where there is a problem.
        problem : str or None
            Why nothing can be learned or judged, in plain words: the verdict.
        """

    def suspects(self, origins: list[int]) -> dict[str, float] | None:
        """Return features that alone predict the label too well, with their AUC.

        Returns
        -------
        dict or None
            None where there is nothing to say of features.
        """

    def without(self, features: Iterable[str]) -> Self:
        """Return the learner without some features, and who knows only these."""

    def judge(self, origins: list[int], incumbent: str | None) -> Evidence:
        """Judge the candidates, each fitted to what is known at an origin.

        Parameters
        ----------
        origins : list of int
        incumbent : str or None
            Who served until now; a challenger needs a clear lead.
        """

    def serve(self, evidence: Evidence) -> Served:
        """Fit the champion to all that is known today, and set its level.

        Raises
        ------
        CannotServe
            If the champion cannot be fitted; then it is asked for the best baseline.
        """

"""Learn a probability: judge candidates at rolling origins, fit the one that serves."""

from dataclasses import asdict, dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from segmentation.estimators import roc_auc_score
from segmentation.evidence.calibration import calibration_table
from segmentation.evidence.judgement import judge
from segmentation.evidence.lift import lift_table
from segmentation.frames import sorted_by_key
from segmentation.learning import fits
from segmentation.learning.calibration import platt
from segmentation.learning.candidates import (
    LEARNERS,
    PURCHASE_BASELINES,
    Candidate,
    Model,
    probability,
)
from segmentation.learning.groups import group_figures
from segmentation.learning.origins import Origins
from segmentation.learning.tuning import tune
from segmentation.linear import Linear

# no honest feature of what customers do next comes near: those of the reference sets
# stay under .8
SUSPICIOUS_AUC = 0.95


@dataclass(frozen=True)
class Settings:
    """What all targets are learned with.

    Attributes
    ----------
    seed : int
    min_rows : int
        With fewer labelled rows, at an origin or to learn from, there is a verdict.
    step_days : int
        Distance of two anchors.
    learning_anchors : int
        No more anchors than this are learned from, the newest that are known.
    count_origins : int
        No more origins than this are judged at.
    max_configurations : int
        No more settings than this are tried per candidate; 1 is no tuning.
    bootstrap_samples : int
    refit_every_days : int
    source : str
        Where the raw tables are: another shop is another fit.
    """

    seed: int
    min_rows: int
    step_days: int
    learning_anchors: int
    count_origins: int
    max_configurations: int
    bootstrap_samples: int
    refit_every_days: int
    source: str


@dataclass(frozen=True)
class Target:
    """A yes or no that is to be predicted.

    Attributes
    ----------
    name : str
    label : str
        Column of the labelled rows: true, false, or missing where it is not known.
    horizon_days : int
        How far the label looks ahead of the anchor.
    features : dict
        Feature name to transform name.
    baselines : tuple of Candidate
    horizons : tuple of int
        Those of the targets learned together: if one is due, all are.
    """

    name: str
    label: str
    horizon_days: int
    features: dict[str, str]
    baselines: tuple[Candidate, ...] = field(default_factory=lambda: PURCHASE_BASELINES)
    horizons: tuple[int, ...] = ()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Who competes, in the order that breaks ties."""
        return LEARNERS + self.baselines


def too_little(labels: pd.Series, min_rows: int) -> str | None:
    """Say why a label cannot be learned from some rows, or None where it can."""
    if len(labels) < min_rows:
        return f"too little data: {len(labels)} labelled rows, {min_rows} are needed"
    rate = labels.mean()
    if rate in (0, 1):
        return f"nothing to learn: {'all' if rate else 'none'} of the labels are true"
    return None


def suspects(rows: pd.DataFrame, target: Target) -> dict[str, float]:
    """Return features that alone tell the label too well to be honest, with their AUC.

    What is known before an anchor never does; a column that was filled in later does.
    """
    labels = rows[target.label].astype(int)
    found = {}
    for name in target.features:
        values = pd.to_numeric(rows[name]).astype(float)
        missing = values.isna()
        if missing.all() or values.nunique() < 2:
            continue
        auc = roc_auc_score(labels, values.fillna(values.median()))
        if missing.any():
            # a gap may tell as much as a value
            gap = roc_auc_score(labels, missing.astype(int))
            auc = max(auc, gap, key=lambda a: abs(a - 0.5))
        if max(auc, 1 - auc) > SUSPICIOUS_AUC:
            found[name] = max(auc, 1 - auc)
    return found


@dataclass(frozen=True)
class Learner:
    """One target on its labelled rows.

    Attributes
    ----------
    target : Target
    settings : Settings
    rows : DataFrame
        Labelled rows, sorted by key.
    origins : Origins
    """

    target: Target
    settings: Settings
    rows: pd.DataFrame
    origins: Origins

    @classmethod
    def of(cls, labelled: pd.DataFrame, target: Target, settings: Settings):
        """Take the rows whose label is known, those of too small anchors left out."""
        rows = labelled[labelled[target.label].notna()]
        rows = sorted_by_key(rows, "anchor_number", "customer_id")
        rows[target.label] = rows[target.label].astype(bool)
        numbers = tuple(int(n) for n in np.unique(rows["anchor_number"]))
        origins = Origins(
            target.horizon_days, settings.step_days, numbers, settings.learning_anchors
        )
        return cls(target, settings, rows, origins)

    def at(self, *numbers: int) -> pd.DataFrame:
        """Return the rows of some anchors."""
        return self.rows[self.rows["anchor_number"].isin(numbers)]

    def problem(self, *numbers: int) -> str | None:
        """Say why some anchors are not enough, or None."""
        return too_little(self.at(*numbers)[self.target.label], self.settings.min_rows)

    def judged_at(self) -> tuple[list[int], str | None]:
        """Return the origins to judge at, newest first, or why there is none."""
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
        return [], first_problem or nothing

    def fit(self, candidate: Candidate, settings: dict, numbers) -> Model:
        """Fit a candidate to some anchors."""
        rows = self.at(*numbers)
        labels = rows[self.target.label]
        return candidate.fit(
            rows, labels, self.target.features, settings, self.settings.seed
        )

    def calibrated(
        self, candidate: Candidate, settings: dict, origin: int
    ) -> tuple[Model, float, float]:
        """Fit a candidate to what is known at an origin, and set its level.

        The level is learned on anchors, or where there is one only on customers, that a
        second model, fitted to the rest, has not seen.

        Returns
        -------
        model : Linear or Forest
            As fitted to all that is known.
        slope, intercept : float
            Of the margin: `model.scaled(slope, intercept)` is calibrated.
        """
        known = self.origins.known_at(origin)
        model = self.fit(candidate, settings, known)
        held_out = self.origins.held_out_at(origin)
        label = self.target.label
        rest = self.at(*(n for n in known if n not in held_out))
        unseen = self.at(*held_out)
        least = self.settings.min_rows
        if too_little(rest[label], least) or too_little(unseen[label], least):
            rows = self.at(*known)
            codes = rows["customer_id"].map(lambda name: fits.hashed(name) % 2)
            rest, unseen = rows[codes == 0], rows[codes == 1]
            if too_little(rest[label], least // 2) or too_little(unseen[label], 2):
                return model, 1.0, 0.0
        second = candidate.fit(
            rest, rest[label], self.target.features, settings, self.settings.seed
        )
        slope, intercept = platt(
            second.margin(unseen),
            unseen[label].to_numpy(),
            unseen["anchor_number"].to_numpy(),
        )
        return model, slope, intercept

    def predictions(self, chosen: dict[str, dict], origin: int) -> pd.DataFrame:
        """Return what each candidate predicts at an origin, beside what happened."""
        test = self.at(origin)
        frames = []
        for candidate in self.target.candidates:
            model, slope, intercept = self.calibrated(
                candidate, chosen[candidate.name], origin
            )
            margin = model.margin(test)
            frames.append(
                pd.DataFrame(
                    {
                        "origin_date": test["anchor_date"].to_numpy(),
                        "candidate": candidate.name,
                        "is_baseline": candidate.is_baseline,
                        "customer_id": test["customer_id"].to_numpy(),
                        "actual": test[self.target.label].to_numpy(float),
                        "predicted": probability(slope * margin + intercept),
                        "predicted_raw": probability(margin)
                        if candidate.is_probability
                        else np.nan,
                    }
                )
            )
        return pd.concat(frames, ignore_index=True)


def learn(
    labelled: pd.DataFrame,
    target: Target,
    settings: Settings,
    *,
    fit_date: date | None,
    data_from: date | None,
    past: pd.DataFrame | None = None,
    customers: pd.DataFrame | None = None,
) -> tuple[dict | None, pd.DataFrame]:
    """Learn one target, if it is due.

    Parameters
    ----------
    labelled : DataFrame
        One row per customer and past anchor, in any order: `customer_id`,
        `anchor_date`, `anchor_number`, the label and the features.
    target : Target
    settings : Settings
    fit_date : date
        The scoring anchor.
    data_from : date
        The day of the first order.
    past : DataFrame, optional
        Fits made so far.
    customers : DataFrame, optional
        Groups to measure by, which nothing is learned from: see `groups`.

    Returns
    -------
    record : dict or None
        A row of `fits.FITS_SCHEMA`; None where no fit is due.
    predictions : DataFrame
        What the candidates predicted at the origins; empty without a fit.
    """
    learner = Learner.of(labelled, target, settings)
    record, last = fits.begin(
        learner.at(*learner.origins.known_at(0)),
        target=target.name,
        kind="probability",
        label=target.label,
        horizon_days=target.horizon_days,
        features=target.features,
        settings=asdict(settings) | {"horizons": target.horizons},
        fit_date=fit_date,
        data_from=data_from,
        past=past,
    )
    if record is None:
        return None, pd.DataFrame()
    judged_at, problem = learner.judged_at()
    if problem:
        return record | {"verdict": problem}, pd.DataFrame()
    leaks = suspects(learner.at(*learner.origins.known_at(judged_at[0])), target)
    if leaks:
        features = {n: how for n, how in target.features.items() if n not in leaks}
        target = replace(target, features=features)
        learner = Learner(target, settings, learner.rows, learner.origins)
    record["excluded_features"] = "; ".join(
        f"{name}: alone it has an AUC of {auc:.3f}; does it know the future?"
        for name, auc in leaks.items()
    )
    if not target.features:
        return record | {"verdict": "no feature is left to learn from"}, pd.DataFrame()
    chosen, tuning = {}, []
    for candidate in target.candidates:
        chosen[candidate.name], tried = tune(
            candidate,
            learner.rows,
            target.label,
            target.features,
            learner.origins,
            origin=judged_at[-1],
            max_configurations=settings.max_configurations,
            seed=settings.seed,
        )
        tuning += tried
    predictions = pd.concat(
        [learner.predictions(chosen, origin) for origin in judged_at],
        ignore_index=True,
    )
    judgement = judge(
        predictions,
        kind="probability",
        deciding_metric="auc",
        seed=settings.seed,
        bootstrap_samples=settings.bootstrap_samples,
        incumbent=None if last is None else last["champion"],
        candidates=[candidate.name for candidate in target.candidates],
    )
    (champion,) = (c for c in target.candidates if c.name == judgement.champion)
    model, slope, intercept = learner.calibrated(champion, chosen[champion.name], 0)
    served = model.scaled(slope, intercept)
    part = "coefficients" if isinstance(served, Linear) else "nodes"
    rows = served.rows if isinstance(served, Linear) else served.nodes()
    record |= {
        "champion": champion.name,
        "is_baseline": champion.is_baseline,
        "verdict": judgement.reason,
        "level_slope": slope,
        "level_intercept": intercept,
        "tuning": tuning,
        "scorecard": judgement.scorecard,
        "lift": lift_table(predictions, "probability"),
        "calibration": calibration_table(predictions),
        "groups": group_figures(
            served_at_newest(predictions, champion.name), customers, "probability"
        ),
        part: rows,
    }
    return record, predictions


def served_at_newest(predictions: pd.DataFrame, champion: str) -> pd.DataFrame:
    """Return what the champion predicted at the newest origin."""
    mine = predictions[predictions["candidate"] == champion]
    return mine[mine["origin_date"] == mine["origin_date"].max()]

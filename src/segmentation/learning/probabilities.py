"""Learn a probability: judge candidates at rolling origins, fit the one that serves."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from segmentation.estimators import DecisionTreeClassifier
from segmentation.evidence.calibration import calibration_table
from segmentation.evidence.judgement import judge
from segmentation.evidence.lift import lift_table
from segmentation.evidence.metrics import area_under_curve
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
from segmentation.learning.tuning import tune, written
from segmentation.linear import Linear
from segmentation.transforms import transform

# no honest feature of what customers do next comes near: those of the reference sets
# stay under .86. Where customers come like clockwork several do, recency and its kin;
# one far ahead of the third best is still suspicious, and near certainty always is.
SUSPICIOUS_AUC, CERTAIN_AUC = 0.95, 0.99


KEY = ["customer_id", "anchor_date", "anchor_number"]


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
        Where the raw tables are, and the currency: another shop is another fit.
    sampling : str
        What else the rows to learn from hang on, in words.
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
    sampling: str = ""


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

    def without(self, names: Iterable[str]) -> "Target":
        """Return the target without some features, and without who knows only these."""
        gone = set(names)
        features = {n: how for n, how in self.features.items() if n not in gone}
        baselines = tuple(b for b in self.baselines if not gone & set(b.features or ()))
        return replace(self, features=features, baselines=baselines)

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


def alone(rows: pd.DataFrame, labels: pd.Series, feature: str) -> float:
    """Return the AUC of a feature alone, cut up by a small tree: gaps tell, too."""
    values = transform(rows, {feature: "identity"}).to_numpy()
    tree = DecisionTreeClassifier(max_leaf_nodes=8, min_samples_leaf=50)
    chances = tree.fit(values, labels).predict_proba(values)[:, 1]
    return area_under_curve(labels.to_numpy(), chances)


def suspects(rows: pd.DataFrame, target: Target) -> dict[str, float]:
    """Return features that alone tell the label too well to be honest, with their AUC.

    What is known before an anchor never does; a column that was filled in later does.
    """
    labels = rows[target.label].astype(int)
    names = target.features | {
        name: how
        for baseline in target.baselines
        for name, how in (baseline.features or {}).items()
    }
    aucs = {name: alone(rows, labels, name) for name in names if name in rows}
    third = sorted(aucs.values(), reverse=True)[2] if len(aucs) > 2 else 0.0
    too_good = min(max(SUSPICIOUS_AUC, (1 + third) / 2), CERTAIN_AUC)
    return {name: auc for name, auc in aucs.items() if auc > too_good}


def excluded(leaks: dict[str, float]) -> str:
    """Say which features are left out, and why."""
    return "; ".join(
        f"{name}: alone it has an AUC of {auc:.3f}; does it know the future?"
        for name, auc in leaks.items()
    )


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
    fitted : dict
        What `calibrated` gave, by what it was asked for: the same is asked again.
    """

    target: Target
    settings: Settings
    rows: pd.DataFrame
    origins: Origins
    fitted: dict = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, labelled: pd.DataFrame, target: Target, settings: Settings):
        """Take the rows whose label is known, but for anchors of a handful of them."""
        rows = labelled[labelled[target.label].notna()]
        sizes = rows["anchor_number"].map(rows["anchor_number"].value_counts())
        enough = rows[sizes >= settings.min_rows / 4]
        rows = enough if len(enough) else rows
        named = [target.features, *(one.features or {} for one in target.baselines)]
        used = dict.fromkeys([*KEY, target.label, *(name for n in named for name in n)])
        rows = sorted_by_key(rows[list(used)], "anchor_number", "customer_id")
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
        labels = self.rows.loc[
            self.rows["anchor_number"].isin(numbers), self.target.label
        ]
        return too_little(labels, self.settings.min_rows)

    def judged_at(self) -> tuple[list[int], str | None]:
        """Return the origins to judge at, newest first, or why there is none."""
        problem = self.problem(*self.origins.known_at(0))
        if problem:
            return [], f"{problem} to learn from"
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
        asked = candidate.name, written(settings), origin
        if asked not in self.fitted:
            self.fitted[asked] = self._calibrated(candidate, settings, origin)
        return self.fitted[asked]

    def _calibrated(self, candidate, settings, origin) -> tuple[Model, float, float]:
        known = self.origins.known_at(origin)
        model = self.fit(candidate, settings, known)
        held_out = [n for n in self.origins.held_out_at(origin) if not self.problem(n)]
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
        margin, group = second.margin(unseen), unseen["anchor_number"]
        slope, intercept = platt(margin, unseen[label].to_numpy(), group.to_numpy())
        # the level was that of the second model, whose anchors are others
        apart = pd.Series(margin - model.margin(unseen)).groupby(group.to_numpy())
        return model, slope, intercept + slope * float(apart.mean().mean())

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


def _begin(labelled, target, settings, fit_date, data_from, past, is_forced=False):
    """Begin the record of a fit if one is due, and see where it can be judged."""
    learner = Learner.of(labelled, target, settings)
    judged_at, problem = learner.judged_at()
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
        is_learnable=problem is None,
        is_forced=is_forced,
    )
    return learner, record, last, judged_at, problem


def is_due(labelled: pd.DataFrame, target: Target, settings: Settings, **known) -> bool:
    """Say whether a target is to be learned again.

    Parameters
    ----------
    labelled, target, settings
        As in `learn`.
    **known
        `fit_date`, `data_from` and `past`, as there.
    """
    return _begin(labelled, target, settings, **known)[1] is not None


def learn(
    labelled: pd.DataFrame,
    target: Target,
    settings: Settings,
    *,
    fit_date: date | None,
    data_from: date | None,
    past: pd.DataFrame | None = None,
    customers: pd.DataFrame | None = None,
    is_forced: bool = False,
) -> tuple[dict | None, "Learned | None"]:
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
    is_forced : bool
        Whether to learn though it is not due.

    Returns
    -------
    record : dict or None
        A row of `fits.FITS_SCHEMA`; None where no fit is due.
    learned : Learned or None
        None without a champion.
    """
    learner, record, last, judged_at, problem = _begin(
        labelled, target, settings, fit_date, data_from, past, is_forced
    )
    if record is None or problem:
        return record and record | {"verdict": problem}, None
    leaks = suspects(learner.at(*learner.origins.known_at(judged_at[0])), target)
    target = target.without(leaks)
    learner = replace(learner, target=target, fitted={})
    record["excluded_features"] = excluded(leaks)
    if not target.features or not target.baselines:
        return record | {"verdict": "no feature is left to learn from"}, None
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
        incumbent=fits.incumbent(last, record),
        candidates=[candidate.name for candidate in target.candidates],
    )
    (champion,) = (c for c in target.candidates if c.name == judgement.champion)
    model, slope, intercept = learner.calibrated(champion, chosen[champion.name], 0)
    served = model.scaled(slope, intercept)
    part = "coefficients" if isinstance(served, Linear) else "nodes"
    rows = served.rows if isinstance(served, Linear) else served.nodes()
    record |= {
        "champion": champion.name,
        "champion_settings": written(chosen[champion.name]),
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
    return record, Learned(learner, champion, chosen[champion.name])


@dataclass(frozen=True)
class Learned:
    """A champion, to be asked what it would have predicted at any origin.

    Attributes
    ----------
    learner : Learner
    champion : Candidate
    settings : dict
        Of the champion.
    """

    learner: Learner
    champion: Candidate
    settings: dict

    def predicted(self, origin: int) -> pd.Series | None:
        """Predict an origin from what was known there.

        Returns
        -------
        Series or None
            Probabilities by customer; None where there was too little to learn from.
        """
        if self.learner.problem(*self.learner.origins.known_at(origin)):
            return None
        customers = self.learner.at(origin)
        model, slope, intercept = self.learner.calibrated(
            self.champion, self.settings, origin
        )
        chance = probability(slope * model.margin(customers) + intercept)
        return pd.Series(chance, index=customers["customer_id"].to_numpy())


def served_at_newest(predictions: pd.DataFrame, champion: str) -> pd.DataFrame:
    """Return what the champion predicted at the newest origin."""
    mine = predictions[predictions["candidate"] == champion]
    return mine[mine["origin_date"] == mine["origin_date"].max()]

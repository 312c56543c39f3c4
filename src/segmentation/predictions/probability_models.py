"""Fit, calibrate and apply the candidates for a yes or no at any origin."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd

from segmentation.frames import sorted_by_key
from segmentation.identity import hashed
from segmentation.learning.calibration import platt
from segmentation.learning.candidates import (
    LEARNERS,
    PURCHASE_BASELINES,
    Candidate,
    Model,
    probability,
)
from segmentation.learning.learner import CannotServe
from segmentation.learning.origins import Origins
from segmentation.learning.reference import TENURE
from segmentation.learning.settings import Settings
from segmentation.learning.tuning import written

KEY = ("customer_id", "anchor_date", "anchor_number")


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
    def all_features(self) -> list[str]:
        """Names of the features, those of the baselines among them."""
        own = (b.features or {} for b in self.baselines)
        return list(dict.fromkeys([*self.features, *(n for some in own for n in some)]))

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Who competes, in the order that breaks ties."""
        return LEARNERS + self.baselines


def too_little(labels: pd.Series, min_rows: int) -> str | None:
    """Say why a label cannot be learned from some rows, or None where it can.

    Rows alone teach nothing: of the rarer of the two outcomes there must be a tenth as
    many as of rows, about ten for each of a few parameters (Peduzzi et al. 1996).
    """
    if len(labels) < min_rows:
        return f"too little data: {len(labels)} labelled rows, {min_rows} are needed"
    count_true = int(labels.sum())
    fewer, least = min(count_true, len(labels) - count_true), max(min_rows // 10, 1)
    if fewer == 0:
        which = "all" if count_true else "none"
        return f"nothing to learn: {which} of the labels are true"
    if fewer < least:
        which = "true" if fewer == count_true else "false"
        return (
            f"too little data: {fewer} of {len(labels)} labels are {which}, "
            f"{least} are needed"
        )
    return None


@dataclass(frozen=True)
class ProbabilityModels:
    """The candidates on the labelled rows of a target: fitted and applied anywhere.

    Attributes
    ----------
    target : Target
    settings : Settings
    rows : DataFrame
        Labelled rows, sorted by key.
    origins : Origins
    customers : DataFrame
        All rows, labelled or not: whom the fit will be applied to.
    fitted : dict
        What `calibrated` gave, by what it was asked for: the same is asked again.
    """

    target: Target
    settings: Settings
    rows: pd.DataFrame
    origins: Origins
    customers: pd.DataFrame
    fitted: dict[tuple[object, ...], tuple[Model, float, float]] = field(
        default_factory=dict, compare=False
    )

    @classmethod
    def of(cls, labelled: pd.DataFrame, target: Target, settings: Settings) -> Self:
        """Take the rows whose label is known, but for anchors of a handful of them."""
        rows = labelled[labelled[target.label].notna()]
        sizes = rows["anchor_number"].map(rows["anchor_number"].value_counts())
        enough = rows[sizes >= settings.min_rows / 4]
        rows = enough if len(enough) else rows
        used = dict.fromkeys([*KEY, target.label, *target.all_features])
        known = [name for name in used if name in rows]
        rows = sorted_by_key(rows[known], "anchor_number", "customer_id")
        rows[target.label] = rows[target.label].astype(bool)
        numbers = tuple(int(n) for n in np.unique(rows["anchor_number"]))
        origins = Origins(
            target.horizon_days, settings.step_days, numbers, settings.learning_anchors
        )
        watched = [*known, *({TENURE} & {*labelled} - {*known})]
        return cls(target, settings, rows, origins, labelled[watched])

    def at(self, *numbers: int) -> pd.DataFrame:
        """Return the rows of some anchors."""
        return self.rows[self.rows["anchor_number"].isin(numbers)]

    def problem(self, *numbers: int) -> str | None:
        """Say why some anchors are not enough, or None."""
        is_here = self.rows["anchor_number"].isin(numbers)
        labels = self.rows.loc[is_here, self.target.label]
        return too_little(labels, self.settings.min_rows)

    def fit(
        self,
        candidate: Candidate,
        settings: dict[str, float],
        numbers: Iterable[int],
    ) -> Model:
        """Fit a candidate to some anchors."""
        rows = self.at(*numbers)
        labels = rows[self.target.label]
        return candidate.fit(
            rows, labels, self.target.features, settings, self.settings.seed
        )

    def calibrated(
        self, candidate: Candidate, settings: dict[str, float], origin: int
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

        Raises
        ------
        CannotServe
            If a margin that is no log odds cannot be calibrated.
        """
        asked = candidate.name, written(settings), origin, *self.target.features
        if asked not in self.fitted:
            self.fitted[asked] = self._calibrated(candidate, settings, origin)
        return self.fitted[asked]

    def _calibrated(
        self, candidate: Candidate, settings: dict[str, float], origin: int
    ) -> tuple[Model, float, float]:
        known = self.origins.known_at(origin)
        model = self.fit(candidate, settings, known)
        held_out = [n for n in self.origins.held_out_at(origin) if not self.problem(n)]
        label = self.target.label
        rest = self.at(*(n for n in known if n not in held_out))
        unseen = self.at(*held_out)
        least = self.settings.min_rows
        if too_little(rest[label], least) or too_little(unseen[label], least):
            rows = self.at(*known)
            codes = rows["customer_id"].map(lambda name: hashed(name) % 2)
            rest, unseen = rows[codes == 0], rows[codes == 1]
            if too_little(rest[label], least // 2) or too_little(unseen[label], 2):
                if not candidate.is_probability:
                    raise CannotServe(
                        "there is too little data to make it a probability"
                    )
                return model, 1.0, 0.0
        second = candidate.fit(
            rest, rest[label], self.target.features, settings, self.settings.seed
        )
        margin, group = second.margin(unseen), unseen["anchor_number"]
        slope, intercept = platt(margin, unseen[label].to_numpy(), group.to_numpy())
        # the level was that of the second model, whose anchors are others
        apart = pd.Series(margin - model.margin(unseen)).groupby(group.to_numpy())
        return model, slope, intercept + slope * float(apart.mean().mean())

    def predictions(
        self, chosen: dict[str, dict[str, float]], origin: int
    ) -> pd.DataFrame:
        """Return what each candidate predicts at an origin, beside what happened."""
        test = self.at(origin)
        frames = []
        for candidate in self.target.candidates:
            try:
                model, slope, intercept = self.calibrated(
                    candidate, chosen[candidate.name], origin
                )
            except CannotServe:
                continue
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

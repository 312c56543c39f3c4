"""The life of a model: how a fit comes about, whatever it predicts.

Begin a record; see whether one is due, and what there is to judge on; leave out
features that know the future; judge the candidates at past origins; calibrate the
champion on what is known today; record it all as a row. What is particular to a target
is its `learner.Learner`.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Self, TypeVar

import pandas as pd

from segmentation import processes
from segmentation.evidence.calibration import calibration_table
from segmentation.evidence.lift import lift_table
from segmentation.frames import day
from segmentation.identity import (
    NOTHING,
    fingerprint,
    identify,
    library_versions,
    settings_hash,
)
from segmentation.learning.groups import group_figures
from segmentation.learning.learner import CannotServe, Evidence, Learner, Served, Task
from segmentation.learning.past import incumbent, is_due, newest, next_number
from segmentation.learning.reference import reference
from segmentation.learning.suspects import excluded
from segmentation.linear import Linear
from segmentation.trees import Forest

L = TypeVar("L", bound=Learner)

# settings of when to learn and of what to show, which change no fit
NOT_MADE_WITH = {"refit_every_days", "selected_share"}


@dataclass(frozen=True)
class Build:
    """What a build knows besides the rows to learn from.

    Attributes
    ----------
    fit_date : date or None
        The scoring anchor; None in an empty shop.
    data_from : date or None
        The day of the first order: another one is another shop.
    shop : str
        A hash of an order of that day, by which two shops of one day are told apart.
    past : DataFrame or None
        Fits made so far, `fit_rows.FITS_SCHEMA`.
    groups : DataFrame or None
        Groups to measure by, which nothing is learned from: see `groups`.
    count_erased : int
        How many people asked to be erased: one more, and all is learned again.
    unhealthy : frozenset of str
        Ids of fits that the build before found to be due, by `refit_on`.
    """

    fit_date: date | None
    data_from: date | None
    past: pd.DataFrame | None = None
    groups: pd.DataFrame | None = None
    shop: str = ""
    count_erased: int = 0
    unhealthy: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        scoring: pd.DataFrame,
        past: pd.DataFrame | None = None,
        groups: pd.DataFrame | None = None,
    ) -> Self:
        """Read the scoring anchor.

        Parameters
        ----------
        scoring : DataFrame
            At most one row: `anchor_date`, `first_order_date`, `shop_hash`,
            `count_erased`, `unhealthy_fits` (ids with commas between).
        past, groups : DataFrame, optional
        """
        if scoring.empty:
            return cls(None, None, past, groups)
        row = scoring.iloc[0]
        fit_date, data_from = day(row["anchor_date"]), day(row["first_order_date"])
        shop, erased = str(row.get("shop_hash", "")), int(row.get("count_erased", 0))
        ids = row.get("unhealthy_fits")
        unhealthy = frozenset() if pd.isna(ids) else frozenset(str(ids).split(","))
        return cls(fit_date, data_from, past, groups, shop, erased, unhealthy)


@dataclass(frozen=True)
class Begun(Generic[L]):
    """A fit that is begun: its record has no champion yet.

    Attributes
    ----------
    learner : Learner
    record : dict
        A row of `fit_rows.FITS_SCHEMA`.
    last : Series or None
        The fit that served until now.
    origins : list of int
    problem : str or None
        As `Learner.judged_at` gives them.
    is_due : bool
    """

    learner: L
    record: dict[str, Any]
    last: pd.Series | None
    origins: list[int]
    problem: str | None
    is_due: bool


@dataclass(frozen=True)
class Outcome(Generic[L]):
    """A fit that is done.

    Attributes
    ----------
    record : dict
        A row of `fit_rows.FITS_SCHEMA`.
    learner : Learner
        Without the features that were left out.
    evidence : Evidence or None
        None without a champion.
    """

    record: dict[str, Any]
    learner: L
    evidence: Evidence | None = None


def begin(learner: L, build: Build) -> Begun[L]:
    """Begin the record of a fit, and say whether it is due."""
    task, rows = learner.task, learner.training_rows()
    origins, problem = learner.judged_at()
    made_with = {k: v for k, v in task.settings.items() if k not in NOT_MADE_WITH}
    made_with |= {
        "target": task.target,
        "features": task.features,
        "label": task.label,
        "horizon_days": task.horizon_days,
        "shop": build.shop,
        "count_erased": build.count_erased,
    }
    hashed = settings_hash(made_with)
    key = ["customer_id", "anchor_number"]
    columns = dict.fromkeys([*key, task.label, *task.more_columns, *task.features])
    rows_hash = fingerprint(rows[list(columns)])
    last = newest(build.past, task.target, build.fit_date)
    number = next_number(build.past, task.target)
    record = {
        "fit_id": identify(task.target, build.fit_date, hashed, rows_hash, number),
        "target": task.target,
        "kind": task.kind,
        "champion": NOTHING,
        "label": task.label,
        "features": json.dumps(task.features),
        "settings": json.dumps(made_with, sort_keys=True),
        "settings_hash": hashed,
        "training_fingerprint": rows_hash,
        "library_versions": library_versions(),
        "fit_number": number,
        "horizon_days": task.horizon_days,
        "seed": task.settings["seed"],
        "count_training_rows": len(rows),
        "count_training_customers": rows["customer_id"].nunique(),
        "count_training_anchors": rows["anchor_number"].nunique(),
        "is_baseline": False,
        "fit_date": build.fit_date,
        "data_from": build.data_from,
        "trained_from": day(rows["anchor_date"].min()),
        "trained_until": day(rows["anchor_date"].max()),
    }
    due = is_due(
        last,
        record,
        refit_every_days=task.settings["refit_every_days"],
        is_learnable=problem is None,
        unhealthy=build.unhealthy,
    )
    return Begun(learner, record, last, origins, problem, due)


def finish(begun: Begun[L], build: Build) -> Outcome[L]:
    """Judge, choose, calibrate and record, or say why there is nothing to serve."""
    learner, record = begun.learner, begun.record
    if begun.problem:
        return Outcome(record | {"verdict": begun.problem}, learner)
    leaks = learner.suspects(begun.origins)
    if leaks is not None:
        learner = learner.without(leaks)
        record = record | {"excluded_features": excluded(leaks)}
    if not learner.candidates:
        verdict = "no feature is left to learn from"
        return Outcome(record | {"verdict": verdict}, learner)
    evidence = learner.judge(begun.origins, incumbent(begun.last, record))
    try:
        served = learner.serve(evidence)
    except CannotServe as error:
        evidence = evidence.with_baseline(str(error))
        served = learner.serve(evidence)
    record = record | _recorded(evidence, served, learner.task, build.groups)
    if served.watched is not None:
        learned = set(learner.training_rows()["anchor_number"])
        record |= reference(served.watched, learned)
    return Outcome(record, learner, evidence)


def _recorded(
    evidence: Evidence, served: Served, task: Task, groups: pd.DataFrame | None
) -> dict[str, Any]:
    """Return what a record holds of a champion."""
    kind = task.kind
    card = evidence.scorecard
    if served.coverage:
        card = pd.DataFrame([*card.to_dict("records"), *served.coverage])
    found = {
        "champion": evidence.champion,
        "champion_settings": served.settings,
        "is_baseline": evidence.is_baseline,
        "verdict": evidence.verdict,
        "level_slope": served.level_slope,
        "level_intercept": served.level_intercept,
        "tuning": evidence.tuning,
        "scorecard": card,
        "parameters": served.parameters,
        "levels": served.levels,
        "intervals": served.intervals,
        **model_part(served.model),
    }
    if evidence.predictions is None:
        return found
    mine = evidence.served_at_newest
    found["lift"] = lift_table(evidence.predictions, kind)
    share = task.settings["selected_share"]
    found["groups"] = group_figures(mine, groups, kind, share)
    if kind == "probability":
        found["calibration"] = calibration_table(evidence.predictions)
    return found


def model_part(model: Linear | Forest | None) -> dict[str, pd.DataFrame]:
    """Return a model as the part of a fit that holds it."""
    if model is None:
        return {}
    if isinstance(model, Linear):
        return {"coefficients": model.rows}
    return {"nodes": model.nodes()}


def learn(learner: L, build: Build) -> Outcome[L] | None:
    """Learn one target; None where no fit is due."""
    begun = begin(learner, build)
    return finish(begun, build) if begun.is_due else None


def learn_each(learners: Iterable[L], build: Build) -> list[Outcome[L]]:
    """Learn targets that do not need each other: those of which a fit is due."""
    begun = [begin(learner, build) for learner in learners]
    return _finished([one for one in begun if one.is_due], build)


def learn_together(
    learners: Iterable[L],
    build: Build,
    share: Callable[[Sequence[Begun[L]]], Sequence[Begun[L]]] = list,
) -> list[Outcome[L]]:
    """Learn targets that need each other: if a fit of one is due, so are all.

    Parameters
    ----------
    learners : iterable of Learner
    build : Build
    share : callable
        Takes what is begun and returns it with what is worked out once for all.
    """
    begun = [begin(learner, build) for learner in learners]
    return _finished(share(begun), build) if any(one.is_due for one in begun) else []


def _finished(begun: Sequence[Begun[L]], build: Build) -> list[Outcome[L]]:
    """Finish fits, each in a process where there is much to learn from."""
    count = max((one.record["count_training_rows"] for one in begun), default=0)
    return processes.each(finish, [(one, build) for one in begun], count)

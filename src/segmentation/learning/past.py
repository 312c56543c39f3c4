"""Fits made so far: which of them serves, and whether it is time for another."""

import json
from datetime import date
from typing import Any

import pandas as pd

from segmentation.frames import day
from segmentation.identity import NOTHING

LEAST_DAYS = 7


def newest(
    past: pd.DataFrame | None, target: str, fit_date: date | None
) -> pd.Series | None:
    """Return the fit of a target that serves on a day, or None.

    Parameters
    ----------
    past : DataFrame or None
        Fits made so far: `target`, `fit_date`, `fit_number` and more.
    target : str
    fit_date : date
        A fit of a later day is not known yet.
    """
    if past is None or past.empty:
        return None
    known = past[past["target"] == target]
    if fit_date is not None:
        known = known[pd.to_datetime(known["fit_date"]) <= pd.Timestamp(fit_date)]
    if known.empty:
        return None
    return known.sort_values(["fit_date", "fit_number"]).iloc[-1]


def is_due(
    last: pd.Series | None,
    record: dict[str, Any],
    *,
    refit_every_days: int,
    is_learnable: bool,
    unhealthy: frozenset[str] = frozenset(),
) -> bool:
    """Say whether a target is to be fitted again.

    It is where it never was, where settings, code or the start of the data are others
    (another shop), where the last fit is `refit_every_days` old (0: where the rows have
    changed since), where it had nothing to serve and now there is enough to learn, or
    where the build before found that it no longer fits the shop, but for a fit of less
    than `LEAST_DAYS`: what was learned a few days ago would not come out otherwise.

    Parameters
    ----------
    last : Series or None
        The fit that serves now.
    record : dict
        The one that is begun.
    refit_every_days : int
    is_learnable : bool
        Whether there is enough to learn from.
    unhealthy : frozenset of str
        Ids of fits that the build before found to be due.
    """
    if last is None:
        return True
    is_same = last["settings_hash"] == record["settings_hash"]
    if not is_same or day(last["data_from"]) != record["data_from"]:
        return True
    if record["fit_date"] is None:
        return False
    same_rows = last["training_fingerprint"] == record["training_fingerprint"]
    if last["champion"] == NOTHING and is_learnable and not same_rows:
        return True
    age = (pd.Timestamp(record["fit_date"]) - pd.Timestamp(last["fit_date"])).days
    if last["fit_id"] in unhealthy and age >= LEAST_DAYS:
        return True
    return age >= refit_every_days if refit_every_days else not same_rows


def incumbent(last: pd.Series | None, record: dict[str, Any]) -> str | None:
    """Return who served until now; None in another shop, or for another horizon."""
    if last is None or day(last["data_from"]) != record["data_from"]:
        return None
    before, now = (json.loads(some["settings"]) for some in (last, record))
    same = ("shop", "source", "horizon_days")
    is_same = all(before.get(name) == now.get(name) for name in same)
    return last["champion"] if is_same else None


def next_number(past: pd.DataFrame | None, target: str) -> int:
    """Return the number of a target's next fit, from 1."""
    if past is None or past.empty:
        return 1
    mine = past.loc[past["target"] == target, "fit_number"]
    return int(mine.max()) + 1 if len(mine) else 1

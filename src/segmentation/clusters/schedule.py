"""When clusters are learned: on the dates of history, in their order.

What is due hangs on dates, data and settings alone, so that a build of all history at
once and one of month after month learn the same fits.
"""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from segmentation.frames import day
from segmentation.identity import settings_hash

QUARTER_DAYS = 91
_NEAR_A_QUARTER = range(60, 123)


@dataclass(frozen=True)
class Settings:
    """What clusters are learned with, but the data.

    Attributes
    ----------
    features, categories : list of str
        Numeric and categorical features.
    methods : list of str
    counts : list of int
        Numbers of clusters to compare.
    seed : int
    min_customers : int
        With fewer buyers nothing is learned.
    min_orders : int
        Clusters are learned from buyers with so many orders; others are only placed.
    refit_days : int
        A fit serves at least so many days.
    sampling : str
        How customers are drawn, in words: other customers make another fit.
    weights : dict of str to float
        What the objective multiplies standardised features by, 1 where it is silent.
    """

    features: list[str]
    categories: list[str]
    methods: list[str]
    counts: list[int]
    seed: int
    min_customers: int
    refit_days: int
    min_orders: int = 1
    sampling: str = ""
    weights: dict[str, float] = field(default_factory=dict)

    @property
    def weighted_features(self) -> dict[str, float]:
        """The numeric features, with their weights; none that weighs 0."""
        weights = {name: self.weights.get(name, 1.0) for name in self.features}
        return {name: weight for name, weight in weights.items() if weight > 0}

    def made_with(self) -> dict[str, Any]:
        """Return all that makes a fit another fit."""
        made_with = asdict(self) | {"weights": self.weighted_features}
        del made_with["refit_days"]
        return made_with

    def hash(self) -> str:
        """Return the hash of that, and of the code."""
        return settings_hash(self.made_with())


@dataclass(frozen=True)
class Due:
    """A fit that is to be made.

    Attributes
    ----------
    fit_date : date
        It sees nothing that happened on this day or later.
    serves_from : date
        The first anchor it is used at.
    earlier_date : date or None
        The anchor about a quarter before, to tell what clusters said of the next.
    input_checksum : str
        Of all order events before `fit_date`.
    """

    fit_date: date
    serves_from: date
    earlier_date: date | None
    input_checksum: str


def _date(moment: object) -> date:
    return pd.Timestamp(moment).date()


def valid(past: list[dict[str, Any]], anchors: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the fits whose past is still what they saw, in the order they serve.

    Parameters
    ----------
    past : list of dict
        Fits made so far: `fit_date`, `input_checksum`, `serves_from`, `fit_number`.
    anchors : DataFrame
        `anchor_date`, `input_checksum`.
    """
    known = {
        (day(anchor.anchor_date), anchor.input_checksum)
        for anchor in anchors.itertuples()
    }
    found = [f for f in past if (f["fit_date"], f["input_checksum"]) in known]
    return sorted(found, key=lambda f: (f["serves_from"], f["fit_number"]))


def due(
    anchors: pd.DataFrame,
    counts: pd.DataFrame,
    past: list[dict[str, Any]],
    settings: Settings,
) -> list[Due]:
    """Say which fits are to be made, in the order of dates.

    A fit is due on the first date of the grid with enough buyers, and on the first that
    is `refit_days` after the last. Where the settings are others, one is due that
    learns at the newest date of the grid and serves from now on: what served stays.
    A shop that is too young for the grid learns at the scoring anchor, until there is
    a date of the grid to learn at.

    Parameters
    ----------
    anchors : DataFrame
        `anchor_date`, `is_on_grid`, `is_scoring`, `input_checksum`.
    counts : DataFrame
        Buyers to learn from: `anchor_date`, `count_customers`.
    past : list of dict
        As in `valid`, and `settings_hash`.
    settings : Settings

    Returns
    -------
    list of Due
    """
    if anchors.empty:
        return []
    anchors = anchors.sort_values("anchor_date")
    checksums = {_date(a.anchor_date): a.input_checksum for a in anchors.itertuples()}
    on_grid = anchors.loc[anchors["is_on_grid"], "anchor_date"]
    grid = [_date(moment) for moment in on_grid]
    scoring = _date(anchors["anchor_date"].iloc[-1])
    enough = {
        _date(row.anchor_date)
        for row in counts.itertuples()
        if row.count_customers >= settings.min_customers
    }
    known = valid(past, anchors)
    made = {fit["fit_date"] for fit in known}

    found, last = [], None
    for moment in grid:
        is_old = last is None or (moment - last).days >= settings.refit_days
        if moment in made:
            last = moment
        elif moment in enough and is_old:
            last = moment
            found.append((moment, moment))
    newest = max((moment for moment in grid if moment in enough), default=None)
    is_replay = any(fit["serves_from"] > scoring for fit in past)
    if newest is None and scoring in enough and scoring not in made:
        found.append((scoring, scoring))
    elif (
        known
        and newest
        and not found
        and not is_replay
        and known[-1]["settings_hash"] != settings.hash()
    ):
        found.append((newest, scoring))
    return [
        Due(fit_date, serves_from, _quarter_before(fit_date, grid), checksums[fit_date])
        for fit_date, serves_from in found
    ]


def _quarter_before(fit_date: date, grid: list[date]) -> date | None:
    ages = {moment: (fit_date - moment).days for moment in grid}
    near = [moment for moment, age in ages.items() if age in _NEAR_A_QUARTER]
    return min(near, key=lambda m: (abs(ages[m] - QUARTER_DAYS), m), default=None)

"""Fit, calibrate and apply the candidates for orders and spend at any origin."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd

from segmentation.estimators import one_thread
from segmentation.frames import sorted_by_key
from segmentation.learning.levels import learn_levels, level_factors
from segmentation.learning.origins import DAYS_PER_YEAR, Origins
from segmentation.learning.settings import Settings
from segmentation.linear import Linear
from segmentation.predictions.forecasts import (
    EXPECTATIONS,
    POISSON,
    TREES,
    Forecast,
    Parameters,
    forecast,
    with_expectations,
)
from segmentation.predictions.order_regressions import fit_poisson, fit_trees
from segmentation.trees import Forest


@dataclass(frozen=True)
class Target:
    """Orders and spend within a horizon.

    Attributes
    ----------
    name : str
    horizon_days : int
    features : dict
        Feature name to transform name, for the regressions.
    """

    name: str
    horizon_days: int
    features: dict[str, str]

    @property
    def orders(self) -> str:
        """The column with the days with a purchase."""
        return f"count_order_days_next_{self.horizon_days}d"

    @property
    def amount(self) -> str:
        """The column with the net amount."""
        return f"net_amount_next_{self.horizon_days}d"


@dataclass(frozen=True)
class Calibration:
    """How the expectations of a fit are set right.

    Attributes
    ----------
    level : float
        What all are multiplied by.
    bands : DataFrame
        What those of each value band are multiplied by after it: `LEVELS_SCHEMA`.
    unseen : DataFrame
        Outcomes that the fit has not seen, beside what it expects at these levels.
    """

    level: float
    bands: pd.DataFrame
    unseen: pd.DataFrame


@dataclass(frozen=True)
class ValueModels:
    """The candidates on the customers of all anchors: fitted and applied at any origin.

    Attributes
    ----------
    target : Target
    settings : Settings
    rows : DataFrame
        Features and, where they are known, labels; sorted by key.
    origins : Origins
        Over the anchors whose labels are known.
    fitted : dict
        Purchase and spend models by anchor, as they are asked for. They know nothing of
        the horizon, so that targets on the same customers may share them.
    expected : dict
        What purchase models expect, by anchor.
    """

    target: Target
    settings: Settings
    rows: pd.DataFrame
    origins: Origins
    fitted: dict[int, Parameters] = field(default_factory=dict, compare=False)
    expected: dict[int, pd.DataFrame] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, customers: pd.DataFrame, target: Target, settings: Settings) -> Self:
        """Sort the rows, and see where labels are known."""
        rows = sorted_by_key(customers, "anchor_number", "customer_id")
        known = rows.loc[rows[target.amount].notna(), "anchor_number"]
        numbers = tuple(int(n) for n in np.unique(known))
        origins = Origins(
            target.horizon_days, settings.step_days, numbers, settings.learning_anchors
        )
        return cls(target, settings, rows, origins)

    def at(self, *numbers: int) -> pd.DataFrame:
        """Return the rows of some anchors."""
        return self.rows[self.rows["anchor_number"].isin(numbers)]

    def parameters(self, number: int) -> Parameters:
        """Fit purchase and spend models at an anchor."""
        if number not in self.fitted:
            rows = self.at(number)
            self.fitted[number] = Parameters.learn(rows, self.settings.min_rows)
        return self.fitted[number]

    def with_expectations(self, number: int) -> pd.DataFrame | None:
        """Return the rows of an anchor, and what its purchase model expects of them.

        None where it has no purchase model.
        """
        purchases = self.parameters(number).purchases
        if purchases is None:
            return None
        if number not in self.expected:
            self.expected[number] = with_expectations(
                self.at(number), purchases, self.target.horizon_days
            )
        return self.expected[number]

    def predict(
        self,
        name: str,
        rows: pd.DataFrame,
        parameters: Parameters,
        model: Linear | Forest | None,
        level: float = 1.0,
    ) -> Forecast | None:
        """Apply a candidate, undiscounted: what is judged is what was paid."""
        return forecast(
            name,
            rows,
            parameters,
            model,
            horizon_days=self.target.horizon_days,
            annual_discount_rate=0.0,
            level=level,
        )

    def model(self, name: str, numbers: Iterable[int]) -> Linear | Forest | None:
        """Fit a regression to some anchors; None for other candidates."""
        if name not in (POISSON, TREES):
            return None
        frames = [
            known
            for number in numbers
            if (known := self.with_expectations(number)) is not None
        ]
        if sum(map(len, frames)) < self.settings.min_rows:
            return None
        rows = pd.concat(frames, ignore_index=True)
        if not rows[self.target.orders].astype(float).any():
            return None
        features = self.target.features | EXPECTATIONS
        with one_thread():
            if name == POISSON:
                return fit_poisson(rows, self.target.orders, features)
            return fit_trees(rows, self.target.orders, features, self.settings.seed)

    def calibrated_on(self, origin: int) -> int | None:
        """Return the anchor that sets the level and the intervals at an origin.

        That of the same season a year ago; where it is not known, the newest; None
        where that is too small.
        """
        known = self.origins.known_at(origin)
        if not known:
            return None
        number = self.origins.same_season(origin) or min(known)
        return number if len(self.at(number)) >= self.settings.min_rows else None

    def outcomes(
        self, name: str, number: int | None, model: Linear | Forest | None
    ) -> pd.DataFrame:
        """Put what was expected at an anchor beside what came.

        Returns
        -------
        DataFrame
            `orders`, `amount`, `expected_order_days`, `expected_amount` and
            `expected_order_amount`; empty where nothing can be expected.
        """
        if number is None:
            return pd.DataFrame()
        rows = self.at(number)
        found = self.predict(name, rows, self.parameters(number), model)
        if found is None:
            return pd.DataFrame()
        return pd.DataFrame(
            {
                "orders": rows[self.target.orders].to_numpy(float),
                "amount": rows[self.target.amount].to_numpy(float),
                "expected_order_days": found.orders,
                "expected_amount": found.net_amount,
                "expected_order_amount": found.amount,
            }
        )

    def unseen(self, name: str, origin: int) -> pd.DataFrame:
        """Return the outcomes at `calibrated_on`, by a fit that has not seen them."""
        number = self.calibrated_on(origin)
        known = self.origins.known_at(origin)
        model = self.model(name, [n for n in known if n != number])
        return self.outcomes(name, number, model)

    def calibration(
        self, name: str, origin: int, model: Linear | Forest | None
    ) -> Calibration:
        """Set the level of a fit, on the whole and by value band.

        The level is that of the fit to be served, which has learned of that anchor; the
        outcomes are those of a fit that has not, since intervals must not know them.
        """
        unseen = self.unseen(name, origin)
        level = own = self.level(name, origin, unseen)
        if model is not None:
            seen = self.outcomes(name, self.calibrated_on(origin), model)
            level = self.level(name, origin, seen)
        if len(unseen):
            expected = ["expected_order_days", "expected_amount"]
            unseen = unseen.assign(**(unseen[expected] * own))
        bands = self.levels(name, origin, unseen)
        if len(bands):
            factors = level_factors(bands, unseen["expected_amount"].to_numpy())
            unseen = unseen.assign(**unseen[expected].mul(factors, axis=0))
        return Calibration(level, bands, unseen)

    def levels(self, name: str, origin: int, unseen: pd.DataFrame) -> pd.DataFrame:
        """Return the levels of value bands at an origin, as `learn_levels` gives them.

        They are those of candidates without labels, at the anchors known there. A
        regression learns from these anchors, and has the features to set itself right.
        """
        if name in (POISSON, TREES) or unseen.empty:
            return pd.DataFrame()
        known = self.origins.known_at(origin)
        # outcomes of overlapping horizons are partly the same
        apart = 1 + (max(known) - min(known)) / self.origins.gap
        every = [self.outcomes(name, number, None) for number in known]
        return learn_levels(every, unseen, min(apart, len(known)))

    def level(self, name: str, origin: int, unseen: pd.DataFrame) -> float:
        """Return what expected orders are to be multiplied by at an origin.

        Actual by expected orders in the same season a year ago. Its square root where
        that season is not known, and over a year, which has none: what is off there is
        chance as much as level. Naive rules are set right too, or a learned candidate
        would win by its level alone.
        """
        if unseen.empty:
            return 1.0
        actual, expected = unseen["orders"].sum(), unseen["expected_order_days"].sum()
        if not (actual > 0 and expected > 0):
            return 1.0
        is_seasonal = self.target.horizon_days < DAYS_PER_YEAR
        has_season = self.origins.same_season(origin) is not None
        return float((actual / expected) ** (1 if is_seasonal and has_season else 0.5))

"""Rolling origins: past anchors at which candidates are judged as if they were today.

Anchors are numbered back from the scoring anchor, which is 0, `step` days apart. At
origin k, a label that looks h days ahead is known at anchor j if (j - k) × step ≥ h:
only those anchors may be learned from, or calibrated on.
"""

from dataclasses import dataclass

import numpy as np

DAYS_PER_YEAR = 365
LEAST_STEP_DAYS = 30  # the shortest step that is proposed: anchors closer differ little


def days_needed(horizon_days: int, step_days: int, *, is_learned: bool = True) -> int:
    """Return how many days of orders it takes to judge at one origin.

    The origin's own labels must be known today, and those of an anchor to learn from
    must have been known at the origin; before the first anchor there is one step.

    Parameters
    ----------
    horizon_days, step_days : int
    is_learned : bool
        Whether labels are learned from; without, only the origin's own are needed.
    """
    gap = int(np.ceil(horizon_days / step_days))
    return ((2 if is_learned else 1) * gap + 1) * step_days


@dataclass(frozen=True)
class Origins:
    """What is known when, for labels of one horizon.

    Attributes
    ----------
    horizon_days : int
        How far the label looks ahead.
    step_days : int
        Distance of two anchors.
    numbers : tuple of int
        The past anchors that have labels, ascending: 1 is the newest there can be.
    window : int
        How many anchors to learn from: the older ones describe another shop.
    """

    horizon_days: int
    step_days: int
    numbers: tuple[int, ...]
    window: int

    @property
    def gap(self) -> int:
        """The least distance of a known label's anchor, in anchors."""
        return int(np.ceil(self.horizon_days / self.step_days))

    @property
    def season(self) -> int:
        """How many anchors back the same season of a year ago lies."""
        return round(DAYS_PER_YEAR / self.step_days)

    def known_at(self, origin: int) -> tuple[int, ...]:
        """Return the anchors to learn from at an origin: labels known, ascending."""
        known = tuple(n for n in self.numbers if n >= origin + self.gap)
        return known[: self.window]

    def same_season(self, origin: int) -> int | None:
        """Return the anchor a year before an origin, None where it is not known."""
        number = origin + self.season
        return number if number in self.numbers and self.season >= self.gap else None

    def held_out_at(self, origin: int) -> tuple[int, ...]:
        """Return the anchors to calibrate on at an origin.

        The newest one, and the same season a year ago: the first knows the level of
        late, the second what the time of year does to it.
        """
        known = self.known_at(origin)
        season = self.same_season(origin)
        wanted = {*known[:1], *([season] if season else [])}
        is_enough = len(set(known) - wanted) > 0
        return (
            tuple(sorted(wanted)) if is_enough else known[:1] if len(known) > 1 else ()
        )

    def history(self, *, is_learned: bool = True) -> str:
        """Say how much history it takes to judge, and which setting asks for less."""
        step, shorter = self.step_days, max(LEAST_STEP_DAYS, self.horizon_days // 3)
        needed, fewer = (
            days_needed(self.horizon_days, some, is_learned=is_learned)
            for some in (step, shorter)
        )
        words = f"with anchor_step_days {step}, {needed} days of orders are needed"
        return f"{words}; with {shorter}, {fewer}" if fewer < needed else words

    def folds(self, origin: int, count: int = 3) -> list[tuple[list[int], int]]:
        """Return time-ordered folds of what is known at an origin.

        Returns
        -------
        list of (train, test)
            The anchors to learn from, and the later one to judge at.
        """
        known = self.known_at(origin)
        folds = [([m for m in known if m >= n + self.gap], n) for n in known]
        return [(train, test) for train, test in folds if train][:count]

"""The season: how busy each day is, relative to an average day."""

import numpy as np

from segmentation.world.settings import START

# Monday first.
WEEKDAYS = np.array([1.0, 0.95, 0.95, 1.0, 1.1, 1.12, 0.88])
PEAK_DAY = 338  # early December
PEAK_WIDTH = 20.0
PEAK_HEIGHT = 1.15
FURTHER_DAYS = 366
"""Truth reaches a year past the world, for horizons from its last day."""


def seasonality(days: int) -> np.ndarray:
    """Return the multiplier of each day, with mean 1 over the first `days`.

    The year is a gentle wave plus a Gaussian bump around early December,
    times a weekday effect.

    Returns
    -------
    numpy.ndarray
        `days + FURTHER_DAYS` multipliers.
    """
    dates = START + np.arange(days + FURTHER_DAYS)
    day_of_year = (dates - dates.astype("datetime64[Y]")).astype(int)
    wave = 1 + 0.08 * np.sin(2 * np.pi * (day_of_year - 60) / 365.25)
    bump = PEAK_HEIGHT * np.exp(-0.5 * ((day_of_year - PEAK_DAY) / PEAK_WIDTH) ** 2)
    weekday = (dates.astype(int) + 3) % 7  # 1970-01-01 was a Thursday
    multiplier = (wave + bump) * WEEKDAYS[weekday]
    return multiplier / multiplier[:days].mean()

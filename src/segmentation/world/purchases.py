"""When customers buy: an inhomogeneous Poisson process with dropout."""

import numpy as np

from segmentation.world.settings import (
    ANONYMOUS_SALE_SHARE,
    BLOCK_SIZE,
    DAYS_PER_YEAR,
    Arrays,
    Settings,
    generator,
)

# Busy hours of a day: mean hour, spread in hours, share.
DAYPARTS = ((8.5, 1.2, 0.15), (12.5, 1.2, 0.25), (17.0, 1.8, 0.25), (20.5, 1.3, 0.35))
OFFICE_HOURS = (11.0, 2.2)


def draw_purchase_times(
    settings: Settings, block: int, latent: Arrays, season: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the customers' own purchases, first orders included.

    A living customer buys at the rate

        lambda_i * (1 + k_i * (s(t) - 1))

    with own rate lambda_i, own seasonal strength k_i and the season s(t) of
    mean 1. Drawn by thinning [1]_: candidates at the customer's highest rate,
    kept with the ratio of the rate of that day to the highest.

    Returns
    -------
    customer, time : numpy.ndarray
        Row of the customer, and days since the start; sorted by both.

    References
    ----------
    .. [1] P. A. W. Lewis and G. S. Shedler (1979), "Simulation of
       nonhomogeneous Poisson processes by thinning", Naval Research Logistics
       Quarterly 26(3).
    """
    rng = generator(settings.seed, "purchases", block)
    first = np.where(np.isnan(latent["first_order"]), np.inf, latent["first_order"])
    last = np.minimum(latent["dropout_time"], settings.days)
    span = np.where(first < settings.days, last - first, 0.0)
    strength = latent["seasonality_strength"]
    peak = 1 + strength * (season[: settings.days].max() - 1)
    daily = latent["purchase_rate"] / DAYS_PER_YEAR

    count = rng.poisson(daily * peak * span)
    customer = np.repeat(np.arange(BLOCK_SIZE), count)
    time = first[customer] + rng.random(len(customer)) * span[customer]
    swing = season[time.astype(int)] - 1
    kept = rng.random(len(customer)) * peak[customer] < 1 + strength[customer] * swing
    customer, time = customer[kept], time[kept]

    # The season is constant within a day, so the hour may be drawn afresh.
    moved = np.floor(time) + draw_hours(rng, latent["office_hours"][customer]) / 24
    inside = (moved > first[customer]) & (moved < last[customer])
    time = np.where(inside, moved, time)

    starters = np.flatnonzero(first < settings.days)
    customer = np.concatenate([starters, customer])
    time = np.concatenate([first[starters], time])
    order = np.lexsort((time, customer))
    return customer[order], time[order]


def draw_hours(rng: np.random.Generator, office_share: np.ndarray) -> np.ndarray:
    """Draw the hour of the day, by daypart."""
    n = len(office_share)
    mean, spread, share = np.array(DAYPARTS).T
    part = rng.choice(len(DAYPARTS), n, p=share)
    at_office = rng.random(n) < office_share
    centre = np.where(at_office, OFFICE_HOURS[0], mean[part])
    width = np.where(at_office, OFFICE_HOURS[1], spread[part])
    return np.clip(centre + width * rng.standard_normal(n), 0.0, 23.99)


def draw_anonymous_times(
    settings: Settings, block: int, season: np.ndarray, purchases: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw sales to nobody known, about 3 % on top of the customers' own.

    They are additional sales, not orders robbed of their customer: the known
    customers' histories stay complete. The owner returned is only the
    customer with whom the row is cut off in a smaller world.
    """
    rng = generator(settings.seed, "anonymous", block)
    n = rng.binomial(purchases, ANONYMOUS_SALE_SHARE)
    busy = season[: settings.days].cumsum()
    day = np.searchsorted(busy, rng.random(n) * busy[-1])
    time = day + draw_hours(rng, np.full(n, 0.2)) / 24
    return rng.integers(BLOCK_SIZE, size=n), time

"""Web sessions: before orders, and idle browsing.

Idle browsing starts at sign-up and goes on whether or not the customer has
dropped out. So nothing but purchases tells who is still alive, and `oracle`
is an upper bound for every model: one that beats it has seen the future.
"""

import numpy as np

from segmentation.world.baskets import CAUSED, PURCHASE, STORE, pick_products
from segmentation.world.purchases import draw_hours
from segmentation.world.settings import (
    BLOCK_SIZE,
    DAYS_PER_YEAR,
    DEVICES,
    Arrays,
    Settings,
    generator,
)

EVENT_TYPES = ("page_view", "product_view", "add_to_cart", "checkout")
PAGE_VIEW, PRODUCT_VIEW, ADD_TO_CART, CHECKOUT = range(4)
SESSION_SHARE = 0.55
IDLE_PER_YEAR = 2.2
LOGGED_OUT_SHARE = 0.18
MINUTE = 1 / 1440


def draw_web_events(
    settings: Settings, block: int, latent: Arrays, orders: Arrays, lines: Arrays
) -> Arrays:
    """Draw the events of those who allowed tracking.

    Returns
    -------
    dict of numpy.ndarray
        Sorted by time; `session` counts from 0 in order of time.
        `is_logged_in` tells whether the customer is known in the row.
    """
    rng = generator(settings.seed, "web", block)
    sessions = _sessions(rng, settings, latent, orders, lines)
    n = len(sessions["customer"])
    buys = sessions["product"] >= 0
    views = rng.integers(0, 4, n) + buys
    fills = np.where(buys, 1, (views > 0) & (rng.random(n) < 0.14))
    count = 1 + views + fills + buys

    session = np.repeat(np.arange(n), count)
    position = np.arange(len(session)) - np.repeat(count.cumsum() - count, count)
    last_view = views[session]
    event = np.where(position == 0, PAGE_VIEW, PRODUCT_VIEW)
    event = np.where(position == last_view + 1, ADD_TO_CART, event)
    event = np.where(position == last_view + 2, CHECKOUT, event)
    product = pick_products(rng, latent, sessions["customer"][session])
    # The last product seen is the one put in the cart.
    meant = sessions["product"][session]
    decided = (position == last_view) | (event == ADD_TO_CART)
    product = np.where(decided & (meant >= 0), meant, product)
    carted = event == ADD_TO_CART
    product[carted] = product[np.flatnonzero(carted) - 1]
    about_product = (event == PRODUCT_VIEW) | (event == ADD_TO_CART)

    pace = (0.5 + 2.0 * rng.random(n))[session] * MINUTE
    return {
        "customer": sessions["customer"][session],
        "session": session,
        "event": event,
        "device": sessions["device"][session],
        "product": np.where(about_product, product, -1),
        "is_logged_in": sessions["is_logged_in"][session],
        "time": sessions["time"][session] + position * pace,
    }


def _sessions(
    rng: np.random.Generator,
    settings: Settings,
    latent: Arrays,
    orders: Arrays,
    lines: Arrays,
) -> Arrays:
    """Draw sessions in order of time; `product` is what will be bought."""
    online = orders["channel"] != STORE
    own = (orders["kind"] == PURCHASE) | (orders["kind"] == CAUSED)
    seen = latent["is_tracked"][orders["customer"]] & online & own
    seen &= rng.random(len(seen)) < SESSION_SHARE
    rows = np.flatnonzero(seen)
    first_line = np.searchsorted(lines["order"], rows)
    before = (15 + 25 * rng.random(len(rows))) * MINUTE

    span = np.clip(settings.days - latent["signed_up"], 0.0, None)
    visits = rng.poisson(latent["is_tracked"] * span * IDLE_PER_YEAR / DAYS_PER_YEAR)
    idle = np.repeat(np.arange(BLOCK_SIZE), visits)
    time = latent["signed_up"][idle] + rng.random(len(idle)) * span[idle]
    moved = np.floor(time) + draw_hours(rng, latent["office_hours"][idle]) / 24
    time = np.where(moved > latent["signed_up"][idle], moved, time)
    # Keep the end of a late session inside the world.
    time = np.minimum(time, settings.days - 30 * MINUTE)

    customer = np.concatenate([orders["customer"][rows], idle])
    n = len(customer)
    cumulative = latent["devices"][customer].cumsum(axis=1)[:, : len(DEVICES) - 1]
    sessions = {
        "customer": customer,
        "time": np.concatenate([orders["time"][rows] - before, time]),
        "product": np.concatenate(
            [lines["product"][first_line], np.full(len(idle), -1)]
        ),
        "device": (rng.random(n)[:, None] > cumulative).sum(axis=1),
        "is_logged_in": rng.random(n) >= LOGGED_OUT_SHARE,
    }
    order = np.argsort(sessions["time"], kind="stable")
    order = order[sessions["time"][order] >= 0]
    return {name: values[order] for name, values in sessions.items()}

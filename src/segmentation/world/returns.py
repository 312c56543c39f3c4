"""Cancelled orders, phantom orders, and credit notes.

All of them come on top of the purchases: who cancels or mistypes orders again
the same day, so purchase times and spend stay what the truth says.
"""

import numpy as np

from segmentation.world.baskets import (
    ANONYMOUS,
    CANCELLED,
    PHANTOM,
    PHANTOM_CREDIT,
    RETURN,
)
from segmentation.world.settings import (
    CANCELLED_SHARE,
    PHANTOM_SHARE,
    Arrays,
    Settings,
    generator,
)

MINUTE = 1 / 1440


def add_corrections(
    settings: Settings, block: int, latent: Arrays, orders: Arrays, lines: Arrays
) -> tuple[Arrays, Arrays]:
    """Add the orders that undo something; return the orders and lines of all.

    Returns
    -------
    orders, lines : dict of numpy.ndarray
        Orders sorted by time; `source` is the row, in the result, of the
        purchase an order repeats or undoes (its own row for a purchase).
    """
    rng = generator(settings.seed, "corrections", block)
    n = len(orders["customer"])
    named = orders["kind"] != ANONYMOUS
    # Never before the first order: the truth's first order stays the first.
    repeat = named & (np.roll(orders["customer"], 1) == orders["customer"])
    repeat[:1] = False
    draw = rng.random(n)
    cancelled = np.flatnonzero(repeat & (draw < CANCELLED_SHARE))
    phantom = np.flatnonzero(repeat & (draw > 1 - PHANTOM_SHARE))
    share = latent["return_share"][orders["customer"]]
    returned = np.flatnonzero(named & (rng.random(n) < share))

    ordered = orders["time"]
    mistyped = ordered[phantom] - (25 + 30 * rng.random(len(phantom))) * MINUTE
    noticed = mistyped + (2 + 8 * rng.random(len(phantom))) * MINUTE
    failed = ordered[cancelled] - (5 + 175 * rng.random(len(cancelled))) * MINUTE
    sent_back = ordered[returned] + 2 + rng.exponential(12.0, len(returned))
    huge = rng.integers(2_000, 20_000, len(phantom))

    parts = [
        (orders, lines),
        _copy(orders, lines, cancelled, failed, CANCELLED),
        _mistype(orders, lines, phantom, mistyped, huge, PHANTOM),
        _mistype(orders, lines, phantom, noticed, -huge, PHANTOM_CREDIT),
        _send_back(rng, orders, lines, returned, sent_back),
    ]
    return _merge(parts, settings.days)


def _copy(
    orders: Arrays, lines: Arrays, rows: np.ndarray, time: np.ndarray, kind: int
) -> tuple[Arrays, Arrays]:
    """Repeat some orders with all their lines at another time."""
    copies = {name: values[rows] for name, values in orders.items()}
    copies["time"], copies["kind"] = time, np.full(len(rows), kind)
    copies["campaign"] = np.full(len(rows), -1)
    copies["is_late"] = np.zeros(len(rows), dtype=bool)
    number = np.full(len(orders["customer"]), -1)
    number[rows] = np.arange(len(rows))
    mine = number[lines["order"]] >= 0
    copied = {name: values[mine] for name, values in lines.items()}
    copied["order"] = number[copied["order"]]
    return copies, copied


def _mistype(
    orders: Arrays,
    lines: Arrays,
    rows: np.ndarray,
    time: np.ndarray,
    quantity: np.ndarray,
    kind: int,
) -> tuple[Arrays, Arrays]:
    """Order (or credit) a huge quantity of the first line's product."""
    copies, copied = _copy(orders, lines, rows, time, kind)
    first = copied["line_number"] == 1
    copied = {name: values[first] for name, values in copied.items()}
    copies["promotion"] = np.full(len(rows), -1)
    copied["quantity"] = quantity[copied["order"]]
    copied["discount"] = np.zeros(len(copied["order"]))
    return copies, copied


def _send_back(
    rng: np.random.Generator,
    orders: Arrays,
    lines: Arrays,
    rows: np.ndarray,
    time: np.ndarray,
) -> tuple[Arrays, Arrays]:
    """Credit earlier lines, wholly or in part, at the net price paid."""
    copies, copied = _copy(orders, lines, rows, time, RETURN)
    copies["promotion"] = np.full(len(rows), -1)
    whole = rng.random(len(rows)) < 0.4
    first = copied["line_number"] == 1
    kept = whole[copied["order"]] | first
    copied = {name: values[kept] for name, values in copied.items()}
    units = copied["quantity"]
    some = np.ceil(units * rng.random(len(units))).astype(int)
    some = np.where(whole[copied["order"]], units, np.clip(some, 1, units))
    net = copied["unit_price"] - copied["discount"] / units
    copied["quantity"] = -some
    copied["unit_price"] = np.round(net, 2)
    copied["discount"] = np.zeros(len(units))
    return copies, copied


def _merge(parts: list[tuple[Arrays, Arrays]], days: int) -> tuple[Arrays, Arrays]:
    """Put all parts in order of time, within the world's days."""
    offsets = np.cumsum([0] + [len(orders["time"]) for orders, _ in parts])
    orders = {
        name: np.concatenate([orders[name] for orders, _ in parts])
        for name in parts[0][0]
    }
    lines = {
        name: np.concatenate([lines[name] for _, lines in parts])
        for name in parts[0][1]
    }
    sizes = [len(part["order"]) for _, part in parts]
    lines["order"] = lines["order"] + np.repeat(offsets[:-1], sizes)
    inside = orders["time"] < days
    order = np.argsort(orders["time"], kind="stable")
    order = order[inside[order]]
    rank = np.full(len(inside), -1)
    rank[order] = np.arange(len(order))
    orders = {name: values[order] for name, values in orders.items()}
    orders["source"] = rank[orders["source"]]
    lines["order"] = rank[lines["order"]]
    order = np.lexsort((lines["line_number"], lines["order"]))
    order = order[lines["order"][order] >= 0]
    return orders, {name: values[order] for name, values in lines.items()}

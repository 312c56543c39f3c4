"""Shifts that may be planted: from a day on, the shop is another one.

What came before that day is drawn by the same laws, so that a monitor can be asked
whether it notices. A world without a shift is drawn as if there were none to plant.
"""

from dataclasses import dataclass

import numpy as np

KINDS = ("price_rise", "channel_switch", "doubled_churn", "doubled_dropout")

PRICE_RISE = 1.3
SWITCHED_SHARE = 0.6
LEAVING_SHARE = 0.6


@dataclass(frozen=True)
class Shift:
    """What changes, and when.

    Parameters
    ----------
    kind : str
        One of `KINDS`. price_rise: prices rise by three tenths, and customers go on
        buying as much as before. channel_switch: six in ten online orders are placed in
        a store instead. doubled_churn: six in ten customers who are still there leave
        at once, so that of those who bought lately about twice as many do not return.
        doubled_dropout: the rate at which each drops out doubles, which in a quarter
        takes away few, since those who are still there are those who stay.
    day : float
        Days since the start of the world.
    """

    kind: str
    day: float

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"shift must be one of {', '.join(KINDS)}")
        if self.day < 0:
            raise ValueError("the day of a shift must not be negative")


def dropout_times(
    shift: Shift | None,
    seed: list[int],
    first_order: np.ndarray,
    dropout_time: np.ndarray,
) -> np.ndarray:
    """Return when customers drop out, shape (n,), with the shift.

    What is left of an exponential lifetime is halved, which doubles its rate.
    """
    if shift is None or shift.kind not in ("doubled_churn", "doubled_dropout"):
        return dropout_time
    if shift.kind == "doubled_churn":
        leaves = np.random.default_rng(seed).random(len(first_order)) < LEAVING_SHARE
        leaves &= (first_order < shift.day) & (dropout_time > shift.day)
        return np.where(leaves, shift.day, dropout_time)
    begins = np.maximum(first_order, shift.day)
    return np.where(
        dropout_time > begins, begins + (dropout_time - begins) / 2, dropout_time
    )


def price_rises(shift: Shift | None, time: np.ndarray) -> np.ndarray | float:
    """Return what prices at some times are multiplied by."""
    if shift is None or shift.kind != "price_rise":
        return 1.0
    return np.where(time >= shift.day, PRICE_RISE, 1.0)


def channels(
    shift: Shift | None,
    seed: list[int],
    time: np.ndarray,
    channel: np.ndarray,
    store: int,
) -> np.ndarray:
    """Return the channels of orders; from the shift on many go to the store.

    Parameters
    ----------
    shift : Shift or None
    seed : list of int
        Of the draws: who switches hangs on nothing else.
    time, channel : numpy.ndarray, shape (n,)
    store : int
        The number of that channel.
    """
    if shift is None or shift.kind != "channel_switch":
        return channel
    switches = np.random.default_rng(seed).random(len(channel)) < SWITCHED_SHARE
    return np.where((time >= shift.day) & switches, store, channel)

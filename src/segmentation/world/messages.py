"""Newsletters without effect, and randomised experiments with a known one."""

from dataclasses import dataclass

import numpy as np

from segmentation.world.settings import (
    BLOCK_SIZE,
    MESSAGE_CHANNELS,
    START,
    Arrays,
    Settings,
    generator,
)

RESPONSE_DAYS = 14
EXPERIMENT_CHANNELS = ("email", "email", "push", "email", "sms", "email")
CONSENT_SHARES = (0.78, 0.45, 0.32)
UNSUBSCRIBE_SHARE = 0.006


@dataclass(frozen=True)
class Campaign:
    """One send-out; `is_experiment` ones are randomised 50:50."""

    campaign_id: str
    day: int
    channel: int
    is_experiment: bool


def plan_campaigns(settings: Settings) -> list[Campaign]:
    """Plan a newsletter every four weeks, and two experiments a year."""
    plan = []
    for number, day in enumerate(range(40, settings.days - 20, 28)):
        # Push and text messages are rarer than e-mail.
        channel = (0, 0, 1, 0, 2)[number % 5]
        plan.append(Campaign(f"n{number + 1:02d}", day, channel, False))
    for number in range(2 * settings.years):
        day = int((number // 2) * 365.25) + (110, 255)[number % 2]
        name = EXPERIMENT_CHANNELS[number % len(EXPERIMENT_CHANNELS)]
        channel = MESSAGE_CHANNELS.index(name)
        plan.append(Campaign(f"x{number + 1:02d}", day, channel, True))
    return sorted(plan, key=lambda each: each.day)


def draw_messages(
    settings: Settings,
    block: int,
    latent: Arrays,
    purchases: tuple[np.ndarray, np.ndarray],
    campaigns: list[Campaign],
) -> tuple[Arrays, Arrays, Arrays, np.ndarray]:
    """Send all campaigns in order of time.

    A treated customer who is alive orders once more within 14 days with
    probability `message_uplift`; in the control group nobody does. Newsletters
    go mostly to the recently active and have no effect at all: who compares
    their readers with the rest finds one nevertheless (confounding).

    Parameters
    ----------
    purchases : tuple of numpy.ndarray
        Customer and time of the customers' own purchases, sorted.

    Returns
    -------
    messages, assignments, extra : dict of numpy.ndarray
        `extra` holds the orders caused: customer, time, campaign.
    consent : numpy.ndarray
        Whether each customer granted each channel at sign-up.
    """
    rng = generator(settings.seed, "messages", block)
    consent = rng.random((BLOCK_SIZE, 3)) < CONSENT_SHARES
    subscribed = consent.copy()
    sent, assigned, extra = [], [], []
    for number, campaign in enumerate(campaigns):
        when = campaign.day + 9 / 24 + rng.random(BLOCK_SIZE) * 3 / 24
        known = subscribed[:, campaign.channel] & (latent["signed_up"] < campaign.day)
        coin = rng.random(BLOCK_SIZE)
        if campaign.is_experiment:
            invited = known & (latent["first_order"] < campaign.day)
            treated = invited & (coin < 0.5)
            assigned.append(_rows(invited, campaign=number, is_treated=treated))
            caused = _respond(rng, latent, treated, when)
            extra.append(_rows(~np.isnan(caused), campaign=number, time=caused))
        else:
            active = _last_purchase(purchases, campaign.day) > campaign.day - 180
            treated = known & (coin < np.where(active, 0.75, 0.12))
            caused = np.full(BLOCK_SIZE, np.nan)
        letters = _react(rng, latent, treated, when, caused, campaign.channel)
        subscribed[~np.isnan(letters["unsubscribed"]), campaign.channel] = False
        sent.append(_rows(treated, campaign=number, sent=when, **letters))
    return _stack(sent), _stack(assigned), _stack(extra), consent


def _last_purchase(purchases: tuple[np.ndarray, np.ndarray], day: int) -> np.ndarray:
    """Return the time of each customer's last purchase before a day."""
    customer, time = purchases
    last = np.full(BLOCK_SIZE, -np.inf)
    before = time < day
    last[customer[before]] = time[before]  # sorted: the last one wins
    return last


def _respond(
    rng: np.random.Generator, latent: Arrays, treated: np.ndarray, when: np.ndarray
) -> np.ndarray:
    """Return when the treated order because of the message, or NaN."""
    alive = (latent["first_order"] < when) & (when < latent["dropout_time"])
    moved = rng.random(BLOCK_SIZE) < latent["message_uplift"]
    # Soon rather than late, but within 14 days and within the lifetime.
    delay = RESPONSE_DAYS * rng.random(BLOCK_SIZE) ** 2
    room = np.minimum(latent["dropout_time"] - when, RESPONSE_DAYS) / RESPONSE_DAYS
    return np.where(treated & alive & moved, when + delay * room, np.nan)


def _react(
    rng: np.random.Generator,
    latent: Arrays,
    treated: np.ndarray,
    when: np.ndarray,
    caused: np.ndarray,
    channel: int,
) -> Arrays:
    """Draw opening, clicking and unsubscribing, in that order of time."""
    n = BLOCK_SIZE
    # Who ordered because of a message has read it.
    bought = ~np.isnan(caused)
    opens = treated & (bought | (rng.random(n) < latent["open_share"]))
    clicks = opens & (bought | (rng.random(n) < 0.22))
    leaves = treated & ~bought & (rng.random(n) < UNSUBSCRIBE_SHARE)
    room = np.where(bought, caused - when, 1.0)
    opened = when + rng.random(n) * 0.5 * room
    clicked = opened + rng.random(n) * 0.02 * room
    left = np.where(opens, opened, when) + 0.03 + rng.random(n) * 0.2
    if MESSAGE_CHANNELS[channel] == "sms":
        opens = np.zeros(n, dtype=bool)  # a text message reports no opening
    return {
        "opened": np.where(opens, opened, np.nan),
        "clicked": np.where(clicks, clicked, np.nan),
        "unsubscribed": np.where(leaves, left, np.nan),
    }


def _rows(mask: np.ndarray, **columns: int | np.ndarray) -> Arrays:
    """Keep the masked customers' values, scalars repeated."""
    rows = {"customer": np.flatnonzero(mask)}
    for name, values in columns.items():
        rows[name] = np.broadcast_to(values, len(mask))[mask]
    return rows


def _stack(parts: list[Arrays]) -> Arrays:
    """Put the campaigns' rows below each other."""
    return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def campaign_texts(
    campaigns: list[Campaign],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ids, channel numbers and first days, by campaign number."""
    ids = np.array([each.campaign_id for each in campaigns])
    channels = np.array([each.channel for each in campaigns])
    days = START + np.array([each.day for each in campaigns])
    return ids, channels, days

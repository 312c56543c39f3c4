"""Reviews and support tickets: what customers say about their orders."""

import numpy as np

from segmentation.world.baskets import CAUSED, PURCHASE
from segmentation.world.catalogue import Catalogue
from segmentation.world.phrases import TICKETS
from segmentation.world.settings import Arrays, Settings, generator

LANGUAGES = ("en", "de", "fr")
# Language a country's customers may write in beside English, and how often.
COUNTRY_LANGUAGE = np.array([0, 1, 2, 0, 0])
OWN_LANGUAGE_SHARE = 0.6
SOURCES = ("web", "app", "email")
LATE_EFFECT, QUALITY_EFFECT, MOOD_EFFECT = -1.6, 1.0, 0.5
FRAGMENTS = 60  # divisible by the length of every list of phrases


def draw_reviews(
    settings: Settings,
    block: int,
    latent: Arrays,
    catalogue: Catalogue,
    orders: Arrays,
    lines: Arrays,
) -> Arrays:
    """Draw reviews of the first product of an order.

    Experience is 4.3 + quality of the product + half the customer's mood
    - 1.6 if the delivery was late + noise; the rating is its rounded value,
    and the text's tone is the rating's.
    """
    rng = generator(settings.seed, "reviews", block)
    own = (orders["kind"] == PURCHASE) | (orders["kind"] == CAUSED)
    share = latent["review_share"][orders["customer"]]
    rows = np.flatnonzero(own & (rng.random(len(own)) < share))
    time = orders["time"][rows] + 3 + rng.exponential(8.0, len(rows))
    rows, time = rows[time < settings.days], time[time < settings.days]
    n = len(rows)
    customer, is_late = orders["customer"][rows], orders["is_late"][rows]
    product = lines["product"][np.searchsorted(lines["order"], rows)]
    experience = (
        4.3
        + QUALITY_EFFECT * catalogue.quality[product]
        + MOOD_EFFECT * latent["satisfaction"][customer]
        + LATE_EFFECT * is_late
        + rng.normal(0.0, 0.7, n)
    )
    rating = np.clip(np.rint(experience), 1, 5).astype(int)
    language = COUNTRY_LANGUAGE[latent["country"][customer]]
    return {
        "customer": customer,
        "product": product,
        "source": rng.integers(len(SOURCES), size=n),
        "language": np.where(rng.random(n) < OWN_LANGUAGE_SHARE, language, 0),
        "rating": rating,
        "tone": (rating >= 3).astype(int) + (rating >= 4),
        "fragments": rng.integers(FRAGMENTS, size=(3, n)),
        "tells_late": is_late & (rng.random(n) < 0.7),
        "time": time,
    }


def draw_tickets(
    settings: Settings,
    block: int,
    latent: Arrays,
    catalogue: Catalogue,
    orders: Arrays,
    lines: Arrays,
) -> Arrays:
    """Draw tickets, more often after a late delivery or a bad product."""
    rng = generator(settings.seed, "tickets", block)
    own = (orders["kind"] == PURCHASE) | (orders["kind"] == CAUSED)
    first_line = np.searchsorted(lines["order"], np.arange(len(own)))
    quality = catalogue.quality[lines["product"][first_line]]
    late = orders["is_late"]
    share = 0.025 + 0.25 * late + 0.05 * np.clip(-quality, 0.0, 1.0)
    rows = np.flatnonzero(own & (rng.random(len(own)) < share))
    opened = orders["time"][rows] + 1 + rng.exponential(3.0, len(rows))
    rows, opened = rows[opened < settings.days], opened[opened < settings.days]
    n = len(rows)
    late, quality = late[rows], quality[rows]
    mood = latent["satisfaction"][orders["customer"][rows]]
    hours = rng.gamma(1.2, 20.0, n)
    topic = np.where(late & (rng.random(n) < 0.8), 0, rng.integers(1, 5, n))
    # Slow answers and bad products leave people unhappy.
    score = 3.9 + 0.5 * mood + 0.6 * quality - 0.8 * late - hours / 40
    satisfaction = np.rint(score + rng.normal(0.0, 0.7, n))
    resolved = opened + hours / 24
    is_open = (rng.random(n) < 0.03) | (resolved >= settings.days)
    return {
        "customer": orders["customer"][rows],
        "topic": topic,
        "body": topic * len(TICKETS[0]) + rng.integers(len(TICKETS[0]), size=n),
        "ending": rng.integers(4, size=n),
        "satisfaction": np.clip(satisfaction, 1, 5).astype(int),
        "is_rated": ~is_open & (rng.random(n) < 0.55),
        "opened": opened,
        "resolved": np.where(is_open, np.nan, resolved),
    }

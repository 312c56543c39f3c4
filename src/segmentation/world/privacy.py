"""Consents given and withdrawn, and requests to be erased."""

import numpy as np

from segmentation.world.settings import (
    BLOCK_SIZE,
    ERASURE_SHARE,
    Arrays,
    Settings,
    generator,
)

# (purpose, channel); the first three are the channels of messages.
PURPOSES = (
    ("marketing", "email"),
    ("marketing", "push"),
    ("marketing", "sms"),
    ("analytics", "web"),
)


def draw_consents(
    latent: Arrays, consent: np.ndarray, messages: Arrays, channels: np.ndarray
) -> Arrays:
    """Record what was granted or refused at sign-up, and withdrawn since.

    Push and text messages are asked for only where wanted, so a refusal is
    recorded for e-mail and tracking alone.
    """
    everyone = np.arange(BLOCK_SIZE)
    granted = np.column_stack([consent, latent["is_tracked"]])
    asked = granted | np.array([True, False, False, True])
    parts = [
        (everyone[asked[:, k]], np.full(asked[:, k].sum(), k), granted[asked[:, k], k])
        for k in range(len(PURPOSES))
    ]
    left = ~np.isnan(messages["unsubscribed"])
    customer = np.concatenate([p[0] for p in parts])
    time = np.concatenate(
        [latent["signed_up"][customer], messages["unsubscribed"][left]]
    )
    consents = {
        "customer": np.concatenate([customer, messages["customer"][left]]),
        "purpose": np.concatenate(
            [*(p[1] for p in parts), channels[messages["campaign"][left]]]
        ),
        "is_granted": np.concatenate(
            [*(p[2] for p in parts), np.zeros(left.sum(), bool)]
        ),
        "time": time,
    }
    order = np.lexsort((consents["purpose"], consents["time"]))
    return {name: values[order] for name, values in consents.items()}


def draw_erasures(settings: Settings, block: int, latent: Arrays) -> Arrays:
    """Draw the few customers who ask to be erased, and when."""
    rng = generator(settings.seed, "erasures", block)
    asks = rng.random(BLOCK_SIZE) < ERASURE_SHARE
    time = latent["signed_up"] + rng.random(BLOCK_SIZE) * (
        settings.days - latent["signed_up"]
    )
    customer = np.flatnonzero(asks)
    customer = customer[np.argsort(time[customer], kind="stable")]
    return {"customer": customer, "time": time[customer]}

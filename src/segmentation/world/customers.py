"""Customers: what they are (latent) and what the shop sees of them."""

import numpy as np

from segmentation.world.catalogue import Catalogue
from segmentation.world.settings import (
    BLOCK_SIZE,
    CATEGORIES,
    DAYS_PER_YEAR,
    PROSPECT_SHARE,
    START,
    TYPES,
    Arrays,
    Settings,
    generator,
    per_type,
)

COUNTRIES = ("GB", "DE", "FR", "US", "IE")
COUNTRY_SHARES = (0.68, 0.12, 0.07, 0.08, 0.05)
COUNTRY_CURRENCY = np.array([0, 1, 1, 2, 1])
CITIES = (
    ("London", "Manchester", "Leeds", "Bristol"),
    ("Berlin", "Hamburg", "Munich", "Cologne"),
    ("Paris", "Lyon", "Lille", "Nantes"),
    ("New York", "Boston", "Chicago", "Austin"),
    ("Dublin", "Cork", "Galway", "Limerick"),
)
FIRST_NAMES = tuple(
    [
        "Ada",
        "Ben",
        "Cleo",
        "Dan",
        "Eva",
        "Finn",
        "Gwen",
        "Hugo",
        "Iris",
        "Jack",
        "Kim",
        "Leo",
        "Mia",
        "Noah",
        "Olga",
        "Paul",
        "Quinn",
        "Rosa",
        "Sam",
        "Tess",
        "Uma",
        "Vera",
        "Will",
        "Yara",
        "Zoe",
    ]
)
LAST_NAMES = tuple(
    [
        "Adams",
        "Baker",
        "Clark",
        "Davis",
        "Evans",
        "Fischer",
        "Garcia",
        "Hughes",
        "Irwin",
        "Jones",
        "Klein",
        "Lopez",
        "Martin",
        "Nolan",
        "Owens",
        "Petit",
        "Reed",
        "Schmidt",
        "Taylor",
        "Weber",
        "Young",
    ]
)
ACQUISITION_CHANNELS = ("organic", "paid_search", "social", "referral", "affiliate")
# Rows: the latent types, in their order.
ACQUISITION_SHARES = np.array(
    [
        [0.40, 0.18, 0.12, 0.25, 0.05],
        [0.45, 0.30, 0.05, 0.18, 0.02],
        [0.15, 0.20, 0.25, 0.10, 0.30],
        [0.30, 0.30, 0.20, 0.15, 0.05],
        [0.15, 0.25, 0.35, 0.05, 0.20],
        [0.30, 0.22, 0.20, 0.20, 0.08],
    ]
)
GENDERS = ("female", "male", "other", None)


def choose(rng: np.random.Generator, cumulative: np.ndarray) -> np.ndarray:
    """Draw one column per row of a matrix of cumulative probabilities."""
    uniform = rng.random(len(cumulative))
    return (uniform[:, None] > cumulative[:, :-1]).sum(axis=1)


def draw_latent(settings: Settings, block: int, catalogue: Catalogue) -> Arrays:
    """Draw the truth about every customer of a block.

    Rates are gamma within a type and lifetimes exponential from the first
    order: the Pareto/NBD model, once per type [1]_.

    Returns
    -------
    dict of numpy.ndarray
        Times are days since the start of the world.

    References
    ----------
    .. [1] D. C. Schmittlein, D. G. Morrison and R. Colombo (1987), "Counting
       Your Customers: Who Are They and What Will They Do Next?", Management
       Science 33(1).
    """
    rng = generator(settings.seed, "latent", block)
    n = BLOCK_SIZE
    kind = rng.choice(len(TYPES), n, p=[each.share for each in TYPES])

    def gamma(mean: np.ndarray, shape: float | np.ndarray) -> np.ndarray:
        mean, shape = np.broadcast_arrays(mean, shape)
        return rng.gamma(shape, mean / shape, n)

    rate = gamma(per_type("purchase_rate", kind), per_type("rate_shape", kind))
    dropout = gamma(per_type("dropout_rate", kind), per_type("dropout_shape", kind))
    rate, dropout = np.maximum(rate, 0.02), np.maximum(dropout, 0.02)

    # Sign-ups thin out over time; most order soon, some look around first.
    signed_up = settings.days * rng.random(n) ** 1.35
    soon = rng.random(n) < 0.85
    first_order = signed_up + rng.exponential(np.where(soon, 2.0, 60.0), n)
    first_order[rng.random(n) < PROSPECT_SHARE] = np.nan
    dropout_time = first_order + rng.exponential(DAYS_PER_YEAR / dropout, n)

    typical = np.log(per_type("dropout_rate", kind))
    mood = rng.normal(0.0, 0.8, n) - 0.4 * (np.log(dropout) - typical)
    weights = np.array([each.categories for each in TYPES])[kind]
    tastes = rng.standard_gamma(weights * 0.9) + 1e-6
    channels = rng.standard_gamma(np.tile([3.0, 2.0, 1.0], (n, 1))) + 1e-6
    devices = rng.standard_gamma(np.tile([2.5, 1.5, 0.5], (n, 1))) + 1e-6
    uplift = per_type("message_uplift", kind)
    promotion = per_type("promotion_share", kind)
    strength = per_type("seasonality_strength", kind)
    latent = {
        "type": kind,
        "purchase_rate": rate,
        "dropout_rate": dropout,
        "signed_up": signed_up,
        "first_order": first_order,
        "dropout_time": dropout_time,
        "seasonality_strength": strength * rng.uniform(0.8, 1.0, n),
        "quantity": np.maximum(
            per_type("quantity", kind) * np.exp(rng.normal(0.0, 0.25, n)), 1.35
        ),
        "extra_lines": per_type("extra_lines", kind),
        "premium_taste": per_type("premium_taste", kind) + rng.normal(0.0, 0.3, n),
        "price_sensitivity": np.minimum(
            gamma(per_type("price_sensitivity", kind), 12.0), 2.5
        ),
        "promotion_share": rng.beta(promotion * 8, (1 - promotion) * 8, n),
        "message_uplift": rng.beta(uplift * 15, (1 - uplift) * 15, n),
        "satisfaction": mood,
        "tastes": tastes / tastes.sum(axis=1, keepdims=True),
        "channels": channels / channels.sum(axis=1, keepdims=True),
        "devices": devices / devices.sum(axis=1, keepdims=True),
        "office_hours": per_type("office_hours", kind),
        "open_share": rng.beta(3.0, 5.0, n),
        "return_share": rng.beta(1.0, 14.0, n),
        "review_share": rng.beta(0.8, 7.0, n),
        "is_tracked": rng.random(n) < 0.45,
        "country": rng.choice(len(COUNTRIES), n, p=COUNTRY_SHARES),
    }
    latent["currency"] = COUNTRY_CURRENCY[latent["country"]]
    latent["product_shares"] = _product_shares(latent, catalogue)
    return latent


def _product_shares(latent: Arrays, catalogue: Catalogue) -> np.ndarray:
    """Return each customer's probability of every product, as rows.

    Category by taste; within it popularity times price to the power of the
    premium taste. Prices at list: choice ignores offers, quantity does not.
    """
    price = np.log(catalogue.list_price / catalogue.list_price.mean())
    weight = catalogue.popularity * np.exp(latent["premium_taste"][:, None] * price)
    shares = np.empty_like(weight)
    for category in range(len(CATEGORIES)):
        mine = catalogue.category == category
        part = weight[:, mine] / weight[:, mine].sum(axis=1, keepdims=True)
        shares[:, mine] = part * latent["tastes"][:, [category]]
    return shares


def draw_profiles(settings: Settings, block: int, latent: Arrays) -> Arrays:
    """Draw what the shop's customer table says; types shine through weakly."""
    rng = generator(settings.seed, "profiles", block)
    n = BLOCK_SIZE
    shares = ACQUISITION_SHARES[latent["type"]].cumsum(axis=1)
    business = latent["type"] == 1
    age = np.clip(rng.normal(np.where(business, 46, 41), 13, n), 18, 88)
    born = START - np.rint(age * DAYS_PER_YEAR).astype("timedelta64[D]")
    updated = latent["signed_up"]
    updated = updated + rng.random(n) * (settings.days - updated) * (
        rng.random(n) < 0.4
    )
    return {
        "first_name": rng.integers(len(FIRST_NAMES), size=n),
        "last_name": rng.integers(len(LAST_NAMES), size=n),
        "born_on": born,
        "has_birth_date": rng.random(n) < 0.85,
        "gender": rng.choice(len(GENDERS), n, p=[0.52, 0.38, 0.02, 0.08]),
        "city": rng.integers(4, size=n),
        "acquisition_channel": choose(rng, shares),
        "updated": updated,
    }

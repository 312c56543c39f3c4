"""The knobs of the world: size, time span, and the six latent customer types."""

from dataclasses import dataclass

import numpy as np

from segmentation.world.shifts import Shift

BLOCK_SIZE = 2_000
"""Customers drawn from one seed. A change here is a new world."""

IDS_PER_BLOCK = 100_000
"""Numbers kept free for one block's orders (events, messages, …)."""

FIRST_DIRTY_ID = 90_000
"""Numbers of a block from here on belong to planted dirt."""

Arrays = dict[str, np.ndarray]
"""Columns of rows that are drawn, before they are written."""

START = np.datetime64("2022-01-01", "D")
DAYS_PER_YEAR = 365.25
SECONDS_PER_DAY = 86_400

# GBP paid for one unit of the currency; constant, so that truth stays in GBP.
GBP_PER_UNIT = {"GBP": 1.0, "EUR": 0.86, "USD": 0.79}
CURRENCIES = tuple(GBP_PER_UNIT)

CATEGORIES = (
    "Home",
    "Garden",
    "Kitchen",
    "Office",
    "Toys",
    "Beauty",
    "Fashion",
    "Gifts",
)

ORDER_CHANNELS = ("web", "app", "store")
DEVICES = ("mobile", "desktop", "tablet")
MESSAGE_CHANNELS = ("email", "push", "sms")


@dataclass(frozen=True)
class CustomerType:
    """Parameters of a latent type; customers scatter around them.

    Parameters
    ----------
    share : float
        Share of all customers.
    purchase_rate, rate_shape : float
        Mean orders per year while alive, and the gamma shape around it.
    dropout_rate, dropout_shape : float
        Mean dropouts per year (1 / lifetime), and the gamma shape around it.
    seasonality_strength : float
        0 ignores the season, 1 follows it, 2 doubles its swings.
    quantity : float
        Median units per line; lognormal around it.
    extra_lines : float
        Probability of each of three lines beyond the first.
    premium_taste : float
        Exponent on list price in the choice of products.
    price_sensitivity : float
        Mean factor on the product's own elasticity.
    promotion_share : float
        Mean share of orders with a promotion code.
    message_uplift : float
        Mean probability that a treated, living customer orders once more.
    categories : tuple of float
        Dirichlet weights of tastes, in the order of `CATEGORIES`.
    office_hours : float
        Share of orders placed around 11 o'clock rather than over the day.
    """

    name: str
    share: float
    purchase_rate: float
    rate_shape: float
    dropout_rate: float
    dropout_shape: float
    seasonality_strength: float
    quantity: float
    extra_lines: float
    premium_taste: float
    price_sensitivity: float
    promotion_share: float
    message_uplift: float
    categories: tuple[float, ...]
    office_hours: float


# fmt: off
TYPES = (
    CustomerType(
        "loyal_regular", 0.20, 9.0, 5.0, 0.22, 2.0, 0.8, 1.8, 0.50, 0.0,
        0.7, 0.10, 0.05, (6, 3, 5, 0.5, 1, 3, 1, 1), 0.15),
    CustomerType(
        "business_buyer", 0.09, 6.0, 3.0, 0.25, 2.0, 0.4, 6.0, 0.70, 0.4,
        0.4, 0.06, 0.03, (1, 0.5, 2, 9, 0.5, 0.3, 0.3, 1), 0.85),
    CustomerType(
        "bargain_hunter", 0.20, 4.0, 3.0, 0.45, 2.0, 1.0, 2.0, 0.45, -0.8,
        1.6, 0.62, 0.25, (2, 1, 3, 0.5, 3, 3, 5, 1), 0.10),
    CustomerType(
        "seasonal_gifter", 0.17, 2.2, 3.0, 0.40, 2.0, 2.2, 1.9, 0.55, 0.6,
        0.9, 0.20, 0.16, (1, 1, 1, 0.5, 5, 2, 1, 7), 0.15),
    CustomerType(
        "one_time_trier", 0.22, 1.4, 2.0, 6.00, 2.0, 1.0, 1.7, 0.35, 0.0,
        1.1, 0.30, 0.08, (2, 2, 2, 0.5, 2, 2, 3, 2), 0.20),
    CustomerType(
        "faded_regular", 0.12, 9.0, 4.0, 1.60, 4.0, 0.8, 1.8, 0.50, 0.1,
        1.0, 0.18, 0.20, (5, 3, 4, 0.5, 1, 4, 2, 1), 0.15),
)
# fmt: on
TYPE_NAMES = tuple(each.name for each in TYPES)

PROSPECT_SHARE = 0.08
ANONYMOUS_SALE_SHARE = 0.03
CANCELLED_SHARE = 0.02
PHANTOM_SHARE = 0.003
ERASURE_SHARE = 0.005
EXTRA_LINES_MAX = 3


@dataclass(frozen=True)
class Settings:
    """What is to be generated: equal settings give equal bytes."""

    customers: int = 2_000
    years: int = 3
    seed: int = 7
    shift: Shift | None = None

    def __post_init__(self) -> None:
        if self.customers < 1:
            raise ValueError("customers must be at least 1")
        if self.customers > 100_000_000:
            raise ValueError("customers must be at most 100,000,000")
        if not 1 <= self.years <= 8:
            raise ValueError("years must lie between 1 and 8")
        if self.seed < 0:
            raise ValueError("seed must not be negative")

    @property
    def end(self) -> np.datetime64:
        """The first day after the world."""
        year = int(str(START)[:4]) + self.years
        return np.datetime64(f"{year}{str(START)[4:]}", "D")

    @property
    def days(self) -> int:
        """Length of the world in days."""
        return int((self.end - START).astype(int))

    @property
    def blocks(self) -> int:
        """Number of blocks, the last one perhaps cut short."""
        return -(-self.customers // BLOCK_SIZE)


def per_type(field: str, types: np.ndarray) -> np.ndarray:
    """Look up one parameter for an array of type numbers."""
    return np.array([getattr(each, field) for each in TYPES])[types]


def generator(seed: int, subject: str, block: int | None = None) -> np.random.Generator:
    """Return the random stream of one subject in one block.

    A stream of its own per subject, so that a change in one leaves the
    others as they were; the subject is spelled in bytes since Python's `hash`
    differs from run to run.
    """
    world = [0] if block is None else [1, block]
    return np.random.default_rng([seed, *world, *subject.encode()])

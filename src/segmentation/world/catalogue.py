"""Products, their weekly prices, and stock counts."""

from dataclasses import dataclass

import numpy as np

from segmentation.world.settings import CATEGORIES, START, Arrays, Settings, generator

NAMES = {
    "Home": "Candle,Cushion,Blanket,Lamp,Rug,Mirror,Vase,Clock",
    "Garden": "Trowel,Planter,Hose,Bird Feeder,Lantern,Fork,Seed Box,Watering Can",
    "Kitchen": "Mug,Teapot,Bowl,Knife,Pan,Apron,Board,Jar",
    "Office": "Notebook,Pen Set,Desk Tray,Stapler,Folder,Planner,Label Box",
    "Toys": "Puzzle,Kite,Teddy,Robot,Card Game,Train,Doll",
    "Beauty": "Soap,Hand Cream,Bath Bomb,Hair Brush,Lip Balm,Face Mask,Scent",
    "Fashion": "Scarf,Tote Bag,Hat,Jumper,Belt,Purse,Umbrella",
    "Gifts": "Gift Box,Music Box,Photo Frame,Card Set,Hamper,Snow Globe,Keyring,Bauble",
}
STYLES = ("Classic", "Vintage", "Modern", "Rustic", "Deluxe", "Mini")


@dataclass(frozen=True)
class Catalogue:
    """The shop's side of the world; product numbers index every array.

    `price_factor[product, week]` is the price as a share of list price.
    `companion[product]` is what goes well with it, or -1.
    """

    name: list[str]
    category: np.ndarray
    list_price: np.ndarray
    unit_cost: np.ndarray
    elasticity: np.ndarray
    quality: np.ndarray
    popularity: np.ndarray
    companion: np.ndarray
    price_factor: np.ndarray
    lead_time_days: np.ndarray

    @property
    def size(self) -> int:
        """Number of products."""
        return len(self.name)


def draw_catalogue(settings: Settings) -> Catalogue:
    """Draw the products and their prices for every week of the world.

    Prices drift between 94 % and 106 % of list and change at most monthly;
    about one week in eight is a promotion of 10 % to 30 % off. Prices are
    drawn without regard to demand, so price is exogenous: a plain regression
    of log quantity on log price is unbiased.
    """
    rng = generator(settings.seed, "catalogue")
    plain = [(c, n) for c in CATEGORIES for n in NAMES[c].split(",")]
    size = len(plain)
    category = np.array([CATEGORIES.index(c) for c, _ in plain])
    style = rng.integers(len(STYLES), size=size)
    list_price = np.round(np.exp(rng.normal(2.3, 0.55, size))) + 0.99
    weeks = settings.days // 7 + 1
    months = weeks // 4 + 1
    drift = rng.choice([0.94, 0.97, 1.0, 1.0, 1.03, 1.06], size=(size, months))
    factor = np.repeat(drift, 4, axis=1)[:, :weeks]
    promoted = rng.random((size, weeks)) < 0.12
    depth = rng.choice([0.7, 0.8, 0.85, 0.9], size=(size, weeks))
    return Catalogue(
        name=[f"{STYLES[s]} {n}" for s, (_, n) in zip(style, plain, strict=True)],
        category=category,
        list_price=list_price,
        unit_cost=np.round(list_price * rng.uniform(0.35, 0.6, size), 2),
        elasticity=np.round(rng.uniform(0.8, 2.6, size), 3),
        quality=np.round(np.clip(rng.normal(0.0, 0.5, size), -1.2, 1.2), 3),
        popularity=rng.gamma(2.0, size=size),
        companion=_pair_up(rng, category),
        price_factor=np.where(promoted, depth, factor),
        lead_time_days=rng.integers(5, 31, size),
    )


def _pair_up(rng: np.random.Generator, category: np.ndarray) -> np.ndarray:
    """Give every third product a companion from another category."""
    companion = np.full(len(category), -1)
    for product in range(0, len(category), 3):
        others = np.flatnonzero(category != category[product])
        companion[product] = rng.choice(others)
    return companion


def product_ids(catalogue: Catalogue) -> np.ndarray:
    """Return ids: `p001`, `p002` and so on."""
    return np.array([f"p{number:03d}" for number in range(1, catalogue.size + 1)])


def draw_inventory(settings: Settings, catalogue: Catalogue) -> Arrays:
    """Count the stock of every product on the first of every month.

    Stock covers one to ten weeks of expected demand (0.09 lines of about two
    units per customer and week), so its scale follows the number of customers.
    """
    rng = generator(settings.seed, "inventory")
    first, last = START.astype("datetime64[M]"), settings.end.astype("datetime64[M]")
    months = np.arange(first, last).astype("datetime64[D]")
    weekly = 0.18 * settings.customers * catalogue.popularity
    weekly = weekly / catalogue.popularity.sum()
    cover = rng.uniform(0.5, 10.0, (len(months), catalogue.size))
    return {
        "product": np.tile(np.arange(catalogue.size), len(months)),
        "on_hand": np.rint(cover * weekly).astype(int).ravel(),
        "counted_on": np.repeat(months, catalogue.size),
    }

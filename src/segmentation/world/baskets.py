"""What is in an order: channel, currency, promotion, products, quantities."""

import numpy as np

from segmentation.world import shifts
from segmentation.world.catalogue import Catalogue
from segmentation.world.settings import (
    BLOCK_SIZE,
    EXTRA_LINES_MAX,
    GBP_PER_UNIT,
    START,
    Arrays,
    Settings,
    generator,
)

PURCHASE, CAUSED, ANONYMOUS, CANCELLED, PHANTOM, PHANTOM_CREDIT, RETURN = range(7)
KINDS = (
    "purchase",
    "caused_by_message",
    "anonymous",
    "cancelled",
    "phantom",
    "phantom_credit",
    "return",
)

# One code per quarter of the year, and its discount.
PROMOTIONS = (("WINTER", 0.10), ("SPRING", 0.15), ("SUMMER", 0.15), ("XMAS", 0.20))
MEAN_PROMOTION = float(np.mean([share for _, share in PROMOTIONS]))
COMPANION_SHARE = 0.25
LATE_SHARE = 0.12
STORE = 2
RATES = np.array(list(GBP_PER_UNIT.values()))


def draw_orders(
    settings: Settings,
    block: int,
    latent: Arrays,
    purchases: tuple[np.ndarray, np.ndarray],
    extra: Arrays,
    anonymous: tuple[np.ndarray, np.ndarray],
) -> Arrays:
    """Put own, caused and anonymous orders together, and draw their heads."""
    rng = generator(settings.seed, "orders", block)
    parts = [purchases, (extra["customer"], extra["time"]), anonymous]
    orders = {
        "customer": np.concatenate([part[0] for part in parts]),
        "time": np.concatenate([part[1] for part in parts]),
        "kind": np.repeat([PURCHASE, CAUSED, ANONYMOUS], [len(p[0]) for p in parts]),
        "campaign": np.concatenate(
            [
                np.full(len(purchases[0]), -1),
                extra["campaign"],
                np.full(len(anonymous[0]), -1),
            ]
        ),
    }
    order = np.lexsort((orders["time"], orders["customer"]))
    orders = {name: values[order] for name, values in orders.items()}
    customer, n = orders["customer"], len(order)
    uses_code = rng.random(n) < latent["promotion_share"][customer]
    cumulative = latent["channels"][customer].cumsum(axis=1)
    orders["channel"] = (rng.random(n)[:, None] > cumulative[:, :2]).sum(axis=1)
    seed = [settings.seed, 2, block]
    orders["channel"] = shifts.channels(
        settings.shift, seed, orders["time"], orders["channel"], STORE
    )
    orders["currency"] = latent["currency"][customer]
    orders["promotion"] = np.where(uses_code, quarters(orders["time"]), -1)
    late = rng.random(n) < LATE_SHARE
    orders["is_late"] = late & (orders["channel"] != STORE)
    orders["is_shipped"] = rng.random(n) < 0.25
    orders["source"] = np.arange(n)
    return orders


def quarters(time: np.ndarray) -> np.ndarray:
    """Return quarters counted from the start of the world, 0 the first."""
    months = (START + np.asarray(time).astype(int)).astype("datetime64[M]")
    return (months - START.astype("datetime64[M]")).astype(int) // 3


def promotion_codes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the code and the discount share of each quarter."""
    year = int(str(START)[2:4])
    codes = [f"{PROMOTIONS[q % 4][0]}{year + q // 4}" for q in range(count)]
    return np.array(codes), np.array([PROMOTIONS[q % 4][1] for q in range(count)])


def draw_lines(
    settings: Settings, block: int, latent: Arrays, catalogue: Catalogue, orders: Arrays
) -> Arrays:
    """Draw the lines of orders.

    An order has 1 + Binomial(3, `extra_lines`) lines. The units of a line are
    1 + Poisson(q * r ** -(e_p * c_i) - 1): mean units respond to the price
    factor r (price / list price) with exactly the elasticity e_p of the
    product times the sensitivity c_i of the customer. A second line is with
    probability 0.25 the companion of the first line's product, if it has one.
    """
    rng = generator(settings.seed, "lines", block)
    n = len(orders["customer"])
    share = latent["extra_lines"][orders["customer"]]
    count = 1 + rng.binomial(EXTRA_LINES_MAX, share, n)
    order = np.repeat(np.arange(n), count)
    line_number = np.arange(len(order)) - np.repeat(count.cumsum() - count, count) + 1
    customer = orders["customer"][order]

    product = pick_products(rng, latent, customer)
    before = np.roll(product, 1)
    companion = catalogue.companion[before]
    goes_along = (line_number == 2) & (companion >= 0)
    goes_along &= rng.random(len(order)) < COMPANION_SHARE
    product = np.where(goes_along, companion, product)

    week = orders["time"][order].astype(int) // 7
    factor = catalogue.price_factor[product, week]
    response = catalogue.elasticity[product] * latent["price_sensitivity"][customer]
    mean = latent["quantity"][customer] * factor**-response
    quantity = 1 + rng.poisson(np.maximum(mean - 1, 0.0))

    rise = shifts.price_rises(settings.shift, orders["time"][order])
    pounds = catalogue.list_price[product] * factor * rise
    price = np.round(pounds / RATES[orders["currency"][order]], 2)
    _, discounts = promotion_codes(settings.years * 4)
    promotion = orders["promotion"][order]
    share = np.where(promotion >= 0, discounts[promotion], 0.0)
    return {
        "order": order,
        "line_number": line_number,
        "product": product,
        "quantity": quantity,
        "unit_price": price,
        "discount": np.round(share * quantity * price, 2),
    }


def pick_products(
    rng: np.random.Generator, latent: Arrays, customer: np.ndarray
) -> np.ndarray:
    """Draw one product per row from its customer's own shares."""
    cumulative = latent["product_shares"].cumsum(axis=1)
    # One sorted array for all customers: row i lives in [i, i + 1).
    cumulative = cumulative / cumulative[:, -1:] + np.arange(BLOCK_SIZE)[:, None]
    size = cumulative.shape[1]
    found = np.searchsorted(cumulative.ravel(), customer + rng.random(len(customer)))
    return np.clip(found - customer * size, 0, size - 1)


def mean_order_value(latent: Arrays, catalogue: Catalogue) -> np.ndarray:
    """Return each customer's expected order value in GBP, after discounts.

    Expected lines, companions included, times expected price * units of the
    product over the world's weeks (weeks of equal weight), times what
    promotion codes leave. Returns and phantom orders are not deducted.
    """
    grid = np.linspace(0.0, 2.5, 26)
    exponent = 1 - catalogue.elasticity[:, None] * grid
    worth = np.stack(
        [(catalogue.price_factor ** exponent[:, [j]]).mean(axis=1) for j in range(26)],
        axis=1,
    )
    worth = worth * catalogue.list_price[:, None]
    goes_along = np.where(catalogue.companion >= 0, COMPANION_SHARE, 0.0)
    shares = latent["product_shares"]
    # Second lines: own choice, or the companion of the first line's product.
    moved = shares * goes_along
    second = shares * (1 - moved.sum(axis=1, keepdims=True))
    np.add.at(second.T, catalogue.companion, np.where(goes_along > 0, moved, 0.0).T)
    p = latent["extra_lines"]
    has_second = 1 - (1 - p) ** EXTRA_LINES_MAX
    lines = 1 + EXTRA_LINES_MAX * p
    expected = shares * (lines - has_second)[:, None] + second * has_second[:, None]
    by_grid = expected @ worth
    position = latent["price_sensitivity"] / 0.1
    low = np.minimum(position.astype(int), 24)
    row = np.arange(len(low))
    part = position - low
    value = by_grid[row, low] * (1 - part) + by_grid[row, low + 1] * part
    kept = 1 - MEAN_PROMOTION * latent["promotion_share"]
    return value * latent["quantity"] * kept

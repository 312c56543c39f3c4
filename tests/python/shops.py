"""Five kinds of shop of about 300 customers, each with a rhythm of its own.

Names and sentences that hold in one may be false in another: who has been silent for
three weeks is late at a grocer's and early at a garden centre.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

CUSTOMERS = 300
END = pd.Timestamp("2024-12-20")

Sale = tuple[str, pd.Timestamp, float]
"""Who bought, on which day, and for how much."""


def grocery(rng: np.random.Generator) -> Iterator[Sale]:
    """Nearly everyone buys every week or so; a few have left."""
    for number in range(CUSTOMERS):
        gap = rng.gamma(4, 2)
        leaves = rng.integers(150, 350) if number % 20 == 0 else 0
        day = 400.0 - rng.integers(30)
        while (day := day - rng.exponential(gap) - 1) > leaves:
            yield f"c{number}", END - pd.Timedelta(days=int(day)), rng.gamma(3, 8)


def seasonal(rng: np.random.Generator) -> Iterator[Sale]:
    """Orders come in November and December only, once or twice a year."""
    for number in range(CUSTOMERS):
        for year in (2022, 2023, 2024):
            if rng.random() < (0.9 if number % 3 else 0.4):
                for _ in range(rng.integers(1, 3)):
                    day = pd.Timestamp(f"{year}-11-01")
                    day += pd.Timedelta(days=int(rng.integers(50)))
                    yield f"c{number}", day, rng.gamma(4, 15)


def subscription(rng: np.random.Generator) -> Iterator[Sale]:
    """Everyone gets the same parcel every four weeks, each on a day of their own."""
    for number in range(CUSTOMERS):
        for month in range(8):
            yield f"c{number}", END - pd.Timedelta(days=number % 28 + 28 * month), 20.0


def one_off(rng: np.random.Generator) -> Iterator[Sale]:
    """Nearly everyone buys once: a mattress, a wedding dress."""
    for number in range(CUSTOMERS):
        day = int(rng.integers(700))
        yield f"c{number}", END - pd.Timedelta(days=day), rng.gamma(6, 100)
        if number % 25 == 0:
            yield f"c{number}", END - pd.Timedelta(days=day // 2), rng.gamma(6, 20)


def wholesale(rng: np.random.Generator) -> Iterator[Sale]:
    """One giant buys daily and more than all others together."""
    for day in range(600):
        yield "giant", END - pd.Timedelta(days=day), 5000.0
    for number in range(CUSTOMERS):
        for day in rng.integers(600, size=rng.integers(1, 8)):
            yield f"c{number}", END - pd.Timedelta(days=int(day)), rng.gamma(2, 200)


SHOPS: dict[str, Callable[[np.random.Generator], Iterator[Sale]]] = {
    shop.__name__: shop
    for shop in (grocery, seasonal, subscription, one_off, wholesale)
}


def tables(kind: str, seed: int = 7) -> dict[str, list[dict]]:
    """Return the required raw tables of a shop."""
    orders, lines = [], []
    sales = SHOPS[kind](np.random.default_rng(seed))
    for number, (customer_id, day, amount) in enumerate(sales):
        order = {
            "order_id": f"o{number}",
            "customer_id": customer_id,
            "ordered_at": str(day + pd.Timedelta(hours=9 + number % 10)),
            "status": "completed",
            "channel": "web",
            "currency": "GBP",
        }
        orders.append(order)
        lines.append(
            {
                "order_id": order["order_id"],
                "line_number": 1,
                "product_id": f"p{number % 7}",
                "quantity": 1,
                "unit_price": round(amount, 2) + 1,
                "discount_amount": 0,
            }
        )
    return {"orders": orders, "order_lines": lines}

"""The raw tables' columns, and how each is written as text."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.world import text
from segmentation.world.baskets import (
    ANONYMOUS,
    CANCELLED,
    PHANTOM_CREDIT,
    RETURN,
    promotion_codes,
)
from segmentation.world.catalogue import Catalogue, product_ids
from segmentation.world.customers import (
    ACQUISITION_CHANNELS,
    CITIES,
    COUNTRIES,
    FIRST_NAMES,
    GENDERS,
    LAST_NAMES,
)
from segmentation.world.settings import (
    BLOCK_SIZE,
    CATEGORIES,
    CURRENCIES,
    ORDER_CHANNELS,
    Arrays,
)

_COLUMNS = {
    "orders": "order_id customer_id ordered_at status channel currency promotion_code",
    "order_lines": (
        "order_id line_number product_id quantity unit_price discount_amount"
    ),
    "customers": (
        "customer_id email full_name birth_date gender country city"
        " acquisition_channel signed_up_at updated_at"
    ),
    "products": "product_id product_name category unit_cost list_price",
    "inventory": "product_id on_hand_quantity lead_time_days counted_at",
    "web_events": (
        "event_id customer_id anonymous_id session_id event_type device page"
        " product_id occurred_at"
    ),
    "messages": (
        "message_id customer_id campaign_id channel sent_at opened_at clicked_at"
        " unsubscribed_at"
    ),
    "experiment_assignments": "experiment_id customer_id variant assigned_at",
    "reviews": (
        "review_id customer_id product_id source language rating body created_at"
    ),
    "support_tickets": (
        "ticket_id customer_id topic body satisfaction opened_at resolved_at"
    ),
    "consents": "customer_id purpose channel is_granted recorded_at",
    "erasure_requests": "customer_id requested_at",
}
COLUMNS = {table: tuple(columns.split()) for table, columns in _COLUMNS.items()}
OWNER = "_owner"
"""Hidden column: the customer with whom a row is cut off in a smaller world."""

STATUSES = ("completed", "shipped", "cancelled", "returned")


def table(name: str, owner: np.ndarray, *columns: pa.Array) -> pa.Table:
    """Put written columns together, the hidden owner last."""
    fields = dict(zip(COLUMNS[name], columns, strict=True))
    return pa.table({**fields, OWNER: pa.array(owner, pa.int64())})


def customer_ids(
    block: int, customer: np.ndarray, mask: np.ndarray | None = None
) -> pa.StringArray:
    """Return ids `c0000001`, …, of customers of a block."""
    return text.ids("c", block * BLOCK_SIZE + customer + 1, width=7, mask=mask)


def write_customers(block: int, latent: Arrays, profiles: Arrays) -> pa.Table:
    """Write the customer table."""
    n = np.arange(BLOCK_SIZE)
    first = text.names(FIRST_NAMES, profiles["first_name"])
    last = text.names(LAST_NAMES, profiles["last_name"])
    number = text.numbers(block * BLOCK_SIZE + n + 1)
    email = text.join(
        pc.utf8_lower(first), ".", pc.utf8_lower(last), number, "@example.com"
    )
    cities = [city for country in CITIES for city in country]
    born = pa.array(profiles["born_on"], mask=~profiles["has_birth_date"])
    return table(
        "customers",
        n,
        customer_ids(block, n),
        email,
        text.join(first, " ", last),
        born.cast(pa.string()),
        text.names(GENDERS, profiles["gender"]),
        text.names(COUNTRIES, latent["country"]),
        text.names(cities, latent["country"] * 4 + profiles["city"]),
        text.names(ACQUISITION_CHANNELS, profiles["acquisition_channel"]),
        text.times(latent["signed_up"]),
        text.times(profiles["updated"]),
    )


def write_orders(block: int, first_id: int, orders: Arrays, quarters: int) -> pa.Table:
    """Write the order heads."""
    kind = orders["kind"]
    status = np.where(orders["is_shipped"], 1, 0)
    status = np.where(kind == CANCELLED, 2, status)
    status = np.where((kind == RETURN) | (kind == PHANTOM_CREDIT), 3, status)
    codes, _ = promotion_codes(quarters)
    return table(
        "orders",
        orders["customer"],
        text.ids("o", first_id + np.arange(len(kind))),
        customer_ids(block, orders["customer"], mask=kind == ANONYMOUS),
        text.times(orders["time"]),
        text.names(STATUSES, status),
        text.names(ORDER_CHANNELS, orders["channel"]),
        text.names(CURRENCIES, orders["currency"]),
        text.names(codes, orders["promotion"]),
    )


def write_lines(
    first_id: int, orders: Arrays, lines: Arrays, catalogue: Catalogue
) -> pa.Table:
    """Write the order lines."""
    return table(
        "order_lines",
        orders["customer"][lines["order"]],
        text.ids("o", first_id + lines["order"]),
        text.numbers(lines["line_number"]),
        text.names(product_ids(catalogue), lines["product"]),
        text.numbers(lines["quantity"]),
        text.numbers(lines["unit_price"]),
        text.numbers(lines["discount"]),
    )


def write_products(catalogue: Catalogue) -> pa.Table:
    """Write the product table."""
    return table(
        "products",
        np.zeros(catalogue.size, dtype=int),
        pa.array(product_ids(catalogue)),
        pa.array(catalogue.name),
        text.names(CATEGORIES, catalogue.category),
        text.numbers(catalogue.unit_cost),
        text.numbers(np.round(catalogue.list_price, 2)),
    )


def write_inventory(catalogue: Catalogue, inventory: Arrays) -> pa.Table:
    """Write the stock counts."""
    counted = inventory["counted_on"].astype("datetime64[s]") + np.timedelta64(6, "h")
    return table(
        "inventory",
        np.zeros(len(counted), dtype=int),
        text.names(product_ids(catalogue), inventory["product"]),
        text.numbers(inventory["on_hand"]),
        text.numbers(catalogue.lead_time_days[inventory["product"]]),
        pa.array(counted).cast(pa.string()),
    )

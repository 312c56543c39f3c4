"""The truth tables: what no model may read and every test may compare with."""

import numpy as np
import pyarrow as pa

from segmentation.world import text
from segmentation.world.baskets import CAUSED, KINDS, PHANTOM
from segmentation.world.catalogue import Catalogue, product_ids
from segmentation.world.messages import Campaign
from segmentation.world.settings import (
    BLOCK_SIZE,
    CATEGORIES,
    EXTRA_LINES_MAX,
    MESSAGE_CHANNELS,
    ORDER_CHANNELS,
    START,
    TYPE_NAMES,
    Arrays,
    Settings,
)
from segmentation.world.tables import OWNER, customer_ids


def _moments(days: np.ndarray) -> pa.TimestampArray:
    """Write times as timestamps; an infinite or missing one is null."""
    return pa.array(text.moments(days))


def write_customers(block: int, latent: Arrays, order_value: np.ndarray) -> pa.Table:
    """One row per customer: its type and its own parameters.

    Rates are per year. `first_order_at` and `dropout_at` may lie past the end
    of the world, and are null for a prospect, who never orders.
    """
    n = np.arange(BLOCK_SIZE)
    columns = {
        "customer_id": customer_ids(block, n),
        "latent_type": text.names(TYPE_NAMES, latent["type"]),
        "purchase_rate": latent["purchase_rate"],
        "dropout_rate": latent["dropout_rate"],
        "seasonality_strength": latent["seasonality_strength"],
        "signed_up_at": _moments(latent["signed_up"]),
        "first_order_at": _moments(latent["first_order"]),
        "dropout_at": _moments(latent["dropout_time"]),
        "mean_order_value": order_value,
        "mean_lines": 1 + EXTRA_LINES_MAX * latent["extra_lines"],
        "mean_quantity": latent["quantity"],
        "promotion_share": latent["promotion_share"],
        "price_sensitivity": latent["price_sensitivity"],
        "message_uplift": latent["message_uplift"],
        "satisfaction": latent["satisfaction"],
        "is_tracked": latent["is_tracked"],
    }
    for number, name in enumerate(CATEGORIES):
        columns[f"taste_{name.lower()}"] = latent["tastes"][:, number]
    for number, name in enumerate(ORDER_CHANNELS):
        columns[f"channel_{name}"] = latent["channels"][:, number]
    return pa.table({**_rounded(columns), OWNER: n})


def write_orders(
    block: int, first_id: int, orders: Arrays, campaign_ids: np.ndarray
) -> pa.Table:
    """One row per clean order: why it exists.

    `source_order_id` is the purchase that a credit note, a phantom or a
    cancelled order goes with.
    """
    kind = orders["kind"]
    columns = {
        "order_id": text.ids("o", first_id + np.arange(len(kind))),
        "kind": text.names(KINDS, kind),
        "caused_by_message": kind == CAUSED,
        "experiment_id": text.names(campaign_ids, orders["campaign"]),
        "is_phantom": kind == PHANTOM,
        "is_late": orders["is_late"],
        "source_order_id": text.ids("o", first_id + orders["source"]),
    }
    return pa.table({**columns, OWNER: orders["customer"]})


def write_world(
    settings: Settings,
    catalogue: Catalogue,
    season: np.ndarray,
    campaigns: list[Campaign],
) -> dict[str, pa.Table]:
    """Return the truth that is no customer's: products, prices, season, plan."""
    products = product_ids(catalogue)
    weeks = catalogue.price_factor.shape[1]
    monday = START + 7 * np.arange(weeks)
    companion = np.array([*products, None])[catalogue.companion]
    return {
        "products": pa.table(
            _rounded(
                {
                    "product_id": products,
                    "elasticity": catalogue.elasticity,
                    "quality": catalogue.quality,
                    "popularity": catalogue.popularity,
                    "companion_product_id": pa.array(companion, pa.string()),
                }
            )
        ),
        "prices": pa.table(
            {
                "product_id": np.repeat(products, weeks),
                "week_start": np.tile(monday, catalogue.size),
                "price_factor": catalogue.price_factor.ravel(),
            }
        ),
        "seasonality": pa.table(
            _rounded({"date": START + np.arange(len(season)), "multiplier": season})
        ),
        "campaigns": pa.table(
            {
                "campaign_id": [each.campaign_id for each in campaigns],
                "sent_on": START + np.array([each.day for each in campaigns]),
                "channel": [MESSAGE_CHANNELS[each.channel] for each in campaigns],
                "is_experiment": [each.is_experiment for each in campaigns],
            }
        ),
    }


def _rounded(
    columns: dict[str, np.ndarray | pa.Array],
) -> dict[str, np.ndarray | pa.Array]:
    """Round floats to what a reader of a CSV file can bear."""
    return {
        name: np.round(values, 8)
        if isinstance(values, np.ndarray) and values.dtype.kind == "f"
        else values
        for name, values in columns.items()
    }

"""One block of customers, from its seeds to its raw and truth tables."""

import numpy as np
import pyarrow as pa

from segmentation.world import baskets, tables, tables_of_contacts, truth
from segmentation.world.catalogue import Catalogue
from segmentation.world.customers import draw_latent, draw_profiles
from segmentation.world.dirt import plant
from segmentation.world.feedback import draw_reviews, draw_tickets
from segmentation.world.messages import Campaign, campaign_texts, draw_messages
from segmentation.world.privacy import draw_consents, draw_erasures
from segmentation.world.purchases import draw_anonymous_times, draw_purchase_times
from segmentation.world.returns import add_corrections
from segmentation.world.settings import FIRST_DIRTY_ID, IDS_PER_BLOCK, Settings
from segmentation.world.shifts import dropout_times
from segmentation.world.web import draw_web_events


def draw_block(
    settings: Settings,
    block: int,
    catalogue: Catalogue,
    season: np.ndarray,
    campaigns: list[Campaign],
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """Draw a block whole, whatever part of it the world needs.

    Returns
    -------
    raw, truths : dict of pyarrow.Table
        With the hidden owner column.
    """
    latent = draw_latent(settings, block, catalogue)
    profiles = draw_profiles(settings, block, latent)
    customer, time = draw_purchase_times(settings, block, latent, season)
    # a shift takes purchases away, and leaves the others as they are
    latent["dropout_time"] = dropout_times(
        settings.shift,
        [settings.seed, 3, block],
        latent["first_order"],
        latent["dropout_time"],
    )
    stays = time <= np.fmax(latent["dropout_time"], latent["first_order"])[customer]
    purchases = customer[stays], time[stays]
    messages, assignments, extra, consent = draw_messages(
        settings, block, latent, purchases, campaigns
    )
    anonymous = draw_anonymous_times(settings, block, season, len(purchases[0]))
    orders = baskets.draw_orders(settings, block, latent, purchases, extra, anonymous)
    lines = baskets.draw_lines(settings, block, latent, catalogue, orders)
    orders, lines = add_corrections(settings, block, latent, orders, lines)
    events = draw_web_events(settings, block, latent, orders, lines)
    reviews = draw_reviews(settings, block, latent, catalogue, orders, lines)
    tickets = draw_tickets(settings, block, latent, catalogue, orders, lines)
    campaign_ids, channels, days = campaign_texts(campaigns)
    consents = draw_consents(latent, consent, messages, channels)
    erasures = draw_erasures(settings, block, latent)

    first = block * IDS_PER_BLOCK + 1
    for drawn in (orders["time"], events["time"], messages["sent"]):
        if len(drawn) >= FIRST_DIRTY_ID:
            raise OverflowError("a block has more rows than free ids")
    raw = {
        "orders": tables.write_orders(block, first, orders, settings.years * 4),
        "order_lines": tables.write_lines(first, orders, lines, catalogue),
        "customers": tables.write_customers(block, latent, profiles),
        "web_events": tables_of_contacts.write_web_events(
            block, first, events, catalogue
        ),
        "messages": tables_of_contacts.write_messages(
            block, first, messages, campaign_ids, channels
        ),
        "experiment_assignments": tables_of_contacts.write_assignments(
            block, assignments, campaign_ids, days
        ),
        "reviews": tables_of_contacts.write_reviews(block, first, reviews, catalogue),
        "support_tickets": tables_of_contacts.write_tickets(block, first, tickets),
        "consents": tables_of_contacts.write_consents(block, consents),
        "erasure_requests": tables_of_contacts.write_erasures(block, erasures),
    }
    raw, log = plant(settings, block, raw)
    value = baskets.mean_order_value(latent, catalogue)
    truths = {
        "customers": truth.write_customers(block, latent, value),
        "orders": truth.write_orders(block, first, orders, np.array(campaign_ids)),
        "dirt": log,
    }
    return raw, truths

"""How what is said to and by customers is written: web, CRM, feedback, privacy."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from segmentation.world import phrases, text
from segmentation.world.catalogue import Catalogue, product_ids
from segmentation.world.feedback import FRAGMENTS, LANGUAGES, SOURCES
from segmentation.world.privacy import PURPOSES
from segmentation.world.settings import BLOCK_SIZE, DEVICES, MESSAGE_CHANNELS, Arrays
from segmentation.world.tables import customer_ids, table
from segmentation.world.web import ADD_TO_CART, CHECKOUT, EVENT_TYPES


def write_web_events(
    block: int, first_id: int, events: Arrays, catalogue: Catalogue
) -> pa.Table:
    """Write the web events; pages are the front page, a product's, the cart's."""
    products = product_ids(catalogue)
    pages = ["/", "/cart", "/checkout", *(f"/p/{each}" for each in products)]
    event = events["event"]
    page = np.where(event == ADD_TO_CART, 1, np.where(event == CHECKOUT, 2, 0))
    page = np.where((page == 0) & (events["product"] >= 0), events["product"] + 3, page)
    # A cookie per customer and device; its number says nothing of the customer.
    cookie = block * BLOCK_SIZE + (events["customer"] * 733 + 101) % BLOCK_SIZE
    return table(
        "web_events",
        events["customer"],
        text.ids("e", first_id + np.arange(len(event))),
        customer_ids(block, events["customer"], mask=~events["is_logged_in"]),
        text.ids("a", cookie * len(DEVICES) + events["device"]),
        text.ids("s", first_id + events["session"]),
        text.names(EVENT_TYPES, event),
        text.names(DEVICES, events["device"]),
        text.names(pages, page),
        text.names(products, events["product"]),
        text.times(events["time"]),
    )


def write_messages(
    block: int,
    first_id: int,
    messages: Arrays,
    campaign_ids: np.ndarray,
    channels: np.ndarray,
) -> pa.Table:
    """Write the messages sent."""
    campaign = messages["campaign"]
    return table(
        "messages",
        messages["customer"],
        text.ids("m", first_id + np.arange(len(campaign))),
        customer_ids(block, messages["customer"]),
        text.names(campaign_ids, campaign),
        text.names(MESSAGE_CHANNELS, channels[campaign]),
        text.times(messages["sent"]),
        text.times(messages["opened"]),
        text.times(messages["clicked"]),
        text.times(messages["unsubscribed"]),
    )


def write_assignments(
    block: int, assignments: Arrays, campaign_ids: np.ndarray, days: np.ndarray
) -> pa.Table:
    """Write who was assigned to which variant, on the day before sending."""
    campaign = assignments["campaign"]
    assigned = (days - np.timedelta64(1, "D"))[campaign].astype("datetime64[s]")
    return table(
        "experiment_assignments",
        assignments["customer"],
        text.names(campaign_ids, campaign),
        customer_ids(block, assignments["customer"]),
        text.names(("control", "treatment"), assignments["is_treated"].astype(int)),
        pa.array(assigned).cast(pa.string()),
    )


def write_reviews(
    block: int, first_id: int, reviews: Arrays, catalogue: Catalogue
) -> pa.Table:
    """Write the reviews, put together from fragments of the rating's tone."""
    languages, tone = reviews["language"], reviews["tone"]
    one, two, three = reviews["fragments"]
    place = (languages * 3 + tone) * FRAGMENTS
    halves = [each.split("{0}") for each in _flat(phrases.OPENINGS)]
    before, after = zip(*halves, strict=True)
    lates = [_cycle(phrases.LATE[each]) for each in LANGUAGES]
    late = [f" {each}" for part in lates for each in part] + [""]
    late_place = np.where(reviews["tells_late"], languages * FRAGMENTS + two, -1)
    closings = [f" {each}" if each else "" for each in _flat(phrases.CLOSINGS)]
    # English texts say "the mug", the others name the article: "Modern Mug".
    nouns = [name.split(" ", 1)[1].lower() for name in catalogue.name]
    nouns = [*nouns, *catalogue.name]
    body = text.join(
        text.names(before, place + one),
        text.names(nouns, reviews["product"] + catalogue.size * (languages > 0)),
        text.names(after, place + one),
        text.names(late, np.where(late_place < 0, len(late) - 1, late_place)),
        text.names(closings, place + three),
    )
    return table(
        "reviews",
        reviews["customer"],
        text.ids("r", first_id + np.arange(len(tone))),
        customer_ids(block, reviews["customer"]),
        text.names(product_ids(catalogue), reviews["product"]),
        text.names(SOURCES, reviews["source"]),
        text.names(LANGUAGES, languages),
        text.numbers(reviews["rating"]),
        body,
        text.times(reviews["time"]),
    )


def _cycle(fragments: tuple[str, ...]) -> list[str]:
    """Repeat fragments until there are `FRAGMENTS` of them."""
    return [fragments[k % len(fragments)] for k in range(FRAGMENTS)]


def _flat(fragments: Mapping[str, Sequence[tuple[str, ...]]]) -> list[str]:
    """Lay fragments out by language, tone and number."""
    tones = [tone for language in LANGUAGES for tone in fragments[language]]
    return [each for tone in tones for each in _cycle(tone)]


def write_tickets(block: int, first_id: int, tickets: Arrays) -> pa.Table:
    """Write the support tickets."""
    bodies = [body for topic in phrases.TICKETS for body in topic]
    endings = [f" {each}" if each else "" for each in phrases.ENDINGS]
    score = pa.array(tickets["satisfaction"], mask=~tickets["is_rated"])
    return table(
        "support_tickets",
        tickets["customer"],
        text.ids("t", first_id + np.arange(len(tickets["topic"]))),
        customer_ids(block, tickets["customer"]),
        text.names(phrases.TICKET_TOPICS, tickets["topic"]),
        text.join(
            text.names(bodies, tickets["body"]), text.names(endings, tickets["ending"])
        ),
        score.cast(pa.string()),
        text.times(tickets["opened"]),
        text.times(tickets["resolved"]),
    )


def write_consents(block: int, consents: Arrays) -> pa.Table:
    """Write the consents, granted and refused."""
    purposes, channels = zip(*PURPOSES, strict=True)
    return table(
        "consents",
        consents["customer"],
        customer_ids(block, consents["customer"]),
        text.names(purposes, consents["purpose"]),
        text.names(channels, consents["purpose"]),
        text.names(("false", "true"), consents["is_granted"].astype(int)),
        text.times(consents["time"]),
    )


def write_erasures(block: int, erasures: Arrays) -> pa.Table:
    """Write the requests to be erased."""
    return table(
        "erasure_requests",
        erasures["customer"],
        customer_ids(block, erasures["customer"]),
        text.times(erasures["time"]),
    )

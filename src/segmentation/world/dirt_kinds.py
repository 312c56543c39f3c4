"""Every kind of dirt a shop's tables may hold, as a list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Row = dict[str, Any]
"""A good row as written; the hidden owner is a number."""

Changes = Mapping[str, "tuple[str | None, ...] | Callable[[Row], str]"]
"""Column to what it is changed to: values taken in turn, or a function of the row."""

BAD_TIMES = ("31/12/2023", "not a date", "2023-02-30 10:00:00")
BAD_NUMBERS = ("12,50", "abc", "NaN")
FUTURE = ("2099-01-01 00:00:00",)
ANCIENT = ("1970-01-01 00:00:00", "1899-12-30 00:00:00")
MISSING = (None,)
NEGATIVE = ("-5", "-0.01")

KEYS = {
    "orders": ("order_id",),
    "order_lines": ("order_id", "line_number"),
    "customers": ("customer_id",),
    "products": ("product_id",),
    "inventory": ("product_id", "counted_at"),
    "web_events": ("event_id",),
    "messages": ("message_id",),
    "experiment_assignments": ("experiment_id", "customer_id"),
    "reviews": ("review_id",),
    "support_tickets": ("ticket_id",),
    "consents": ("customer_id", "purpose", "channel", "recorded_at"),
    "erasure_requests": ("customer_id", "requested_at"),
}


def shift(column: str, days: int) -> Callable[[Row], str]:
    """Return a change that moves the time of another column by some days."""

    def moved(row: Row) -> str:
        time = np.datetime64(row[column]) + np.timedelta64(days, "D")
        return str(time).replace("T", " ")

    return moved


@dataclass(frozen=True)
class Kind:
    """A kind of dirt: what is changed in a copy of a good row.

    A change is a tuple of values taken in turn, or a function of the row.
    `keeps_key` copies repeat the good row's key; others get a new one.
    """

    table: str
    name: str
    changes: Changes = field(default_factory=dict)
    keeps_key: bool = False


def _spoilt(
    table: str,
    column: str,
    also: Changes | None = None,
    **values: tuple[str | None, ...],
) -> list[Kind]:
    """Return one kind per way to spoil a column.

    `also` changes what would otherwise break a second rule, so that each
    planted row breaks the one it is named after.
    """
    return [
        Kind(table, f"{column}_{way}", {**(also or {}), column: value})
        for way, value in values.items()
    ]


def _time(
    table: str, column: str, also: Changes | None = None, **more: tuple[str | None, ...]
) -> list[Kind]:
    ways = {"unreadable": BAD_TIMES, "future": FUTURE, **more}
    return _spoilt(table, column, also, **ways)


def _other_channel(row: Row) -> str:
    return "web" if row["channel"] == "store" else "store"


def _other_variant(row: Row) -> str:
    return "treatment" if row["variant"] == "control" else "control"


_NO_DISCOUNT = {"discount_amount": ("0",)}
_UNREAD = dict.fromkeys(("opened_at", "clicked_at", "unsubscribed_at"), MISSING)
_FAIR = {"quantity": ("2",), "unit_price": ("9.99",)}
KINDS = [
    *(Kind(table, "duplicate", keeps_key=True) for table in KEYS),
    *_spoilt("orders", "order_id", missing=MISSING),
    *_time("orders", "ordered_at", missing=MISSING, before_1990=ANCIENT),
    *_spoilt("orders", "status", missing=MISSING, unknown=("c0mpleted", "???")),
    *_spoilt("orders", "currency", missing=MISSING, without_rate=("XXX",)),
    Kind(
        "orders", "conflicting_duplicate", {"channel": _other_channel}, keeps_key=True
    ),
    *_spoilt("order_lines", "order_id", missing=MISSING, unknown=("o-1", "o-2")),
    *_spoilt("order_lines", "line_number", missing=MISSING, unreadable=BAD_NUMBERS),
    *_spoilt("order_lines", "product_id", missing=MISSING),
    *_spoilt(
        "order_lines",
        "quantity",
        _NO_DISCOUNT,
        missing=MISSING,
        unreadable=BAD_NUMBERS,
        zero=("0",),
    ),
    *_spoilt(
        "order_lines",
        "unit_price",
        _NO_DISCOUNT,
        missing=MISSING,
        unreadable=BAD_NUMBERS,
        negative=NEGATIVE,
    ),
    *_spoilt(
        "order_lines", "discount_amount", unreadable=BAD_NUMBERS, negative=NEGATIVE
    ),
    Kind("order_lines", "discount_too_high", {**_FAIR, "discount_amount": ("50",)}),
    *_spoilt("customers", "customer_id", missing=MISSING),
    Kind(
        "customers",
        "older_version",
        {"updated_at": shift("updated_at", -200), "city": ("Oldtown",)},
        keeps_key=True,
    ),
    *_spoilt(
        "customers",
        "birth_date",
        unreadable=BAD_TIMES,
        future=("2099-01-01",),
        before_1900=("1875-05-05", "0001-01-01"),
    ),
    *_time("customers", "signed_up_at"),
    *_spoilt("customers", "updated_at", unreadable=BAD_TIMES),
    *_spoilt("products", "product_id", missing=MISSING),
    *_spoilt("products", "unit_cost", unreadable=BAD_NUMBERS, negative=NEGATIVE),
    *_spoilt("products", "list_price", unreadable=BAD_NUMBERS, negative=NEGATIVE),
    *_spoilt("inventory", "product_id", missing=MISSING, unknown=("p801", "p802")),
    *_spoilt("inventory", "on_hand_quantity", unreadable=BAD_NUMBERS, negative=("-7",)),
    *_spoilt("inventory", "lead_time_days", unreadable=BAD_NUMBERS, negative=("-3",)),
    *_time("inventory", "counted_at"),
    *_spoilt("web_events", "event_id", missing=MISSING),
    *_spoilt("web_events", "event_type", missing=MISSING),
    *_time("web_events", "occurred_at", missing=MISSING),
    *_spoilt("messages", "message_id", missing=MISSING),
    *_spoilt("messages", "customer_id", missing=MISSING),
    *_time("messages", "sent_at", _UNREAD, missing=MISSING),
    *(
        Kind("messages", f"{column}_before_sent_at", {column: shift("sent_at", -1)})
        for column in ("opened_at", "clicked_at", "unsubscribed_at")
    ),
    *_spoilt("experiment_assignments", "experiment_id", missing=MISSING),
    *_spoilt("experiment_assignments", "customer_id", missing=MISSING),
    *_spoilt("experiment_assignments", "variant", missing=MISSING),
    *_time("experiment_assignments", "assigned_at"),
    Kind(
        "experiment_assignments",
        "other_variant",
        {"variant": _other_variant, "assigned_at": shift("assigned_at", 2)},
        keeps_key=True,
    ),
    *_spoilt("reviews", "review_id", missing=MISSING),
    *_spoilt(
        "reviews",
        "rating",
        missing=MISSING,
        unreadable=BAD_NUMBERS,
        out_of_range=("0", "6", "-1"),
    ),
    *_time("reviews", "created_at"),
    *_spoilt("support_tickets", "ticket_id", missing=MISSING),
    *_spoilt(
        "support_tickets",
        "satisfaction",
        unreadable=BAD_NUMBERS,
        out_of_range=("0", "9", "-1"),
    ),
    *_time("support_tickets", "opened_at", {"resolved_at": MISSING}),
    Kind(
        "support_tickets",
        "resolved_at_before_opened_at",
        {"resolved_at": shift("opened_at", -1)},
    ),
    *_spoilt("consents", "customer_id", missing=MISSING),
    *_spoilt("consents", "purpose", missing=MISSING),
    *_spoilt("consents", "is_granted", unreadable=("maybe", "on request")),
    *_time("consents", "recorded_at"),
    *_spoilt("erasure_requests", "customer_id", missing=MISSING),
    *_time("erasure_requests", "requested_at"),
]

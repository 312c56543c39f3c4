"""Raw tables as they were on a day: what happened later is taken away."""

import pandas as pd

EVENT = {
    "orders": "ordered_at",
    "customers": "signed_up_at",
    "inventory": "counted_at",
    "web_events": "occurred_at",
    "messages": "sent_at",
    "experiment_assignments": "assigned_at",
    "reviews": "created_at",
    "support_tickets": "opened_at",
    "consents": "recorded_at",
    # not erasure_requests: a request is heeded on every day, also on those before it
}
# moments of a row that may lie after the row's own
LATER = {
    "messages": ["opened_at", "clicked_at", "unsubscribed_at"],
    "support_tickets": ["resolved_at"],
}


def at(texts):
    return pd.to_datetime(texts, errors="coerce", utc=True, format="mixed")


def cut(tables, anchor):
    """Take away whatever happened at or after an anchor."""
    anchor = pd.Timestamp(anchor, tz="UTC")
    kept = {}
    for name, rows in tables.items():
        if name in EVENT:
            # rows whose date cannot be read are rejected in any case, and stay
            rows = rows[~(at(rows[EVENT[name]]) >= anchor)].copy()
        for column in LATER.get(name, []):
            rows.loc[at(rows[column]) >= anchor, column] = pd.NA
        kept[name] = rows
    gone = set(tables["orders"]["order_id"]) - set(kept["orders"]["order_id"])
    lines = kept["order_lines"]
    kept["order_lines"] = lines[~lines["order_id"].isin(gone)]
    return kept

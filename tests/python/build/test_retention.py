"""Rows that are older than they may be kept are not read."""

from datetime import UTC, datetime, time, timedelta

from dbt_project import small_shop

TODAY = datetime.combine(datetime.now(UTC).date(), time())


def first_kept(days):
    """Return the first of the first month that begins within so many days."""
    return next(
        day
        for day in (TODAY - timedelta(days=before) for before in range(days, -1, -1))
        if day.day == 1
    )


def test_older_rows_are_not_read_and_others_are(project):
    tables = small_shop(1)
    order, line = tables["orders"][0], tables["order_lines"][0]
    kept, events_kept = first_kept(400), first_kept(100)
    times = {
        "old": kept - timedelta(seconds=1),
        "just": kept,
        "new": TODAY,
    }
    tables["orders"] = [
        order | {"order_id": name, "ordered_at": str(at)} for name, at in times.items()
    ] + [order | {"order_id": "unreadable", "ordered_at": "?"}]
    tables["order_lines"] = [
        line | {"order_id": name} for name in [*times, "unreadable", "of no order"]
    ]
    event = {"customer_id": "c0", "anonymous_id": "a", "event_type": "page_view"}
    tables["web_events"] = [
        event | {"event_id": name, "occurred_at": str(at)}
        for name, at in {
            "old": events_kept - timedelta(seconds=1),
            "just": events_kept,
        }.items()
    ]
    # no limit is set for them
    message = {"customer_id": "c0", "channel": "email", "message_id": "old"}
    tables["messages"] = [message | {"sent_at": "2001-01-01 00:00:00"}]
    project.write(**tables)

    result = project.build(
        "--select",
        "staging",
        command="run",
        retention_days={"orders": 400, "web_events": 100},
    )

    assert result.success, result.text
    for table, column, read in [
        ("stg_shop__orders", "order_id", {"just", "new", "unreadable"}),
        (
            "stg_shop__order_lines",
            "order_id",
            {"just", "new", "unreadable", "of no order"},
        ),
        ("stg_web__web_events", "event_id", {"just"}),
        ("stg_crm__messages", "message_id", {"old"}),
    ]:
        rows = project.rows(f"select {column} from staging.{table}")
        assert {name for (name,) in rows} == read, table

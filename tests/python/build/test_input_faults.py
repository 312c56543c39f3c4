"""Every kind of bad input is rejected, with its reason, and nothing else is."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from dbt_project import RAW_COLUMNS, ROOT
from raw_events import EVENT

AT = "2024-03-01 10:00:00"

# one good row of each table; a bad row is this row with something else in it
GOOD = {
    "orders": {
        "order_id": "o", "customer_id": "c", "ordered_at": AT, "status": "paid",
        "channel": "web", "currency": "GBP",
    },
    "order_lines": {
        "order_id": "good-1", "line_number": "1", "product_id": "good-1",
        "quantity": "2", "unit_price": "10", "discount_amount": "1",
    },
    "customers": {
        "customer_id": "c", "birth_date": "1980-05-01", "signed_up_at": AT,
        "updated_at": AT,
    },
    "products": {"product_id": "p", "unit_cost": "1", "list_price": "2"},
    "inventory": {
        "product_id": "good-1", "on_hand_quantity": "5", "lead_time_days": "3",
        "counted_at": AT,
    },
    "web_events": {"event_id": "e", "event_type": "page_view", "occurred_at": AT},
    "messages": {"message_id": "m", "customer_id": "c", "sent_at": AT},
    "experiment_assignments": {
        "experiment_id": "x", "customer_id": "c", "variant": "a", "assigned_at": AT,
    },
    "reviews": {"review_id": "r", "rating": "4", "created_at": AT},
    "support_tickets": {"ticket_id": "t", "satisfaction": "3", "opened_at": AT},
    "consents": {
        "customer_id": "c", "purpose": "marketing", "channel": "email",
        "is_granted": "true", "recorded_at": AT,
    },
    "erasure_requests": {"customer_id": "c", "requested_at": AT},
}  # fmt: skip
# what names a row: each planted row gets a value of its own in it
NAME = {
    **{table: next(iter(row)) for table, row in GOOD.items()},
    "order_lines": "line_number",
    "inventory": "counted_at",
}

UNREADABLE_NUMBERS = [
    "NaN", "inf", "-Infinity", "1e400", "12,50", "€5", "0x1F", "1 000", "ten", "1.2.3",
    "--1", "99999999999999999999", "5%", "١٢",
]  # fmt: skip
UNREADABLE_TIMES = [
    "2024-02-30", "2024-03-01 25:00:00", "infinity", "-infinity", "epoch", "today",
    "03/01/2024", "2024-13-01", "1. März 2024", "45352", "0000-00-00 00:00:00",
    "'; drop table x; --", "2024-03-01 10:00:00+99:00", "2024",
]  # fmt: skip
BEFORE = "is before the earliest valid date"
FUTURE = "is in the future"

FAULTS = [
    *[
        ("order_lines", {column: text}, f"{column} cannot be read as a number")
        for text in UNREADABLE_NUMBERS
        for column in ("quantity", "unit_price", "discount_amount")
    ],
    *[
        ("orders", {"ordered_at": text}, "ordered_at cannot be read as a timestamp")
        for text in UNREADABLE_TIMES
    ],
    # ---------- orders
    ("orders", {"order_id": None}, "order_id is missing"),
    ("orders", {"order_id": " \t "}, "order_id is missing"),
    ("orders", {"ordered_at": None}, "ordered_at is missing"),
    ("orders", {"ordered_at": "   "}, "ordered_at is missing"),
    ("orders", {"ordered_at": "1989-12-31 23:59:59"}, f"ordered_at {BEFORE}"),
    ("orders", {"ordered_at": "0044-03-15 (BC)"}, f"ordered_at {BEFORE}"),
    ("orders", {"ordered_at": "2099-01-01"}, f"ordered_at {FUTURE}"),
    ("orders", {"ordered_at": "294247-01-10"}, f"ordered_at {FUTURE}"),
    ("orders", {"status": None}, "status is missing"),
    (
        "orders",
        {"status": "'; drop table x; --"},
        "status is not in the seed order_statuses",
    ),
    ("orders", {"currency": ""}, "currency is missing"),
    ("orders", {"currency": "XXX"}, "currency has no rate in the seed currency_rates"),
    # ---------- order lines
    ("order_lines", {"order_id": None}, "order_id is missing"),
    ("order_lines", {"order_id": "nowhere"}, "order_id is not in orders"),
    ("order_lines", {"order_id": "bad-order"}, "its order was rejected"),
    ("order_lines", {"line_number": None}, "line_number is missing"),
    ("order_lines", {"line_number": "1.5"}, "line_number cannot be read as a whole"),
    ("order_lines", {"line_number": "one"}, "line_number cannot be read as a whole"),
    ("order_lines", {"product_id": "  "}, "product_id is missing"),
    ("order_lines", {"quantity": None}, "quantity is missing"),
    ("order_lines", {"quantity": "0"}, "quantity is zero"),
    ("order_lines", {"quantity": "0.00001"}, "quantity is zero"),
    ("order_lines", {"unit_price": " "}, "unit_price is missing"),
    ("order_lines", {"unit_price": "-0.01"}, "unit_price is negative"),
    (
        "order_lines",
        {"quantity": "99999999999999", "unit_price": "99999999999999"},
        "the amount is too large",
    ),
    ("order_lines", {"discount_amount": "-1"}, "discount_amount is negative"),
    (
        "order_lines",
        {"discount_amount": "20.01"},
        "discount_amount is greater than the amount of the line",
    ),
    # ---------- customers and products
    ("customers", {"customer_id": None}, "customer_id is missing"),
    ("customers", {"birth_date": "1899-12-31"}, "birth_date is before 1900"),
    ("customers", {"birth_date": "2098-01-01"}, f"birth_date {FUTURE}"),
    ("customers", {"birth_date": "1980-02-31"}, "birth_date cannot be read as a date"),
    ("customers", {"signed_up_at": "2098-01-01"}, f"signed_up_at {FUTURE}"),
    ("customers", {"updated_at": "soon"}, "updated_at cannot be read as a timestamp"),
    ("products", {"product_id": None}, "product_id is missing"),
    ("products", {"unit_cost": "-1"}, "unit_cost is negative"),
    ("products", {"list_price": "-1"}, "list_price is negative"),
    ("products", {"list_price": "free"}, "list_price cannot be read as a number"),
    # ---------- inventory
    ("inventory", {"product_id": None}, "product_id is missing"),
    ("inventory", {"product_id": "nowhere"}, "product_id is not in products"),
    ("inventory", {"on_hand_quantity": None}, "on_hand_quantity is missing"),
    ("inventory", {"on_hand_quantity": "-1"}, "on_hand_quantity is negative"),
    ("inventory", {"lead_time_days": "-1"}, "lead_time_days is negative"),
    (
        "inventory",
        {"lead_time_days": "2.5"},
        "lead_time_days cannot be read as a whole",
    ),
    # ---------- what customers did, and what was done to them
    ("web_events", {"event_id": None}, "event_id is missing"),
    ("web_events", {"event_type": ""}, "event_type is missing"),
    ("messages", {"message_id": None}, "message_id is missing"),
    ("messages", {"customer_id": None}, "customer_id is missing"),
    ("messages", {"opened_at": "2024-02-29"}, "opened_at is before sent_at"),
    ("messages", {"clicked_at": "2024-02-29"}, "clicked_at is before sent_at"),
    (
        "messages",
        {"unsubscribed_at": "2024-02-29"},
        "unsubscribed_at is before sent_at",
    ),
    ("messages", {"opened_at": "yes"}, "opened_at cannot be read as a timestamp"),
    ("experiment_assignments", {"experiment_id": None}, "experiment_id is missing"),
    ("experiment_assignments", {"customer_id": None}, "customer_id is missing"),
    ("experiment_assignments", {"variant": None}, "variant is missing"),
    ("reviews", {"review_id": None}, "review_id is missing"),
    ("reviews", {"rating": None}, "rating is missing"),
    ("reviews", {"rating": "0"}, "rating is not between 1 and 5"),
    ("reviews", {"rating": "five"}, "rating cannot be read as a number"),
    ("support_tickets", {"ticket_id": None}, "ticket_id is missing"),
    ("support_tickets", {"satisfaction": "6"}, "satisfaction is not between 1 and 5"),
    ("support_tickets", {"resolved_at": "2024-02-29"}, "resolved_at is before opened"),
    ("consents", {"customer_id": None}, "customer_id is missing"),
    ("consents", {"purpose": None}, "purpose is missing"),
    ("consents", {"is_granted": None}, "is_granted is missing"),
    ("consents", {"is_granted": "maybe"}, "is_granted cannot be read as a boolean"),
    ("erasure_requests", {"customer_id": None}, "customer_id is missing"),
    # ---------- the moment of every other event
    *[
        (table, {column: text}, f"{column} {reason}")
        for table, column in {**EVENT, "erasure_requests": "requested_at"}.items()
        if table not in ("orders", "customers")
        for text, reason in {
            None: "is missing",
            "1970-01-01": BEFORE,
            "2098-01-01": FUTURE,
            "noon": "cannot be read as a timestamp",
        }.items()
    ],
]

# odd, and right: each is accepted
ACCEPTED = [
    ("orders", {"ordered_at": " 2024-03-01T10:00:00Z "}),
    ("orders", {"status": " PAID ", "currency": " gbp"}),
    ("orders", {"customer_id": None}),
    ("orders", {"promotion_code": '"quotes", commas,\nnewlines and 🎁'}),
    ("orders", {"channel": "'; drop table x; --"}),
    ("orders", {"channel": "{{ 1 / 0 }}"}),
    ("order_lines", {"quantity": " 1.5 ", "unit_price": "1e1"}),
    ("order_lines", {"quantity": "-3", "discount_amount": "-5"}),
    ("order_lines", {"unit_price": "0", "discount_amount": "0"}),
    ("order_lines", {"quantity": "300000", "unit_price": "300000"}),
    ("order_lines", {"discount_amount": "20"}),
    ("order_lines", {"discount_amount": None}),
    ("order_lines", {"product_id": "not in products"}),
    ("customers", {"full_name": 'O\'Brien "Bob", the 🦊\nof Ulm'}),
    ("customers", {"birth_date": None, "signed_up_at": None, "updated_at": None}),
    ("messages", {"opened_at": AT, "clicked_at": AT, "unsubscribed_at": AT}),
    ("reviews", {"rating": "5.0", "body": "'; drop table marts.dim_customers; --"}),
    ("consents", {"is_granted": "F", "channel": None}),
    ("support_tickets", {"satisfaction": None, "resolved_at": AT}),
]


def shop():
    """Return raw tables that hold every row above beside 250 good ones of each."""
    tables = {}
    for table, good in GOOD.items():
        rows = []
        # silences are told from few late rows, so the good ones must be many
        for number in range(1, 251):
            rows.append(named(table, good, f"good-{number}", number))
        number = 1000
        for kind, cases in {"bad": FAULTS, "odd": ACCEPTED}.items():
            for place, (of_table, values, *_) in enumerate(cases):
                if of_table == table:
                    number += 1
                    row = named(table, good, f"{kind}-{place}", number)
                    rows.append({**row, **values})
        tables[table] = rows
    tables["orders"].append(
        {**GOOD["orders"], "order_id": "bad-order", "status": "unheard of"}
    )
    # the same row again, and another row of the same name
    for table, rows in tables.items():
        rows += [dict(rows[0]), {**rows[1], **DIFFERENT.get(table, {})}]
    return tables


DIFFERENT = {
    "orders": {"status": "shipped"},
    "order_lines": {"quantity": "3"},
    "customers": {"city": "Ulm"},
    "products": {"category": "toys"},
}


def named(table, row, name, number):
    column = NAME[table]
    if table == "order_lines":
        name = str(number)
    time = str(pd.Timestamp("2024-02-01") + pd.Timedelta(minutes=number))
    if table == "inventory":
        name = time
    if table == "erasure_requests":
        # of people who are in no other table, or nothing would be left of them there
        return {**row, column: f"gone-{name}", "requested_at": time}
    return {**row, column: name}


@pytest.fixture(scope="module")
def built(new_project):
    project = new_project()
    project.write(**shop())
    result = project.build("--select", "+fct_rejected_rows", "+rpt_input_quality")
    assert result.success, result.text
    return project


@pytest.fixture(scope="module")
def rejected(built):
    """Return rejected rows as {table: [(raw row, reasons)]}."""
    found = {table: [] for table in GOOD}
    for table, row, reasons in built.rows(
        "select table_name, raw_row, rejection_reasons from marts.fct_rejected_rows"
    ):
        found[table].append((json.loads(row), reasons.split("; ")))
    return found


def as_shown(row):
    return {column: value for column, value in row.items() if value is not None}


def find(rows, wanted):
    """Find the rejected rows with just these values; columns of people are hidden."""
    return [
        reasons
        for row, reasons in rows
        if as_shown(row) == {k: v for k, v in wanted.items() if k in row}
    ]


@pytest.mark.parametrize("case", range(len(FAULTS)), ids=lambda n: str(FAULTS[n][1]))
def test_a_bad_row_is_rejected_for_its_reason(rejected, case):
    table, _, reason = FAULTS[case]
    rows = [row for row in shop()[table] if is_planted(row, table, case)]
    assert len(rows) == 1

    found = find(rejected[table], as_shown(rows[0]))

    assert len(found) == 1, f"rejected {len(found)} times"
    assert [text.startswith(reason) for text in found[0]] == [True], found[0]


def is_planted(row, table, case):
    """Say whether a row is the one that a case planted."""
    numbers = [place for place, fault in enumerate(FAULTS) if fault[0] == table]
    expected = named(
        table, GOOD[table], f"bad-{case}", 1001 + numbers.index(case)
    ) | dict(FAULTS[case][1])
    return row == expected


def test_good_and_odd_rows_are_accepted(built):
    counts = dict(
        built.rows(
            "select table_name, count_accepted_rows from marts.rpt_input_quality"
        )
    )

    assert counts == {
        table: 250 + sum(odd[0] == table for odd in ACCEPTED) for table in GOOD
    }


def test_every_row_is_accepted_or_rejected(built):
    counts = built.query("from marts.rpt_input_quality").set_index("table_name")
    rejected = built.query(
        "select table_name, count(*) as n from marts.fct_rejected_rows group by all"
    ).set_index("table_name")["n"]

    for table, rows in shop().items():
        row = counts.loc[table]
        assert row["count_rows"] == len(rows), table
        assert row["count_rows"] == (
            row["count_accepted_rows"] + row["count_rejected_rows"]
        ), table
        assert row["count_rejected_rows"] == rejected[table], table


@pytest.mark.parametrize("table", GOOD)
def test_of_several_rows_with_one_key_one_is_accepted(rejected, table):
    reasons = [
        reason
        for _, reasons in rejected[table]
        for reason in reasons
        if reason.startswith("another row with this")
    ]

    assert len(reasons) == 2


def test_no_reason_is_left_untested():
    models = Path(ROOT / "models/intermediate/input").glob("int_*__checked.sql")
    macros = Path(ROOT / "macros/input").glob("*rejections*.sql")
    text = "".join(file.read_text() for file in (*models, *macros))
    reasons = set(re.findall(r"'([a-z_]+ (?:is|of|was|has|amount)[a-z0-9_ ]*)':", text))
    # two rows make it: a unit test of int_orders__checked has them
    tested = {reason for _, _, reason in FAULTS}
    tested.add("order_id is that of orders of two customers")

    assert len(reasons) > 30
    assert {r for r in reasons if not any(r.startswith(t) for t in tested)} == set()


def test_columns_about_people_are_not_copied_to_the_rejected_rows(rejected):
    hidden = {"customers": {"email", "full_name", "birth_date"}, "reviews": {"body"}}

    for table, columns in hidden.items():
        shown = set(RAW_COLUMNS[table]) - columns
        assert {name for row, _ in rejected[table] for name in row} == shown


def test_text_arrives_as_it_was(built):
    channels = built.rows(
        "select distinct channel from intermediate.int_orders__checked "
        "where is_accepted"
    )
    codes = built.rows(
        "select distinct promotion_code from intermediate.int_orders__checked"
    )

    assert {("'; drop table x; --",), ("{{ 1 / 0 }}",)} <= set(channels)
    assert ('"quotes", commas,\nnewlines and 🎁',) in codes

"""Hostile rows, files and settings: nothing runs, is lost, or ends in a traceback.

Each generated row and each generated value of a setting is one case. Rows share builds,
and settings share calls, since a case of its own each would take hours.
"""

import csv
import re
import shutil
import sys
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml
from dbt_project import RAW_COLUMNS, ROOT, holding, run_dbt, small_shop
from hostile import (
    ATTACKS,
    CANARY,
    FORMULAS,
    JINJA,
    MARKUP,
    NUMBER_TEXTS,
    PRODUCT,
    SECRETS,
    SQL,
    TEXTS,
    TIME_TEXTS,
    VALUES,
    drawn,
    is_code,
)
from hypothesis import strategies as st

from segmentation.report.__main__ import main as report

sys.path.insert(0, str(ROOT / "docs"))
import settings_page

AT = "2024-03-01 10:00:00"
# a good row of each raw table, and the two columns of which one names the row of a case
ROWS = {
    "orders": (
        {"customer_id": "c1", "ordered_at": AT, "status": "paid", "currency": "GBP"},
        ("order_id", "promotion_code"),
    ),
    "order_lines": (
        {
            "order_id": "o1-0", "line_number": "7", "quantity": "1", "unit_price": "9",
            "discount_amount": "0",
        },
        ("product_id", "order_id"),
    ),
    "customers": ({"country": "GB", "signed_up_at": AT}, ("customer_id", "city")),
    "products": ({"unit_cost": "1", "list_price": "2"}, ("product_id", "category")),
    "inventory": (
        {"on_hand_quantity": "5", "lead_time_days": "3", "counted_at": AT},
        ("product_id", None),
    ),
    "web_events": (
        {"event_type": "page_view", "occurred_at": AT}, ("event_id", "anonymous_id"),
    ),
    "messages": (
        {"customer_id": "c1", "channel": "email", "sent_at": AT},
        ("message_id", "campaign_id"),
    ),
    "experiment_assignments": (
        {"experiment_id": "x", "assigned_at": AT}, ("customer_id", "variant"),
    ),
    "reviews": ({"rating": "4", "created_at": AT}, ("review_id", "product_id")),
    "support_tickets": ({"opened_at": AT}, ("ticket_id", "topic")),
    "consents": (
        {"purpose": "marketing", "is_granted": "true", "recorded_at": AT},
        ("customer_id", "channel"),
    ),
    "erasure_requests": ({"requested_at": AT}, ("customer_id", None)),
}  # fmt: skip
COUNT_ROWS = 1500
COUNT_SETTINGS = 700
COUNT_FILES = 60
READERS = {
    "decimal(18, 4)": NUMBER_TEXTS,
    "decimal(28, 10)": NUMBER_TEXTS,
    "bigint": NUMBER_TEXTS,
    "date": TIME_TEXTS,
    "timestamp": TIME_TEXTS,
}
TYPES = {
    (table["name"], column["name"]): column["data_type"]
    for file in sorted((ROOT / "models/staging").glob("*/_*__sources.yml"))
    for source in yaml.safe_load(file.read_text())["sources"]
    for table in source["tables"]
    for column in table["columns"]
}
AS_CSV = ("customers", "reviews")
# what staging takes off a text, as read_value.sql has it
SPACES = " \t\r\n" + "".join(
    re.findall(r"\\u[0-9a-f]{4}", (ROOT / "macros/input/read_value.sql").read_text())
).encode().decode("unicode_escape")
# what a terminal acts on: controls, and marks that turn the direction of text
CONTROLS = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
# whose request it is must be known: any other row of that id would go
FIXED = {("erasure_requests", "customer_id"), ("inventory", "product_id")}


@st.composite
def rows(draw):
    """Return a raw table and the hostile values of one of its rows."""
    table = draw(st.sampled_from(list(ROWS)))
    columns = [each for each in RAW_COLUMNS[table] if (table, each) not in FIXED]
    values = {}
    for column in draw(st.lists(st.sampled_from(columns), min_size=1, max_size=3)):
        fitting = READERS.get(TYPES[table, column], TEXTS)
        values[column] = draw(fitting | TEXTS | TEXTS)
    return table, values


@cache
def cases():
    """Return the hostile rows: {table: {tag: (column of the tag, values)}}."""
    found = {table: {} for table in ROWS}
    for number, (table, values) in enumerate(drawn(rows(), COUNT_ROWS)):
        first, second = ROWS[table][1]
        if first in values:
            values.pop(second, None)
        tag = second if first in values else first
        found[table][f"case-{number}"] = tag, values
    return found


def shop():
    """Return a shop of 60 customers, some of hostile names, and every hostile row."""
    tables = small_shop(60)
    names = {f"c{number}": attack for number, attack in enumerate(ATTACKS[:30])}
    for number, order in enumerate(tables["orders"]):
        order["customer_id"] = names.get(order["customer_id"], order["customer_id"])
        order["channel"] = ATTACKS[number % len(ATTACKS)]
    for name, (good, (first, _)) in ROWS.items():
        added = tables.setdefault(name, [])
        for tag, (column, values) in cases()[name].items():
            added.append({**good, first: tag, column: tag, **values})
    for tag, (column, _) in cases()["order_lines"].items():
        if column == "order_id":
            tables["orders"].append({**ROWS["orders"][0], "order_id": tag})
    for number in range(5):
        tables["products"].append(
            {
                "product_id": f"p{number}",
                "category": (JINJA + MARKUP)[3 * number],
                "product_name": ATTACKS[-number],
            }
        )
    return tables


def file_name(number):
    """Return an attack as the name of a file, where a file may be called so."""
    return ATTACKS[number % len(ATTACKS)].replace("/", "∕")


def write_hostile(raw, tables):
    """Write some tables as CSV, and others in parts, of hostile names and columns."""
    for number, (name, rows) in enumerate(tables.items()):
        frame = pd.DataFrame(rows).reindex(columns=RAW_COLUMNS[name]).astype("string")
        frame[file_name(number)] = ATTACKS[number]
        if name in AS_CSV:
            # a CSV file holds no NUL, or it is refused
            frame = frame.map(
                lambda x: x.replace("\0", "") if isinstance(x, str) else x
            )
            with (raw / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
                writer.writerow(frame.columns)
                writer.writerows(frame.astype(object).fillna("").values.tolist())
            continue
        (raw / name).mkdir()
        for part in (0, 1):
            file = raw / name / f"{part} {file_name(3 * number + part)}.parquet"
            frame[part::2].to_parquet(file, index=False)


@pytest.fixture(scope="module")
def built(new_project):
    """Build the shop whole and publish it, with secrets in the environment."""
    project = new_project()
    write_hostile(project.raw, shop())
    settings = {
        "cluster_methods": ["k-means"],
        "cluster_counts": [2, 3],
        "stop_rejected_share": 1,
        "as_of_date": "2025-01-01",
        "publish_path": str(project.folder / "it's; drop table x"),
        "shipping_products": SQL,
        "gift_card_products": FORMULAS,
        "anonymous_ids": MARKUP,
        "activation_purpose": "<b>x",
    }
    told = ("--write-json", "--log-level-file", "debug")
    place = project.folder / "here"
    place.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for name, secret in SECRETS.items():
            patch.setenv(name, secret)
        result = project.build(*told, **settings)
        assert result.success, result.text
        last = project.build(
            "--select", "published_marts", "publication", *told, tests=True, **settings
        )
        assert last.success, last.text
    project.settings = settings
    project.said = result.text + last.text
    return project


# ---------- rows


def test_there_are_enough_cases():
    assert sum(map(len, cases().values())) == COUNT_ROWS
    assert COUNT_ROWS + COUNT_SETTINGS + COUNT_FILES >= 2000


@pytest.mark.parametrize("table", ROWS)
def test_every_hostile_row_is_accepted_or_rejected(built, table):
    (said,) = built.rows(
        "select count_rows, count_accepted_rows, count_rejected_rows "
        f"from marts.rpt_input_quality where table_name = '{table}'"
    )
    tags = {
        row[column]
        for row in checked(built, table)
        for column in {column for column, _ in cases()[table].values()}
    }
    rejected = built.value(
        f"select count(*) from marts.fct_rejected_rows where table_name = '{table}'"
    )

    missing = cases()[table].keys() - tags
    assert not missing, [(tag, cases()[table][tag]) for tag in missing]
    assert said[0] == len(shop()[table]) == said[1] + said[2]
    assert said[2] == rejected


def checked(built, table):
    return built.query(f"from intermediate.int_{table}__checked").to_dict("records")


KEPT = {
    "orders": ["promotion_code"],
    "customers": ["email", "full_name", "city", "acquisition_channel"],
    "products": ["product_name", "category"],
    "reviews": ["body", "source"],
    "support_tickets": ["topic", "body"],
    "web_events": ["page"],
}


@pytest.mark.parametrize("table", KEPT)
def test_text_of_an_accepted_row_arrives_as_it_was(built, table):
    seen = 0
    for row in checked(built, table):
        for column in filter(None, ROWS[table][1]):
            _, values = cases()[table].get(row[column], (None, {}))
            for name in (
                set(values).intersection(KEPT[table]) if row["is_accepted"] else ()
            ):
                wanted = values[name].replace("\0", "" if table in AS_CSV else "\0")
                assert row[name] == (wanted.strip(SPACES) or None), (
                    row[column],
                    values,
                )
                seen += 1
    assert seen > 5


# ---------- what they may have done


def test_nothing_was_run(built):
    assert not [name for name in built.tables() if CANARY in name]
    assert built.value("select count(*) from marts.dim_customers") > 60
    assert PRODUCT not in built.said
    assert not holding(built.database, [PRODUCT])
    assert not list((built.folder / "here").iterdir())
    for place in (built.folder, built.shared, ROOT):
        assert not list(place.glob(f"{CANARY}*"))


def test_no_secret_is_in_any_output(built):
    secrets = list(SECRETS.values())
    assert not any(secret in built.said for secret in secrets)
    assert not holding(built.database, secrets)
    read = 0
    for place in (built.folder, built.shared):
        for path in place.rglob("*"):
            if path.is_file() and "raw" not in path.relative_to(place).parts:
                content = path.read_bytes()
                read += 1
                assert not any(secret.encode() in content for secret in secrets), path
                assert PRODUCT.encode() not in content, path
    assert read > 40
    for name in ("manifest.json", "run_results.json", "logs/dbt.log"):
        assert (built.shared / "target" / name).exists()


def test_pages_show_hostile_names_and_run_none(built, tmp_path, monkeypatch):
    """Pages of the report and of the models, made from what was published."""
    monkeypatch.chdir(tmp_path)
    marts = built.folder / "it's; drop table x/current/marts.duckdb"

    assert report([str(marts), "report.html"]) == 0

    page = Path("report.html").read_text()
    assert "window.isRun" not in re.sub(r"&lt;[^<>]*&gt;|\\\\?u003c", "", page)
    assert PRODUCT not in page


# ---------- settings


def in_reach(value, known) -> bool:
    """Say whether a value is of the kind of a setting; texts it may not hold aside."""
    kind = known["type"]
    if value is None:
        return known.get("nullable", False)
    if kind in ("whole number", "number", "share"):
        kinds = int if kind == "whole number" else (int, float)
        low = known.get("least", known.get("above"))
        most = known.get("most", known.get("below"))
        return (
            isinstance(value, kinds)
            and not isinstance(value, bool)
            and low <= value <= most
        )
    if kind.startswith(("list", "thresholds", "transforms")):
        return isinstance(value, list if kind.startswith("list") else dict)
    if kind == "date":
        return bool(re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)))
    return isinstance(value, str)


def test_hostile_settings_are_named_and_never_run(built):
    known = settings_page.settings()
    known = {name: each for section in known.values() for name, each in section.items()}
    values = drawn(VALUES, COUNT_SETTINGS)
    strange = [text for text in drawn(TEXTS, 80) if text and text not in known]
    manifest = built.manifest(raw_path=str(built.link), **built.settings)
    before = state(built)
    passed = []
    with pytest.MonkeyPatch.context() as patch:
        for name, secret in SECRETS.items():
            patch.setenv(name, secret)
        while values:
            given = dict(zip(known, values, strict=False))
            values = values[len(given) :]
            # names that are none of ours
            odd = dict.fromkeys(strange.pop() for _ in range(5))
            result = run_dbt(
                "run-operation", "check_settings", database=built.database,
                target=built.shared / "target", manifest=manifest,
                variables=odd | given,
            )  # fmt: skip
            said = messages(result, "The settings cannot be used")
            assert sum("is not a setting" in line for line in said) == len(odd)
            for name, value in given.items():
                lines = [line for line in said if line.split()[0] == name]
                if is_code(value):
                    assert [f"{name} holds braces" in line for line in lines] == [True]
                elif not lines:
                    assert in_reach(value, known[name]), (name, value)
                    passed.append(name)
    assert passed
    assert state(built) == before


def messages(result, headline):
    """Return the points of a message, which is plain text and holds no traceback."""
    assert not result.success
    assert headline in result.text
    assert "Nothing was built." in result.text
    assert "Traceback" not in result.text
    text = result.text.split("Nothing was built.")[-1]
    assert not re.search(CONTROLS, text), re.findall(CONTROLS, text)
    assert not any(secret in result.text for secret in SECRETS.values())
    assert PRODUCT not in result.text
    text = re.split("Settings are the vars|Raw tables found there", text)[0]
    return [" ".join(line.split()) for line in re.split(r"\n +- ", text)[1:]]


def state(project):
    """Return what readers have: every mart, and every published file."""
    return {
        name: project.rows(f"select count(*), bit_xor(hash(t)) from {name} as t")
        for name in project.tables("marts")
        if not name.endswith("live_customer_segments")
    } | {
        path: path.read_bytes()
        for path in (project.folder / "it's; drop table x").rglob("*")
        if path.is_file()
    }


# ---------- files


@st.composite
def contents(draw):
    """Return the bytes of a file that no table can be read from."""
    start = draw(
        st.sampled_from([b"", b"PAR1", b"\x1f\x8b\x08", b"\xff\xfe", b"PK\x03\x04"])
    )
    return start + draw(st.binary(max_size=60)) + draw(TEXTS).encode()


def test_hostile_files_are_named_and_nothing_is_touched(built, new_project):
    manifest = built.manifest(raw_path=str(built.link), **built.settings)
    before = state(built)
    given = drawn(contents(), COUNT_FILES)
    raw = built.link
    raw.unlink()
    for start in range(0, COUNT_FILES, len(ROWS)):
        shutil.rmtree(raw, ignore_errors=True)
        raw.mkdir()
        ends = ("parquet", "csv", "csv.gz")
        files = {}
        for number, table in enumerate(ROWS):
            files[table] = f"{table}.{ends[(number + start) % 3]}"
            (raw / files[table]).write_bytes(given[start + number])
        for name in map(file_name, range(start, start + 9)):
            (raw / f"orders_{name}.csv").write_text("a")

        result = run_dbt(
            "run-operation", "check_inputs", database=built.database,
            target=built.shared / "target", manifest=manifest,
            variables={"raw_path": str(raw)},
        )  # fmt: skip

        said = messages(result, "The raw tables in folder")
        for table in files:
            assert any(line.startswith(f"{table}") for line in said), table
    shutil.rmtree(raw)
    assert state(built) == before

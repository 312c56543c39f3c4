"""What a user reads when the input or the settings cannot be used.

Nothing may be built then: the tables a dashboard reads stay as they are.
"""

import gzip

import duckdb
import pytest
from dbt_project import RAW_COLUMNS, small_shop, write_shop

HEADER = ",".join(RAW_COLUMNS["orders"]) + "\n"
LINE = "o1,c1,2024-01-01,paid,web,GBP,\n"


def without(table, *columns):
    """Return SQL that empties a Parquet table of columns."""

    def spoil(raw):
        file = raw / f"{table}.parquet"
        duckdb.sql(
            f"copy (select * exclude ({', '.join(columns)}) from '{file}') "
            f"to '{file}.new' (format parquet)"
        )
        file.with_name(file.name + ".new").rename(file)

    return spoil


def orders_csv(content):
    def spoil(raw):
        (raw / "orders.parquet").unlink()
        (raw / "orders.csv").write_bytes(content)

    return spoil


def as_float(table, column):
    def spoil(raw):
        file = raw / f"{table}.parquet"
        duckdb.sql(
            f"copy (select * replace (17850.0::double as {column}) from '{file}') "
            f"to '{file}.new' (format parquet)"
        )
        file.with_name(file.name + ".new").rename(file)

    return spoil


def remove(*tables):
    return lambda raw: [(raw / f"{table}.parquet").unlink() for table in tables]


def truncate(table):
    def spoil(raw):
        file = raw / f"{table}.parquet"
        file.write_bytes(file.read_bytes()[:-30])

    return spoil


def add(name, content):
    return lambda raw: (raw / name).write_bytes(content)


BAD_FOLDERS = {
    "a required table is missing": (
        remove("order_lines"),
        ["order_lines is missing", "add order_lines.parquet", "found there: orders"],
    ),
    "the folder is empty": (
        remove("orders", "order_lines"),
        ["orders is missing", "order_lines is missing", "found there: none"],
    ),
    "one column is missing": (
        without("orders", "channel"),
        ["orders lacks the column channel", "it has: order_id", "`null as channel`"],
    ),
    "columns of two tables are missing": (
        lambda raw: [
            without("orders", "status", "currency")(raw),
            without("order_lines", "quantity")(raw),
        ],
        ["lacks the columns status, currency", "order_lines lacks the column quantity"],
    ),
    "an id is a float": (
        as_float("orders", "customer_id"),
        ["orders.customer_id is a DOUBLE", "`cast(customer_id as bigint)"],
    ),
    "an optional table lacks a column": (
        add("products.csv", b"product_id,category\np1,toys\n"),
        ["products lacks the columns product_name, unit_cost, list_price"],
    ),
    "a Parquet file is cut short": (
        truncate("order_lines"),
        ["order_lines.parquet cannot be read", "write it again"],
    ),
    "a Parquet file is empty": (
        add("orders.parquet", b""),
        ["orders.parquet cannot be read", "damaged, empty or not Parquet"],
    ),
    "a CSV file is binary": (
        orders_csv(bytes(range(256)) * 40),
        ["orders.csv cannot be read", "CSV file in UTF-8 with a header line"],
    ),
    "a gzipped CSV file is not gzipped": (
        add("reviews.csv.gz", b"plain text"),
        ["reviews.csv.gz cannot be read"],
    ),
    "a CSV file is not UTF-8 late in the file": (
        orders_csv((HEADER + LINE * 60_000 + LINE).encode()[:-5] + b"\xe9,\n"),
        ["orders.csv has lines that cannot be read", "line 60002", "utf-8"],
    ),
    "a CSV file has no bytes": (
        orders_csv(b""),
        ["orders lacks the columns order_id"],
    ),
    "a CSV file has no header": (
        orders_csv(LINE.encode()),
        ["orders lacks the columns order_id", "it has: o1"],
    ),
    "an early CSV line is too short": (
        orders_csv((HEADER + LINE + "o2,c2\n").encode()),
        ["orders.csv has lines that cannot be read", "line 3", "7 found: 2"],
    ),
    "a late CSV line is too long": (
        orders_csv((HEADER + LINE * 60_000 + "o2" + ",c2" * 8 + "\n").encode()),
        ["orders.csv has lines that cannot be read", "line 60002"],
    ),
    "a late line of a gzipped CSV is too short": (
        add(
            "erasure_requests.csv.gz",
            gzip.compress(
                b"customer_id,requested_at\n" + b"c,2024-01-01\n" * 60_000 + b"c\n"
            ),
        ),
        ["erasure_requests.csv.gz has lines that cannot be read", "line 60002"],
    ),
    "two files hold one table": (
        add("orders.csv", (HEADER + LINE).encode()),
        ["orders: more than one file", "orders.parquet", "orders.csv", "Keep one"],
    ),
}


@pytest.mark.parametrize("case", BAD_FOLDERS)
def test_a_bad_folder_stops_the_build_before_it_starts(project, case):
    spoil, phrases = BAD_FOLDERS[case]
    project.write(**small_shop(2))
    spoil(project.raw)

    result = project.build()

    assert_stopped(project, result, "The raw tables in folder", phrases)
    assert result.text.count("Nothing was built") >= 1
    assert str(project.link) in result.text


def test_a_file_of_an_unknown_name_is_warned_of(project):
    project.write(**small_shop(2))
    (project.raw / "Customers.csv").write_text("customer_id\n1\n")
    (project.raw / "web_events").mkdir()
    (project.raw / "web_events" / "2024.csv").write_text("event_id\n1\n")
    (project.raw / "notes.txt").write_text("not data")

    result = project.build("--select", "stg_shop__orders")

    assert result.success
    assert "Customers.csv in folder" in result.text
    assert "web_events/2024.csv in folder" in result.text
    assert "notes.txt" not in result.text
    assert "orders.parquet in folder" not in result.text


def test_a_folder_that_does_not_exist_stops_the_build(project, tmp_path):
    result = project.build(raw_path=str(tmp_path / "nowhere"))

    assert_stopped(project, result, f"folder {tmp_path}/nowhere", ["orders is missing"])


def test_a_schema_that_does_not_exist_stops_the_build(project):
    result = project.build(raw_path=None, raw_schema="landing_zone")

    assert_stopped(
        project,
        result,
        "The raw tables in schema segmentation.landing_zone",
        [
            "orders is missing",
            "add the table",
            "landing_zone",
            "order_lines is missing",
        ],
    )


def test_a_schema_whose_tables_lack_columns_stops_the_build(project):
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("create schema landing")
        connection.execute("create table landing.orders (order_id text)")
        connection.execute("create table landing.order_lines (order_id text)")

    result = project.build(raw_path=None, raw_schema="landing")

    assert_stopped(
        project,
        result,
        "The raw tables in schema",
        ["orders lacks the columns customer_id", "order_lines lacks the columns"],
        tables=["landing.order_lines", "landing.orders"],
    )


def test_a_build_that_stops_leaves_the_last_one_as_it_was(project):
    project.write(**small_shop(3))
    project.build("--select", "+dim_customers")
    before = project.query("from marts.dim_customers order by customer_id")
    write_shop(project.raw, orders=[])
    without("orders", "status")(project.raw)

    result = project.build("--select", "+dim_customers")

    assert not result.success
    assert before.equals(project.query("from marts.dim_customers order by customer_id"))


def assert_stopped(project, result, headline, phrases, tables=()):
    assert not result.success
    missing = [p for p in [headline, *phrases] if p not in result.text]
    assert not missing, result.text
    assert project.tables() == list(tables)

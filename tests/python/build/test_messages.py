"""What a user reads when the input or the settings cannot be used.

Nothing may be built then: the tables a dashboard reads stay as they are.
"""

import gzip

import duckdb
import pytest
from dbt_project import RAW_COLUMNS, run_dbt, small_shop, write_shop

HEADER = ",".join(RAW_COLUMNS["orders"]) + "\n"
LINE = "o1,c1,2024-01-01,paid,web,GBP,\n"


def rewritten(table, columns):
    """Return what writes a Parquet table anew, with what SQL selects of it."""

    def spoil(raw):
        file = raw / f"{table}.parquet"
        duckdb.sql(
            f"copy (select {columns} from '{file}') to '{file}.new' (format parquet)"
        )
        file.with_name(file.name + ".new").rename(file)

    return spoil


def without(table, *columns):
    return rewritten(table, f"* exclude ({', '.join(columns)})")


def orders_csv(content):
    def spoil(raw):
        (raw / "orders.parquet").unlink()
        (raw / "orders.csv").write_bytes(content)

    return spoil


def as_float(table, column):
    return rewritten(table, f"* replace (17850.0::double as {column})")


def with_shops(table):
    return rewritten(table, "*, 'north' as shop_id")


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
    "one of two tables has shops": (
        with_shops("orders"),
        ["orders has the column shop_id", "order_lines must both"],
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
        ["orders.parquet cannot be read", "It is empty (0 bytes), not Parquet"],
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
        ["orders.csv cannot be read", "It is empty (0 bytes)"],
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
        [
            "orders: more than one file or folder",
            "orders.parquet",
            "orders.csv",
            "Keep one",
        ],
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


def cut_short(raw):
    content = gzip.compress(b"product_id,category\n" + b"p1234567,toys\n" * 100_000)
    (raw / "products.csv.gz").write_bytes(content[:-60])


def partly_turned(raw):
    (raw / "web_events").mkdir()
    (raw / "web_events" / "part-0.csv").write_text("event_id,page\n1,a\n")
    (raw / "web_events" / "part-1.csv").write_text("page,event_id\na,1\n")


def delta_table(raw):
    (raw / "support_tickets" / "_delta_log").mkdir(parents=True)
    (raw / "support_tickets" / "_delta_log" / "0.json").write_text("{}")


def parquet(table, query):
    return lambda raw: duckdb.sql(
        f"copy ({query}) to '{raw / table}.parquet' (format parquet)"
    )


# each spoils a table of its own: one build finds them all
FAULTY_FILES = {
    cut_short: "products.csv.gz is cut short",
    partly_turned: "part-1.csv has other columns (page, event_id) than",
    delta_table: "support_tickets holds a Delta table, which is not read",
    orders_csv(
        (HEADER + LINE + LINE).encode().replace(b"GBP,\no1", b"GBP,X\r\no1")
    ): "orders.csv has line ends of more than one kind (line 2 ends otherwise",
    add(
        "customers.csv", b"customer_id,Email,email\nc1,a,b\n"
    ): "customers.csv names a column twice in line 1 (Email and email",
    add("inventory.csv", "product_id,x\n1,2\n".encode("utf-16")): (
        "inventory.csv cannot be read. It is text in UTF-16"
    ),
    add(
        "consents.csv", b'customer_id,purpose\nc1,a\nc2,"b\nc3,a\n'
    ): "consents.csv has lines that cannot be read (line 3: value with unterminated",
    add(
        "messages.csv", b"\x1f\x8b\x08\x00"
    ): "messages.csv cannot be read. It is compressed with gzip",
    add("experiment_assignments.csv", b"\n\n"): (
        "experiment_assignments.csv has no header line"
    ),
    parquet("reviews", "select {'id': 1} as review_id"): (
        "reviews.review_id is a STRUCT(id INTEGER): a value must be one text"
    ),
}


def test_each_file_that_cannot_be_read_is_named_with_its_cause(project):
    project.write(**small_shop(2))
    for spoil in FAULTY_FILES:
        spoil(project.raw)
    content = (project.raw / "order_lines.parquet").read_bytes()
    # its end is whole, and its values are not
    (project.raw / "order_lines.parquet").write_bytes(
        content[:4] + b"\xff" * 40 + content[44:]
    )

    result = project.build()

    phrases = [*FAULTY_FILES.values(), "order_lines.parquet cannot be read beyond"]
    assert_stopped(project, result, "The raw tables in folder", phrases)


def test_what_is_not_read_is_warned_of(project):
    project.write(**small_shop(2))
    for name in ("clients/country=GB/a.parquet", "clients/country=GB/b.parquet"):
        (project.raw / name).parent.mkdir(parents=True, exist_ok=True)
        (project.raw / name).write_text("")
    for name in (
        "Customer.csv",
        "products.xlsx",
        "reviews-00001-of-00010",
        "notes.txt",
    ):
        (project.raw / name).write_text("not read")

    result = project.build("--select", "stg_shop__orders")

    assert result.success
    for name in ("Customer.csv", "products.xlsx", "reviews-00001-of-00010"):
        assert f"{name} in folder" in result.text
    assert "clients/country=GB/a.parquet in folder" in result.text
    assert "nor are 1 more files in clients" in result.text
    assert "notes.txt" not in result.text
    assert "orders.parquet in folder" not in result.text


def test_a_database_called_as_a_schema_stops_the_build(project):
    database = project.folder / "Marts.duckdb"

    result = run_dbt(
        "build",
        database=database,
        target=project.folder / "target",
        variables={"raw_path": str(project.link)},
    )

    assert not result.success
    assert "The database is called Marts, as a schema in it is" in result.text
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.sql("select * from information_schema.tables").fetchall()
    assert not tables


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

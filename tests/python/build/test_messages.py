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
        "The raw tables in schema shop.landing_zone",
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


# all that is wrong is said at once, so that few builds try many bad values
BAD_SETTINGS = [
    {
        "as_of_date": ("30/06/2024", "as_of_date is '30/06/2024', which is no date"),
        "earliest_valid_date": ("1990", "earliest_valid_date is '1990'"),
        "horizon_days": (-90, "horizon_days is -90: it must be a whole number, 1"),
        "anchor_step_days": (0, "anchor_step_days is 0: it must be a whole number, 1"),
        "past_anchors": (0, "past_anchors is 0: it must be a whole number, 1"),
        "purchase_horizons": (90, "purchase_horizons is 90: it must be a list of"),
        "response_days": (0, "response_days is 0: it must be a whole number, 1"),
        "quiet_days": (0, "quiet_days is 0"),
        "quiet_share": (1.5, "quiet_share is 1.5: it must be a share between 0"),
        "seed": (-1, "seed is -1"),
        "max_training_customers": (99, "max_training_customers is 99"),
        "min_training_customers": (2.5, "min_training_customers is 2.5"),
        "reporting_currency": ("pounds", "reporting_currency is 'pounds'"),
        "cluster_counts": (4, "cluster_counts is 4: it must be a list"),
        "objective": (
            "sell",
            "objective is sell: it must be one of reduce_churn, grow",
        ),
        "small_segment_customers": (-1, "small_segment_customers is -1: it must be a"),
        "cluster_features": ("count_orders", "cluster_features is count_orders: it"),
        "cluster_methods": (5, "cluster_methods is 5: it must be a list of some of"),
        "cluster_min_orders": (0, "cluster_min_orders is 0: it must be a whole number"),
        "cluster_refit_days": (0, "cluster_refit_days is 0: it must be a whole number"),
        "churn_features": (
            {"recency": "log1p"},
            "churn_features names 'recency', which is no feature",
        ),
    },
    {
        "as_of_date": ("2024-02-30", "as_of_date is '2024-02-30', which is no date"),
        "anchor_step_days": (3661, "anchor_step_days is 3661: it must be 3660 or less"),
        "past_anchors": (1.5, "past_anchors is 1.5"),
        "horizon_days": (90.5, "horizon_days is 90.5"),
        "purchase_horizons": ([30, "90"], "purchase_horizons is [30, '90']: it must"),
        "value_horizon_days": (3661, "value_horizon_days is 3661: it must be 3660"),
        "response_days": ("week", "response_days is week"),
        "quiet_share": ("little", "quiet_share is little"),
        "seed": (2**32, "seed is 4294967296"),
        "max_training_customers": ("all", "max_training_customers is all"),
        "reporting_currency": ("gbp", "reporting_currency is 'gbp'"),
        "cluster_counts": ([3, "four"], "cluster_counts is [3, 'four']"),
        "cluster_methods": (["k-prototypes"], "k-prototypes, which needs"),
        "objective": (["convert"], "objective is ['convert']: it must be one of"),
        "cluster_features": (
            ["count_orders", "count_orders"],
            "cluster_features is ['count_orders', 'count_orders']",
        ),
        "churn_features": (
            {"favourite_channel": "identity"},
            "churn_features names 'favourite_channel', which is no feature",
        ),
    },
    {
        "as_of_date": ("'; drop table x; --", "which is no date"),
        "past_anchors": ("all", "past_anchors is all: it must be a whole number, 1"),
        "horizon_days": ("ninety", "horizon_days is ninety"),
        "purchase_horizons": ([0, 90], "purchase_horizons is [0, 90]: it must be a"),
        "value_horizon_days": (0, "value_horizon_days is 0"),
        "response_days": (True, "response_days is True"),
        "seed": (True, "seed is True"),
        "quiet_share": (-0.1, "quiet_share is -0.1"),
        "cluster_counts": ([1, 2], "cluster_counts is [1, 2]"),
        "cluster_features": (
            ["count_products"],
            "which is no feature: use a number of int_customers__history_features",
        ),
        "cluster_methods": (["k-means", "DBSCAN"], "cluster_methods is ['k-means'"),
        "cluster_categories": (["country"], "cluster_categories is ['country']"),
        "raw_schema": ("landing", "raw_path and raw_schema/raw_database are both set"),
        "lookalike_lists": (["champions"], "names 'champions', which is no segment"),
        "lookalike_features": (
            "count_orders",
            "lookalike_features is count_orders: it",
        ),
        "pilot_share": ("a fifth", "pilot_share is a fifth: it must be a share"),
        "pilot_filter": ('country = "GB"', "there is no column GB; a text stands in"),
    },
    {
        "cluster_counts": ([], "cluster_counts is []"),
        "cluster_features": ([], "cluster_features is []"),
        "as_of_date": ("2024-6-1", "as_of_date is '2024-6-1'"),
        "churn_features": (["count_orders"], "it must name features, each with its"),
        "horizon_days": (1_000_000, "horizon_days is 1000000: it must be 3660 or less"),
        "annual_discount_rate": (7, "annual_discount_rate is 7"),
        "anchor_step_days": ("quarter", "anchor_step_days is quarter: it must be a"),
        "past_anchors": (41, "past_anchors is 41: it must be 40 or less"),
        "purchase_horizons": ([90, 90], "purchase_horizons is [90, 90]: it must be a"),
        "response_days": (366, "response_days is 366: it must be 365 or less"),
        "quiet_days": ("many", "quiet_days is many: it must be a whole number"),
        "learning_anchors": (0, "learning_anchors is 0"),
        "refit_every_days": (-1, "refit_every_days is -1"),
        "backtest_origins": (21, "backtest_origins is 21: it must be 20 or less"),
        "tuning_configurations": ("all", "tuning_configurations is all: it must be"),
        "bootstrap_samples": (5, "bootstrap_samples is 5"),
        "count_reasons": (51, "count_reasons is 51: it must be 50 or less"),
        "response_features": ({"count_orders": "sqrt"}, "response_features is {"),
        "lookalike_lists": ("rfm:champions", "lookalike_lists is rfm:champions: it"),
        "lookalikes_per_list": (0, "lookalikes_per_list is 0: it must be a whole"),
        "lookalike_features": (["city"], "lookalike_features names 'city'"),
        "pilot_share": (1, "pilot_share is 1: it must be a share above 0 and below 1"),
        "pilot_filter": ("", "it must be a condition on the raw table customers"),
    },
]


@pytest.mark.parametrize("round_", range(len(BAD_SETTINGS)))
def test_bad_settings_stop_the_build_and_are_all_named(project, round_):
    settings = BAD_SETTINGS[round_]
    project.write(**small_shop(2))

    result = project.build(**{name: value for name, (value, _) in settings.items()})

    assert_stopped(
        project,
        result,
        "The settings cannot be used. Nothing was built.",
        [phrase for _, phrase in settings.values()],
    )
    complaints = result.text.split("Nothing was built.")[1].split("Settings are")[0]
    assert complaints.count("\n    - ") == len(settings)


@pytest.mark.parametrize(
    ("horizons", "phrase"),
    [
        ([], "purchase_horizons is []: it must be a list of whole numbers"),
        ({90: "days"}, "it must be a list of whole numbers from 1 to 3660"),
        ([90, 3661], "purchase_horizons is [90, 3661]: it must be a list"),
        ([30, 180], "[30, 180]: horizon_days, which is 90, must be one of them"),
    ],
)
def test_bad_purchase_horizons_stop_the_build(project, horizons, phrase):
    project.write(**small_shop(2))

    result = project.build(purchase_horizons=horizons)

    assert_stopped(
        project, result, "The settings cannot be used. Nothing was built.", [phrase]
    )


def test_an_unknown_transform_stops_the_build(project):
    project.write(**small_shop(2))

    result = project.build(churn_features={"count_orders": "sqrt"})

    assert_stopped(
        project,
        result,
        "The settings cannot be used. Nothing was built.",
        ["'sqrt'", "each with its transform, identity or log1p"],
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

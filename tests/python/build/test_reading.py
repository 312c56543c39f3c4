"""What is read, and from where: folders of any name, tables in any usual form."""

import shutil

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt_project import RAW_COLUMNS, small_shop, write_shop

NO_TIME = -(2**63)


def typed(raw, table, **columns):
    """Write a table with columns of their own types, times in nanoseconds."""
    (count,) = {len(values) for values in columns.values()}
    arrays = {
        name: pa.array([None] * count, pa.string()) for name in RAW_COLUMNS[table]
    }
    for name, values in columns.items():
        arrays[name] = pa.array(values)
        if name.endswith("_at"):
            arrays[name] = arrays[name].view(pa.timestamp("ns"))
    pq.write_table(pa.table(arrays), raw / f"{table}.parquet")


@pytest.fixture(scope="module")
def read(new_project):
    """Build a shop whose path and files are all of an odd form.

    Its path is relative, looks like a pattern that matches the folder beside it, and
    like columns of orders.
    """
    project = new_project()
    raw = project.folder / "currency=USD" / "status=cancelled" / "data[1]*"
    shop = small_shop(20)
    # as Spark writes it
    parts = raw / "orders.parquet"
    orders = pd.DataFrame(shop["orders"])
    orders.loc[0, "customer_id"] = "c0\0a"
    orders.loc[1, "customer_id"] = "c0\0b"
    orders.loc[2, "promotion_code"] = "a\0"
    lines = pd.DataFrame(shop["order_lines"])
    # two shops with an order 1001 each, of two customers
    for table in (orders, lines):
        table["shop_id"] = None
        table.loc[[3, 6], "order_id"] = "1001"
        table.loc[[3, 6], "shop_id"] = ["north", "south"]
    for number in (0, 1):
        write_shop(parts, orders=orders[number::2])
        (parts / "orders.parquet").rename(parts / f"part-0000{number}.snappy.parquet")
    (parts / "_SUCCESS").touch()
    (parts / "_temporary").mkdir()
    write_shop(parts / "_temporary", orders=[{"order_id": "not yet written"}])
    # in capitals
    lines = lines.reindex(columns=[*RAW_COLUMNS["order_lines"], "shop_id"])
    lines.columns = lines.columns.str.upper()
    lines.to_csv(raw / "ORDER_LINES.CSV", index=False)
    # in a folder for each country, as partitioned tables lie
    for country, customer in {"GB": "c0", "C%C3%B4te d'Ivoire": "c1"}.items():
        place = raw / "customers" / f"country={country}"
        write_shop(place, customers=[{"customer_id": customer, "city": "York"}])
    place = raw / "consents" / "year=2024"
    place.mkdir(parents=True)
    (place / "part.csv").write_text(
        "customer_id,purpose,channel,is_granted,recorded_at\n"
        "c0,marketing,email,true,2024-03-01\n"
    )
    # of types, with values that no calendar and no number has
    good = pd.Timestamp("2024-03-01").value
    typed(
        raw,
        "reviews",
        review_id=["good", "nan", "inf", "no time", "late"],
        rating=[4.0, float("nan"), float("inf"), 4.0, 4.0],
        created_at=[good, good, good, NO_TIME, 2**63 - 2],
    )
    typed(
        raw,
        "messages",
        message_id=["m1"],
        customer_id=["c1"],
        sent_at=[good],
        opened_at=[NO_TIME],
    )
    # what is no part of this shop
    write_shop(raw.parent / "data1", **small_shop(7))
    write_shop(raw.parent / "data[1]x", **small_shop(7))

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.folder)
        result = project.build(
            "--select",
            *("+int_customers__checked", "+int_order_lines__checked"),
            *("+int_consents__checked", "+int_reviews__checked"),
            "+int_messages__checked",
            raw_path="currency=USD/status=cancelled/data[1]*",
            stop_rejected_share=1,
        )
    assert result.success, result.text
    return project


def checked(project, table, columns):
    return project.rows(
        f"select {columns} from intermediate.int_{table}__checked order by all"
    )


def test_paths_are_folders_and_not_patterns_or_columns(read):
    assert checked(read, "orders", "distinct currency, status") == [
        ("GBP", "completed")
    ]
    assert len(checked(read, "orders", "order_id")) == len(small_shop(20)["orders"])


def test_tables_in_folders_and_in_capitals_are_read(read):
    assert checked(read, "order_lines", "count(*), count(product_id)") == [(39, 39)]
    assert checked(read, "customers", "customer_id, country, city") == [
        ("c0", "GB", "York"),
        ("c1", "Côte d'Ivoire", "York"),
    ]
    assert checked(read, "consents", "customer_id, is_accepted") == [("c0", True)]


def test_orders_of_two_shops_with_one_number_are_two_orders(read):
    lines = checked(read, "order_lines", "order_id, is_accepted")
    assert [line for line in lines if line[0].endswith("1001")] == [
        ("north:1001", True),
        ("south:1001", True),
    ]


def test_a_value_of_parquet_that_cannot_be_read_rejects_its_row_alone(read):
    assert checked(read, "reviews", "review_id, rejection_reasons") == [
        ("good", None),
        ("inf", "rating cannot be read as a number"),
        ("late", "created_at is in the future"),
        ("nan", "rating cannot be read as a number"),
        ("no time", "created_at is missing"),
    ]
    assert checked(read, "messages", "opened_at, is_accepted") == [(None, True)]


def test_a_text_with_a_nul_rejects_its_row_alone(read):
    rejected = read.rows(
        "select order_id, rejection_reasons from intermediate.int_orders__checked "
        "where not is_accepted order by order_id"
    )

    assert [reasons for _, reasons in rejected] == [
        "customer_id cannot be read as a text",
        "customer_id cannot be read as a text",
        "promotion_code cannot be read as a text",
    ]


def test_views_read_the_files_from_wherever_the_database_is_opened(
    read, tmp_path, monkeypatch
):
    shutil.copy(read.database, tmp_path / "published.duckdb")
    monkeypatch.chdir(tmp_path)

    with duckdb.connect("published.duckdb", read_only=True) as connection:
        (count,) = connection.sql(
            "select count(*) from staging.stg_shop__orders"
        ).fetchone()

    assert count == len(small_shop(20)["orders"])


def test_views_answer_in_a_copy_of_another_name(demo_database, tmp_path):
    copy = tmp_path / "published.duckdb"
    shutil.copy(demo_database, copy)

    with duckdb.connect() as connection:
        connection.execute(f"attach '{copy}' as theirs (read_only)")
        views = connection.sql(
            "select schema_name || '.' || view_name from duckdb_views() "
            "where database_name = 'theirs' and not internal"
        ).fetchall()
        failed = []
        for (view,) in views:
            try:
                connection.execute(f"from theirs.{view} limit 0")
            except duckdb.Error as error:
                failed.append((view, str(error)))

    assert ("marts.live_customer_segments",) in views
    assert len(views) > 30
    assert not failed

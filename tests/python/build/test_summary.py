"""A build says what came of the raw tables, and is not green where that is nothing."""

import pandas as pd
import pytest
from dbt_project import small_shop

CUSTOMERS = ("--select", "+dim_customers")
ORDERS = ("--select", "+int_orders__checked")


def shop(*faults, currency="GBP", customers=40):
    """Return a small shop; its first orders have the faults: a column's values."""
    tables = small_shop(customers)
    for number, fault in enumerate(faults):
        tables["orders"][number].update(fault)
    for order in tables["orders"]:
        order["currency"] = order["currency"] and currency
    return tables


def test_a_build_ends_with_a_summary(project):
    tables = shop({"status": "teleported"})
    result = project.write(**tables).build(*CUSTOMERS)

    assert result.success, result.text
    orders, lines = len(tables["orders"]), len(tables["order_lines"])
    (said,) = [t for t in result.text.split("Read from folder")[1:]]
    assert [line.split() for line in said.splitlines()[1:3]] == [
        ["orders", str(orders), str(orders - 1), "1"],
        ["order_lines", str(lines), str(lines - 1), "1"],
    ]
    assert "without rows: customers, products, " in said
    assert "1 of orders: status is not in the seed order_statuses" in said
    buyers, bought, net, first, last = project.rows(
        "select count(*), sum(count_orders), sum(lifetime_net_amount), "
        "min(first_order_date), max(last_order_date) from marts.dim_customers"
    )[0]
    assert (
        f"Customers: {buyers}, of whom {buyers} bought: {bought} orders, "
        f"{net:,.2f} GBP net of returns, {first} to {last}."
    ) in said
    assert "To look: marts.dim_customers." in said
    assert "rejected (" not in result.text


def test_a_build_of_which_most_orders_are_rejected_stops_and_leaves_the_marts(project):
    project.write(**shop()).build(*CUSTOMERS)
    before = project.rows("from marts.dim_customers order by all")
    tables = shop()
    for order in tables["orders"]:
        day = pd.Timestamp(order["ordered_at"])
        order["ordered_at"] = f"{day:%d.%m.%Y %H:%M}"
    project.write(**tables)

    result = project.build(*CUSTOMERS)
    mended = project.build(*CUSTOMERS, date_order="day first")

    assert not result.success
    assert "rows of orders are rejected (100.0%)" in result.text
    assert "ordered_at cannot be read as a timestamp" in result.text
    assert tables["orders"][0]["ordered_at"] in result.text
    assert "date_order" in result.text
    assert "models were not built" in result.text
    assert result.statuses["dim_customers"] == "skipped"
    assert mended.success, mended.text
    assert project.rows("from marts.dim_customers order by all") == before


def test_more_than_a_few_rejected_rows_warn(project):
    project.write(**shop(*[{"currency": None}] * 8))

    few = project.build(*ORDERS, max_rejected_share=0.2)
    many = project.build(*ORDERS)
    most = project.build(*ORDERS, stop_rejected_share=0.1)
    mended = project.build(*ORDERS, default_currency="GBP", stop_rejected_share=0)

    assert few.success
    assert "rejected (" not in few.text
    assert many.success
    assert "8 of 79 rows of orders are rejected (10.1%)" in many.text
    assert "Set default_currency" in many.text
    assert not most.success
    assert mended.success, mended.text
    assert "rejected (" not in mended.text


def test_a_repeated_row_and_what_is_not_known_yet_are_no_fault(project):
    tables = shop()
    tables["orders"] = tables["orders"] * 3
    project.write(**tables)

    result = project.build(*ORDERS, as_of_date="2024-02-01")

    assert result.success, result.text
    assert "rejected (" not in result.text


@pytest.mark.parametrize(
    ("given", "settings", "said"),
    [
        ({"currency": "USD"}, {}, "79 of 79 orders are in another currency than GBP"),
        ({"currency": "USD"}, {"reporting_currency": "USD"}, None),
    ],
)
def test_a_shop_that_reports_in_another_currency_than_it_sells_in_is_told(
    project, given, settings, said
):
    result = project.write(**shop(**given)).build(*ORDERS, **settings)

    assert result.success, result.text
    assert (said or "") in result.text
    assert ("another currency" in result.text) is (said is not None)


def test_a_shop_whose_orders_name_nobody_is_told(project):
    tables = shop()
    for order in tables["orders"]:
        order["customer_id"] = None

    result = project.write(**tables).build(*ORDERS)

    assert "No order names a customer" in result.text


def test_a_build_without_buyers_is_never_quiet(project):
    tables = shop()
    project.write(**tables)
    too_early = project.build(*CUSTOMERS, as_of_date="2010-01-01")
    project.write(**tables | {"order_lines": []})
    without_lines = project.build(*CUSTOMERS)
    for order in tables["orders"]:
        order["status"] = "cancelled"
    project.write(**tables)
    cancelled = project.build(*CUSTOMERS)

    assert not too_early.success
    assert "79 of 79 rows of orders are rejected (100.0%)" in too_early.text
    assert "Set a later as_of_date" in too_early.text
    assert "nobody has bought" in without_lines.text
    assert "nobody has bought" in cancelled.text


def test_the_first_order_after_a_long_rest_is_rejected_aloud(project):
    days = [*pd.date_range("2023-11-01", "2023-12-24", periods=110), "2024-11-01"]
    orders = [
        {
            "order_id": f"o{number}", "customer_id": f"c{number % 30}",
            "ordered_at": str(pd.Timestamp(day)), "status": "completed",
            "currency": "GBP",
        }
        for number, day in enumerate(days)
    ]  # fmt: skip
    project.write(orders=orders, order_lines=[])

    result = project.build(*ORDERS)
    mended = project.build(*ORDERS, quiet_days=365)

    assert "1 orders from 2024-11-01 on are taken for typing errors" in result.text
    assert "quiet_days" in result.text
    assert "typing errors" not in mended.text
    assert project.value("select count(*) from intermediate.int_orders__checked") == 111

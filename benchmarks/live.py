"""Place one customer among many by the live view: latency, cold and warm.

``python -m benchmarks.live --customers 1000000``

A small shop is generated, its raw tables are put into a DuckDB file, and it is built
as of some days before its end, so that the raw rows of the last days are new. Its
customers are then repeated, in the raw tables and in what the build left, with ids of
their own: the tables are those of a shop of that size. Cold is the first question of a
process that has just opened the file (which the operating system may have in its
cache); warm are later ones. Beside it what segments are made of is worked out from all
raw rows: by SQL that scans them, and by pandas.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.running import make_shop, measure, run_dbt

RAW = ("orders", "order_lines")
LIVE = "select * from marts.live_customer_segments where customer_id = '{id}'"

# rows are trusted, and returns netted by customer rather than by product
SCAN = """
select max(ordered_at), count(distinct order_id), sum(amount)
from (
    select
        orders.order_id,
        try_cast(orders.ordered_at as timestamp) as ordered_at,
        try_cast(lines.quantity as double) * try_cast(lines.unit_price as double)
        - coalesce(try_cast(lines.discount_amount as double), 0) as amount
    from raw.orders as orders
    inner join raw.order_lines as lines on orders.order_id = lines.order_id
    where orders.customer_id = '{id}'
)
"""

ASK = """
import json, sys, time
import duckdb
file, queries = sys.argv[1], json.load(sys.stdin)
took, busy = [], []
start, began = time.perf_counter(), time.process_time()
connection = duckdb.connect(file, read_only=True)
connection.execute("set threads = 2")
for query in queries:
    connection.execute(query).fetchall()
    took.append(1000 * (time.perf_counter() - start))
    busy.append(1000 * (time.process_time() - began))
    start, began = time.perf_counter(), time.process_time()
print(json.dumps([took, busy]))
"""

PANDAS = """
import sys
import pandas as pd
folder, customer = sys.argv[1:]
orders = pd.read_parquet(
    f"{folder}/orders.parquet", columns=["order_id", "customer_id", "ordered_at"]
)
lines = pd.read_parquet(
    f"{folder}/order_lines.parquet",
    columns=["order_id", "quantity", "unit_price", "discount_amount"],
)
orders = orders[orders["customer_id"] == customer]
lines = lines[lines["order_id"].isin(orders["order_id"])]
numbers = lines.drop(columns="order_id").apply(pd.to_numeric).fillna(0)
amount = numbers["quantity"] * numbers["unit_price"] - numbers["discount_amount"]
print(orders["ordered_at"].max(), lines["order_id"].nunique(), amount.sum())
"""


def build(folder: Path, customers: int, days: int) -> Path:
    """Build a small shop as of some days before its end; return its DuckDB file."""
    raw = make_shop(folder, customers, "--years", "3", "--seed", "11")
    file = folder / "shop.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("create schema raw")
        for table in raw.glob("*.parquet"):
            connection.execute(
                f"create table raw.{table.stem} as select * from '{table}'"
            )
        as_of = connection.execute(
            "select cast(quantile_cont(cast(day as timestamp), 1) as date) - $1 from ("
            "select cast(try_cast(ordered_at as timestamp) as date) as day "
            "from raw.orders where ordered_at < '2030')",
            [days - 1],
        ).fetchone()[0]
    run_dbt(
        [
            *("build", "--exclude-resource-type", "test", "unit_test"),
            *("--select", "+live_customer_segments"),
        ],
        file=file,
        raw=raw,
        variables={
            "raw_path": None,
            "raw_schema": "raw",
            "as_of_date": str(as_of),
            "cluster_counts": [4],
        },
    )
    return file


def multiply(file: Path, customers: int, prefix: str) -> None:
    """Repeat everyone, with ids of their own, until there are so many customers."""
    connection = duckdb.connect(file, config={"memory_limit": "2GB", "threads": 2})
    count = connection.execute(
        "select count(*) from intermediate.int_live__customers"
    ).fetchone()[0]
    times = -(-customers // count)
    # orders stay in the order of their numbers, which is that of time
    customer = (
        f"'{prefix}' || lpad(cast(try_cast(substr(customer_id, 2) as bigint) * {times}"
        " + repetition as varchar), 8, '0') as customer_id"
    )
    order = (
        f"'o' || lpad(cast(try_cast(substr({{0}}, 2) as bigint) * {times} + repetition"
        " as varchar), 10, '0') as {0}"
    )
    repeated = f"cross join range({times}) as repetitions (repetition)"
    for table, replaced, by in (
        ("raw.orders", [customer, order.format("order_id")], "order_id"),
        ("raw.order_lines", [order.format("order_id")], "order_id"),
        (
            "intermediate.int_live__known_lines",
            [customer, order.format("order_id")],
            "customer_id, ordered_at",
        ),
        ("intermediate.int_live__customers", [customer], "customer_id"),
    ):
        connection.execute(
            f"""
            create or replace table {table} as
            select original.* replace ({", ".join(replaced)})
            from {table} as original {repeated}
            order by {by}
            """
        )
    connection.execute(
        f"update intermediate.int_live__known set count_orders = count_orders * {times}"
    )
    connection.execute("checkpoint")
    for table in RAW:
        connection.execute(
            f"copy raw.{table} to '{file.parent / table}.parquet' (format parquet)"
        )
    connection.close()


def some_customers(file: Path, count: int) -> dict[str, list[str]]:
    """Draw customers without and with orders since the build, and unknown ones."""
    with duckdb.connect(file, read_only=True) as connection:
        changed = """
            select distinct customer_id from raw.orders
            where ordered_at > (
                select cast(newest_ordered_at as varchar)
                from intermediate.int_live__known
            ) and ordered_at < '2030' and customer_id is not null
        """
        draw = "order by md5(customer_id) limit"
        groups = {
            "nothing new": (
                "select customer_id from intermediate.int_live__customers "
                f"where customer_id not in ({changed}) {draw} {count}"
            ),
            "new orders": (f"select customer_id from ({changed}) {draw} {count}"),
        }
        found = {
            name: [row[0] for row in connection.execute(query).fetchall()]
            for name, query in groups.items()
        }
    return found | {"unknown": [f"unknown-{number}" for number in range(count)]}


def ask(file: Path, queries: list[str]) -> tuple[list[float], list[float]]:
    """Ask in a process of its own; return milliseconds, and those of the processor."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(file)],
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        check=True,
    )
    took, busy = json.loads(done.stdout)
    return took, busy


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Print a row per kind of customer, and the baselines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--shop", type=int, default=5_000, help="customers generated")
    parser.add_argument("--days", type=int, default=1, help="since the build")
    parser.add_argument("--asked", type=int, default=200, help="customers of a kind")
    parser.add_argument("--prefix", default="c", help="of customer ids")
    parser.add_argument("--folder", type=Path, help="to work in; else a temporary one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        file = build(folder, arguments.shop, arguments.days)
        multiply(file, arguments.customers, arguments.prefix)
        groups = some_customers(file, arguments.asked)
        print(f"file: {file.stat().st_size / 1e6:,.0f} MB")
        print("\n| customer | cold ms | warm median ms | warm p95 ms | warm CPU ms |")
        print("|---|---|---|---|---|", flush=True)
        warm = {}
        for group, ids in groups.items():
            queries = [LIVE.format(id=customer) for customer in ids]
            cold = [ask(file, [query])[0][0] for query in queries[:5]]
            took, busy = (times[5:] for times in ask(file, queries))
            warm[group] = percentile(took, 0.5)
            print(
                f"| {group} | {percentile(cold, 0.5):.0f} | {warm[group]:.0f} "
                f"| {percentile(took, 0.95):.0f} | {percentile(busy, 0.5):.0f} |",
                flush=True,
            )
        ids = groups["new orders"][:5]
        took, busy = ask(file, [SCAN.format(id=customer) for customer in ids])
        scan = percentile(took, 0.5)
        script = measure([sys.executable, "-c", PANDAS, str(folder), ids[0]])
        median = warm["new orders"]
        print(
            f"\nSQL over all raw rows: {scan:.0f} ms "
            f"({percentile(busy, 0.5):.0f} ms of the processors), "
            f"ratio {scan / median:.0f}"
        )
        print(
            f"pandas: {script['seconds'] * 1000:.0f} ms, {script['peak_mb']:,} MB, "
            f"ratio {script['seconds'] * 1000 / median:.0f}"
        )


if __name__ == "__main__":
    main()

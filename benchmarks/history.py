"""A year of history for many customers: time and peak memory, beside pandas.

``python -m benchmarks.history --customers 1000000``

A small shop is generated and built once. The versions of its orders are then repeated,
with customers and orders of their own, and dbt makes the segments of the last twelve
months, and what marts say of them; then, in a process of its own, those of the newest
month alone, as each month brings it. `pandas_history.py` makes plain RFM segments for
the same dates, without sticky scores, clusters, earlier cut points or marts.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.running import make_shop, measure, run_dbt

VERSIONS = "intermediate.int_orders__versions"
KEPT = (
    "int_customers__history_features",
    "int_history__cut_points",
    "int_customers__history_segments",
    "int_customers__history_clusters",
)
MARTS = (
    "int_segments__flows",
    "fct_customer_segment_history",
    "fct_segment_transitions",
    "fct_segment_size_changes",
)
MODELS = ["--select", "int_history_anchors", *KEPT, "int_customers__history", *MARTS]


def build(folder: Path, customers: int) -> tuple[Path, Path]:
    """Build a small shop up to its history; return its DuckDB file and raw tables."""
    raw = make_shop(folder, customers, "--years", "3", "--seed", "11")
    file = folder / "shop.duckdb"
    run_dbt(
        [
            *("build", "--exclude-resource-type", "test", "unit_test"),
            *("--select", "+int_customers__history_clusters", "segments", "rfm_cells"),
        ],
        file=file,
        raw=raw,
    )
    return file, raw


def multiply(file: Path, customers: int, memory_limit: str) -> str:
    """Repeat the orders of a shop for so many buyers; return a date a year back.

    All dates of a customer are up to a week earlier and all amounts up to 10 % off, so
    that no two customers are alike.
    """
    connection = duckdb.connect(file, config={"memory_limit": memory_limit})
    connection.execute("set preserve_insertion_order = false")
    connection.execute(
        f"""
        create table noisy as
        select customer_id, repetition, hash(customer_id, repetition) // 1024 as noise
        from (select distinct customer_id from {VERSIONS})
        cross join range({customers} // (
            select count(distinct customer_id) from {VERSIONS}
        ) + 1) as repetitions (repetition)
        order by repetition, customer_id
        limit {customers};

        create or replace table {VERSIONS} as
        select versions.* replace (
            versions.customer_id || '-' || repetition as customer_id,
            order_id || '-' || repetition as order_id,
            cast(net_amount * (0.9 + 0.2 * (noise % 997) / 997) as decimal(38, 4))
                as net_amount,
            ordered_at - interval 1 day * (noise % 7)::int as ordered_at,
            order_date - (noise % 7)::int as order_date,
            valid_from - interval 1 day * (noise % 7)::int as valid_from,
            valid_to - interval 1 day * (noise % 7)::int as valid_to
        )
        from {VERSIONS} as versions
        inner join noisy using (customer_id);

        drop table noisy;
        """
    )
    for table in KEPT:
        connection.execute(f"drop table if exists intermediate.{table}")
    (day,) = connection.execute(
        "select max(anchor_date) - interval 1 year from intermediate.int_anchors"
    ).fetchone()
    connection.execute("checkpoint")
    connection.close()
    return str(day)[:10]


def forget_newest(file: Path) -> None:
    """Forget the newest month, so that it is new."""
    with duckdb.connect(file) as connection:
        for table in KEPT:
            connection.execute(
                f"delete from intermediate.{table} where anchor_date >= ("
                "select max(anchor_date) from intermediate.int_history_anchors "
                "where is_on_grid)"
            )


def say(customers: int, what: str, result: dict) -> None:
    """Print a row of the table."""
    print(
        f"| {customers:,} | {what} | {result['seconds']} | {result['cpu_seconds']} "
        f"| {result['peak_mb']:,} |",
        flush=True,
    )


def main() -> None:
    """Print one row per size and way."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history")
    parser.add_argument("--customers", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--shop", type=int, default=5_000)
    parser.add_argument("--memory-limit", default="2GB")
    chosen = parser.parse_args()
    print("| customers | | s | CPU s | peak MB |\n|---|---|---|---|---|")
    for customers in chosen.customers:
        with tempfile.TemporaryDirectory() as folder:
            file, raw = build(Path(folder), chosen.shop)
            since = multiply(file, customers, chosen.memory_limit)
            arguments = {
                "file": file,
                "raw": raw,
                "variables": {"history_from": since},
                "memory_limit": chosen.memory_limit,
            }
            year = run_dbt(["run", *MODELS], **arguments)
            say(customers, "a year of history", year)
            for model, seconds in year["models"].items():
                if model in (*KEPT, *MARTS):
                    print(f"| | of it {model} | {seconds:.1f} | | |")
            forget_newest(file)
            say(customers, "the newest month", run_dbt(["run", *MODELS], **arguments))
            script = measure(
                [sys.executable, "benchmarks/pandas_history.py", str(file), since]
            )
            say(customers, "pandas, plain segments only", script)


if __name__ == "__main__":
    main()

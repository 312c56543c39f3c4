"""Time, peak memory and file size of a build as a shop grows, and how fast they grow.

``python -m benchmarks.scale --customers 100000 1000000 4000000``

Each size is generated and built, models only, by the profile that is checked in. Beside
it stand the pandas script, as long as it has memory, and what the features of orders
and products take beside one bare aggregate of the same columns over the lines of sale.
The exponents are those of a straight line through the logarithms: 1 is as fast as the
shop.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.running import DBT, ROOT, make_shop, measure

MODELS_ONLY = ("--exclude-resource-type", "test", "unit_test", "exposure")
FEATURES = ("int_customers__order_features", "int_customers__product_features")
PANDAS_ENDS_AT = 1_000_000  # beyond, the script wants more memory than the build

# the columns of both features' models, of everyone as of today
BARE = """
create table bare as
select
    customer_id,
    min(ordered_at) as first_ordered_at,
    max(ordered_at) as last_ordered_at,
    count(distinct order_id) as count_orders,
    count(distinct cast(ordered_at as date)) as count_order_days,
    count(distinct product_id) as count_products,
    count(distinct category) as count_categories,
    sum(net_amount) as lifetime_net_amount,
    sum(gross_amount) as gross_amount,
    sum(discount_amount) as discount_amount,
    sum(quantity) as total_units,
    sum(unit_cost * quantity) as cost_amount,
    {windows},
    count(distinct order_id) filter (where promotion_code is not null)
        as count_promotion_orders,
    count(distinct order_id) filter (where isodow(ordered_at) > 5)
        as count_weekend_orders,
    mode(channel) as favourite_channel,
    mode(hour(ordered_at) // 6) as favourite_daypart,
    mode(category) as favourite_category,
    arg_max(category, ordered_at) as last_category
from intermediate.int_sale_lines
where customer_id is not null
group by customer_id
""".format(
    windows=", ".join(
        f"count(distinct order_id) filter (where ordered_at >= today - {days})"
        f" as count_orders_{days}d, sum(net_amount) filter (where ordered_at >= "
        f"today - {days}) as net_amount_{days}d".replace("today", "date '2025-01-01'")
        for days in (30, 90, 180, 365)
    )
)


def dbt(file: Path, raw: Path, *command: str) -> dict:
    """Run dbt by the project's own profile, one model at a time."""
    folder = file.parent
    return measure(
        [
            str(DBT), *command, "--vars", f"{{raw_path: {raw}}}",
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
        ],
        SEGMENTATION_DUCKDB_PATH=str(file),
        SEGMENTATION_THREADS="1",
    )  # fmt: skip


def bare(file: Path) -> dict:
    """Take the bare aggregate, in a process of its own, within the profile's limit."""
    script = (
        "import duckdb, sys; connection = duckdb.connect(sys.argv[1]);"
        'connection.execute("set memory_limit = \'" + sys.argv[2] + "\'");'
        "connection.execute('set threads = 2');"
        "connection.execute('set preserve_insertion_order = false');"
        "connection.execute('drop table if exists bare');"
        "connection.execute(sys.argv[3]);"
        "connection.execute('drop table bare')"
    )
    return measure([sys.executable, "-c", script, str(file), "4GB", BARE])


def grown(folder: Path, customers: int) -> list[tuple[str, dict]]:
    """Build one size, and what stands beside it."""
    raw = make_shop(folder, customers)
    file = folder / "shop.duckdb"
    built = dbt(file, raw, "build", *MODELS_ONLY)
    built["file_mb"] = round(file.stat().st_size / 2**20)
    found = [("build", built)]
    features = dbt(file, raw, "run", "--select", *FEATURES)
    start = dbt(file, raw, "run", "--select", "int_plausible_dates")
    for key in ("seconds", "cpu_seconds"):
        features[key] = round(features[key] - start[key], 1)
    found += [("features of orders and products", features), ("bare", bare(file))]
    if customers <= PANDAS_ENDS_AT:
        script = [sys.executable, str(ROOT / "benchmarks/pandas_script.py"), str(raw)]
        found.append(("pandas script", measure(script)))
    return found


def exponents(sizes: list[int], built: list[dict]) -> str:
    """Say how fast time, memory and file grow."""
    log = np.log(sizes)
    parts = [
        f"{name} {np.polyfit(log, np.log([one[key] for one in built]), 1)[0]:.2f}"
        for name, key in (
            ("time", "seconds"), ("CPU", "cpu_seconds"),
            ("peak memory", "peak_mb"), ("file", "file_mb"),
        )
    ]  # fmt: skip
    return "exponents of the build: " + ", ".join(parts)


def main() -> None:
    """Print one row per size and way, and the exponents."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument(
        "--customers", type=int, nargs="+", default=[100_000, 1_000_000, 4_000_000]
    )
    parser.add_argument("--folder", type=Path, help="a folder on a large disk")
    chosen = parser.parse_args()
    print("| customers | | s | CPU s | peak MB | file MB |\n|---|---|---|---|---|---|")
    built = []
    for customers in chosen.customers:
        folder = Path(tempfile.mkdtemp(dir=chosen.folder))
        try:
            for what, result in grown(folder, customers):
                print(
                    f"| {customers:,} | {what} | {result['seconds']} "
                    f"| {result['cpu_seconds']} | {result['peak_mb']:,} "
                    f"| {result.get('file_mb', '')} |",
                    flush=True,
                )
                if what == "build":
                    built.append(result)
        finally:
            shutil.rmtree(folder)
    if len(built) > 1:
        print("\n" + exponents(chosen.customers, built))
    print(f"\nDuckDB {duckdb.__version__}")


if __name__ == "__main__":
    main()

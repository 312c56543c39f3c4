"""Fit all models on shops of several sizes: the time is bounded by the sample.

``python -m benchmarks.fitting --customers 20000 100000 400000``

Each shop is generated and built up to what is learned from; then the fits run in a
process of their own.
"""

import argparse
import tempfile
from pathlib import Path

import duckdb

from benchmarks.running import make_shop, run_dbt

FITS = [
    f"ml_fits__{name}"
    for name in ("purchases", "responses", "values", "next_categories")
]
# what the fits read, and the views over them
READ = [f"+{fit}" for fit in FITS]


def count_rows(file: Path) -> dict[str, int]:
    """Count what is learned from, and the customers of the shop."""
    with duckdb.connect(file, read_only=True) as connection:
        (learned,) = connection.execute(
            "select max(count_training_rows) from intermediate.int_fits"
        ).fetchone()
        (buyers,) = connection.execute(
            "select count(*) from intermediate.int_customers__features "
            "where anchor_role = 'scoring' and count_orders > 0"
        ).fetchone()
        (sample,) = connection.execute(
            "select count(*) from intermediate.int_customers__features "
            "where is_sampled and count_orders > 0"
        ).fetchone()
    return {"buyers": buyers, "sample": sample, "learned": learned}


def compare(customers: int, folder: Path, years: int) -> dict:
    """Build one shop, and fit."""
    raw = make_shop(folder, customers, "--years", str(years), "--seed", "11")
    shop = {"file": folder / "shop.duckdb", "raw": raw}
    built = run_dbt(["build", "--exclude-resource-type", "test", "unit_test",
                     "--exclude", *FITS, "--select", *READ], **shop)  # fmt: skip
    fitted = run_dbt(["run", "--select", *FITS], **shop)
    run_dbt(["run", "--select", "int_fits"], **shop)
    return {"built": built, "fitted": fitted, **count_rows(shop["file"])}


def main() -> None:
    """Print one row per size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--customers", type=int, nargs="+", default=[20_000, 100_000, 400_000]
    )
    parser.add_argument("--years", type=int, default=3)
    print(
        "| customers | buyers | rows in the sample, all anchors | rows learned from "
        "| features s | fits s | fits CPU s | "
        + " | ".join(f"{fit.split('__')[1]} s" for fit in FITS)
        + " | fits peak MB |"
    )
    print("|" + "---|" * (8 + len(FITS)))
    arguments = parser.parse_args()
    for customers in arguments.customers:
        with tempfile.TemporaryDirectory() as folder:
            found = compare(customers, Path(folder), arguments.years)
        built, fitted = found["built"], found["fitted"]
        print(
            f"| {customers:,} | {found['buyers']:,} | {found['sample']:,} "
            f"| {found['learned']:,} | {built['seconds']:.0f} "
            f"| {fitted['seconds']:.0f} | {fitted['cpu_seconds']:.0f} | "
            + " | ".join(f"{fitted['models'][fit]:.0f}" for fit in FITS)
            + f" | {fitted['peak_mb']:,} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

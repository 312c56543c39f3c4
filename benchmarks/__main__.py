"""Time and memory of the build beside a plain pandas script, on the same shop.

``python -m benchmarks --customers 100000 400000``

Each size is generated, then built by dbt and by the script in turn, each in a process
of its own. The script does less (no rejected rows, no netting of returns, no backtest,
no contracts); it is what would otherwise be written, not an equal.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.running import make_shop, measure, run_dbt


def compare(customers: int, folder: Path) -> dict:
    """Build one shop both ways."""
    raw = make_shop(folder, customers)
    return {
        "dbt": run_dbt(
            ["build", "--exclude-resource-type", "test", "unit_test"],
            file=folder / "shop.duckdb",
            raw=raw,
        ),
        "pandas": measure([sys.executable, "benchmarks/pandas_script.py", str(raw)]),
    }


def main() -> None:
    """Print one row per size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[20_000, 100_000])
    print(
        "| customers | dbt s | pandas s | dbt / pandas time "
        "| dbt MB | pandas MB | dbt / pandas memory |"
    )
    print("|---|---|---|---|---|---|---|")
    for customers in parser.parse_args().customers:
        with tempfile.TemporaryDirectory() as folder:
            found = compare(customers, Path(folder))
        dbt, script = found["dbt"], found["pandas"]
        print(
            f"| {customers:,} | {dbt['seconds']} | {script['seconds']} "
            f"| {dbt['seconds'] / script['seconds']:.2f} "
            f"| {dbt['peak_mb']} | {script['peak_mb']} "
            f"| {dbt['peak_mb'] / script['peak_mb']:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

"""Time and memory of the build beside a plain pandas script, on the same shop.

``python -m benchmarks --customers 100000 400000``

Each size is generated, then built by dbt and by the script in turn, each in a process
of its own. The script does less (no rejected rows, no netting of returns, no backtest,
no contracts); it is what would otherwise be written, not an equal.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def measure(command: list[str], **environment: str) -> dict[str, float]:
    """Run a command; return its wall seconds and the peak memory of its process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed:\n{said[-3000:]}")
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "peak_mb": round(usage.ru_maxrss / 1024),
    }


def compare(customers: int, folder: Path) -> dict:
    """Build one shop both ways."""
    raw = folder / "raw"
    world = [sys.executable, "-m", "segmentation.world", "--format", "parquet"]
    result = {
        "customers": customers,
        "world": measure([*world, "--customers", str(customers), "--raw", str(raw)]),
    }
    result["dbt"] = measure(
        [
            str(Path(sys.executable).parent / "dbt"), "build",
            "--exclude-resource-type", "test", "unit_test",
            "--target-path", str(folder / "target"),
            "--log-path", str(folder / "logs"),
            "--vars", json.dumps({"raw_path": str(raw)}),
        ],
        SEGMENTATION_DUCKDB_PATH=str(folder / "shop.duckdb"),
    )  # fmt: skip
    result["pandas"] = measure(
        [sys.executable, "benchmarks/pandas_script.py", str(raw)]
    )
    return result


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

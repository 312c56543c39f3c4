"""Run a command in a process of its own, and say what it took."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DBT = Path(sys.executable).parent / "dbt"

# the project's own, for a file anywhere
PROFILE = """
segmentation:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: "{file}"
      schema: main
      threads: {threads}
      settings:
        TimeZone: UTC
"""


def measure(command: list[str], **environment: str) -> dict:
    """Run a command.

    Returns
    -------
    dict
        `seconds` of wall time, `cpu_seconds`, `peak_mb` (the peak of the process's
        resident memory) and what it `said`.
    """
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
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mb": round(usage.ru_maxrss / 1024),
        "said": said,
    }


def make_shop(folder: Path, customers: int, *more: str) -> Path:
    """Generate a shop, and return the folder of its raw tables."""
    raw = folder / "raw"
    measure(
        [
            sys.executable, "-m", "segmentation.world", "--format", "parquet",
            "--customers", str(customers), "--raw", str(raw), *more,
        ]
    )  # fmt: skip
    return raw


def run_dbt(
    command: list[str],
    *,
    file: Path,
    raw: Path,
    variables: dict | None = None,
    memory_limit: str | None = None,
    threads: int = 2,
) -> dict:
    """Run dbt on a DuckDB file, beside which it puts whatever else it writes.

    DuckDB's buffer is a cache: without a limit it keeps what it read as long as there
    is memory.

    Returns
    -------
    dict
        As `measure`, and `models`: seconds by model.
    """
    folder = file.parent
    profile = PROFILE.format(file=file, threads=threads)
    if memory_limit:
        profile += f"        memory_limit: {memory_limit}\n"
    (folder / "profiles.yml").write_text(profile)
    result = measure(
        [
            str(DBT), *command,
            "--profiles-dir", str(folder),
            "--target-path", str(folder / "target"),
            "--log-path", str(folder / "logs"),
            "--vars", json.dumps({"raw_path": str(raw), **(variables or {})}),
        ]
    )  # fmt: skip
    found = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    models = {r["unique_id"].split(".")[-1]: r["execution_time"] for r in found}
    return {**result, "models": models}

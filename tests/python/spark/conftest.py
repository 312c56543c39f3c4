"""Two days of a small shop, built by both engines: once for all tests of the folder."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import traps
from places import ROOT
from raw_events import cut

from segmentation.world.settings import Settings
from segmentation.world.writer import write

HERE = Path(__file__).parent
SPARK_PYTHON = ROOT / ".venv-spark/bin/python"
LAST_DAY = "2023-12-31"
QUICK = {
    "min_training_customers": 50,
    "cluster_methods": ["k-means"],
    "cluster_counts": [3, 4],
    "tuning_configurations": 1,
    "bootstrap_samples": 20,
    "backtest_origins": 2,
}
# what a build of a few rows is best served by: code is generated for none of them, each
# step is one task, and plans are not thought over while they run
SMALL = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.optimizer.runtime.bloomFilter.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
}
JAVA = (
    "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC "
    "-Dderby.system.durability=test"
)


@dataclass
class Engines:
    """What both engines built: a folder, and what became of each step."""

    folder: Path
    duckdb: list[dict[str, Any]]
    spark: list[dict[str, Any]]


def pytest_collection_modifyitems(items):
    """Skip these tests where Spark or Java is missing."""
    missing = None
    if not SPARK_PYTHON.exists():
        missing = "no .venv-spark: make spark-setup makes it"
    elif not shutil.which("java"):
        missing = "no Java, which Spark needs"
    for item in items:
        if missing and HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=missing))


def write_two_days(folder: Path) -> None:
    """Write a shop of two years, and what was known of it before its last day."""
    write(Settings(200, 2, 7, None), folder / "today", None, "parquet", "")
    tables = {
        file.stem: pd.read_parquet(file)
        for file in sorted((folder / "today").glob("*.parquet"))
    }
    (folder / "yesterday").mkdir()
    for name, rows in cut(tables, LAST_DAY).items():
        rows.to_parquet(folder / "yesterday" / f"{name}.parquet", index=False)


def spark_environment(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    """Return the environment of a build on Spark, with settings of the engine."""
    conf = folder / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    lines = [f"{name} {value}\n" for name, value in settings.items()]
    (conf / "spark-defaults.conf").write_text("".join(lines))
    return {
        **os.environ,
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "SEGMENTATION_SPARK_PATH": str(folder),
        "SEGMENTATION_SPARK_PARTITIONS": "1",
        "SPARK_CONF_DIR": str(conf),
        "JAVA_TOOL_OPTIONS": JAVA,
        "OMP_NUM_THREADS": "1",
        "JOBLIB_MULTIPROCESSING": "0",
    }


def run(python: Path, folder: Path, env: dict[str, str], steps: list) -> list:
    """Run steps in an environment, and return what became of them."""
    folder.mkdir(parents=True, exist_ok=True)
    given, results = folder / "steps.json", folder / "results.json"
    given.write_text(json.dumps(steps))
    done = subprocess.run(
        [python, HERE / "steps.py", given, results],
        cwd=ROOT, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads(results.read_text())


def dbt(*arguments: str, **variables: Any) -> dict[str, list[str]]:
    """Return a step that runs dbt."""
    return {"dbt": ["--quiet", *arguments, "--vars", json.dumps(QUICK | variables)]}


@pytest.fixture(scope="session")
def engines(tmp_path_factory) -> Engines:
    """Return two days of a shop, built by both engines.

    Spark reads the first day from a folder of Parquet and the second from a schema.
    """
    home = tmp_path_factory.mktemp("engines")
    raw = home / "raw"
    write_two_days(raw)
    yesterday, today = str(raw / "yesterday"), str(raw / "today")
    # of the day before, what the next one goes on from
    first = (
        "build", "--select", "+config.materialized:incremental",
        "--exclude-resource-type", "unit_test", "test",
    )  # fmt: skip
    second = ("build", "--exclude-resource-type", "unit_test", "test")
    show = ("show", "--limit", "1", "--inline", traps.query())

    ours = {
        **os.environ,
        "DBT_TARGET_PATH": str(home / "duckdb/target"),
        "DBT_LOG_PATH": str(home / "duckdb/logs"),
        "SEGMENTATION_DUCKDB_PATH": str(home / "duckdb/segmentation.duckdb"),
    }
    duckdb = run(
        Path(sys.executable), home / "duckdb", ours,
        [
            dbt(*first, raw_path=yesterday),
            dbt(*second, raw_path=today),
            dbt(*show, raw_path=today),
        ],
    )  # fmt: skip
    names = sorted(file.stem for file in (raw / "today").glob("*.parquet"))
    schema = [
        f"create table shop.{n} as select * from parquet.`{today}/{n}.parquet`"
        for n in names
    ]
    on_spark = ("--target", "spark")
    spark = run(
        SPARK_PYTHON, home / "spark", spark_environment(home / "spark", SMALL),
        [
            dbt(*first, *on_spark, raw_path=yesterday),
            {"sql": ["create schema shop", *schema]},
            dbt(*second[:-1], *on_spark, raw_schema="shop"),
            dbt(*show, *on_spark, raw_schema="shop"),
            {"sql": ["select cast('x' as int)", "select current_timezone()"]},
        ],
    )  # fmt: skip
    # later tests change tables
    shutil.copytree(home / "spark/warehouse", home / "built")
    return Engines(home, duckdb, spark)

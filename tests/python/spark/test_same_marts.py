"""Spark builds what DuckDB builds: every mart and every learned table, row by row.

Both build a small shop, each in an environment of its own. Spark's tables are read as
the Parquet files that they are.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from marts import RUN_MARTS, differences
from places import ROOT

from segmentation.world.settings import Settings
from segmentation.world.writer import write

SPARK_PYTHON = ROOT / ".venv-spark/bin/python"
VARS = json.dumps({"raw_path": "raw", "min_training_customers": 50})
BUILD = ["build", "--exclude-resource-type", "test", "unit_test"]
# views, which have no files, and what tells of runs
NOT_COMPARED = RUN_MARTS | {
    "audit_customer_decisions",
    "live_customer_segments",
    "rpt_freshness",
}

pytestmark = [
    pytest.mark.skipif(
        not SPARK_PYTHON.exists(), reason="no .venv-spark: make spark-setup makes it"
    ),
    pytest.mark.skipif(not shutil.which("java"), reason="no Java, which Spark needs"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with a shop, built by both engines."""
    home = tmp_path_factory.mktemp("spark")
    raw = home / "raw"
    write(Settings(200, 3, 7, None), raw, None, "parquet", "")
    variables = VARS.replace('"raw"', json.dumps(str(raw)))
    env = {
        **os.environ,
        "SEGMENTATION_DUCKDB_PATH": str(home / "segmentation.duckdb"),
        "SEGMENTATION_SPARK_PATH": str(home),
    }
    (home / "steps.json").write_text(
        json.dumps([{"dbt": [*BUILD, "--target", "spark", "--vars", variables]}])
    )
    commands = {
        "duckdb": [Path(sys.executable).parent / "dbt", *BUILD, "--vars", variables],
        "spark": [
            SPARK_PYTHON, Path(__file__).with_name("steps.py"),
            home / "steps.json", home / "results.json",
        ],
    }  # fmt: skip
    for engine, command in commands.items():
        paths = {
            "DBT_TARGET_PATH": str(home / f"target-{engine}"),
            "DBT_LOG_PATH": str(home / f"logs-{engine}"),
        }
        done = subprocess.run(
            list(map(str, command)), cwd=ROOT, env={**env, **paths},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return home


def test_every_model_builds(folder):
    (result,) = json.loads((folder / "results.json").read_text())

    failed = [n for n in result["nodes"] if n["status"] in ("error", "skipped")]
    assert result["success"], failed
    assert not failed


def test_tables_are_the_same(folder):
    found = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{folder}/segmentation.duckdb' as ours (read_only)")
        tables = connection.execute("""
            select table_schema, table_name from information_schema.tables
            where table_catalog = 'ours' and table_schema in ('marts', 'learned')
        """).fetchall()
        for schema, name in tables:
            if name in NOT_COMPARED:
                continue
            types = {
                row[0]: row[1]
                for row in connection.execute(
                    f"describe ours.{schema}.{name}"
                ).fetchall()
            }
            casts = [f'cast("{c}" as {kind}) as "{c}"' for c, kind in types.items()]
            cents = {c for c, kind in types.items() if kind.startswith("DECIMAL")}
            files = folder / f"warehouse/{schema}.db/{name}/**/*.parquet"
            apart = differences(
                connection.sql(f"from ours.{schema}.{name}").df(),
                connection.sql(
                    f"select {', '.join(casts)} from read_parquet('{files}')"
                ).df(),
                cents,
            )
            if apart:
                found[f"{schema}.{name}"] = apart
    assert len(tables) > 40
    assert not found, "\n".join(f"{name}: {said}" for name, said in found.items())

"""Runs dbt commands on Spark one after another, in one process that stays warm.

    python steps.py steps.json results.json

Runs in the environment of Spark. Each step is one of

    {"dbt": ["build", …]}               a dbt command
    {"keep": folder, "views": [name]}   copies all tables to a folder, and views too
    {"sql": [query, …]}                 the rows of each query, or why it fails

What became of each is written as JSON: of a command {success, seconds, nodes}, nodes
being a list of {name, status, seconds, message}.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from dbt.adapters.sparksession import session
from dbt.cli.main import dbtRunner
from pyspark.errors import PySparkException


def run_dbt(arguments: list[str]) -> dict[str, Any]:
    """Run a command, and tell what became of its nodes."""
    said = []

    def listen(event: Any) -> None:
        if event.info.level == "error":
            said.append(event.info.msg)

    start = time.monotonic()
    outcome = dbtRunner(callbacks=[listen]).invoke(arguments)
    if outcome.exception:
        said.append(str(outcome.exception))
    return {
        "success": outcome.success,
        "seconds": time.monotonic() - start,
        "said": said,
        "nodes": [
            {
                "name": result.node.name,
                "status": str(result.status),
                "seconds": result.execution_time,
                "message": (result.message or "").split("JVM stacktrace")[0],
            }
            for result in getattr(outcome.result, "results", None) or []
            if getattr(result, "node", None)
        ],
    }


def keep(folder: str, views: list[str]) -> dict[str, Any]:
    """Copy all tables to a folder, one folder each, and views beside them."""
    shutil.copytree(Path(os.environ["SEGMENTATION_SPARK_PATH"]) / "warehouse", folder)
    for name in views:
        schema, table = name.split(".")
        spark = session.session_of({})
        spark.table(name).write.parquet(f"{folder}/{schema}.db/{table}")
    return {"success": True}


def ask(queries: list[str]) -> dict[str, Any]:
    """Return the rows of each query, or the error as a text."""
    answers: list[Any] = []
    for query in queries:
        try:
            rows = session.session_of({}).sql(query).collect()
            answers.append([[str(value) for value in row] for row in rows])
        except PySparkException as error:
            answers.append(str(error).split("JVM stacktrace")[0])
    return {"success": True, "answers": answers}


def main(steps: Path, results: Path) -> None:
    """Run all steps; one that fails stops none."""
    done = []
    for step in json.loads(steps.read_text()):
        if "dbt" in step:
            done.append(run_dbt(step["dbt"]))
        elif "keep" in step:
            done.append(keep(step["keep"], step.get("views", [])))
        else:
            done.append(ask(step["sql"]))
        results.write_text(json.dumps(done))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

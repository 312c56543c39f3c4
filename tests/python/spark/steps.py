"""Runs dbt commands one after another, in one process that stays warm.

    python steps.py steps.json results.json

Runs in the environment of either engine. Each step is one of

    {"dbt": ["build", …]}   a dbt command
    {"sql": [query, …]}     on Spark: the rows of each query, or why it fails

What became of each is written as JSON: of a command {success, seconds, said, nodes,
rows}, nodes being a list of {name, status, seconds, message}, and rows what `dbt show`
shows.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner


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
    results = [
        result
        for result in getattr(outcome.result, "results", None) or []
        if getattr(result, "node", None)
    ]
    shown = [result.agate_table for result in results if result.agate_table is not None]
    return {
        "success": outcome.success,
        "seconds": round(time.monotonic() - start, 1),
        "said": said,
        "nodes": [
            {
                "name": result.node.name,
                "status": str(result.status),
                "seconds": round(result.execution_time, 1),
                "message": (result.message or "").split("JVM stacktrace")[0],
            }
            for result in results
        ],
        "rows": [
            dict(zip(t.column_names, row, strict=True)) for t in shown for row in t
        ],
    }


def ask(queries: list[str]) -> dict[str, Any]:
    """Return the rows of each query, or the error as a text."""
    from dbt.adapters.sparksession import session

    answers: list[Any] = []
    for query in queries:
        try:
            rows = session.session_of({}).sql(query).collect()
            answers.append([[str(value) for value in row] for row in rows])
        except session.SPARK_ERRORS as error:
            answers.append(str(error).split("JVM stacktrace")[0])
    return {"success": True, "answers": answers}


def main(steps: Path, results: Path) -> None:
    """Run all steps; one that fails stops none."""
    done = []
    for step in json.loads(steps.read_text()):
        done.append(run_dbt(step["dbt"]) if "dbt" in step else ask(step["sql"]))
        results.write_text(json.dumps(done, default=str))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

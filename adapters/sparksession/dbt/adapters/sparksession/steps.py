"""Works out the steps of a query once, where Spark would do so wherever they are read.

Spark writes a CTE out at each place that reads it, and then checks the query: what is
read twice by a step that is read twice is there four times. What costs something is
therefore worked out first, and the query reads its rows.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from uuid import uuid4

from dbt.adapters.sparksession.session import OPAQUE, compact
from pyspark.sql import SparkSession

# a step that reads as many tables, or sorts, is kept where it is read more than once;
# one that reads very many always: plans take longer the larger they are
LEAST_TABLES = 3
MOST_TABLES = 12
SORTS = re.compile(r"\b(?:over|qualify|distinct|group by|pivot)\b", re.I)
READ = re.compile(r'\b(?:from|join)\s+(?:(\w+)(?![\w."(])|["`\w])', re.I)
BEGUN = re.compile(r"\s*(\w+)\s+as\s*\(", re.I)


class Step(NamedTuple):
    """A CTE: its name, and what stands between its brackets."""

    name: str
    body: str


def steps_of(sql: str) -> tuple[list[Step], str]:
    """Part a query into its CTEs and what comes after them."""
    text = compact(sql)
    start = re.match(r"\s*with\b(?!\s+recursive\b)", text, re.I)
    steps: list[Step] = []
    if not start:
        return steps, text
    at = start.end()
    while begun := BEGUN.match(text, at):
        end = closing(text, begun.end())
        steps.append(Step(begun.group(1), text[begun.end() : end]))
        at = end + 1
        comma = re.match(r"\s*,", text[at:])
        if not comma:
            break
        at += comma.end()
    return steps, text[at:]


def closing(text: str, start: int) -> int:
    """Return where the bracket closes that was opened just before a place."""
    depth = 1
    for part in re.finditer(f"{OPAQUE}|[()]", text[start:], re.S):
        depth += {"(": 1, ")": -1}.get(part.group(), 0)
        if depth == 0:
            return start + part.start()
    raise ValueError("A bracket is not closed.")


def reads(sql: str) -> Iterator[str]:
    """Yield the name of each step that a query reads, and an empty one for a table."""
    for found in READ.finditer(re.sub(r"'(?:[^'\\]|\\.|'')*'", "''", sql)):
        yield found.group(1) or ""


def kept(steps: list[Step], rest: str) -> list[str]:
    """Return which steps are worth working out first."""
    weights: dict[str, int] = {}
    found = []
    for place, step in enumerate(steps):
        weight = sum(weights.get(name, 1) for name in reads(step.body))
        later = [*(later.body for later in steps[place + 1 :]), rest]
        count = sum(name == step.name for sql in later for name in reads(sql))
        costs = weight >= LEAST_TABLES or SORTS.search(step.body)
        if (count > 1 and costs) or (count and weight > MOST_TABLES):
            found.append(step.name)
            weight = 1
        weights[step.name] = weight
    return found


def query_of(steps: list[Step], rest: str) -> str:
    """Put a query together, without the steps that it does not need."""
    needed: list[Step] = []
    names = set(reads(rest))
    for step in reversed(steps):
        if step.name in names:
            needed.insert(0, step)
            names |= set(reads(step.body))
    written = ", ".join(f"{step.name} as ({step.body})" for step in needed)
    return f"with {written} {rest}" if needed else rest


def work_out(session: SparkSession, sql: str) -> tuple[str, list[str]]:
    """Work out the steps of a query that are read more than once.

    Parameters
    ----------
    session : SparkSession
    sql : str

    Returns
    -------
    str
        The query, which reads them.
    list of str
        The temporary views that hold them.
    """
    steps, rest = steps_of(sql)
    names = kept(steps, rest)
    if not names:
        return sql, []
    views = []
    for place, step in enumerate(steps):
        if step.name in names:
            rows = session.sql(query_of(steps[:place], step.body)).localCheckpoint()
            views.append(f"{step.name}_{uuid4().hex}")
            rows.createOrReplaceTempView(views[-1])
            steps[place] = Step(step.name, f"select * from {views[-1]}")
    return query_of(steps, rest), views

"""Takes SQL apart, as text: statements, and the steps of a query (its CTEs).

Spark writes a CTE out at each place that reads it, and then checks the query: what is
read twice by a step that is read twice is there four times. What costs something is
therefore worked out first (`steps.py`); here it is said what that is.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# what holds no statement's end: texts, names and comments
OPAQUE = r"""'(?:[^'\\]|\\.|'')*'|`[^`]*`|"[^"]*"|--[^\n]*|/[*].*?[*]/"""
# a step that reads as many tables, or sorts, is kept where it is read more than once;
# one that reads very many always: plans take longer the larger they are
LEAST_TABLES = 3
MOST_TABLES = 12
SORTS = re.compile(r"\b(?:over|qualify|distinct|group by|pivot)\b", re.I)
READ = re.compile(r'\b(?:from|join)\s+(?:(\w+)(?![\w."(])|["`\w])', re.I)
BEGUN = re.compile(r"\s*(\w+)\s+as\s*\(", re.I)


def compact(sql: str) -> str:
    """Return SQL without comments and indentation: views may not be long."""
    parts = re.split(f"({OPAQUE})", sql, flags=re.S)
    kept = [
        part
        if part.startswith(("'", '"', "`"))
        else " "
        if part.startswith(("--", "/*"))
        else re.sub(r"[ \t\r\n]+", " ", part)
        for part in parts
    ]
    return "".join(kept).strip()


def statements_in(sql: str) -> Iterator[str]:
    """Yield the statements between semicolons: Spark runs one at a time."""
    parts = re.split(f"({OPAQUE}|;)", sql, flags=re.S)
    statement = ""
    for part in [*parts, ";"]:
        if part != ";":
            statement += part
        elif compact(statement):
            yield statement
            statement = ""


def plain(sql: str) -> str:
    """Return SQL whose backslashes mean themselves to Spark, as elsewhere.

    Spark can be told to leave texts as they are, but then it leaves two quotes, too.
    dbt-spark writes a backslash before a quote.
    """
    parts = re.split(f"({OPAQUE})", sql, flags=re.S)
    return "".join(
        part.replace("\\'", "''").replace("\\", "\\\\")
        if part.startswith("'")
        else part
        for part in parts
    )


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


def named(steps: list[Step], rest: str) -> list[str]:
    """Return the parts of a query that may name a step."""
    return [*(step.body for step in steps), rest]


def kept(steps: list[Step], rest: str) -> list[str]:
    """Return which steps are worth working out first."""
    weights: dict[str, int] = {}
    found = []
    for place, step in enumerate(steps):
        weight = sum(weights.get(name, 1) for name in reads(step.body))
        later = named(steps[place + 1 :], rest)
        count = sum(name == step.name for sql in later for name in reads(sql))
        costs = weight >= LEAST_TABLES or SORTS.search(step.body)
        if (count > 1 and costs) or (count and weight > MOST_TABLES):
            found.append(step.name)
            weight = 1
        weights[step.name] = weight
    return found


def query_of(steps: list[Step], rest: str) -> str:
    """Put a query together, without the steps that it does not name."""
    needed: list[Step] = []
    for step in reversed(steps):
        if any(re.search(rf"\b{step.name}\b", sql) for sql in named(needed, rest)):
            needed.insert(0, step)
    written = ", ".join(f"{step.name} as ({step.body})" for step in needed)
    return f"with {written} {rest}" if needed else rest

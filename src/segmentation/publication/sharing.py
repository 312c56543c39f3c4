"""Write the aggregates that may leave the house, beside the marts of a version.

`shared/aggregates.duckdb` and `shared/parquet` hold marts that count people, and nothing
of a single one: what a mart does not say it shares is left out, and groups of fewer than
`min_group_size` people are hidden (`segmentation.disclosure`).
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from segmentation.disclosure.declared import Shared, declared
from segmentation.disclosure.hiding import IS_SUPPRESSED, hide
from segmentation.publication.writing import comments_of, literal, quoted

FOLDER = "shared"
FILE = "aggregates.duckdb"
TABLES = "parquet"
ATTACHED = "shared_aggregates_file"
SAID_OF_SUPPRESSED = (
    "Whether a count of the row, and with it all its figures, are hidden: it is of fewer "
    "people than may be shown, or would tell how many are in such a group."
)

ABOUT_SCHEMA = pa.schema(
    [
        ("version", pa.string()),
        ("data_through", pa.date32()),
        ("published_at", pa.timestamp("us")),
        ("min_group_size", pa.int64()),
        ("count_marts", pa.int64()),
        ("count_rows", pa.int64()),
        ("count_suppressed_rows", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Plan:
    """What is shared of a build.

    Attributes
    ----------
    marts : list of Shared
    relations : dict of str to str
        How SQL names each.
    least : int
        The fewest people whom a count may hold.
    """

    marts: list[Shared]
    relations: dict[str, str]
    least: int


def plan_of(rows: list[dict[str, Any]]) -> Plan | None:
    """Read what is to be shared.

    Parameters
    ----------
    rows : list of dict
        The model `published_marts`: a row for each mart.

    Returns
    -------
    Plan or None
        None where nothing is to be shared.
    """
    said = [row for row in rows if row.get("shared")]
    if not said:
        return None
    return Plan(
        [declared(row["mart"], json.loads(row["shared"])) for row in said],
        {row["mart"]: row["relation"] for row in said},
        int(json.loads(said[0]["settings"])["min_group_size"]),
    )


def share(
    session: Any,
    plan: Plan,
    about: Mapping[str, Any],
    version: Path,
) -> dict[str, Any]:
    """Write the shared aggregates of a version.

    Parameters
    ----------
    session : duckdb connection
        In whose database the marts lie.
    plan : Plan
    about : mapping
        `version`, `data_through` and `published_at`.
    version : Path
        Folder of the version, not yet whole.

    Returns
    -------
    dict
        `ABOUT_SCHEMA`.

    Raises
    ------
    Undisclosed
        If a small group cannot be hidden.
    """
    tables = {
        mart.name: session.execute(
            f"select {', '.join(map(quoted, mart.columns))} "
            f"from {plan.relations[mart.name]} order by all"
        ).to_arrow_table()
        for mart in plan.marts
    }
    hidden = hide(plan.marts, tables, plan.least).tables
    row = {
        **{name: about[name] for name in ("version", "data_through", "published_at")},
        "min_group_size": plan.least,
        "count_marts": len(hidden),
        "count_rows": sum(table.num_rows for table in hidden.values()),
        "count_suppressed_rows": sum(
            sum(table[IS_SUPPRESSED].to_pylist()) for table in hidden.values()
        ),
    }
    tables = {**hidden, "publication": pa.Table.from_pylist([row], schema=ABOUT_SCHEMA)}
    comments = comments_of(session, plan.relations)
    folder = version / FOLDER
    (folder / TABLES).mkdir(parents=True)
    session.execute(f"attach {literal(folder / FILE)} as {ATTACHED}")
    try:
        session.execute("begin transaction")
        for name, table in tables.items():
            _write(session, name, table, comments.get(name, []))
        session.execute("commit")
        for name in tables:
            file = folder / TABLES / f"{name}.parquet"
            session.execute(
                f"copy {ATTACHED}.{quoted(name)} to {literal(file)} "
                "(format parquet, compression zstd)"
            )
        session.execute(f"checkpoint {ATTACHED}")
    except Exception:
        with suppress(Exception):
            session.execute("rollback")
        raise
    finally:
        session.execute(f"detach {ATTACHED}")
    return row


def _write(
    session: Any, name: str, table: pa.Table, said: list[tuple[str | None, str]]
) -> None:
    copy = f"{ATTACHED}.{quoted(name)}"
    session.register("shared_rows", table)
    session.execute(f"create table {copy} as from shared_rows")
    session.unregister("shared_rows")
    for column, text in [*said, (IS_SUPPRESSED, SAID_OF_SUPPRESSED)]:
        if column is None:
            session.execute(f"comment on table {copy} is {literal(text)}")
        elif column in table.column_names:
            session.execute(
                f"comment on column {copy}.{quoted(column)} is {literal(text)}"
            )

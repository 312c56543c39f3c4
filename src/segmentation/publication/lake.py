"""Copy a published version into a DuckLake, whose readers see all of it or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segmentation.publication.pseudonymous import quoted
from segmentation.publication.versions import CannotPublish, explained
from segmentation.publication.writing import (
    ATTACHED,
    SCHEMA,
    comment,
    comments_in,
    literal,
)

AUTHOR = "segmentation"
MARK = "publication"  # the table that tells that a schema is ours


@dataclass(frozen=True)
class Lake:
    """Where in a lake the marts lie.

    Attributes
    ----------
    database : str
        Name under which the DuckLake is attached.
    schema : str
        Holds the marts, and nothing that is not ours.
    """

    database: str
    schema: str

    @property
    def place(self) -> str:
        """How SQL names the schema."""
        return f"{quoted(self.database)}.{quoted(self.schema)}"

    @property
    def catalog(self) -> str:
        """How SQL names what DuckLake keeps of the lake."""
        return quoted(f"__ducklake_metadata_{self.database}")


def copy_to_lake(session: Any, file: Path, version: str, lake: Lake) -> None:
    """Put all tables of a published file in place of those of a lake, as one snapshot.

    Parameters
    ----------
    session : duckdb connection
        To which the lake is attached.
    file : Path
        A published DuckDB file.
    version : str
        Stands as the message of the snapshot.
    lake : Lake

    Raises
    ------
    CannotPublish
        If the lake is not there, its schema is not ours, or someone else changed the
        same tables at the same time. The lake is then as it was.
    """
    with _said_of(lake, "Nothing was published to"):
        check_lake(session, lake)
        there = _tables(session, lake.database, lake.schema)
        session.execute(f"attach {literal(file)} as {ATTACHED} (read_only)")
        try:
            new = _tables(session, ATTACHED, SCHEMA)
            comments = comments_in(session, ATTACHED)
            session.execute("begin transaction")
            session.execute(f"create schema if not exists {lake.place}")
            for name in new:
                table = f"{lake.place}.{quoted(name)}"
                session.execute(
                    f"create or replace table {table} as "
                    f"from {ATTACHED}.{SCHEMA}.{quoted(name)}"
                )
                comment(session, table, comments.get(f"{SCHEMA}.{name}", []))
            for name in there - new:
                session.execute(f"drop table {lake.place}.{quoted(name)}")
            session.execute(
                f"call {quoted(lake.database)}.set_commit_message("
                f"{literal(AUTHOR)}, {literal(version)})"
            )
            session.execute("commit")
        except Exception:
            with suppress(Exception):  # a commit that failed has rolled back
                session.execute("rollback")
            raise
        finally:
            session.execute(f"detach {ATTACHED}")


def check_lake(session: Any, lake: Lake) -> None:
    """Refuse to write where there is no lake, or a schema of someone else.

    Parameters
    ----------
    session : duckdb connection
    lake : Lake

    Raises
    ------
    CannotPublish
    """
    kind = session.execute(
        "select type from duckdb_databases() where database_name = ?", [lake.database]
    ).fetchone()
    if kind != ("ducklake",):
        raise CannotPublish(
            f"Nothing was published: publish_lake is {lake.database}, and the profile "
            "attaches no DuckLake of that name. See docs/ducklake.md."
        )
    tables = _tables(session, lake.database, lake.schema)
    if tables and MARK not in tables:
        raise CannotPublish(
            f"Nothing was published: the schema {lake.schema} of the lake "
            f"{lake.database} holds tables that are not ours. Name another one in the "
            "setting publish_lake_schema."
        )


def forget_in_lake(session: Any, lake: Lake, people: str) -> list[int]:
    """Remove the snapshots of a lake that name people who asked to be erased.

    Parameters
    ----------
    session : duckdb connection
    lake : Lake
        Its newest snapshot was just made without them, and stays.
    people : str
        A table with their `customer_id`, as SQL names it.

    Returns
    -------
    list of int
        The snapshots that were removed. They held all schemas of the lake as of then.

    Raises
    ------
    CannotPublish
    """
    with _said_of(lake, "People who asked to be erased may still be named in"):
        old = session.execute(
            "select t.table_name, c.column_name, t.begin_snapshot, t.end_snapshot "
            f"from {lake.catalog}.ducklake_table as t "
            f"join {lake.catalog}.ducklake_schema as s using (schema_id) "
            f"join {lake.catalog}.ducklake_column as c using (table_id) "
            "where s.schema_name = ? and t.end_snapshot is not null "
            "and c.column_name like '%customer_id' order by all",
            [lake.schema],
        ).fetchall()
        kept = [
            snapshot
            for (snapshot,) in session.execute(
                f"select snapshot_id from {lake.catalog}.ducklake_snapshot"
            ).fetchall()
        ]
        named: set[int] = set()
        for table, column, begin, end in old:
            held = {snapshot for snapshot in kept if begin <= snapshot < end}
            if held - named and _names(session, lake, table, column, min(held), people):
                named |= held
        if named:
            database = literal(lake.database)
            listed = ", ".join(str(snapshot) for snapshot in sorted(named))
            session.execute(
                f"call ducklake_expire_snapshots({database}, versions => [{listed}])"
            )
            session.execute(
                f"call ducklake_cleanup_old_files({database}, cleanup_all => true)"
            )
        return sorted(named)


def _names(
    session: Any, lake: Lake, table: str, column: str, snapshot: int, people: str
) -> bool:
    """Say whether a table named any of some people in a snapshot."""
    then = f"at (version => {snapshot})"
    found = session.execute(
        f"select 1 from {lake.place}.{quoted(table)} as held {then} "
        f"semi join {people} on held.{quoted(column)} = {people}.customer_id limit 1"
    ).fetchone()
    return found is not None


def _tables(session: Any, database: str, schema: str) -> set[str]:
    rows = session.execute(
        "select table_name from duckdb_tables() "
        "where database_name = ? and schema_name = ?",
        [database, schema],
    ).fetchall()
    return {name for (name,) in rows}


@contextmanager
def _said_of(lake: Lake, meaning: str) -> Iterator[None]:
    """Say of whatever goes wrong with a lake what it means, and what to do."""

    def told(cause: str) -> str:
        what = (
            "someone else published there at the same time"
            if "conflict" in cause.lower()
            else "it cannot be written"
        )
        return (
            f"{meaning} {lake.schema} of the lake {lake.database}: {what}. Readers of "
            f"the lake have a whole version. Build again. DuckLake says: {cause}"
        )

    with explained(told):
        yield

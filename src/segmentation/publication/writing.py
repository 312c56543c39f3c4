"""Write the files of one version: a DuckDB file, and a Parquet file of each mart."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from segmentation.publication.pseudonymous import pseudonymous, quoted
from segmentation.publication.versions import FILE, TABLES

# a file called marts has a catalogue of that name: in a schema called marts nothing
# would be found
SCHEMA = "main"
ATTACHED = "published_marts_file"
# what clients of DuckDB 1.x read, whichever version writes
STORAGE = "v1.0.0"

PUBLICATION_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("version", pa.string()),
        ("code_version", pa.string()),
        ("settings", pa.string()),
        ("data_through", pa.date32()),
        ("count_marts", pa.int64()),
        ("count_rows", pa.int64()),
        ("published_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class Mart:
    """A mart, and where it lies.

    Attributes
    ----------
    name : str
        What it is called in the published file.
    relation : str
        How SQL names it, quoted where that is needed.
    withheld : tuple of str
        Columns that are null where customers go by pseudonyms.
    """

    name: str
    relation: str
    withheld: tuple[str, ...] = ()


def write(
    session: Any,
    marts: list[Mart],
    about: dict[str, Any],
    aside: Path,
    pseudonyms: str | None = None,
) -> dict[str, Any]:
    """Write the file and the tables of a version; return its row of `publication`."""
    comments = comments_of(session, {mart.name: mart.relation for mart in marts})
    with new_file(session, aside, FILE) as place:
        count_rows = 0
        for mart in marts:
            copy = f"{place}.{quoted(mart.name)}"
            query = f"select * from {mart.relation}"
            if pseudonyms:
                query = pseudonymous(session, mart.relation, pseudonyms, mart.withheld)
            session.execute(f"create table {copy} as {query}")
            count_rows += session.execute(f"select count(*) from {copy}").fetchone()[0]
            comment(session, copy, comments[mart.name])
        row = {**about, "count_marts": len(marts), "count_rows": count_rows}
        publication = pa.Table.from_pylist([row], schema=PUBLICATION_SCHEMA)
        add_table(session, f"{place}.publication", publication)
    return row


@contextmanager
def new_file(session: Any, folder: Path, file: str) -> Iterator[str]:
    """Write a DuckDB file whole, and a Parquet file of each of its tables.

    Parameters
    ----------
    session : duckdb connection
    folder : Path
        In which they come to lie.
    file : str
        Name of the DuckDB file.

    Yields
    ------
    str
        Where its tables are to be made, as SQL names it.
    """
    (folder / TABLES).mkdir(parents=True)
    session.execute(
        f"attach {literal(folder / file)} as {ATTACHED} (storage_version '{STORAGE}')"
    )
    try:
        # as one transaction: each table would be flushed to disk by itself
        session.execute("begin transaction")
        yield f"{ATTACHED}.{SCHEMA}"
        session.execute("commit")
        for (name,) in session.execute(
            f"select table_name from duckdb_tables() where database_name = '{ATTACHED}'"
        ).fetchall():
            session.execute(
                f"copy {ATTACHED}.{SCHEMA}.{quoted(name)} "
                f"to {literal(folder / TABLES / f'{name}.parquet')} "
                "(format parquet, compression zstd)"
            )
        session.execute(f"checkpoint {ATTACHED}")
    except Exception:
        with suppress(Exception):
            session.execute("rollback")
        raise
    finally:
        session.execute(f"detach {ATTACHED}")


def add_table(session: Any, name: str, rows: pa.Table) -> None:
    """Make a table of rows that are not in the database."""
    session.register("rows_to_add", rows)
    session.execute(f"create table {name} as from rows_to_add")
    session.unregister("rows_to_add")


def comment(session: Any, table: str, said: Iterable[tuple[str | None, str]]) -> None:
    """Say what a table and its columns are: of a column where one is named."""
    for column, text in said:
        what = f"column {table}.{quoted(column)}" if column else f"table {table}"
        session.execute(f"comment on {what} is {literal(text)}")


def comments_of(
    session: Any, relations: Mapping[str, str]
) -> dict[str, list[tuple[str | None, str]]]:
    """Return what is said of each mart: of a column where one is named, else of all."""
    found = comments_in(session)
    return {name: found.get(_place(relations[name]), []) for name in relations}


def comments_in(
    session: Any, database: str | None = None
) -> dict[str, list[tuple[str | None, str]]]:
    """Return what is said of all tables and views of a database, by `schema.name`."""
    which = literal(database) if database else "current_database()"
    where = f"where database_name = {which} and comment is not null "
    found: dict[str, list[tuple[str | None, str]]] = {}
    for place, column, said in session.execute(
        "select schema_name || '.' || table_name, null, comment "
        f"from duckdb_tables() {where}"
        "union all select schema_name || '.' || view_name, null, comment "
        f"from duckdb_views() {where}"
        "union all select schema_name || '.' || table_name, column_name, comment "
        f"from duckdb_columns() {where}"
    ).fetchall():
        found.setdefault(place, []).append((column, said))
    return found


def _place(relation: str) -> str:
    """Return schema and name of a relation, without its database and quotes."""
    return ".".join(part.strip('"') for part in relation.split(".")[-2:])


def literal(text: object) -> str:
    """Return a text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"

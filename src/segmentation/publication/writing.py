"""Write the files of one version: a DuckDB file, and a Parquet file of each mart."""

from collections.abc import Mapping
from contextlib import suppress
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
    (aside / TABLES).mkdir(parents=True)
    session.execute(
        f"attach {literal(aside / FILE)} as {ATTACHED} (storage_version '{STORAGE}')"
    )
    try:
        comments = comments_of(session, {mart.name: mart.relation for mart in marts})
        # as one transaction: each would be flushed to disk by itself
        session.execute("begin transaction")
        count_rows = 0
        for mart in marts:
            copy = f"{ATTACHED}.{SCHEMA}.{quoted(mart.name)}"
            query = f"select * from {mart.relation}"
            if pseudonyms:
                query = pseudonymous(session, mart.relation, pseudonyms, mart.withheld)
            session.execute(f"create table {copy} as {query}")
            count_rows += session.execute(f"select count(*) from {copy}").fetchone()[0]
            for column, said in comments[mart.name]:
                what = f"column {copy}.{quoted(column)}" if column else f"table {copy}"
                session.execute(f"comment on {what} is {literal(said)}")
        row = {**about, "count_marts": len(marts), "count_rows": count_rows}
        _write_publication(session, row)
        session.execute("commit")
        for name in [*(mart.name for mart in marts), "publication"]:
            session.execute(
                f"copy {ATTACHED}.{SCHEMA}.{quoted(name)} "
                f"to {literal(aside / TABLES / f'{name}.parquet')} "
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


def _write_publication(session: Any, row: dict[str, Any]) -> None:
    found = pa.Table.from_pylist([row], schema=PUBLICATION_SCHEMA)
    session.register("publication_row", found)
    session.execute(
        f"create table {ATTACHED}.{SCHEMA}.publication as from publication_row"
    )
    session.unregister("publication_row")


def comments_of(
    session: Any, relations: Mapping[str, str]
) -> dict[str, list[tuple[str | None, str]]]:
    """Return what is said of each mart: of a column where one is named, else of all."""
    found: dict[str, list[tuple[str | None, str]]] = {}
    for place, column, said in session.execute(
        "select schema_name || '.' || table_name, null, comment from duckdb_tables() "
        "where database_name = current_database() and comment is not null "
        "union all select schema_name || '.' || view_name, null, comment "
        "from duckdb_views() "
        "where database_name = current_database() and comment is not null "
        "union all select schema_name || '.' || table_name, column_name, comment "
        "from duckdb_columns() "
        "where database_name = current_database() and comment is not null"
    ).fetchall():
        found.setdefault(place, []).append((column, said))
    return {name: found.get(_place(relations[name]), []) for name in relations}


def _place(relation: str) -> str:
    """Return schema and name of a relation, without its database and quotes."""
    return ".".join(part.strip('"') for part in relation.split(".")[-2:])


def literal(text: object) -> str:
    """Return a text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"

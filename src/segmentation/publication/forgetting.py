"""Remove published versions that name people who asked to be erased."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from segmentation.publication.lake import Lake, forget_in_lake
from segmentation.publication.pseudonymous import quoted
from segmentation.publication.versions import (
    FILE,
    VERSIONS,
    current_version,
    named,
    versions,
)
from segmentation.publication.writing import ATTACHED, SCHEMA, literal

PEOPLE = "erased_people"


def forget(
    session: Any,
    folder: Path,
    erased: pa.Table,
    pseudonyms: str | None = None,
    lake: Lake | None = None,
) -> list[str]:
    """Remove the versions that still name people who asked to be erased.

    Parameters
    ----------
    session : duckdb connection
    folder : Path
        Holds the versions. The one that readers open stays: it was just made without
        them.
    erased : pyarrow.Table
        `customer_id`, a row for each of them.
    pseudonyms : str, optional
        The table with their `pseudonym`, as SQL names it.
    lake : Lake, optional
        To which versions are copied: its snapshots that name them are removed too.

    Returns
    -------
    list of str
        The versions that were removed, newest first.

    Raises
    ------
    CannotPublish
        If a version or a snapshot can be neither read nor removed.
    """
    removed = []
    with named(folder), people(session, erased, pseudonyms):
        for version in versions(folder):
            path = folder / VERSIONS / version
            if version != current_version(folder) and _names(session, path / FILE):
                shutil.rmtree(path)
                removed.append(version)
        if lake:
            forget_in_lake(session, lake, PEOPLE)
    return removed


@contextmanager
def people(session: Any, erased: pa.Table, pseudonyms: str | None) -> Iterator[None]:
    """List whom nothing may name, by id and pseudonym, in the table `PEOPLE`."""
    session.register("erased_ids", erased)
    known_as = f" union select pseudonym from {pseudonyms} where is_erased"
    session.execute(
        f"create or replace temp table {PEOPLE} as "
        f"select customer_id from erased_ids{known_as if pseudonyms else ''}"
    )
    yield
    session.execute(f"drop table temp.{PEOPLE}")
    session.unregister("erased_ids")


def _names(session: Any, file: Path) -> bool:
    """Say whether a published file names anyone of `PEOPLE`; damaged ones do."""
    try:
        session.execute(f"attach {literal(file)} as {ATTACHED} (read_only)")
    except Exception:
        return True
    try:
        places = session.execute(
            "select table_name, column_name from duckdb_columns() "
            f"where database_name = '{ATTACHED}' and column_name like '%customer_id'"
        ).fetchall()
        return any(
            session.execute(
                f"select 1 from {ATTACHED}.{SCHEMA}.{quoted(table)} as published "
                f"semi join {PEOPLE} on published.{quoted(column)} "
                f"= {PEOPLE}.customer_id limit 1"
            ).fetchone()
            for table, column in places
        )
    finally:
        session.execute(f"detach {ATTACHED}")

"""Remove published versions that name people who asked to be erased."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa

from segmentation.publication.pseudonymous import quoted
from segmentation.publication.versions import (
    FILE,
    VERSIONS,
    current_version,
    named,
    versions,
)
from segmentation.publication.writing import ATTACHED, SCHEMA, literal


def forget(
    session: Any, folder: Path, erased: pa.Table, pseudonyms: str | None = None
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

    Returns
    -------
    list of str
        The versions that were removed, newest first.

    Raises
    ------
    CannotPublish
        If a version can be neither read nor removed.
    """
    removed = []
    with named(folder):
        session.register("erased_ids", erased)
        known_as = f" union select pseudonym from {pseudonyms} where is_erased"
        session.execute(
            "create or replace temp table erased_people as "
            f"select customer_id from erased_ids{known_as if pseudonyms else ''}"
        )
        for version in versions(folder):
            path = folder / VERSIONS / version
            if version != current_version(folder) and _names(session, path / FILE):
                shutil.rmtree(path)
                removed.append(version)
        session.execute("drop table temp.erased_people")
        session.unregister("erased_ids")
    return removed


def _names(session: Any, file: Path) -> bool:
    """Say whether a published file names anyone of `erased_people`; damaged ones do."""
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
                f"semi join erased_people on published.{quoted(column)} "
                "= erased_people.customer_id limit 1"
            ).fetchone()
            for table, column in places
        )
    finally:
        session.execute(f"detach {ATTACHED}")

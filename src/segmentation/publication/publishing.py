"""Publish what a build has made, as a new version."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from segmentation.publication.forgetting import forget
from segmentation.publication.lake import Lake, copy_to_lake
from segmentation.publication.sharing import Plan, plan_of, share
from segmentation.publication.versions import (
    ASIDE,
    FILE,
    VERSIONS,
    check_place,
    current_version,
    make_current,
    make_lasting,
    named,
    remove,
    versions,
)
from segmentation.publication.writing import PUBLICATION_SCHEMA, Mart, write

OUTCOME_SCHEMA = PUBLICATION_SCHEMA.append(pa.field("why_not", pa.string()))


def publish_marts(
    session: Any,
    rows: list[tuple[Any, ...]],
    columns: list[str],
    erased: pa.Table | None = None,
) -> pa.Table:
    """Publish what a build has made, where it is to be published.

    Parameters
    ----------
    session : duckdb connection
        That of the build.
    rows, columns : list
        The model `published_marts`: a row for each mart.
    erased : pyarrow.Table, optional
        `customer_id` of people who asked to be erased.

    Returns
    -------
    pyarrow.Table
        `PUBLICATION_SCHEMA` and `why_not`, one row; `version` is null where nothing was
        published, and `why_not` says why.

    Raises
    ------
    CannotPublish
        If a mart cannot be published.
    """
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    first = found[0]
    about = {
        name: first[name]
        for name in ("run_id", "version", "code_version", "settings", "data_through")
    }
    # an engine that publishes nothing says why, and is asked for nothing else
    why_not, folder = first["why_not"], None
    if not why_not:
        (about["published_at"],) = session.execute(
            "select cast(current_timestamp at time zone 'UTC' as timestamp)"
        ).fetchone()
        folder = _folder_of(session, first["publish_path"])
        if not folder:
            why_not = "the database lies in no file, and publish_path is not set"
    if folder is None:
        row = {**about, "version": None, "published_at": None, "why_not": why_not}
    else:
        marts = [
            Mart(each["mart"], each["relation"], tuple(each["withheld"].split()))
            for each in found
        ]
        keep, pseudonyms = int(first["count_versions"]), first["pseudonyms"]
        shared = plan_of(found)
        # what is not asked for is empty, and unknown to older plans
        lake = first.get("lake") and Lake(first["lake"], first["lake_schema"])
        row = publish(session, marts, about, folder, keep, pseudonyms, shared, lake)
        if erased is not None:
            forget(session, folder, erased, pseudonyms, lake)
    return pa.Table.from_pylist([row], schema=OUTCOME_SCHEMA)


def _folder_of(session: Any, path: str) -> Path | None:
    """Return the folder to publish to: beside the database where none is given."""
    if path:
        return Path(path)
    (found,) = session.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    return Path(found).parent / "published" if found else None


def publish(
    session: Any,
    marts: Iterable[Mart],
    about: dict[str, Any],
    folder: Path,
    keep: int,
    pseudonyms: str | None = None,
    shared: Plan | None = None,
    lake: Lake | None = None,
) -> dict[str, Any]:
    """Publish marts as a new version, and make it current.

    Parameters
    ----------
    session : duckdb connection
        In whose database the marts lie.
    marts : iterable of Mart
    about : dict
        `PUBLICATION_SCHEMA` but for the counts, which are added.
    folder : Path
        Holds the versions and the link `current`; made where it is missing.
    keep : int
        How many versions are kept, the new one among them.
    pseudonyms : str, optional
        The table with the `pseudonym` of each `customer_id`, as SQL names it. Where it
        is given, customers are published under their pseudonyms.
    shared : Plan, optional
        Aggregates that may leave the house, written beside the marts.
    lake : Lake, optional
        To which the marts are copied as well, just before they become current.

    Returns
    -------
    dict
        The row of the published table `publication`.

    Raises
    ------
    CannotPublish
        If anything goes wrong: which file, why, and what to do.
    """
    marts = list(marts)
    version = about["version"]
    with named(folder):
        check_place(folder)
        (folder / VERSIONS).mkdir(parents=True, exist_ok=True)
        for left in (folder / VERSIONS).glob(f"{ASIDE}*"):
            remove(left)
        aside = folder / VERSIONS / f"{ASIDE}{version}"
        try:
            row = write(session, marts, about, aside, pseudonyms)
            if shared:
                share(session, shared, about, aside)
            make_lasting(aside)
            if lake:
                copy_to_lake(session, aside / FILE, version, lake)
            os.rename(aside, folder / VERSIONS / version)
        finally:
            remove(aside)
        make_current(folder, version)
        for old in versions(folder)[keep:]:
            if old != current_version(folder):
                remove(folder / VERSIONS / old)
    return row

"""Publish the marts as one unit, which readers see whole or not at all.

A version is a folder of its own: a DuckDB file with the marts, and a Parquet file of
each. It is written aside, flushed to disk and renamed; then one rename of the link
`current` makes it the version that readers open. Whoever has an older version open
reads on in that one. A build that dies leaves a folder aside, which the next removes.

``python -m segmentation.publication published`` lists the versions;
``python -m segmentation.publication published VERSION`` makes one of them current.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

FILE = "marts.duckdb"
TABLES = "parquet"
CURRENT = "current"
VERSIONS = "versions"
ASIDE = ".aside-"  # of what is not whole yet
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


OUTCOME_SCHEMA = PUBLICATION_SCHEMA.append(pa.field("why_not", pa.string()))


class CannotPublish(RuntimeError):
    """Nothing was published; the version that was current still is."""


@dataclass(frozen=True)
class Mart:
    """A mart, and where it lies.

    Attributes
    ----------
    name : str
        What it is called in the published file.
    relation : str
        How SQL names it, quoted where that is needed.
    """

    name: str
    relation: str


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
    (about["published_at"],) = session.execute(
        "select cast(current_timestamp at time zone 'UTC' as timestamp)"
    ).fetchone()
    folder = _folder_of(session, first["publish_path"])
    why_not = first["why_not"] or (
        None if folder else "the database lies in no file, and publish_path is not set"
    )
    if why_not or folder is None:
        row = {**about, "version": None, "published_at": None, "why_not": why_not}
    else:
        marts = [Mart(each["mart"], each["relation"]) for each in found]
        row = publish(session, marts, about, folder, int(first["count_versions"]))
        if erased is not None:
            forget(session, folder, erased)
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
    with _named(folder):
        _check_place(folder)
        (folder / VERSIONS).mkdir(parents=True, exist_ok=True)
        for left in (folder / VERSIONS).glob(f"{ASIDE}*"):
            _remove(left)
        aside = folder / VERSIONS / f"{ASIDE}{version}"
        try:
            row = _write(session, marts, about, aside)
            _make_lasting(aside)
            os.rename(aside, folder / VERSIONS / version)
        finally:
            _remove(aside)
        make_current(folder, version)
        for old in versions(folder)[keep:]:
            if old != current_version(folder):
                _remove(folder / VERSIONS / old)
    return row


def forget(session: Any, folder: Path, erased: pa.Table) -> list[str]:
    """Remove the versions that still name people who asked to be erased.

    Parameters
    ----------
    session : duckdb connection
    folder : Path
        Holds the versions. The one that readers open stays: it was just made without
        them.
    erased : pyarrow.Table
        `customer_id`, a row for each of them.

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
    with _named(folder):
        session.register("erased_people", erased)
        for version in versions(folder):
            path = folder / VERSIONS / version
            if version != current_version(folder) and _names(session, path / FILE):
                shutil.rmtree(path)
                removed.append(version)
        session.unregister("erased_people")
    return removed


def _names(session: Any, file: Path) -> bool:
    """Say whether a published file names anyone of `erased_people`; damaged ones do."""
    try:
        session.execute(f"attach {_text(file)} as {ATTACHED} (read_only)")
    except Exception:
        return True
    try:
        places = session.execute(
            "select table_name, column_name from duckdb_columns() "
            f"where database_name = '{ATTACHED}' and column_name like '%customer_id'"
        ).fetchall()
        return any(
            session.execute(
                f"select 1 from {ATTACHED}.{SCHEMA}.{_name(table)} as published "
                f"semi join erased_people on published.{_name(column)} "
                "= erased_people.customer_id limit 1"
            ).fetchone()
            for table, column in places
        )
    finally:
        session.execute(f"detach {ATTACHED}")


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    try:
        yield
    except CannotPublish:
        raise
    except Exception as error:
        cause = " ".join(str(error).split())
        raise CannotPublish(
            f"Nothing was published to {folder}: {cause}. Readers still have "
            f"{current_version(folder) or 'no version'}. Mend the cause and build "
            "again, or name another folder in the setting publish_path."
        ) from error


def _check_place(folder: Path) -> None:
    """Refuse to write where something else lies."""
    for name in (CURRENT, VERSIONS):
        path = folder / name
        is_ours = not path.exists() or (
            path.is_dir() and (name == VERSIONS or path.is_symlink() or _is_whole(path))
        )
        if not is_ours or (folder.exists() and not folder.is_dir()):
            raise CannotPublish(
                f"Nothing was published: {path} is there, and is not ours. Move it "
                "away, or name another folder in the setting publish_path."
            )


def _is_whole(version: Path) -> bool:
    return (version / FILE).is_file()


def _write(
    session: Any, marts: list[Mart], about: dict[str, Any], aside: Path
) -> dict[str, Any]:
    """Write the file and the tables of a version; return its row of `publication`."""
    (aside / TABLES).mkdir(parents=True)
    session.execute(
        f"attach {_text(aside / FILE)} as {ATTACHED} (storage_version '{STORAGE}')"
    )
    try:
        comments = _comments(session)
        # as one transaction: each would be flushed to disk by itself
        session.execute("begin transaction")
        count_rows = 0
        for mart in marts:
            copy = f"{ATTACHED}.{SCHEMA}.{_name(mart.name)}"
            session.execute(f"create table {copy} as select * from {mart.relation}")
            count_rows += session.execute(f"select count(*) from {copy}").fetchone()[0]
            for column, said in comments.get(_place(mart.relation), []):
                what = f"column {copy}.{_name(column)}" if column else f"table {copy}"
                session.execute(f"comment on {what} is {_text(said)}")
        row = {**about, "count_marts": len(marts), "count_rows": count_rows}
        _write_publication(session, row)
        session.execute("commit")
        for name in [*(mart.name for mart in marts), "publication"]:
            session.execute(
                f"copy {ATTACHED}.{SCHEMA}.{_name(name)} "
                f"to {_text(aside / TABLES / f'{name}.parquet')} "
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


def _comments(session: Any) -> dict[str, list[tuple[str | None, str]]]:
    """Return what is said of each relation, by its qualified name.

    Of a column where one is named, else of the whole.
    """
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
    return found


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _place(relation: str) -> str:
    """Return schema and name of a relation, without its database and quotes."""
    return ".".join(part.strip('"') for part in relation.split(".")[-2:])


def _text(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _make_lasting(aside: Path) -> None:
    """Make files read-only, and flush them and their folders to disk."""
    for path in sorted(aside.rglob("*")):
        if path.is_file():
            path.chmod(0o444)
    for path in [*aside.rglob("*"), aside]:
        _flush(path)


def _flush(path: Path) -> None:
    # folders cannot be opened everywhere
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    """Remove a version; a reader who has it open reads on."""
    shutil.rmtree(path, ignore_errors=True)


def versions(folder: Path) -> list[str]:
    """Return the versions that are whole, newest first."""
    found = (path for path in (folder / VERSIONS).glob("*") if _is_whole(path))
    return sorted(
        (path.name for path in found if not path.name.startswith(ASIDE)), reverse=True
    )


def current_version(folder: Path) -> str | None:
    """Return the version that readers open, or None."""
    link = folder / CURRENT
    if not link.is_symlink():
        return None
    return Path(os.readlink(link)).name


def make_current(folder: Path, version: str) -> None:
    """Make a version the one that readers open, by one rename.

    Where the file system has no links, the DuckDB file alone is replaced, in a folder.

    Parameters
    ----------
    folder : Path
    version : str

    Raises
    ------
    CannotPublish
        If there is no such version.
    """
    if not _is_whole(folder / VERSIONS / version):
        there = ", ".join(versions(folder)) or "none"
        raise CannotPublish(f"There is no version {version} in {folder}: {there}.")
    link, fresh = folder / CURRENT, folder / f"{ASIDE}{CURRENT}"
    with suppress(FileNotFoundError):
        fresh.unlink()
    try:
        fresh.symlink_to(Path(VERSIONS) / version, target_is_directory=True)
    except (OSError, NotImplementedError):
        link.mkdir(exist_ok=True)
        copy = link / f"{ASIDE}{FILE}"
        shutil.copy(folder / VERSIONS / version / FILE, copy)
        _flush(copy)
        os.replace(copy, link / FILE)
        return
    os.replace(fresh, link)
    _flush(folder)


def main(arguments: list[str] | None = None) -> int:
    """List the versions of a folder, or make one of them current."""
    parser = argparse.ArgumentParser(
        prog="python -m segmentation.publication",
        description="List published versions, or make one of them current.",
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("version", nargs="?")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.version:
            make_current(chosen.folder, chosen.version)
    except CannotPublish as error:
        print(error, file=sys.stderr)
        return 1
    now = current_version(chosen.folder)
    for version in versions(chosen.folder):
        print(f"{'*' if version == now else ' '} {version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Command line of the report: `python -m segmentation.report --help`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from segmentation.report.parts import Contents
from segmentation.report.queries import DEFINITIONS, PUBLICATION, QUERIES
from segmentation.writing import plain

WANTED = 'pip install "warehouse-segmentation[report]"'


def read(database: str) -> Contents:
    """Read what the report shows from a published file, and close the file.

    Parameters
    ----------
    database : str
        Path of `marts.duckdb`. It is opened for reading only.

    Returns
    -------
    Contents

    Raises
    ------
    duckdb.Error
        If the file cannot be read, or holds no published marts.
    """
    quoted = database.replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{quoted}' as published (read_only)")
        connection.execute("use published")
        publication = connection.execute(PUBLICATION).df().to_dict("records")[0]
        definitions = dict(connection.execute(DEFINITIONS).fetchall())
        frames = {
            name: connection.execute(query).df() for name, query in QUERIES.items()
        }
    settings = json.loads(plain(publication.get("settings")) or "{}")
    return Contents(
        frames, publication, definitions, str(settings.get("reporting_currency") or "")
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the report as one HTML file."""
    parser = argparse.ArgumentParser(
        prog="python -m segmentation.report",
        description="Write the published marts as one page that needs no network.",
    )
    parser.add_argument("database", help="the published DuckDB file, marts.duckdb")
    parser.add_argument("page", type=Path, help="the HTML file to write")
    chosen = parser.parse_args(arguments)
    try:
        from segmentation.report.page import write
    except ModuleNotFoundError as error:
        parser.error(f"{error.name} is not installed; the report needs it: {WANTED}")
    try:
        contents = read(chosen.database)
    except duckdb.Error as error:
        parser.error(f"{error} The report reads a published file, with marts in it.")
    chosen.page.parent.mkdir(parents=True, exist_ok=True)
    chosen.page.write_text(write(contents), encoding="utf-8")
    size = chosen.page.stat().st_size / 1e6
    print(f"The report is {chosen.page} ({size:.1f} MB): open it in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

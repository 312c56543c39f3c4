"""A plugin of dbt-duckdb that waits for the database file, and says who holds it.

A DuckDB file has one writer, or readers: a build beside an open reader, or beside
another build, cannot begin. Named in profiles.yml under `plugins`, the plugin is asked
before dbt opens the file; what it raises dbt reports as one message.
"""

import re
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

import duckdb

WAIT_SECONDS = 10


class Plugin:
    """Waits until a DuckDB file can be written.

    Parameters
    ----------
    name : str
        What the profile calls the plugin.
    plugin_config : dict
        `wait_seconds`, a whole number: how long to wait for others; 10 if not given.
    credentials : object
        With `path`, the DuckDB file.

    Raises
    ------
    RuntimeError
        If the file is still held by another program after that time.
    """

    def __init__(self, name: str, plugin_config: dict[str, Any], credentials: Any):
        self.name = name
        self.creds = credentials
        path = str(credentials.path)
        if not path.startswith("md:"):
            wait = plugin_config.get("wait_seconds", WAIT_SECONDS)
            wait_until_free(path, int(wait))

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Leave the settings of the connection as they are."""

    def configure_connection(self, conn: Any) -> None:
        """Leave the connection as it is."""

    def configure_cursor(self, cursor: Any) -> None:
        """Leave its cursors as they are."""


def wait_until_free(path: str, wait_seconds: int) -> None:
    """Return once a DuckDB file can be written.

    Other reasons why a file cannot be opened are for dbt to report.

    Parameters
    ----------
    path : str
        The file; it need not exist.
    wait_seconds : int
        How long to wait at most; asked once a second.

    Raises
    ------
    RuntimeError
        If another program still holds the file; the message names that program.
    """
    for second in count():
        fault = _why_it_cannot_be_written(path)
        if not re.search("set lock|already open", fault):
            return
        if second >= wait_seconds:
            raise RuntimeError(locked(path, fault))
        if second == 0:
            print(f"{path} is in use: waiting up to {wait_seconds} seconds for it.")
        sleep(1)


def locked(path: str, fault: str) -> str:
    """Say that a file is held, by whom, and what to do.

    Parameters
    ----------
    path : str
        The DuckDB file.
    fault : str
        What DuckDB says of it.
    """
    found = re.search(r"(?:held|open) in\s+(.+?) \(PID (\d+)\)", fault)
    holder = (
        f"{found[1]} (process {found[2]}) has it open"
        if found
        else "another program has it open"
    )
    return (
        f"The database {path} is in use: {holder}. While dbt writes a DuckDB file, "
        "nothing else can have it open, not even to read. Close that program (a BI "
        "tool, a notebook, another dbt), or let it read a copy of the file. Then build "
        "again. Nothing was built."
    )


def _why_it_cannot_be_written(path: str) -> str:
    # dbt makes a new file, in the form that the profile asks for
    if not Path(path).exists():
        return ""
    try:
        duckdb.connect(path).close()
    except duckdb.IOException as error:
        return str(error)
    except duckdb.Error:
        pass
    return ""

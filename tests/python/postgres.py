"""A PostgreSQL server of the test's own, and the extensions that reach it."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import duckdb
import pytest

EXTENSIONS = ("ducklake", "postgres_scanner")
SERVER = "postgres"  # its user


@contextmanager
def running() -> Iterator["Server"]:
    """Run a server that listens on a socket in a folder of its own alone."""
    programs = _programs()
    if not programs:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    user = None
    if os.geteuid() == 0:  # the server refuses to run as root
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = next((name for name in (SERVER, "nobody") if name in names), None)
        if not user:
            pytest.skip("PostgreSQL does not run as root, and there is no other user")
    # paths of sockets are short: not the folder of the test
    with tempfile.TemporaryDirectory(prefix="lake") as folder:
        if user:
            shutil.chown(folder, user)
        server = Server(Path(folder), programs, user)
        data = str(server.folder / "data")
        server.run("initdb", "--no-sync", "-A", "trust", "-U", SERVER, "-D", data)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        log = str(server.folder / "log")
        server.run("pg_ctl", "-w", "-D", data, "-l", log, "-o", options, "start")
        try:
            yield server
        finally:
            server.run("pg_ctl", "-w", "-D", data, "-m", "immediate", "stop")


class Server:
    """A server that runs: `folder` holds its socket."""

    def __init__(self, folder: Path, programs: Path, user: str | None):
        self.folder = folder
        self.programs = programs
        self.user = user
        self.numbers = count()

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs, and return what it says."""
        done = subprocess.run(
            [self.programs / program, *arguments],
            user=self.user,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            # the server would keep a pipe open, and this would wait for its end
            stdout=(self.folder / "said").open("w+"),
            stderr=subprocess.STDOUT,
        )
        said = (self.folder / "said").read_text()
        assert done.returncode == 0, said
        return said

    def new_database(self) -> str:
        """Make a database, and return how it is reached."""
        name = f"lake{next(self.numbers)}"
        self.run("createdb", "-h", str(self.folder), "-U", SERVER, name)
        return f"dbname={name} host={self.folder} user={SERVER}"

    def dump(self, place: str) -> str:
        """Return all that a database holds, as text."""
        return self.run("pg_dump", "-d", place)


def find_extensions(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Let DuckDB find the extensions: installed already, or brought by packages."""
    with duckdb.connect() as connection:
        try:
            for name in EXTENSIONS:
                connection.execute(f"load {name}")
            return
        except duckdb.Error:
            pass
    patch.setenv("HOME", str(home))  # where DuckDB looks for them
    with duckdb.connect() as connection:
        (version,) = connection.execute("select version()").fetchone()
        for name in EXTENSIONS:
            package = importlib.util.find_spec(f"duckdb_extension_{name}")
            if not package:
                pytest.skip(
                    f"DuckDB's extension {name} is not installed: pip install .[lake]"
                )
            folder = Path(package.origin).parent / "extensions" / version
            file = folder / f"{name}.duckdb_extension"
            if not file.exists():
                pytest.skip(
                    f"The extension {name} that is installed is not of {version}"
                )
            connection.execute(f"install '{file}'")


def _programs() -> Path | None:
    """Return the folder of PostgreSQL's programs: Debian puts them aside."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in folders if (each / "initdb").exists()), None)

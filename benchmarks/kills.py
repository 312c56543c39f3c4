"""Builds that are killed, beside builds that are not, and readers beside both.

``python -m benchmarks.kills --months 6 --kills 6``

Two databases take in the same shop, a month at a time. The builds of one are left in
peace; those of the other are killed at random moments, some while they publish, before
one build of each month may end. Then every table of both must be the same. One reader
opens the published file again and again, and one never closes what it opened first.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import duckdb

from benchmarks.running import DBT, ROOT, make_shop

SETTINGS = {"cluster_methods": ["k-means"], "cluster_counts": [2, 3]}
# what differs from one run to the next by its nature
OF_A_RUN = {
    "publication", "published_marts", "fct_runs", "fct_run_nodes", "fct_run_inputs",
    "int_runs", "int_run_nodes", "int_run_inputs",
}  # fmt: skip


class Reader(threading.Thread):
    """Opens the published file again and again, and checks that it is of one build."""

    def __init__(self, folder: Path):
        super().__init__(daemon=True)
        self.file = folder / "published/current/marts.duckdb"
        self.is_done = threading.Event()
        self.versions: list[str] = []
        self.reads = 0
        self.faults: list[str] = []

    def run(self) -> None:
        """Read until told to stop."""
        while not self.is_done.is_set():
            if self.file.exists():
                try:
                    self.read()
                except (duckdb.Error, AssertionError) as fault:
                    self.faults.append(f"{type(fault).__name__}: {fault}")
            time.sleep(0.05)

    def read(self) -> None:
        """Read once; every mart must have the rows that its version says."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            version, through, rows, marts = connection.execute(
                "select version, data_through, count_rows, count_marts from publication"
            ).fetchone()
            names = [name for (name,) in connection.execute("show tables").fetchall()]
            names.remove("publication")
            counted = connection.execute(
                "select "
                + " + ".join(f"(select count(*) from {name})" for name in names)
                + ", (select max(as_of_date) - 1 from fct_customer_segments)"
            ).fetchone()
        assert (len(names), *counted) == (marts, rows, through), (version, counted)
        if version not in self.versions[-1:]:
            # a version may follow another, and never comes back
            assert version not in self.versions, self.versions
            self.versions.append(version)
        self.reads += 1


def dbt(folder: Path, raw: Path, as_of: str) -> subprocess.Popen:
    """Start a build."""
    variables = {**SETTINGS, "raw_path": str(raw), "as_of_date": as_of}
    said = (folder / "said.txt").open("w")  # what a killed build began may outlive it
    return subprocess.Popen(
        [
            str(DBT), "--quiet", "build",
            "--vars", json.dumps(variables), "--log-path", str(folder / "log"),
            "--target-path", str(folder / "target"),
        ],
        cwd=ROOT,
        env={**os.environ, "SEGMENTATION_DUCKDB_PATH": f"{folder}/segmentation.duckdb"},
        stdout=said,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip


def ended(folder: Path, raw: Path, as_of: str) -> float:
    """Wait for a build that must succeed; return its seconds."""
    started = time.monotonic()
    if dbt(folder, raw, as_of).wait():
        raise SystemExit(f"the build failed:\n{(folder / 'said.txt').read_text()}")
    return time.monotonic() - started


def killed(build: subprocess.Popen, after: float, with_children: bool) -> bool:
    """Kill a build after so many seconds; tell whether it still ran."""
    try:
        build.wait(after)
    except subprocess.TimeoutExpired:
        (os.killpg if with_children else os.kill)(build.pid, signal.SIGKILL)
    return build.wait() == -signal.SIGKILL


def differences(one: Path, other: Path) -> list[str]:
    """Return the tables that are not the same in two databases."""
    found = []
    with duckdb.connect() as connection:
        for name, folder in (("one", one), ("other", other)):
            connection.execute(
                f"attach '{folder}/segmentation.duckdb' as {name} (read_only)"
            )
        tables = {
            name: set(
                connection.execute(
                    "select schema_name, table_name from duckdb_tables() "
                    f"where database_name = '{name}' and schema_name <> 'ledger'"
                ).fetchall()
            )
            for name in ("one", "other")
        }
        found += [
            f"{table} is in one only" for table in tables["one"] ^ tables["other"]
        ]
        for schema, table in sorted(tables["one"] & tables["other"]):
            if table in OF_A_RUN:
                continue
            place = f'{schema}."{table}"'
            (count,) = connection.execute(
                f"select count(*) from ("
                f"(from one.{place} except all from other.{place}) union all "
                f"(from other.{place} except all from one.{place}))"
            ).fetchone()
            if count:
                found.append(f"{place}: {count} rows differ")
    return found


def main() -> None:
    """Print what came of it, a row for each month."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--kills", type=int, default=6, help="in each month")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    count_kills, faults = 0, []
    print("| as of | s undisturbed | killed after s | s to mend | tables that differ |")
    print("|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / side for side in ("undisturbed", "killed")]
        for folder in folders:
            folder.mkdir()
        raw = make_shop(Path(name), chosen.customers, "--years", "3", "--seed", "7")
        readers = [Reader(folder) for folder in folders]
        for reader in readers:
            reader.start()
        patient = None
        for month in range(chosen.months):
            as_of = f"2024-{month + 1:02}-01"
            seconds = ended(folders[0], raw, as_of)
            after = []
            for number in range(chosen.kills):
                # every third dies about where it publishes
                low = 0.9 if number % 3 == 2 else 0.1
                moment = chance.uniform(low, 1) * seconds
                build = dbt(folders[1], raw, as_of)
                if killed(build, moment, with_children=number % 2 == 0):
                    after.append(f"{moment:.0f}")
            count_kills += len(after)
            mended = ended(folders[1], raw, as_of)
            found = differences(*folders)
            faults += found
            print(
                f"| {as_of} | {seconds:.0f} | {', '.join(after)} | {mended:.0f} "
                f"| {'; '.join(found) or 'none'} |",
                flush=True,
            )
            if patient is None:
                patient = duckdb.connect(str(readers[1].file), read_only=True)
                first = patient.execute("from publication").fetchall()
        if (
            patient is not None
            and patient.execute("from publication").fetchall() != first
        ):
            faults.append("what was open all the time has changed")
        for reader in readers:
            reader.is_done.set()
            reader.join()
            faults += reader.faults
    versions = [len(reader.versions) for reader in readers]
    print(
        f"\n{count_kills} builds killed; {sum(reader.reads for reader in readers):,} "
        f"reads of {versions[0]} and {versions[1]} versions; "
        f"{len(faults)} faults"
    )
    if faults:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()

"""Readers see a published version whole or not at all, whatever becomes of the next."""

import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from segmentation.publication.__main__ import main
from segmentation.publication.forgetting import forget
from segmentation.publication.publishing import publish, publish_marts
from segmentation.publication.versions import (
    ASIDE,
    CannotPublish,
    current_version,
    make_current,
    versions,
)
from segmentation.publication.writing import Mart

MARTS = [Mart("fct_one", "marts.fct_one"), Mart("rpt_two", '"marts"."rpt_two"')]


def about(version):
    return {
        "run_id": f"run of {version}",
        "version": version,
        "code_version": "1",
        "settings": "{}",
        "data_through": date(2024, 6, 30),
        "published_at": datetime(2024, 7, 1, 2, 3, 4),
    }


@pytest.fixture
def session(tmp_path):
    connection = duckdb.connect(str(tmp_path / "warehouse.duckdb"))
    connection.execute("create schema marts")
    built(connection, 1)
    yield connection
    connection.close()


def built(connection, number, rows=1_000):
    """Build the marts anew: every row names the build."""
    for name in ("fct_one", "rpt_two"):
        connection.execute(
            f"create or replace table marts.{name} as "
            f"select range as id, {number} as build from range({rows})"
        )


def read(folder):
    """Return the builds that the current file and tables are of."""
    current = folder / "current"
    with duckdb.connect(str(current / "marts.duckdb"), read_only=True) as connection:
        return set(
            connection.execute(
                "select build from fct_one union select build from marts.rpt_two"
            ).fetchall()
        )


def test_a_version_holds_the_marts_their_descriptions_and_what_they_are(
    session, tmp_path
):
    session.execute("comment on table marts.fct_one is 'it''s one'")
    session.execute("comment on column marts.rpt_two.build is 'of which build'")
    row = publish(session, MARTS, about("v1"), tmp_path / "out", keep=2)
    assert (row["count_marts"], row["count_rows"]) == (2, 2_000)
    current = tmp_path / "out/current"
    with duckdb.connect(str(current / "marts.duckdb"), read_only=True) as found:
        names = found.execute(
            "select table_name, comment from duckdb_tables() order by 1"
        ).fetchall()
        assert names == [
            ("fct_one", "it's one"), ("publication", None), ("rpt_two", None),
        ]  # fmt: skip
        assert found.execute(
            "select comment from duckdb_columns() where comment is not null"
        ).fetchall() == [("of which build",)]
        (published,) = found.execute("from publication").df().to_dict("records")
    assert published["run_id"] == "run of v1"
    assert published["count_rows"] == 2_000
    tables = duckdb.connect()
    for name in ("fct_one", "rpt_two", "publication"):
        file = current / f"parquet/{name}.parquet"
        count = tables.execute(f"select count(*) from '{file}'").fetchone()[0]
        assert count == (1 if name == "publication" else 1_000)
    assert not (current / "marts.duckdb").stat().st_mode & 0o222
    # the session writes its own tables on
    session.execute("create table marts.three as select 3 as three")


def test_the_newest_versions_are_kept_and_the_current_one(session, tmp_path, capsys):
    folder = tmp_path / "out"
    for number in range(4):
        built(session, number)
        publish(session, MARTS, about(f"v{number}"), folder, keep=2)
    assert versions(folder) == ["v3", "v2"]
    assert read(folder) == {(3,)}
    # back, and on again
    assert main([str(folder), "v2"]) == 0
    assert capsys.readouterr().out.splitlines() == ["  v3", "* v2"]
    assert read(folder) == {(2,)}
    assert main([str(folder), "v0"]) == 1
    assert "There is no version v0" in capsys.readouterr().err
    built(session, 4)
    publish(session, MARTS, about("v4"), folder, keep=1)
    assert versions(folder) == ["v4"]


def test_who_has_a_version_open_reads_on(session, tmp_path):
    folder = tmp_path / "out"
    publish(session, MARTS, about("v1"), folder, keep=1)
    file = str(folder / "current/marts.duckdb")
    with duckdb.connect(file, read_only=True) as reader:
        for number in range(2, 12):
            built(session, number)
            publish(session, MARTS, about(f"v{number:02}"), folder, keep=1)
            assert reader.execute("select distinct build from rpt_two").fetchall() == [
                (1,)
            ]
    assert read(folder) == {(11,)}


def reads(folder, stop, found):
    """Read in a loop: which builds were seen together, and what failed."""
    seen, failed = set(), []
    while not stop.is_set():
        try:
            seen.add(frozenset(read(folder)))
        except Exception as error:
            failed.append(str(error))
    found.put((seen, failed))


def test_readers_in_a_loop_see_one_build_at_a_time(session, tmp_path):
    folder = tmp_path / "out"
    publish(session, MARTS, about("v00"), folder, keep=2)
    context = multiprocessing.get_context("spawn")
    stop, found = context.Event(), context.Queue()
    reader = context.Process(target=reads, args=(folder, stop, found))
    reader.start()
    for number in range(1, 25):
        built(session, number)
        publish(session, MARTS, about(f"v{number:02}"), folder, keep=2)
    stop.set()
    seen, failed = found.get(timeout=60)
    reader.join()
    assert not failed
    assert all(len(together) == 1 for together in seen)


PUBLISH_FOR_EVER = """
import sys
sys.path.insert(0, {tests!r})
import duckdb
from pathlib import Path
from test_publication import MARTS, about, built, publish
connection = duckdb.connect(sys.argv[1])
connection.execute("create schema if not exists marts")
for number in range(int(sys.argv[2]), 10_000):
    built(connection, number)
    publish(connection, MARTS, about(f"v{{number:05}}"), Path(sys.argv[3]), keep=2)
    print(number, flush=True)
"""


def test_killed_at_any_moment_the_last_version_or_the_next_is_there(tmp_path):
    folder, number = tmp_path / "out", 0
    rng = random.Random(5)
    script = PUBLISH_FOR_EVER.format(tests=str(Path(__file__).parent))
    for _ in range(8):
        child = subprocess.Popen(
            [
                sys.executable, "-c", script,
                str(tmp_path / "w.duckdb"), str(number), str(folder),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        first = int(child.stdout.readline())
        time.sleep(rng.uniform(0, 0.3))
        child.send_signal(signal.SIGKILL)
        told = [first, *map(int, child.communicate()[0].split())]
        (build,) = read(folder)
        # the last that was told, or the next, whose telling was cut short
        assert build[0] in (told[-1], told[-1] + 1)
        number = told[-1] + 2


@pytest.mark.parametrize("there", ["file", "folder"])
def test_what_is_not_ours_is_left_alone(session, tmp_path, there):
    folder = tmp_path / "out"
    folder.mkdir()
    theirs = folder / "current"
    theirs.write_text("mine") if there == "file" else theirs.mkdir()
    with pytest.raises(CannotPublish, match="current is there, and is not ours"):
        publish(session, MARTS, about("v1"), folder, keep=2)
    assert theirs.exists()
    assert versions(folder) == []


def test_a_place_that_is_no_folder_is_told(session, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(CannotPublish, match=r"Nothing was published"):
        publish(session, MARTS, about("v1"), tmp_path / "out", keep=2)


def test_a_damaged_version_does_not_hinder_the_next(session, tmp_path):
    folder = tmp_path / "out"
    publish(session, MARTS, about("v1"), folder, keep=2)
    file = folder / "current/marts.duckdb"
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    built(session, 2)
    publish(session, MARTS, about("v2"), folder, keep=2)
    assert read(folder) == {(2,)}


def test_a_disk_that_is_full_leaves_the_old_version(session, tmp_path):
    folder = tmp_path / "out"
    publish(session, MARTS, about("v1"), folder, keep=2)
    built(session, 2, rows=400_000)
    session.execute("checkpoint")
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(CannotPublish, match=r"Readers still have v1\. Mend"):
            publish(session, MARTS, about("v2"), folder, keep=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert read(folder) == {(1,)}
    assert [path.name for path in (folder / "versions").iterdir()] == ["v1"]
    # and once there is room
    publish(session, MARTS, about("v2"), folder, keep=2)
    assert read(folder) == {(2,)}


def test_a_mart_that_cannot_be_read_publishes_none(session, tmp_path):
    folder = tmp_path / "out"
    publish(session, MARTS, about("v1"), folder, keep=2)
    gone = [*MARTS, Mart("gone", "marts.gone")]
    with pytest.raises(CannotPublish, match="gone"):
        publish(session, gone, about("v2"), folder, keep=2)
    assert read(folder) == {(1,)}
    assert session.execute("select count(*) from duckdb_databases() "
                           "where not internal").fetchone() == (1,)  # fmt: skip


def test_without_links_the_file_alone_is_replaced(session, tmp_path, monkeypatch):
    def no_links(*_, **__):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", no_links)
    folder = tmp_path / "out"
    for number in (1, 2):
        built(session, number)
        publish(session, MARTS, about(f"v{number}"), folder, keep=2)
    assert read(folder) == {(2,)}
    assert [path.name for path in (folder / "current").iterdir()] == ["marts.duckdb"]


def test_what_is_left_of_a_killed_one_is_removed(session, tmp_path):
    left = tmp_path / f"out/versions/{ASIDE}v0/parquet"
    left.mkdir(parents=True)
    (left / "half.parquet").write_text("half")
    publish(session, MARTS, about("v1"), tmp_path / "out", keep=2)
    assert [path.name for path in (tmp_path / "out/versions").iterdir()] == ["v1"]


def plan(tmp_path, **values):
    row = about("v1") | {
        "mart": "fct_one",
        "relation": '"warehouse"."marts"."fct_one"',
        "withheld": "",
        "pseudonyms": None,
        "publish_path": str(tmp_path / "named"),
        "why_not": "",
        "count_versions": 1,
    }
    row = row | values
    return [tuple(row.values())], list(row)


def test_a_build_publishes_beside_its_database_or_where_it_is_told(session, tmp_path):
    for path, place in ((str(tmp_path / "named"), "named"), ("", "published")):
        (row,) = publish_marts(session, *plan(tmp_path, publish_path=path)).to_pylist()
        assert (row["version"], row["why_not"]) == ("v1", None)
        assert current_version(tmp_path / place) == "v1"
        assert (
            abs(row["published_at"] - datetime.now(UTC).replace(tzinfo=None)).days < 1
        )


def test_a_command_that_is_not_to_publish_says_why(session, tmp_path):
    found = publish_marts(session, *plan(tmp_path, why_not="tests were left out"))
    (row,) = found.to_pylist()
    assert (row["version"], row["published_at"]) == (None, None)
    assert row["why_not"] == "tests were left out"
    assert not (tmp_path / "named").exists()
    memory = duckdb.connect()
    (row,) = publish_marts(memory, *plan(tmp_path, publish_path="")).to_pylist()
    assert "lies in no file" in row["why_not"]


def people(session, *names):
    session.execute("create or replace table marts.dim_customers (customer_id varchar)")
    session.executemany(
        "insert into marts.dim_customers values (?)", [[name] for name in names]
    )
    return [Mart("dim_customers", "marts.dim_customers")]


@pytest.mark.parametrize("pseudonyms", [None, "marts.known_as"])
def test_versions_that_name_who_is_erased_are_removed(session, tmp_path, pseudonyms):
    session.execute(
        "create table marts.known_as as select * from (values "
        "('anna', 'x1', false), ('bert', 'x2', true), ('carl', 'x3', false)) "
        "as t(customer_id, pseudonym, is_erased)"
    )
    for version, names in {
        "v1": ["anna", "bert"],
        "v2": ["anna", "carl"],
        "v3": ["bert"],
        "v4": ["anna"],
    }.items():
        marts = people(session, *names)
        publish(session, marts, about(version), tmp_path, 9, pseudonyms)
    erased = pa.table({"customer_id": ["bert"]})
    assert forget(session, tmp_path, erased, pseudonyms) == ["v3", "v1"]
    assert versions(tmp_path) == ["v4", "v2"]
    assert forget(session, tmp_path, erased.slice(1), pseudonyms) == []


def test_under_pseudonyms_no_order_and_no_column_tells_the_ids(session, tmp_path):
    session.execute(
        "create table marts.known_as as "
        "select 'c' || range as customer_id, md5('k' || range) as pseudonym, "
        "false as is_erased from range(100)"
    )
    session.execute(
        "create table marts.fct_one_of_them as "
        "select 'c' || range as customer_id, "
        "'c' || (99 - range) as nearest_customer_id, "
        "'seen: c' || range as raw_row, range * 2 as amount from range(100)"
    )
    mart = Mart("fct_one_of_them", "marts.fct_one_of_them", ("raw_row",))
    publish(session, [mart], about("v1"), tmp_path, 1, "marts.known_as")
    with duckdb.connect(str(tmp_path / "current/marts.duckdb"), read_only=True) as file:
        rows = file.execute("from fct_one_of_them").fetchall()
        columns = [
            row[0] for row in file.execute("describe fct_one_of_them").fetchall()
        ]
    assert columns == ["customer_id", "nearest_customer_id", "raw_row", "amount"]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    known_as = dict(
        session.execute("select customer_id, pseudonym from marts.known_as").fetchall()
    )
    assert set(rows) == {
        (known_as[f"c{n}"], known_as[f"c{99 - n}"], None, n * 2) for n in range(100)
    }


def test_a_version_that_is_not_there_cannot_be_made_current(tmp_path):
    with pytest.raises(CannotPublish, match=r"no version v9 in .*: none"):
        make_current(tmp_path, "v9")
    assert os.listdir(tmp_path) == []

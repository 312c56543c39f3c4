"""The marts in a DuckLake with its catalog in PostgreSQL: whole, or not at all."""

import json
import subprocess
import sys

import duckdb
import pytest
from dbt_project import small_shop
from postgres import find_extensions, running

from segmentation.publication.lake import Lake, copy_to_lake, forget_in_lake
from segmentation.publication.versions import CannotPublish

SETTINGS = {
    "cluster_methods": ["k-means"],
    "cluster_counts": [2, 3],
    "publish_lake": "lake",
}
BUILD = ("--target", "lake", "--exclude-resource-type", "unit_test")

MARTS = Lake("lake", "marts")

# Reads all the time until its input ends: the version that is published, and how many
# customers two marts hold. Prints what it saw.
READER = """
import json, sys, threading
import duckdb

ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
connection = duckdb.connect()
connection.execute(f"attach 'ducklake:postgres:{sys.argv[1]}' as lake (read_only)")
seen = {}
while not ended.is_set():
    try:
        connection.execute("begin transaction")
        found = [
            connection.execute(f"select {what} from lake.marts.{mart}").fetchone()[0]
            for what, mart in (
                ("max(version)", "publication"),
                ("count(*)", "dim_customers"),
                ("count(*)", "fct_customer_segments"),
                ("max(version)", "publication"),
            )
        ]
        connection.execute("commit")
    except Exception as error:
        found = [str(error)]
        connection.execute("rollback")
    told = json.dumps(found)
    if not seen:
        print("begun", flush=True)
    seen[told] = seen.get(told, 0) + 1
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        find_extensions(tmp_path_factory.mktemp("home"), patch)
        with running() as found:
            yield found


@pytest.fixture(scope="module")
def shop(server, new_project):
    """Return a shop that was built twice, the second time beside a reader."""
    project = new_project()
    place = server.new_database()
    settings = {**SETTINGS, "publish_path": str(project.folder / "published")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGMENTATION_LAKE", place)
        patch.setenv("SEGMENTATION_LAKE_PATH", str(project.folder / "lake"))
        project.write(**small_shop(30))
        first = project.build(*BUILD, tests=True, **settings)
        assert first.success, first.text
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, place],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert reader.stdout.readline() == "begun\n"
        project.write(**small_shop(50))
        second = project.build(*BUILD, tests=True, **settings)
        seen, _ = reader.communicate()
    assert second.success, second.text
    folder = project.folder / "published/versions"
    project.place = place
    project.seen = {tuple(json.loads(row)): n for row, n in json.loads(seen).items()}
    project.files = [path / "marts.duckdb" for path in sorted(folder.iterdir())]
    return project


@pytest.fixture
def place(server):
    return server.new_database()


def opened(place, files=None):
    """Return a connection to which a lake is attached, for reading only if not new."""
    connection = duckdb.connect()
    how = f"data_path '{files}/lake/'" if files else "read_only"
    connection.execute(f"attach 'ducklake:postgres:{place}' as lake ({how})")
    return connection


def snapshots(connection):
    """Return the versions that were published, and the snapshot of each, in order."""
    return connection.execute(
        "select commit_message, snapshot_id from lake.snapshots() "
        "where author = 'segmentation' order by snapshot_id"
    ).fetchall()


def version_in(connection, schema="marts"):
    """Return the version that a schema of the lake holds, and its customers."""
    return connection.execute(
        f"select max(version), (select count(*) from lake.{schema}.dim_customers) "
        f"from lake.{schema}.publication"
    ).fetchone()


def test_a_reader_beside_a_build_sees_one_version_or_the_other(shop):
    old, new = (file.parent.name for file in shop.files)
    assert set(shop.seen) == {(old, 30, 30, old), (new, 50, 50, new)}
    assert shop.seen[old, 30, 30, old] > 20


def test_the_lake_holds_what_the_file_holds(shop):
    with opened(shop.place) as lake:
        lake.execute(f"attach '{shop.files[-1]}' as file (read_only)")
        kinds = {
            place: lake.execute(
                "select table_name, column_name, data_type, comment "
                f"from duckdb_columns() where database_name = '{place}' "
                f"and schema_name = '{schema}' order by all"
            ).fetchall()
            for place, schema in (("file", "main"), ("lake", "marts"))
        }
        assert kinds["file"] == kinds["lake"]
        for mart in {row[0] for row in kinds["file"]}:
            one, other = f"from file.{mart}", f"from lake.marts.{mart}"
            unlike = f"({one} except all {other}) union all ({other} except all {one})"
            assert not lake.execute(unlike).fetchall(), mart


def test_an_older_version_tells_what_a_segment_was_then(shop):
    what = "select customer_id, rfm_segment_code"
    with opened(shop.place) as lake:
        made = dict(snapshots(lake))
        assert list(made) == [file.parent.name for file in shop.files]
        found = {}
        for file in shop.files:
            lake.execute(f"attach '{file}' as file (read_only)")
            then = f"at (version => {made[file.parent.name]})"
            found[file] = set(
                lake.execute(
                    f"{what} from lake.marts.fct_customer_segments {then}"
                ).fetchall()
            )
            theirs = lake.execute(f"{what} from file.fct_customer_segments").fetchall()
            assert found[file] == set(theirs)
            lake.execute("detach file")
    old, new = (dict(found[file]) for file in shop.files)
    # some are in another segment now: the answers are of different days
    assert any(old[customer] != new[customer] for customer in old)


class Meanwhile:
    """A session during whose transaction something else happens, before it commits."""

    def __init__(self, session, something):
        self.session = session
        self.something = something

    def execute(self, sql, *values):
        if sql == "commit":
            self.something()
        return self.session.execute(sql, *values)


def test_shops_that_publish_at_once_each_to_its_schema_both_succeed(
    shop, place, tmp_path
):
    one, other = Lake("lake", "one"), Lake("lake", "other")
    with opened(place, tmp_path) as mine, opened(place, tmp_path) as theirs:
        session = Meanwhile(
            mine, lambda: copy_to_lake(theirs, shop.files[1], "of other", other)
        )
        copy_to_lake(session, shop.files[0], "of one", one)
        assert [name for name, _ in snapshots(mine)] == ["of other", "of one"]
        assert version_in(mine, "one") == (shop.files[0].parent.name, 30)
        assert version_in(theirs, "other") == (shop.files[1].parent.name, 50)


def test_of_two_that_publish_to_one_schema_at_once_one_is_told(shop, place, tmp_path):
    old, new = shop.files
    with opened(place, tmp_path) as mine, opened(place, tmp_path) as theirs:
        # first to make the same tables, then to replace them
        for published in (["theirs"], ["theirs", "theirs"]):
            session = Meanwhile(
                mine, lambda: copy_to_lake(theirs, new, "theirs", MARTS)
            )
            with pytest.raises(CannotPublish, match="at the same time"):
                copy_to_lake(session, old, "mine", MARTS)
            assert version_in(mine) == version_in(theirs) == (new.parent.name, 50)
            assert [name for name, _ in snapshots(mine)] == published
        copy_to_lake(mine, old, "mine", MARTS)
        assert version_in(theirs) == (old.parent.name, 30)


def test_who_fails_midway_leaves_the_lake_as_it_was(shop, place, tmp_path):
    old, new = shop.files

    def fail():
        raise OSError("no space left")

    with opened(place, tmp_path) as lake:
        copy_to_lake(lake, old, "old", MARTS)
        with pytest.raises(CannotPublish, match=r"cannot be written.*no space left"):
            copy_to_lake(Meanwhile(lake, fail), new, "new", MARTS)
        assert version_in(lake) == (old.parent.name, 30)
        copy_to_lake(lake, new, "new", MARTS)
        assert version_in(lake) == (new.parent.name, 50)


def file_of(folder, version, *customers):
    """Write a published file of two marts: one small, one of a thousand rows more."""
    file = folder / f"{version}.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"create table publication as select '{version}' as version")
        connection.execute("create table few (customer_id varchar)")
        connection.executemany("insert into few values (?)", [[c] for c in customers])
        connection.execute(
            "create table many as select 'c' || range as customer_id from range(1000) "
            "union all from few"
        )
    return file


def test_snapshots_that_name_who_is_erased_are_removed(server, place, tmp_path):
    person = "zqperson7731"

    def places():
        """Return in which files, and whether in the catalog, the person is named."""
        with duckdb.connect() as reader:
            files = {
                file
                for file in (tmp_path / "lake").rglob("*.parquet")
                if reader.execute(
                    f"select 1 from '{file}' where customer_id = '{person}'"
                ).fetchone()
            }
        said = server.dump(place)
        # rows of small tables stand in the catalog, their texts as bytes
        marks = {"statistics": person, "rows": person.encode().hex()}
        return len(files), {name for name, mark in marks.items() if mark in said}

    with opened(place, tmp_path) as lake:
        for version, customers in (
            ("before", ("a",)),
            ("named", ("a", person)),
            ("after", ("a",)),
        ):
            copy_to_lake(lake, file_of(tmp_path, version, *customers), version, MARTS)
        assert places() == (1, {"statistics", "rows"})
        named = dict(snapshots(lake))["named"]
        lake.execute(f"create temp table erased as select '{person}' as customer_id")
        assert forget_in_lake(lake, MARTS, "erased") == [named]
        assert places() == (0, set())
        # all others can be read as before
        assert [name for name, _ in snapshots(lake)] == ["before", "after"]
        for _, snapshot in snapshots(lake):
            assert lake.execute(
                f"select count(*) from lake.marts.many at (version => {snapshot})"
            ).fetchone() == (1001,)
        assert forget_in_lake(lake, MARTS, "erased") == []


def test_a_mart_that_is_no_more_leaves_the_lake_and_what_is_not_ours_stays(
    place, tmp_path
):
    file = file_of(tmp_path, "v1", "a")
    with opened(place, tmp_path) as lake:
        lake.execute("create table lake.main.theirs as select 1 as number")
        with pytest.raises(CannotPublish, match="not ours"):
            copy_to_lake(lake, file, "v1", Lake("lake", "main"))
        copy_to_lake(lake, file, "v1", MARTS)
        lake.execute("create table lake.marts.no_mart_any_more as select 1 as number")
        copy_to_lake(lake, file, "v2", MARTS)
        tables = lake.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'lake' order by all"
        ).fetchall()
        ours = [("marts", name) for name in ("few", "many", "publication")]
        assert tables == [("main", "theirs"), *ours]


def test_without_the_lake_nothing_is_built(project):
    project.write(**small_shop(3))
    result = project.build(**SETTINGS)
    assert not result.success
    assert (
        "publish_lake is lake, and the target dev of the profile attaches no lake"
        in (" ".join(result.text.split()))
    )
    assert project.tables("marts") == []

"""Aggregates that may leave the house come and go with the version they belong to."""

import dataclasses
import json

import duckdb
import pytest
from test_disclosure import INSIDE, LEAST, SAID, shop
from test_publication import about, session  # noqa: F401

from segmentation.disclosure.noise import Noise
from segmentation.publication.publishing import publish
from segmentation.publication.sharing import nesting, plan_of
from segmentation.publication.versions import CannotPublish, current_version
from segmentation.publication.writing import Mart

SHARED = "current/shared"


@pytest.fixture
def shared_shop(session):  # noqa: F811
    """Hold the marts of a shop; return the session and what it shares."""
    rows = [{"mart": "fct_one", "relation": "marts.fct_one", "shared": ""}]
    for name, table in shop(1, 150).items():
        session.register("rows_of_mart", table)
        session.execute(f"create table marts.{name} as from rows_of_mart")
        said = json.dumps(SAID[name][0])
        rows.append({"mart": name, "relation": f"marts.{name}", "shared": said})
    chosen = json.dumps({"min_group_size": LEAST, "noise_epsilon": None})
    plan = plan_of([row | {"settings": chosen} for row in rows])
    marts = [Mart(row["mart"], row["relation"]) for row in rows]
    return session, marts, plan


def test_a_version_holds_the_shared_marts_and_what_is_said_of_them(
    shared_shop, tmp_path
):
    session, marts, plan = shared_shop  # noqa: F811
    mart = "marts.rpt_segment_overview"
    session.execute(f"comment on column {mart}.count_customers is 'how many'")
    publish(session, marts, about("v1"), tmp_path, 2, shared=plan)
    names = {mart.name for mart in plan.marts} | {"publication"}
    assert "fct_one" not in names
    folder = tmp_path / SHARED
    assert {path.stem for path in (folder / "parquet").iterdir()} == names
    assert not (folder / "aggregates.duckdb").stat().st_mode & 0o222
    with duckdb.connect(str(folder / "aggregates.duckdb"), read_only=True) as found:
        assert {name for (name,) in found.execute("show tables").fetchall()} == names
        (row,) = found.execute("from publication").df().to_dict("records")
        said = dict(
            found.execute(
                "select column_name, comment from duckdb_columns() "
                "where table_name = 'rpt_segment_overview'"
            ).fetchall()
        )
        smallest = found.execute(
            "select min(count_customers) from fct_segment_transitions"
        ).fetchone()[0]
    assert (row["version"], row["min_group_size"], row["count_marts"]) == ("v1", 5, 3)
    assert row["count_suppressed_rows"] > 0
    assert smallest >= LEAST
    assert said["count_customers"] == "how many"
    assert "fewer people than may be shown" in said["is_suppressed"]
    # the marts of the house are exact
    with duckdb.connect(
        str(tmp_path / "current/marts.duckdb"), read_only=True
    ) as found:
        assert found.execute(
            "select min(count_customers) from fct_segment_transitions"
        ).fetchone() == (1,)


def test_what_is_shared_no_more_goes_with_the_next_version(shared_shop, tmp_path):
    session, marts, plan = shared_shop  # noqa: F811
    publish(session, marts, about("v1"), tmp_path, 1, shared=plan)
    publish(session, marts, about("v2"), tmp_path, 1)
    assert not (tmp_path / SHARED).exists()
    assert not list(tmp_path.rglob("aggregates.duckdb"))
    assert plan_of([{"mart": "fct_one", "relation": "x", "shared": ""}]) is None


def test_what_cannot_be_shared_leaves_readers_what_they_have(shared_shop, tmp_path):
    session, marts, plan = shared_shop  # noqa: F811
    publish(session, marts, about("v1"), tmp_path, 2, shared=plan)
    poor = dataclasses.replace(plan, noise=Noise(1.0, 0.5, b"a secret of tests"))
    with pytest.raises(CannotPublish, match=r"allows 0\.5.*Readers still have v1"):
        publish(session, marts, about("v2"), tmp_path, 2, shared=poor)
    assert current_version(tmp_path) == "v1"
    assert [path.name for path in (tmp_path / "versions").iterdir()] == ["v1"]
    # and where there is enough
    rich = dataclasses.replace(plan, noise=Noise(1.0, 1000, b"a secret of tests"))
    for version in ("v3", "v4"):
        publish(session, marts, about(version), tmp_path, 9, shared=rich)
    one, two = (
        duckdb.connect(
            str(tmp_path / "versions" / version / "shared/aggregates.duckdb")
        )
        .execute("from fct_segment_transitions")
        .fetchall()
        for version in ("v3", "v4")
    )
    assert one == two
    ledger = (tmp_path / "noise_ledger.csv").read_text().splitlines()
    assert {line.split(",")[0] for line in ledger[1:]} == {"v3"}


def test_groups_that_always_lie_within_another_are_found():
    connection = duckdb.connect()
    connection.execute(
        "create table spans as from (values "
        # whoever is in s0 of a is in s0 of b as long; not so those in s1
        "('p', 'a', 's0', date '2024-01-01', date '2024-02-01'), "
        "('p', 'a', 's1', date '2024-02-01', null), "
        "('p', 'b', 's0', date '2024-01-01', date '2024-03-01'), "
        "('p', 'b', 's1', date '2024-03-01', null)"
        ") as t (who, way, what, since, til)"
    )
    columns = dict(person="who", dimension="way", value="what", to="til")
    found = nesting(connection, "spans", {**columns, "from": "since"})
    assert found == {(("a", "s0"), "b"): "s0", (("b", "s1"), "a"): "s1"}
    assert set(map(type, found)) == set(map(type, INSIDE))

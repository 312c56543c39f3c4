"""The last node publishes what has been built and tested, and the ledger keeps it."""

import datetime

import duckdb
import pytest
from published_marts import public_marts

LAST = ("published_marts", "publication")


@pytest.fixture(scope="module")
def published(built_demo):
    """Return the demo, with its publication built and tested."""
    project = built_demo()
    settings = {"publish_path": str(project.folder / "published"), "raw_path": None}
    result = project.build("--select", *LAST, tests=True, **settings)
    assert result.success, result.text
    project.settings = settings
    return project


def current(project):
    return duckdb.connect(
        str(project.folder / "published/current/marts.duckdb"), read_only=True
    )


def versions(project):
    return sorted(p.name for p in (project.folder / "published/versions").iterdir())


def test_every_public_mart_is_published_and_nothing_else(published):
    with current(published) as file:
        tables = {name for (name,) in file.execute("show tables").fetchall()}
        assert tables == public_marts() | {"publication"}
        schemas = file.execute(
            "select distinct schema_name from duckdb_tables()"
        ).fetchall()
        assert schemas == [("main",)]
        comments = file.execute(
            "select count(*) from duckdb_columns() where comment is null "
            "and not internal and table_name <> 'publication'"
        ).fetchone()
        assert comments == (0,)
    parquet = published.folder / "published/current/parquet"
    assert {path.stem for path in parquet.iterdir()} == tables


def test_a_published_mart_is_the_mart(published):
    with current(published) as file:
        theirs = file.execute("from fct_customer_churn order by all").df()
        (row,) = file.execute("from publication").df().to_dict("records")
    assert theirs.equals(published.query("from marts.fct_customer_churn order by all"))
    assert row["version"] == versions(published)[-1]
    assert row["count_marts"] == len(public_marts())
    (through,) = published.rows(
        "select max(as_of_date) - 1 from marts.fct_customer_segments"
    )[0]
    assert row["data_through"].date() == through
    assert "files " in row["code_version"]
    assert '"horizon_days": 90' in row["settings"]


def test_a_build_with_a_failing_test_publishes_nothing(published):
    before = versions(published)
    with duckdb.connect(str(published.database)) as connection:
        connection.execute(
            "create table main.kept as from intermediate.int_customers__churn"
        )
        connection.execute(
            "update intermediate.int_customers__churn set churn_probability = 2"
        )
    result = published.build(
        "--select", "fct_customer_churn", *LAST, tests=True, **published.settings
    )
    assert not result.success
    assert "fail" in result.statuses.values()
    assert result.statuses["publication"] == "skipped"
    assert versions(published) == before
    with duckdb.connect(str(published.database)) as connection:
        connection.execute(
            "create or replace table intermediate.int_customers__churn as "
            "from main.kept"
        )
        connection.execute("drop table main.kept")
    # and the next one mends it
    result = published.build(
        "--select", "fct_customer_churn", *LAST, tests=True, **published.settings
    )
    assert result.success, result.text
    assert len(versions(published)) == len(before) + 1


def test_what_runs_no_tests_publishes_nothing(published):
    before = versions(published)
    for command, tests, why in (
        ("run", False, "dbt run runs no tests"),
        ("build", False, "tests were left out"),
    ):
        result = published.build(
            "--select", *LAST, command=command, tests=tests, **published.settings
        )
        assert result.success, result.text
        assert why in published.value("select why_not from publication.publication")
        assert f"Nothing was published: {why}" in result.text
    published.build("--select", "fct_customer_churn", tests=True, **published.settings)
    assert versions(published) == before


def test_every_command_is_in_the_ledger(published):
    runs = published.query("from marts.fct_runs order by started_at, ended_at")
    assert set(runs["outcome"]) <= {"success", "failed test", "warning"}
    assert "failed test" in set(runs["outcome"])
    assert {"dbt build", "dbt run"} <= set(runs["command"])
    with current(published) as file:
        (row,) = file.execute("select run_id, version from publication").fetchall()
    (found,) = published.rows(
        f"select version, count_nodes > 0 from marts.fct_runs where run_id = '{row[0]}'"
    )
    assert found == (row[1], True)
    failed = published.rows(
        "select status, count_failures from marts.fct_run_nodes where status = 'fail'"
    )
    assert failed
    assert all(count > 0 for _, count in failed)
    before = len(runs)
    # whatever is asked for, rows are added and never replaced
    result = published.build(
        "--full-refresh", "--select", "fct_runs", **published.settings
    )
    assert result.success
    after = published.query("from marts.fct_runs")
    assert len(after) == before + 1
    assert set(runs["run_id"]) < set(after["run_id"])


def test_on_a_new_database_a_build_without_rows_finds_the_ledger(project):
    result = project.build(
        "--empty", "--select", "int_runs", "int_erasures", raw_path=None
    )
    assert result.success, result.text
    # and is not written down
    assert project.rows("select count(*) from ledger.runs") == [(0,)]


def test_the_ledger_knows_what_was_read(published):
    inputs = published.query(
        "select * from marts.fct_run_inputs where table_name = 'orders'"
    )
    # the build of the demo read them, the builds of this file did not
    assert len(inputs) == 1
    row = inputs.iloc[0]
    assert row["count_rows"] == row["count_accepted_rows"] + row["count_rejected_rows"]
    accepted, first, last = published.rows(
        "select count(*), min(cast(ordered_at as date)), max(cast(ordered_at as date)) "
        "from intermediate.int_orders__checked where is_accepted"
    )[0]
    assert (row["count_accepted_rows"], row["first_date"].date()) == (accepted, first)
    assert row["last_date"].date() == last
    assert row["content_checksum"]


def test_a_raw_table_is_late_after_two_days(project):
    now = datetime.datetime.now(datetime.UTC)

    def before(days):
        return (now - datetime.timedelta(days=days, minutes=5)).isoformat()

    project.write(
        # a day to come is a mistake, and does not make orders fresh
        orders=[{"ordered_at": before(2)}, {"ordered_at": before(-30)}],
        order_lines=[{"order_id": "o1"}],
        messages=[{"sent_at": before(400)}, {"sent_at": before(1)}],
        inventory=[{"counted_at": "no time"}],
    )
    result = project.build("freshness", command="source")
    watched = ("orders", "messages", "inventory", "web_events")
    assert {name: result.statuses[name] for name in watched} == {
        "orders": "warn",
        "messages": "pass",
        # without any time that can be read, as old as can be
        "inventory": "warn",
        "web_events": "warn",
    }


def test_a_mart_is_stale_where_its_raw_tables_are_late(published):
    rows = published.query(
        "select f.*, q.last_date from marts.rpt_freshness as f "
        "left join marts.rpt_input_quality as q using (table_name)"
    )
    assert set(rows["mart"]) <= public_marts()
    assert (rows["data_through"] == rows["last_date"]).all()
    assert ((rows["stale_from"] - rows["data_through"]).dt.days == 3).all()
    tables = rows.groupby("mart")["table_name"].agg(set)
    assert tables["fct_customer_segment_history"] == {"orders"}
    assert tables["fct_customer_churn"] == {"orders", "web_events", "messages"}
    assert "inventory" in tables["rpt_input_quality"]

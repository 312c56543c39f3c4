"""The same rows give the same tables: whatever the threads, and in whatever order."""

import duckdb
import pandas as pd
import pytest
from dbt_project import demo_tables

KEPT = ("marts", "learned", "intermediate")
# enough of each to draw at random
QUICK = {
    "cluster_methods": ["k-means"],
    "cluster_counts": [4],
    "backtest_origins": 2,
    "tuning_configurations": 2,
    "bootstrap_samples": 20,
}


@pytest.fixture(scope="module")
def demo():
    return demo_tables()


@pytest.fixture(scope="module")
def first(new_project, demo):
    return built(new_project().write(**demo), "--threads", "1")


def built(project, *args):
    result = project.build(*args, **QUICK)
    assert result.success, result.text
    return project


def assert_same(one, other):
    names = one.tables(*KEPT)
    assert names == other.tables(*KEPT)
    # live views read the raw rows of the moment, not those of the build
    names = [name for name in names if "live_" not in name]
    assert len(names) > 40
    for name in names:
        sql = f"from {name} order by all"
        pd.testing.assert_frame_equal(
            one.query(sql), other.query(sql), check_exact=True, obj=name
        )


def test_threads_files_and_the_order_of_rows_change_nothing(new_project, demo, first):
    project = new_project()
    for number, (name, rows) in enumerate(demo.items()):
        shuffled = rows.sample(frac=1, random_state=number)
        if number % 2:
            project.write(**{name: shuffled})
        else:
            shuffled.to_csv(project.raw / f"{name}.csv", index=False)

    assert_same(first, built(project, "--threads", "4"))


def test_a_build_on_top_of_a_build_changes_nothing(new_project, first):
    again = new_project()
    again.database.write_bytes(first.database.read_bytes())
    again.write(**demo_tables())
    # what a killed build leaves, and what is not ours to drop
    with duckdb.connect(str(again.database)) as connection:
        for name in (
            "main.ml_fits__values__dbt_tmp20260101093000",
            "marts.dim_customers__dbt_backup",
            "main.dim_customers__dbt_tmp1_theirs",
        ):
            connection.execute(f"create table {name} (customer_id text)")

    assert_same(first, built(again))

    left = [name for name in again.tables() if "__dbt_" in name]
    assert left == ["main.dim_customers__dbt_tmp1_theirs"]


def test_the_comparison_sees_a_single_row(new_project, demo, first):
    other = new_project()
    other.database.write_bytes(first.database.read_bytes())
    other.write(**{**demo, "web_events": demo["web_events"].iloc[1:]})
    built(other, "--select", "+int_customers__engagement_features")

    with pytest.raises(AssertionError):
        assert_same(first, other)

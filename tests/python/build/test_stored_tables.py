"""Tables that builds add rows to, made by another version of the project."""

import duckdb
import pytest
from dbt_project import small_shop

TABLES = {
    "intermediate.int_history__cut_points": "anchor_date date, older double",
    "intermediate.int_customers__history_features": "customer_id text, home_share double",
    "learned.ml_fits__values": "fit_id text, fit_date date",
    "learned.ml_cluster_fits": "fit_id text, prototypes struct(older text)[]",
}


@pytest.fixture(scope="module")
def old(new_project):
    """Return a shop with tables of another version, which no build has touched."""
    project = new_project().write(**small_shop(5))
    with duckdb.connect(str(project.database)) as connection:
        for table, columns in TABLES.items():
            connection.execute(f"create schema if not exists {table.split('.')[0]}")
            connection.execute(f"create table {table} ({columns})")
    return project


def test_a_build_stops_and_says_what_to_do(old):
    result = old.build()

    assert not result.success
    said = " ".join(result.text.split())
    assert "made by another version of the project" in said
    assert "Nothing was built." in said
    assert "int_history__cut_points lacks input_checksum, definitions_checksum" in said
    assert "and has besides older" in said
    assert "int_customers__history_features lacks anchor_date" in said
    assert "home_share" not in said
    assert "ml_fits__values has other columns than fits of today" in said
    assert "ml_cluster_fits has other columns than fits of today" in said
    assert "dbt run-operation set_aside_outdated_tables" in said
    assert old.tables("marts") == []


def test_what_is_not_built_is_not_looked_at_and_a_full_refresh_helps_history(old):
    result = old.build("--full-refresh", "--select", "int_history__cut_points")

    assert "another version" not in result.text


def test_they_are_set_aside_and_old_fits_are_kept(old):
    result = old.build("set_aside_outdated_tables", command="run-operation")

    assert result.success, result.text
    left = old.tables("intermediate", "learned")
    assert [name.split("__until_")[0] for name in left] == [
        "learned.ml_cluster_fits",
        "learned.ml_fits__values",
    ]
    assert all("__until_" in name for name in left)
    result = old.build("--select", "ml_fits__values", "--empty")
    assert "another version" not in result.text

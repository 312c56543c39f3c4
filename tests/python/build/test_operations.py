"""Operations: setting aside tables of another version, and writing a mart as CSV."""

import csv

import duckdb
import pytest
from dbt_project import small_shop

TABLES = {
    "intermediate.int_history__cut_points": "anchor_date date, older double",
    "intermediate.int_customers__history_features": "customer_id text, my_share int",
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
    assert "my_share" not in said
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


# ---------- exports


def test_a_mart_is_written_so_that_no_spreadsheet_runs_a_cell(old, tmp_path):
    with duckdb.connect(str(old.database)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create table marts.dim_customers as select * from (values "
            "('=1+1', 'GB', -5.5), ('c,\"2\"', '@SUM(A1)', null), (null, 'Ü', 0)"
            ') as rows (customer_id, "the country", lifetime_net_amount)'
        )
    file = tmp_path / "it's.csv"
    arguments = f'{{"mart": "dim_customers", "file": "{file}"}}'

    result = old.build("export_mart", "--args", arguments, command="run-operation")

    assert result.success, result.text
    with file.open(newline="", encoding="utf-8") as lines:
        assert list(csv.reader(lines)) == [
            ["customer_id", "the country", "lifetime_net_amount"],
            ["'=1+1", "GB", "-5.5"],
            ['c,"2"', "'@SUM(A1)", ""],
            ["", "Ü", "0.0"],
        ]


def test_only_a_mart_that_is_built_is_written(old):
    for mart, phrase in {
        "int_customers": "'int_customers' is not a mart. Marts are audit_",
        "fct_customer_churn": "fct_customer_churn is not built yet: dbt build --select",
    }.items():
        arguments = f"{{mart: {mart}, file: x.csv}}"
        result = old.build("export_mart", "--args", arguments, command="run-operation")

        assert not result.success
        assert phrase in result.text

"""Spark builds what DuckDB builds: every mart and every learned table, row by row.

Both build a small shop on two days, each in an environment of its own. Spark's tables
are read as the Parquet files that they are.
"""

import duckdb
import pytest
from marts import RUN_MARTS, differences
from traps import TRAPS

# views, which have no files, and what tells of runs
NOT_COMPARED = RUN_MARTS | {
    "audit_customer_decisions",
    "live_customer_segments",
    "rpt_freshness",
}


@pytest.mark.parametrize(
    ("engine", "step"),
    [
        ("duckdb", 0),
        ("duckdb", 1),
        ("duckdb", 2),
        ("spark", 0),
        ("spark", 2),
        ("spark", 3),
    ],
)
def test_every_model_builds_and_every_test_passes(engines, engine, step):
    result = getattr(engines, engine)[step]

    wrong = [
        n for n in result["nodes"] if n["status"] not in ("success", "pass", "no-op")
    ]
    assert result["success"], [*result["said"], *wrong][:5]
    assert not wrong


def test_the_second_build_goes_on_from_the_first(engines):
    with duckdb.connect() as connection:
        files = engines.folder / "built/marts.db/dim_model_fits/**/*.parquet"
        fits = connection.sql(f"select distinct fit_date from '{files}'").fetchall()
        dates = connection.sql(f"""
            select distinct as_of_date from
            '{engines.folder}/built/marts.db/dim_customers/**/*.parquet'
        """).fetchall()

    ((fitted,),) = fits
    ((built,),) = dates
    assert fitted < built


def test_tables_are_the_same(engines):
    found = {}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(
            f"attach '{engines.folder}/duckdb/segmentation.duckdb' as ours (read_only)"
        )
        tables = connection.execute("""
            select table_schema, table_name from information_schema.tables
            where table_catalog = 'ours' and table_schema in ('marts', 'learned')
        """).fetchall()
        for schema, name in tables:
            if name in NOT_COMPARED or "__dbt_tmp" in name:
                continue
            rows = connection.execute(f"describe ours.{schema}.{name}").fetchall()
            types = {row[0]: row[1] for row in rows}
            casts = [f'cast("{c}" as {kind}) as "{c}"' for c, kind in types.items()]
            cents = {c for c, kind in types.items() if kind.startswith("DECIMAL")}
            files = engines.folder / f"built/{schema}.db/{name}/**/*.parquet"
            apart = differences(
                connection.sql(f"from ours.{schema}.{name}").df(),
                connection.sql(
                    f"select {', '.join(casts)} from read_parquet('{files}')"
                ).df(),
                cents,
            )
            if apart:
                found[f"{schema}.{name}"] = apart
    assert len(tables) > 40
    assert not found, "\n".join(f"{name}: {said}" for name, said in found.items())


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
@pytest.mark.parametrize("number", range(len(TRAPS)), ids=list(TRAPS))
def test_sql_means_the_same(engines, engine, number):
    _, expected = list(TRAPS.values())[number]
    (row,) = (engines.duckdb[2] if engine == "duckdb" else engines.spark[3])["rows"]
    answer = row[f"trap_{number}"]

    if isinstance(expected, str | bool):
        assert answer == expected
    else:
        assert float(answer) == pytest.approx(expected, rel=1e-12)


def test_spark_refuses_what_does_not_fit(engines):
    refused, zone = engines.spark[4]["answers"]

    assert "CAST_INVALID_INPUT" in refused
    assert zone == [["UTC"]]

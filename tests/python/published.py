"""The marts of a built database as a file of their own, as readers are given them."""

from pathlib import Path

import duckdb

ABOUT = """
    create or replace table marts.publication as
    select
        '5d6b7c1e-0000-4000-8000-000000000001' as run_id,
        '0123abcd' as code_version,
        '{"reporting_currency": "GBP"}' as settings,
        (select max(as_of_date) - 1 from marts.fct_customer_segments) as data_through,
        timestamp '2025-01-01 04:30:00' as published_at
"""


def published(database: Path, file: Path) -> Path:
    """Write the tables of the schema `marts`, with their comments, to another file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as built (read_only)")
        connection.execute(f"attach '{file}' as published")
        connection.execute("use published")
        connection.execute("create schema marts")
        for kind, called in (("tables", "table"), ("columns", "column")):
            names = connection.execute(f"""
                select {called}_name, table_name, comment
                from duckdb_{kind}()
                where database_name = 'built' and schema_name = 'marts'
            """).fetchall()
            for name, mart, comment in names:
                relation = f"marts.{mart}"
                if kind == "tables":
                    connection.execute(
                        f"create table {relation} as from built.{relation}"
                    )
                elif comment and not mart.startswith("live"):
                    words = comment.replace("'", "''")
                    connection.execute(
                        f"comment on column {relation}.\"{name}\" is '{words}'"
                    )
        connection.execute(ABOUT)
    return file

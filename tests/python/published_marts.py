"""The marts of a built database as a file of their own, as readers are given them."""

from pathlib import Path

import duckdb
import yaml
from places import ROOT

ABOUT = """
    create or replace table publication as
    select
        '5d6b7c1e-0000-4000-8000-000000000001' as run_id,
        '0123abcd' as code_version,
        '{"reporting_currency": "GBP"}' as settings,
        (select max(as_of_date) - 1 from fct_customer_segments) as data_through,
        timestamp '2025-01-01 04:30:00' as published_at
"""


def published(database: Path, file: Path) -> Path:
    """Write the marts of a built database to a file, with comments on columns."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as built (read_only)")
        connection.execute(f"attach '{file}' as published")
        connection.execute("use published")
        marts = connection.execute("""
            select table_name from duckdb_tables()
            where database_name = 'built' and schema_name = 'marts'
        """).fetchall()
        for (mart,) in marts:
            connection.execute(f"create table {mart} as from built.marts.{mart}")
        comments = connection.execute("""
            select table_name, column_name, comment
            from duckdb_columns()
            where database_name = 'built' and schema_name = 'marts'
                and comment is not null
        """).fetchall()
        for mart, column, words in comments:
            if (mart,) in marts:
                quoted = words.replace("'", "''")
                connection.execute(f"comment on column {mart}.{column} is '{quoted}'")
        connection.execute(ABOUT)
    return file


def public_marts() -> set[str]:
    """Return the names of the marts that are published."""
    return {
        model["name"]
        for file in (ROOT / "models/marts").rglob("_*__models.yml")
        for model in yaml.safe_load(file.read_text())["models"]
        if model.get("config", {}).get("access") == "public"
    }

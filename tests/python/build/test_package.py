"""The project as a package of another dbt project."""

from textwrap import dedent

import duckdb
import pytest
from dbt.cli.main import dbtRunner
from dbt_project import NO_TESTS, ROOT, run_dbt, small_shop, write_shop

FILES = {
    "dbt_project.yml": """
        name: their_shop
        version: 1.0.0
        profile: theirs
        model-paths: [models]
    """,
    "profiles.yml": """
        theirs:
          target: dev
          outputs:
            dev:
              type: duckdb
              path: "{{ env_var('SEGMENTATION_DUCKDB_PATH') }}"
              schema: analytics
              threads: 2
    """,
    "packages.yml": f"""
        packages:
          - local: {ROOT}
    """,
    "models/their_best.sql": """
        select customer_id, rfm_segment_code
        from {{ ref('segmentation', 'fct_customer_segments') }}
        where monetary_score >= 4
    """,
}


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """Build a project that has this one as a package; return its database."""
    folder = tmp_path_factory.mktemp("theirs")
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(dedent(text))
    write_shop(folder / "raw", **small_shop(60))
    variables = {
        "raw_path": str(folder / "raw"),
        "cluster_counts": [3],
        "cluster_methods": ["k-means"],
    }
    database = folder / "theirs.duckdb"
    places = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGMENTATION_DUCKDB_PATH", str(database))
        assert dbtRunner().invoke(["deps", "--quiet", *places]).success
    result = run_dbt(
        "build",
        *NO_TESTS,
        database=database,
        target=folder / "target",
        variables=variables,
        project=folder,
    )
    assert result.success, result.text
    return database


def test_their_model_reads_our_mart(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select count(*), count(rfm_segment_code) from analytics.their_best"
        ).fetchone()

    assert found[0] == found[1] > 0


def test_schemas_follow_their_rule(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        schemas = connection.sql(
            "select distinct table_schema from information_schema.tables"
        ).fetchall()

    assert ("analytics_marts",) in schemas
    assert ("marts",) not in schemas

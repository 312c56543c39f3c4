"""What Spark needs, said where it is missing, and what its driver need not hold."""

import subprocess

import pytest
from conftest import SMALL, SPARK_PYTHON, dbt, run, spark_environment

CHECK = "from dbt.adapters.sparksession.session import check_java; check_java()"
COPIES = 200


def run_check(folder, java):
    """Look for Java where it says what it is told to, or where there is none."""
    binary = folder / "bin/java"
    binary.parent.mkdir()
    if java:
        binary.write_text(f"#!/bin/sh\necho '{java}' >&2\n")
        binary.chmod(0o755)
    env = spark_environment(folder, {}) | {"JAVA_HOME": str(folder)}
    return subprocess.run(
        [SPARK_PYTHON, "-c", CHECK], env=env, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("java", "found"),
    [
        (None, "no Java was found"),
        ('openjdk version "1.8.0_402"', 'is version "1.8'),
        ('openjdk version "11.0.2" 2019-01-15', 'is version "11'),
        ("what is this", "is of an unknown version"),
    ],
)
def test_java_that_is_missing_or_old_is_told_of(tmp_path, java, found):
    done = run_check(tmp_path, java)

    assert done.returncode != 0
    assert "Spark needs Java 17 or later" in done.stderr
    assert found in done.stderr
    assert "openjdk-17-jre-headless" in done.stderr


def test_java_that_will_do_is_no_trouble(tmp_path):
    assert run_check(tmp_path, 'openjdk version "21.0.1" 2023-10-17').returncode == 0


def test_scoring_sends_no_customers_to_the_driver(engines):
    folder = engines.folder / "spark"
    features, kept = "intermediate.int_customers__features", "default.few_customers"
    more = [
        f"create table {kept} as select * from {features} "
        "where anchor_role = 'scoring'",
        f"insert overwrite {features} by name select * except (customer_id, copy), "
        f"customer_id || '-' || copy as customer_id from {kept} "
        f"cross join (select explode(sequence(1, {COPIES})) as copy)",
        # customers compress well, being copies
        f"select *, uuid(), uuid(), uuid(), uuid() from {features}",
        f"select count(distinct customer_id) from {features} where count_orders > 0",
    ]
    who = "count(*), count(distinct customer_id)"
    scored = f"select {who} from learned.ml_customers__amounts"
    on_spark = {"raw_schema": "shop"}
    _, answers, result, counts = run(
        SPARK_PYTHON,
        folder,
        spark_environment(folder, SMALL | {"spark.driver.maxResultSize": "1m"}),
        [
            dbt("show", "--inline", "select 1 as one", "--target", "spark", **on_spark),
            {"sql": more},
            dbt(
                "run",
                "--select",
                "ml_customers__amounts",
                "--target",
                "spark",
                **on_spark,
            ),
            {"sql": [scored]},
        ],
    )
    *_, all_rows, [[customers]] = answers["answers"]

    assert "maxResultSize" in all_rows
    assert result["success"], result["said"]
    assert int(customers) > 100 * COPIES
    ((rows, found),) = counts["answers"][0]
    assert found == customers
    assert int(rows) >= int(customers)

"""Shops at the edge of what a build can meet: they all build, with sensible marts."""

import gzip
import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from dbt_project import NO_TESTS, RAW_COLUMNS, ROOT, small_shop, write_shop
from published_marts import published

from segmentation.report import page
from segmentation.report.__main__ import read

QUICK = {"cluster_methods": ["k-means"], "cluster_counts": [2, 3]}


def green(project, *args, **settings):
    result = project.build(*args, **{**QUICK, **settings})
    assert result.success, result.text
    return project


def verdicts(project, model):
    rows = project.rows(
        "select distinct verdict from marts.fct_model_scorecards "
        f"where model_name = '{model}'"
    )
    return [verdict for (verdict,) in rows]


def customers(project):
    return project.query("from marts.dim_customers order by customer_id")


def total(project, column, mart):
    return project.value(f"select sum({column}) from marts.{mart}")


def in_mode(project, tables, mode):
    """Put raw tables where a mode looks for them, and return its settings.

    In a schema they are in capitals, as some warehouses unload them.
    """
    if mode == "schema":
        with duckdb.connect(str(project.database)) as connection:
            connection.execute("create schema LANDING")
            for name, rows in tables.items():
                frame = pd.DataFrame(rows, columns=RAW_COLUMNS[name], dtype="string")
                connection.register("rows", frame)
                connection.execute(f"create table LANDING.{name.upper()} as from rows")
        return {"raw_path": None, "raw_schema": "landing"}
    project.write(**tables)
    return {}


def report_on(project, monkeypatch):
    """Write the report on a shop, without the library that draws."""
    monkeypatch.setattr(page, "library", str)
    file = published(project.database, project.database.with_name("report.duckdb"))
    return page.write(read(str(file)))


@pytest.mark.parametrize("mode", ["files", "schema"])
def test_empty_required_tables_give_empty_marts(project, mode, monkeypatch):
    settings = in_mode(project, {"orders": [], "order_lines": []}, mode)

    green(project, **settings)

    for mart in ("dim_customers", "fct_customer_segments", "fct_customer_churn"):
        assert project.value(f"select count(*) from marts.{mart}") == 0
    assert project.value("select count(*) from marts.rpt_input_quality") == 12
    assert total(project, "count_customers", "rpt_segment_overview") == 0
    assert "too little data" in verdicts(project, "churn")[0]
    text = report_on(project, monkeypatch)
    assert "This shop has no customers who have bought" in text
    assert "Nothing to report yet" in text
    assert "too little data" in text


def test_one_customer_with_one_order_is_a_new_customer(project, monkeypatch):
    green(project.write(**small_shop(1)))

    (row,) = customers(project).to_dict("records")
    assert row["count_orders"] == 1
    assert row["lifetime_net_amount"] == 10
    assert row["days_since_last_order"] == 1
    assert not row["has_profile"]
    (segments,) = project.query("from marts.fct_customer_segments").to_dict("records")
    assert segments["lifecycle_stage_code"] == "new"
    assert pd.isna(segments["cluster_code"])
    text = report_on(project, monkeypatch)
    assert "This shop has 1 customer who" in text
    assert "No model serves yet" in text
    (churn,) = project.query("from marts.fct_customer_churn").to_dict("records")
    assert (churn["served_by"], churn["churn_risk_tier"]) == ("none", "unknown")


def test_fifty_customers_get_segments_and_a_verdict_instead_of_models(project):
    result = project.write(**small_shop(50)).build(**QUICK)

    assert result.success, result.text
    assert "Nobody may be addressed: no consent to marketing" in result.text
    assert project.value("select count(*) from marts.fct_lookalikes") == 0
    assert len(customers(project)) == 50
    assert verdicts(project, "clusters") == [
        "too few customers: 50, and 200 are needed"
    ]
    assert "too little data" in verdicts(project, "churn")[0]
    segments = project.query("from marts.fct_customer_segments")
    assert segments["rfm_segment_code"].notna().all()
    assert segments["lifecycle_stage_code"].notna().all()


def test_customers_who_are_all_alike_share_every_segment(project):
    green(project.write(**small_shop(100, same=True)), min_training_customers=50)

    segments = project.query(
        "select distinct rfm_segment_code, lifecycle_stage_code, cluster_code, "
        "recency_score, frequency_score, monetary_score "
        "from marts.fct_customer_segments"
    )
    assert len(segments) == 1
    assert verdicts(project, "clusters") == ["too few distinct customers: 1"]
    assert verdicts(project, "churn")[0].startswith(("nothing to learn", "too little"))


def test_anonymous_sales_alone_make_no_customers(project):
    shop = small_shop(20)
    for order in shop["orders"]:
        order["customer_id"] = None

    green(project.write(**shop))

    assert customers(project).empty
    assert project.value(
        "select count_accepted_rows from marts.rpt_input_quality "
        "where table_name = 'orders'"
    ) == len(shop["orders"])


def test_customers_whose_orders_are_all_cancelled_have_not_bought(project):
    shop = small_shop(20)
    for order in shop["orders"]:
        order["status"] = "Cancelled"

    green(project.write(**shop))

    rows = customers(project)
    assert len(rows) == 20
    assert (rows["count_orders"] == 0).all()
    assert (rows["lifetime_net_amount"] == 0).all()
    segments = project.query("from marts.fct_customer_segments")
    assert set(segments["rfm_segment_code"]) == {"no_purchase"}


def csv(rows, table):
    return pd.DataFrame(rows).reindex(columns=RAW_COLUMNS[table]).to_csv(index=False)


def as_csv(folder, table, rows):
    (folder / f"{table}.csv").write_text(csv(rows, table))


def as_gzipped_csv(folder, table, rows):
    (folder / f"{table}.csv.gz").write_bytes(gzip.compress(csv(rows, table).encode()))


def as_csv_with_semicolons(folder, table, rows):
    frame = pd.DataFrame(rows).reindex(columns=RAW_COLUMNS[table])
    frame.to_csv(folder / f"{table}.csv", index=False, sep=";")


def as_parquet_folder(folder, table, rows):
    for part in (0, 1):
        write_shop(folder / table, **{table: rows[part::2]})
        (folder / table / f"{table}.parquet").rename(
            folder / table / f"part-{part}.parquet"
        )


def as_parquet(folder, table, rows):
    write_shop(folder, **{table: rows})


@pytest.mark.parametrize(
    "write",
    [as_csv, as_gzipped_csv, as_csv_with_semicolons, as_parquet_folder, as_parquet],
)
def test_every_kind_of_file_gives_the_same_customers(project, write):
    shop = small_shop(30)
    shop["orders"][0]["order_id"] = shop["order_lines"][0]["order_id"] = "007"
    shop["orders"][0]["promotion_code"] = '#1, "half; price"\nfor all'
    shop["orders"][0]["customer_id"] = "#0042"
    shop["customers"] = [{"customer_id": "#0042", "city": "Ulm, 'Münster'"}]
    for table, rows in shop.items():
        write(project.raw, table, rows)

    green(project, "--select", "+dim_customers", "+rpt_input_quality")

    rows = customers(project).set_index("customer_id")
    assert len(rows) == 30
    assert rows.loc["#0042", "city"] == "Ulm, 'Münster'"
    assert rows["count_orders"].sum() == len(shop["orders"])
    assert project.rows(
        "select promotion_code from intermediate.int_orders__checked "
        "where order_id = '007' and is_accepted"
    ) == [('#1, "half; price"\nfor all',)]


def test_a_csv_line_that_starts_like_a_comment_is_a_row(project):
    orders = ["1,a,2024-01-01,paid,web,GBP,", "#5,b,2024-01-01,paid,web,GBP,"]
    header = ",".join(RAW_COLUMNS["orders"])
    (project.raw / "orders.csv").write_text("\n".join([header, *orders, ""]))
    project.write(order_lines=[])

    green(project, "--select", "+int_orders__checked")

    assert project.value("select count(*) from intermediate.int_orders__checked") == 2


def test_timestamps_with_an_offset_become_utc(project):
    written = {
        "a": "2024-06-30T23:30:00-02:00",
        "b": "2024-07-01 02:00:00+02",
        "c": "2024-07-01T00:00:00Z",
        "d": "2024-07-01 00:00:00",
        "e": "2024-07-01",
        "f": "2024-07-01 05:30:00.5+0530",
    }
    shop = small_shop(1)
    for name, at in written.items():
        shop["orders"].append({**shop["orders"][0], "order_id": name, "ordered_at": at})

    green(project.write(**shop), "--select", "+int_orders__checked")

    read = project.rows(
        "select order_id, cast(ordered_at as text) "
        "from intermediate.int_orders__checked "
        "where is_accepted and length(order_id) = 1 order by 1"
    )
    midnight = "2024-07-01 00:00:00"
    assert dict(read) == dict.fromkeys("abcde", midnight) | {
        "a": "2024-07-01 01:30:00",
        "f": midnight + ".5",
    }


def test_columns_may_come_typed_and_in_any_order(project):
    shop = {name: pd.DataFrame(rows) for name, rows in small_shop(30).items()}
    shop["orders"]["ordered_at"] = pd.to_datetime(shop["orders"]["ordered_at"])
    for name, frame in shop.items():
        frame = frame.reindex(columns=[*reversed(RAW_COLUMNS[name]), "their_own"])
        frame.to_parquet(project.raw / f"{name}.parquet")

    green(project, "--select", "+dim_customers", "+rpt_input_quality")

    assert len(customers(project)) == 30
    assert total(project, "count_rejected_rows", "rpt_input_quality") == 0


def test_a_model_that_fails_leaves_the_last_marts_whole(project):
    green(project.write(**small_shop(30)), "--select", "+dim_customers")
    before = customers(project)
    project.write(**small_shop(40))
    # a table that another one refers to cannot be replaced
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            "alter table intermediate.int_orders__checked add primary key (order_id)"
        )
        connection.execute(
            "create table intermediate.theirs (order_id varchar references "
            "intermediate.int_orders__checked (order_id))"
        )

    result = project.build("--select", "+dim_customers")

    assert not result.success
    assert "success" in result.statuses.values()
    assert before.equals(customers(project))


def test_a_build_killed_halfway_leaves_the_last_marts_whole(project):
    green(project.write(**small_shop(300)))
    marts = project.tables("marts")
    before = {name: project.query(f"from {name} order by all") for name in marts}
    project.write(**small_shop(400))
    killed = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("dbt")), "build", *NO_TESTS,
            "--project-dir", str(ROOT), "--profiles-dir", str(ROOT),
            "--target-path", str(project.folder / "target"),
            "--log-path", str(project.folder / "logs"),
            "--vars", f"{{raw_path: {project.raw}}}",
        ],
        env={**os.environ, "SEGMENTATION_DUCKDB_PATH": str(project.database)},
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    # the features are new by then, and the marts are still the old ones
    for line in killed.stdout:
        if "OK created" in line and "int_customers__features " in line:
            break
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    assert killed.returncode == -signal.SIGKILL
    assert project.value(
        "select count(*) from intermediate.int_customers__features "
        "where anchor_role = 'scoring'"
    ) == 400  # fmt: skip
    at_the_kill = {
        name: project.query(f"from {name} order by all")
        for name in marts
        # views of the moment: of raw rows, and of what decides
        if name
        not in ("marts.live_customer_segments", "marts.audit_customer_decisions")
    }
    green(project)
    for name, seen in at_the_kill.items():
        # what does not wait for the features may be the new one: whole, in either case
        after = project.query(f"from {name} order by all")
        assert seen.equals(before[name]) or seen.equals(after), name
    for name in ("dim_customers", "fct_customer_churn", "fct_customer_segments"):
        assert at_the_kill[f"marts.{name}"].equals(before[f"marts.{name}"]), name

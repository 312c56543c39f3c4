"""The dashboard's bundle fits the marts. No Superset is needed to see it."""

import json
import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import yaml
from dbt_project import ROOT
from published_marts import public_marts

from segmentation.publication.writing import PUBLICATION_SCHEMA

HERE = ROOT / "dashboards/superset"
KINDS = ("databases", "datasets", "charts", "dashboards")
# of a path that holds on one machine only
ABSOLUTE = re.compile(r"""(?:^|[\s"'=:(])(?:/{1,4}|~/|[A-Z]:\\)[A-Za-z]\w*[/\\.]""")
# what a chart may name of its dataset, as columns and as metrics
COLUMNS = ("x_axis", "groupby", "all_columns", "source", "target", "series", "entity")
METRICS = ("metric", "metrics", "size", "y", "timeseries_limit_metric")


def read(kind):
    """Return the parts of a kind by their name."""
    folder = HERE / "bundle" / kind
    return {
        path.stem: yaml.safe_load(path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.yaml"))
    }


DATABASES, DATASETS, CHARTS, DASHBOARDS = map(read, KINDS)
(DASHBOARD,) = DASHBOARDS.values()
OF = {part["uuid"]: part for part in DATASETS.values()}
SHOWN = {
    part["meta"]["chartId"]: part["meta"]
    for part in DASHBOARD["position"].values()
    if isinstance(part, dict) and part["type"] == "CHART"
}


def listed(value):
    return value if isinstance(value, list) else [value]


def body(dataset):
    return dataset["sql"] or f"from {dataset['table_name']}"


@pytest.fixture(scope="module")
def marts(demo_database):
    """The marts of the demo as readers have them, with the table `publication`."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo_database}' as built (read_only)")
        for mart in public_marts():
            connection.execute(f"create view {mart} as from built.marts.{mart}")
        row = {"settings": '{"reporting_currency": "GBP"}'}
        connection.register(
            "publication", pa.Table.from_pylist([row], schema=PUBLICATION_SCHEMA)
        )
        yield connection


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_reads_public_marts_and_has_their_columns(name, marts):
    dataset = DATASETS[name]

    found = marts.execute(f"describe ({body(dataset)})").fetchall()

    assert "built" not in body(dataset)
    assert [(each[0], each[1]) for each in found] == [
        (column["column_name"], column["type"]) for column in dataset["columns"]
    ]
    # nobody is named
    assert not {"customer_id", "email"} & {each[0] for each in found}
    assert dataset["database_uuid"] == DATABASES["segmentation"]["uuid"]


@pytest.mark.parametrize("name", DATASETS)
def test_every_metric_runs(name, marts):
    dataset = DATASETS[name]
    for metric in dataset["metrics"]:
        marts.execute(f"select {metric['expression']} from ({body(dataset)})")
        assert metric["description"].endswith("."), metric["metric_name"]


def test_figures_are_those_of_the_marts(marts):
    customers = DATASETS["customers"]
    said = {each["metric_name"]: each["expression"] for each in customers["metrics"]}
    found = marts.execute(f"""
        select
            segment,
            {said["customers"]},
            {said["revenue"]},
            round({said["churn_risk"]}, 4)
        from ({body(customers)})
        group by all
        order by all
    """).fetchall()
    assert len(found) > 5
    assert (
        found
        == marts.execute("""
            select
                segment_name,
                count_customers,
                total_net_amount,
                avg_churn_probability
            from rpt_segment_overview
            where dimension = 'rfm'
            order by all
        """).fetchall()
    )
    sizes = DATASETS["segment_sizes"]
    (size,) = (
        each["expression"] for each in sizes["metrics"] if each["metric_name"] == "size"
    )
    newest = f"from ({body(sizes)}) where month_of_change = 'newest'"
    after, causes = marts.execute(f"select {size}, sum(net_change) {newest}").fetchone()
    (before,) = marts.execute("""
        select sum(count_before) / count(distinct cause)
        from fct_segment_size_changes
        where
            dimension = 'rfm'
            and anchor_date = (
                select max(anchor_date) from fct_segment_size_changes
                where dimension = 'rfm'
            )
    """).fetchone()
    assert after == pytest.approx(before + causes)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_asks_for_what_its_dataset_has(name):
    chart = CHARTS[name]
    dataset = OF[chart["dataset_uuid"]]
    columns = {each["column_name"] for each in dataset["columns"]}
    metrics = {each["metric_name"] for each in dataset["metrics"]}
    params = chart["params"]
    assert params["viz_type"] == chart["viz_type"]

    def asked(names):
        for each in names:
            for value in listed(params.get(each)):
                if value is not None:
                    # an expression of its own, as it must have another name
                    yield value["sqlExpression"] if isinstance(value, dict) else value

    plot = chart["viz_type"] == "bubble_v2"
    assert set(asked(COLUMNS)) <= columns
    assert set(asked((*METRICS, "x") if plot else METRICS)) <= metrics
    assert {each["subject"] for each in params["adhoc_filters"]} <= columns
    assert {json.loads(each)[0] for each in params.get("order_by_cols", [])} <= columns
    assert set(params.get("column_config", {})) <= columns | metrics
    # a person reads it: a title, and what hovering shows
    assert len(chart["slice_name"]) <= 50
    assert chart["description"].endswith((".", "?"))


def test_the_dashboard_shows_every_chart_once_where_it_says():
    assert sorted(meta["uuid"] for meta in SHOWN.values()) == sorted(
        chart["uuid"] for chart in CHARTS.values()
    )
    titles = {chart["uuid"]: chart["slice_name"] for chart in CHARTS.values()}
    for meta in SHOWN.values():
        assert meta["sliceName"] == titles[meta["uuid"]]
    position = {k: v for k, v in DASHBOARD["position"].items() if isinstance(v, dict)}
    for name, part in position.items():
        assert part["id"] == name
        for child in part.get("children", []):
            assert position[child]["parents"] == [*part.get("parents", []), name]
        if part["type"] == "ROW":
            assert (
                sum(position[each]["meta"]["width"] for each in part["children"]) <= 12
            )


@pytest.mark.parametrize(
    "each",
    DASHBOARD["metadata"]["native_filter_configuration"],
    ids=lambda each: each["name"],
)
def test_a_filter_narrows_charts_that_have_its_column(each):
    (target,) = each["targets"]
    column = target["column"]["name"]
    datasets = {chart["uuid"]: chart["dataset_uuid"] for chart in CHARTS.values()}
    narrowed = {
        datasets[meta["uuid"]]
        for number, meta in SHOWN.items()
        if number not in each["scope"]["excluded"]
    }
    assert target["datasetUuid"] in narrowed
    for dataset in narrowed:
        assert column in {part["column_name"] for part in OF[dataset]["columns"]}


def test_the_database_is_read_only_and_reads_nothing_else():
    (database,) = DATABASES.values()
    how = database["extra"]["engine_params"]["connect_args"]
    assert how["read_only"] is True
    assert how["config"]["enable_external_access"] is False
    assert how["config"]["autoinstall_known_extensions"] is False
    assert database["sqlalchemy_uri"] == "duckdb:///PUBLISHED_FILE"
    for permission in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"):
        assert database[permission] is False


def test_nothing_depends_on_one_machine_or_its_registry():
    files = [
        path for path in HERE.rglob("*") if path.suffix in {".yaml", ".in", ".lock"}
    ]
    assert len(files) > 40
    for path in files:
        text = path.read_text("utf-8")
        assert not ABSOLUTE.search(text), path.name
        assert "://" not in text.replace("duckdb:///PUBLISHED_FILE", ""), path.name
    lock = (HERE / "requirements.lock").read_text()
    assert lock.count("==") < lock.count("--hash=sha256:")
    assert not re.search(r"^(?!\s+--hash|[\w.-]+==)", lock.strip(), re.MULTILINE)


def test_colours_are_told_apart_by_everyone():
    configured = Path(HERE / "superset_config.py").read_text()
    used = {c["params"].get("color_scheme") for c in CHARTS.values()} - {None}
    assert used == {DASHBOARD["metadata"]["color_scheme"]}
    assert f'"id": "{used.pop()}"' in configured

"""The lineage of columns: whole from raw data to marts, honest, and open to look at."""

import importlib.util
import json
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlparse

import duckdb
import pyarrow as pa
import pytest
from browser import PHONE, new_page
from dbt_project import VARS, run_dbt
from places import ROOT

pytest.importorskip("dbt_colibri")

from segmentation.lineage import __main__ as command_line
from segmentation.lineage.declared import (
    ROWS,
    declared_parents,
    faults,
    name_of,
    nodes_of,
)
from segmentation.lineage.extract import trace
from segmentation.lineage.graph import (
    columns_of,
    joined,
    public_columns,
    without_origin,
)

# each begins in raw data, a seed or a setting, and ends in a public mart
PATHS = {
    "churn, from how long ago they ordered": """
        shop.orders.ordered_at int_customers__features.days_since_last_order
        int_customers__churn_training.days_since_last_order
        ml_fits__purchases.coefficients int_fits__purchase_coefficients.weight
        int_customers__learned_purchase_probabilities.probability
        fct_customer_churn.churn_probability""",
    "churn, from what they paid to the reason in words": """
        shop.order_lines.unit_price int_customers__features.lifetime_net_amount
        ml_fits__purchases.coefficients int_fits__serving.coefficients
        ml_customers__score_reasons.contribution
        fct_prediction_reasons.contribution""",
    "churn, from a reason's feature to its words": """
        shop.orders.ordered_at int_customers__features.days_since_last_order
        ml_customers__score_reasons.feature_value fct_prediction_reasons.reason""",
    "churn, by a tree": """
        shop.orders.ordered_at ml_fits__purchases.nodes
        ml_customers__purchase_tree_probabilities.probability
        fct_customer_churn.churn_risk_tier""",
    "value, from what they paid later": """
        shop.order_lines.unit_price int_customers__value_labels.net_amount_next_90d
        ml_fits__values.parameters ml_customers__amounts.expected_net_amount
        fct_customer_value.expected_net_amount""",
    "value, from how much they order at a time": """
        shop.order_lines.quantity int_customers__features.avg_repeat_amount
        ml_customers__amounts.expected_order_amount
        fct_customer_value.expected_order_amount""",
    "value, to the band it lies in": """
        shop.orders.ordered_at ml_fits__values.intervals
        int_fits__value_intervals.value_band fct_customer_value.value_band""",
    "RFM, from amounts to the segment": """
        shop.order_lines.unit_price int_customers__history_features.lifetime_net_amount
        int_customers__history_segments.monetary_score
        int_customers__history_segments.rfm_segment_code
        fct_customer_segments.rfm_segment_code""",
    "RFM, from dates to the segment over time": """
        shop.orders.ordered_at int_customers__history_features.days_since_last_order
        int_customers__history_segments.sticky_recency_score
        int_customers__history_segments.sticky_rfm_segment_code
        fct_customer_segment_history.segment_code""",
    "RFM, from counting orders": """
        shop.orders.(rows) int_customers__history_features.count_orders
        int_customers__history_segments.frequency_score
        fct_customer_segments.frequency_score""",
    "clusters, from dates to the customer's cluster": """
        shop.orders.ordered_at int_customers__history_features.days_since_last_order
        ml_cluster_fits.prototypes int_cluster_fits__prototypes.weight
        int_customers__history_clusters.cluster_id
        fct_customer_segments.cluster_code""",
    "clusters, from amounts to the name": """
        shop.order_lines.unit_price int_customers__history_features.lifetime_net_amount
        ml_cluster_fits.clusters int_cluster_fits__clusters.suggested_name
        dim_segments.segment_name""",
}

# smaller than in use: what is read is the same
SMALLER = {
    "count_origins": 1,
    "learning_anchors": 2,
    "max_configurations": 1,
    "bootstrap_samples": 10,
    "min_rows": 20,
    "counts": [2, 3],
}


def catalog(project, manifest):
    """What `dbt docs generate` reads off the database, without its five seconds."""
    types = defaultdict(dict)
    for schema, table, column, kind in project.rows(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() order by column_index"
    ):
        types[schema, table][column] = {"type": kind}
    found = {"nodes": {}, "sources": {}}
    for unique_id, node in nodes_of(manifest).items():
        place = (node["schema"], node.get("alias") or node.get("identifier"))
        if place in types:
            part = "sources" if node["resource_type"] == "source" else "nodes"
            found[part][unique_id] = {
                "unique_id": unique_id,
                "metadata": {
                    "database": node["database"],
                    "schema": place[0],
                    "name": place[1],
                },
                "columns": types[place],
            }
    return found


@pytest.fixture(scope="module")
def made(built_demo):
    """What dbt and dbt-colibri tell of the demo, and the folder it lies in."""
    project = built_demo()
    target = project.folder / "target"
    manifest = project.manifest()
    result = run_dbt(
        "compile", "--full-refresh", "--select", "resource_type:model",
        database=project.database, target=target, manifest=manifest,
    )  # fmt: skip
    assert result.success, result.text
    told = manifest.writable_manifest().to_dict(omit_none=False)
    (target / "manifest.json").write_text(json.dumps(told, default=str))
    (target / "catalog.json").write_text(json.dumps(catalog(project, told)))
    # dbt's own page is not ours to test
    (target / "static_index.html").write_text("<link rel=icon href=data:,>")
    traced, manifest = trace(target)
    return SimpleNamespace(
        traced=traced,
        manifest=manifest,
        columns=columns_of(traced["nodes"]),
        graph=joined(traced, manifest),
        folder=project.folder,
    )


def test_all_sql_is_traced(made):
    assert made.traced["errors"] == []


def test_every_column_of_a_public_mart_leads_back_to_where_it_begins(made):
    public = public_columns(made.manifest)
    assert without_origin(made.graph, public) == []
    raw = [
        column
        for column in public
        if any(node.startswith("source.") for node, _ in made.graph.upstream(column))
    ]
    # the others are names in the code, settings, or of seeds
    assert len(raw) / len(public) > 0.88


def allowed_of_personal_columns():
    """Return the table of docs/methods/privacy.md: what is made of personal columns."""
    page = (ROOT / "docs/methods/privacy.md").read_text()
    part = page.partition("## Personal columns")[2].partition("\n## ")[0]
    cells = [line.split("|")[1:-1] for line in part.splitlines() if line[:3] == "| `"]
    return {name.strip(" `"): reason.strip() for name, reason in cells}


def made_of(graph, column, allowed):
    """Return the values made of a column, up to those that are allowed."""
    found, open_ends = set(), [column]
    while open_ends:
        for node, name in graph.children.get(open_ends.pop(), ()):
            # what only decides which rows there are hands on no value
            if name != ROWS and name not in allowed and (node, name) not in found:
                found.add((node, name))
                open_ends.append((node, name))
    return found


def tagged(manifest, tag):
    return [
        (key, name)
        for key, source in manifest["sources"].items()
        for name, column in source["columns"].items()
        if column.get("config", {}).get("meta", {}).get(tag)
    ]


def leaks(made, allowed):
    """Return what is made of personal columns beyond staging and the checked rows."""
    personal = tagged(made.manifest, "pii")
    assert len(personal) >= 6
    return {
        (node, name)
        for column in personal
        for node, name in made_of(made.graph, column, allowed)
        if not re.search(r"\.(stg_\w+|int_\w+__checked)$", node)
    }


def test_nothing_is_made_of_personal_columns_but_what_is_allowed(made):
    """Neither features nor learned tables nor marts, by the lineage of columns."""
    allowed = allowed_of_personal_columns()
    assert all(len(reason) > 30 for reason in allowed.values())
    assert leaks(made, allowed) == set()
    for name in allowed:
        left = {other: reason for other, reason in allowed.items() if other != name}
        assert leaks(made, left), f"{name} need not be allowed"


# what is made of protected columns to judge models by, and no model reads
JUDGED_BY_GROUP = {"groups"}
# what learns, what is learned from and what is learned; not what describes groups
LEARNS = re.compile(
    r"\.(ml_(?!fairness__proxies$|persona_sentences$)\w+|int_(fits|cluster_fits)\w*"
    r"|int_\w*(features|training|labels|candidates|counts)\w*)$"
)


def test_no_feature_is_made_of_a_protected_column(made):
    """Nor anything that is learned, but the figures that models are judged by."""
    protected = tagged(made.manifest, "protected")
    assert {name for _, name in protected} == {"gender", "birth_date", "country"}
    reached = {
        each
        for column in protected
        for each in made_of(made.graph, column, JUDGED_BY_GROUP)
    }
    assert {each for each in reached if LEARNS.search(each[0])} == set()
    # where they do lead to must be seen, or nothing is
    judged = {name for node, name in reached if node.endswith(".int_fairness__people")}
    assert judged == {"gender", "age_band", "country"}
    learns = {name_of(node) for node in nodes_of(made.manifest).values()}
    assert sum(LEARNS.search(f".{name}") is not None for name in learns) > 40


def cut(graph, ids, path):
    """Return where a named path is cut first, in words; empty where it is whole."""
    parts = [name.rpartition(".") for name in path.split()]
    stops = [(ids[name], column) for name, _, column in parts]
    for first, last in pairwise(stops):
        if first not in graph.parents or not graph.path(first, last):
            return f"{first} does not lead to {last}"
    return ""


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_named_path_is_unbroken(made, path):
    ids = {name_of(node): key for key, node in nodes_of(made.manifest).items()}
    first = path.split()[0].rpartition(".")[0]
    assert ids[first].startswith("source.")
    assert cut(made.graph, ids, path) == ""


def test_what_models_declare_is_there(made):
    assert faults(made.manifest, made.columns, VARS) == []


PYTHON_MODELS = sorted(
    file
    for file in (ROOT / "python_models").rglob("*.py")
    # the one writes files, and reads all of its one relation; the other is off without
    # a key, and reads two columns of ids
    if file.stem not in ("publication", "ml_customers__pseudonyms")
)


@pytest.mark.parametrize("file", PYTHON_MODELS, ids=lambda file: file.stem)
def test_a_model_runs_on_nothing_but_what_it_declares(made, demo_database, file):
    """Columns it does not declare are not there; the columns it makes are as told."""
    unique_id = f"model.segmentation.{file.stem}"
    node = made.manifest["nodes"][unique_id]
    told = declared_parents(node, made.columns)
    declared = defaultdict(set)
    for relation, column in set().union(*told.values()):
        declared[relation.rpartition(".")[2]].add(column)
    meta = json.loads(json.dumps(node["config"]["meta"]))
    settings = meta.get("settings", {})
    settings.update({k: v for k, v in SMALLER.items() if k in settings})
    nodes = nodes_of(made.manifest).items()
    schemas = {each["name"]: each["schema"] for _, each in nodes}
    of_customers = {
        each["name"] for key, each in nodes if "customer_id" in made.columns[key]
    }
    with duckdb.connect() as session:
        session.execute(f"attach '{demo_database}' as demo (read_only)")
        session.execute("set threads = 1")

        def ref(name):
            columns = ", ".join(sorted(declared[name]))
            where = "where hash(customer_id) % 4 = 0" if name in of_customers else ""
            return session.sql(
                f"select {columns} from demo.{schemas[name]}.{name} {where}"
            )

        dbt = SimpleNamespace(
            ref=ref,
            config=SimpleNamespace(meta_get=meta.get),
            is_incremental=False,
        )
        spec = importlib.util.spec_from_file_location(file.stem, file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        rows = module.model(dbt, session)
        if isinstance(rows, pa.RecordBatchReader):
            rows = rows.read_all()
        names = rows.column_names if isinstance(rows, pa.Table) else list(rows.columns)
    assert set(names) == set(told)


@pytest.fixture(scope="module")
def site(made):
    """The site, written as `make docs` does."""
    folder = made.folder / "site"
    with pytest.MonkeyPatch.context() as patched:
        # traced once, for all tests
        patched.setattr(command_line, "trace", lambda _: (made.traced, made.manifest))
        assert (
            command_line.main(
                [str(made.folder / "target"), str(ROOT / "docs"), str(folder)]
            )
            == 0
        )
    return folder


@pytest.fixture(scope="module")
def seen(site):
    """A page in a browser."""
    with new_page() as shown:
        yield shown


def test_every_page_opens_without_a_network(seen, site):
    pages = sorted(site.rglob("*.html"))
    assert {"index.html", "dbt.html", "lineage.html"} < {page.name for page in pages}
    for page in pages:
        seen.goto(page.as_uri())
        links = seen.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        files = [urlparse(link) for link in links if link.startswith("file:")]
        assert [each for each in files if not Path(unquote(each.path)).exists()] == []
    assert seen.complaints == []
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []


def test_a_column_is_found_and_followed_by_keyboard(seen, site):
    seen.goto((site / "lineage.html").as_uri())
    seen.focus("#search")
    seen.keyboard.type("fct_customer_churn churn_probability")
    seen.keyboard.press("Tab")
    seen.keyboard.press("Enter")
    seen.wait_for_selector("#column h2")
    assert seen.text_content("#column h2") == "fct_customer_churn.churn_probability"
    assert "dbt.html#!/model/model.segmentation.fct_customer_churn" in seen.inner_html(
        "#column"
    )
    begins = seen.locator("summary", has_text="shop.orders.ordered_at")
    begins.focus()
    seen.keyboard.press("Enter")
    seen.wait_for_selector("details[open] li")
    way = seen.locator("details[open] li").all_text_contents()
    assert way[0] == "shop.orders.ordered_at"
    assert way[-1] == "fct_customer_churn.churn_probability"
    seen.locator("section", has_text="Comes from").locator("a").first.press("Enter")
    seen.wait_for_function("location.hash.includes('int_customers__churn')")
    seen.go_back()
    seen.wait_for_function("document.title.startsWith('fct_customer_churn.')")


def test_the_lineage_fits_a_phone(seen, site):
    seen.set_viewport_size(PHONE)
    for name in ("index.html", "lineage.html#fct_customer_churn.churn_probability"):
        seen.goto(f"{site.as_uri()}/{name}")
        assert seen.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

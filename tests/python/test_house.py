"""The house: layers go down only, a product has one word, keys are tested.

Each rule takes the house as it stands (dbt's manifest and the tree of files) and
returns what breaks it, in sentences that say how to mend it. Every rule has a breach, a
small break of the house that the rule must see: a rule that sees nothing is noticed.
"""

import ast
import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from places import ROOT

# the products, by the wing (dbt group) they belong to; a new one is entered here first
PRODUCTS = {
    "input": "core",
    "sales": "core",
    "customers": "core",
    "quality": "core",
    "privacy": "core",
    "audit": "core",
    "publication": "core",
    "fairness": "core",
    "review": "core",
    "segments": "segments",
    "clusters": "segments",
    "rules": "segments",
    "profiles": "segments",
    "priorities": "segments",
    "live": "segments",
    "lookalikes": "segments",
    "cohorts": "segments",
    "churn": "predictions",
    "value": "predictions",
    "responses": "predictions",
    "next_category": "predictions",
    "models": "predictions",
    "monitoring": "predictions",
}
SHARED_MACROS = {"cross_db", "definitions", "project", "settings", "statistics"}
TREES = ("models/intermediate", "models/marts", "python_models", "tests/singular")

READS = {
    "staging": {"seeds"},
    "intermediate": {"seeds", "staging", "intermediate", "ml"},
    "ml": {"seeds", "intermediate", "ml"},
    "marts": {"intermediate", "ml"},
    # marts, and who must not be named in an older version of them
    "publication": {"marts", "publication", "intermediate"},
}
PREFIXES = {
    "staging": r"stg_[a-z]+__\w+",
    "intermediate": r"int_\w+",
    "ml": r"ml_\w+",
    "marts": r"(dim|fct|rpt|audit)_\w+|live_customer_segments",
    "publication": r"published_marts|publication",
}

# keys that another test sees to
KEYS_TESTED_ELSEWHERE = {
    "__checked": "raw rows may repeat a key; accepted_rows_have_a_key_of_their_own",
    "int_plausible_dates": "one row; tables_of_one_row_have_one",
    "int_prospects__conversion": "one row; tables_of_one_row_have_one",
    "int_live__known": "one row; tables_of_one_row_have_one",
    "_decisions": "worked out for one customer at a time; build/test_audit.py",
    "int_live__lines": "has no key: a raw order may repeat a line",
}

# files of the library that may be longer, by name, with the reason
LONGEST_FILE = 450
LONG_FILES: dict[str, str] = {}
LONGEST_LINE = 100
LONGEST_BINDER = 40

# SQL that one engine refuses, or takes for something else: pattern to what to write
UNPORTABLE = {
    r"(?<!do )\blog\(": "`ln` or `log10`: engines differ in the base of `log`",
    r"\b\d+\.0 [*/]|/ \d+\.0\b": "`1e0`: Spark keeps six digits of divided decimals",
    r"\b[rl]trim\([^()]*,": "`trim(trailing 's' from x)`: arguments stand otherwise",
    r"(?<![.\w])hash\(": "`md5`, or hash_of where it is not stored",
    r"\b(skewness|type_float)\(": "something else: engines mean different things by it",
    r"(?<![.\w])(quantile_cont|arg_m(ax|in)|unnest|str[fp]time|regexp_matches)\(": (
        "a macro of macros/cross_db: only DuckDB knows it"
    ),
    r"::|\bdistinct on\b|\bunion all by name\b": "standard SQL: only DuckDB knows it",
}

# which way a metric is good news
DIRECTIONS = ("higher is better", "lower is better", "higher is steadier", "neither")


@dataclass
class House:
    """What the rules look at."""

    root: Path
    manifest: dict

    @property
    def models(self) -> dict[str, dict]:
        """The models of this project, by id."""
        return {
            key: node
            for key, node in self.manifest["nodes"].items()
            if node["resource_type"] == "model"
        }

    def tests_of(self, key: str) -> list[dict]:
        """The data tests that are attached to a model."""
        return [
            node
            for node in self.manifest["nodes"].values()
            if node["resource_type"] == "test" and node.get("attached_node") == key
        ]

    def kinds_of_tests(self, key: str) -> set[str]:
        """The names of the generic tests that are attached to a model."""
        found = (each.get("test_metadata") or {} for each in self.tests_of(key))
        return {each["name"] for each in found if each}


def layer(node: dict) -> str:
    """Name the layer a model or a seed stands in."""
    first, *rest = Path(node["original_file_path"]).parts
    if rest[0] == "publication":  # in both trees, the last of all
        return "publication"
    return {"python_models": "ml", "seeds": "seeds"}.get(first) or rest[0]


def product(node: dict) -> str:
    """Name the product a model belongs to: its folder."""
    return Path(node["original_file_path"]).parent.name


def layers_go_down_only(house: House) -> list[str]:
    found = []
    nodes = house.manifest["nodes"]
    for node in house.models.values():
        for key in node["depends_on"]["nodes"]:
            if key in nodes and layer(nodes[key]) not in READS[layer(node)]:
                found.append(
                    f"{node['name']} ({layer(node)}) reads {nodes[key]['name']} "
                    f"({layer(nodes[key])}): read its body in models/intermediate "
                    "instead, or move the work there."
                )
    return found


def marts_only_select_and_cast(house: House) -> list[str]:
    found = []
    for node in house.models.values():
        if layer(node) != "marts":
            continue
        words = re.findall(
            r"\b(join|with|group by|union|over|qualify)\b",
            re.sub(r"--.*", "", node["raw_code"]),
        )
        if words:
            found.append(
                f"{node['name']} does work ({', '.join(sorted(set(words)))}): a mart "
                "selects from one body and casts. Put the work into "
                f"models/intermediate/{product(node)}/."
            )
    return found


def marts_show_what_may_be_shown(house: House) -> list[str]:
    found = []
    for node in house.models.values():
        if layer(node) != "marts":
            continue
        read = re.findall(r"\bfrom\s+(.*)", re.sub(r"--.*", "", node["raw_code"]))
        is_shown = [re.match(r"\{\{ for_readers\(", each) is not None for each in read]
        if is_shown != [True] or re.search(r"\b(ref|source)\(", node["raw_code"]):
            found.append(
                f"{node['name']} reads past what may be shown: let it select from one "
                "body alone, `from {{ for_readers('int_…') }}`."
            )
    return found


def products_form_no_cycle(house: House) -> list[str]:
    reads: dict[str, set[str]] = {}
    why = {}
    for node in house.models.values():
        if layer(node) not in ("intermediate", "ml"):
            continue
        for key in node["depends_on"]["nodes"]:
            other = house.models.get(key)
            if other and layer(other) in ("intermediate", "ml"):
                mine, theirs = product(node), product(other)
                if mine != theirs:
                    reads.setdefault(mine, set()).add(theirs)
                    why[mine, theirs] = f"{node['name']} reads {other['name']}"
    cycle = find_cycle(reads)
    if not cycle:
        return []
    steps = [why[pair] for pair in pairwise(cycle)]
    return [
        f"products form a cycle ({' → '.join(cycle)}): {'; '.join(steps)}. Move one of "
        "these models to the product that comes first."
    ]


def find_cycle(reads: dict[str, set[str]]) -> list[str] | None:
    """Return a cycle of a graph, its first node repeated at the end, or None."""
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str] | None:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return None
        for other in sorted(reads.get(node, ())):
            if cycle := visit(other, [*path, node]):
                return cycle
        done.add(node)
        return None

    for start in sorted(reads):
        if cycle := visit(start, []):
            return cycle
    return None


def names_have_the_prefix_of_their_layer(house: House) -> list[str]:
    return [
        f"{node['name']} stands in {layer(node)}: name it {PREFIXES[layer(node)]}."
        for node in house.models.values()
        if not re.fullmatch(PREFIXES[layer(node)], node["name"])
    ]


def every_description_tells_the_grain(house: House) -> list[str]:
    return [
        f"{node['name']} does not tell its grain: end its description with 'One row "
        "per …' (or 'One row …')."
        for node in house.models.values()
        if not re.search(r"\bone row\b", node["description"], re.IGNORECASE)
    ]


def every_key_is_tested(house: House) -> list[str]:
    found = []
    for key, node in house.models.items():
        is_work = layer(node) in ("intermediate", "ml")
        if not is_work or any(k in node["name"] for k in KEYS_TESTED_ELSEWHERE):
            continue
        kinds = house.kinds_of_tests(key)
        if not kinds & {"unique", "unique_combination"} and not is_promised(house, key):
            found.append(
                f"{node['name']} has no tested key: add `unique` to its key column, or "
                "`unique_combination` to the model, in its YAML."
            )
    return found


def is_promised(house: House, key: str) -> bool:
    """Say whether a view is read by one mart alone, whose primary key is enforced."""
    if house.models[key]["config"]["materialized"] != "view":
        return False
    readers = [n for n in house.models.values() if key in n["depends_on"]["nodes"]]
    return (
        len(readers) == 1
        and layer(readers[0]) == "marts"
        and has_key(house, readers[0])
    )


def has_primary_key(node: dict) -> bool:
    """Say whether the database itself refuses two rows with one key."""
    constraints = [
        *node.get("constraints", []),
        *(c for column in node["columns"].values() for c in column["constraints"]),
    ]
    return any(c["type"] == "primary_key" for c in constraints)


def has_key(house: House, node: dict) -> bool:
    """Say whether a model has a primary key or a test of one."""
    kinds = house.kinds_of_tests(node["unique_id"])
    return has_primary_key(node) or bool(kinds & {"unique", "unique_combination"})


def keys_of_customers_are_tested(house: House) -> list[str]:
    """DuckDB holds the index of a primary key in memory, whatever the limit."""
    return [
        f"{node['name']} has a row per customer and a primary_key, whose index is held "
        "in memory: test `unique` or `unique_combination` instead."
        for node in house.models.values()
        if layer(node) == "marts"
        and "customer_id" in node["columns"]
        and has_primary_key(node)
    ]


def every_mart_has_a_key(house: House) -> list[str]:
    return [
        f"{node['name']} has no key: add a primary_key constraint or a test `unique`."
        for node in house.models.values()
        if layer(node) == "marts"
        and node["config"]["materialized"] != "view"
        and not has_key(house, node)
    ]


def products_have_one_word_in_all_trees(house: House) -> list[str]:
    found = []
    for tree in (*TREES, "macros"):
        known = set(PRODUCTS) | (SHARED_MACROS if tree == "macros" else set())
        for folder in sorted((house.root / tree).iterdir()):
            if folder.is_dir() and folder.name not in known | {"__pycache__"}:
                found.append(
                    f"{tree}/{folder.name} is no product: use one of "
                    f"{', '.join(PRODUCTS)}, or enter the new product in PRODUCTS."
                )
            for file in folder.glob("_*.yml") if folder.is_dir() else ():
                if not file.name.startswith(f"_{folder.name}__"):
                    found.append(
                        f"{tree}/{folder.name}/{file.name}: YAML is named "
                        f"_{folder.name}__models.yml (or __unit_tests, __macros)."
                    )
    for folder in sorted((house.root / "models/marts").iterdir()):
        page = f"docs/methods/{folder.name}.md"
        if folder.is_dir() and not (house.root / page).exists():
            found.append(f"{page} is missing: write how {folder.name} is worked out.")
    return found


def marts_belong_to_the_wing_of_their_product(house: House) -> list[str]:
    return [
        f"{node['name']} is in group {node['config'].get('group')}: its product "
        f"belongs to {PRODUCTS.get(product(node), 'no wing yet')}. Set `group` in its "
        "YAML."
        for node in house.models.values()
        if layer(node) == "marts"
        and node["config"].get("group") != PRODUCTS.get(product(node))
    ]


def lists_of_people_to_address_ask_for_consent(house: House) -> list[str]:
    return [
        f"{node['name']} is tagged activation and does not ask for consent: let it "
        "select `from {{ for_readers('int_…', to_address=true) }}`, and add the test "
        "`only_contactable` to its customer_id."
        for key, node in house.models.items()
        if ("activation" in node["tags"] or "to_address=true" in node["raw_code"])
        and not (
            "activation" in node["tags"]
            and "to_address=true" in node["raw_code"]
            and "only_contactable" in house.kinds_of_tests(key)
        )
    ]


def lists_of_people_to_address_are_judged(house: House) -> list[str]:
    listed = (house.root / "macros/fairness/activation_lists.sql").read_text()
    return [
        f"{node['name']} is tagged activation, and nobody sees whether it is fair: "
        "enter its body in macros/fairness/activation_lists.sql."
        for node in house.models.values()
        if "activation" in node["tags"]
        and not all(
            f"'{body}'" in listed
            for body in re.findall(r"for_readers\(\s*'(\w+)'", node["raw_code"])
        )
    ]


def raw_tables_are_read_without_whom_to_erase(house: House) -> list[str]:
    return [
        f"{file.relative_to(house.root)} reads raw rows of people who asked to be "
        "erased: read them through raw_table."
        for file in sorted((house.root / "models").rglob("*.sql"))
        if re.search(
            r"whole_raw_table\(|ref\(.raw_|source\(.(?!ledger)", file.read_text()
        )
    ]


def binders_only_bind(house: House) -> list[str]:
    found = []
    for file in sorted((house.root / "python_models").rglob("*.py")):
        text = file.read_text()
        name = file.relative_to(house.root)
        if text.count("\n") > LONGEST_BINDER:
            found.append(
                f"{name} has more than {LONGEST_BINDER} lines: a binder binds refs and "
                "settings and makes one call. Move the rest into src/segmentation."
            )
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.JoinedStr | ast.If | ast.For | ast.IfExp):
                found.append(
                    f"{name}:{node.lineno} holds logic or text that is put together: "
                    "move it into src/segmentation."
                )
            is_sql = (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.search(r"\bselect\b.*\bfrom\b", node.value, re.IGNORECASE | re.S)
            )
            if is_sql:
                found.append(
                    f"{name}:{node.lineno} holds SQL: make it a model in "
                    "models/intermediate, and read that."
                )
    return found


def every_setting_is_explained(house: House) -> list[str]:
    page = (house.root / "docs/settings.md").read_text()
    found = []
    for tree, pattern in {
        "models": "*.sql", "macros": "*.sql", "python_models": "*.yml"
    }.items():  # fmt: skip
        for file in sorted((house.root / tree).rglob(pattern)):
            names = re.findall(r"\b(?:var|setting)\(['\"](\w+)['\"]", file.read_text())
            found += [
                f"{file.relative_to(house.root)} uses the setting {name}, which "
                "docs/settings.md does not explain: add it to macros/settings."
                for name in sorted(set(names))
                if f"`{name}`" not in page
            ]
    return found


def files_of_the_library_are_short(house: House) -> list[str]:
    found = []
    for file in sorted((house.root / "src").rglob("*.py")):
        name = str(file.relative_to(house.root / "src/segmentation"))
        count = len(file.read_text().splitlines())
        if count > LONGEST_FILE and name not in LONG_FILES:
            found.append(
                f"src/segmentation/{name} has {count} lines: part it by what it does, "
                f"or enter it in LONG_FILES with a reason. At most {LONGEST_FILE}."
            )
    return found


def lines_of_yaml_and_macros_are_short(house: House) -> list[str]:
    found = []
    for tree in ("models", "python_models", "macros", "seeds"):
        for file in sorted((house.root / tree).rglob("*")):
            is_ours = file.suffix == ".yml" or (
                tree == "macros" and file.suffix == ".sql"
            )
            # the rows of unit tests are tables
            if not is_ours or file.name.endswith("__unit_tests.yml"):
                continue
            for number, line in enumerate(file.read_text().splitlines(), 1):
                if len(line) > LONGEST_LINE:
                    found.append(
                        f"{file.relative_to(house.root)}:{number} has {len(line)} "
                        f"characters: at most {LONGEST_LINE}."
                    )
    return found


def sql_is_portable(house: House) -> list[str]:
    found = []
    files = [*(house.root / "models").rglob("*.sql")]
    files += (
        file
        for file in (house.root / "macros").rglob("*.sql")
        if file.parent.name != "cross_db"
    )
    for file in files:
        text = re.sub(r"{#.*?#}|--[^\n]*", "", file.read_text(), flags=re.S)
        for pattern, better in UNPORTABLE.items():
            if match := re.search(pattern, text):
                found.append(
                    f"{file.relative_to(house.root)}: instead of `{match.group()}`, "
                    f"write {better}."
                )
    return found


def metrics_stand_beside_their_mart(house: House) -> list[str]:
    found = []
    marts = {node["name"]: product(node) for node in house.models.values()}
    measures = {}
    for model in house.manifest["semantic_models"].values():
        mart = model["node_relation"]["alias"]
        file = f"models/marts/{marts[mart]}/_{marts[mart]}__semantic_models.yml"
        measures |= {measure["name"]: file for measure in model["measures"]}
        if model["original_file_path"] != file:
            found.append(
                f"the semantic model {model['name']} reads {mart}, but is declared in "
                f"{model['original_file_path']}: move it to {file}."
            )
    for metric in house.manifest["metrics"].values():
        measure = (metric["type_params"].get("measure") or {}).get("name")
        if measure and metric["original_file_path"] != measures[measure]:
            found.append(
                f"the metric {metric['name']} is declared in "
                f"{metric['original_file_path']}: move it to {measures[measure]}, to "
                f"its measure {measure}."
            )
    return found


def every_metric_is_explained(house: House) -> list[str]:
    found = []
    page = (house.root / "docs/metrics.md").read_text()
    names = {metric["name"] for metric in house.manifest["metrics"].values()}
    for metric in house.manifest["metrics"].values():
        meta = metric["config"]["meta"]
        if not meta.get("unit") or meta.get("direction") not in DIRECTIONS:
            found.append(
                f"the metric {metric['name']} lacks unit or direction: under "
                f"config.meta, say what is counted, and one of {', '.join(DIRECTIONS)}."
            )
        if meta.get("part_of", metric["name"]) not in names:
            found.append(
                f"the metric {metric['name']} is said to be part of {meta['part_of']}, "
                "which is no metric: name the metric that needs it."
            )
        if f"| `{metric['name']}` |" not in page:
            found.append(
                f"docs/metrics.md does not list {metric['name']}: run "
                "`make metrics-page`."
            )
    return found


def descriptions_stand_alone(house: House) -> list[str]:
    found = []
    nodes = [
        node
        for node in house.manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    ]
    semantic = ("semantic_models", "metrics", "saved_queries")
    for node in [*nodes, *(n for k in semantic for n in house.manifest[k].values())]:
        columns = node.get("columns") or {
            c["name"]: c for c in node.get("dimensions", [])
        }
        texts = {node["name"]: node["description"]} | {
            f"{node['name']}.{name}": column["description"]
            for name, column in columns.items()
        }
        for name, text in texts.items():
            text = (text or "").strip()
            is_riddle = re.match(r"(Its|Their|Those|They|He|His|It|The same)\b", text)
            is_old = re.search(r"\b(he|him|his|whoever|lately|commonest)\b", text)
            if is_riddle or is_old or len(text) < 15:
                found.append(
                    f"{name}: '{text}' cannot be understood alone. Say what it is, of "
                    "what, with unit and direction: it ships to BI as a comment."
                )
    return found


RULES: tuple[Callable[[House], list[str]], ...] = (
    layers_go_down_only,
    marts_only_select_and_cast,
    marts_show_what_may_be_shown,
    products_form_no_cycle,
    names_have_the_prefix_of_their_layer,
    every_description_tells_the_grain,
    every_key_is_tested,
    every_mart_has_a_key,
    keys_of_customers_are_tested,
    products_have_one_word_in_all_trees,
    marts_belong_to_the_wing_of_their_product,
    lists_of_people_to_address_ask_for_consent,
    raw_tables_are_read_without_whom_to_erase,
    binders_only_bind,
    every_setting_is_explained,
    files_of_the_library_are_short,
    lines_of_yaml_and_macros_are_short,
    sql_is_portable,
    metrics_stand_beside_their_mart,
    every_metric_is_explained,
    descriptions_stand_alone,
)


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> House:
    """Read the manifest, and the tree it was made from."""
    from dbt_project import run_dbt

    folder = tmp_path_factory.mktemp("house")
    result = run_dbt(
        "parse",
        database=folder / "none.duckdb",
        target=folder / "target",
        is_manifest_written=True,
    )
    assert result.success, result.text
    return House(ROOT, json.loads((folder / "target/manifest.json").read_text()))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house(rule, house):
    found = rule(house)

    assert not found, "\n" + "\n".join(found)


def test_the_page_of_metrics_is_current(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    import metrics_page

    assert metrics_page.PAGE.read_text() == metrics_page.page(), (
        "run `make metrics-page`"
    )


# ---------- breaches: what each rule is to see


def reading(name: str, of: str) -> Callable[[House], None]:
    """Let one model read another."""

    def breach(house: House) -> None:
        ids = {node["name"]: key for key, node in house.manifest["nodes"].items()}
        house.manifest["nodes"][ids[name]]["depends_on"]["nodes"].append(ids[of])

    return breach


def changing(model: str, **values) -> Callable[[House], None]:
    """Let a model be another."""

    def breach(house: House) -> None:
        for node in house.manifest["nodes"].values():
            if node["name"] == model:
                node.update(values)

    return breach


def untested(house: House) -> None:
    for key, node in list(house.manifest["nodes"].items()):
        if (node.get("attached_node") or "").endswith(".int_customers__churn"):
            del house.manifest["nodes"][key]


def keyless(house: House) -> None:
    node = house.models["model.segmentation.dim_segments"]
    node["columns"]["segment_id"]["constraints"] = []


def indexed(house: House) -> None:
    node = house.models["model.segmentation.fct_customer_churn"]
    node["columns"]["customer_id"]["constraints"] = [{"type": "primary_key"}]


def in_a_corner(house: House) -> None:
    node = house.models["model.segmentation.fct_customer_churn"]
    node["config"] = node["config"] | {"group": "core"}


def moved(house: House) -> None:
    for model in house.manifest["semantic_models"].values():
        model["original_file_path"] = "models/marts/churn/_churn__semantic_models.yml"


def without_unit(house: House) -> None:
    house.manifest["metrics"]["metric.segmentation.revenue"]["config"]["meta"] = {}


def writing(path: str, text: str) -> Callable[[House], None]:
    """Write a file in a copy of the tree."""

    def breach(house: House) -> None:
        file = house.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return breach


BREACHES = {
    layers_go_down_only: reading("int_customers__features", "dim_customers"),
    marts_only_select_and_cast: changing(
        "fct_customer_churn",
        raw_code="select a from {{ for_readers('int_b') }} join c using (d)",
    ),
    marts_show_what_may_be_shown: changing(
        "fct_customer_churn", raw_code="select a from {{ ref('int_b') }}"
    ),
    products_form_no_cycle: reading("int_anchors", "int_customers__churn"),
    names_have_the_prefix_of_their_layer: changing("int_anchors", name="anchors"),
    every_description_tells_the_grain: changing("int_anchors", description="Anchors."),
    every_key_is_tested: untested,
    every_mart_has_a_key: keyless,
    keys_of_customers_are_tested: indexed,
    products_have_one_word_in_all_trees: writing("macros/attrition/a.sql", ""),
    marts_belong_to_the_wing_of_their_product: in_a_corner,
    lists_of_people_to_address_ask_for_consent: changing(
        "fct_customer_churn", tags=["activation"]
    ),
    lists_of_people_to_address_are_judged: changing(
        "fct_customer_churn", tags=["activation"]
    ),
    raw_tables_are_read_without_whom_to_erase: writing(
        "models/intermediate/churn/int_x.sql",
        "select * from {{ source('shop', 'orders') }}",
    ),
    binders_only_bind: writing(
        "python_models/churn/ml_x.py", "def model(dbt, session):\n    x = f'{dbt}'\n"
    ),
    every_setting_is_explained: writing("models/x.sql", "select {{ var('secret') }}"),
    files_of_the_library_are_short: writing(
        "src/segmentation/long.py", "\n" * (LONGEST_FILE + 1)
    ),
    metrics_stand_beside_their_mart: moved,
    every_metric_is_explained: without_unit,
    lines_of_yaml_and_macros_are_short: writing("macros/churn/long.sql", "-" * 200),
    sql_is_portable: writing("models/x.sql", "select 1.0 * a / b from c"),
    descriptions_stand_alone: changing(
        "int_anchors", description="Its one row per day."
    ),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_breach_is_seen_and_told(rule, house, tmp_path):
    root = tmp_path
    for tree in (*TREES, "macros"):
        for folder in (ROOT / tree).iterdir():
            if folder.is_dir():
                (root / tree / folder.name).mkdir(parents=True)
    for page in (ROOT / "docs").rglob("*.md"):
        copied = root / page.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_text(page.read_text())
    broken = House(root, copy.deepcopy(house.manifest))
    before = rule(broken)
    BREACHES[rule](broken)
    after = rule(broken)

    assert len(after) > len(before)
    assert all(len(sentence) > 40 for sentence in after)

"""Runs dbt in this process, on databases and folders of the test's own."""

import os
import pickle
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from hashlib import md5
from pathlib import Path

import duckdb
import pandas as pd
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.clients.jinja import get_rendered
from dbt.contracts.graph.manifest import Manifest
from places import ROOT

NO_TESTS = ("--exclude-resource-type", "test", "unit_test")

# the input contract: table name to column names
RAW_COLUMNS = {
    table["name"]: [column["name"] for column in table["columns"]]
    for file in sorted((ROOT / "models/staging").glob("*/_*__sources.yml"))
    for source in yaml.safe_load(file.read_text())["sources"]
    for table in source["tables"]
}

VARS = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]


def settings_read_in(*folders: str) -> set[str]:
    """Return the settings that dbt reads while it parses the YAML of these folders."""
    return {
        setting
        for folder in folders
        for file in sorted((ROOT / folder).rglob("*.yml"))
        for setting in re.findall(r"var\('(\w+)'", file.read_text())
    }


# All others dbt reads while it runs. Those that are only told to Python models need no
# parse either: see `tell_python_models`. A pilot share draws an edge, a key
# for pseudonyms makes a model, and a test has its severity by then.
PARSED_SETTINGS = settings_read_in("models", "seeds") | {
    "on_unfair",
    "pilot_share",
    "pseudonym_key_env",
}


@dataclass(frozen=True)
class Result:
    """What became of one dbt command."""

    success: bool
    text: str
    statuses: dict[str, str]
    listed: tuple[str, ...] = ()


class Project:
    """This dbt project on a database of its own.

    A full parse costs more than most builds here. So every project builds under the
    same two paths, and they share what was parsed under the same `PARSED_SETTINGS`:
    `link` leads to its raw tables, and its database is moved to `shared` while dbt
    runs.

    Parameters
    ----------
    folder : Path
        Holds the database and, in `raw`, the raw tables.
    shared : Path
        Holds what the projects of one session share.
    """

    def __init__(self, folder: Path, shared: Path):
        self.folder = folder
        self.shared = shared
        self.database = folder / "segmentation.duckdb"
        self.raw = folder / "raw"
        self.raw.mkdir(parents=True, exist_ok=True)

    @property
    def link(self) -> Path:
        return self.shared / "raw"

    def write(self, **tables: list[dict] | pd.DataFrame) -> "Project":
        """Write raw tables as Parquet; columns not named are null."""
        write_shop(self.raw, **tables)
        return self

    def build(self, *args: str, command: str = "build", tests=False, **variables):
        """Run a dbt command; `variables` are vars, and raw_path is `self.raw`."""
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(self.raw, target_is_directory=True)
        variables = {"raw_path": str(self.link), **variables}
        variables = {
            name: value
            for name, value in variables.items()
            if value is not None or VARS.get(name) is not None
        }
        options = () if tests or command != "build" else NO_TESTS
        stage = self.shared / "segmentation.duckdb"
        if self.database.exists():
            self.database.rename(stage)
        try:
            return run_dbt(
                command,
                *options,
                *args,
                database=stage,
                target=self.shared / "target",
                variables=variables,
                manifests=self.shared,
            )
        finally:
            if stage.exists():
                stage.rename(self.database)

    def manifest(self, **variables) -> Manifest:
        """Return the project as dbt parses it, on whatever data."""
        os.environ["SEGMENTATION_DUCKDB_PATH"] = str(
            self.shared / "segmentation.duckdb"
        )
        options = dbt_options(self.shared / "target", variables)
        manifest = parsed(self.shared, variables, options)
        assert manifest is not None, "dbt cannot parse the project"
        return manifest

    def query(self, sql: str) -> pd.DataFrame:
        """Read the database, as a BI tool would: opened read-only, after dbt."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).df()

    def rows(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def cross(self, other: "Project", sql: str) -> list[tuple]:
        """Read this database as `one` and another as `other`."""
        with duckdb.connect() as connection:
            for name, project in {"one": self, "other": other}.items():
                connection.execute(f"attach '{project.database}' as {name} (read_only)")
            return connection.execute(sql).fetchall()

    def value(self, sql: str):
        return self.rows(sql)[0][0]

    def tables(self, *schemas: str) -> list[str]:
        """Name the tables and views that exist, as `schema.name`.

        The run ledger is left out, and the review queue, which compares with it: they
        tell of the runs, and not of the data.
        """
        if not self.database.exists():
            return []
        found = self.rows(
            "select table_schema || '.' || table_name from information_schema.tables "
            "order by 1"
        )
        return [
            name
            for (name,) in found
            if (not schemas or name.split(".")[0] in schemas)
            and not re.search(
                r"\.(fct|int)_runs?\b|\.(fct|int)_run_|_review_(items|queue)$", name
            )
        ]


def run_dbt(
    *args: str,
    database: Path,
    target: Path,
    variables: dict | None = None,
    project: Path = ROOT,
    is_manifest_written: bool = False,
    manifests: Path | None = None,
    manifest: Manifest | None = None,
) -> Result:
    """Run one dbt command and collect all it says.

    Where a folder `manifests` is given, what was parsed is kept there and taken again.
    A `manifest` that is given is used, and holds what was compiled afterwards.
    """
    os.environ["SEGMENTATION_DUCKDB_PATH"] = str(database)
    variables = variables or {}
    options = dbt_options(target, variables, project, is_manifest_written)
    said = []

    def listen(event):
        if event.info.level != "debug":
            said.append(event.info.msg)

    try:
        if manifests:
            manifest = parsed(manifests, variables, options)
        # what a test asks for itself comes last, and wins; commands may be of two words
        words = 2 if args[0] in ("source", "docs") else 1
        command = [*args[:words], *options, *args[words:]]
        outcome = dbtRunner(manifest, callbacks=[listen]).invoke(command)
    finally:
        DuckDBConnectionManager.close_all_connections()
    results = getattr(outcome.result, "results", None) or []
    messages = [result.message for result in results if result.message]
    if outcome.exception:
        messages.append(str(outcome.exception))
    return Result(
        outcome.success,
        "\n".join([*said, *messages]),
        {r.node.name: str(r.status) for r in results if hasattr(r, "node")},
        tuple(outcome.result) if args[0] == "ls" and outcome.result else (),
    )


def dbt_options(
    target: Path,
    variables: dict,
    project: Path = ROOT,
    is_manifest_written: bool = False,
) -> list[str]:
    """Return the options that all dbt commands of tests have."""
    return [
        "--quiet",
        "--write-json" if is_manifest_written else "--no-write-json",
        "--project-dir", str(project),
        "--profiles-dir", str(project),
        "--target-path", str(target),
        "--log-path", str(target / "logs"),
        "--log-level-file", "none",
        "--vars", yaml.safe_dump(variables),
    ]  # fmt: skip


def parsed(folder: Path, variables: dict, options: list[str]):
    """Return the project as parsed under these settings, by now or before.

    Returns
    -------
    Manifest or None
        None where dbt cannot parse the project: the command itself will say why.
    """
    read = {k: v for k, v in variables.items() if k in PARSED_SETTINGS}
    name = md5(repr(sorted(read.items())).encode()).hexdigest()
    file = folder / f"{name}.manifest"
    if not file.exists():
        said = [*options[:-1], yaml.safe_dump(read)]
        manifest = dbtRunner().invoke(["parse", "--no-partial-parse", *said]).result
        if manifest is None:
            return None
        # a manifest as a whole comes back from pickle with its parts mixed up
        names = [f.name for f in fields(Manifest) if not f.name.startswith("_")]
        parts = {name: getattr(manifest, name) for name in names}
        file.write_bytes(pickle.dumps(parts))
    manifest = Manifest(**pickle.loads(file.read_bytes()))
    tell_python_models(manifest, {**VARS, **variables})
    return manifest


@cache
def metas_of_python_models() -> dict[str, dict]:
    """Return what the YAML tells each Python model, as it is written."""
    return {
        model["name"]: model.get("config", {}).get("meta", {})
        for file in sorted((ROOT / "python_models").rglob("*.yml"))
        for model in yaml.safe_load(file.read_text()).get("models", [])
    }


def tell_python_models(manifest: Manifest, settings: dict) -> None:
    """Tell the Python models of a manifest other settings, as dbt does at a parse."""

    def rendered(value):
        if isinstance(value, dict):
            return {name: rendered(each) for name, each in value.items()}
        if isinstance(value, list):
            return [rendered(each) for each in value]
        if isinstance(value, str):
            return get_rendered(value, {"var": settings.__getitem__}, native=True)
        return value

    for name, meta in metas_of_python_models().items():
        node = manifest.nodes.get(f"model.segmentation.{name}")
        if node:
            node.config.meta = node.meta = rendered(meta)


def write_shop(folder: Path, **tables: list[dict] | pd.DataFrame) -> None:
    """Write raw tables as Parquet, all text; columns not named are null."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        frame = pd.DataFrame(rows)
        optional = frame.columns.intersection(["shop_id"])
        frame = frame.reindex(columns=[*RAW_COLUMNS[name], *optional])
        frame = frame.astype("string")
        frame.to_parquet(folder / f"{name}.parquet", index=False)


def holding(file: Path, marks: Iterable[str]) -> set[tuple[str, str]]:
    """Return the tables and views of a database in which one of some texts stands."""
    found = set()
    with duckdb.connect(str(file), read_only=True) as connection:
        for schema, name in connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall():
            tests = " or ".join(f"contains(said, '{mark}')" for mark in marks)
            hits = connection.execute(
                "select count(*) from ("
                f'select cast(to_json(t) as varchar) as said from {schema}."{name}" t'
                f") where {tests}"
            ).fetchone()[0]
            if hits:
                found.add((schema, name))
    return found


def demo_tables() -> dict[str, pd.DataFrame]:
    """Read the raw tables of the demo as text."""
    return {
        name: pd.read_csv(
            ROOT / f"seeds/demo/raw_{name}.csv", dtype="string", keep_default_na=False
        ).replace("", pd.NA)
        for name in RAW_COLUMNS
    }


def small_shop(
    customers: int, orders_each: int = 3, same: bool = False
) -> dict[str, list[dict]]:
    """Make the required raw tables of a small shop.

    Customers differ in how much, how often and when they buy, unless they are to be
    all the same.
    """
    orders, lines = [], []
    for customer in range(customers):
        kind = 0 if same else customer
        for number in range(orders_each if same else 1 + kind % orders_each):
            day = 1 + (kind * 7 + number * 41) % 360
            at = pd.Timestamp("2024-01-01") + pd.Timedelta(days=day, hours=10)
            order = {
                "order_id": f"o{customer}-{number}",
                "customer_id": f"c{customer}",
                "ordered_at": str(at),
                "status": "completed",
                "currency": "GBP",
            }
            orders.append(order)
            lines.append(
                {
                    "order_id": order["order_id"],
                    "line_number": 1,
                    "product_id": f"p{kind % 5}",
                    "quantity": 1 + kind % 3,
                    "unit_price": 10 + kind % 17,
                    "discount_amount": 0,
                }
            )
    return {"orders": orders, "order_lines": lines}

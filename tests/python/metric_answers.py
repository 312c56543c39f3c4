"""Asks MetricFlow for metrics, in this process and on a database of the test's own."""

from pathlib import Path

import duckdb
import pandas as pd
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.semantic_manifest import SemanticManifest
from metricflow.engine.metricflow_engine import (
    MetricFlowEngine,
    MetricFlowQueryRequest,
)
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import (
    SemanticManifestValidator,
)
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup


class Dialect:
    """All that MetricFlow needs to know of a database in order to write SQL for it."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


class Metrics:
    """The metrics of the project, and a database that answers them.

    Parameters
    ----------
    manifest : Manifest
        The project as dbt parsed it.
    database : Path
        Is only read; its name does not matter.
    """

    def __init__(self, manifest: Manifest, database: Path):
        # what dbt writes to semantic_manifest.json, and `mf` reads
        written = SemanticManifest(manifest)._get_pydantic_semantic_manifest().json()
        self.semantic = parse_manifest_from_dbt_generated_manifest(written)
        # MetricFlow adds some of its own
        self.names = {metric.name for metric in manifest.metrics.values()}
        self.engine = MetricFlowEngine(SemanticManifestLookup(self.semantic), Dialect())
        self.connection = duckdb.connect()
        self.connection.execute(f"attach '{database}' as segmentation (read_only)")
        self.connection.execute("use segmentation")

    def errors(self) -> list[str]:
        """Return what `mf validate-configs` finds wrong."""
        validator = SemanticManifestValidator(max_workers=1)
        issues = validator.validate_semantic_manifest(self.semantic)
        return [issue.message for issue in (*issues.errors, *issues.future_errors)]

    def ask(self, metrics: list[str], by: list[str], where: str = "") -> pd.DataFrame:
        """Return metrics by dimensions, as `mf query` does."""
        return self._answer(
            metric_names=metrics, group_by_names=by, where_constraints=where and [where]
        )

    def ask_saved(self, name: str) -> pd.DataFrame:
        """Return a saved query, as `mf query --saved-query` does."""
        return self._answer(saved_query_name=name)

    def _answer(self, **request) -> pd.DataFrame:
        asked = MetricFlowQueryRequest.create(
            **{k: v or None for k, v in request.items()}
        )
        written = self.engine.explain(asked).sql_statement.without_descriptions.sql
        return self.connection.sql(written).df()

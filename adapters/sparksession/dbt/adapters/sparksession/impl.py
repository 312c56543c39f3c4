"""The adapter: dbt-spark, and Python models that run in this process."""

import glob
import gzip
import os
import threading
from typing import Any

from dbt.adapters.base import PythonJobHelper
from dbt.adapters.base.meta import available
from dbt.adapters.spark import SparkAdapter
from dbt.adapters.sparksession.connections import (
    SparkSessionConnectionManager,
    SparkSessionCredentials,
)
from dbt_common.exceptions import DbtRuntimeError
from dbt_common.invocation import get_invocation_id

_asking = threading.Lock()
_asked: set[tuple[str, str]] = set()


class SessionJob(PythonJobHelper):
    """Runs the code of a Python model here, beside the session."""

    def __init__(
        self, parsed_model: dict, credentials: SparkSessionCredentials
    ) -> None:
        self.name = parsed_model["name"]
        self.parameters = credentials.server_side_parameters

    def submit(self, compiled_code: str) -> None:
        from dbt.adapters.sparksession.relations import Session, store
        from dbt.adapters.sparksession.session import session_of

        session = Session(session_of(self.parameters))
        names = {"__name__": self.name, "session": session, "store": store}
        try:
            exec(compile(compiled_code, f"{self.name}.py", "exec"), names)
        except Exception as error:
            raise DbtRuntimeError(
                f"Python model failed: {type(error).__name__}: {error}"
            ) from error


class SparkSessionAdapter(SparkAdapter):
    ConnectionManager = SparkSessionConnectionManager

    @property
    def default_python_submission_method(self) -> str:
        return "session"

    @property
    def python_submission_helpers(self) -> dict[str, type[PythonJobHelper]]:
        return {"session": SessionJob}

    @available
    def list_files(self, folder: str, patterns: list[str]) -> list[str]:
        """Return the files below a folder that match patterns, `**` being any depth."""
        ways = [glob.glob(pattern, recursive=True) for pattern in patterns]
        found = {path for paths in ways for path in paths if os.path.isfile(path)}
        return sorted(path[len(folder) + 1 :] for path in found)

    @available
    def whole_path(self, path: str) -> str:
        """Return a path from the root on; that of a store, such as s3a://, as it is."""
        if "://" in path:
            return path.rstrip("/")
        return os.path.abspath(os.path.expanduser(path))

    @available
    def file_text(self, path: str) -> str:
        """Return what a file says; an empty text where there is none."""
        if not os.path.isfile(path):
            return ""
        with open(path, encoding="utf-8") as file:
            return file.read()

    @available
    def catalog_tables(self) -> list[dict[str, Any]]:
        """Return all tables and views as {database, schema, name, type, columns}."""
        from dbt.adapters.sparksession.session import session_of

        session = session_of(self.config.credentials.server_side_parameters)
        return [
            {
                "database": None,
                "schema": schema.name,
                "name": table.name,
                "type": "view" if "VIEW" in table.tableType else "table",
                "columns": session.table(f"{schema.name}.{table.name}").columns
                if "VIEW" not in table.tableType
                else [],
            }
            for schema in session.catalog.listDatabases()
            for table in session.catalog.listTables(schema.name)
            if not table.isTemporary
        ]

    @available
    def csv_delimiter(self, path: str) -> str:
        """Return the one of , ; | and tab that parts the first line into most names."""
        opened = gzip.open if path.lower().endswith(".gz") else open
        with opened(path, "rt", encoding="utf-8") as file:
            first = file.readline()
        return max(",;\t|", key=first.count)

    @available
    def compact(self, sql: str) -> str:
        """Return SQL without comments and indentation."""
        from dbt.adapters.sparksession.queries import compact

        return compact(sql)

    @available
    def work_out_steps(self, sql: str) -> dict[str, Any]:
        """Work out what a query reads twice: {sql: the query, views: their names}."""
        from dbt.adapters.sparksession.session import SPARK_ERRORS, session_of
        from dbt.adapters.sparksession.steps import work_out

        session = session_of(self.config.credentials.server_side_parameters)
        try:
            sql, views = work_out(session, sql)
        except SPARK_ERRORS as error:
            raise DbtRuntimeError(str(error)) from error
        return {"sql": sql, "views": views}

    @available
    def is_first_time(self, what: str) -> bool:
        """Return whether this command asks for the first time: each asks anew."""
        with _asking:
            key = (get_invocation_id(), what)
            is_new = key not in _asked
            _asked.add(key)
            return is_new

    @available
    def store_rows(self, relation: Any, table: Any, types: dict[str, str]) -> None:
        """Write the rows of a seed, which dbt-spark would write out as SQL.

        Parameters
        ----------
        relation : relation
            Which exists, without rows.
        table : agate.Table
        types : dict
            Column to type, of all columns.
        """
        from dbt.adapters.sparksession.relations import frame_of, text_table
        from dbt.adapters.sparksession.session import session_of

        session = session_of(self.config.credentials.server_side_parameters)
        casts = [
            f"cast(`{name}` as {type}) as `{name}`" for name, type in types.items()
        ]
        rows = frame_of(session, text_table(table))
        rows.selectExpr(*casts).write.insertInto(str(relation))

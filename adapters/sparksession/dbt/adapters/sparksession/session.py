"""The one Spark session of this process, and cursors on it."""

import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from typing import Any

from dbt.adapters.spark.session import Connection, Cursor, SessionConnectionWrapper
from dbt.adapters.sparksession.queries import plain, statements_in
from dbt_common.exceptions import DbtRuntimeError
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

# What makes the SQL of models mean the same as elsewhere: errors instead of nulls,
# names in double quotes, times in UTC. Backslashes: queries.plain.
ALWAYS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.legacy.createHiveTableByDefault": "false",
    # a missing value in JSON is null, and not left out
    "spark.sql.jsonGenerator.ignoreNullFields": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Spark 4.3 cannot send the tasks of some generated unions to its workers
    "spark.sql.codegen.wholeStage.union.enabled": "false",
    # what a metastore refuses, it refuses again: 20 s of tries would hide its reason
    "spark.hadoop.hive.hmshandler.retry.attempts": "2",
    "spark.hadoop.hive.hmshandler.retry.interval": "200ms",
}
OLDEST_JAVA = 17
# only the bridge to Java reports a job that fails on the driver
SPARK_ERRORS = (PySparkException, Py4JError)
_starting = threading.Lock()
_sessions: list[SparkSession] = []


def session_of(parameters: dict[str, Any]) -> SparkSession:
    """Return the session, started with some parameters if it is the first time."""
    with _starting:
        if not _sessions:
            _sessions.append(_start({**parameters, **ALWAYS}))
    return _sessions[0]


def _start(parameters: dict[str, str]) -> SparkSession:
    remote = parameters.pop("spark.remote", None) or os.environ.get("SPARK_REMOTE")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder
    if remote:
        # what belongs to a cluster as a whole was set when it was started
        parameters = {k: v for k, v in parameters.items() if k in ALWAYS}
        session = builder.remote(remote).getOrCreate()
        for name, value in parameters.items():
            session.conf.set(name, value)
        return session
    # dbt tells of errors; this logger would tell of them with every line of the engine
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    check_java()
    for name, value in parameters.items():
        builder = builder.config(name, value)
    session = builder.enableHiveSupport().getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def check_java() -> None:
    """Stop where Spark would find no Java, or one that is too old.

    Raises
    ------
    DbtRuntimeError
        In words that say what to do.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=os.path.join(home, "bin") if home else None)
    found = "no Java was found"
    if java:
        said = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
        match = re.search(r'version "(?:1[.])?(\d+)', said)
        if match and int(match.group(1)) >= OLDEST_JAVA:
            return
        found = f"{java} is {match.group(0) if match else 'of an unknown version'}"
    raise DbtRuntimeError(
        f"Spark needs Java {OLDEST_JAVA} or later, and {found}. "
        "Install one (on Debian: "
        "apt-get install openjdk-17-jre-headless), or let JAVA_HOME lead to it."
    )


class SessionCursor(Cursor):
    """A cursor on the session of this process."""

    def execute(self, sql: str, *parameters: Any) -> None:
        if parameters:
            sql = sql % parameters
        session = session_of(self.server_side_parameters)
        self._rows = None
        for statement in statements_in(sql):
            try:
                self._df = session.sql(plain(statement))
            except SPARK_ERRORS as error:
                raise DbtRuntimeError(str(error)) from error

    def fetchall(self):
        try:
            return super().fetchall()
        except SPARK_ERRORS as error:
            raise DbtRuntimeError(str(error)) from error


class SessionConnection(Connection):
    """A connection to the session of this process."""

    def cursor(self) -> SessionCursor:
        return SessionCursor(server_side_parameters=self.server_side_parameters)


def connect(parameters: dict[str, Any]) -> SessionConnectionWrapper:
    """Return what dbt-spark calls a handle."""
    return SessionConnectionWrapper(
        SessionConnection(server_side_parameters=parameters)
    )

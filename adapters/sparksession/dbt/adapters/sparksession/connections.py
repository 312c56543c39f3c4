"""Credentials and connections: those of dbt-spark, on the session of this process."""

from dataclasses import dataclass

from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.spark import SparkConnectionManager, SparkCredentials
from dbt.adapters.spark.connections import SparkConnectionMethod


@dataclass
class SparkSessionCredentials(SparkCredentials):
    """A profile of `type: sparksession`: a schema, and `server_side_parameters`."""

    host: str = "session"
    method: SparkConnectionMethod = SparkConnectionMethod.SESSION

    @property
    def type(self) -> str:
        return "sparksession"

    def _connection_keys(self) -> tuple[str, ...]:
        return ("schema", "server_side_parameters")


class SparkSessionConnectionManager(SparkConnectionManager):
    TYPE = "sparksession"

    @classmethod
    def open(cls, connection: Connection) -> Connection:
        # pyspark takes a second to import, which commands that only parse need not wait
        from dbt.adapters.sparksession.session import connect

        if connection.state != ConnectionState.OPEN:
            connection.handle = connect(connection.credentials.server_side_parameters)
            connection.state = ConnectionState.OPEN
        return connection

"""What a Python model reads and returns, on Spark.

A model is handed relations that answer as those of DuckDB do, so that one model runs on
both: `df`, `filter`, `project`, `join` … What it returns is written by `store`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

Batches = Iterable[pa.RecordBatch]


class Session:
    """What dbt calls the session of a Python model.

    Parameters
    ----------
    spark : SparkSession
    """

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark

    def table(self, name: str) -> Relation:
        """Return a table or view by its name."""
        return Relation(self.spark.table(name))


class Relation:
    """Rows that Spark works out when they are asked for.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
    """

    def __init__(self, frame: DataFrame) -> None:
        self.frame = frame

    @property
    def columns(self) -> list[str]:
        return self.frame.columns

    def filter(self, condition: str) -> Relation:
        return Relation(self.frame.filter(condition))

    def distinct(self) -> Relation:
        return Relation(self.frame.distinct())

    def project(self, columns: str) -> Relation:
        return self._selected(columns)

    def aggregate(self, columns: str) -> Relation:
        """Group by the columns that are no aggregates."""
        return self._selected(columns, "group by all")

    def join(self, other: Relation, condition: str, how: str = "inner") -> Relation:
        """Join on columns that both have, `a, b`, or on a condition over both."""
        names = [name.strip() for name in condition.split(",")]
        on: Any = names if set(names) <= set(self.columns) else F.expr(condition)
        kind = {"semi": "left_semi", "anti": "left_anti"}.get(how, how)
        return Relation(self.frame.join(other.frame, on, kind))

    def to_arrow_table(self) -> pa.Table:
        return without_zone(self.frame.toArrow())

    def df(self) -> pd.DataFrame:
        """Return all rows as a frame with the types that DuckDB gives its frames."""
        with duckdb.connect() as connection:
            return connection.from_arrow(self.to_arrow_table()).df()

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.frame.collect()]

    def to_arrow_reader(self, _rows: int = 0) -> Iterator[pa.RecordBatch]:
        """Yield all rows in batches: the driver holds a part of the rows at a time."""
        packed = self.frame.mapInArrow(_packed, "rows binary")
        for row in packed.toLocalIterator():
            yield from pa.ipc.open_stream(bytes(row["rows"]))

    def map_batches(
        self, function: Callable[[Batches], Batches], schema: pa.Schema
    ) -> DataFrame:
        """Apply a function to all rows where they are: none is sent to the driver.

        Parameters
        ----------
        function : callable
            Takes the batches of a part of the rows, and yields those to return.
        schema : pyarrow.Schema
            Of what it yields.
        """

        def applied(batches: Batches) -> Iterator[pa.RecordBatch]:
            yield from function(without_zone(batch) for batch in batches)

        return self.frame.mapInArrow(applied, from_arrow_schema(with_zone(schema)))

    def _selected(self, columns: str, ending: str = "") -> Relation:
        query = f"select {columns} from {{rows}} {ending}"
        return Relation(self.frame.sparkSession.sql(query, rows=self.frame))


def _packed(batches: Batches) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        batch = without_zone(batch)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        yield pa.record_batch({"rows": pa.array([sink.getvalue().to_pybytes()])})


def _in_zone(schema: pa.Schema, zone: str | None) -> pa.Schema:
    return pa.schema(
        [
            field.with_type(pa.timestamp("us", zone))
            if pa.types.is_timestamp(field.type)
            else field
            for field in schema
        ]
    )


def with_zone(rows: Any) -> Any:
    """Say of times that they are of UTC: Spark keeps others as another type."""
    if isinstance(rows, pa.Schema):
        return _in_zone(rows, "UTC")
    return rows.cast(_in_zone(rows.schema, "UTC"))


def without_zone(rows: Any) -> Any:
    """Return times as they are written in UTC, as DuckDB returns them."""
    return rows.cast(_in_zone(rows.schema, None))


def text_table(table: Any) -> pa.Table:
    """Return an agate table as one of texts."""
    return pa.table(
        {
            name: pa.array(
                [None if value is None else str(value) for value in column.values()],
                pa.string(),
            )
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )


def frame_of(spark: SparkSession, table: pa.Table) -> DataFrame:
    """Return an Arrow table as a frame; Spark Connect takes no empty one."""
    if table.num_rows:
        return spark.createDataFrame(table)
    return spark.createDataFrame([], from_arrow_schema(table.schema))


def store(result: Any, relation: str, file_format: str, session: Session) -> None:
    """Write what a Python model has returned as a table.

    Parameters
    ----------
    result : Relation, pyspark DataFrame, or what Arrow and pandas read into memory
    relation : str
        The name of the table, which is replaced.
    file_format : str
    session : Session
    """
    if isinstance(result, Relation):
        frame = result.frame
    elif isinstance(result, DataFrame):
        frame = result
    else:
        if isinstance(result, pa.RecordBatchReader):
            result = result.read_all()
        if isinstance(result, pd.DataFrame):
            result = pa.Table.from_pandas(result, preserve_index=False)
        frame = frame_of(session.spark, with_zone(result))
    frame.write.mode("overwrite").format(file_format).saveAsTable(relation)

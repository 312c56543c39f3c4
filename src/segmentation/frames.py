"""Frames with a declared shape: what every builder of the library returns."""

from datetime import date

import pandas as pd
import pyarrow as pa


def conform(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """Give a frame exactly the columns, order and types of a schema.

    Arrow rather than pandas goes to the warehouse, because an empty or all-null
    pandas column has no type there.

    Parameters
    ----------
    frame : DataFrame
        At least the columns of `schema`; others are dropped. May be empty.
    schema : pyarrow.Schema
        Names and types, in order.

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    KeyError
        If a column of the schema is not in a frame that has rows.
    """
    if frame.empty:
        return schema.empty_table()
    return pa.Table.from_pandas(
        frame[schema.names], schema=schema, preserve_index=False
    )


def one_batch(frame: pd.DataFrame, schema: pa.Schema) -> pa.RecordBatch:
    """Give a frame that has rows the columns of a schema, as one batch.

    Pandas 3 keeps text in chunks, which a batch cannot hold: they are put together.
    """
    (whole,) = conform(frame, schema).combine_chunks().to_batches()
    return whole


def sorted_by_key(frame: pd.DataFrame, *key: str) -> pd.DataFrame:
    """Sort rows by their key: engines promise no order, and fits depend on it."""
    return frame.sort_values(list(key), kind="stable").reset_index(drop=True)


def day(moment: object) -> date | None:
    """Return the date of what a frame holds as one; None if it is missing."""
    return None if pd.isna(moment) else pd.Timestamp(moment).date()

"""What every Python model of dbt reads: its own past rows, and some of another's.

`dbt` and `session` are what dbt hands to a model. Relations are those of any engine
that filters by a condition; nothing here knows which one it is.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import pyarrow as pa


def past_fits(dbt: Any, session: Any) -> pd.DataFrame | None:
    """Return the rows that an incremental model has written in earlier builds.

    Parameters
    ----------
    dbt : object
        With `is_incremental`, and `this`, which is written as the model's own table.
    session : object
        With `table`, which reads a table by name.

    Returns
    -------
    DataFrame or None
        None where there are none to go on from: in a first build or a full refresh.
    """
    return session.table(str(dbt.this)).df() if dbt.is_incremental else None


def at_scoring(relation: Any) -> Any:
    """Return the rows of the scoring anchor, of a relation with an `anchor_role`."""
    return relation.filter("anchor_role = 'scoring'")


def sampled(relation: Any) -> Any:
    """Return the customers that are learned from, of a relation with `is_sampled`."""
    return relation.filter("is_sampled")


def contactable(relation: Any) -> Any:
    """Return the customers who may be addressed, by `is_contactable`."""
    return relation.filter("is_contactable")


def buyers(relation: Any, min_orders: int = 1) -> Any:
    """Return customers with some orders, of a relation with `count_orders`."""
    return relation.filter(f"count_orders >= {int(min_orders)}")


def scored(
    relation: Any,
    score: Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]],
    schema: pa.Schema,
    rows: int = 100_000,
) -> Any:
    """Return what a function makes of all rows, read and written batch by batch.

    Whatever else the function reads must be read before: another query would silently
    end the stream.

    Parameters
    ----------
    relation : relation
        With `map_batches` where its rows are spread over machines: the function then
        goes to the rows. Elsewhere with `to_arrow_reader`.
    score : callable
        From batches to batches, each row by itself.
    schema : pyarrow.Schema
        Of what `score` yields.
    rows : int
        Most rows in a batch that is read.
    """
    if hasattr(relation, "map_batches"):
        return relation.map_batches(score, schema)
    made = score(relation.to_arrow_reader(rows))
    return pa.RecordBatchReader.from_batches(schema, made)


def of_customers(relation: Any, customers: Any) -> Any:
    """Return the rows of a relation whose customer and anchor are among some others.

    Parameters
    ----------
    relation, customers : relation
        Both with `customer_id` and `anchor_date`.
    """
    key = customers.project("customer_id, anchor_date")
    return relation.join(key, "customer_id, anchor_date", how="semi")


def served_before(fits: Any, anchors: Any) -> Any:
    """Return the fits that may have served at a past anchor: made on it or before.

    Parameters
    ----------
    fits, anchors : relation
        With `fit_date`; with `anchor_role` and `anchor_date`.
    """
    newest = anchors.filter("anchor_role = 'past'").aggregate("max(anchor_date) as day")
    return fits.join(newest, "fit_date <= day", how="semi")


def of_past_anchors(relation: Any, fits: Any) -> Any:
    """Return the rows whose anchor is that of some fit or a later one.

    Parameters
    ----------
    relation, fits : relation
        With `anchor_date`; with `fit_date`.
    """
    first = fits.aggregate("min(fit_date) as first_fit_date")
    return relation.join(first, "anchor_date >= first_fit_date", how="semi")

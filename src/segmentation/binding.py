"""What every Python model of dbt reads: its own past rows, and some of another's.

`dbt` and `session` are what dbt hands to a model. Relations are those of any engine
that filters by a condition; nothing here knows which one it is.
"""

from typing import Any

import pandas as pd


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


def of_customers(relation: Any, customers: Any) -> Any:
    """Return the rows of a relation whose customer and anchor are among some others.

    Parameters
    ----------
    relation, customers : relation
        Both with `customer_id` and `anchor_date`.
    """
    key = customers.project("customer_id, anchor_date")
    return relation.join(key, "customer_id, anchor_date", how="semi")

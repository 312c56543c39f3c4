"""What readers get of a mart when customers are published under pseudonyms."""

from collections.abc import Collection
from typing import Any


def pseudonymous(
    session: Any, relation: str, pseudonyms: str, withheld: Collection[str]
) -> str:
    """Return the query of a mart whose customers go by their pseudonyms.

    Parameters
    ----------
    session : duckdb connection
    relation : str
        The mart, as SQL names it.
    pseudonyms : str
        The table with `customer_id` and `pseudonym`, as SQL names it.
    withheld : collection of str
        Columns that hold ids in a way that cannot be rewritten: they are null.

    Returns
    -------
    str
        A query with the columns of the mart. Rows are ordered by pseudonym: in the
        order of the mart they would tell which customer each one is.
    """
    columns = [
        (row[0], row[1])
        for row in session.execute(f"describe select * from {relation}").fetchall()
    ]
    shown, joins, order = [], [], []
    for column, kind in columns:
        name = quoted(column)
        if column in withheld:
            shown.append(f"cast(null as {kind}) as {name}")
        elif column.endswith("customer_id"):
            alias = f"of_{column}"
            is_theirs = f"mart.{name} = {alias}.customer_id"
            joins.append(f"left join {pseudonyms} as {alias} on {is_theirs}")
            shown.append(f"{alias}.pseudonym as {name}")
            order.append(f"{alias}.pseudonym")
        else:
            shown.append(f"mart.{name}")
    return f"select {', '.join(shown)} from {relation} as mart {' '.join(joins)}" + (
        f" order by {', '.join(order)}" if order else ""
    )


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'

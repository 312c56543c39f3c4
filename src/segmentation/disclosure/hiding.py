"""Aggregates as they may leave the house: small groups are null, and say so."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.disclosure.cells import Cells, Nesting, System, partitions
from segmentation.disclosure.declared import Shared
from segmentation.disclosure.suppression import Suppression, suppress

IS_SUPPRESSED = "is_suppressed"


@dataclass(frozen=True)
class Hidden:
    """Tables with their small groups hidden, and how they were found.

    Attributes
    ----------
    tables : dict of str to pyarrow.Table
        The shared columns of each mart, and `is_suppressed`: whether a count of the row
        is hidden. Then its measures are too.
    system : System
    suppression : Suppression
    places : dict
        For a mart and a column of counts: the cell of each row.
    """

    tables: dict[str, pa.Table]
    system: System
    suppression: Suppression
    places: dict[tuple[str, str], np.ndarray]


def hide(
    marts: list[Shared],
    tables: Mapping[str, pa.Table],
    least: int,
    inside: Nesting | None = None,
) -> Hidden:
    """Hide the small groups of all marts together.

    Parameters
    ----------
    marts : list of Shared
    tables : mapping of str to pyarrow.Table
        Their rows.
    least : int
        The fewest people whom a printed count may hold, 2 or more.
    inside : mapping, optional
        Which groups lie within a group of another dimension (`Cells.nest`).

    Returns
    -------
    Hidden

    Raises
    ------
    Undisclosed
        If a group cannot be hidden.
    """
    cells = Cells()
    frames = {mart.name: tables[mart.name].to_pandas() for mart in marts}
    for mart in marts:
        cells.add(mart, frames[mart.name])
    cells.nest(inside or {})
    system = cells.system()
    found = suppress(system, least)
    hidden = {}
    for mart in marts:
        by_column = {
            column: found.is_hidden[cells.places[mart.name, column]]
            for column in mart.counts
        }
        in_row = np.any(list(by_column.values()), axis=0)
        parted = partitions(mart, frames[mart.name])
        # one share and one count give the total, and the total what is hidden of it
        in_total = np.isin(parted, parted[in_row])
        is_null = {
            **by_column,
            **dict.fromkeys(mart.measures, in_row),
            **dict.fromkeys(mart.shares, in_total),
        }
        table = tables[mart.name].select(mart.columns)
        for column, is_hidden in is_null.items():
            place = table.column_names.index(column)
            values = table.column(column)
            table = table.set_column(
                place,
                column,
                pc.if_else(pa.array(is_hidden), pa.scalar(None, values.type), values),
            )
        hidden[mart.name] = table.append_column(IS_SUPPRESSED, pa.array(in_row))
    return Hidden(hidden, system, found, cells.places)

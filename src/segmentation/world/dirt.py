"""Dirt: bad rows planted on top of a clean world, and a log of them.

Dirt only adds rows: repetitions, and spoilt copies under keys of their own.
Whoever rejects every planted row is left with exactly the clean world.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.world.dirt_kinds import KEYS, KINDS, Row
from segmentation.world.settings import (
    FIRST_DIRTY_ID,
    IDS_PER_BLOCK,
    Settings,
    generator,
)
from segmentation.world.tables import OWNER

# Planted rows per kind and block; 3 unless told.
ROWS = {
    "orders": 6,
    "order_lines": 6,
    "web_events": 6,
    "messages": 6,
    "erasure_requests": 1,
}


def _new_key(row: Row, table: str, block: int, number: int) -> dict[str, str]:
    """Return changes that give a copy a key no good row has."""
    dirty = block * IDS_PER_BLOCK + FIRST_DIRTY_ID + number
    if table == "order_lines":
        return {"line_number": str(100 + number)}
    if table == "customers":
        return {"customer_id": f"c9{dirty:09d}"}
    if table == "products":
        return {"product_id": f"p9{number:02d}"}
    if table == "experiment_assignments":
        return {"experiment_id": f"x9{number:02d}"}
    last = KEYS[table][-1]
    if last.endswith("_at"):
        # Seconds that no good row of the same customer or product has.
        moved = np.datetime64(row[last]) + np.timedelta64(number + 1, "s")
        return {last: str(moved).replace("T", " ")}
    return {last: f"{row[last][0]}{dirty}"}


def plant(
    settings: Settings, block: int, raw: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], pa.Table]:
    """Add every kind of dirt to the tables of a block.

    Returns
    -------
    raw : dict of pyarrow.Table
        The tables with the bad rows strewn among the good ones.
    log : pyarrow.Table
        One row per planted row: table_name, row_key, kind.
    """
    planted: dict[str, list[Row]] = {}
    log: dict[str, list[str | int]] = {
        "table_name": [],
        "row_key": [],
        "kind": [],
        OWNER: [],
    }

    def add(table: str, row: Row, kind: str) -> None:
        planted.setdefault(table, []).append(row)
        log["table_name"].append(table)
        log["row_key"].append("|".join(row[column] or "" for column in KEYS[table]))
        log["kind"].append(kind)
        log[OWNER].append(row[OWNER])

    for table, good in raw.items():
        rng = generator(settings.seed, f"dirt {table}", block)
        kinds = [kind for kind in KINDS if kind.table == table]
        repeats = ROWS.get(table, 3)
        wanted = len(kinds) * repeats
        # A good row is spoilt once, where there are enough of them.
        picks = np.resize(rng.permutation(good.num_rows), wanted * bool(good.num_rows))
        rows = good.take(pa.array(picks, pa.int64())).to_pylist()
        for number, row in enumerate(rows):
            kind, turn = kinds[number // repeats], number % repeats
            changes: dict[str, str | None] = {}
            if not kind.keeps_key:
                changes |= _new_key(row, table, block, number)
            for column, change in kind.changes.items():
                if isinstance(change, tuple):
                    changes[column] = change[turn % len(change)]
                else:
                    changes[column] = change(row)
            add(table, {**row, **changes}, kind.name)
        if table == "orders":
            rejected = rng.permutation(good.num_rows)[:2]
            _plant_rejected_orders(block, raw, rejected, add)
    strewn = dict(raw)
    for table, rows in planted.items():
        rng = generator(settings.seed, f"dirt places {table}", block)
        good = raw[table]
        bad = pa.Table.from_pylist(rows, schema=good.schema)
        # A good row keeps its place; a bad one comes somewhere between two of them.
        places = np.arange(good.num_rows), rng.uniform(0, good.num_rows, bad.num_rows)
        order = np.argsort(np.concatenate(places), kind="stable")
        strewn[table] = pa.concat_tables([good, bad]).take(pa.array(order))
    schema = [(name, pa.string()) for name in ("table_name", "row_key", "kind")]
    return strewn, pa.table(log, pa.schema([*schema, (OWNER, pa.int64())]))


def _plant_rejected_orders(
    block: int,
    raw: dict[str, pa.Table],
    picks: np.ndarray,
    add: Callable[[str, Row, str], None],
) -> None:
    """Plant orders with a bad status, and lines that fall with them."""
    for number, order in enumerate(raw["orders"].take(pa.array(picks)).to_pylist()):
        dirty = f"o{block * IDS_PER_BLOCK + FIRST_DIRTY_ID + 5_000 + number}"
        add(
            "orders",
            {**order, "order_id": dirty, "status": "c0mpleted"},
            "status_unknown",
        )
        same = pc.equal(raw["order_lines"]["order_id"], order["order_id"])
        for line in raw["order_lines"].filter(same).to_pylist():
            add("order_lines", {**line, "order_id": dirty}, "line_of_rejected_order")

"""Write the aggregates that may leave the house, beside the marts of a version.

`shared/aggregates.duckdb` and `shared/parquet` hold marts that count people, and tell
nothing of a single one: what a mart does not say it shares is left out, and groups of
fewer than `min_group_size` people are hidden (`segmentation.disclosure`).
"""

import csv
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from segmentation.disclosure.cells import Nesting
from segmentation.disclosure.declared import NotShareable, Shared, declared
from segmentation.disclosure.hiding import IS_SUPPRESSED, Hidden, hide
from segmentation.disclosure.noise import LEDGER, Noise, charged, with_noise
from segmentation.pseudonyms import LEAST_KEY
from segmentation.publication.pseudonymous import quoted
from segmentation.publication.writing import (
    add_table,
    comment,
    comments_of,
    literal,
    new_file,
)

FOLDER = "shared"
FILE = "aggregates.duckdb"
NOISE_LEDGER = "noise_ledger.csv"  # beside the versions: it outlives them
SAID_OF_SUPPRESSED = (
    "Whether a count of the row is hidden, and all figures with it: it is of fewer "
    "people than may be shown, or would tell how many are in such a group."
)

ABOUT_SCHEMA = pa.schema(
    [
        ("version", pa.string()),
        ("data_through", pa.date32()),
        ("published_at", pa.timestamp("us")),
        ("min_group_size", pa.int64()),
        ("noise_epsilon", pa.float64()),
        ("count_marts", pa.int64()),
        ("count_rows", pa.int64()),
        ("count_suppressed_rows", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Plan:
    """What is shared of a build.

    Attributes
    ----------
    marts : list of Shared
    relations : dict of str to str
        How SQL names each.
    least : int
        The fewest people whom a count may hold.
    nests : tuple of str and dict, optional
        The table that says in which groups each person was, when, and its columns:
        `person`, `dimension`, `value`, `from`, `to`. It is not shared; groups that
        always lie within one of another dimension are found by it.
    noise : Noise, optional
        Noise on counts.
    """

    marts: list[Shared]
    relations: dict[str, str]
    least: int
    nests: tuple[str, dict[str, str]] | None = None
    noise: Noise | None = None


def plan_of(rows: list[dict[str, Any]]) -> Plan | None:
    """Read what is to be shared.

    Parameters
    ----------
    rows : list of dict
        The model `published_marts`: a row for each mart.

    Returns
    -------
    Plan or None
        None where nothing is to be shared.
    """
    said = {row["mart"]: json.loads(row["shared"]) for row in rows if row.get("shared")}
    if not said:
        return None
    relations = {row["mart"]: row["relation"] for row in rows}
    chosen = json.loads(rows[0]["settings"])
    nests = [
        (relations[name], each["nests"])
        for name, each in said.items()
        if "nests" in each
    ]
    marts = [declared(name, each) for name, each in said.items() if "counts" in each]
    return Plan(
        marts,
        {mart.name: relations[mart.name] for mart in marts},
        int(chosen["min_group_size"]),
        nests[0] if nests else None,
        noise_of_settings(chosen, os.environ),
    )


def noise_of_settings(
    chosen: Mapping[str, Any], environment: Mapping[str, str]
) -> Noise | None:
    """Return the noise that settings ask for, or None.

    Parameters
    ----------
    chosen : mapping
        The settings `noise_epsilon`, `noise_epsilon_total` and `noise_key_env`.
    environment : mapping
        Holds the key.

    Returns
    -------
    Noise or None

    Raises
    ------
    NotShareable
        If noise is asked for, and there is no key that could be used. What the variable
        holds is not told.
    """
    if chosen.get("noise_epsilon") is None:
        return None
    name = chosen["noise_key_env"]
    key = environment.get(name or "", "").encode()
    if len(key) < LEAST_KEY:
        raise NotShareable(
            f"noise_epsilon asks for noise, and noise_key_env is {name or 'null'}: it "
            "must name an environment variable that holds a secret of at least "
            f"{LEAST_KEY} characters, always the same. Or set noise_epsilon to null."
        )
    return Noise(
        float(chosen["noise_epsilon"]), float(chosen["noise_epsilon_total"]), key
    )


def share(
    session: Any,
    plan: Plan,
    about: Mapping[str, Any],
    version: Path,
) -> dict[str, Any]:
    """Write the shared aggregates of a version.

    Parameters
    ----------
    session : duckdb connection
        In whose database the marts lie.
    plan : Plan
    about : mapping
        `version`, `data_through` and `published_at`.
    version : Path
        Folder of the version, not yet whole.

    Returns
    -------
    dict
        `ABOUT_SCHEMA`.

    Raises
    ------
    Undisclosed
        If a small group cannot be hidden.
    """
    tables = {
        mart.name: shared_rows(session, mart, plan.relations[mart.name])
        for mart in plan.marts
    }
    inside = nesting(session, *plan.nests) if plan.nests else None
    found = hide(plan.marts, tables, plan.least, inside)
    hidden = found.tables
    if plan.noise:
        hidden = with_noise(found, plan.marts, plan.noise)
        charge(found, plan, about, version.parent.parent / NOISE_LEDGER)
    row = {
        **{name: about[name] for name in ("version", "data_through", "published_at")},
        "min_group_size": plan.least,
        "noise_epsilon": plan.noise.epsilon if plan.noise else None,
        "count_marts": len(hidden),
        "count_rows": sum(table.num_rows for table in hidden.values()),
        "count_suppressed_rows": sum(
            sum(table[IS_SUPPRESSED].to_pylist()) for table in hidden.values()
        ),
    }
    tables = {**hidden, "publication": pa.Table.from_pylist([row], schema=ABOUT_SCHEMA)}
    comments = comments_of(session, plan.relations)
    with new_file(session, version / FOLDER, FILE) as place:
        for name, table in tables.items():
            copy = f"{place}.{quoted(name)}"
            add_table(session, copy, table)
            said = [*comments.get(name, []), (IS_SUPPRESSED, SAID_OF_SUPPRESSED)]
            shown = {None, *table.column_names}
            comment(session, copy, [each for each in said if each[0] in shown])
    return row


def charge(found: Hidden, plan: Plan, about: Mapping[str, Any], file: Path) -> None:
    """Write down what noise costs, before anybody can read what it is paid for.

    Parameters
    ----------
    found : Hidden
    plan : Plan
    about : mapping
    file : Path
        The ledger, as CSV. It is replaced as a whole.

    Raises
    ------
    BudgetSpent
        If more is asked for than may be spent. The ledger stays as it is.
    """
    assert plan.noise is not None
    ledger: list[dict[str, str]] = []
    if file.exists():
        with file.open(newline="", encoding="utf-8") as lines:
            ledger = list(csv.DictReader(lines))
    rows = charged(found, plan.marts, plan.noise, about, ledger)
    aside = file.with_name(f".{file.name}")
    with aside.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, LEDGER)
        writer.writeheader()
        writer.writerows([*ledger, *rows])
    os.replace(aside, file)


def shared_rows(session: Any, mart: Shared, relation: str) -> pa.Table:
    """Read the rows and columns of a mart that may be shared, before any is hidden."""
    query = f"select {', '.join(map(quoted, mart.columns))} from {relation} "
    if mart.dimension and mart.left_out:
        left_out = ", ".join(map(literal, mart.left_out))
        query += f"where {quoted(mart.dimension)} not in ({left_out}) "
    return session.execute(f"{query}order by all").to_arrow_table()


def nesting(session: Any, relation: str, columns: dict[str, str]) -> Nesting:
    """Return which groups always lie within one group of another dimension.

    Parameters
    ----------
    session : duckdb connection
    relation : str
        Says in which groups each person was from when to when.
    columns : dict
        Its columns: `person`, `dimension`, `value`, `from`, `to`.

    Returns
    -------
    mapping
        For a dimension's value, and another dimension: the value there.
    """
    person, dimension, value, start, end = (
        quoted(columns[name]) for name in ("person", "dimension", "value", "from", "to")
    )
    found = session.execute(
        f"select one.{dimension}, one.{value}, other.{dimension}, min(other.{value}) "
        f"from {relation} as one inner join {relation} as other "
        f"on one.{person} = other.{person} and one.{dimension} <> other.{dimension} "
        f"and one.{start} < coalesce(other.{end}, date '9999-12-31') "
        f"and other.{start} < coalesce(one.{end}, date '9999-12-31') "
        f"group by 1, 2, 3 having count(distinct other.{value}) = 1"
    ).fetchall()
    return {((one, its), other): there for one, its, other, there in found}

"""Noise on counts, so that one person more or less hardly shows, and what it has cost.

A *histogram* is one count column of one mart for one date, dimension and part: nobody
is in two of its cells, so one person more changes one count by one. Whole-number
Laplace noise of parameter epsilon then makes any outcome at most exp(epsilon) times as
likely with a person as without. What several histograms cost adds up.
"""

import hashlib
import hmac
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.disclosure.cells import text_of
from segmentation.disclosure.declared import Shared
from segmentation.disclosure.hiding import Hidden

BITS = 128

LEDGER = (
    "version", "published_at", "mart", "count", "date", "dimension", "part", "epsilon",
    "epsilon_in_all", "fingerprint",
)  # fmt: skip


class BudgetSpent(RuntimeError):
    """What is asked for would cost more than is left."""


@dataclass(frozen=True)
class Noise:
    """How much noise, and how much may be told in all.

    Attributes
    ----------
    epsilon : float
        Of each histogram: the smaller, the more noise. Its standard deviation is about
        1.4 / epsilon people.
    total : float
        The most that all histograms that were ever shared may cost together.
    key : bytes
        A secret. Without it nobody can work the noise out again.
    """

    epsilon: float
    total: float
    key: bytes


def noise_of(name: str, count: int, noise: Noise) -> int:
    """Draw the noise of a cell.

    The difference of two geometric numbers: P(z) is proportional to exp(-epsilon |z|)
    (Ghosh, Roughgarden and Sundararajan, Universally utility-maximizing privacy
    mechanisms, SIAM J. Computing 41, 2012). Whole numbers have no low bits that would
    tell the count, as noise in floating point has (Mironov, On significance of the
    least significant bits for differential privacy, 2012).

    It follows from the key, the cell, its count and epsilon. So what is published again
    carries the same noise, which no average over versions or tables removes; and where
    the count has changed, the noise is a new one, or differences would have none.

    Parameters
    ----------
    name : str
        The cell.
    count : int
        People in it.
    noise : Noise

    Returns
    -------
    int
    """
    said = f"noise\0{noise.epsilon!r}\0{name}\0{count}".encode()
    drawn = hmac.new(noise.key, said, hashlib.sha256).digest()
    half = BITS // 8
    up, down = (
        # uniform in (0, 1]
        (int.from_bytes(drawn[start : start + half], "big") + 1) / 2**BITS
        for start in (0, half)
    )
    return _geometric(up, noise.epsilon) - _geometric(down, noise.epsilon)


def _geometric(uniform: float, epsilon: float) -> int:
    return math.floor(-math.log(uniform) / epsilon)


def with_noise(
    hidden: Hidden, marts: list[Shared], noise: Noise
) -> dict[str, pa.Table]:
    """Return shared tables with noise on all counts that are not hidden.

    Other figures are null: they follow from exact counts, or from amounts, of which one
    person may have any share.

    Parameters
    ----------
    hidden : Hidden
    marts : list of Shared
    noise : Noise

    Returns
    -------
    dict of str to pyarrow.Table
        Counts are 0 or more.
    """
    found = {}
    for mart in marts:
        table = hidden.tables[mart.name]
        for column in (*mart.measures, *mart.shares):
            kind = table.schema.field(column).type
            table = _set(table, column, pa.nulls(table.num_rows, kind))
        for column in mart.counts:
            kind = table.schema.field(column).type
            names = [
                hidden.system.names[cell] for cell in hidden.places[mart.name, column]
            ]
            counts = [
                None if count is None else max(0, count + noise_of(name, count, noise))
                for name, count in zip(names, table[column].to_pylist(), strict=True)
            ]
            table = _set(table, column, pa.array(counts, kind))
        found[mart.name] = table
    return found


def _set(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(column), column, values)


def charged(
    hidden: Hidden,
    marts: list[Shared],
    noise: Noise,
    about: Mapping[str, Any],
    ledger: Sequence[Mapping[str, str]],
) -> list[dict[str, str]]:
    """Say what sharing the tables costs, each histogram that is not paid for yet.

    Parameters
    ----------
    hidden : Hidden
    marts : list of Shared
    noise : Noise
    about : mapping
        `version` and `published_at`.
    ledger : sequence of mapping
        `LEDGER`, what was paid before. A histogram with the same counts and epsilon as
        before carries the same noise, tells nothing new and costs nothing.

    Returns
    -------
    list of dict
        `LEDGER`, what is to be added.

    Raises
    ------
    BudgetSpent
        If that would cost more in all than `noise.total`.
    """
    paid = {row["fingerprint"] for row in ledger}
    spent = sum(float(row["epsilon"]) for row in ledger)
    rows = []
    for mart in marts:
        for place, counts in sorted(_histograms(hidden, mart).items()):
            said = repr((mart.name, place, noise.epsilon, counts)).encode()
            fingerprint = hmac.new(noise.key, said, hashlib.sha256).hexdigest()[:32]
            if fingerprint in paid:
                continue
            spent += noise.epsilon
            values = (
                about["version"], about["published_at"], mart.name, *place,
                noise.epsilon, round(spent, 9), fingerprint,
            )  # fmt: skip
            rows.append(dict(zip(LEDGER, map(str, values), strict=True)))
    if spent > noise.total + 1e-9:
        raise BudgetSpent(
            f"To share these aggregates with noise would cost {spent:g} in all, and "
            f"noise_epsilon_total allows {noise.total:g}. Share less often, raise "
            "noise_epsilon_total, or set share_aggregates to false."
        )
    return rows


def _histograms(
    hidden: Hidden, mart: Shared
) -> dict[tuple[str, str, str, str], list[tuple[str, str]]]:
    """Return the printed cells of each histogram: column, date, dimension and part."""
    found: dict[tuple[str, str, str, str], set[tuple[str, str]]] = defaultdict(set)
    table = hidden.tables[mart.name]
    for column, count in mart.counts.items():
        keys: Iterable[tuple[Any, ...]] = zip(
            *(
                table[name].to_pylist() if name else [None] * table.num_rows
                for name in (mart.date, mart.dimension, count.at)
            ),
            strict=True,
        )
        cells: np.ndarray = hidden.places[mart.name, column]
        printed = table[column].to_pylist()
        for key, cell, value in zip(keys, cells, printed, strict=True):
            date, dimension, part = map(text_of, key)
            place = (column, date, dimension, part)
            found[place].add((hidden.system.names[cell], str(value)))
    return {place: sorted(cells_of) for place, cells_of in found.items()}

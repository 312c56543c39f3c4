"""Which figures of which tables are about the same people, and which add up to which.

A cell is a group of people, named by what they have in common: in segment champions on
2024-06-01, and in segment loyal on 2024-07-01. Sums of a table over a column are
cells too, printed or not. Cells of equal names are one cell, in whichever tables they
stand: moves add up to the sizes of segments, cohorts to newcomers.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from segmentation.disclosure.declared import BEFORE, NEWCOMERS, Count, Shared

Atom = tuple[str, ...]  # what people have in common
Key = frozenset[Atom]
Nesting = Mapping[tuple[tuple[str, str], str], str]

SEGMENT = 4  # words of an atom that names a dimension
ONLY = "the rest"  # people of a cell who are in none of some others

# a sum says more than one of its parts: hiding it costs more
WEIGHT_OF_SUM = 5.0


@dataclass(frozen=True)
class System:
    """Cells, and the lines on which they add up.

    Attributes
    ----------
    names : list of str
        What each cell is, in words.
    counts : ndarray of int, shape (n,)
        People in each cell.
    is_known : ndarray of bool, shape (n,)
        Whether readers know the cell unless it is hidden: it is printed, or a sum of
        what is printed. The others follow from these or not at all.
    lines : sparse matrix, shape (m, n)
        `lines @ counts` is 0: parts less the whole.
    blocks : ndarray of int, shape (n,)
        Which count of which table and date the cell is printed in first; -1 for others.
    weights : ndarray, shape (n,)
        What hiding the cell costs.
    """

    names: list[str]
    counts: np.ndarray
    is_known: np.ndarray
    lines: sparse.csr_array
    blocks: np.ndarray
    weights: np.ndarray


class Cells:
    """Collects the cells of tables.

    Attributes
    ----------
    places : dict
        For a mart and a column of counts: the cell of each row, shape (rows,).
    """

    def __init__(self) -> None:
        self.places: dict[tuple[str, str], np.ndarray] = {}
        self._index: dict[tuple[Key, int], int] = {}
        self._blocks: list[int] = []
        self._prints: list[float] = []  # rows, each by the weight of its mart
        self._lines: dict[tuple[tuple[int, int], ...], None] = {}
        self._count_blocks = 0

    def add(self, shared: Shared, frame: pd.DataFrame) -> None:
        """Add the rows of a mart.

        Parameters
        ----------
        shared : Shared
        frame : DataFrame
            Its rows, with all columns that `shared` names.
        """
        rows = frame.to_dict("records")
        before = _dates_before(frame[shared.date]) if shared.date else {}
        parted = partitions(shared, frame)
        for column, count in shared.counts.items():
            self.places[shared.name, column] = self._add_column(
                [_named(shared, count, column, row, before) for row in rows],
                frame[column].astype(int).to_numpy(),
                parted,
                [text_of(row[shared.date]) if shared.date else "" for row in rows],
            )
            for place in self.places[shared.name, column]:
                self._prints[place] += shared.weight
        for column, count in shared.counts.items():
            if count.of:
                self._add_rest(
                    self.places[shared.name, column],
                    self.places[shared.name, count.of],
                    frame[count.of].to_numpy(int) - frame[column].to_numpy(int),
                )

    def _add_column(
        self,
        named: list[tuple[Key, tuple[Atom, ...]]],
        counts: np.ndarray,
        parted: np.ndarray,
        dates: list[str],
    ) -> np.ndarray:
        """Add a column's cells, and all sums over what it is counted by."""
        places = np.empty(len(counts), dtype=int)
        levels: dict[Any, int] = defaultdict(int)
        wholes: dict[Any, dict[Any, None]] = defaultdict(dict)
        seen = set()
        for row, (own, by) in enumerate(named):
            key = own | frozenset(by) or _everyone(dates[row])
            block = self._count_blocks + int(parted[row])
            places[row] = self._cell(key, int(counts[row]), block)
            # a row that repeats a group, as one of another month does, adds nobody
            if (parted[row], key) in seen:
                continue
            seen.add((parted[row], key))
            for size in range(len(by) + 1):
                for kept in combinations(range(len(by)), size):
                    name = own | frozenset(by[i] for i in kept) or _everyone(dates[row])
                    level = (int(parted[row]), kept, name)
                    levels[level] += int(counts[row])
                    for more in set(range(len(by))) - set(kept):
                        below = tuple(sorted((*kept, more)))
                        part = own | frozenset(by[i] for i in below)
                        wholes[level, more][int(parted[row]), below, part] = None
        self._count_blocks += int(parted.max(initial=-1)) + 1
        for (level, _), parts in wholes.items():
            self._add_line(
                [self._cell(part[2], levels[part]) for part in parts],
                self._cell(level[2], levels[level]),
            )
        return places

    def _add_rest(
        self, parts: np.ndarray, wholes: np.ndarray, counts: np.ndarray
    ) -> None:
        """Add those of a whole who are not in its part."""
        for part, whole, count in zip(parts, wholes, counts, strict=True):
            key = frozenset([(ONLY, "of cell", str(whole), "not in", str(part))])
            self._add_line([part, self._cell(key, int(count))], whole)

    def _add_growth(self) -> None:
        """Add that people were there at the date before, or have come since."""
        by_date: dict[Key, list[tuple[int, Key]]] = defaultdict(list)
        for key, count in self._index:
            if _is_everyone(key):
                by_date[key].append((count, key))
        dates = sorted(by_date, key=_in_words)
        for before, after in pairwise(dates):
            # of each date, some tables may leave people out
            sizes = sorted(
                [*by_date[before], *by_date[after]], key=lambda each: each[0]
            )
            for (less, fewer), (more, all_of_them) in pairwise(sizes):
                name = frozenset(
                    [(ONLY, "not yet", str(less), *map(_in_words, [fewer]))]
                )
                self._add_line(
                    [
                        self._cell(fewer, less),
                        self._cell(name | all_of_them, more - less),
                    ],
                    self._cell(all_of_them, more),
                )

    def _add_line(self, parts: list[int], whole: int) -> None:
        if parts != [whole]:
            self._lines[(*((part, 1) for part in parts), (whole, -1))] = None

    def _cell(self, key: Key, count: int, block: int = -1) -> int:
        place = self._index.setdefault((key, count), len(self._index))
        if place == len(self._blocks):
            self._blocks.append(block)
            self._prints.append(0.0)
        elif self._blocks[place] < 0:
            self._blocks[place] = block
        return place

    def nest(self, inside: Nesting) -> None:
        """Add what is known of groups that lie within a group of another dimension.

        Parameters
        ----------
        inside : mapping
            For a value of a dimension, and another dimension: the one value there that
            all of its people have, at any date.
        """
        most: dict[Key, int] = {}
        for key, count in self._index:
            most[key] = max(count, most.get(key, 0))
        groups: dict[tuple[Key, str], list[Key]] = defaultdict(list)
        others = sorted({other for _, other in inside})
        for key in most:
            own = {atom[1] for atom in key if len(atom) == SEGMENT}
            for other in others if len(own) == 1 else ():
                there = [_elsewhere(atom, other, inside) for atom in key]
                whole = frozenset(atom for atom in there if atom)
                if None not in there and whole in most and other not in own:
                    groups[whole, min(own)].append(key)
        for (whole, _), parts in groups.items():
            rest = most[whole] - sum(most[part] for part in parts)
            if rest >= 0:
                name = frozenset([(ONLY, *map(_in_words, parts)), *whole])
                self._add_line(
                    [*(self._cell(part, most[part]) for part in parts),
                     self._cell(name, rest)],
                    self._cell(whole, most[whole]),
                )  # fmt: skip

    def system(self) -> System:
        """Return all cells that were added, and how they add up.

        Where tables differ on how many people have a name, one leaves some of them out:
        those are a cell of their own.
        """
        self._add_growth()
        alike: dict[Key, list[int]] = defaultdict(list)
        for key, count in self._index:
            alike[key].append(count)
        for key, counts in alike.items():
            for less, more in pairwise(sorted(counts)):
                rest = frozenset([(ONLY, "beyond", str(less)), *key])
                self._add_line(
                    [self._cell(key, less), self._cell(rest, more - less)],
                    self._cell(key, more),
                )
        keys = list(self._index)
        lines = list(self._lines)
        rows = [row for row, line in enumerate(lines) for _ in line]
        columns = [place for line in lines for place, _ in line]
        signs = [sign for line in lines for _, sign in line]
        counts_of = np.array([count for _, count in keys], dtype=float)
        depth = np.array([0 if _is_everyone(key) else len(key) for key, _ in keys])
        return System(
            names=[_in_words(key) for key, _ in keys],
            counts=counts_of.astype(int),
            is_known=np.array(
                [not any(atom[0] == ONLY for atom in key) for key, _ in keys]
            ),
            lines=sparse.csr_array(
                (signs, (rows, columns)), shape=(len(lines), len(keys)), dtype=float
            ),
            blocks=np.array(self._blocks),
            weights=(1 + np.log1p(counts_of))
            * (1.0 + np.array(self._prints))
            * WEIGHT_OF_SUM ** (2.0 - depth),
        )


def partitions(shared: Shared, frame: pd.DataFrame) -> np.ndarray:
    """Give numbers to the parts of a mart in each of which people are counted once.

    Parameters
    ----------
    shared : Shared
    frame : DataFrame

    Returns
    -------
    ndarray of int, shape (rows,)
    """
    if not shared.within:
        return np.zeros(len(frame), dtype=int)
    return frame.groupby(shared.within, dropna=False, sort=True).ngroup().to_numpy()


def _named(
    shared: Shared,
    count: Count,
    column: str,
    row: dict[str, Any],
    before: dict[str, str],
) -> tuple[Key, tuple[Atom, ...]]:
    """Name the people whom a row counts: which part, and what each column says."""
    date = text_of(row[shared.date]) if shared.date else ""
    dimension = text_of(row[shared.dimension]) if shared.dimension else ""
    own = []
    if count.of:
        own.append((column, text_of(row[count.at]) if count.at else date))
    by: list[Atom] = []
    for name, meaning in count.by.items():
        value = text_of(row[name])
        at = before[date] if meaning.endswith(BEFORE) else date
        if shared.newcomers.get(name) == value:
            by.append((NEWCOMERS, before[date]))
        elif meaning == NEWCOMERS:
            by.append((NEWCOMERS, value))
        else:
            by.append((meaning.removesuffix(BEFORE), dimension, at, value))
    return frozenset(own), tuple(by)


def _elsewhere(atom: Atom, other: str, inside: Nesting) -> Atom | None:
    """Say the same of people by another dimension; None where that cannot be said."""
    if len(atom) != SEGMENT:
        return None if atom[0] == ONLY else atom
    meaning, dimension, date, value = atom
    there = inside.get(((dimension, value), other))
    return (meaning, other, date, there) if there is not None else None


def _everyone(date: str) -> Key:
    return frozenset([("everyone", date)])


def _is_everyone(key: Key) -> bool:
    return all(atom[0] == "everyone" for atom in key)


def _dates_before(dates: pd.Series) -> dict[str, str]:
    found = sorted({text_of(date) for date in dates})
    return dict(zip(found, ["", *found[:-1]], strict=True))


def text_of(value: Any) -> str:
    """Return a value as names of cells hold it: days without a time, "" for null."""
    if value is None or value is pd.NaT or value != value:
        return ""
    # days, however the engine hands them over
    return str(value.date()) if hasattr(value, "date") else str(value)


def _in_words(key: Key) -> str:
    return " and ".join(sorted(" ".join(word for word in atom if word) for atom in key))

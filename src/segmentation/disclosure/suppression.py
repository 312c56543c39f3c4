"""Hide cells of few people, and as many others as it takes to keep them hidden.

A reader knows what is printed, what adds up to what, that people come in whole numbers,
and which of the hidden cells are not empty. So what a hidden cell may hold, as far as
they can tell, is an interval. *Sliding protection* (Hundepool et al., Statistical
Disclosure Control, 2012, chapter 4) asks that the interval be wide, wherever it lies.
Here: a reader cannot exclude that the cell holds `least` people more than it does. Then
the interval is at least `least` wide, and reaches beyond `least`.

No group whose size follows from what is printed, by whatever sums and differences,
then has from 1 to `least - 1` people: a group that follows is a union of cells; were it
small, each of its cells would be small and hidden, and could be no larger than it.

Each hidden cell comes with its proof, another set of whole counts that agrees with all
that is printed, and in which the cell is larger. `check` looks at the proofs alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from segmentation.disclosure.cells import System

SMALLEST_MOVE = 1e-6


class Undisclosed(RuntimeError):
    """No proof was found that all small cells stay hidden: nothing may leave."""


@dataclass(frozen=True)
class Suppression:
    """What is hidden, and why that is enough.

    Attributes
    ----------
    is_small : ndarray of bool, shape (n,)
        Cells of 1 to `least - 1` people.
    is_hidden : ndarray of bool, shape (n,)
        These, and those hidden for their sake.
    proofs : dict of int to ndarray of int
        For each small cell: what is to be added to all counts, shape (n,), to have
        others that look the same.
    """

    is_small: np.ndarray
    is_hidden: np.ndarray
    proofs: dict[int, np.ndarray]


def small_cells(counts: np.ndarray, least: int) -> np.ndarray:
    """Say which cells hold some people, but fewer than `least`.

    An empty cell is not small: that nobody of a group did something says nothing about
    anyone who is hidden in a small group, since such a group is hidden itself.
    """
    return (counts > 0) & (counts < least)


def suppress(system: System, least: int) -> Suppression:
    """Choose what to hide.

    For one small cell after another, the cheapest change of all counts is sought that
    makes the cell `least` larger and keeps all lines (Kelly, Golden and Assad, Cell
    suppression: disclosure protection for sensitive tabular data, Networks 22, 1992;
    Fischetti and Salazar, Solving the cell suppression problem on tabular data with
    linear constraints, Management Science 47, 2001). What changes is hidden. First
    within the cell's own table and date, with all sums kept; where that cannot be,
    farther away. There always is one: `least + 1` times all counts.

    Parameters
    ----------
    system : System
    least : int
        The fewest people that a printed cell may hold.

    Returns
    -------
    Suppression
    """
    is_small = small_cells(system.counts, least)
    is_hidden = is_small | ~system.is_known
    # nobody is in the rest of a group all of whom did the same: readers may know
    is_fixed = (system.counts == 0) & ~system.is_known
    room = system.counts - np.minimum(system.counts, 1)
    by_column = system.lines.tocsc()
    touch = (abs(system.lines).T @ abs(system.lines)).tocsr()
    proofs: dict[int, np.ndarray] = {}
    # what is printed nowhere takes the widest moves, which then serve others too
    order = np.lexsort((system.counts, system.blocks >= 0))
    for cell in order[is_small[order]]:
        if cell in proofs:
            continue
        move = None
        for columns in _places(system, int(cell), ~is_fixed, touch):
            move = _cheapest_move(
                system, by_column, int(cell), least, columns, is_hidden, room
            )
            if move is not None:
                break
        if move is None:
            raise Undisclosed(
                f"{system.names[cell]} cannot be hidden. Nothing is shared."
            )
        is_hidden |= move != 0
        for other in np.flatnonzero((move >= least) & is_small):
            proofs.setdefault(int(other), move)
    found = Suppression(is_small, is_hidden & system.is_known, proofs)
    check(system, found, least)
    return found


def _places(
    system: System, cell: int, may_move: np.ndarray, touch: sparse.csr_array
) -> Iterator[np.ndarray]:
    """Where to look for a change: in a table and date, then ever farther away."""
    near = np.zeros(len(system.counts), dtype=bool)
    near[cell] = True
    if system.blocks[cell] >= 0:
        yield np.flatnonzero((near | (system.blocks == system.blocks[cell])) & may_move)
    for steps in (3, 3, 6):
        for _ in range(steps):
            near = (touch @ near) > 0
        yield np.flatnonzero(near & may_move)
    yield np.flatnonzero(may_move)


def _cheapest_move(
    system: System,
    by_column: sparse.csc_array,
    cell: int,
    least: int,
    columns: np.ndarray,
    is_hidden: np.ndarray,
    room: np.ndarray,
) -> np.ndarray | None:
    """Return the cheapest whole change that makes a cell `least` larger, or None."""
    lines = by_column[:, columns].tocsr()
    lines = lines[np.diff(lines.indptr) > 0]
    cost = np.where(is_hidden[columns], SMALLEST_MOVE, system.weights[columns])
    most_less = room[columns].astype(float)
    least_more, most_more = np.zeros(len(columns)), np.full(len(columns), np.inf)
    here = np.flatnonzero(columns == cell)[0]
    most_less[here], least_more[here], most_more[here] = 0, least, least
    bounds = np.concatenate(
        [
            np.column_stack([least_more, most_more]),
            np.column_stack([np.zeros(len(columns)), most_less]),
        ]
    )
    whole = None
    for integrality in (0, 1):
        found = linprog(
            np.concatenate([cost, cost]),
            A_eq=sparse.hstack([lines, -lines]).tocsr(),
            b_eq=np.zeros(lines.shape[0]),
            bounds=bounds,
            method="highs",
            integrality=integrality,
        )
        if found.status != 0:
            return None
        change = found.x[: len(columns)] - found.x[len(columns) :]
        whole = np.rint(change)
        # sums of whole numbers have whole solutions at corners, most of the time
        if np.abs(change - whole).max() < SMALLEST_MOVE:
            break
    move = np.zeros(len(system.counts), dtype=int)
    move[columns] = whole
    return move


def check(system: System, found: Suppression, least: int) -> None:
    """Check the proofs, which needs no trust in how they were found.

    Parameters
    ----------
    system : System
    found : Suppression
    least : int

    Raises
    ------
    Undisclosed
        If a small cell is printed or without a proof, or a proof is none.
    """
    is_printed = system.is_known & ~found.is_hidden
    if (found.is_small & is_printed).any():
        raise Undisclosed("A small cell is printed. Nothing is shared.")
    floor = np.minimum(system.counts, 1)
    for cell in np.flatnonzero(found.is_small):
        move = found.proofs.get(int(cell))
        if (
            move is None
            or move[cell] < least
            or move[is_printed].any()
            or ((system.counts + move) < floor).any()
            or np.abs(system.lines @ move).max(initial=0) > 0
        ):
            raise Undisclosed(
                f"There is no proof that {system.names[cell]} stays hidden. Nothing is "
                "shared."
            )

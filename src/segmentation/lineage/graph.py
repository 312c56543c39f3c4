"""The lineage of columns as a graph: what SQL shows, joined to what models declare."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from segmentation.lineage.declared import (
    CODE,
    ROWS,
    SETTING,
    Column,
    declared_parents,
    nodes_of,
)


@dataclass(frozen=True)
class Graph:
    """Columns and what each comes from.

    Parameters
    ----------
    parents, children : dict
        Column to the columns it comes from, and to those that come from it.
    declared : frozenset
        Pairs of parent and child that a model declares; SQL shows the others.

    Examples
    --------
    >>> graph = joined_edges([(("raw", "a"), ("model", "b"))], [])
    >>> graph.path(("raw", "a"), ("model", "b"))
    [('raw', 'a'), ('model', 'b')]
    """

    parents: dict[Column, set[Column]]
    children: dict[Column, set[Column]]
    declared: frozenset[tuple[Column, Column]]

    def upstream(self, column: Column) -> set[Column]:
        """Return all that a column comes from, however far, and itself."""
        return _reached(column, self.parents)

    def path(self, first: Column, last: Column) -> list[Column]:
        """Return a shortest way from one column down to another.

        Parameters
        ----------
        first, last : (str, str)
            Where the way begins and ends.

        Returns
        -------
        list of (str, str)
            Empty where there is no way.
        """
        before: dict[Column, Column | None] = {first: None}
        queue = deque([first])
        while queue and last not in before:
            at = queue.popleft()
            for child in sorted(self.children.get(at, ())):
                if child not in before:
                    before[child] = at
                    queue.append(child)
        way: list[Column] = []
        step = last if last in before else None
        while step is not None:
            way.append(step)
            step = before[step]
        return way[::-1]


def _reached(column: Column, steps: Mapping[Column, set[Column]]) -> set[Column]:
    found, open_ends = set(), [column]
    while open_ends:
        at = open_ends.pop()
        if at not in found:
            found.add(at)
            open_ends += steps.get(at, ())
    return found


def joined_edges(
    shown: Iterable[tuple[Column, Column]], declared: Iterable[tuple[Column, Column]]
) -> Graph:
    """Return the graph of the edges that SQL shows and those that are declared."""
    shown, declared = set(shown), set(declared)
    edges = sorted(shown | declared)
    columns = {column for edge in edges for column in edge}
    parents: dict[Column, set[Column]] = {column: set() for column in columns}
    children: dict[Column, set[Column]] = {column: set() for column in columns}
    for parent, child in edges:
        parents[child].add(parent)
        children[parent].add(child)
    return Graph(parents, children, frozenset(declared - shown))


def columns_of(traced: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the columns of each node of what dbt-colibri traced."""
    return {unique_id: list(node["columns"]) for unique_id, node in traced.items()}


def joined(traced: Mapping[str, Any], manifest: Mapping[str, Any]) -> Graph:
    """Join what dbt-colibri traced through SQL to what models declare.

    Parameters
    ----------
    traced : mapping
        `nodes` and `lineage` of its colibri-manifest.json.
    manifest : mapping
        dbt's manifest.json.

    Returns
    -------
    Graph
        Rows are a column of their own, `(rows)`: they come from the rows of all that
        the model reads, and from what it joins and filters by. Settings and code are
        nodes of their own.
    """
    columns = columns_of(traced["nodes"])
    nodes = nodes_of(manifest)
    shown = {
        ((edge["source"], edge["sourceColumn"]), (edge["target"], edge["targetColumn"]))
        for edge in traced["lineage"]["edges"]
        if edge["sourceColumn"] and edge["targetColumn"]
    }
    # what rows are joined and filtered by decides which there are
    shown |= {
        ((edge["source"], edge["sourceColumn"]), (edge["target"], ROWS))
        for edge in traced["lineage"]["edges"]
        if edge["sourceColumn"] and edge.get("edgeType")
    }
    known: dict[str, set[str]] = {}
    for _, (node, column) in shown:
        known.setdefault(node, set()).add(column)
    declared = set()
    for unique_id, node in nodes.items():
        parents = declared_parents(node, columns, known.get(unique_id, ()))
        declared |= {
            (origin, (unique_id, column))
            for column, origins in parents.items()
            for origin in origins
        }
        shown |= {
            ((parent, ROWS), (unique_id, ROWS))
            for parent in node.get("depends_on", {}).get("nodes", [])
            if parent in nodes
        }
    return joined_edges(shown, declared)


def is_origin(column: Column) -> bool:
    """Tell whether a column is raw data, a seed, a setting or written in the code."""
    return column[0] in (SETTING, CODE) or column[0].startswith(("source.", "seed."))


def public_columns(manifest: Mapping[str, Any]) -> list[Column]:
    """Return the columns of all public marts, as their contracts name them."""
    return [
        (unique_id, column.lower())
        for unique_id, node in nodes_of(manifest).items()
        if node["resource_type"] == "model" and node.get("access") == "public"
        for column in node["columns"]
    ]


def without_origin(graph: Graph, columns: Collection[Column]) -> list[Column]:
    """Return the columns from which no way leads up to where data begin."""
    return [
        column for column in columns if not any(map(is_origin, graph.upstream(column)))
    ]

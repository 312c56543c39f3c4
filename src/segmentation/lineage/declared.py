"""Lineage that models declare where SQL does not show it.

A model says in its YAML, under `meta: lineage`, which columns it makes from what:

    - columns: [probability]
      from:
        int_customers__features: [count_orders, days_since_*]
        settings: [horizon_days]

`from` names the columns of relations that the model reads, or its own (or `rows`, where
it only counts them), `settings`, and `code` with a few words for what comes from
neither. A `*` in a name stands for any letters; of a setting that lists features, the
features are meant. `columns: rest` are all that nothing else tells of.
"""

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

Column = tuple[str, str]
"""Unique id of a node of dbt, and the name of a column of it."""

ROWS = "(rows)"
SETTING = "setting"
CODE = "code"


def nodes_of(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the models, seeds and sources of a manifest by their unique id."""
    found = {**manifest["nodes"], **manifest.get("sources", {})}
    kinds = ("model", "seed", "source")
    return {k: node for k, node in found.items() if node["resource_type"] in kinds}


def name_of(node: Mapping[str, Any]) -> str:
    """Return the name of a node; a source's name tells whose table it is."""
    owner = f"{node['source_name']}." if node["resource_type"] == "source" else ""
    return f"{owner}{node['name']}"


def is_python(node: Mapping[str, Any]) -> bool:
    """Tell whether a node is a Python model, whose lineage no SQL shows."""
    return str(node.get("path", "")).endswith(".py")


def declarations(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a node declares of its lineage, as it is written."""
    return node.get("config", {}).get("meta", {}).get("lineage", [])


def names_in(written: Any) -> Iterator[str]:
    """Yield the names in nested lists; of a mapping, its keys."""
    if isinstance(written, str):
        yield written
    else:
        for each in written:
            yield from names_in(each)


def _matching(pattern: str, columns: Collection[str]) -> list[str]:
    return [column for column in columns if fnmatchcase(column, pattern)]


def _origins(
    source: str, written: Any, read: Mapping[str, str], columns: Mapping[str, Any]
) -> list[Column]:
    """Return what one entry of `from` stands for; nothing where it is at fault."""
    if source == CODE:
        return [(CODE, str(written))]
    if source == "settings":
        return [(SETTING, name) for name in names_in(written)]
    relations = [read[name] for name in _matching(source, read)]
    if written == "rows":
        return [(relation, ROWS) for relation in relations]
    return [
        (relation, column)
        for relation in relations
        for name in names_in(written)
        for column in _matching(name, columns[relation])
    ]


def _read_by(node: Mapping[str, Any]) -> dict[str, str]:
    """Return the relations that a node reads, and itself: name to unique id."""
    read = [*node.get("depends_on", {}).get("nodes", []), node["unique_id"]]
    return {unique_id.rpartition(".")[2]: unique_id for unique_id in read}


def declared_parents(
    node: Mapping[str, Any],
    columns: Mapping[str, Collection[str]],
    known: Collection[str] = (),
) -> dict[str, set[Column]]:
    """Return what the columns of a node come from, as it declares.

    Parameters
    ----------
    node : mapping
        A node of dbt's manifest.
    columns : mapping
        Unique id of each node to the names of its columns.
    known : collection of str
        Columns whose lineage is known without: `rest` leaves them out.

    Returns
    -------
    dict
        Column to what it comes from.
    """
    read = _read_by(node)
    groups = declarations(node)
    own = columns[node["unique_id"]]
    named = {
        column
        for group in groups
        if group["columns"] != "rest"
        for name in names_in(group["columns"])
        for column in _matching(name, own)
    }
    rest = [column for column in own if column not in named and column not in known]
    parents: dict[str, set[Column]] = {}
    for group in groups:
        origins = {
            origin
            for source, written in group["from"].items()
            for origin in _origins(source, written, read, columns)
        }
        made = rest
        if group["columns"] != "rest":
            written = names_in(group["columns"])
            made = [column for name in written for column in _matching(name, own)]
        for column in made:
            parents.setdefault(column, set()).update(origins)
    return parents


def faults(
    manifest: Mapping[str, Any],
    columns: Mapping[str, Collection[str]],
    settings: Collection[str] | None = None,
) -> list[str]:
    """Return what is wrong with the declarations, as sentences.

    Parameters
    ----------
    manifest : mapping
        dbt's manifest.json.
    columns : mapping
        Unique id of each node to the names of its columns, as they are in the database.
    settings : collection of str, optional
        Names of all settings; without, they are not checked.

    Returns
    -------
    list of str
        Empty where every Python model declares where each of its columns comes from,
        and everything named is there.
    """
    found = []
    for unique_id, node in nodes_of(manifest).items():
        name = node["name"]
        made = columns.get(unique_id, ())
        read = _read_by(node)
        groups = declarations(node)
        for group in groups:
            if group["columns"] != "rest":
                found += [
                    f"{name} declares the column {column}, which it does not have."
                    for column in names_in(group["columns"])
                    if not _matching(column, made)
                ]
            for source, written in group["from"].items():
                relations = [read[each] for each in _matching(source, read)]
                if source == CODE or (written == "rows" and relations):
                    continue
                if source == "settings":
                    found += [
                        f"{name} declares the setting {setting}, which is none."
                        for setting in names_in(written)
                        if settings is not None and setting not in settings
                    ]
                elif not relations:
                    found.append(f"{name} declares {source}, which it does not read.")
                else:
                    found += [
                        f"{name} declares {source}.{column}, which is not there."
                        for column in names_in(written)
                        for relation in relations
                        if not _matching(column, columns[relation])
                    ]
        if is_python(node):
            told = declared_parents(node, columns) if groups else {}
            found += [
                f"{name} does not declare where its column {column} comes from."
                for column in made
                if not told.get(column)
            ]
    return found

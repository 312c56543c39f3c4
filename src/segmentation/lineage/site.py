"""Writes the pages: an index, the lineage of columns, and what docs/ says in words."""

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from segmentation.lineage.declared import (
    CODE,
    ROWS,
    SETTING,
    Column,
    is_python,
    name_of,
    nodes_of,
)
from segmentation.lineage.graph import Graph, is_origin, public_columns

TEMPLATES = Environment(
    loader=PackageLoader("segmentation.lineage"),
    autoescape=True,
    undefined=StrictUndefined,
)
CATALOGUE = "dbt.html"
"""Name of dbt's own page, beside ours."""

TITLE = re.compile(r"<h(\d)>(.*?)</h\1>")
SAID = {
    ROWS: "The rows as such: what counts them comes from here.",
    SETTING: "A setting of the project: see the page on settings.",
    CODE: "Written in the code; it comes from no data.",
}
WORDS = {"model": "model", "seed": "seed", "source": "raw table"}


def _style() -> Markup:
    style = files("segmentation.lineage") / "templates" / "site.css"
    return Markup(style.read_text(encoding="utf-8"))


def _kind(node: Mapping[str, Any]) -> str:
    if is_python(node):
        return "Python model"
    return WORDS[node["resource_type"]]


def facts(
    graph: Graph, traced: Mapping[str, Any], manifest: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the page of columns shows, as plain lists.

    Parameters
    ----------
    graph : Graph
    traced : mapping
        What dbt-colibri traced; its `nodes` hold columns, types and descriptions.
    manifest : mapping
        dbt's manifest.json.

    Returns
    -------
    dict
        `nodes`: name, kind, description, file, link; `columns`: number of the node,
        name, type, description, whether it is an origin, whether a public mart's;
        `edges`: numbers of parent and child, and 1 where a model declares it.
    """
    described = nodes_of(manifest)
    public = set(public_columns(manifest))
    columns: list[Column] = sorted(
        {
            *graph.parents,
            *(
                (unique_id, column)
                for unique_id in described
                for column in traced.get(unique_id, {}).get("columns", ())
            ),
        }
    )
    numbers = {column: number for number, column in enumerate(columns)}
    unique_ids = sorted({unique_id for unique_id, _ in columns})
    places = {unique_id: number for number, unique_id in enumerate(unique_ids)}
    nodes = []
    for unique_id in unique_ids:
        node = described.get(unique_id)
        if node:
            link = f"{CATALOGUE}#!/{node['resource_type']}/{unique_id}"
            about = [_kind(node), node["description"], node["original_file_path"], link]
            nodes.append([name_of(node), *about])
        else:
            nodes.append([unique_id, unique_id, "", "", ""])
    shown = []
    for column in columns:
        unique_id, name = column
        found = traced.get(unique_id, {}).get("columns", {}).get(name, {})
        said = SAID.get(name) or SAID.get(unique_id) or found.get("description", "")
        kind = found.get("dataType", "")
        # lists of structs spell out all their fields
        kind = kind if len(kind) < 40 else "list"
        row = [places[unique_id], name, kind, said, is_origin(column), column in public]
        shown.append([int(x) if isinstance(x, bool) else x for x in row])
    edges = [
        [numbers[parent], numbers[child], int((parent, child) in graph.declared)]
        for child, parents in sorted(graph.parents.items())
        for parent in sorted(parents)
    ]
    return {"nodes": nodes, "columns": shown, "edges": edges}


def lineage_page(found: Mapping[str, Any]) -> str:
    """Return the page of columns as HTML that needs nothing else."""
    # what stands in a script must not close it
    data = json.dumps(found, separators=(",", ":"), ensure_ascii=False)
    data = data.replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " ")
    script = files("segmentation.lineage") / "templates" / "lineage.js"
    return TEMPLATES.get_template("lineage.html.jinja").render(
        style=_style(),
        data=Markup(data),
        script=Markup(script.read_text(encoding="utf-8")),
    )


def written_pages(docs: Path) -> dict[str, str]:
    """Return the pages of a folder of Markdown as HTML, by where they belong.

    Links from page to page lead to HTML; links to other files of the project are words.
    """
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    sources = [*sorted(docs.glob("*.md")), *sorted(docs.glob("methods/*.md"))]
    known = {file.resolve() for file in sources}
    pages = {}
    for file in sources:
        place = file.relative_to(docs)

        def target(match: re.Match[str], file: Path = file) -> str:
            path, _, anchor = match[2].partition("#")
            if re.match(r"[a-z]+:", path) or not path:
                return match[0]
            if (file.parent / path).resolve() in known:
                path = path.removesuffix(".md") + ".html"
                return f"{match[1]}({path}{'#' + anchor if anchor else ''})"
            return match[1].removeprefix("!")[1:-1]

        text = file.read_text(encoding="utf-8")
        text = re.sub(r"(!?\[[^\]]*\])\(([^)\s]+)\)", target, text)
        html = TITLE.sub(
            lambda m: f'<h{m[1]} id="{_anchor(m[2])}">{m[2]}</h{m[1]}>',
            str(reader.render(text)),
        )
        title = text.partition("\n")[0].lstrip("# ")
        pages[str(place.with_suffix(".html"))] = TEMPLATES.get_template(
            "words.html.jinja"
        ).render(
            style=_style(),
            title=title,
            body=Markup(html),
            home="../" * len(place.parts) + "index.html",
        )
    return pages


def _anchor(title: str) -> str:
    words = re.sub(r"<[^>]+>|[^\w\s-]", "", title).strip().lower()
    return re.sub(r"\s", "-", words)


def index_page(site: Path, counts: Mapping[str, int]) -> str:
    """Return the first page: what there is, in plain words.

    Parameters
    ----------
    site : Path
        Folder of the site; the report is linked if it is there.
    counts : mapping
        Numbers of `marts` and `columns`, and of `traced` columns.
    """
    return TEMPLATES.get_template("index.html.jinja").render(
        style=_style(),
        catalogue=CATALOGUE,
        counts=counts,
        has_report=(site / "report.html").exists(),
    )

"""Command line of the site: `python -m segmentation.lineage --help`."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from segmentation.lineage.declared import faults
from segmentation.lineage.extract import trace
from segmentation.lineage.graph import (
    columns_of,
    joined,
    public_columns,
    without_origin,
)
from segmentation.lineage.site import (
    CATALOGUE,
    facts,
    index_page,
    lineage_page,
    written_pages,
)

WANTED = 'pip install "warehouse-segmentation[docs]"'


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the site into a folder."""
    parser = argparse.ArgumentParser(
        prog="python -m segmentation.lineage",
        description="Write dbt's page, the lineage of columns and docs/ as one site.",
    )
    parser.add_argument("target", type=Path, help="dbt's target folder")
    parser.add_argument("docs", type=Path, help="the folder of Markdown pages")
    parser.add_argument("site", type=Path, help="the folder to write")
    chosen = parser.parse_args(arguments)
    try:
        traced, manifest = trace(chosen.target)
        pages = written_pages(chosen.docs)
    except ModuleNotFoundError as error:
        parser.error(f"{error.name} is not installed; the site needs it: {WANTED}")
    except FileNotFoundError as error:
        parser.error(f"{error.filename} is missing: run dbt docs generate first.")
    for each in traced["errors"]:
        print(f"{each['node_id']} is not traced: {each['error_message']}")
    for fault in faults(manifest, columns_of(traced["nodes"])):
        print(fault)
    graph = joined(traced, manifest)
    public = public_columns(manifest)
    lost = without_origin(graph, public)
    for node, column in lost:
        print(f"No way leads from {node}.{column} to where it comes from.")
    pages = {f"docs/{name}": text for name, text in pages.items()}
    pages["lineage.html"] = lineage_page(facts(graph, traced["nodes"], manifest))
    counts = {
        "marts": len({node for node, _ in public}),
        "columns": len(public),
        "traced": len(public) - len(lost),
    }
    pages["index.html"] = index_page(chosen.site, counts)
    for name, text in pages.items():
        file = chosen.site / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    shutil.copy(chosen.target / "static_index.html", chosen.site / CATALOGUE)
    print(f"The documentation is {chosen.site / 'index.html'}: open it in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

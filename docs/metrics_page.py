"""Write the tables of docs/metrics.md from the YAML beside the marts.

`make metrics-page` does so.
"""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/metrics.md"
BEGIN, END = "<!-- made by `make metrics-page`: begin -->", "<!-- end -->"
PRODUCTS = ("customers", "cohorts", "segments")  # come first


def declared(kind):
    """Return all semantic models, metrics or saved queries, by product."""
    name = {"metrics": "semantic_models"}.get(kind, kind)
    files = {
        file.parent.name: file
        for file in sorted((ROOT / "models/marts").glob(f"*/_*__{name}.yml"))
    }
    order = [p for p in PRODUCTS if p in files] + [
        p for p in files if p not in PRODUCTS
    ]
    return {p: yaml.safe_load(files[p].read_text())[kind] for p in order}


def mart_of(model):
    """Name the mart that a semantic model reads: `ref('…')`."""
    return model["model"].split("'")[1]


def marts_of(metric, metrics, measures):
    """Name the marts that a metric reads, in order, itself or through its parts."""
    params = metric["type_params"]
    if "measure" in params:
        return [measures[params["measure"]]]
    parts = [part["name"] for part in params.get("metrics", [])]
    parts += [params[key] for key in ("numerator", "denominator") if key in params]
    found = [
        mart for part in parts for mart in marts_of(metrics[part], metrics, measures)
    ]
    return list(dict.fromkeys(found))


def table(head, rows):
    """Write one table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines] + [""]


def tables():
    """Write all tables: metrics by product, their parts, dimensions, saved queries."""
    models = [m for group in declared("semantic_models").values() for m in group]
    measures = {s["name"]: mart_of(m) for m in models for s in m["measures"]}
    by_product = declared("metrics")
    metrics = {m["name"]: m for group in by_product.values() for m in group}
    lines, parts = [], []
    for product, group in by_product.items():
        rows = []
        for metric in group:
            meta = metric["config"]["meta"]
            marts = ", ".join(f"`{m}`" for m in marts_of(metric, metrics, measures))
            name, means = f"`{metric['name']}`", metric["description"].strip()
            if "part_of" in meta:
                parts.append([name, means, meta["unit"], f"`{meta['part_of']}`"])
            else:
                rows.append([name, means, meta["unit"], meta["direction"], marts])
        lines += [f"### {product}", ""]
        lines += table(["metric", "what it is", "unit", "direction", "mart"], rows)
    lines += ["### parts of other metrics", ""]
    lines += table(["metric", "what it is", "unit", "part of"], parts)
    lines += ["## What to ask them by", ""]
    rows = []
    for model in models:
        named = [e["name"] for e in model.get("entities", []) if e["type"] == "primary"]
        entity = (named or [model.get("primary_entity")])[0]
        rows += [
            [
                f"`{entity}__{one['name']}`",
                one["description"].strip(),
                f"`{mart_of(model)}`",
            ]
            for one in model["dimensions"]
        ]
    lines += table(["dimension", "what it is", "mart"], rows)
    lines += ["## Saved queries", ""]
    rows = [
        [
            f"`{query['name']}`",
            query["description"].strip(),
            ", ".join(f"`{name}`" for name in query["query_params"]["metrics"]),
        ]
        for group in declared("saved_queries").values()
        for query in group
    ]
    lines += table(["saved query", "what it shows", "metrics"], rows)
    return "\n".join(lines)


def page():
    """Return the page with its tables written anew; the rest stays as it is."""
    before, rest = PAGE.read_text().split(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(page())

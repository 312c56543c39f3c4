"""The library is built in layers: each part imports only from below."""

import ast
from pathlib import Path

import pytest
from places import ROOT

LIBRARY = ROOT / "src" / "segmentation"

LAYERS = [
    {
        "binding",
        "database_lock",
        "disclosure",
        "estimators",
        "frames",
        "identity",
        "lineage",
        "processes",
        "pseudonyms",
        "transforms",
        "writing",
    },
    {"publication", "tree_nodes"},
    {"tree_lookups"},
    {"linear", "trees", "rules", "stickiness"},
    {"evidence", "clusters", "clv"},
    {"learning", "lookalikes", "fairness"},
    {"predictions"},
    {"cards", "personas"},
    {"report"},
    {"world"},
]
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}

FILES = sorted(path.relative_to(LIBRARY) for path in LIBRARY.rglob("*.py"))


def part_of(file: Path) -> str:
    return file.parts[0].removesuffix(".py")


def imports(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse((LIBRARY / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def own(file: Path) -> set[str]:
    """Return the modules of the library that a file imports."""
    found = set()
    for name in imports(file):
        if name.startswith("segmentation."):
            module = name.removeprefix("segmentation.").replace(".", "/")
            is_module = (LIBRARY / f"{module}.py").exists()
            found.add(module if is_module else module.rpartition("/")[0])
    return found


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_part_imports_itself_and_what_is_below(file):
    if file.parts == ("__init__.py",):
        return
    part = part_of(file)
    above = {
        module
        for module in own(file)
        if part_of(Path(module)) != part and LEVEL[part_of(Path(module))] >= LEVEL[part]
    }
    assert not above


def test_no_module_imports_itself_in_a_circle():
    edges = {file.with_suffix("").as_posix(): own(file) for file in FILES}
    done = set()

    def visit(module: str, path: tuple[str, ...]):
        assert module not in path, " -> ".join([*path, module])
        if module not in done:
            for imported in edges.get(module, ()):
                visit(imported, (*path, module))
            done.add(module)

    for module in edges:
        visit(module, ())

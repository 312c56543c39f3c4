"""The library learns and writes: it knows neither the engine nor the time of day."""

import ast
import sys

import pytest
from places import ROOT

LIBRARY = ROOT / "src/segmentation"
MODULES = {str(path.relative_to(LIBRARY)): path for path in LIBRARY.rglob("*.py")}
KNOWN = {
    "jinja2",
    "joblib",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "segmentation",
    "sklearn",
}
KNOWN |= {"threadpoolctl"} | set(sys.stdlib_module_names) - {
    "random",
    "sqlite3",
    "time",
}
# they open the database they are told of: a command, and a plugin that waits for it
COMMANDS = {
    "cards/__main__.py": {"duckdb"},
    "report/__main__.py": {"duckdb"},
    "database_lock.py": {"duckdb", "time"},
}
# of an extra of its own, which no build needs
OF_THE_REPORT = KNOWN | {"altair", "markupsafe", "vl_convert"}
# likewise; it reads what dbt writes, as JSON
OF_THE_LINEAGE = KNOWN | {"dbt_colibri", "markdown_it", "markupsafe"}
# the world is to be the same whatever pandas and scikit-learn do
OF_THE_WORLD = KNOWN - {"jinja2", "pandas", "scipy", "sklearn", "threadpoolctl"}
CLOCKS = {"now", "today", "utcnow", "fromtimestamp"}


def imported(node):
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_library_imports_no_engine_and_reads_no_clock(name):
    part = name.partition("/")[0]
    known = {
        "world": OF_THE_WORLD,
        "report": OF_THE_REPORT,
        "lineage": OF_THE_LINEAGE,
    }.get(part, KNOWN)
    source = MODULES[name].read_text()
    for node in ast.walk(ast.parse(source)):
        names = {module.split(".")[0] for module in imported(node)}
        assert names <= known | COMMANDS.get(name, set())
        if isinstance(node, ast.Call):
            # the hash of a text is another one in every process
            assert getattr(node.func, "id", None) != "hash"
            assert getattr(node.func, "attr", None) not in CLOCKS
    assert '"now"' not in source
    assert '"today"' not in source


def test_every_part_of_the_library_is_looked_at():
    parts = {name.split("/")[0] for name in MODULES if "/" in name}
    assert {"cards", "clusters", "evidence", "learning", "report", "world"} <= parts
    assert len(MODULES) > 60

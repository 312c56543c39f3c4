"""A build that finds its database in use says who uses it, and what to do."""

import subprocess
import sys
from types import SimpleNamespace

import duckdb
import pytest
import yaml
from places import ROOT

from segmentation.database_lock import Plugin, locked

HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "shop.duckdb"
    duckdb.connect(str(path)).close()
    return path


def plugin(path, wait_seconds=0):
    credentials = SimpleNamespace(path=path)
    return Plugin("lock", {"wait_seconds": wait_seconds}, credentials)


def test_a_reader_is_named_and_waited_for(path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(RuntimeError) as found:
            plugin(path)
        holder.stdin.close()
        # it ends within the second that is waited
        assert plugin(path, wait_seconds=20)

    said = str(found.value)
    assert f"{path} is in use: " in said
    assert f"(process {holder.pid}) has it open" in said
    assert "Close that program" in said
    assert "Traceback" not in said


def test_a_file_nobody_holds_is_free_and_other_faults_are_for_dbt_to_report(path):
    plugin(path)
    plugin(path.parent / "new.duckdb")
    # dbt makes it, in the form that the profile asks for
    assert not (path.parent / "new.duckdb").exists()
    plugin(":memory:")
    plugin("md:shop")
    plugin(path.parent / "no folder" / "shop.duckdb")
    (path.parent / "text.duckdb").write_text("no database" * 1000)
    plugin(path.parent / "text.duckdb")


def test_a_holder_is_named_as_each_system_names_it():
    on_windows = "File is already open in \nC:\\Tools\\bi.exe (PID 42)"
    assert "C:\\Tools\\bi.exe (process 42) has it open" in locked("x", on_windows)
    assert "another program has it open" in locked("x", "Could not set lock on file")


def test_the_profile_asks_the_plugin():
    profile = yaml.safe_load((ROOT / "profiles.yml").read_text())
    (plugin,) = profile["segmentation"]["outputs"]["dev"]["plugins"]
    assert plugin["module"] == Plugin.__module__

"""Fixtures that build the dbt project; dbt_project.py holds what they are made of."""

import os
import shutil
from fcntl import LOCK_EX, flock
from itertools import count
from pathlib import Path

import pytest

# one thread for each worker: those of several spend their time waiting for each other
os.environ.setdefault("OMP_NUM_THREADS", "1")
# the workers use all cores already: none starts processes of its own
os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")


@pytest.fixture(scope="session")
def new_project(tmp_path_factory):
    """Return a maker of projects, each on an empty database of its own."""
    from dbt_project import Project

    folder = tmp_path_factory.mktemp("dbt")
    numbers = count()
    return lambda: Project(folder / f"shop{next(numbers)}", folder)


@pytest.fixture
def project(new_project):
    """Return a project on an empty database."""
    return new_project()


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory, new_project):
    """Return the file of the demo, built once with all settings as they are.

    `make test` has built it and says where. Else the first worker to ask builds it, and
    the others wait.
    """
    if built := os.environ.get("SEGMENTATION_TEST_DEMO"):
        return Path(built).resolve()
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    file = folder / "demo.duckdb"
    with (folder / "demo.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not file.exists():
            project = new_project()
            result = project.build(raw_path=None)
            assert result.success, result.text
            project.database.rename(file)
    return file


@pytest.fixture(scope="session")
def built_demo(new_project, demo_database):
    """Return a maker of projects, each on a copy of the demo, built."""

    def copied():
        project = new_project()
        shutil.copy(demo_database, project.database)
        return project

    return copied

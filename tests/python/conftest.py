"""Fixtures that build the dbt project; dbt_project.py holds what they are made of."""

from itertools import count

import pytest


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

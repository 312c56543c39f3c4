"""Work in processes: only where there is much of it, and with the same results."""

import os
import subprocess
import sys

import pytest

from segmentation.processes import LEAST_ROWS, each

PROGRAM = """
import os
from segmentation import identity, processes

found = processes.each(identity.hashed, [("ann",), ("bob",)], {count})
print(found == [identity.hashed("ann"), identity.hashed("bob")])
print(processes.each(os.getpid, [(), ()], {count}).count(os.getpid()))
"""


def run(count: int, **environment: str) -> list[str]:
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(count=count)],
        env=os.environ | {"LOKY_MAX_CPU_COUNT": "2"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.split()


@pytest.mark.parametrize(
    ("count", "multiprocessing", "calls_here"),
    [(LEAST_ROWS, "1", "0"), (LEAST_ROWS - 1, "1", "2"), (LEAST_ROWS, "0", "2")],
)
def test_much_work_is_done_in_processes(count, multiprocessing, calls_here):
    assert run(count, JOBLIB_MULTIPROCESSING=multiprocessing) == ["True", calls_here]


def test_an_error_in_a_process_is_raised_here():
    with pytest.raises(ValueError, match="invalid literal"):
        each(int, [("x",)], LEAST_ROWS)

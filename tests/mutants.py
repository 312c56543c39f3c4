"""Break the library on purpose, one place at a time, and see whether a test notices.

`make mutants` makes every row of mutants.toml, each in a copy of the library, so that
nothing here is edited; `python tests/mutants.py rules.py LEVEL` those that hold one of
the words. A mutant is killed if a test of its row fails. If all pass it has survived: a
better test is wanted, or a reason why no test can tell. Where its text is gone from the
file the row is stale: give it the new text, or delete it.
"""

import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")

HERE = Path(__file__).parent
LIBRARY = HERE.parent / "src" / "segmentation"
SECONDS = 600  # who takes longer hangs, which nobody would overlook
ENDS = {0: "survived", 1: "killed"}


@dataclass(frozen=True)
class Mutant:
    """A place of the library and what it becomes; without one, the library as it is."""

    tests: str
    file: str = ""
    old: str = ""
    new: str = ""
    reason: str = ""

    def __str__(self) -> str:
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"{self.file}: {old}  ->  {new}"

    def end(self) -> str:
        """Say what becomes of it."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "segmentation")
            shutil.copytree(LIBRARY, copy, ignore=shutil.ignore_patterns("__pycache__"))
            if self.file:
                text = (copy / self.file).read_text()
                if text.count(self.old) != 1:
                    return "stale"
                (copy / self.file).write_text(text.replace(self.old, self.new))
            # a fork knows numpy and the like already
            child = multiprocessing.get_context("fork").Process(
                target=run_tests, args=(folder, self.tests)
            )
            child.start()
            child.join(SECONDS)
            if child.is_alive():
                child.kill()
                return "killed"
        end = ENDS.get(child.exitcode, "not tested")
        return "equivalent" if end == "survived" and self.reason else end


def run_tests(folder: str, tests: str) -> None:
    """Run tests on the library in a folder, and end with pytest's status."""
    import pytest

    sys.path.insert(0, folder)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    files = [str(HERE / f"python/library/{name}.py") for name in tests.split()]
    options = ["-x", "-q", "-p", "no:cacheprovider", "--rootdir", str(HERE.parent)]
    os._exit(pytest.main([*options, *files]))


def import_dependencies() -> None:
    """Import what all tests need, but not the library."""
    sys.dont_write_bytecode = True
    import hypothesis  # noqa: F401
    import pyarrow  # noqa: F401
    import scipy.optimize  # noqa: F401
    import sklearn.cluster
    import sklearn.ensemble
    import sklearn.mixture
    import sklearn.svm
    import sklearn.tree  # noqa: F401


def main(words: list[str]) -> int:
    """Make the mutants that hold one of the words, all where there are none."""
    table = tomllib.loads((HERE / "mutants.toml").read_text())
    mutants = [
        Mutant(part["tests"], file, *row)
        for file, part in table.items()
        for row in part["rows"]
    ]
    mutants = [m for m in mutants if not words or any(w in str(m) for w in words)]
    # only tests that pass without a mutant can kill one
    whole = [Mutant(tests) for tests in dict.fromkeys(m.tests for m in mutants)]
    import_dependencies()
    began, ends = time.monotonic(), Counter()
    workers = min(os.cpu_count() or 1, 4)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
        for one, end in zip(whole, pool.map(Mutant.end, whole), strict=True):
            if end != "survived":
                print(f"{one.tests}: fails as the library is")
                return 2
        for mutant, end in zip(mutants, pool.map(Mutant.end, mutants), strict=True):
            ends[end] += 1
            if end not in ("killed", "equivalent"):
                print(f"{end}: {mutant}", flush=True)
    told = ", ".join(f"{count} {end}" for end, count in ends.items())
    print(f"{len(mutants)} mutants in {time.monotonic() - began:.0f} s: {told}")
    return int(ends["killed"] + ends["equivalent"] < len(mutants))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

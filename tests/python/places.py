"""Where the project and the public data lie."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared/data"


def needs(path: Path):
    """Return a mark that skips the tests of a file where public data are not there."""
    return pytest.mark.skipif(
        not path.exists(), reason=f"public data not found: {path}"
    )

"""What makes a fit this one: settings, code, rows, versions of libraries."""

import hashlib
import json
import platform
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

NOTHING = "none"  # the champion, or the method, of a fit that learned nothing

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "duckdb")

# no fit depends on the synthetic shop, or on how pages are written or files waited for
NOT_LEARNED_WITH = {
    "world",
    "cards",
    "personas",
    "writing.py",
    "database_lock.py",
    "fairness.py",
    "publication",
    "report",
    "lineage",
}


@cache
def library_versions() -> str:
    """Write the versions of what a fit depends on."""
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return json.dumps(versions, sort_keys=True)


@cache
def code_hash() -> str:
    """Return the hash of this library's code: an edit makes a fit another fit."""
    folder = Path(__file__).parent
    digest = hashlib.md5()
    for file in sorted(folder.rglob("*.py")):
        if file.relative_to(folder).parts[0] not in NOT_LEARNED_WITH:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def settings_hash(settings: dict[str, Any]) -> str:
    """Return the hash of all that a fit is made with but the data."""
    written = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.md5(f"{written}|{code_hash()}".encode()).hexdigest()


def fingerprint(rows: pd.DataFrame) -> str:
    """Return the hash of training rows, which are to come sorted by key.

    It holds nine digits of a fraction: engines differ in the last of sixteen, and what
    no fit could tell apart is no other data.
    """
    told = pd.DataFrame({name: _told(values) for name, values in rows.items()})
    hashes = pd.util.hash_pandas_object(told, index=False).to_numpy()
    return hashlib.md5(hashes.tobytes()).hexdigest()


def _told(values: pd.Series) -> pd.Series:
    """Return fractions to 32 bits, whole numbers of one width, others as they are."""
    if values.dtype.kind == "i":
        return values.astype("Int64")
    if values.dtype.kind != "f":
        return values
    mantissa, exponent = np.frexp(values.to_numpy(float, na_value=np.nan))
    rounded = np.ldexp(np.round(mantissa * 2.0**32), exponent - 32)
    return pd.Series(rounded + 0.0, values.index)  # no negative 0


def identify(*parts: object) -> str:
    """Return the id of a fit: the hash of what makes it this one."""
    return hashlib.md5("|".join(map(str, parts)).encode()).hexdigest()


def hashed(name: str) -> int:
    """Return a number that depends on a name only, unlike Python's own hash."""
    return int(hashlib.md5(name.encode()).hexdigest()[:8], 16)

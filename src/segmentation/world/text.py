"""From numbers to the text of the raw tables, in Arrow."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.world.settings import SECONDS_PER_DAY, START


def moments(days: np.ndarray) -> np.ndarray:
    """Return times in days since the start as numpy seconds; NaN is NaT."""
    days = np.asarray(days, dtype=float)
    known = np.isfinite(days)
    seconds = np.floor(np.where(known, days, 0.0) * SECONDS_PER_DAY)
    result = START.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return np.where(known, result, np.datetime64("NaT", "s"))


def times(days: np.ndarray) -> pa.StringArray:
    """Write times as `YYYY-MM-DD HH:MM:SS`."""
    return pa.array(moments(days)).cast(pa.string())


def numbers(values: np.ndarray) -> pa.StringArray:
    """Write numbers in their shortest exact form."""
    return pa.array(values).cast(pa.string())


def ids(
    prefix: str, values: np.ndarray, width: int = 0, mask: np.ndarray | None = None
) -> pa.StringArray:
    """Write numbers as ids, such as `o123`; null where masked."""
    digits = pa.array(values, mask=mask).cast(pa.string())
    if width:
        digits = pc.utf8_lpad(digits, width, "0")
    return join(prefix, digits)


def names(values: Iterable[str | None], codes: np.ndarray) -> pa.StringArray:
    """Look up the names of codes; a negative code is null."""
    codes = np.asarray(codes)
    choices = pa.array(list(values), pa.string())
    return choices.take(pa.array(codes, pa.int64(), mask=codes < 0))


def join(*parts: pa.StringArray | str) -> pa.StringArray:
    """Put text columns and constants together."""
    return pc.binary_join_element_wise(*parts, "")

"""How pages are written: figures, names and words as Markdown, and their templates."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

MISSING = "–"


def plain(value: Any) -> Any:
    """Return a value as Python has it, however an engine gave it; None if missing."""
    if isinstance(value, pd.DataFrame):
        return [plain(row) for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | np.ndarray | pd.Series):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    return value.date() if isinstance(value, datetime) else value


def number(value: float | None, decimals: int = 3) -> str:
    """Write a figure; a dash where there is none."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    # adding 0 makes a -0 a 0
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def count(value: float | None) -> str:
    """Write a count; a dash where there is none."""
    return MISSING if value is None else f"{int(value):,}"


def counted(value: float | None, noun: str) -> str:
    """Write a count with its noun: 1 customer, 2 customers."""
    return f"{count(value)} {noun if value == 1 else noun + 's'}"


def short(value: float | None) -> str:
    """Write a parameter, of any size, to four digits."""
    return MISSING if value is None else f"{value:.4g}"


def percent(value: float | None) -> str:
    """Write a share as a percentage."""
    return MISSING if value is None else f"{number(100 * value, 1)} %"


def interval(
    value: float | None, lower: float | None, upper: float | None, decimals: int = 3
) -> str:
    """Write a figure with its interval, if it has one."""
    if lower is None or upper is None:
        return number(value, decimals)
    ends = f"{number(lower, decimals)}, {number(upper, decimals)}"
    return f"{number(value, decimals)} [{ends}]"


def day(value: date | None) -> str:
    """Write a day; a dash where there is none."""
    return MISSING if value is None else value.isoformat()


_MARKS = re.compile(r"([\\*|~]|(?<!\w)_|_(?!\w)|(?<=\])\()")


def text(value: object) -> str:
    """Write words that come from data so that Markdown takes them as words."""
    if value is None:
        return MISSING
    flat = " ".join(str(value).split())
    flat = flat.replace("`", "'").replace("<", "&lt;")
    return _MARKS.sub(r"\\\1", flat)


def code(value: object) -> str:
    """Write a name as code, also within a table."""
    if value is None:
        return MISSING
    flat = " ".join(str(value).split()).replace("`", "'").replace("|", "\\|")
    return f"`{flat}`" if flat else MISSING


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "count": count,
    "short": short,
    "percent": percent,
    "day": day,
    "text": text,
    "code": code,
}


@cache
def environment(package: str, **filters: Callable[..., str]) -> Environment:
    """Return the environment of a package's templates.

    Parameters
    ----------
    package : str
        With a folder `templates`.
    **filters
        What its templates use besides `FILTERS`.

    Returns
    -------
    jinja2.Environment
        What a template is not given is an error.
    """
    made = Environment(
        loader=PackageLoader(package),
        undefined=StrictUndefined,
        autoescape=False,  # it is Markdown; the filters `text` and `code` escape
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(FILTERS | filters)
    return made

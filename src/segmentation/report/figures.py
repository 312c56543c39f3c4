"""Numbers as the page shows them: each carries its value and names its definition."""

import math
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from markupsafe import Markup

from segmentation.writing import MISSING, plain

NARROW = "\u202f"  # between thousands, and before a unit; never broken at


@dataclass(frozen=True)
class Number:
    """A number on the page.

    Attributes
    ----------
    value : float, date or None
        As the mart has it, or as it was summed up from there.
    shown : str
        As it is written.
    source : str
        Column it comes from, `mart.column`; its comment is the definition.
    key : str
        Name of the number on the page, where something refers to it.
    unit : str
        What is written behind it.
    """

    value: float | date | None
    shown: str
    source: str
    key: str = ""
    unit: str = ""

    def __html__(self) -> str:
        """Write the number as HTML."""
        if self.value is None:
            return MISSING
        key = Markup(' data-key="{}"').format(self.key) if self.key else ""
        return Markup('<data value="{}" data-def="{}"{}>{}</data>').format(
            self.value, self.source, key, str(self)
        )

    def __str__(self) -> str:
        return f"{self.shown}{NARROW}{self.unit}" if self.unit else self.shown


def known(value: Any) -> Any:
    """Return a value as Python has it; None where it is missing."""
    value = plain(value)
    if isinstance(value, Decimal):
        value = float(value)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def number(value: Any, source: str, key: str = "", decimals: int = 0) -> Number:
    """Write a count, or another plain number."""
    value = known(value)
    if value is None:
        return Number(None, MISSING, source, key)
    shown = f"{round(value, decimals) + 0.0:,.{decimals}f}".replace(",", NARROW)
    return Number(value, shown.replace("-", "\u2212"), source, key)


def signed(value: Any, source: str, key: str = "") -> Number:
    """Write a change with its sign; half a customer stays a half."""
    value = known(value)
    if value is None:
        return Number(None, MISSING, source, key)
    decimals = 0 if float(value).is_integer() else 1
    shown = number(value, source, key, decimals)
    return Number(value, ("+" if value > 0 else "") + shown.shown, source, key)


def percent(value: Any, source: str, key: str = "", decimals: int = 0) -> Number:
    """Write a share from 0 to 1 as a percentage; a small one with a decimal more."""
    value = known(value)
    if value is None:
        return Number(None, MISSING, source, key)
    if 0 < abs(value) < 0.1:
        decimals += 1
    shown = number(100 * value, source, key, decimals).shown
    return Number(value, shown, source, key, "%")


def amount(value: Any, source: str, key: str = "", currency: str = "") -> Number:
    """Write an amount of money; a small one to the hundredth."""
    value = known(value)
    if value is None:
        return Number(None, MISSING, source, key)
    shown = number(value, source, key, 0 if abs(value) >= 100 or not value else 2).shown
    return Number(value, shown, source, key, currency)


def day(value: Any, source: str, key: str = "") -> Number:
    """Write a day."""
    value = known(value)
    if value is None:
        return Number(None, MISSING, source, key)
    return Number(value, f"{value.day} {value:%B %Y}", source, key)


def month(value: Any) -> str:
    """Name the month of a day."""
    return f"{pd.Timestamp(value):%b %Y}"


def ranged(value: Number, lower: Number, upper: Number) -> Markup:
    """Write a number with its interval, if it has one; the unit is written once."""
    if lower.value is None or upper.value is None:
        return Markup("{}").format(value)
    lower, upper = replace(lower, unit=""), replace(upper, unit="")
    return Markup('{} <span class="range">[{} – {}]</span>').format(value, lower, upper)

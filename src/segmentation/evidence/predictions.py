"""Out-of-time predictions of one target, checked and in a settled order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

KINDS = ("probability", "amount")


@dataclass(frozen=True)
class Forecast:
    """What one candidate predicted at one origin.

    Attributes
    ----------
    is_baseline : bool
    predicted : ndarray, shape (n,)
    raw : ndarray, shape (n,), or None
        Before calibration; None where the candidate is not calibrated.
    """

    is_baseline: bool
    predicted: np.ndarray
    raw: np.ndarray | None


@dataclass(frozen=True)
class Origin:
    """What was predicted at one origin, and what came; sorted by customer_id.

    Attributes
    ----------
    date : date
    customers : ndarray of int, shape (n,)
        Numbers of the customers: the same customer has the same at every origin.
    actual : ndarray, shape (n,)
    forecasts : dict
        Candidate to Forecast.
    """

    date: Any
    customers: np.ndarray
    actual: np.ndarray
    forecasts: dict[str, Forecast]


def _check_values(predictions: pd.DataFrame, kind: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; expected one of {KINDS}")
    if predictions.empty:
        raise ValueError("there are no predictions to judge")
    values = predictions[["actual", "predicted"]].to_numpy(dtype=float)
    if not np.isfinite(values).all():
        raise ValueError("actual or predicted is missing or infinite")
    if kind == "amount":
        return
    actual, predicted = values.T
    if not np.isin(actual, (0, 1)).all() or predicted.min() < 0 or predicted.max() > 1:
        raise ValueError("actual is not 0 or 1, or predicted is no probability")


def _origin(day: Any, here: pd.DataFrame, order: list[str]) -> Origin:
    groups = {name: rows for name, rows in here.groupby("candidate", sort=False)}
    names = [name for name in order if name in groups]
    first = groups[names[0]]
    customers, actual = first["number"].to_numpy(), first["actual"].to_numpy(float)
    if len(np.unique(customers)) < len(customers):
        raise ValueError(f"a customer occurs twice at {day} for {names[0]!r}")
    forecasts = {}
    for name in names:
        rows = groups[name]
        if not (
            np.array_equal(rows["number"], customers)
            and np.array_equal(rows["actual"].to_numpy(float), actual)
        ):
            raise ValueError(
                f"{name!r} and {names[0]!r} have other customers or actuals at {day}"
            )
        raw = rows["predicted_raw"].to_numpy(dtype=float)
        forecasts[name] = Forecast(
            bool(rows["is_baseline"].iloc[0]),
            rows["predicted"].to_numpy(float),
            raw if np.isfinite(raw).all() else None,
        )
    return Origin(day, customers, actual, forecasts)


def ordered(present: Iterable[str], candidates: Iterable[str] | None) -> list[str]:
    """Return candidates in the order given, and those it does not name by name."""
    present = set(present)
    named = [name for name in dict.fromkeys(candidates or ()) if name in present]
    return named + sorted(present - set(named))


def read(
    predictions: pd.DataFrame, kind: str, candidates: Iterable[str] | None = None
) -> list[Origin]:
    """Check predictions, and sort them by origin, candidate and customer.

    Parameters
    ----------
    predictions : DataFrame
        One row per origin, candidate and customer, in any order: `origin_date`,
        `candidate`, `is_baseline`, `customer_id`, `actual`, `predicted` and
        `predicted_raw` (missing where a candidate is not calibrated).
    kind : {'probability', 'amount'}
    candidates : iterable of str, optional
        The order of the candidates; those not named come last, by name.

    Returns
    -------
    list of Origin
        By date.

    Raises
    ------
    ValueError
        If values are missing or no probabilities, or the candidates of an origin
        differ in their customers.
    """
    _check_values(predictions, kind)
    order = ordered(predictions["candidate"].unique(), candidates)
    numbers, _ = pd.factorize(predictions["customer_id"], sort=True)
    rows = predictions.assign(number=numbers).sort_values("number", kind="stable")
    return [_origin(day, here, order) for day, here in rows.groupby("origin_date")]

"""Compares marts of two engines, row by row."""

import re

import numpy as np
import pandas as pd

# what tells of a run, or of how an engine keeps rows, and not of the data
OF_THE_RUN = re.compile(
    r"(run|fit|drift|realised|alignment|evidence|decision|item|rejected_row)_id$"
    r"|checksum|_hash$"
    r"|^(card|rule_version|settings|version|code_version|seconds)$"
)
RUN_MARTS = {"fct_runs", "fct_run_nodes", "fct_run_inputs", "fct_erasures"}


def written(value: object) -> str:
    """Write a value as text; what is nested with fractions of nine digits."""
    if isinstance(value, dict):
        return str({name: written(each) for name, each in value.items()})
    if isinstance(value, list | np.ndarray):
        return str([written(each) for each in value])
    if isinstance(value, float):
        return f"{value:.9g}"
    return str(value)


def differences(ours: pd.DataFrame, theirs: pd.DataFrame, cents: set[str]) -> list[str]:
    """Say in words how two frames differ; rows may come in any order.

    Parameters
    ----------
    ours, theirs : DataFrame
    cents : set of str
        Amounts, which are to be equal to the cent. Other fractions: to 1e-9.
    """
    if list(ours.columns) != list(theirs.columns):
        return [f"columns {set(ours.columns) ^ set(theirs.columns)}"]
    names = [name for name in ours.columns if not OF_THE_RUN.search(name)]
    measured = [n for n in names if n in cents or ours[n].dtype.kind == "f"]
    exact = [n for n in names if n not in measured]
    found = []
    if len(ours) != len(theirs):
        found.append(f"{len(ours)} rows, {len(theirs)} rows")
    order = [*exact, *measured]

    def sort(frame: pd.DataFrame) -> pd.DataFrame:
        key = {n: frame[n].map(written) for n in exact}
        key |= {n: frame[n].astype(float).round(4) for n in measured}
        return frame.loc[pd.DataFrame(key).sort_values(order).index, names].reset_index(
            drop=True
        )

    if found:
        return found
    ours, theirs = sort(ours), sort(theirs)
    for name in exact:
        apart = ours[name].map(written) != theirs[name].map(written)
        if apart.any():
            some = apart.idxmax()
            found.append(
                f"{name}: {apart.sum()} rows, as "
                f"{ours[name][some]!r}, {theirs[name][some]!r}"
            )
    for name in measured:
        a, b = (x[name].to_numpy(float, na_value=np.nan) for x in (ours, theirs))
        near = np.isclose(
            a, b, rtol=0 if name in cents else 1e-9,
            atol=0.0051 if name in cents else 1e-9, equal_nan=True,
        )  # fmt: skip
        if not near.all():
            some = np.flatnonzero(~near)[0]
            found.append(f"{name}: {(~near).sum()} rows, as {a[some]!r}, {b[some]!r}")
    return found

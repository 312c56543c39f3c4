"""A fit as a row: what was learned, from what, how well it did, who serves.

One row per target and fit. Evidence and parameters are lists within the row, so that a
fit is stored whole or not at all.
"""

import hashlib
import json
import platform
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd
import pyarrow as pa

from segmentation.evidence.calibration import CALIBRATION_SCHEMA
from segmentation.evidence.judgement import SCORECARD_SCHEMA
from segmentation.evidence.lift import LIFT_SCHEMA
from segmentation.frames import conform
from segmentation.learning.groups import GROUPS_SCHEMA
from segmentation.learning.intervals import INTERVALS_SCHEMA
from segmentation.learning.tuning import TUNING_SCHEMA
from segmentation.linear import COEFFICIENTS_SCHEMA
from segmentation.purchases.fits import PARAMETERS_SCHEMA
from segmentation.tree_nodes import NODES_SCHEMA

PROCESS_SCHEMA = pa.schema([("process", pa.string()), *PARAMETERS_SCHEMA])


def _list_of(schema: pa.Schema) -> pa.DataType:
    return pa.list_(pa.struct(list(schema)))


PARTS = {
    "tuning": TUNING_SCHEMA,
    "scorecard": SCORECARD_SCHEMA,
    "lift": LIFT_SCHEMA,
    "calibration": CALIBRATION_SCHEMA,
    "coefficients": COEFFICIENTS_SCHEMA,
    "nodes": NODES_SCHEMA,
    "parameters": PROCESS_SCHEMA,
    "intervals": INTERVALS_SCHEMA,
    "groups": GROUPS_SCHEMA,
}

FITS_SCHEMA = pa.schema(
    [
        ("fit_id", pa.string()),
        ("target", pa.string()),
        ("kind", pa.string()),
        ("champion", pa.string()),
        ("champion_settings", pa.string()),
        ("verdict", pa.string()),
        ("label", pa.string()),
        ("features", pa.string()),
        ("excluded_features", pa.string()),
        ("settings", pa.string()),
        ("settings_hash", pa.string()),
        ("training_fingerprint", pa.string()),
        ("library_versions", pa.string()),
        ("fit_number", pa.int64()),
        ("horizon_days", pa.int64()),
        ("seed", pa.int64()),
        ("count_training_rows", pa.int64()),
        ("count_training_customers", pa.int64()),
        ("count_training_anchors", pa.int64()),
        ("level_slope", pa.float64()),
        ("level_intercept", pa.float64()),
        ("is_baseline", pa.bool_()),
        ("fit_date", pa.date32()),
        ("data_from", pa.date32()),
        ("trained_from", pa.date32()),
        ("trained_until", pa.date32()),
        *((name, _list_of(schema)) for name, schema in PARTS.items()),
    ]
)

NOTHING = "none"  # the champion of a fit that learned nothing

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "duckdb")


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
    folder = Path(__file__).parents[1]
    digest = hashlib.md5()
    for file in sorted(folder.rglob("*.py")):
        if not {"world", "cards"} & set(file.parts):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def settings_hash(settings: dict) -> str:
    """Return the hash of all that a fit is made with but the data."""
    written = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.md5(f"{written}|{code_hash()}".encode()).hexdigest()


def fingerprint(rows: pd.DataFrame) -> str:
    """Return the hash of training rows, which are to come sorted by key."""
    hashes = pd.util.hash_pandas_object(rows, index=False).to_numpy()
    return hashlib.md5(hashes.tobytes()).hexdigest()


def dates(scoring: pd.DataFrame) -> tuple[date | None, date | None]:
    """Return the scoring anchor and the day of the first order; None in an empty shop.

    Parameters
    ----------
    scoring : DataFrame
        At most one row: `anchor_date`, `first_order_date`.
    """
    if scoring.empty:
        return None, None
    row = scoring.iloc[0]
    return _day(row["anchor_date"]), _day(row["first_order_date"])


def identify(*parts) -> str:
    """Return the id of a fit: the hash of what makes it this one."""
    return hashlib.md5("|".join(map(str, parts)).encode()).hexdigest()


def hashed(name: str) -> int:
    """Return a number that depends on a name only, unlike Python's own hash."""
    return int(hashlib.md5(name.encode()).hexdigest()[:8], 16)


def newest(
    past: pd.DataFrame | None, target: str, fit_date: date | None
) -> pd.Series | None:
    """Return the fit of a target that serves on a day, or None.

    Parameters
    ----------
    past : DataFrame or None
        Fits made so far: `target`, `fit_date`, `fit_number` and more.
    target : str
    fit_date : date
        A fit of a later day is not known yet.
    """
    if past is None or past.empty:
        return None
    known = past[past["target"] == target]
    if fit_date is not None:
        known = known[pd.to_datetime(known["fit_date"]) <= pd.Timestamp(fit_date)]
    if known.empty:
        return None
    return known.sort_values(["fit_date", "fit_number"]).iloc[-1]


def is_due(
    last: pd.Series | None,
    *,
    fit_date: date | None,
    data_from: date | None,
    settings_hash: str,
    training_fingerprint: str,
    refit_every_days: int,
    is_learnable: bool = True,
) -> bool:
    """Say whether a target is to be fitted again.

    It is where it never was, where settings, code or the start of the data are others
    (another shop), where the last fit is `refit_every_days` old (0: where the rows have
    changed since), or where it had nothing to serve and now there is enough to learn.
    """
    if last is None:
        return True
    if last["settings_hash"] != settings_hash or _day(last["data_from"]) != data_from:
        return True
    if fit_date is None:
        return False
    has_changed = last["training_fingerprint"] != training_fingerprint
    if last["champion"] == NOTHING and is_learnable and has_changed:
        return True
    age = (pd.Timestamp(fit_date) - pd.Timestamp(last["fit_date"])).days
    return age >= refit_every_days if refit_every_days else has_changed


def incumbent(last: pd.Series | None, record: dict) -> str | None:
    """Return who served until now; None in another shop, or for another horizon."""
    if last is None or _day(last["data_from"]) != record["data_from"]:
        return None
    before, now = (json.loads(some["settings"]) for some in (last, record))
    is_same = all(before.get(n) == now.get(n) for n in ("source", "horizon_days"))
    return last["champion"] if is_same else None


def next_number(past: pd.DataFrame | None, target: str) -> int:
    """Return the number of a target's next fit, from 1."""
    if past is None or past.empty:
        return 1
    mine = past.loc[past["target"] == target, "fit_number"]
    return int(mine.max()) + 1 if len(mine) else 1


def begin(
    rows: pd.DataFrame,
    *,
    target: str,
    kind: str,
    label: str,
    horizon_days: int,
    features: dict[str, str],
    settings: dict,
    fit_date: date | None,
    data_from: date | None,
    past: pd.DataFrame | None,
    more_columns: list[str] | None = None,
    is_learnable: bool = True,
    is_forced: bool = False,
) -> tuple[dict | None, pd.Series | None]:
    """Begin the record of a fit, if one is due.

    Parameters
    ----------
    rows : DataFrame
        What is to be learned from, sorted by key.
    target, kind, label : str
    horizon_days : int
    features : dict
    settings : dict
        All that the fit is made with but features and data.
    fit_date, data_from : date
    past : DataFrame or None
        Fits made so far.
    more_columns : list of str, optional
        Columns learned from besides the label and the features.
    is_learnable : bool
        Whether there is enough to learn from.
    is_forced : bool
        Whether to fit though it is not due.

    Returns
    -------
    record : dict or None
        None where no fit is due. Without a champion, as long as none is chosen.
    last : Series or None
        The fit that served until now.
    """
    made_with = {k: v for k, v in settings.items() if k != "refit_every_days"}
    made_with |= {
        "target": target,
        "features": features,
        "label": label,
        "horizon_days": horizon_days,
    }
    hashed_settings = settings_hash(made_with)
    key = ["customer_id", "anchor_number"]
    columns = dict.fromkeys([*key, label, *(more_columns or []), *features])
    rows_hash = fingerprint(rows[list(columns)])
    last = newest(past, target, fit_date)
    if not is_forced and not is_due(
        last,
        fit_date=fit_date,
        data_from=data_from,
        settings_hash=hashed_settings,
        training_fingerprint=rows_hash,
        refit_every_days=settings["refit_every_days"],
        is_learnable=is_learnable,
    ):
        return None, last
    number = next_number(past, target)
    return {
        "fit_id": identify(target, fit_date, hashed_settings, rows_hash, number),
        "target": target,
        "kind": kind,
        "champion": NOTHING,
        "label": label,
        "features": json.dumps(features),
        "settings": json.dumps(made_with, sort_keys=True),
        "settings_hash": hashed_settings,
        "training_fingerprint": rows_hash,
        "library_versions": library_versions(),
        "fit_number": number,
        "horizon_days": horizon_days,
        "seed": settings["seed"],
        "count_training_rows": len(rows),
        "count_training_customers": rows["customer_id"].nunique(),
        "count_training_anchors": rows["anchor_number"].nunique(),
        "is_baseline": False,
        "fit_date": fit_date,
        "data_from": data_from,
        "trained_from": _day(rows["anchor_date"].min()),
        "trained_until": _day(rows["anchor_date"].max()),
    }, last


def _day(moment) -> date | None:
    return None if pd.isna(moment) else pd.Timestamp(moment).date()


def fits_table(records: list[dict]) -> pa.Table:
    """Return fits as a table.

    Parameters
    ----------
    records : list of dict
        Values of `FITS_SCHEMA`; the lists as DataFrames, lists of dicts, or absent.

    Returns
    -------
    pyarrow.Table
        `FITS_SCHEMA`
    """
    rows = []
    for record in records:
        row = dict(record)
        for name, schema in PARTS.items():
            part = row.get(name)
            frame = pd.DataFrame(part) if isinstance(part, list) else part
            if frame is None:
                frame = pd.DataFrame()
            row[name] = conform(frame, schema).to_pylist()
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=FITS_SCHEMA)

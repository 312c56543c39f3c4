"""A fit as a row: what was learned, from what, how well it did, who serves.

One row per target and fit. Evidence and parameters are lists within the row, so that a
fit is stored whole or not at all.
"""

from typing import Any

import pandas as pd
import pyarrow as pa

from segmentation.clv.parameters import PARAMETERS_SCHEMA
from segmentation.evidence.calibration import CALIBRATION_SCHEMA
from segmentation.evidence.judgement import SCORECARD_SCHEMA
from segmentation.evidence.lift import LIFT_SCHEMA
from segmentation.frames import conform
from segmentation.learning.groups import GROUPS_SCHEMA
from segmentation.learning.intervals import INTERVALS_SCHEMA
from segmentation.learning.levels import LEVELS_SCHEMA
from segmentation.learning.reference import BINS_SCHEMA, COUNTS_SCHEMA
from segmentation.learning.tuning import TUNING_SCHEMA
from segmentation.linear import COEFFICIENTS_SCHEMA
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
    "levels": LEVELS_SCHEMA,
    "intervals": INTERVALS_SCHEMA,
    "groups": GROUPS_SCHEMA,
    "feature_bins": BINS_SCHEMA,
    "feature_counts": COUNTS_SCHEMA,
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


def fits_table(records: list[dict[str, Any]]) -> pa.Table:
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

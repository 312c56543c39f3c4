"""A fit of clusters as a row: how they were chosen, where they are, their names.

Evidence, prototypes and the report of the alignment are lists within the row, so that a
fit is stored whole or not at all.
"""

from typing import Any

import pandas as pd
import pyarrow as pa

from segmentation.clusters.alignment import ALIGNMENT_SCHEMA
from segmentation.clusters.centres import CENTRES_SCHEMA
from segmentation.clusters.encoding import PROTOTYPES_SCHEMA, Clustering
from segmentation.clusters.evidence import EVIDENCE_SCHEMA
from segmentation.frames import conform, day

CLUSTERS_SCHEMA = pa.schema(
    [
        ("cluster_id", pa.int64()),
        ("suggested_name", pa.string()),
        ("count_customers", pa.int64()),
        ("customer_share", pa.float64()),
        ("value_rank", pa.int64()),
        ("is_locked", pa.bool_()),
    ]
)

PARTS = {
    "evidence": EVIDENCE_SCHEMA,
    "prototypes": PROTOTYPES_SCHEMA,
    "clusters": CLUSTERS_SCHEMA,
    "centres": CENTRES_SCHEMA,
    "alignment": ALIGNMENT_SCHEMA,
}

CLUSTER_FITS_SCHEMA = pa.schema(
    [
        ("fit_id", pa.string()),
        ("previous_fit_id", pa.string()),
        ("method", pa.string()),
        ("preprocessing", pa.string()),
        ("verdict", pa.string()),
        ("alignment_verdict", pa.string()),
        ("settings", pa.string()),
        ("settings_hash", pa.string()),
        ("input_checksum", pa.string()),
        ("library_versions", pa.string()),
        ("fit_number", pa.int64()),
        ("generation", pa.int64()),
        ("n_clusters", pa.int64()),
        ("seed", pa.int64()),
        ("count_training_customers", pa.int64()),
        ("dispersion", pa.float64()),
        ("max_distance", pa.float64()),
        ("agreement_ari", pa.float64()),
        ("is_new_generation", pa.bool_()),
        ("fit_date", pa.date32()),
        ("serves_from", pa.date32()),
        ("chosen_at", pa.date32()),
        *((name, pa.list_(pa.struct(list(schema)))) for name, schema in PARTS.items()),
    ]
)

_DATES = ("fit_date", "serves_from", "chosen_at")


def records(past: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return the fits made so far, their lists as frames."""
    if past is None:
        return []
    made = []
    for row in past.to_dict("records"):
        row |= {name: day(row[name]) for name in _DATES}
        for name, schema in PARTS.items():
            row[name] = pd.DataFrame(list(row[name]), columns=schema.names)
        made.append(row)
    return sorted(made, key=lambda row: row["fit_number"])


def clustering_of(record: dict[str, Any]) -> Clustering:
    """Return the fitted method of a row."""
    most = record["max_distance"]
    return Clustering(
        method=record["method"],
        n_clusters=int(record["n_clusters"]),
        prototypes=record["prototypes"],
        dispersion=record["dispersion"],
        max_distance=None if pd.isna(most) else float(most),
        preprocessing=record["preprocessing"],
    )


def table_of(made: list[dict[str, Any]]) -> pa.Table:
    """Return fits as `CLUSTER_FITS_SCHEMA`."""
    rows = [
        record
        | {
            name: conform(record.get(name, pd.DataFrame()), schema).to_pylist()
            for name, schema in PARTS.items()
        }
        for record in made
    ]
    return pa.Table.from_pylist(rows, schema=CLUSTER_FITS_SCHEMA)

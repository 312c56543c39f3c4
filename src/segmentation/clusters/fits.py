"""A fit of clusters as a row: how they were chosen, where they are, what they are called.

A method and a number of clusters are chosen on evidence at the start of a generation
and kept by its refits. Evidence, prototypes and the report of the alignment are lists
within the row, so that a fit is stored whole or not at all.
"""

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.clusters.alignment import ALIGNMENT_SCHEMA, Alignment, align, match
from segmentation.clusters.alignment import MAX_SHIFT, MIN_AGREEMENT, MIN_OVERLAP
from segmentation.clusters.encoding import PROTOTYPES_SCHEMA, Clustering
from segmentation.clusters.evidence import EVIDENCE_SCHEMA, compare
from segmentation.clusters.locks import dimensions, hold
from segmentation.clusters.methods import fit
from segmentation.clusters.naming import suggest
from segmentation.clusters.schedule import Due, Settings, day, valid
from segmentation.frames import conform, sorted_by_key
from segmentation.learning.fits import NOTHING, identify, library_versions

VALUE = "lifetime_net_amount"

CLUSTERS_SCHEMA = pa.schema(
    [
        ("cluster_id", pa.int64()),
        ("suggested_name", pa.string()),
        ("count_customers", pa.int64()),
        ("customer_share", pa.float64()),
        ("is_locked", pa.bool_()),
    ]
)

CENTRES_SCHEMA = pa.schema(
    [
        ("cluster_id", pa.int64()),
        ("feature", pa.string()),
        ("category", pa.string()),
        ("mean_value", pa.float64()),
        ("deviation", pa.float64()),
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
        *(
            (name, pa.list_(pa.struct(list(schema))))
            for name, schema in PARTS.items()
        ),
    ]
)

_DATES = ("fit_date", "serves_from", "chosen_at")


def records(past: pd.DataFrame | None) -> list[dict]:
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


def clustering_of(record: dict) -> Clustering:
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


def with_next_quarter(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Put beside what was known a quarter ago what came of it since.

    Parameters
    ----------
    earlier, later : DataFrame
        Features of customers at two anchors, `lifetime_net_amount` and
        `last_order_date` among them.

    Returns
    -------
    DataFrame
        `earlier`, of the customers that both know, and `next_net_amount`: what they
        have spent since, less what they sent back of it. Who sent back more, of what
        was bought before, has spent 0. `is_churned`: they have not ordered since.
    """
    since = later[["customer_id", VALUE, "last_order_date"]]
    both = earlier.merge(since, on="customer_id", suffixes=("", "_later"))
    spent = (both[f"{VALUE}_later"] - both[VALUE]).clip(lower=0)
    anchor = pd.to_datetime(both["anchor_date"])
    churned = pd.to_datetime(both["last_order_date_later"]) < anchor
    both = both.assign(next_net_amount=spent, is_churned=churned)
    return both.drop(columns=[f"{VALUE}_later", "last_order_date_later"])


def centres_of(customers: pd.DataFrame, fitted: Clustering) -> pd.DataFrame:
    """Return where the members of each cluster are on average.

    Returns
    -------
    DataFrame
        `CENTRES_SCHEMA`: of a numeric feature the mean of its logarithms, of a category
        the share in it; and how many standard deviations that is from the mean of all.
        A cluster of no members is where its prototypes are.
    """
    encoding, learned = fitted._learned()
    points = encoding.points(customers)
    labels = learned.assign(points)
    rows = []
    for cluster_id in np.unique(learned.cluster):
        mine = points[labels == cluster_id]
        some = mine if len(mine) else learned.centre[learned.cluster == cluster_id]
        rows.append(
            pd.DataFrame(
                {
                    "cluster_id": cluster_id,
                    "feature": encoding.features,
                    "category": encoding.categories,
                    "mean_value": some.mean(axis=0) * encoding.scale + encoding.mean,
                    "deviation": (some.mean(axis=0) - points.mean(axis=0))
                    / _spread(points),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _spread(points: np.ndarray) -> np.ndarray:
    spread = points.std(axis=0)
    return np.where(spread > 0, spread, 1.0)


def _in_deviations(centres: pd.DataFrame, fitted: Clustering) -> pd.DataFrame:
    """Return centres wide, in the standard deviations of a fit."""
    known = centres.merge(dimensions(fitted.prototypes), on=["feature", "category"])
    known["away"] = (known["mean_value"] - known["feature_mean"]) / known[
        "feature_scale"
    ]
    known["dimension"] = known["feature"] + known["category"].fillna("").map("={}".format)
    return known.pivot(index="cluster_id", columns="dimension", values="away")


@dataclass
class Learner:
    """Learns the fits that are due, one after the other.

    Attributes
    ----------
    settings : Settings
    made : list of dict
        All fits so far, in the order they were made.
    anchors : DataFrame
        `anchor_date`, `input_checksum`.
    locks : DataFrame
        `dimension`, `segment_code`, `is_locked`, `decided_on`.
    contrasts : DataFrame
        As in `naming.words`.
    """

    settings: Settings
    made: list[dict]
    anchors: pd.DataFrame
    locks: pd.DataFrame
    contrasts: pd.DataFrame

    def learn(
        self, due: Due, customers: pd.DataFrame, earlier: pd.DataFrame | None
    ) -> dict:
        """Learn one fit, align it and add it to those made.

        Parameters
        ----------
        due : Due
        customers : DataFrame
            Buyers at `due.fit_date`: `customer_id` and features.
        earlier : DataFrame or None
            Buyers at `due.earlier_date`.

        Returns
        -------
        dict
            Values of `CLUSTER_FITS_SCHEMA`.
        """
        customers = sorted_by_key(customers, "customer_id")
        if earlier is not None:
            earlier = with_next_quarter(
                sorted_by_key(earlier, "customer_id"), customers
            )
        number = max((fit["fit_number"] for fit in self.made), default=0) + 1
        hashed = self.settings.hash()
        record = {
            "fit_id": identify(
                "clusters", due.fit_date, hashed, due.input_checksum, number
            ),
            "method": NOTHING,
            "settings": json.dumps(self.settings.made_with(), sort_keys=True),
            "settings_hash": hashed,
            "input_checksum": due.input_checksum,
            "library_versions": library_versions(),
            "fit_number": number,
            "seed": self.settings.seed,
            "count_training_customers": len(customers),
            "is_new_generation": False,
            "fit_date": due.fit_date,
            "serves_from": due.serves_from,
        }
        before = self._before(due)
        record |= self._fitted(customers, earlier, before, due)
        self.made.append(record)
        return record

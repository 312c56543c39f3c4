"""Proxies: how well the features that models read give away a protected attribute.

A model that never sees gender can still treat men and women differently, where what it
does see tells one from the other. For each group, a linear discriminant is learned of
the features as models read them and judged on customers it has not seen; beside it
stand the features that differ most by themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import rankdata

from segmentation.frames import conform, sorted_by_key
from segmentation.identity import hashed
from segmentation.transforms import transform

PROXIES_SCHEMA = pa.schema(
    [
        ("attribute", pa.string()),
        ("group_name", pa.string()),
        ("feature", pa.string()),
        ("feature_rank", pa.int64()),
        ("count_customers", pa.int64()),
        ("count_in_group", pa.int64()),
        ("auc", pa.float64()),
        ("auc_lower", pa.float64()),
        ("auc_upper", pa.float64()),
        ("standardised_difference", pa.float64()),
    ]
)

ALL_FEATURES = "(all features)"
UNKNOWN = "unknown"
FEATURES_SHOWN = 5
FOLDS = 5
SHRINKAGE = 1.0  # of standardised weights: as if one customer more said nothing
Z = 1.959963984540054


@dataclass(frozen=True)
class Area:
    """An area under the curve with its variance.

    Attributes
    ----------
    auc : float
        The probability that a member ranks above another customer, ties counting half.
    variance : float
    """

    auc: float
    variance: float

    @property
    def bounds(self) -> tuple[float, float]:
        """The 95 % interval, from 0 to 1."""
        half = Z * np.sqrt(self.variance)
        return max(self.auc - half, 0.0), min(self.auc + half, 1.0)


def area(is_member: np.ndarray, score: np.ndarray) -> Area:
    """Measure how well a score tells members from others.

    The variance is that of DeLong, DeLong & Clarke-Pearson (1988, Biometrics 44), by
    ranks (Sun & Xu 2014, IEEE Signal Processing Letters 21).

    Parameters
    ----------
    is_member : ndarray of bool, shape (n,)
        At least two members and two others.
    score : ndarray, shape (n,)

    Returns
    -------
    Area
    """
    members, others = score[is_member], score[~is_member]
    m, n = len(members), len(others)
    ranks = rankdata(score)
    of_members = (ranks[is_member] - rankdata(members)) / n
    of_others = 1 - (ranks[~is_member] - rankdata(others)) / m
    variance = of_members.var(ddof=1) / m + of_others.var(ddof=1) / n
    return Area(float(of_members.mean()), float(variance))


def standardised(customers: pd.DataFrame, features: dict[str, str]) -> pd.DataFrame:
    """Transform features as models do, to mean 0 and standard deviation 1.

    What is missing is the mean, as linear models fill it in; a feature that is the
    same for everybody is left out.
    """
    values = transform(customers, features)
    deviations = values.std(ddof=0)
    varying = deviations.index[deviations > 1e-12]
    values = (values[varying] - values[varying].mean()) / deviations[varying]
    return values.fillna(0.0)


def discriminants(values: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Fit a linear discriminant of each group against all others at once.

    Least squares on 0 and 1 gives Fisher's direction (Fisher 1936; Hastie, Tibshirani &
    Friedman 2009, 4.3, exercise 4.2), here a little shrunk, since features are nearly
    collinear.

    Parameters
    ----------
    values : ndarray, shape (n, p)
    members : ndarray of float, shape (n, g)
        0 or 1.

    Returns
    -------
    ndarray, shape (p, g)
    """
    centred = values - values.mean(axis=0)
    squares = centred.T @ centred + SHRINKAGE * np.eye(values.shape[1])
    return np.linalg.solve(squares, centred.T @ (members - members.mean(axis=0)))


def unseen_areas(
    values: np.ndarray, members: np.ndarray, folds: np.ndarray
) -> list[Area]:
    """Judge discriminants on the customers of each fold, learned on all others.

    The area is the mean of those of the folds and its variance that of a mean (LeDell,
    Petersen & van der Laan 2015, Electronic Journal of Statistics 9). Scores of
    different folds are never compared: their levels differ.

    Parameters
    ----------
    values : ndarray, shape (n, p)
    members : ndarray of bool, shape (n, g)
    folds : ndarray of int, shape (n,)

    Returns
    -------
    list of Area, length g
        Of folds that hold two members and two others at least; one of .5 with the
        variance of a guess (1/12) where no fold does.
    """
    found: list[list[Area]] = [[] for _ in range(members.shape[1])]
    for fold in np.unique(folds):
        is_here = folds == fold
        weights = discriminants(values[~is_here], members[~is_here].astype(float))
        scores, here = values[is_here] @ weights, members[is_here]
        for number, areas in enumerate(found):
            count = here[:, number].sum()
            if min(count, len(here) - count) >= 2:
                areas.append(area(here[:, number], scores[:, number]))
    return [
        Area(
            float(np.mean([one.auc for one in areas])),
            float(np.sum([one.variance for one in areas]) / len(areas) ** 2),
        )
        if areas
        else Area(0.5, 1 / 12)
        for areas in found
    ]


def find_proxies(
    customers: pd.DataFrame,
    people: pd.DataFrame,
    *,
    features: dict[str, str],
    logarithms: Iterable[str] = (),
    min_customers: int,
) -> pa.Table:
    """Say how well features predict each group of each attribute, and which do.

    Parameters
    ----------
    customers : DataFrame
        One row per customer, in any order: `customer_id` and the features.
    people : DataFrame
        `customer_id`, and a column per protected attribute; 'unknown' is no group.
    features : dict
        Feature name to transform name, as models read them.
    logarithms : iterable of str
        More features, which are read as logarithms.
    min_customers : int
        Groups of fewer are left out, as are those that leave fewer others.

    Returns
    -------
    pyarrow.Table
        `PROXIES_SCHEMA`. Per attribute and group one row of all features together, rank
        0, whose area is of customers the discriminant has not seen; and one for each of
        the features that differ most by themselves, from rank 1.
    """
    attributes = [name for name in people.columns if name != "customer_id"]
    is_known = (people[attributes] != UNKNOWN).any(axis=1)
    if not is_known.any() or customers.empty:
        return PROXIES_SCHEMA.empty_table()
    rows = sorted_by_key(
        customers.merge(people[is_known], on="customer_id"), "customer_id"
    )
    values = standardised(rows, dict.fromkeys(logarithms, "log1p") | features)
    folds = rows["customer_id"].map(lambda name: hashed(str(name)) % FOLDS).to_numpy()
    found = []
    for attribute in attributes:
        names = rows[attribute].to_numpy()
        here = names != UNKNOWN
        sizes = pd.Series(names[here]).value_counts()
        others = here.sum() - sizes
        groups = sorted(
            sizes.index[(sizes >= min_customers) & (others >= min_customers)]
        )
        if not groups or values.shape[1] == 0:
            continue
        members = names[here, None] == np.array(groups, dtype=object)
        here_values = values[here]
        areas = unseen_areas(here_values.to_numpy(), members, folds[here])
        for group, is_member, together in zip(groups, members.T, areas, strict=True):
            found += _rows_of(attribute, group, here_values, is_member, together)
    return conform(pd.DataFrame(found), PROXIES_SCHEMA)


def _rows_of(
    attribute: str,
    group: str,
    values: pd.DataFrame,
    is_member: np.ndarray,
    together: Area,
) -> list[dict[str, object]]:
    """Return what is told of one group: all features, and those that differ most."""
    apart = values[is_member].mean() - values[~is_member].mean()
    order = sorted(apart.index, key=lambda name: (-abs(apart[name]), name))
    shown = order[:FEATURES_SHOWN]
    alone = [area(is_member, values[name].to_numpy()) for name in shown]
    return [
        {
            "attribute": attribute,
            "group_name": group,
            "feature": feature,
            "feature_rank": rank,
            "count_customers": len(values),
            "count_in_group": int(is_member.sum()),
            "auc": one.auc,
            "auc_lower": one.bounds[0],
            "auc_upper": one.bounds[1],
            "standardised_difference": apart.get(feature, np.nan),
        }
        for rank, (feature, one) in enumerate(
            zip([ALL_FEATURES, *shown], [together, *alone], strict=True)
        )
    ]

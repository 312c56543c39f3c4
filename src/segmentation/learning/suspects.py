"""Find features that may know the future: too good alone, or another value later."""

import numpy as np
import pandas as pd

from segmentation.estimators import DecisionTreeClassifier
from segmentation.evidence.metrics import area_under_curve
from segmentation.transforms import transform

# no honest feature of what customers do next comes near: those of the reference sets
# stay under .86. Where customers come like clockwork several do, recency and the like;
# one far ahead of the third best is still suspicious, and near certainty always is.
SUSPICIOUS_AUC, CERTAIN_AUC = 0.95, 0.99
MOST_ROWS = 10_000  # at .95, the standard error of their AUC is .002


def auc_alone(rows: pd.DataFrame, labels: pd.Series, feature: str) -> float:
    """Return the AUC of a feature alone, cut by a small tree; gaps count as values."""
    values = transform(rows, {feature: "identity"}).to_numpy()
    tree = DecisionTreeClassifier(max_leaf_nodes=8, min_samples_leaf=50)
    chances = tree.fit(values, labels).predict_proba(values)[:, 1]
    return area_under_curve(labels.to_numpy(), chances)


def suspects(rows: pd.DataFrame, label: str, features: list[str]) -> dict[str, float]:
    """Return features that alone predict the label too well, with their AUC.

    What is known before an anchor never does; a column that was filled in later may.
    Only a strong leak is found: one that ranks the label at an AUC of .81, as the
    length of the call does in the bank marketing set, looks like an honest feature.
    `read_later` finds those, where the values of then were kept.

    Parameters
    ----------
    rows : DataFrame
        Labelled rows, with both true and false labels.
    label : str
    features : list of str
        Those that are not columns of the rows are skipped.

    Returns
    -------
    dict of str to float
    """
    rows = rows.iloc[:: max(-(-len(rows) // MOST_ROWS), 1)]
    labels = rows[label].astype(int)
    aucs = {name: auc_alone(rows, labels, name) for name in features if name in rows}
    third = sorted(aucs.values(), reverse=True)[2] if len(aucs) > 2 else 0.0
    too_good = min(max(SUSPICIOUS_AUC, (1 + third) / 2), CERTAIN_AUC)
    return {name: auc for name, auc in aucs.items() if auc > too_good}


def excluded(leaks: dict[str, float]) -> str:
    """Say which features are left out, and why."""
    return "; ".join(
        f"{name}: its AUC alone is {auc:.3f}; was it filled in after the anchor?"
        for name, auc in leaks.items()
    )


def read_later(
    then: pd.DataFrame,
    now: pd.DataFrame,
    keys: tuple[str, ...] = ("customer_id", "anchor_date"),
) -> pd.Series:
    """Return how often each feature of the same anchor has another value today.

    A feature that knows only what came before its anchor never changes. One that does
    was overwritten, filled in or delivered later, and what is read today for past
    anchors may know the label. It is no proof of a leak, but the place to look.

    Parameters
    ----------
    then : DataFrame
        Features of an anchor as they were read on its day: keys and features.
    now : DataFrame
        Features of the same anchor as they are read today.
    keys : tuple of str
        Columns that together name a row in both.

    Returns
    -------
    Series, shape (n_features,)
        Share of the rows in both tables whose value differs, from 0 to 1, highest
        first, for each feature that both tables have. Missing equals missing; numbers
        are equal within a billionth.

    Raises
    ------
    ValueError
        If a key occurs twice in a table, or the tables have no row in common.
    """
    before, after = (table.set_index(list(keys)) for table in (then, now))
    if not (before.index.is_unique and after.index.is_unique):
        raise ValueError(f"A row is not alone with its keys {', '.join(keys)}.")
    shared = before.index.intersection(after.index)
    if shared.empty:
        raise ValueError("The tables have no row in common: are they of one anchor?")
    before, after = before.loc[shared], after.loc[shared]
    shares = {
        name: float(np.mean(_differ(before[name], after[name])))
        for name in before
        if name in after
    }
    return pd.Series(shares, dtype=float).sort_values(ascending=False, kind="stable")


def _differ(one: pd.Series, other: pd.Series) -> np.ndarray:
    """Return where two columns differ; missing equals missing."""
    if all(pd.api.types.is_numeric_dtype(column) for column in (one, other)):
        first, second = (
            column.to_numpy(dtype=float, na_value=np.nan) for column in (one, other)
        )
        return ~np.isclose(first, second, rtol=1e-9, atol=1e-9, equal_nan=True)
    one, other = (column.astype(object) for column in (one, other))
    return ((one != other) & ~(one.isna() & other.isna())).to_numpy()

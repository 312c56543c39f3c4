"""Find features that may know the future: alone, they predict the label too well."""

import pandas as pd

from segmentation.estimators import DecisionTreeClassifier
from segmentation.evidence.metrics import area_under_curve
from segmentation.transforms import transform

# no honest feature of what customers do next comes near: those of the reference sets
# stay under .86. Where customers come like clockwork several do, recency and the like;
# one far ahead of the third best is still suspicious, and near certainty always is.
SUSPICIOUS_AUC, CERTAIN_AUC = 0.95, 0.99


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

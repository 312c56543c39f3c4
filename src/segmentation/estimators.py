"""The parts of scikit-learn the library uses, imported in one place.

dbt runs Python models in threads. Two threads that import different parts of
scikit-learn for the first time at once each see half of it; while one thread imports
this module, the others wait for it.
"""

from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    adjusted_rand_score,
    average_precision_score,
    brier_score_loss,
    roc_auc_score,
    silhouette_score,
)
from threadpoolctl import threadpool_limits

__all__ = [
    "HistGradientBoostingClassifier",
    "KMeans",
    "LogisticRegression",
    "adjusted_rand_score",
    "average_precision_score",
    "brier_score_loss",
    "roc_auc_score",
    "silhouette_score",
    "threadpool_limits",
]

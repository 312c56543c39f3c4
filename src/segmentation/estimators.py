"""The parts of scikit-learn the library uses, imported in one place.

dbt runs Python models in threads. Two threads that import different parts of
scikit-learn for the first time at once each see half of it; while one thread imports
this module, the others wait for it.
"""

from contextlib import AbstractContextManager

from sklearn.cluster import HDBSCAN, KMeans, kmeans_plusplus
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.linear_model import LogisticRegression, PoissonRegressor
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    davies_bouldin_score,
    roc_auc_score,
    silhouette_score,
)
from sklearn.mixture import GaussianMixture
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import ThreadpoolController

# Found once, since to look for them takes as long as a small fit.
_LIBRARIES = ThreadpoolController()


# Sums over threads differ in the last bit from run to run, so every fit has one thread.
# The limit of BLAS holds for the whole process: one that is lifted after a fit would be
# lifted under the fit beside it.
_LIBRARIES.limit(limits=1, user_api="blas")


def one_thread() -> AbstractContextManager[object]:
    """Limit OpenMP, whose limits hold for the calling thread, to one thread."""
    return _LIBRARIES.limit(limits=1, user_api="openmp")


__all__ = [
    "HDBSCAN",
    "DecisionTreeClassifier",
    "GaussianMixture",
    "HistGradientBoostingClassifier",
    "HistGradientBoostingRegressor",
    "KMeans",
    "LogisticRegression",
    "PoissonRegressor",
    "average_precision_score",
    "brier_score_loss",
    "davies_bouldin_score",
    "kmeans_plusplus",
    "one_thread",
    "roc_auc_score",
    "silhouette_score",
]

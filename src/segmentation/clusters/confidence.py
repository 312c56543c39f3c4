"""How sure it is that a customer is in a cluster, and in no other.

Of a Gaussian mixture it is the posterior probability. The other methods are read as the
mixture they are the limit of: prototypes of equal weight and of one spherical variance,
the dispersion.
"""

import numpy as np

from segmentation.clusters.encoding import NOISE


def memberships(
    scores: np.ndarray, clusters: np.ndarray, dispersion: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return how likely each customer is in each cluster.

        confidence of cluster k = sum_{p in k} exp(-q_p / 2d) / sum_p exp(-q_p / 2d)

    Parameters
    ----------
    scores : ndarray, shape (n, m)
        q of every customer and prototype.
    clusters : ndarray of int, shape (m,)
        The cluster of each prototype.
    dispersion : float
        d: the unit of q.

    Returns
    -------
    ids : ndarray of int, shape (k,)
        Clusters, in order.
    shares : ndarray, shape (n, k)
        In rows that sum to 1.

    References
    ----------
    Bishop (2006), Pattern Recognition and Machine Learning, section 9.3.2: k-means as
    the limit of a mixture of spherical Gaussians.
    """
    nearest = scores.min(axis=1, keepdims=True)
    likelihood = np.exp((nearest - scores) / (2 * dispersion))
    ids, places = np.unique(clusters, return_inverse=True)
    shares = likelihood @ (places[:, None] == np.arange(len(ids)))
    return ids, shares / shares.sum(axis=1, keepdims=True)


def confidence(
    scores: np.ndarray, clusters: np.ndarray, dispersion: float, labels: np.ndarray
) -> np.ndarray:
    """Return how sure each customer's own cluster is; missing for noise.

    Parameters
    ----------
    scores, clusters, dispersion
        As in `memberships`.
    labels : ndarray of int, shape (n,)
        The cluster of each customer.
    """
    ids, shares = memberships(scores, clusters, dispersion)
    own = np.where(labels[:, None] == ids, shares, 0).sum(axis=1)
    return np.where(labels == NOISE, np.nan, own)

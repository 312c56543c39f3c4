"""K-means of many starts at once finds what scikit-learn finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans, kmeans_plusplus

from segmentation.clusters import lloyd
from segmentation.clusters.lloyd import improve, least_squares, spread
from segmentation.estimators import one_thread


def points(count=400, seed=1, size=3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, size)) + 2 * rng.integers(3, size=(count, 1))


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 8), st.integers(0, 1000))
def test_the_centres_are_scikit_learns(n_clusters, seed):
    some = points(seed=seed)
    with one_thread():
        theirs = KMeans(n_clusters, n_init=10, random_state=seed).fit(some)
    ours = least_squares(some, n_clusters, seed, starts=10)
    np.testing.assert_allclose(ours, theirs.cluster_centers_, atol=1e-9)


def test_the_centres_to_start_from_are_scikit_learns():
    some = points()
    draws = np.random.RandomState(7).random_sample((1, 1 + 4 * 3))
    theirs, _ = kmeans_plusplus(some, 5, random_state=7)
    assert (spread(some, 5, draws)[0] == theirs).all()


def test_a_start_that_is_given_leads_where_scikit_learns_does():
    some = points()
    with one_thread():
        theirs = KMeans(4, init=some[:4], n_init=1).fit(some).cluster_centers_
    np.testing.assert_allclose(improve(some, some[None, :4])[1], theirs, atol=1e-9)


def test_starts_that_do_not_fit_at_once_go_one_by_one(monkeypatch):
    together = least_squares(points(), 5, 7, starts=10)
    monkeypatch.setattr(lloyd, "_MOST_DISTANCES", 1)
    alone = least_squares(points(), 5, 7, starts=10)
    np.testing.assert_allclose(alone, together, atol=1e-9)


@pytest.mark.parametrize("n_clusters", [1, 2, 3, 6])
def test_copies_of_few_points_are_no_error(n_clusters):
    corners = np.array([[0.0, 0], [0, 1], [5, 5]])
    found = least_squares(np.repeat(corners, 20, axis=0), n_clusters, 7, starts=3)
    assert np.isfinite(found).all()
    if n_clusters >= len(corners):
        np.testing.assert_allclose(np.unique(found.round(9), axis=0), corners)


def test_of_two_centres_in_one_place_the_first_has_the_members():
    some, far = points(50), np.full((1, 2, 3), 100.0)
    _, found = improve(some, far)
    np.testing.assert_allclose(found[0], some.mean(axis=0), atol=1e-9)
    assert (found[1] == 100).all()

"""Each method against scikit-learn, or against cases with known answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier

from segmentation.clusters import methods
from segmentation.clusters.encoding import NOISE, Encoding

TWO = ["x", "y"]


def groups(count=300, seed=1, spread=0.4):
    """Return points about three corners; customers with these as features."""
    rng = np.random.default_rng(seed)
    group = rng.integers(3, size=count)
    centres = np.array([[0.0, 0], [4, 0], [0, 4]])[group]
    frame = pd.DataFrame(centres + spread * rng.normal(size=(count, 2)), columns=TWO)
    return frame.assign(colour=np.array(["red", "blue", "green"])[group], group=group)


def encoded(frame, categories=()):
    """Return points and encoding of a frame whose numbers need no logarithm."""
    encoding = Encoding.learn(frame, TWO, list(categories))
    points = encoding.points(frame)
    points[:, :2] = frame[TWO]
    return points, encoding


# ---------- Gaussian mixture


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 4), st.integers(0, 1000))
def test_a_mixture_places_as_scikit_learn_predicts(n_clusters, seed):
    points, encoding = encoded(groups(200, seed, spread=1.5))
    ours = methods.gaussian_mixture(points, encoding, n_clusters, seed).assign(points)
    theirs = GaussianMixture(
        n_clusters, covariance_type="diag", n_init=3, reg_covar=0.01, random_state=seed
    ).fit(points)
    assert (ours == theirs.predict(points) + 1).all()


def test_the_scores_of_a_mixture_give_its_probabilities():
    points, encoding = encoded(groups(spread=1.5))
    learned = methods.gaussian_mixture(points, encoding, 3, 7)
    theirs = GaussianMixture(
        3, covariance_type="diag", n_init=3, reg_covar=0.01, random_state=7
    ).fit(points)
    likely = np.exp(-learned.scores(points) / (2 * learned.dispersion))
    ours = likely / likely.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(ours, theirs.predict_proba(points), atol=1e-9)


def test_customers_who_are_all_alike_are_no_component_of_no_width():
    frame = groups()
    frame.loc[:150, TWO] = 1.0  # as many as have a single order
    points, encoding = encoded(frame)
    learned = methods.gaussian_mixture(points, encoding, 3, 7)
    assert (1 / learned.weight).min() > 0.0099


# ---------- Ward


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 6), st.integers(0, 1000))
def test_joining_single_customers_is_scikit_learns_ward(n_clusters, seed):
    points = groups(60, seed)[TWO].to_numpy()
    ours = methods.join(points, np.ones(60), n_clusters)
    theirs = AgglomerativeClustering(n_clusters, linkage="ward").fit_predict(points)
    assert adjusted_rand_score(ours, theirs) == 1


def test_a_centre_of_many_counts_as_many_customers():
    centres = np.random.default_rng(3).normal(size=(12, 2))
    sizes = np.arange(1, 13)
    ours = methods.join(centres, sizes, 4)
    copies = np.repeat(np.arange(12), sizes)
    theirs = AgglomerativeClustering(4, linkage="ward").fit_predict(centres[copies])
    assert adjusted_rand_score(ours[copies], theirs) == 1


def test_ward_is_as_good_on_prototypes_as_on_everyone():
    frame = groups(600)
    points, encoding = encoded(frame)
    learned = methods.ward(points, encoding, 3, 7)
    everyone = AgglomerativeClustering(3, linkage="ward").fit_predict(points)
    assert len(learned.cluster) == 60  # a tenth of the customers
    assert adjusted_rand_score(everyone, learned.assign(points)) > 0.99
    many, encoding = encoded(groups(3000))
    assert len(methods.ward(many, encoding, 3, 7).cluster) == methods.MAX_PROTOTYPES


# ---------- HDBSCAN


def test_density_places_by_the_nearest_core_and_calls_the_rest_noise():
    frame = groups(900, spread=0.3)
    far = pd.DataFrame({"x": [9.0, -9, 9], "y": [9.0, -9, -9]})
    points, encoding = encoded(pd.concat([frame, far], ignore_index=True))
    learned = methods.density(points, encoding, None, 7)
    found = learned.assign(points)
    nearest = KNeighborsClassifier(1).fit(learned.centre, learned.cluster)
    inside = found != NOISE
    assert (found[inside] == nearest.predict(points)[inside]).all()
    assert len(learned.cluster) == methods.MAX_PROTOTYPES
    assert adjusted_rand_score(frame["group"], found[:-3]) > 0.95
    assert (found[-3:] == NOISE).all()


def test_density_agrees_with_scikit_learn_on_those_it_clusters():
    points, encoding = encoded(groups(900, spread=0.3))
    found = methods.density(points, encoding, None, 7).assign(points)
    labels = HDBSCAN(min_cluster_size=27, min_samples=10, copy=True).fit_predict(points)
    both = (labels >= 0) & (found != NOISE)
    assert both.mean() > 0.9
    assert adjusted_rand_score(labels[both], found[both]) == 1


def test_density_draws_a_sample_of_many(monkeypatch):
    monkeypatch.setattr(methods, "MAX_DENSITY_ROWS", 300)
    frame = groups(3000, spread=0.3)
    points, encoding = encoded(frame)
    found = methods.density(points, encoding, None, 7).assign(points)
    assert adjusted_rand_score(frame["group"], found) > 0.95


def test_where_nothing_is_dense_there_is_one_cluster():
    points = np.random.default_rng(1).uniform(size=(12, 2))
    encoding = Encoding.learn(pd.DataFrame(points, columns=TWO), TWO)
    learned = methods.density(points, encoding, None, 7)
    assert learned.assign(points).tolist() == [1] * 12


def test_density_takes_its_prototypes_from_the_cores_alone():
    points, encoding = encoded(groups(spread=0.8))
    learned = methods.density(points, encoding, None, 7)
    theirs = HDBSCAN(
        min_cluster_size=max(5, round(300 * methods._SMALLEST_DENSE_SHARE)),
        min_samples=methods._CORE_NEIGHBOURS,
        copy=True,
    ).fit(points)
    is_core = theirs.probabilities_ >= 0.5
    assert (theirs.probabilities_[~is_core] > 0).any()
    assert set(map(tuple, learned.centre)) <= set(map(tuple, points[is_core]))


# ---------- k-prototypes


def test_without_categories_it_is_k_means():
    points, encoding = encoded(groups())
    ours = methods.k_prototypes(points, encoding, 3, 7).assign(points)
    theirs = methods.k_means(points, encoding, 3, 7).assign(points)
    assert adjusted_rand_score(ours, theirs) == 1


def test_a_mixed_centre_is_means_and_modes_and_q_is_the_mixed_dissimilarity():
    frame = groups(spread=1.5)
    frame["colour"] = frame["colour"].where(frame.index % 7 != 0, "blue")
    points, encoding = encoded(frame, ["colour"])
    learned = methods.k_prototypes(points, encoding, 3, 7)
    found = learned.assign(points)
    commonest = frame["colour"].value_counts(normalize=True).iloc[0]
    gamma = 1 / (1 - commonest)
    for place, cluster in enumerate(learned.cluster):
        members = frame[found == cluster]
        mode = members["colour"].mode()[0]
        np.testing.assert_allclose(learned.centre[place, :2], members[TWO].mean())
        away = ((frame[TWO] - members[TWO].mean()) ** 2).sum(axis=1)
        huang = away + gamma * (frame["colour"] != mode)
        np.testing.assert_allclose(learned.scores(points)[:, place], huang)


def test_categories_tell_apart_what_numbers_do_not():
    frame = groups(spread=0.4).assign(x=0.0)  # only y is left: two groups look alike
    frame["x"] += np.random.default_rng(2).normal(size=len(frame)) * 0.3
    points, encoding = encoded(frame, ["colour"])
    mixed = methods.k_prototypes(points, encoding, 3, 7).assign(points)
    numeric, plain = encoded(frame)
    alone = methods.k_means(numeric, plain, 3, 7).assign(numeric)
    assert adjusted_rand_score(frame["group"], mixed) > 0.95
    assert adjusted_rand_score(frame["group"], alone) < 0.7


def test_a_category_that_is_missing_is_as_far_from_all_modes():
    frame = groups(spread=1.0)
    points, encoding = encoded(frame, ["colour"])
    learned = methods.k_prototypes(points, encoding, 3, 7)
    gone = points.copy()
    gone[:, 2:] = 0
    numbers = ((gone[:, None, :2] - learned.centre[:, :2]) ** 2).sum(axis=2)
    added = learned.scores(gone) - numbers
    np.testing.assert_allclose(added, added[0, 0])


def test_where_no_category_is_known_there_is_no_mode():
    frame = groups(spread=0.1)
    frame["colour"] = frame["colour"].where(frame["group"] != 1, None)
    points, encoding = encoded(frame, ["colour"])
    learned = methods.k_prototypes(points, encoding, 3, 7)
    (place,) = np.flatnonzero(learned.centre[:, 0] > 2)
    assert learned.centre[place, 2:].tolist() == [0, 0]
    assert learned.centre[:, 2:].sum() == 2


# ---------- all


@pytest.mark.parametrize("method", methods.METHODS.values(), ids=lambda m: m.name)
def test_a_seed_leads_to_the_same_prototypes_where_there_is_no_structure(method):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.random((300, 2)), columns=TWO)
    frame["colour"] = rng.choice(["red", "blue", "green"], 300)
    points, encoding = encoded(frame, ["colour"] if method.takes_categories else [])
    one, again = (method.learn(points, encoding, 7, 5) for _ in range(2))
    np.testing.assert_array_equal(one.centre, again.centre)


@pytest.mark.parametrize("method", [methods.k_means, methods.ward])
def test_dispersion_is_the_variance_about_the_centres(method):
    points, encoding = encoded(groups())
    learned = method(points, encoding, 2, 7)
    nearest = ((points[:, None] - learned.centre) ** 2).sum(axis=2).min(axis=1)
    assert learned.dispersion == pytest.approx(nearest.sum() / points.size)


@pytest.mark.parametrize("method", methods.METHODS.values(), ids=lambda m: m.name)
def test_what_is_done_first_is_said(method):
    assert method.preprocessing(TWO).split("; ")[0] == "log1p, standardised"
    told = method.preprocessing({"x": 1.5, "y": 1.0})
    assert told.split("; ")[:2] == ["log1p, standardised", "x x 1.5"]


def test_a_feature_counts_for_its_weight():
    customers = groups(spread=1.5)
    points = Encoding.learn(customers, TWO).points(customers)
    weighted = Encoding.learn(customers, {"x": 3.0, "y": 1.0}).points(customers)
    np.testing.assert_allclose(weighted, points * [3, 1], atol=1e-12)
    found = methods.fit(
        "k-means",
        customers.assign(customer_id=customers.index, value=customers["x"]),
        {"x": 3.0, "y": 1.0},
        [],
        3,
        value="value",
        seed=7,
    ).assign(customers)
    theirs = KMeans(3, n_init=10, random_state=7).fit(points * [3, 1]).labels_
    assert adjusted_rand_score(found, theirs) == 1
    plain = KMeans(3, n_init=10, random_state=7).fit(points).labels_
    assert adjusted_rand_score(found, plain) < 0.9

"""Each measure on cases whose answer is known."""

import numpy as np
import pytest
from sklearn.metrics import davies_bouldin_score, silhouette_score

from segmentation.clusters import measures

LINE = np.array([[0.0], [1], [10], [11]])
PAIRS = np.array([1, 1, 2, 2])


def test_the_silhouette_of_two_pairs():
    # own 1; the other pair is 10.5 and 9.5 away on average
    expected = np.mean([1 - 1 / 10.5, 1 - 1 / 9.5])
    assert measures.silhouette(LINE, PAIRS) == pytest.approx(expected)


def test_the_davies_bouldin_index_of_two_pairs():
    assert measures.davies_bouldin(LINE, PAIRS) == pytest.approx((0.5 + 0.5) / 10)


def test_noise_has_no_part_in_how_far_clusters_are_apart():
    points = np.random.default_rng(1).normal(size=(60, 2))
    labels = np.arange(60) % 4  # 0 is noise
    inside = labels > 0
    assert measures.silhouette(points, labels) == pytest.approx(
        silhouette_score(points[inside], labels[inside])
    )
    assert measures.davies_bouldin(points, labels) == pytest.approx(
        davies_bouldin_score(points[inside], labels[inside])
    )


@pytest.mark.parametrize("labels", [[1, 1, 1, 1], [0, 0, 0, 0], [1, 2, 3, 4]])
def test_one_cluster_or_each_on_its_own_is_no_separation(labels):
    assert measures.silhouette(LINE, np.array(labels)) is None
    assert measures.davies_bouldin(LINE, np.array(labels)) is None


def test_shares_are_of_all_customers():
    labels = np.array([0, 0, 1, 3, 3, 3, 3, 3])
    assert measures.smallest_share(labels) == 1 / 8
    assert measures.noise_share(labels) == 2 / 8
    assert measures.smallest_share(np.zeros(4, dtype=int)) == 0


def test_the_adjusted_rand_index_of_hubert_and_arabie():
    # Σ(n_ij over 2) = 2, rows 6, columns 4, of 15 pairs; expected 1.6
    one = np.array([1, 1, 1, 2, 2, 2])
    other = np.array([1, 1, 2, 2, 3, 3])
    assert measures.agreement(one, other) == pytest.approx(
        (2 - 6 * 3 / 15) / ((6 + 3) / 2 - 6 * 3 / 15)
    )
    assert measures.agreement(one, 3 - one) == 1


def test_prediction_strength_is_that_of_the_worst_cluster():
    own = np.array([1, 1, 1, 1, 2, 2, 2])
    # of the 6 pairs of cluster 1 are 3 together; of the 3 pairs of cluster 2 is 1
    placed = np.array([5, 5, 5, 6, 5, 6, 6])
    assert measures.prediction_strength(own, placed) == pytest.approx(1 / 3)
    assert measures.prediction_strength(own, own + 7) == 1


def test_those_placed_in_no_cluster_are_not_together():
    own = np.array([1, 1, 1])
    assert measures.prediction_strength(own, np.array([0, 0, 0])) == 0
    assert measures.prediction_strength(own, np.array([2, 2, 0])) == pytest.approx(
        1 / 3
    )
    assert measures.prediction_strength(np.array([0, 0]), np.array([1, 1])) is None
    assert measures.prediction_strength(np.array([1, 2, 2]), np.array([1, 2, 2])) == 0


def test_what_clusters_explain_is_measured_with_means_of_others():
    learned, groups = np.array([0.0, 2, 10, 12]), np.array([1, 1, 2, 2])
    # means 1 and 11 of them, 6 of all: 1 - (1 + 1) / (36 + 36)
    assert measures.explained(
        np.array([0.0, 12]), np.array([1, 2]), learned, groups
    ) == pytest.approx(1 - 2 / 72)
    # those who are judged spend more: 1 - (1 + 81) / (36 + 196), by the mean of others
    assert measures.explained(
        np.array([0.0, 20]), np.array([1, 2]), learned, groups
    ) == pytest.approx(1 - 82 / 232)
    # a group that nobody taught is expected to be like all
    assert measures.explained(
        np.array([0.0, 12]), np.array([3, 3]), learned, groups
    ) == pytest.approx(0)
    # worse than none
    assert (
        measures.explained(np.array([0.0, 12]), np.array([2, 1]), learned, groups) < 0
    )


def test_an_outcome_that_is_the_same_for_all_is_not_explained():
    same, groups = np.ones(4), np.array([1, 1, 2, 2])
    assert measures.explained(same, groups, same, groups) is None
    assert measures.explained(same[:0], groups[:0], same, groups) is None


def test_noise_fitted_by_many_groups_explains_nothing_out_of_sample():
    rng = np.random.default_rng(5)
    groups, outcome = rng.integers(1, 200, 400), rng.normal(size=400)
    inside = measures.explained(outcome, groups, outcome, groups)
    outside = measures.explained(
        outcome[:200], groups[:200], outcome[200:], groups[200:]
    )
    assert inside > 0.3
    assert outside < 0


@pytest.mark.parametrize("with_copies", [True, False])
def test_stability_is_the_mean_agreement_over_seeded_resamples(with_copies):
    points = np.arange(30.0)[:, None]
    labels = np.repeat([1, 2, 3], 10)
    seen = []

    def learn(some):
        seen.append(some[:, 0])
        return lambda points: (points[:, 0] < np.median(some)).astype(int)

    settings = {"bootstraps": 4, "with_copies": with_copies}
    found = measures.stability(points, labels, learn, seed=3, **settings)
    agree = [measures.agreement(labels, points[:, 0] < np.median(s)) for s in seen]
    assert found == pytest.approx(np.mean(agree))
    assert len(seen) == 4
    for some in seen:
        assert (len(some) == 30) == with_copies
        assert len(np.unique(some)) < 30
    assert found == measures.stability(points, labels, learn, seed=3, **settings)
    for one, again in zip(seen[:4], seen[4:], strict=True):
        np.testing.assert_array_equal(one, again)
    measures.stability(points, labels, learn, seed=4, **settings)
    assert not np.array_equal(seen[0], seen[8])

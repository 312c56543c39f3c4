import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.mixture import GaussianMixture

from segmentation.clusters.alignment import (
    KEPT,
    NEW,
    VANISHED,
    align,
    match,
    overlaps,
    shifts,
)
from segmentation.clusters.confidence import confidence, memberships

PAIRS = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=60
)


def centres(labels, values=None):
    """Return where clusters are, on the values of their members."""
    values = np.zeros(len(labels)) if values is None else values
    return pd.DataFrame({"x": values}).groupby(np.asarray(labels)).mean()


def aligned(labels, previous, values=None, **options):
    labels, previous = np.asarray(labels), np.asarray(previous)
    return align(
        labels,
        previous,
        centres(labels, values),
        centres(previous, values),
        **{"highest_id": int(previous.max()), **options},
    )


def states(found):
    return found.report.set_index("cluster_id")["state"].to_dict()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=60), st.permutations(range(6)))
def test_the_same_fit_under_other_numbers_has_the_same_ids(before, order):
    previous = np.array(before)
    labels = np.array([order[number - 1] + 11 for number in before])

    found = aligned(labels, previous)

    assert [found.ids[label] for label in labels] == previous.tolist()
    assert found.agreement == 1
    assert set(found.report["state"]) == {KEPT}


@settings(max_examples=200, deadline=None)
@given(PAIRS, st.sampled_from([-1.0, 0.3, 0.5]))
def test_ids_never_swap_nor_return(pairs, min_agreement):
    labels, previous = (np.array(side) for side in zip(*pairs, strict=True))

    found = aligned(labels, previous, highest_id=9, min_agreement=min_agreement)

    ids = list(found.ids.values())
    assert len(set(ids)) == len(ids)
    for number, cluster_id in found.ids.items():
        # an id is that of a cluster it shares at least a third with, or one never used
        if cluster_id <= 9:
            assert overlaps(labels, previous).loc[number, cluster_id] >= 1 / 3
    new = sorted(cluster_id for cluster_id in ids if cluster_id > 9)
    assert new == list(range(10, 10 + len(new)))
    # no pair swaps: exchanging two kept ids would never share more
    kept = {n: i for n, i in found.ids.items() if i <= 9}
    shared = overlaps(labels, previous)
    for one, its in kept.items():
        for other, theirs in kept.items():
            straight = shared.loc[one, its] + shared.loc[other, theirs]
            crossed = shared.loc[one, theirs] + shared.loc[other, its]
            assert straight >= crossed - 1e-12


@settings(max_examples=50, deadline=None)
@given(st.lists(PAIRS, min_size=2, max_size=6))
def test_an_id_that_is_gone_is_never_given_again(fits):
    size = max(map(len, fits))
    highest, ever, gone = 0, set(), set()
    previous = None
    for pairs in fits:
        labels = np.resize(np.array([number for number, _ in pairs]), size)
        found = align(
            labels,
            previous,
            centres(labels),
            None if previous is None else centres(previous),
            highest_id=highest,
        )
        now = set(found.ids.values())
        assert not now & gone
        gone |= ever - now
        ever |= now
        highest = max(ever)
        previous = np.array([found.ids[label] for label in labels])


def test_the_first_fit_keeps_its_own_numbers():
    labels = np.array([1, 2, 3])
    found = align(labels, None, centres(labels), None)
    assert found.ids == {1: 1, 2: 2, 3: 3}
    assert found.agreement is None
    assert not found.is_new_generation
    assert set(found.report["state"]) == {NEW}


def test_a_cluster_that_splits_is_kept_by_its_larger_part():
    previous = np.repeat([1, 2], [100, 100])
    labels = np.repeat([7, 8, 9], [70, 30, 100])
    found = aligned(labels, previous)
    assert found.ids == {7: 1, 8: 3, 9: 2}
    report = found.report.set_index("cluster_id")
    assert report.loc[3, "previous_cluster_id"] == 1
    assert report.loc[3, "overlap"] == pytest.approx(0.3)


def test_a_cluster_that_is_no_more_is_reported():
    previous = np.repeat([1, 2, 3], [100, 100, 20])
    labels = np.repeat([1, 2, 2], [100, 100, 20])
    found = aligned(labels, previous)
    assert states(found) == {1: KEPT, 2: KEPT, 3: VANISHED}


def test_the_same_members_around_another_centre_are_another_cluster():
    labels = np.repeat([1, 2], 50)
    found = align(
        labels,
        labels,
        pd.DataFrame({"x": [0.0, 5.0]}, index=[1, 2]),
        pd.DataFrame({"x": [0.5, 3.5]}, index=[1, 2]),
        highest_id=2,
    )
    assert found.ids == {1: 1, 2: 3}
    assert not found.is_new_generation


def test_a_shift_is_the_root_of_the_mean_square_over_the_features_both_have():
    now = pd.DataFrame({"x": [3.0], "y": [4.0], "z": [9.0]}, index=[7])
    before = pd.DataFrame({"x": [0.0, 3.0], "y": [0.0, 4.0]}, index=[1, 2])
    np.testing.assert_allclose(shifts(now, before), [[5 / np.sqrt(2), 0]])
    assert (shifts(now, before[[]]) == 0).all(axis=None)


@pytest.mark.parametrize(
    ("overlap", "shift", "pairs"),
    [(0.4, 0.8, {7: 1}), (0.39, 0.8, {}), (0.4, 0.81, {})],
)
def test_a_pair_on_the_limits_is_one(overlap, shift, pairs):
    found = (pd.DataFrame([[value]], [7], [1]) for value in (overlap, shift))
    assert match(*found, min_overlap=0.4, max_shift=0.8) == pairs


def test_of_equal_overlaps_the_nearer_centre_is_the_pair():
    overlap = pd.DataFrame(0.5, [7, 8], [1, 2])
    shift = pd.DataFrame([[0.2, 0.9], [0.9, 0.2]], [7, 8], [1, 2])
    assert match(overlap, shift, 1 / 3, 1.0) == {7: 1, 8: 2}
    assert match(overlap, shift[[2, 1]].set_axis([1, 2], axis=1), 1 / 3, 1.0) == {
        7: 2,
        8: 1,
    }


def test_a_generation_is_new_below_the_least_agreement():
    previous, labels = np.repeat([1, 2], 50), np.r_[np.repeat([1, 2], 45), [1] * 10]
    least = aligned(labels, previous).agreement
    assert 0 < least < 1
    assert not aligned(labels, previous, min_agreement=least).is_new_generation
    over = np.nextafter(least, 1)
    assert aligned(labels, previous, min_agreement=over).is_new_generation


def test_where_hardly_anyone_stays_together_it_is_a_new_generation():
    rng = np.random.default_rng(1)
    previous = rng.integers(1, 4, 300)
    labels = np.where(rng.random(300) < 0.6, previous, rng.integers(1, 4, 300))

    found = aligned(labels, previous)

    assert 0.2 < found.agreement < 0.5
    assert found.is_new_generation
    assert sorted(found.ids.values()) == [4, 5, 6]
    # not in silence: the report names what each was and what is no more
    assert found.report["overlap"].notna().all()
    assert states(found) == {1: VANISHED, 2: VANISHED, 3: VANISHED} | dict.fromkeys(
        (4, 5, 6), NEW
    )


def test_what_people_lock_is_kept_through_a_new_generation():
    rng = np.random.default_rng(1)
    previous, labels = rng.integers(1, 4, 300), rng.integers(1, 4, 300)
    found = aligned(labels, previous, held={3: 2})
    assert found.is_new_generation
    assert found.ids == {3: 2, 1: 4, 2: 5}


def test_noise_is_no_cluster_and_has_no_id():
    labels = np.repeat([0, 1], 50)
    found = align(labels, labels, centres(labels[50:]), centres(labels[50:]))
    assert found.ids == {1: 1}


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 12), st.floats(1e-3, 10))
def test_confidence_sums_to_one_and_is_highest_for_the_nearest(seed, count, dispersion):
    rng = np.random.default_rng(seed)
    scores = rng.gamma(1, 20, size=(40, count)) * rng.choice([1, 100])
    clusters = np.arange(1, count + 1)
    ids, shares = memberships(scores, clusters, dispersion)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_array_equal(ids[shares.argmax(axis=1)], 1 + scores.argmin(axis=1))


def test_confidence_is_the_posterior_of_a_gaussian_mixture():
    rng = np.random.default_rng(3)
    points = np.concatenate([rng.normal(m, 1 + m / 4, (200, 3)) for m in (0, 2, 5)])
    model = GaussianMixture(3, covariance_type="diag", random_state=0).fit(points)
    away = (points[:, None] - model.means_) ** 2 / model.covariances_
    offset = np.log(model.covariances_).sum(axis=1) - 2 * np.log(model.weights_)
    _, shares = memberships(away.sum(axis=2) + offset, np.arange(3), 1.0)
    np.testing.assert_allclose(shares, model.predict_proba(points), atol=1e-9)


def test_noise_has_no_confidence():
    scores = np.array([[0.0, 1.0], [9.0, 9.0]])
    found = confidence(scores, np.array([1, 2]), 1.0, np.array([1, 0]))
    assert found[0] == pytest.approx(1 / (1 + np.exp(-0.5)))
    assert np.isnan(found[1])

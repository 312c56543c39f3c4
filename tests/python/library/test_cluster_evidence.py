"""The evidence for each method and number of clusters, and the choice."""

import numpy as np
import pandas as pd
import pytest
from test_clusters import CATEGORIES, FEATURES, blobs

from segmentation.clusters.evidence import (
    EVIDENCE_SCHEMA,
    _drawn,
    _outcome,
    choose,
    compare,
    faults_of,
)
from segmentation.clusters.methods import METHODS

QUICK = ["k-means"]


def evidence(customers, earlier=None, methods=QUICK, counts=(2, 3, 4), **settings):
    settings = {"seed": 7, "min_customers": 20, **settings}
    return compare(
        customers,
        earlier,
        FEATURES,
        CATEGORIES,
        list(methods),
        list(counts),
        **settings,
    )


def frame(*arguments, **settings):
    return evidence(*arguments, **settings).to_pandas()


def noise(count=600, seed=1):
    """Return customers without any groups: numbers drawn evenly."""
    rng = np.random.default_rng(seed)
    return blobs(count).assign(
        days_since_last_order=np.expm1(rng.uniform(0, 6, count)),
        count_orders=np.expm1(rng.uniform(0, 6, count)),
        favourite_channel=rng.choice(["web", "app"], count),
    )


def a_quarter_ago(customers, spend_by_group=(0, 20, 400)):
    """Return customers as earlier, and what they then did, which their group says."""
    spent = np.array(spend_by_group, dtype=float)[customers["group"]]
    return customers.assign(next_net_amount=spent, is_churned=spent == 0)


# ---------- what is measured


def test_three_clear_groups_are_found():
    table = frame(blobs()).set_index("n_clusters")
    assert table.index[table["is_chosen"]].tolist() == [3]
    best = table.loc[3]
    assert best["silhouette"] > 0.8
    assert best["davies_bouldin"] < 0.3
    assert best[["stability_ari", "prediction_strength", "holdout_ari"]].min() > 0.99
    assert best["smallest_share"] > 0.25
    assert best["noise_share"] == 0


def test_there_is_a_row_per_method_and_number_and_one_where_the_number_is_found():
    table = frame(blobs(), methods=METHODS, counts=[3, 2, 3])
    rows = table.groupby("method", sort=False)["n_clusters"].apply(list)
    assert set(rows.index) == set(METHODS)
    assert all(counts == [2, 3] for counts in rows.drop("HDBSCAN"))
    assert len(rows["HDBSCAN"]) == 1
    assert table["preprocessing"].str.startswith("log1p, standardised").all()
    assert table[table["n_clusters"] == 3]["silhouette"].min() > 0.8


def test_without_categories_there_is_no_second_k_means():
    table = compare(
        blobs(), None, FEATURES, [], list(METHODS), [3], seed=7, min_customers=20
    )
    assert "k-prototypes" not in table.to_pandas()["method"].tolist()


def test_the_order_of_rows_changes_nothing():
    customers = blobs()
    earlier = a_quarter_ago(blobs(seed=2))
    shuffled = [part.sample(frac=1, random_state=3) for part in (customers, earlier)]
    one = evidence(customers, earlier, methods=METHODS)
    assert one.equals(evidence(*shuffled, methods=METHODS))


def test_the_work_is_bounded_by_a_sample(monkeypatch):
    seen = []
    monkeypatch.setattr(
        "segmentation.clusters.evidence.measures.silhouette",
        lambda points, labels: seen.append(len(points)),
    )
    table = frame(blobs(500), counts=[3], max_rows=200)
    assert seen == [200]
    assert table["count_customers"].tolist() == [500]


# ---------- overfitting is seen


@pytest.mark.parametrize("method", ["k-means", "Ward"])
def test_clusters_that_are_not_there_do_not_hold_on_the_other_half(method):
    apart = frame(noise(), methods=[method], counts=[7]).iloc[0]
    there = frame(blobs(600), methods=[method], counts=[3]).iloc[0]
    # the silhouette in the sample does not tell: over .3, as on real shops
    assert apart["silhouette"] > 0.3
    assert apart["prediction_strength"] < 0.6
    assert apart["holdout_ari"] < there["holdout_ari"] - 0.2
    assert there["prediction_strength"] > 0.95


def test_usefulness_is_what_is_explained_of_those_who_did_not_teach_it():
    customers = blobs()
    useful = frame(customers, a_quarter_ago(blobs(600, 2)), counts=[3]).iloc[0]
    assert useful["spend_explained"] > 0.95
    assert useful["churn_explained"] > 0.95
    # what follows has nothing to do with who they are: shuffled
    luck = a_quarter_ago(blobs(600, 2))
    outcomes = ["next_net_amount", "is_churned"]
    luck[outcomes] = luck[outcomes].sample(frac=1, random_state=1).to_numpy()
    useless = frame(customers, luck, counts=[3]).iloc[0]
    assert abs(useless["spend_explained"]) < 0.05
    assert abs(useless["churn_explained"]) < 0.05


@pytest.mark.parametrize("earlier", [None, a_quarter_ago(blobs(10))])
def test_without_an_earlier_quarter_usefulness_is_not_known(earlier):
    row = frame(blobs(), earlier, counts=[3]).iloc[0]
    assert np.isnan(row["spend_explained"])
    assert row["is_chosen"]


# ---------- the choice


def rows_with(**columns):
    """Return evidence as `choose` sees it."""
    count = len(next(iter(columns.values())))
    defaults = {
        "method": ["k-means"] * count,
        "n_clusters": list(range(3, 3 + count)),
        "silhouette": [0.3] * count,
        "stability_ari": [0.9] * count,
        "spend_explained": [0.2] * count,
        "churn_explained": [0.2] * count,
        "is_eligible": [True] * count,
        "is_chosen": [False] * count,
        "verdict": ["eligible"] * count,
    }
    return pd.DataFrame(defaults | columns).astype(object).to_dict("records")


def chosen(rows):
    choose(rows)
    found = [row for row in rows if row["is_chosen"]]
    assert len(found) == 1
    return (found[0]["method"], found[0]["n_clusters"]), found[0]["verdict"]


def test_the_best_separated_is_chosen_where_all_are_as_useful():
    which, verdict = chosen(rows_with(silhouette=[0.3, 0.4, 0.35]))
    assert which == ("k-means", 4)
    assert verdict == (
        "chosen: best silhouette of those eligible; no other is clearly more useful"
    )


def test_a_number_that_is_clearly_more_useful_comes_before_separation():
    which, verdict = chosen(
        rows_with(silhouette=[0.5, 0.4, 0.3], spend_explained=[0.2, 0.25, 0.26])
    )
    assert which == ("k-means", 4)
    assert verdict == (
        "chosen: clearly more useful than k-means with 3: 0.225 against 0.200; "
        "no other is clearly more useful"
    )


@pytest.mark.parametrize(
    ("explained", "expected"), [(0.22, "k-means"), (0.25, "Ward"), (None, "k-means")]
)
def test_another_method_has_to_be_clearly_more_useful(explained, expected):
    which, _ = chosen(
        rows_with(
            method=["k-means", "Ward"],
            silhouette=[0.3, 0.34],
            spend_explained=[0.2, explained],
            churn_explained=[0.2, explained],
        )
    )
    assert which[0] == expected


def test_where_usefulness_is_not_known_the_simplest_method_stays():
    nothing = {"spend_explained": [None, None], "churn_explained": [None, None]}
    rows = rows_with(method=["k-means", "Ward"], silhouette=[0.3, 0.9], **nothing)
    which, verdict = chosen(rows)
    assert which[0] == "k-means"
    assert verdict == "chosen: best silhouette of those eligible"


def test_a_method_that_is_not_eligible_is_not_chosen_however_useful():
    which, _ = chosen(
        rows_with(
            method=["k-means", "Ward"],
            spend_explained=[0.1, 0.9],
            is_eligible=[True, False],
        )
    )
    assert which[0] == "k-means"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"smallest_share": 0.02}, "the smallest cluster is under 3%"),
        ({"stability_ari": 0.7}, "stability is under 0.75"),
        ({"holdout_ari": 0.4}, "agreement on the other half is under 0.5"),
        ({"noise_share": 0.3}, "over 20% are in no cluster"),
        ({"n_clusters": 1}, "there is no second cluster"),
    ],
)
def test_each_fault_is_named(change, said):
    sound = {
        "n_clusters": 3,
        "smallest_share": 0.2,
        "stability_ari": 0.9,
        "holdout_ari": None,
        "noise_share": 0.0,
    }
    assert faults_of(sound) == []
    assert faults_of(sound | change) == [said]


def test_where_none_is_eligible_the_most_stable_is_chosen_and_it_says_so(monkeypatch):
    monkeypatch.setattr("segmentation.clusters.evidence.MIN_STABILITY", 0.999)
    table = frame(noise(), counts=[5, 6])
    which = table[table["is_chosen"]]
    assert len(which) == 1
    assert which["stability_ari"].item() == table["stability_ari"].max()
    assert "none is eligible" in which["verdict"].item()


# ---------- little to learn from


@pytest.mark.parametrize(
    ("customers", "said"),
    [
        (blobs(10), "too few customers: 10, and 20 are needed"),
        (blobs(0), "too few customers: 0"),
        (
            blobs(50).assign(days_since_last_order=1, count_orders=1),
            "too few distinct customers: 1",
        ),
    ],
)
def test_with_nothing_to_learn_there_is_a_verdict_and_no_choice(customers, said):
    table = evidence(customers, methods=METHODS)
    assert table.schema == EVIDENCE_SCHEMA
    found = table.to_pandas()
    assert found["verdict"].str.contains(said).all()
    assert not found["is_chosen"].any()


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
@pytest.mark.parametrize("count", [20, 23, 40])
def test_a_handful_of_customers_is_no_error(count):
    customers = blobs(count)
    table = frame(customers, a_quarter_ago(customers), methods=METHODS, counts=[2, 8])
    assert table["is_chosen"].sum() == 1


def test_few_kinds_of_customers_are_no_error():
    customers = blobs(60).assign(
        days_since_last_order=np.arange(60) % 2, count_orders=np.arange(60) % 3
    )
    table = frame(customers, methods=METHODS, counts=[2, 5])
    assert table["is_chosen"].sum() == 1


def test_spend_counts_by_its_logarithm_returns_below_zero():
    amounts = pd.DataFrame({"next_net_amount": [1 - np.e, 0, np.e - 1]})
    np.testing.assert_allclose(_outcome(amounts, "next_net_amount"), [-1, 0, 1])


def test_a_sample_is_not_of_those_who_joined_first():
    customers = blobs(200)
    sample = _drawn(customers.sample(frac=1, random_state=1), 50, seed=7)
    assert len(sample) == 50
    assert sample["customer_id"].is_monotonic_increasing
    assert 10 < (sample["customer_id"] >= "c0100").sum() < 40
    pd.testing.assert_frame_equal(sample, _drawn(customers, 50, seed=7))
    assert not sample.equals(_drawn(customers, 50, seed=8))

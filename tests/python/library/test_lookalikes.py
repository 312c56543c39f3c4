import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from segmentation.lookalikes import (
    EVIDENCE_SCHEMA,
    LOOKALIKES_SCHEMA,
    MIN_SEEDS,
    MOST_PROTOTYPES,
    SPEND,
    Behaviour,
    Prototypes,
    Standing,
    find_lookalikes,
    judge_lists,
)

FEATURES = ["days_since_last_order", "count_orders"]


def shop(count=3_000, seed=1):
    """Return customers in three groups that differ in pace, and not in spend."""
    rng = np.random.default_rng(seed)
    group = rng.integers(3, size=count)
    return pd.DataFrame(
        {
            "customer_id": [f"c{number:05d}" for number in range(count)],
            "days_since_last_order": np.exp(np.array([6, 4, 2])[group])
            * rng.lognormal(0, 0.3, count),
            "count_orders": np.exp(np.array([1, 2, 3])[group])
            * rng.lognormal(0, 0.3, count),
            SPEND: rng.lognormal(4, 1, count),
            "is_sampled": True,
            "group": group,
        }
    )


def list_of(customers, chosen, list_id="list:some"):
    """Return the seeds of a list, and the customers as candidates."""
    seeds = customers[chosen].assign(list_id=list_id)
    seeds["is_held_out"] = np.arange(len(seeds)) % 2 == 0
    return seeds, customers.assign(member_of=np.where(chosen, list_id, ""))


def batches(candidates, rows=1_000):
    return pa.Table.from_pandas(candidates, preserve_index=False).to_batches(rows)


def found(customers, seeds, candidates, count=100, rows=1_000):
    return find_lookalikes(
        batches(candidates, rows),
        customers,
        seeds,
        features=FEATURES,
        count=count,
        seed=7,
    )


def judged(customers, seeds, candidates, lists=(), rows=1_000):
    return judge_lists(
        batches(candidates, rows),
        customers,
        seeds,
        list(lists),
        features=FEATURES,
        seed=7,
    )


@pytest.fixture(scope="module")
def customers():
    return shop()


@pytest.fixture(scope="module")
def some(customers):
    """Return a third of the last group as a list, and the candidates."""
    rng = np.random.default_rng(2)
    return list_of(customers, (customers["group"] == 2) & (rng.random(3_000) < 1 / 3))


def test_lookalikes_are_of_the_lists_kind_best_first_and_never_in_it(customers, some):
    table = found(customers, *some).to_pandas()

    group = customers.set_index("customer_id")["group"]
    assert group[table["customer_id"]].eq(2).mean() > 0.97
    assert table["lookalike_rank"].tolist() == list(range(1, 101))
    assert table["similarity"].is_monotonic_decreasing
    assert table["similarity"].between(0.5, 1).all()
    assert not set(table["customer_id"]) & set(some[0]["customer_id"])
    assert set(table["nearest_seed_customer_id"]) <= set(some[0]["customer_id"])


def test_the_nearest_customer_of_the_list_is_the_nearest(customers, some):
    table = found(customers, *some, count=20).to_pandas()
    assert len(table) == 20
    behaviour = Behaviour.of(customers, FEATURES, 7)
    seeds = some[0].reset_index(drop=True)
    theirs = behaviour.values(seeds)
    for row in table.itertuples():
        own = customers[customers["customer_id"] == row.customer_id]
        apart = np.sqrt(((theirs - behaviour.values(own)) ** 2).mean(axis=1))
        assert row.distance_to_nearest_seed == pytest.approx(apart.min())
        assert row.nearest_seed_customer_id == seeds["customer_id"][apart.argmin()]


def test_the_order_of_rows_and_the_size_of_batches_change_nothing(customers, some):
    seeds, candidates = some
    shuffled = [
        frame.sample(frac=1, random_state=3) for frame in (customers, seeds, candidates)
    ]

    for build in (found, judged):
        assert build(customers, *some).equals(build(*shuffled, rows=77))


def test_half_of_a_list_leads_back_to_the_other_half(customers, some):
    (row,) = judged(customers, *some).to_pylist()

    others = (customers["group"] == 2).sum() - len(some[0])
    assert row["count_held_out"] == some[0]["is_held_out"].sum()
    assert row["count_candidates"] == 3_000 - (~some[0]["is_held_out"]).sum()
    # of the group, every other one is as good a guess as a held-out one
    best = row["count_held_out"] / (row["count_held_out"] + others)
    hits = row["count_found"] / row["count_held_out"]
    assert hits == pytest.approx(best, abs=0.1)
    assert row["auc"] == pytest.approx(5 / 6, abs=0.04)  # others hold half of the top
    assert row["baseline_auc"] == pytest.approx(0.5, abs=0.05)


def test_a_list_drawn_at_random_has_no_lookalikes_worth_the_name(customers):
    chosen = np.random.default_rng(4).random(3_000) < 0.2
    (row,) = judged(customers, *list_of(customers, chosen)).to_pylist()

    base = row["count_held_out"] / row["count_candidates"]
    assert row["count_found"] / row["count_held_out"] == pytest.approx(base, abs=0.06)
    assert row["auc"] == pytest.approx(0.5, abs=0.05)


def test_spend_alone_is_told_as_good_where_it_is(customers):
    for chosen, words in (
        (customers[SPEND] > customers[SPEND].quantile(0.9), "highest spend first"),
        (customers[SPEND] < customers[SPEND].quantile(0.1), "lowest spend first"),
    ):
        (row,) = judged(customers, *list_of(customers, chosen)).to_pylist()
        assert row["baseline"] == words
        assert row["baseline_auc"] == 1
        assert row["count_found_by_baseline"] == row["count_held_out"]
        assert row["count_found"] < row["count_held_out"] / 2


@pytest.mark.parametrize("ties", [False, True])
def test_where_the_held_out_stand_is_what_scikit_learn_finds(ties):
    rng = np.random.default_rng(5)
    held, others = rng.random(50) ** 0.5, rng.random(2_000)
    if ties:
        held, others = held.round(1), others.round(1)
    standing = Standing(held)
    for part in np.array_split(others, 7):
        standing.add(part)

    actual = np.repeat([1, 0], [50, 2_000])
    scores = np.concatenate([held, others])
    assert standing.auc == pytest.approx(roc_auc_score(actual, scores))
    ranks = pd.Series(-scores).rank(method="average").to_numpy()[:50]
    assert (standing.found == (ranks <= 50)).all()


def test_found_are_those_among_the_first_and_who_tie_for_the_last_place():
    standing = Standing(np.array([5.0, 3]))
    standing.add(np.array([4.0, 2, 1]))
    assert standing.found.tolist() == [True, False]  # the places are 1 and 3 of 2
    tied = Standing(np.array([5.0, 3]))
    tied.add(np.array([3.0, 1]))
    assert tied.found.tolist() == [True, True]


def test_density_is_a_gaussian_kernel_of_half_a_deviation_per_feature():
    seen = Prototypes(np.array([[0.0, 0], [3, 4]]), np.array([0.75, 0.25]))
    found = seen.density(np.array([[0.0, 0], [1, 2]]))
    scale = 2 * 0.5**2
    expected = [
        0.75 + 0.25 * np.exp(-25 / scale),
        0.75 * np.exp(-5 / scale) + 0.25 * np.exp(-8 / scale),
    ]
    np.testing.assert_allclose(found, expected)


def test_a_list_is_not_one_whose_name_begins_alike(customers, some):
    seeds, candidates = some
    apart = candidates.assign(
        member_of=candidates["member_of"].replace("", "list:some2")
    )
    assert found(customers, seeds, apart).equals(found(customers, *some))


def test_thirty_are_enough_to_judge_a_list(customers):
    (row,) = judged(customers, *list_of(customers, np.arange(3_000) < 30)).to_pylist()
    assert row["fault"] is None


def test_a_list_as_dense_as_everyone_has_a_similarity_of_a_half(customers):
    behaviour = Behaviour.of(customers, FEATURES, 7)
    values = behaviour.values(customers)
    dense = behaviour.everyone.density(values)
    similarity = behaviour.similarity(values, dense, behaviour.everyone)
    assert (similarity == 0.5).all()
    far = np.full((1, 2), 1e6)
    nowhere = behaviour.everyone.density(far)
    assert behaviour.similarity(far, nowhere, behaviour.everyone) == 0.5


def test_prototypes_are_bounded_and_as_dense_as_the_customers_themselves(customers):
    values = Behaviour.of(customers, FEATURES, 7).values(customers)
    few = Prototypes.of(values, seed=7)
    all_of_them = Prototypes.of(values, seed=7, most=len(values))

    assert few.points.shape == (MOST_PROTOTYPES, 2)
    assert few.weights.sum() == pytest.approx(1)
    ratio = few.density(values) / all_of_them.density(values)
    assert np.abs(ratio - 1).mean() < 0.02


def test_too_few_or_too_many_in_a_list_is_said(customers):
    few, candidates = list_of(customers, np.arange(3_000) < MIN_SEEDS - 1)
    assert found(customers, few, candidates).equals(LOOKALIKES_SCHEMA.empty_table())
    rows = judged(customers, few, candidates, ["rfm:nobody"]).to_pylist()
    assert {row["list_id"]: row["fault"] for row in rows} == {
        "list:some": "too few customers in the list: 29 have bought, and 30 are needed",
        "rfm:nobody": "too few customers in the list: 0 have bought, and 30 are needed",
    }

    everyone = list_of(customers, np.full(3_000, True))
    assert len(found(customers, *everyone)) == 0
    (row,) = judged(customers, *everyone).to_pylist()
    assert row["fault"] == "every customer who has bought is in the list"
    assert row["auc"] is None


def test_an_empty_shop_has_no_lookalikes(customers):
    nobody = customers.iloc[:0]
    seeds, candidates = list_of(nobody, np.full(0, True))
    assert found(nobody, seeds, candidates).schema.equals(LOOKALIKES_SCHEMA)
    assert judged(nobody, seeds, candidates).schema.equals(EVIDENCE_SCHEMA)
    (row,) = judged(nobody, seeds, candidates, ["rfm:champions"]).to_pylist()
    assert row["fault"].startswith("too few")


def test_customers_who_are_all_alike_tie_by_id():
    same = shop(200).assign(days_since_last_order=5.0, count_orders=2.0)
    seeds, candidates = list_of(same, np.arange(200) % 2 == 0)
    table = found(same, seeds, candidates, count=10).to_pandas()
    assert table["customer_id"].tolist() == [f"c{n:05d}" for n in range(1, 20, 2)]
    assert (table["similarity"] == 0.5).all()

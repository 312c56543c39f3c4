import numpy as np
import pandas as pd
import pytest

from segmentation.rules import (
    LEAVES,
    MAX_DEPTH,
    RULES_SCHEMA,
    learn_rules,
    part,
    round_bound,
)

FEATURES = ["days", "orders", "amount"]


def shop(count=4_000, seed=1):
    """Return customers whose segment is a matter of bounds."""
    rng = np.random.default_rng(seed)
    customers = pd.DataFrame(
        {
            "customer_id": [f"c{number}" for number in range(count)],
            "days": rng.integers(1, 700, count),
            "orders": 1 + rng.poisson(3, count),
            "amount": rng.gamma(2, 100, count).round(4),
        }
    )
    customers["rfm"] = np.select(
        [customers["days"] > 300, customers["orders"] > 4, customers["amount"] > 150],
        ["lost", "loyal", "promising"],
        "new",
    )
    return customers


def learn(customers, dimensions=("rfm",), **settings):
    settings = {"seed": 7, "min_customers": 100} | settings
    table = learn_rules(customers, FEATURES, list(dimensions), **settings)
    assert table.schema == RULES_SCHEMA
    return table.to_pandas()


def place(rules, customers):
    """Return the segments of the rules each customer fits, one list per customer."""
    found = [[] for _ in range(len(customers))]
    for _, rule in rules.groupby("rule_number"):
        inside = pd.Series(True, index=customers.index)
        for bound in rule.dropna(subset="feature").itertuples():
            value = customers[bound.feature].fillna(0)
            inside &= ~(value < bound.value_from) & ~(value >= bound.value_before)
        for row in np.flatnonzero(inside):
            found[row].append(rule["segment_code"].iloc[0])
    return found


def held_out(customers):
    return customers[customers["customer_id"].map(part) == "judge"].reset_index()


def test_rules_recover_a_segmentation_made_of_bounds():
    customers = shop()
    rules = learn(customers)
    others = held_out(customers)
    found = place(rules, others)
    assert {len(segments) for segments in found} == {1}
    right = [segments[0] for segments in found] == others["rfm"]
    assert right.mean() > 0.99
    assert rules["rule_number"].nunique() <= 6


def test_every_customer_fits_one_rule_whatever_his_values():
    rules = learn(shop())
    rng = np.random.default_rng(2)
    strange = pd.DataFrame(
        {
            "customer_id": [f"s{number}" for number in range(500)],
            "days": rng.choice([0, 1, 10_000, np.nan], 500),
            "orders": rng.choice([0, 1, 999], 500),
            "amount": rng.choice([-50, 0, 0.0001, 1e9, np.nan], 500),
        }
    )
    assert {len(segments) for segments in place(rules, strange)} == {1}


def test_rounding_moves_no_one_who_was_learned_from():
    customers = shop()
    customers["amount"] *= 1000
    rules = learn(customers)
    learned = customers[customers["customer_id"].map(part) == "learn"].reset_index()
    sizes = pd.Series([tuple(found) for found in place(rules, learned)]).value_counts()
    counts = rules.drop_duplicates("rule_number").groupby("segment_code")
    assert counts["count_learned"].sum().to_dict() == {
        segment: size for (segment,), size in sizes.items()
    }


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        (27, 31, 30),
        (299, 301, 300),
        (5, 6, 6),
        (134.98, 135.31, 135),
        (60.58, 61.9, 61),
        (0.07, 0.093, 0.08),
        (1.2301, 1.2302, 1.2302),
        (-3, 5, 5),
        (980, 2100, 2000),
    ],
)
def test_bounds_are_as_round_as_they_can_be(below, above, expected):
    assert round_bound(below, above) == expected


def test_rules_stay_few_and_short():
    customers = shop()
    rng = np.random.default_rng(3)
    customers["rfm"] = rng.choice(["a", "b", "c"], len(customers))
    rules = learn(customers)
    assert rules["rule_number"].nunique() <= max(LEAVES)
    # each feature has two bounds at most
    bounds = rules[["value_from", "value_before"]].notna().sum(axis=1)
    assert bounds.groupby(rules["rule_number"]).sum().max() <= MAX_DEPTH
    # noise teaches nothing: the fewest leaves do as well as any
    assert rules["rule_number"].nunique() <= min(LEAVES)


def test_neighbours_of_one_segment_are_one_rule():
    customers = shop()
    customers["rfm"] = np.where(customers["days"] > 300, "lost", "here")
    rules = learn(customers)
    assert rules["segment_code"].tolist() == ["here", "lost"]
    assert rules["feature"].tolist() == ["days", "days"]


def test_what_lies_between_two_bounds_is_bounded_twice():
    customers = shop()
    bands = pd.cut(customers["days"], [0, 100, 300, 500, 700], labels=list("abcd"))
    customers["rfm"] = bands.astype(str)
    rules = learn(customers)
    assert rules["segment_code"].tolist() == list("abcd")
    starts, ends = rules["value_from"].tolist(), rules["value_before"].tolist()
    assert starts[1:] == ends[:-1]
    found = place(rules, customers)
    assert {len(segments) for segments in found} == {1}
    assert ([segments[0] for segments in found] == customers["rfm"]).mean() > 0.99


def test_the_fewest_rules_within_a_standard_error_of_the_best_are_taken(monkeypatch):
    customers = shop(1_500)
    rng = np.random.default_rng(8)
    is_noise, noise = rng.random(1_500) < 0.25, rng.integers(0, 8, 1_500)
    customers["rfm"] = np.where(is_noise, noise, customers["days"] // 70).astype(str)
    chosen = learn(customers)["rule_number"].nunique()
    choose = customers[customers["customer_id"].map(part) == "choose"]
    right = {}
    for most in LEAVES:
        monkeypatch.setattr("segmentation.rules.LEAVES", (most,))
        rules = learn(customers)
        found = [segments[0] for segments in place(rules, choose)]
        right[rules["rule_number"].nunique()] = (found == choose["rfm"]).mean()
    best = max(right.values())
    error = np.sqrt(best * (1 - best) / len(choose))

    def fewest(errors):
        return min(n for n, share in right.items() if share >= best - errors * error)

    assert chosen == fewest(1)
    assert chosen > fewest(3)  # or the test could not tell


def test_one_segment_is_one_rule_without_bounds():
    customers = shop()
    customers["rfm"] = "all"
    rules = learn(customers)
    assert rules[["rule_number", "segment_code"]].values.tolist() == [[1, "all"]]
    assert rules[["feature", "value_from", "value_before"]].isna().all(axis=None)


def test_too_few_customers_have_no_rules():
    assert learn(shop(100)).empty
    assert learn(shop(0).assign(rfm=None)).empty


def test_a_dimension_without_segments_has_no_rules():
    customers = shop().assign(cluster=None)
    assert set(learn(customers, ["rfm", "cluster"])["dimension"]) == {"rfm"}


def test_rules_depend_on_no_order_of_rows_and_on_no_held_out_customer():
    customers = shop()
    rules = learn(customers)
    pd.testing.assert_frame_equal(
        rules, learn(customers.sample(frac=1, random_state=4))
    )
    judged = customers["customer_id"].map(part) == "judge"
    customers.loc[judged, "rfm"] = "lost"
    customers.loc[judged, "days"] = 1
    pd.testing.assert_frame_equal(rules, learn(customers))


def test_a_sixteenth_of_customers_each_ends_in_a_digit():
    parts = shop(20_000)["customer_id"].map(part).value_counts(normalize=True)
    expected = {"learn": 10 / 16, "choose": 3 / 16, "judge": 3 / 16}
    assert parts.to_dict() == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("share", "is_found"), [(0.012, True), (0.008, False)])
def test_a_rule_is_of_a_hundredth_of_the_customers_or_more(share, is_found):
    customers = shop()
    learns = customers["customer_id"].map(part) == "learn"
    few = customers.index[learns][: round(share * learns.sum())]
    others = customers.index[~learns][:20]
    customers["amount"] = 100.0
    customers["rfm"] = "many"
    customers.loc[few.union(others), ["amount", "rfm"]] = (900.0, "few")
    assert ("few" in set(learn(customers)["segment_code"])) == is_found

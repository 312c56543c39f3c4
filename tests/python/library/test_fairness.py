"""Proxies: what gives a group away is found and what does not is not, with bounds."""

import numpy as np
import pandas as pd
import pytest
from jinja2 import Environment
from places import ROOT
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score

from segmentation.fairness import (
    ALL_FEATURES,
    area,
    discriminants,
    find_proxies,
)

COUNT = 1000
FEATURES = {"told": "identity", "noise": "identity", "skewed": "log1p"}


@pytest.fixture
def drawn():
    """Customers of two groups, which `told` gives away, and 30 who tell nothing.

    A normal feature that lies one standard deviation higher in one group ranks with an
    area of Φ(1/√2), which is .760.
    """
    rng = np.random.default_rng(7)
    gender = rng.choice(["female", "male"], COUNT, p=[0.4, 0.6]).astype(object)
    customers = pd.DataFrame(
        {
            "customer_id": [f"c{n}" for n in rng.permutation(COUNT)],
            "told": rng.normal(size=COUNT) + (gender == "female"),
            "noise": rng.normal(size=COUNT),
            "skewed": rng.exponential(size=COUNT),
            "same": 1.0,
        }
    )
    gender[:30] = "unknown"
    country = np.where(np.arange(COUNT) % 50 == 0, "MT", "DE")
    people = customers[["customer_id"]].assign(gender=gender, country=country)
    return customers, people


def found_in(customers, people, **more):
    options = {"features": FEATURES, "logarithms": ["same"], "min_customers": 50}
    found = find_proxies(customers, people, **(options | more)).to_pandas()
    return found.set_index(["attribute", "group_name", "feature"])


def test_what_gives_a_group_away_is_found_and_named(drawn):
    found = found_in(*drawn)
    truth = 0.760
    for group in ("female", "male"):
        together = found.loc["gender", group, ALL_FEATURES]
        assert together["auc_lower"] < truth < together["auc_upper"]
        assert together["auc_upper"] - together["auc_lower"] < 0.08
        alone = found.loc["gender", group].drop(index=ALL_FEATURES)
        assert alone["feature_rank"].idxmin() == "told"
        assert alone.loc["noise", "auc_lower"] < 0.5 < alone.loc["noise", "auc_upper"]
    # one is the other seen from behind
    female, male = found.loc["gender", "female"], found.loc["gender", "male"]
    assert female.loc["told", "auc"] + male.loc["told", "auc"] == pytest.approx(1)
    assert female.loc["told", "standardised_difference"] > 0.7
    assert (found.xs("gender")["count_customers"] == COUNT - 30).all()
    # 20 people from Malta are too few to judge, and so is everybody else beside them
    assert "country" not in found.index.get_level_values("attribute")
    assert "same" not in found.index.get_level_values("feature")


def test_without_a_proxy_nothing_is_told_apart(drawn):
    """Among unseen customers: on those it was learned from, a rule finds something."""
    customers, people = drawn
    rng = np.random.default_rng(8)
    noise = {f"noise_{k}": "identity" for k in range(40)}
    for name in noise:
        customers[name] = rng.normal(size=COUNT)
    together = found_in(customers, people, features=noise).loc[
        "gender", "female", ALL_FEATURES
    ]
    assert together["auc_lower"] < 0.5 < together["auc_upper"]


def test_neither_order_nor_who_is_asked_first_matters(drawn):
    customers, people = drawn
    pd.testing.assert_frame_equal(
        found_in(customers.sample(frac=1, random_state=1), people.iloc[::-1]),
        found_in(customers, people),
    )


def test_an_attribute_nobody_tells_makes_no_row(drawn):
    customers, people = drawn
    unknown = people.assign(gender="unknown", country="unknown")
    assert found_in(customers, unknown).empty
    assert found_in(customers[:0], people).empty


def test_an_area_is_that_of_scikit_learn_and_its_interval_holds():
    rng = np.random.default_rng(9)
    truth, count_inside, rounds = 0.760, 0, 300
    for _ in range(rounds):
        is_member = rng.random(120) < 0.4
        score = np.round(rng.normal(size=120) + is_member, 1)  # with ties
        found = area(is_member, score)
        assert found.auc == pytest.approx(roc_auc_score(is_member, score))
        lower, upper = found.bounds
        count_inside += lower <= truth <= upper
    # 95 %, less what 300 rounds may miss: four standard errors are .05
    assert count_inside / rounds > 0.90


def test_a_discriminant_points_where_that_of_fisher_does():
    rng = np.random.default_rng(10)
    is_member = rng.random(4000) < 0.3
    values = rng.normal(size=(4000, 3)) @ np.array([[1, 0.8, 0], [0, 1, 0], [0, 0, 1]])
    values[is_member] += [0.5, 0.0, -0.3]
    mine = discriminants(values, is_member[:, None].astype(float))[:, 0]
    theirs = LinearDiscriminantAnalysis().fit(values, is_member).coef_[0]
    cosine = mine @ theirs / np.linalg.norm(mine) / np.linalg.norm(theirs)
    assert cosine > 0.99999


@pytest.mark.parametrize(
    ("on_unfair", "severity", "enabled"),
    [("warn", "warn", True), ("fail", "error", True), ("ignore", "warn", False)],
)
def test_a_setting_says_what_a_clear_failure_does_to_a_build(
    on_unfair, severity, enabled
):
    told = {}
    file = ROOT / "tests/singular/fairness/no_group_is_clearly_selected_less_often.sql"
    query = Environment().from_string(file.read_text())
    query.render(
        config=lambda **some: told.update(some) or "",
        setting={"on_unfair": on_unfair}.__getitem__,
        ref=str,
    )
    assert told == {"severity": severity, "enabled": enabled}


def test_of_a_group_that_is_not_in_every_fold_nothing_is_made_up(drawn):
    customers, people = drawn
    few = people.assign(country=np.where(np.arange(COUNT) < 3, "MT", "DE"))
    found = found_in(customers, few, min_customers=1)
    together = found.loc["country", "MT", ALL_FEATURES]
    assert together["auc_lower"] < 0.5 < together["auc_upper"]
    assert not found[["auc", "auc_lower", "auc_upper"]].isna().any(axis=None)


class Returned(Exception):
    """How dbt's `return` leaves a macro."""


def returned(value):
    raise Returned(value)


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        ("protected_columns", ["faith"]),
        (
            "protected_attributes",
            {
                "age_band": "age_band",
                "gender": "gender",
                "faith": "protected_faith",
            },
        ),
    ],
)
def test_columns_that_a_shop_tags_are_judged_too(macro, expected):
    columns = [
        {"name": "birth_date", "is_protected": True},
        {"name": "gender", "is_protected": True},
        {"name": "country", "is_protected": False},
        {"name": "faith", "is_protected": True},
    ]
    environment = Environment(extensions=["jinja2.ext.do"])
    environment.globals.update(
        {"return": returned, "raw_columns": lambda *table: columns}
    )
    text = (ROOT / "macros/fairness/protected_attributes.sql").read_text()
    with pytest.raises(Returned) as found:
        getattr(environment.from_string(text).module, macro)()
    assert found.value.args[0] == expected

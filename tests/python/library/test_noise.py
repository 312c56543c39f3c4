"""Noise on shared counts is as large as it should be, repeatable, and paid for."""

import collections
import csv
import math

import numpy as np
import pytest
from test_disclosure import LEAST, MARTS, hidden, shop

from segmentation.disclosure.declared import NotShareable
from segmentation.disclosure.noise import (
    BudgetSpent,
    Noise,
    charged,
    noise_of,
    with_noise,
)
from segmentation.publication.sharing import Plan, charge, noise_of_settings

NOISE = Noise(0.5, 1000, b"a secret of tests")
ABOUT = {"version": "v1", "published_at": "2024-07-01"}


def test_noise_is_whole_and_as_frequent_as_the_formula_says():
    draws = 20_000
    drawn = collections.Counter(noise_of(f"cell {n}", 7, NOISE) for n in range(draws))
    alpha = math.exp(-NOISE.epsilon)
    for value in range(-4, 5):
        expected = (1 - alpha) / (1 + alpha) * alpha ** abs(value)
        error = math.sqrt(expected * (1 - expected) / draws)
        assert abs(drawn[value] / draws - expected) < 5 * error


def test_noise_is_the_same_for_the_same_and_another_for_anything_else():
    one = [noise_of(f"cell {n}", 7, NOISE) for n in range(200)]
    assert one == [noise_of(f"cell {n}", 7, NOISE) for n in range(200)]
    for other in (
        [noise_of(f"cell {n}", 8, NOISE) for n in range(200)],
        [noise_of(f"cell {n + 200}", 7, NOISE) for n in range(200)],
        [
            noise_of(f"cell {n}", 7, Noise(0.5, 1, b"another secret .."))
            for n in range(200)
        ],
    ):
        assert np.mean(np.equal(one, other)) < 0.5


def shared(seed):
    found = hidden(shop(seed, 150))
    return found, [MARTS[name] for name in found.tables]


def test_counts_carry_noise_hidden_ones_stay_hidden_and_other_figures_are_left_out():
    found, marts = shared(1)
    noisy = with_noise(found, marts, NOISE)
    changed = []
    for mart in marts:
        exact, after = found.tables[mart.name], noisy[mart.name]
        assert after.schema == exact.schema
        for column in mart.counts:
            before, now = exact[column].to_pylist(), after[column].to_pylist()
            assert [each is None for each in before] == [each is None for each in now]
            assert all(each >= 0 for each in now if each is not None)
            changed += [
                a != b for a, b in zip(before, now, strict=True) if a is not None
            ]
        for column in (*mart.measures, *mart.shares):
            assert after[column].null_count == after.num_rows
    assert 0.6 < np.mean(changed) < 0.9


def test_what_is_shared_again_costs_nothing_and_what_has_changed_does():
    found, marts = shared(1)
    first = charged(found, marts, NOISE, ABOUT, [])
    # a histogram for each count of each mart, date, dimension and month
    moves = found.tables["fct_segment_transitions"].to_pandas()
    dates = len(moves[["anchor_date", "dimension"]].drop_duplicates())
    assert sum(row["mart"] == "fct_segment_transitions" for row in first) == 2 * dates
    assert float(first[-1]["epsilon_in_all"]) == 0.5 * len(first)
    assert charged(found, marts, NOISE, ABOUT, first) == []
    more = charged(*shared(2), NOISE, ABOUT, first)
    assert float(more[-1]["epsilon_in_all"]) == 0.5 * (len(first) + len(more))
    # less noise for the same counts tells more
    finer = Noise(1.0, 1000, NOISE.key)
    assert len(charged(found, marts, finer, ABOUT, first)) == len(first)


def test_nothing_is_spent_beyond_the_total(tmp_path):
    found, marts = shared(1)
    cost = 0.5 * len(charged(found, marts, NOISE, ABOUT, []))
    file = tmp_path / "noise_ledger.csv"

    def plan(total):
        return Plan(marts, {}, LEAST, None, Noise(0.5, total, NOISE.key))

    with pytest.raises(BudgetSpent, match="noise_epsilon_total allows"):
        charge(found, plan(cost - 0.5), ABOUT, file)
    assert not file.exists()
    charge(found, plan(cost), ABOUT, file)
    before = file.read_text()
    charge(found, plan(cost), ABOUT, file)
    assert file.read_text() == before
    with pytest.raises(BudgetSpent, match=f"allows {cost:g}"):
        charge(shared(2)[0], plan(cost), ABOUT, file)
    assert file.read_text() == before
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert float(rows[-1]["epsilon_in_all"]) == cost
    assert NOISE.key.decode() not in before


@pytest.mark.parametrize("key", ["", "short and sweet"])
def test_without_a_key_there_is_no_noise_and_nothing_is_shared(key):
    chosen = {
        "noise_epsilon": 0.5, "noise_epsilon_total": 9, "noise_key_env": "A_KEY",
    }  # fmt: skip
    with pytest.raises(NotShareable, match="noise_key_env is A_KEY") as raised:
        noise_of_settings(chosen, {"A_KEY": key})
    assert not key or key not in str(raised.value)
    assert noise_of_settings({**chosen, "noise_epsilon": None}, {}) is None
    noise = noise_of_settings(chosen, {"A_KEY": "a secret of tests"})
    assert noise == Noise(0.5, 9.0, b"a secret of tests")

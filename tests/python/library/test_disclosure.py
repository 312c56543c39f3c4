"""No arithmetic on shared aggregates gives a small group back."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from disclosure_attacks import Attacker, attack
from hypothesis import given, settings
from hypothesis import strategies as st
from places import ROOT

from segmentation.disclosure.declared import NotShareable, declared
from segmentation.disclosure.hiding import IS_SUPPRESSED, hide
from segmentation.disclosure.suppression import (
    Suppression,
    Undisclosed,
    check,
    small_cells,
    suppress,
)

LEAST = 5
SAID = {
    model["name"]: (model["config"]["meta"]["shared"], model)
    for file in sorted((ROOT / "models/marts").rglob("*.yml"))
    for model in yaml.safe_load(file.read_text()).get("models", [])
    if "shared" in model.get("config", {}).get("meta", {})
}
MARTS = {
    name: declared(name, said) for name, (said, _) in SAID.items() if "counts" in said
}
ATTACKED = ("fct_segment_transitions", "rpt_segment_overview", "fct_cohort_retention")


def shop(seed, people=60, dates=3, segments=3):
    """Draw people who move between segments of two dimensions; count them as marts do.

    Of dimension b, segment 0 is made of segments 0 and 1 of dimension a.
    """
    rng = np.random.default_rng(seed)
    days = [datetime.date(2024, 1 + month, 1) for month in range(dates + 1)]
    weights = rng.dirichlet(np.full(segments, 0.6))
    first = rng.integers(0, dates, people)
    inside = rng.choice(segments, (people, dates), p=weights)
    inside[:, 1:] = np.where(
        rng.random((people, dates - 1)) < 0.6, inside[:, :-1], inside[:, 1:]
    )
    of = {"a": inside, "b": np.maximum(inside - 1, 0)}
    moves, sizes, cohorts = [], [], []
    for dimension, at in of.items():
        for person in range(people):
            for date in range(first[person], dates):
                is_new = date == first[person]
                moves.append(
                    {
                        "anchor_date": days[date + 1],
                        "dimension": dimension,
                        "from_segment_code": "new_customer"
                        if is_new
                        else f"s{at[person, date - 1]}",
                        "to_segment_code": f"s{at[person, date]}",
                        "is_new": is_new,
                        "is_stay": False,
                    }
                )
            sizes.append({"dimension": dimension, "segment_code": f"s{at[person, -1]}"})
    key = list(moves[0])
    moves = pd.DataFrame(moves).groupby(key).size().rename("count_customers")
    moves = moves.reset_index()
    moves["count_from_customers"] = moves.groupby(
        ["anchor_date", "dimension", "from_segment_code"]
    )["count_customers"].transform("sum")
    moves["transition_rate"] = moves["count_customers"] / moves["count_from_customers"]
    sizes = pd.DataFrame(sizes).groupby(["dimension", "segment_code"]).size()
    sizes = sizes.rename("count_customers").reset_index().assign(as_of_date=days[-1])
    sizes["customer_share"] = sizes["count_customers"] / people
    for cohort in np.unique(first):
        who = first == cohort
        for month in range(cohort, dates):
            back = int(who.sum() if month == cohort else rng.binomial(who.sum(), 0.3))
            cohorts.append(
                {
                    "as_of_date": days[-1],
                    "cohort_month": days[cohort],
                    "order_month": days[month],
                    "count_customers": int(who.sum()),
                    "count_retained_customers": back,
                    "retention_rate": back / who.sum(),
                }
            )
    frames = dict(zip(ATTACKED, (moves, sizes, pd.DataFrame(cohorts)), strict=True))
    return {
        name: pa.Table.from_pandas(
            frame.reindex(columns=MARTS[name].columns, fill_value=0.5),
            preserve_index=False,
        )
        for name, frame in frames.items()
    }


# segment 0 and 1 of a lie in 0 of b, 2 in 1, and so on
INSIDE = {(("a", f"s{n}"), "b"): f"s{max(n - 1, 0)}" for n in range(9)}


def hidden(tables, least=LEAST):
    return hide([MARTS[name] for name in tables], tables, least, INSIDE)


def only_small_ones_hidden(tables, least=LEAST):
    """Hide small counts and nothing else, as one might without thinking further."""
    found = {}
    for name, table in tables.items():
        frame = table.to_pandas()
        for count in MARTS[name].counts:
            frame[count] = frame[count].where(
                ~small_cells(frame[count].to_numpy(), least)
            )
        in_row = frame[list(MARTS[name].counts)].isna().any(axis=1)
        for column in (*MARTS[name].measures, *MARTS[name].shares):
            frame[column] = frame[column].where(~in_row & ~in_row.any())
        found[name] = pa.Table.from_pandas(frame, preserve_index=False)
    return found


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(8, 90),
    st.integers(1, 4),
    st.integers(2, 5),
)
def test_no_small_group_can_be_worked_out(seed, people, dates, segments):
    truth = shop(seed, people, dates, segments)
    _, fell = attack(hidden(truth).tables, truth, LEAST, INSIDE)
    assert not fell


def test_the_attack_wins_where_small_counts_alone_are_hidden():
    tried, fell = 0, 0
    for seed in range(6):
        truth = shop(seed, 200)
        won = attack(only_small_ones_hidden(truth), truth, LEAST, INSIDE)
        tried, fell = tried + len(won[0]), fell + len(won[1])
        assert not attack(hidden(truth).tables, truth, LEAST, INSIDE)[1]
    assert tried > 20
    print(tried, fell)
    assert fell > tried / 2

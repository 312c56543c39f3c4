"""No arithmetic on shared aggregates gives a small group back."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from disclosure_attacks import attack
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
    # history may end some days before what is known now
    now = days[-1] + datetime.timedelta(days=14 * (seed % 2))
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
    sizes = sizes.rename("count_customers").reset_index().assign(as_of_date=now)
    sizes["customer_share"] = sizes["count_customers"] / people
    for cohort in np.unique(first):
        who = first == cohort
        for month in range(cohort, dates):
            back = int(who.sum() if month == cohort else rng.binomial(who.sum(), 0.3))
            cohorts.append(
                {
                    "as_of_date": now,
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


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(8, 250),
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


def rows_of(table):
    return {
        tuple(row[name] for name in ("dimension", "segment_code")): row
        for row in table.to_pylist()
    }


def overview(**sizes):
    """Return the overview of segments of dimension a, and perhaps of b."""
    rows = [
        {
            "as_of_date": datetime.date(2024, 4, 1),
            "dimension": name[0],
            "segment_code": f"s{name[1:]}",
            "count_customers": size,
        }
        for name, size in sizes.items()
    ]
    frame = pd.DataFrame(rows)
    everyone = frame.groupby("dimension")["count_customers"].transform("sum")
    frame["customer_share"] = frame["count_customers"] / everyone
    frame = frame.reindex(columns=MARTS["rpt_segment_overview"].columns, fill_value=1.5)
    return {
        "rpt_segment_overview": pa.Table.from_pandas(frame, preserve_index=False),
    }


def test_a_small_count_and_the_cheapest_other_are_null_with_their_figures():
    tables = overview(a0=3, a1=40, a2=500)
    table = hide(list(map(MARTS.get, tables)), tables, LEAST).tables[
        "rpt_segment_overview"
    ]
    rows = rows_of(table)
    assert [rows["a", f"s{n}"]["count_customers"] for n in range(3)] == [
        None,
        None,
        500,
    ]
    assert [rows["a", f"s{n}"][IS_SUPPRESSED] for n in range(3)] == [True, True, False]
    assert rows["a", "s0"]["total_net_amount"] is None
    assert rows["a", "s2"]["total_net_amount"] == 1.5
    # 500 people are a share of everyone, and everyone tells of 43 in the other two
    assert [row["customer_share"] for row in rows.values()] == [None] * 3
    assert table.schema.field("count_customers").type == pa.int64()


def test_where_nothing_is_small_nothing_is_hidden_and_an_empty_group_is_told():
    tables = overview(a0=0, a1=40, a2=500)
    found = hidden(tables)
    for table in found.tables.values():
        assert not any(table[IS_SUPPRESSED].to_pylist())
    assert 0 in found.tables["rpt_segment_overview"]["count_customers"].to_pylist()


def test_what_is_hidden_in_one_dimension_is_not_told_by_another():
    # of b, s0 holds s0 and s1 of a: 43 people less 40 would be the 3
    tables = overview(a0=3, a1=40, a2=500, a3=60, b0=43, b1=500, b2=60)
    rows = rows_of(hidden(tables).tables["rpt_segment_overview"])
    told = [
        all(rows[key]["count_customers"] is not None for key in keys)
        for keys in ([("b", "s0"), ("a", "s1")], [("b", "s0"), ("a", "s0")])
    ]
    assert rows["a", "s0"]["count_customers"] is None
    assert told == [False, False]


def test_a_larger_least_hides_more():
    tables = overview(a0=1, a1=9, a2=9, a3=40, a4=60, a5=500)
    count = [
        sum(
            hidden(tables, least)
            .tables["rpt_segment_overview"][IS_SUPPRESSED]
            .to_pylist()
        )
        for least in (2, 10, 50)
    ]
    assert count == [2, 4, 5]


def test_a_proof_that_is_none_stops_everything():
    found = hidden(shop(1, 120))
    system, good = found.system, found.suppression
    check(system, good, LEAST)
    cell = int(np.flatnonzero(good.is_small)[0])
    printed = np.flatnonzero(system.is_known & ~good.is_hidden)
    broken = good.proofs[cell].copy()
    broken[printed[0]] += 1
    proofs = [
        {**good.proofs, cell: broken},
        {**good.proofs, cell: good.proofs[cell] * 0},
        {key: move for key, move in good.proofs.items() if key != cell},
    ]
    for each in proofs:
        with pytest.raises(Undisclosed, match="no proof"):
            check(system, Suppression(good.is_small, good.is_hidden, each), LEAST)
    nothing = Suppression(good.is_small, np.zeros_like(good.is_hidden), good.proofs)
    with pytest.raises(Undisclosed, match="is printed"):
        check(system, nothing, LEAST)
    again = suppress(system, LEAST)
    assert (again.is_hidden == good.is_hidden).all()


NAMES_A_PERSON = ("customer_id", "order_id", "anonymous_id", "visitor", "email", "text")


@pytest.mark.parametrize("name", sorted(MARTS))
def test_what_marts_share_is_theirs_and_about_no_single_person(name):
    shared, (said, model) = MARTS[name], SAID[name]
    types = {column["name"]: column["data_type"] for column in model["columns"]}
    assert set(shared.columns) <= set(types)
    assert not [c for c in shared.columns if any(word in c for word in NAMES_A_PERSON)]
    # a text is free of figures where it names what the row is about
    texts = {c for c in shared.columns if types[c] == "string"}
    assert texts <= {
        "dimension", "segment_code", "from_segment_code", "to_segment_code",
        "segment_name", "objective",
    }  # fmt: skip
    # a median or an extreme is the figure of one person
    assert not [c for c in shared.columns if c.startswith(("median_", "max_", "min_"))]
    assert all(types[c] == "bigint" for c in shared.counts)
    assert said["counts"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "counts"),
        ({"counts": {"n": {"by": {}, "of": "all"}}}, "part of all, which"),
        ({"counts": {"n": {"by": {}, "off": "x"}}}, "off"),
        ({"counts": {"n": {"by": {}}}, "measure": []}, "measure"),
    ],
)
def test_a_mart_that_says_what_nobody_understands_is_not_shared(said, why):
    with pytest.raises(NotShareable, match=f"config.meta.shared of a_mart: .*{why}"):
        declared("a_mart", said)

"""Every decision follows from its own row, and can be told in words."""

import json
import math
import random

import pandas as pd
import pytest
from dbt_project import ROOT

SEED = 20250101
CELLS = {
    (row.recency_score, row.frequency_score, row.monetary_score): row.segment_code
    for row in pd.read_csv(ROOT / "seeds/reference/rfm_cells.csv").itertuples()
}
STAGES = pd.read_csv(ROOT / "seeds/reference/lifecycle_stages.csv").to_dict("records")
METRICS = {
    "recency": "days_since_last_order",
    "frequency": "count_orders",
    "monetary": "lifetime_net_amount",
}
CUTS = (20, 40, 60, 80)


@pytest.fixture(scope="module")
def demo(built_demo):
    return built_demo()


@pytest.fixture(scope="module")
def decisions(demo):
    """Return all decisions about some customers, JSON read."""
    known = [c for (c,) in demo.rows("select customer_id from marts.dim_customers")]
    chosen = random.Random(SEED).sample(sorted(known), 40)
    names = ", ".join(f"'{name}'" for name in chosen)
    rows = demo.query(
        f"select * from marts.audit_customer_decisions where customer_id in ({names}) "
        "order by customer_id, as_of_date, decision"
    )
    for column in ("decided_on", "decided_by", "contributions", "orders"):
        rows[column] = [
            json.loads(x) if isinstance(x, str) else None for x in rows[column]
        ]
    return rows


def scores(row, passed):
    """Return the three scores, by which cut points each value has passed."""
    counts = {metric: sum(passed(metric, cut) for cut in CUTS) for metric in METRICS}
    found = (5 - counts["recency"], 1 + counts["frequency"], 1 + counts["monetary"])
    assert found == tuple(row.decided_by[f"{metric}_score"] for metric in METRICS)
    assert CELLS[found] == row.decided_by["cell"]
    return found


def rfm(row):
    on, by = row.decided_on, row.decided_by
    if not on["count_orders"]:
        return "no_purchase"

    def passed(metric, cut):
        return on[METRICS[metric]] > by[f"{metric}_cut_{cut}"]

    return CELLS[scores(row, passed)]


def rfm_sticky(row):
    on, by = row.decided_on, row.decided_by
    if not on["count_orders"]:
        return "no_purchase"

    def passed(metric, cut):
        value, plain = on[METRICS[metric]], by[f"{metric}_cut_{cut}"]
        clear, earlier = by[f"{metric}_cut_{cut}_clear"], on[f"earlier_{metric}_score"]
        # a high score is few days, but many orders and much money
        up, down = (plain, clear) if metric == "recency" else (clear, plain)
        if value > up:
            return True
        if value <= down:
            return False
        if earlier is None:
            return value > plain
        number = CUTS.index(cut)
        return earlier < 5 - number if metric == "recency" else earlier > number + 1

    return CELLS[scores(row, passed)]


def is_within(values, bounds):
    return all(
        (pd.isna(bounds[f"{name}_from"]) or (value or 0) >= bounds[f"{name}_from"])
        and (
            pd.isna(bounds[f"{name}_before"]) or (value or 0) < bounds[f"{name}_before"]
        )
        for name, value in values.items()
    )


def lifecycle(row):
    """Return the only stage that fits the customer; the bounds of the row fit, too."""
    by = {name: float("nan") if x is None else x for name, x in row.decided_by.items()}
    assert is_within(row.decided_on, by)
    fitting = [s["stage_code"] for s in STAGES if is_within(row.decided_on, s)]
    assert len(fitting) == 1
    return fitting[0]


def value_tier(row):
    spent = row.decided_on["net_amount_365d"] or 0
    if spent <= 0:
        return "none"
    for tier in ("top", "high", "medium"):
        if spent > row.decided_by[f"{tier}_above"]:
            return tier
    return "low"


def cluster(row):
    values = {value["feature"]: value for value in row.decided_on}
    distances = []
    for prototype in row.decided_by["prototypes"]:
        total = prototype["prototype_offset"]
        for centre in prototype["centres"]:
            value = values[centre["feature"]]
            if centre["category"] is None:
                log = math.copysign(math.log1p(abs(value["value"])), value["value"])
                place = (log - centre["mean"]) / centre["scale"]
            else:
                place = float(value["category"] == centre["category"])
            total += centre["weight"] * (place - centre["centre"]) ** 2
        assert total == pytest.approx(prototype["score"], rel=1e-9, abs=1e-12)
        distances.append((total, prototype["cluster_id"]))
    nearest, number = min(distances)
    limit = row.decided_by["greatest_score"]
    return "noise" if limit is not None and nearest > limit else f"cluster_{number}"


def score(row):
    """Return what contributions add up to, on the scale of what was predicted."""
    total = sum(part["contribution"] for part in row.contributions)
    scale = row.decided_by["scale"]
    if scale == "log odds":
        return 1 / (1 + math.exp(-total))
    return {"log amount": math.exp, "amount": float, "probability": float}[scale](total)


def churn_risk(row):
    assert score(row) == pytest.approx(row.outcome_value, abs=2e-6)
    if row.outcome_value < row.decided_by["medium_from"]:
        return "low"
    return "medium" if row.outcome_value < row.decided_by["high_from"] else "high"


def expected_value(row):
    assert score(row) == pytest.approx(row.outcome_value, abs=0.0051)
    return row.outcome


RECOMPUTED = {
    rule.__name__: rule
    for rule in (
        rfm, rfm_sticky, lifecycle, value_tier, cluster, churn_risk, expected_value,
    )
}  # fmt: skip


def test_two_hundred_decisions_follow_from_their_rows(decisions):
    chosen = pd.concat(
        rows.sample(min(len(rows), 30), random_state=SEED)
        for _, rows in decisions.groupby("decision")
    )
    assert len(chosen) >= 200
    assert set(chosen["decision"]) == set(RECOMPUTED)
    for row in chosen.itertuples():
        assert RECOMPUTED[row.decision](row) == row.outcome, row


def test_values_follow_from_the_orders_that_stand_behind_them(decisions):
    for row in decisions[decisions["decision"] == "rfm"].itertuples():
        orders = row.orders or []
        assert len(orders) == row.count_orders == (row.decided_on["count_orders"] or 0)
        if orders:
            last = pd.Timestamp(orders[-1]["ordered_at"])
            assert (
                last
                == row.last_ordered_at
                == max(pd.Timestamp(order["ordered_at"]) for order in orders)
            )
            days = (pd.Timestamp(row.as_of_date) - last.normalize()).days
            assert days == row.decided_on["days_since_last_order"]
            assert sum(order["net_amount"] for order in orders) == pytest.approx(
                row.decided_on["lifetime_net_amount"], abs=1e-6
            )


def test_a_sticky_segment_begins_from_the_scores_of_the_date_before(decisions):
    rows = decisions[decisions["decision"] == "rfm_sticky"]
    seen = 0
    for _, dates in rows.groupby("customer_id"):
        before = dict.fromkeys(METRICS)
        for row in dates.sort_values("as_of_date").itertuples():
            earlier = {m: row.decided_on[f"earlier_{m}_score"] for m in METRICS}
            assert earlier == before
            seen += before["recency"] is not None
            before = {m: row.decided_by[f"{m}_score"] for m in METRICS}
    assert seen > 100


def test_the_orders_are_those_of_the_shop(demo, decisions):
    ids = {
        (row.customer_id, order["order_id"])
        for row in decisions.itertuples()
        for order in row.orders or []
    }
    theirs = set(
        demo.rows("select customer_id, order_id from staging.stg_shop__orders")
    )
    assert ids
    assert ids <= theirs


def test_decisions_are_those_of_the_marts(demo, decisions):
    """Every date of history, against the ranges of dates in the mart of history."""
    ranges = demo.query("from marts.fct_customer_segment_history")
    segments = decisions[~decisions["decision"].isin(["churn_risk", "expected_value"])]
    both = segments.merge(
        ranges,
        left_on=["customer_id", "decision"],
        right_on=["customer_id", "dimension"],
    )
    both = both[
        (both["valid_from"] <= both["as_of_date"])
        & (both["valid_to"].isna() | (both["as_of_date"] < both["valid_to"]))
    ]
    assert len(both) == len(segments) > 1_000
    assert (both["outcome"] == both["segment_code"]).all()
    churn = decisions[decisions["decision"] == "churn_risk"].merge(
        demo.query("from marts.fct_customer_churn"), on=["customer_id", "as_of_date"]
    )
    assert len(churn) > 20
    assert (churn["outcome_value"] == churn["churn_probability"]).all()
    assert (churn["rule_version"] == churn["fit_id"]).all()


def test_every_customer_date_and_decision_is_there_once(demo):
    rows, distinct = demo.rows(
        "select count(*), count(distinct (customer_id, as_of_date, decision)) "
        "from marts.audit_customer_decisions"
    )[0]
    expected = demo.value(
        "with segments as (from intermediate.int_customers__history_segments), "
        "clusters as (from intermediate.int_customers__history_clusters) "
        "select (select 4 * count(*) from segments) "
        "+ (select count(cluster_id) from clusters) "
        "+ (select count(*) from marts.fct_customer_churn) "
        "+ (select count(*) from marts.fct_customer_value)"
    )
    assert rows == distinct == expected


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("{customer_id: C, day: DAY}", "RFM segment: NAME. Recency scores"),
        ("{customer_id: C}", "Churn risk: "),
        ("{customer_id: nobody}", "no customer nobody is known"),
        ("{customer_id: C, day: 1999-01-01}", "lies before history, which begins on"),
        ('{customer_id: C, day: "2024-02-31"}', "2024-02-31 is no day. Write it as"),
        ("{customer_id: LATER, day: DAY}", "had bought nothing, so that nothing was"),
    ],
)
def test_a_customer_is_explained(demo, asked, said):
    customer, day, name = demo.rows(
        "select customer_id, cast(valid_from + 3 as varchar)[:10], segment_name "
        "from marts.fct_customer_segment_history "
        "inner join marts.dim_segments using (segment_id) "
        "where segment_id like 'rfm:%' and segment_id <> 'rfm:no_purchase' "
        "and valid_to is null "
        "order by valid_from, customer_id limit 1"
    )[0]
    later = demo.value(
        "select min(customer_id) from marts.dim_customers "
        f"where first_order_date > date '{day}'"
    )
    asked = (
        asked.replace("LATER", later or "")
        .replace("DAY", day)
        .replace("C", customer, 1)
    )
    result = demo.build("explain_customer", "--args", asked, command="run-operation")
    assert said.replace("NAME", name) in result.text

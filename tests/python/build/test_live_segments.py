"""The live view places a customer as a build would, by the raw rows of the moment."""

import json

import pandas as pd
import pytest
from dbt_project import demo_tables, small_shop

# a silence of months is no typing error here, so that the tests may wait for one
QUICK = {
    "cluster_methods": ["k-means"],
    "cluster_counts": [4],
    "backtest_origins": 1,
    "learning_anchors": 1,
    "tuning_configurations": 1,
    "bootstrap_samples": 20,
    "count_reasons": 0,
    "quiet_days": 1000,
}
FEATURES = [
    "days_since_last_order",
    "days_since_first_order",
    "count_orders",
    "count_order_days",
    "lifetime_net_amount",
    "avg_order_amount",
    "last_gap_days",
    "avg_days_between_orders",
    "count_orders_90d",
    "net_amount_90d",
    "count_orders_365d",
    "net_amount_365d",
]
LIVE = "marts.live_customer_segments"
LIVE_FEATURES = "intermediate.int_live__customer_features"
ANCHOR = pd.Timestamp("2025-01-01")


def orders(rows):
    """Make raw orders and their lines of (order, customer, day, lines).

    A line is (product, quantity, price); day 0 is the scoring anchor, the first day
    that the build knows nothing of. A row may end with columns of its own.
    """
    heads, lines = [], []
    for order, customer, day, items, *more in rows:
        head = {
            "order_id": order,
            "customer_id": customer,
            "ordered_at": str(ANCHOR + pd.Timedelta(days=day, hours=9)),
            "status": "completed",
            "currency": "GBP",
        }
        heads.append(head | (more[0] if more else {}))
        lines += [
            {
                "order_id": order,
                "line_number": number,
                "product_id": product,
                "quantity": quantity,
                "unit_price": price,
            }
            for number, (product, quantity, price) in enumerate(items, start=1)
        ]
    return pd.DataFrame(heads), pd.DataFrame(lines)


def load(project, tables, rows):
    """Load new rows after those the project was built from, without a build."""
    heads, lines = orders(rows)
    both = {"orders": heads, "order_lines": lines}
    project.write(
        **{name: pd.concat([tables[name], new]) for name, new in both.items()}
    )
    project.link.unlink(missing_ok=True)
    project.link.symlink_to(project.raw, target_is_directory=True)


def features(project, relation, where="true"):
    frame = project.query(
        f"select customer_id, {', '.join(FEATURES)} from {relation} where {where}"
    )
    return frame.set_index("customer_id").astype(float).sort_index()


def segments(project):
    return project.query(f"select * from {LIVE}").set_index("customer_id")


@pytest.fixture(scope="module")
def demo(new_project):
    """Return the demo, built once, and its raw tables."""
    tables = demo_tables()
    project = new_project().write(**tables)
    result = project.build(
        "--select",
        "+live_customer_segments",
        "+fct_customer_segments",
        "+fct_customer_segment_explanations",
        **QUICK,
    )
    assert result.success, result.text
    return project, tables


@pytest.fixture
def unchanged(demo):
    project, tables = demo
    load(project, tables, [])
    return project


def test_where_nothing_has_changed_everyone_is_where_the_build_put_him(unchanged):
    assert unchanged.value(f"select count(*) from {LIVE}") == unchanged.value(
        "select count(*) from marts.fct_customer_segments"
    )
    different = unchanged.rows(
        f"""
        select customer_id
        from {LIVE} as live
        full join marts.fct_customer_segments as batch using (customer_id)
        left join marts.fct_customer_segment_explanations as explained
            using (customer_id)
        where (
            live.rfm_segment_code, live.sticky_rfm_segment_code,
            live.lifecycle_stage_code, live.cluster_code, live.value_tier_code,
            live.recency_score, live.frequency_score, live.monetary_score,
            live.as_of_date, live.rfm_rule_id, live.cluster_rule_id
        ) is distinct from (
            batch.rfm_segment_code, batch.sticky_rfm_segment_code,
            batch.lifecycle_stage_code, batch.cluster_code, batch.value_tier_code,
            batch.recency_score, batch.frequency_score, batch.monetary_score,
            batch.as_of_date, explained.rfm_rule_id, explained.cluster_rule_id
        )
        """
    )
    assert different == []


def test_of_an_unknown_customer_nothing_is_said(unchanged):
    assert unchanged.rows(f"select * from {LIVE} where customer_id = 'nobody'") == []


def test_new_rows_are_judged_and_netted_as_a_build_would(demo, new_project):
    project, tables = demo
    bought = project.query(
        """
        select customer_id, product_id, order_id, quantity
        from intermediate.int_sale_lines
        where customer_id is not null
        qualify row_number() over (
            partition by customer_id order by ordered_at desc, order_id, line_number
        ) = 1
        order by md5(customer_id)
        limit 3
        """
    ).itertuples()
    back, gone, again = bought
    void = {"status": "returned"}
    euro = {"currency": "EUR"}
    zone = {"ordered_at": "2025-01-01T00:30+02:00"}
    load(
        project,
        tables,
        rows := [
            ("n01", again.customer_id, 0, [("p001", 2, 10.5), ("p002", 1, 3)]),
            ("n02", again.customer_id, 3, [("p001", 1, 4), ("p009", 1, 0)]),
            ("n03", "new-1", 2, [("p001", 3, 7)]),
            # undoes what an order of before the build left, and one of after it
            ("n04", back.customer_id, 1, [(back.product_id, -1, 1)], void),
            ("n05", "new-2", 0, [("p003", 2, 20), ("p004", 1, 5)]),
            ("n06", "new-2", 4, [("p003", -2, 20)], void),
            ("n07", gone.customer_id, 1, [(gone.product_id, -999, 1)], void),
            # money alone: of what was bought, of nothing bought, above what was paid
            ("n21", "new-2", 5, [("p004", 0, 2), ("SORRY", -1, 4)], void),
            ("n22", again.customer_id, 5, [(again.product_id, 1, -2)], void),
            ("n23", again.customer_id, 6, [("SORRY", -2, 1.5)], void | euro),
            ("n24", "new-3", 4, [("p001", 0, 900)], void),
            # known, but nothing of theirs is a sale
            ("n08", "new-3", 1, [("p001", 1, 9)], {"status": "cancelled"}),
            ("n09", "new-4", 1, []),
            # rejected
            ("n10", "new-5", 1, [("p001", 1, 9)], {"status": "unheard of"}),
            ("n11", "new-5", 1, [("p001", 1, 9)], {"currency": "XXX"}),
            ("n12", "new-5", 1, [("p001", 1, 9)], {"ordered_at": "2025-02-30 9:00"}),
            ("n13", "new-5", 1, [("p001", 1, 9)], {"ordered_at": "2099-02-03 9:00"}),
            (None, "new-5", 1, [("p001", 1, 9)]),
            ("n14", None, 5, [("p001", 1, 9)]),
            ("n15", "new-6", 2, [("p1", 0, 9), (None, 1, 9), ("p2", 1, -9)]),
            ("n20", "new-6", 2, [("p1", 1, "?"), ("p2", "1e3", 9), ("p3", 1, 9)]),
            # more than once; with spaces; in another currency and from another zone
            ("n16", "new-7", 3, [("p001", 1, 9), ("p002", 1, 8)]),
            ("n16", "new-7", 4, [("p001", 1, 9)]),
            ("n17", " new-8 ", 3, [("p001", 1, 12.25)], {"status": " Completed"}),
            ("n18", "new-9", 3, [("p001", 1, 12.25)], euro),
            ("n19", "new-9", 0, [("p1", 1, 1)], zone),
        ],
    )  # fmt: skip
    assert len(rows) == 26
    live = features(project, LIVE_FEATURES)
    as_of = project.value(f"select distinct as_of_date from {LIVE}")
    stages = segments(project)["lifecycle_stage_code"]

    # the same raw rows, built from the start
    other = new_project()
    for file in project.raw.iterdir():
        (other.raw / file.name).write_bytes(file.read_bytes())
    result = other.build(
        "--select",
        "+int_customers__features",
        "+int_customers__history_segments",
        **QUICK,
    )
    assert result.success, result.text
    built = "intermediate.int_customers__features"
    expected = features(other, built, "anchor_role = 'scoring'")
    assert as_of == other.value(f"select max(anchor_date) from {built}")
    pd.testing.assert_frame_equal(live, expected, rtol=1e-12, check_exact=False)
    expected_stages = other.query(
        "select customer_id, lifecycle_stage_code "
        "from intermediate.int_customers__history_segments "
        f"where anchor_date = '{as_of:%Y-%m-%d}'"
    ).set_index("customer_id")["lifecycle_stage_code"]
    assert len(expected_stages) > 1_500
    assert stages[expected_stages.index].to_dict() == expected_stages.to_dict()
    assert set(stages.drop(expected_stages.index)) == {"prospect"}
    assert {"new-1", "new-3", "new-9"} <= set(live.index)
    assert "new-5" not in live.index


def test_late_rows_wait_for_the_next_build(demo):
    project, tables = demo
    load(project, tables, [("n1", "new-1", -3, [("p001", 1, 9)])])
    assert project.rows(f"select * from {LIVE} where customer_id = 'new-1'") == []


def test_a_date_far_ahead_moves_no_one(demo):
    project, tables = demo
    load(project, tables, [("n1", "new-1", 365 * 20, [("p001", 1, 9)])])
    assert str(project.value(f"select max(as_of_date) from {LIVE}")) == "2025-01-01"


@pytest.mark.parametrize("when", ["at once", "on the last day"])
def test_the_change_told_leads_to_the_segment_told(demo, when):
    project, tables = demo
    told = project.query(
        """
        select * from marts.fct_customer_segment_explanations
        where change_needed is not null
        """
    )
    assert len(told) > 500
    assert told["extra_amount"].gt(0).any()
    assert told["orders_needed"].max() > 1
    for within, customers in told.groupby("within_days"):
        rows = [
            (
                f"n-{row.customer_id}-{number}",
                row.customer_id,
                0,
                [
                    (
                        "p001",
                        1,
                        # all that is more goes into the first
                        row.order_amount + (row.extra_amount if number == 0 else 0),
                    )
                ],
            )
            for row in customers.itertuples()
            for number in range(row.orders_needed)
        ]
        if when == "on the last day":
            rows.append(("z", "someone else", within - 1, [("p001", 1, 5)]))
        load(project, tables, rows)
        live = segments(project)["rfm_segment_code"]
        found = customers["customer_id"].map(live)
        assert (found == customers["next_segment_code"]).all()
    # a day later it no longer holds
    rows[-1:] = [("z", "someone else", within, [("p001", 1, 5)])]
    load(project, tables, rows if when == "on the last day" else [])
    found = customers["customer_id"].map(segments(project)["rfm_segment_code"])
    assert (found != customers["next_segment_code"]).all()


def test_an_order_less_or_without_the_extra_leads_to_no_better_segment(demo):
    project, tables = demo
    told = project.query(
        """
        select * from marts.fct_customer_segment_explanations
        where orders_needed > 1 or extra_amount > 0
        """
    )
    assert len(told) > 50
    rows = [
        (
            f"n-{row.customer_id}-{number}",
            row.customer_id,
            0,
            [("p001", 1, row.order_amount)],
        )
        for row in told.itertuples()
        for number in range(row.orders_needed - (0 if row.extra_amount > 0 else 1))
    ]
    load(project, tables, rows)
    order = project.query(
        "select segment_code, segment_order from reference.segments "
        "where dimension = 'rfm'"
    ).set_index("segment_code")["segment_order"]
    now = told["customer_id"].map(segments(project)["rfm_segment_code"]).map(order)
    before = told["rfm_segment_code"].map(order)
    assert (now >= before).all()


def test_the_rules_are_conditions_that_run(demo):
    project, tables = demo
    load(project, tables, [])
    rules = project.query("select * from intermediate.int_segments__rules")
    assert len(rules) >= 8
    for rule in rules.itertuples():
        where = f"anchor_role = 'scoring' and count_orders > 0 and {rule.sql_condition}"
        fits = project.rows(
            "select customer_id from intermediate.int_customers__features "
            f"where {where} order by 1"
        )
        expected = project.rows(
            "select customer_id from intermediate.int_customers__rules "
            f"where rule_id = '{rule.rule_id}' order by 1"
        )
        assert fits == expected


def as_written(times, kind):
    """Write times as text, as typed times, with the day first, or as seconds."""
    times = pd.Series(pd.to_datetime(times))
    if kind == "text":
        return times.astype(str)
    if kind == "day first":
        return times.dt.strftime("%d/%m/%Y %H:%M")
    return times if kind == "typed" else times.astype("datetime64[s]").astype("int64")


@pytest.mark.parametrize("kind", ["text", "typed", "day first", "seconds"])
def test_raw_tables_of_any_type_are_read(project, kind):
    shop = {name: pd.DataFrame(rows) for name, rows in small_shop(30).items()}
    number = {
        order: position for position, order in enumerate(shop["orders"]["order_id"])
    }
    for table in shop.values():
        table["order_id"] = table["order_id"].map(number)
    project.write(**shop)
    is_typed = kind in ("typed", "seconds")
    for name in shop:
        frame = pd.read_parquet(project.raw / f"{name}.parquet")
        if is_typed:
            for column in ("order_id", "line_number", "quantity"):
                if column in frame:
                    frame[column] = frame[column].astype("int64")
        if "ordered_at" in frame:
            frame["ordered_at"] = as_written(frame["ordered_at"], kind)
        frame.to_parquet(project.raw / f"{name}.parquet", index=False)
    order = "day first" if kind == "day first" else None
    result = project.build(
        "--select", "+live_customer_segments", **QUICK, date_order=order
    )
    assert result.success, result.text
    for name in shop:
        frame = pd.read_parquet(project.raw / f"{name}.parquet")
        new = frame.tail(1).copy()
        new["order_id"] = 9000 if is_typed else "9000"
        if name == "orders":
            new["customer_id"] = "someone new"
            new["ordered_at"] = as_written(["2025-01-20 10:00"], kind).to_numpy()
        pd.concat([frame, new]).to_parquet(project.raw / f"{name}.parquet", index=False)
    found = project.rows(
        f"select count_orders, as_of_date from {LIVE} where customer_id = 'someone new'"
    )
    assert json.dumps(found, default=str) == '[[1, "2025-01-21"]]'


def test_a_shop_without_orders_has_no_live_segments(project):
    project.write(orders=[], order_lines=[])
    result = project.build(
        "--select",
        "+live_customer_segments",
        "+fct_customer_segment_explanations",
        "+rpt_segment_rules",
        "+rpt_segment_rule_fidelity",
        **QUICK,
    )
    assert result.success, result.text
    assert project.rows(f"select * from {LIVE}") == []
    assert project.rows("select * from marts.rpt_segment_rules") == []

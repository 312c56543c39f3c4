"""Features at an anchor depend on what happened before it, and on nothing after."""

import pandas as pd
import pytest
from dbt_project import demo_tables
from raw_events import EVENT, at, cut

# what a table's rows are dated by; order lines go with their orders
QUICK = {
    "cluster_methods": ["k-means"],
    "cluster_counts": [3],
    "tuning_configurations": 1,
    "bootstrap_samples": 20,
}


@pytest.fixture(scope="module")
def demo():
    """Return the demo, with a third of the opened messages opened 40 days late.

    Most are opened within hours: few would be sent before an anchor and opened after.
    """
    tables = demo_tables()
    messages = tables["messages"]
    late = messages.index[messages["opened_at"].notna()][::3]
    opened = at(messages.loc[late, "sent_at"]) + pd.Timedelta(days=40)
    messages.loc[late, "opened_at"] = opened.dt.strftime("%Y-%m-%d %H:%M:%S")
    return tables


@pytest.fixture(scope="module")
def full(new_project, demo):
    return green(new_project().write(**demo))


@pytest.fixture(scope="module")
def anchor(full):
    """Return the latest past anchor of the full build."""
    return full.value(
        "select cast(anchor_date as text) from intermediate.int_anchors "
        "where anchor_number = 1"
    )


@pytest.fixture(scope="module")
def cut_short(new_project, demo, anchor):
    return green(new_project().write(**cut(demo, anchor)), as_of_date=anchor)


@pytest.fixture(scope="module")
def replayed(new_project, demo, anchor):
    return green(new_project().write(**demo), as_of_date=anchor)


def green(project, **settings):
    result = project.build(**QUICK, **settings)
    assert result.success, result.text
    return project


def buyers(project, anchor):
    # the past anchor of one build is the scoring anchor of the other
    return project.query(f"""
        select * exclude (anchor_number, anchor_role)
        from intermediate.int_customers__features
        where anchor_date = '{anchor}' and count_orders > 0 order by customer_id
    """)


def category_counts(project, anchor):
    return project.query(f"""
        from intermediate.int_customers__category_counts
        where anchor_date = '{anchor}' order by customer_id, category
    """)


@pytest.mark.parametrize("seen", [buyers, category_counts])
def test_features_at_an_anchor_ignore_what_came_after(full, cut_short, anchor, seen):
    before, after = seen(full, anchor), seen(cut_short, anchor)

    assert len(before) > 1000
    pd.testing.assert_frame_equal(before, after, check_exact=True)


def labels(project, anchor):
    """Return the labels at the anchors before a day, as a build knows them."""
    return project.query(f"""
        select
            churn.* exclude (anchor_number, anchor_role, known_days),
            worth.* exclude (customer_id, anchor_date, anchor_number, known_days),
            categories.next_category,
            answers.* exclude (customer_id, anchor_date, anchor_number)
        from intermediate.int_customers__churn_labels as churn
        inner join intermediate.int_customers__value_labels as worth
            using (customer_id, anchor_date)
        inner join intermediate.int_customers__next_category_labels as categories
            using (customer_id, anchor_date)
        inner join intermediate.int_customers__response_labels as answers
            using (customer_id, anchor_date)
        where churn.anchor_date < '{anchor}'
        order by churn.customer_id, churn.anchor_date
    """)


def test_a_label_once_known_stays_as_it_is(full, replayed, anchor):
    then, now = labels(replayed, anchor), labels(full, anchor)
    # the replay looks one anchor further back
    then = then[then["anchor_date"].isin(now["anchor_date"])].reset_index(drop=True)

    assert len(now) == len(then) > 1000
    for label in now.columns:
        known = then[label].notna()
        assert known.any(), label
        pd.testing.assert_series_equal(
            then.loc[known, label], now.loc[known, label], check_dtype=False
        )
    half_year = "is_purchase_next_180d"
    assert (then[half_year].isna() & now[half_year].notna()).any()


def test_the_test_sees_an_order_moved_across_the_anchor(
    new_project, demo, cut_short, anchor
):
    moved = cut(demo, anchor)
    orders = moved["orders"]
    accepted = cut_short.value(
        "select max_by(order_id, ordered_at) from intermediate.int_sale_lines "
        "where customer_id is not null"
    )
    orders.loc[orders["order_id"] == accepted, "ordered_at"] = f"{anchor} 00:00:00"
    project = new_project().write(**moved)
    project.build("--select", "+int_customers__features", as_of_date=anchor, **QUICK)

    assert not buyers(project, anchor).equals(buyers(cut_short, anchor))


def tables_to_compare(project):
    return [
        name
        for name in project.tables("marts", "learned", "intermediate")
        if "int_" not in name or "__checked" not in name
    ]


QUALITY = {
    "intermediate.int_rejected_rows",
    "intermediate.int_raw_tables__quality",
    "marts.fct_rejected_rows",
    "marts.rpt_input_quality",
}


def test_a_replay_gives_the_marts_of_that_day(replayed, cut_short):
    names = [
        name
        for name in tables_to_compare(cut_short)
        # what was rejected, and how much came in, differs: the future rows are there
        if name not in QUALITY
    ]

    assert "marts.fct_customer_churn" in names
    for name in names:
        sql = f"from {name} order by all"
        then, now = cut_short.query(sql), replayed.query(sql)
        pd.testing.assert_frame_equal(then, now, check_exact=True, obj=name)


def test_a_replay_rejects_what_is_not_known_yet_and_says_so(replayed, anchor):
    reasons = replayed.rows(
        "select table_name, count(*) from marts.fct_rejected_rows "
        "where rejection_reasons like '%is in the future%' group by all"
    )

    assert dict(reasons).keys() >= set(EVENT)

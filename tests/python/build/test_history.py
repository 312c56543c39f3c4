"""History is rebuilt from orders: the past is what it was, however it is built."""

import pandas as pd
import pytest
from dbt_project import demo_tables
from raw_events import cut

HISTORY = (
    "intermediate.int_customers__history_features",
    "intermediate.int_history__cut_points",
    "intermediate.int_customers__history_segments",
    "marts.fct_customer_segment_history",
    "marts.fct_segment_transitions",
    "marts.fct_segment_size_changes",
)
SELECTED = (
    "--select",
    "+fct_customer_segment_history",
    "+fct_segment_transitions",
    "+fct_segment_size_changes",
    "+fct_customer_segments",
)
QUICK = {"cluster_methods": ["k-means"], "cluster_counts": [3, 6]}
MONTH = "2024-09-01"
LATER = ("2024-10-01", "2024-11-15", "2024-12-01")


@pytest.fixture(scope="module")
def demo():
    return demo_tables()


def built(project, **settings):
    result = project.build(*SELECTED, **QUICK, **settings)
    assert result.success, result.text
    return project


@pytest.fixture(scope="module")
def full(new_project, demo):
    return built(new_project().write(**demo))


@pytest.fixture(scope="module")
def cut_short(new_project, demo):
    return built(new_project().write(**cut(demo, MONTH)), as_of_date=MONTH)


def copy_of(new_project, other):
    project = new_project()
    project.database.write_bytes(other.database.read_bytes())
    for file in other.raw.iterdir():
        (project.raw / file.name).write_bytes(file.read_bytes())
    return project


def rows(project, table, until=None, drop=()):
    date = "valid_from" if "segment_history" in table else "anchor_date"
    where = f"where {date} <= '{until}'" if until else ""
    columns = f"* exclude ({', '.join(drop)})" if drop else "*"
    return project.query(f"select {columns} from {table} {where} order by all")


def assert_same_history(one, other, until=None, but_cluster_ids=False):
    for table in HISTORY:
        # what is current ends with the next change: that is no change of the past
        drop = ("valid_to", "is_current") if until and "history" in table[6:] else ()
        drop = drop if table.startswith("marts.fct_customer") else ()
        seen, expected = (rows(p, table, until, drop) for p in (one, other))
        if but_cluster_ids and "dimension" in seen:
            # as many rows, whatever their ids
            assert len(seen) == len(expected)
            seen, expected = (
                some[some["dimension"] != "cluster"].reset_index(drop=True)
                for some in (seen, expected)
            )
        assert len(expected), table
        # a column that a setting has added later stands last
        assert sorted(seen) == sorted(expected)
        seen = seen[list(expected)]
        pd.testing.assert_frame_equal(seen, expected, check_exact=True, obj=table)


def test_a_month_is_today_what_it_was_when_the_data_ended_there(full, cut_short):
    dates = full.value(
        "select count(distinct anchor_date) from "
        f"intermediate.int_customers__history where anchor_date <= '{MONTH}'"
    )
    assert dates > 24
    assert_same_history(full, cut_short, until=MONTH)


@pytest.mark.parametrize(
    "column",
    [
        "rfm_segment_code",
        "sticky_rfm_segment_code",
        "lifecycle_stage_code",
        "value_tier_code",
        "cluster_code",
    ],
)
def test_the_segment_before_is_that_of_the_row_before(full, column):
    followed, moved, wrong = full.query(
        f"""
        select
            count(*),
            count(*) filter (where {column} is distinct from segment_before),
            count(*) filter (where previous_{column} is distinct from segment_before)
        from (
            select
                *,
                lag({column}) over (partition by customer_id order by anchor_date)
                    as segment_before
            from intermediate.int_customers__history
        )
        where not is_first
        """
    ).iloc[0]
    assert followed > 30_000
    assert moved > 500
    assert wrong == 0


def test_what_ended_by_a_month_has_the_same_end_today(full, cut_short):
    ended = f"""
        from marts.fct_customer_segment_history
        where valid_to <= '{MONTH}' order by all
    """
    was, now = cut_short.query(ended), full.query(ended)
    assert len(was) > 10_000
    pd.testing.assert_frame_equal(was, now, check_exact=True)


def test_month_by_month_is_a_full_rebuild(new_project, demo, full, cut_short):
    grown = copy_of(new_project, cut_short)
    grown.write(**demo)
    for date in LATER:
        built(grown, as_of_date=date)
    assert_same_history(built(grown), full)


def test_an_older_day_replayed_and_then_today_again_is_today(new_project, full):
    project = copy_of(new_project, full)
    built(project, as_of_date=MONTH)
    latest = "select max(anchor_date) from intermediate.int_customers__history"
    assert str(project.value(latest))[:10] == MONTH
    assert_same_history(built(project), full)


def test_late_data_change_the_past_as_a_full_rebuild_does(new_project, demo, full):
    late = demo["orders"].index[demo["orders"]["status"] == "completed"][[40, 4000]]
    tables = {
        **demo,
        "orders": demo["orders"].drop(index=late),
        "order_lines": demo["order_lines"][
            ~demo["order_lines"]["order_id"].isin(demo["orders"].loc[late, "order_id"])
        ],
    }
    project = built(new_project().write(**tables))
    with pytest.raises(AssertionError):
        assert_same_history(project, full)
    project.write(**demo)
    assert_same_history(built(project), full, but_cluster_ids=True)
    # ids go on from those that were shown, so that they may be others than at first
    ids = full.cross(
        project,
        """
        select distinct one.cluster_id, other.cluster_id
        from one.intermediate.int_customers__history_clusters as one
        join other.intermediate.int_customers__history_clusters as other
            using (customer_id, anchor_date)
        """,
    )
    assert len(ids) > 3
    assert len({one for one, _ in ids}) == len({other for _, other in ids}) == len(ids)


@pytest.mark.parametrize("table", [t for t in HISTORY if "intermediate" in t])
def test_what_a_build_that_died_has_not_stored_is_stored_by_the_next(
    new_project, full, table
):
    import duckdb

    project = copy_of(new_project, full)
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(f"delete from {table} where anchor_date >= '2024-08-01'")
    assert_same_history(built(project), full)


def test_another_definition_makes_the_past_again(new_project, demo, full):
    # the share adds a column to the table of features
    other = {"sticky_band_pct": 15, "share_categories": ["Home"]}
    project = built(copy_of(new_project, full), **other)
    assert_same_history(project, built(new_project().write(**demo), **other))
    moved = "select count(*) from marts.fct_customer_segment_history"
    assert project.value(moved) < full.value(moved)


def test_a_feature_that_clusters_are_learned_on_later_is_worked_out(
    new_project, demo, full
):
    table = "intermediate.int_customers__history_features"
    columns = full.query(f"from {table}").columns
    assert "avg_order_amount" not in columns
    more = ["days_since_last_order", "count_orders", "avg_order_amount"]
    project = built(copy_of(new_project, full), cluster_features=more)
    anew = built(new_project().write(**demo), cluster_features=more)
    pd.testing.assert_frame_equal(
        rows(project, table, drop=["features_checksum"]),
        rows(anew, table, drop=["features_checksum"]),
        check_like=True,
    )
    assert project.value(f"select count(avg_order_amount) from {table}") > 0
    # fits learned on it are stored: it stays
    assert "avg_order_amount" in built(project).query(f"from {table}").columns


def test_on_a_date_of_the_grid_history_says_what_the_segments_of_that_day_say(
    full, cut_short
):
    for dimension, column in {
        "rfm": "rfm_segment_code",
        "rfm_sticky": "sticky_rfm_segment_code",
        "lifecycle": "lifecycle_stage_code",
        "value_tier": "value_tier_code",
        "cluster": "cluster_code",
    }.items():
        then = cut_short.query(
            f"""
            select customer_id, {column} as segment_code
            from marts.fct_customer_segments
            where as_of_date = '{MONTH}'
                and customer_id in (
                    select customer_id from intermediate.int_customers__history
                )
                and {column} is not null
            order by customer_id
            """
        )
        history = full.query(
            f"""
            select customer_id, segment_code
            from marts.fct_customer_segment_history
            where dimension = '{dimension}' and valid_from <= '{MONTH}'
                and (valid_to > '{MONTH}' or valid_to is null)
            order by customer_id
            """
        )
        assert len(then) > 1_000, dimension
        pd.testing.assert_frame_equal(then, history)


def test_a_customer_is_in_one_segment_at_a_time(full):
    overlaps = full.value(
        """
        select count(*) from marts.fct_customer_segment_history as one
        join marts.fct_customer_segment_history as other
            on one.customer_id = other.customer_id
            and one.dimension = other.dimension
            and one.valid_from < other.valid_from
            and (one.valid_to is null or one.valid_to > other.valid_from)
        """
    )
    assert overlaps == 0


def test_history_features_are_the_features_of_the_day(full):
    names = [
        name
        for (name,) in full.rows(
            "select column_name from information_schema.columns "
            "where table_name = 'int_customers__history_features' "
            "and column_name not in ("
            "'input_checksum', 'features_checksum', 'is_sampled',"
            "'favourite_channel', 'favourite_daypart')"
        )
    ]
    day = "(select anchor_date from intermediate.int_anchors where anchor_number = 0)"
    history = full.query(
        f"select {', '.join(names)} from intermediate.int_customers__history_features "
        f"where anchor_date = {day} and count_orders > 0 order by customer_id"
    )
    features = full.query(
        f"select {', '.join(names)} from intermediate.int_customers__features "
        "where anchor_number = 0 and count_orders > 0 order by customer_id"
    )
    assert len(history) > 1_500
    pd.testing.assert_frame_equal(
        history, features, check_exact=True, check_dtype=False
    )

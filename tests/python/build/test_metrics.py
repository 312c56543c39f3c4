"""Metrics: each says what SQL by hand says, from other tables where there are."""

import pandas as pd
import pytest
from metric_answers import Metrics

# what metrics are asked by, and SQL: its first columns are these, the others metrics
CASES = {
    "customers by lifecycle stage": (
        ["customer__lifecycle_stage"],
        """
        select
            lifecycle_stage_code,
            count(*) as customers,
            count(churn.customer_id) as buyers,
            count(*) - count(churn.customer_id) as prospects,
            sum(lifetime_net_amount) as revenue,
            sum(count_orders) as orders,
            sum(lifetime_net_amount) / sum(nullif(count_orders, 0))
                as average_order_value,
            avg(nullif(count_orders, 0)) as orders_per_customer,
            sum(lifetime_net_amount) / count(churn.customer_id) as revenue_per_customer,
            count(*) filter (where count_orders > 1) as repeat_buyers,
            avg(case when count_orders > 1 then 1.0 when count_orders = 1 then 0.0 end)
                as repeat_rate,
            avg(churn.churn_probability) as churn_risk,
            nullif(count(churn.churn_probability), 0) as scored_customers,
        from marts.dim_customers
        left join marts.fct_customer_segments using (customer_id)
        left join marts.fct_customer_churn as churn using (customer_id)
        group by all
        """,
    ),
    "active customers": (
        ["customer__country"],
        """
        select
            country,
            count(*) filter (where days_since_last_order <= 90) as active_customers,
            count(*) filter (where days_since_last_order <= 90)
            / count(days_since_last_order) as active_rate,
        from marts.dim_customers
        group by all
        """,
    ),
    "risk by acquisition channel": (
        ["customer__acquisition_channel"],
        """
        select
            acquisition_channel,
            sum(churn_probability) as expected_churners,
            count(*) filter (where churn_probability >= 0.7) as high_risk_customers,
            count(*) filter (where churn_probability >= 0.7) / count(*)
                as high_risk_share,
        from marts.fct_customer_churn
        left join marts.dim_customers using (customer_id)
        group by all
        """,
    ),
    "value by cluster": (
        ["customer__cluster"],
        """
        select
            cluster_code,
            sum(forecasts.expected_net_amount) as expected_revenue,
            sum(expected_value_amount) as expected_value,
            sum(expected_value_amount) / count(*) as expected_value_per_customer,
            sum(churn.churn_probability * expected_value_amount) as value_at_risk,
            sum(churn.churn_probability * expected_value_amount)
            / sum(expected_value_amount) as value_at_risk_share,
        from marts.fct_customer_value
        left join marts.fct_customer_segments using (customer_id)
        left join marts.fct_customer_churn as churn using (customer_id)
        left join marts.fct_customer_forecasts as forecasts
            on forecasts.customer_id = fct_customer_value.customer_id
            and forecasts.horizon_days = 365
        group by all
        """,
    ),
    "sign-ups by month": (
        ["metric_time__month"],
        """
        select date_trunc('month', signed_up_date), count(*) as sign_ups
        from marts.dim_customers where signed_up_date is not null group by all
        """,
    ),
    "months of the shop": (
        ["metric_time__month"],
        """
        with orders as (
            select *, date_trunc('month', order_date) as month
            from intermediate.int_orders__as_of_anchor
            where anchor_date = (select max(as_of_date) from marts.dim_customers)
        ),
        firsts as (
            select *, month = min(month) over (partition by customer_id) as is_first
            from orders
        )
        select
            month,
            count(distinct customer_id) filter (where is_first) as new_customers,
            (select count(distinct customer_id) from firsts as past
                where past.month <= firsts.month) as customers_won_to_date,
            count(distinct customer_id) as monthly_buyers,
            count(distinct customer_id) filter (where not is_first) as returning_buyers,
            count(distinct customer_id) filter (where not is_first)
            / count(distinct customer_id) as returning_share,
            sum(net_amount) as monthly_revenue,
        from firsts
        group by month
        """,
    ),
    "buyers of the last month of each year": (
        ["metric_time__year"],
        """
        select
            date_trunc('year', order_month),
            sum(count_retained_customers) as monthly_buyers,
        from marts.fct_cohort_retention where month(order_month) = 12 group by all
        """,
    ),
    "retention by cohort": (
        ["cohort__cohort_month__month"],
        """
        select
            cohort_month,
            sum(count_customers) as chances_to_return,
            sum(count_retained_customers) as returns_in_month,
            sum(retention_rate * count_customers) / sum(count_customers)
                as retention_rate,
        from marts.fct_cohort_retention where months_since_first_order > 0 group by all
        """,
    ),
    "moves of the lifecycle": (
        ["metric_time__day"],
        """
        with dates as (
            select distinct anchor_date as day from marts.fct_segment_transitions
        ),
        stays as (
            select *, segment_code in ('new', 'active', 'reactivated') as is_active
            from marts.fct_customer_segment_history where dimension = 'lifecycle'
        )
        select
            day,
            count(*) filter (where before.is_active) as active_customers_before,
            count(*) filter (where before.is_active and not after.is_active)
                as churned_customers,
            count(*) filter (where before.is_active and not after.is_active)
            / nullif(count(*) filter (where before.is_active), 0) as churn_rate,
            count(*) filter (
                where after.segment_code = 'reactivated'
                and before.segment_code <> 'reactivated'
            ) as reactivated_customers,
        from dates
        inner join stays as after
            on valid_from <= day and day < coalesce(valid_to, '9999-12-31')
        left join stays as before
            on before.customer_id = after.customer_id
            and before.valid_from <= day - interval 1 month
            and day - interval 1 month < coalesce(before.valid_to, '9999-12-31')
        group by all
        """,
    ),
    "stays by way of segmenting": (
        ["segment__dimension"],
        """
        select
            dimension,
            sum(count_customers) as moves,
            sum(count_customers) filter (where from_segment_code = to_segment_code)
                as stays,
            sum(transition_rate * count_from_customers)
            filter (where from_segment_code = to_segment_code)
            / sum(count_customers) as segment_stay_rate,
        from marts.fct_segment_transitions
        where from_segment_code <> 'new_customer' group by all
        """,
    ),
    "segments of the past": (
        ["segment__dimension", "segment__segment_name", "metric_time__quarter"],
        """
        select
            sizes.dimension,
            segment_name,
            date_trunc('quarter', anchor_date),
            count(customer_id) as segment_members,
            count(customer_id) as members_of_all_ways,
            1 as ways_with_sizes,
        from (
            select distinct anchor_date, dimension, segment_code
            from marts.fct_segment_size_changes
        ) as sizes
        left join marts.fct_customer_segment_history as stays
            on stays.dimension = sizes.dimension
            and stays.segment_code = sizes.segment_code
            and valid_from <= anchor_date
            and anchor_date < coalesce(valid_to, '9999-12-31')
        left join marts.dim_segments
            on dim_segments.dimension = sizes.dimension
            and dim_segments.segment_code = sizes.segment_code
        where anchor_date in (
            select max(anchor_date) from marts.fct_segment_size_changes
            group by date_trunc('quarter', anchor_date)
        )
        group by all
        """,
    ),
    "segments of today": (
        ["segment__dimension", "segment__segment_name"],
        """
        with sizes as (
            select
                dimension,
                segment_name,
                count(*) as number,
                sum(lifetime_net_amount) as net,
            from marts.dim_segments
            inner join marts.fct_customer_segments on case dimension
                when 'rfm' then rfm_segment_code
                when 'rfm_sticky' then sticky_rfm_segment_code
                when 'lifecycle' then lifecycle_stage_code
                when 'value_tier' then value_tier_code
                when 'cluster' then cluster_code
            end = segment_code
            left join marts.dim_customers using (customer_id)
            group by all
        )
        select
            dimension,
            segment_name,
            number / sum(number) over (partition by dimension) as customer_share,
            customer_share as customer_shares_of_all_ways,
            net / sum(net) over (partition by dimension) as revenue_share,
            revenue_share as revenue_shares_of_all_ways,
            1 as ways_of_segmenting,
        from sizes
        """,
    ),
    "value at stake by stage": (
        ["segment__segment_name"],
        """
        select
            segment_name,
            sum(churn_probability * expected_value_amount) as value_at_stake,
            value_at_stake as values_at_stake_of_all_ways,
            1 as ways_of_ranking,
        from marts.fct_customer_value
        inner join marts.fct_customer_segments using (customer_id)
        inner join marts.dim_segments
            on dimension = 'lifecycle' and segment_code = lifecycle_stage_code
        where lifecycle_stage_code in ('new', 'active', 'reactivated')
        group by all
        """,
        "{{ Dimension('segment__segment_name') }} in ('New', 'Active', 'Reactivated')"
        " and {{ Dimension('segment__dimension') }} = 'lifecycle'",
    ),
    "rejected rows": (
        ["raw_table"],
        """
        select
            table_name,
            any_value(count_accepted_rows) + count(row_key) as raw_rows,
            count(row_key) as rejected_rows,
            count(row_key) / any_value(count_rows) as rejected_share,
        from marts.rpt_input_quality
        left join marts.fct_rejected_rows using (table_name)
        group by table_name
        """,
    ),
}

# without a way of segmenting, no figure is five times too high
WHOLE = """
    select
        1 as customer_share,
        1 as revenue_share,
        (select sum(value_at_stake) from marts.rpt_segment_priorities
            where dimension = 'rfm') as value_at_stake,
        (select count(*) / count(distinct dimension)
            from marts.fct_customer_segment_history where is_current) as segment_members
"""


@pytest.fixture(scope="module")
def metrics(new_project, demo_database):
    return Metrics(new_project().manifest(), demo_database)


def same(found: pd.DataFrame, expected: pd.DataFrame, by: list[str]) -> None:
    """Compare what is found with what is expected, in whatever order."""
    expected.columns = [*by, *expected.columns[len(by) :]]
    for frame in (found, expected):
        frame[by] = frame[by].astype(str).replace("None", "nan")
    values = [name for name in expected.columns if name not in by]
    if by:
        found, expected = (
            frame.set_index(by).sort_index() for frame in (found, expected)
        )
    pd.testing.assert_frame_equal(
        found[values].astype(float),
        expected[values].astype(float),
        # marts keep amounts in cents: a month has some hundred of them
        rtol=5e-6,
        atol=0.006,
        check_index_type=False,
    )


@pytest.mark.parametrize("case", CASES)
def test_metrics_say_what_sql_by_hand_says(metrics, case):
    by, sql, *where = CASES[case]
    expected = metrics.connection.sql(sql).df()
    assert len(expected) > 1

    found = metrics.ask(list(expected.columns[len(by) :]), by, *where)

    same(found, expected, by)


def test_a_query_without_a_way_of_segmenting_counts_nobody_twice(metrics):
    expected = metrics.connection.sql(WHOLE).df()

    same(metrics.ask(list(expected.columns), []), expected, [])


def test_every_metric_is_in_a_case(metrics):
    columns = (metrics.connection.sql(sql).columns for _, sql, *_ in CASES.values())

    assert metrics.names <= {name for names in columns for name in names}


def test_metricflow_finds_nothing_wrong_and_answers_saved_queries(metrics):
    assert metrics.errors() == []
    for query in metrics.semantic.saved_queries:
        answer = metrics.ask_saved(query.name)
        assert len(answer) > 5, query.name
        assert answer.notna().any().all(), query.name

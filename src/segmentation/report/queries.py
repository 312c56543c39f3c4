"""What the report reads from the published file: one query for each part of it.

Sticky RFM segments are left out: they are the RFM segments again, held back. No query
returns a customer.
"""

PUBLICATION = "select * from publication"

# what each column means ships with the file, as its comment
DEFINITIONS = """
    select table_name || '.' || column_name as name, comment as definition
    from duckdb_columns()
    where database_name = current_database() and schema_name = current_schema()
        and comment is not null
    order by 1
"""

QUERIES = {
    "overview": """
        select * from rpt_segment_overview
        where dimension <> 'rfm_sticky' and count_customers > 0
        order by dimension, segment_order, segment_code
    """,
    "segments": """
        select dimension, segment_code, segment_name, segment_order, description
        from dim_segments
        order by dimension, segment_order, segment_code
    """,
    "priorities": """
        select * from rpt_segment_priorities
        where dimension <> 'rfm_sticky' and count_customers > 0
        order by dimension, priority_rank
    """,
    # the last step of each way of segmenting, and the date it began at
    "moves": """
        select
            *,
            (
                select max(other.anchor_date)
                from fct_segment_transitions as other
                where other.dimension = moves.dimension
                    and other.anchor_date < moves.anchor_date
            ) as previous_date
        from fct_segment_transitions as moves
        where dimension in ('rfm', 'lifecycle')
        qualify rank() over (partition by dimension order by anchor_date desc) = 1
        order by dimension, from_segment_code, to_segment_code
    """,
    "changes": """
        select * from fct_segment_size_changes
        where dimension in ('rfm', 'lifecycle')
        qualify rank() over (partition by dimension order by anchor_date desc) = 1
        order by dimension, segment_code, cause
    """,
    "sizes": """
        select dimension, anchor_date, segment_code, max(count_after) as count_after
        from fct_segment_size_changes
        where dimension in ('rfm', 'lifecycle')
        group by all
        order by all
    """,
    "cohorts": """
        select * from fct_cohort_retention
        order by cohort_month, months_since_first_order
    """,
    # customers by expected amount, in steps of 1, 2, 5, 10, 20, …
    "value_steps": """
        with logs as (
            select
                expected_net_amount::double as amount,
                floor(log10(expected_net_amount::double)) as exponent
            from fct_customer_value
            where expected_net_amount >= 1
        ),
        steps as (
            select
                amount,
                power(10, exponent) * case
                    when amount >= 5 * power(10, exponent) then 5
                    when amount >= 2 * power(10, exponent) then 2
                    else 1
                end as lower_amount
            from logs
        )
        select lower_amount, count(*) as count_customers, sum(amount) as amount
        from steps
        group by 1
        union all
        select 0, count(*), coalesce(sum(expected_net_amount::double), 0)
        from fct_customer_value
        where expected_net_amount < 1
        having count(*) > 0
        order by 1
    """,
    "value_bands": """
        select
            value_band,
            count(*) as count_customers,
            median(expected_net_amount)::double as expected_net_amount,
            median(net_amount_p10)::double as net_amount_p10,
            median(net_amount_p90)::double as net_amount_p90,
            median(no_purchase_probability) as no_purchase_probability,
            median(net_amount_p10_if_buying)::double as net_amount_p10_if_buying,
            median(net_amount_p90_if_buying)::double as net_amount_p90_if_buying,
            sum(expected_net_amount)::double as total_net_amount
        from fct_customer_value
        where value_band is not null
        group by value_band
        order by min(array_position(
            ['lowest', 'low', 'medium', 'high', 'highest'], value_band
        ))
    """,
    "value": """
        with ranked as (
            select
                *,
                row_number() over (
                    order by expected_net_amount desc nulls last, customer_id
                ) as position,
                count(expected_net_amount) over () as count_expected
            from fct_customer_value
        )
        select
            count(*) as count_customers,
            count(expected_net_amount) as count_expected,
            sum(expected_net_amount)::double as expected_net_amount,
            sum(expected_value_amount)::double as expected_value_amount,
            sum(lifetime_net_amount)::double as lifetime_net_amount,
            (sum(expected_net_amount) filter (position <= ceil(count_expected / 5)))
                ::double as top_fifth_amount,
            max(horizon_days) as horizon_days,
            max(value_basis) as value_basis,
            max(served_by) as served_by
        from ranked
        having count(*) > 0
    """,
    "tiers": """
        select churn_risk_tier, count(*) as count_customers,
            max(horizon_days) as horizon_days
        from fct_customer_churn
        group by 1
        order by array_position(['low', 'medium', 'high', 'unknown'], churn_risk_tier)
    """,
    # of a model that does not serve, the newest fit says why
    "models": """
        select * exclude (settings, library_versions, features)
        from dim_model_fits
        qualify row_number() over (
            partition by model_name
            order by is_serving_now desc, fit_date desc nulls last, fit_number desc
        ) = 1
        order by model_name
    """,
    "calibration": """
        select * from fct_model_calibration
        where is_serving and is_calibrated
        qualify rank() over (partition by model_name order by anchor_date desc) = 1
        order by model_name, bin
    """,
    "lift": """
        select * from fct_model_lift
        where is_serving
        qualify rank() over (partition by model_name order by anchor_date desc) = 1
        order by model_name, decile
    """,
    "scores": """
        select * from fct_model_scorecards
        where is_serving and metric_value is not null
        qualify rank() over (
            partition by model_name, metric order by anchor_date desc nulls last
        ) = 1
        order by model_name, metric
    """,
    "personas": """
        select dimension, segment_id, section, heading, sentence
        from fct_persona_sentences
        where dimension in ('rfm', 'cluster')
        order by dimension, segment_id, section_number, sentence_number
    """,
    "inputs": """
        select * from rpt_input_quality
        order by rejected_share desc nulls last, source_name, table_name
    """,
    "reconciliation": """
        select * from rpt_sales_reconciliation order by step_order
    """,
}

with

-- a version from after the as_of_date is used only where there is no earlier one
versions as (

    select
        customers.*,
        coalesce(customers.updated_at >= plausible_dates.events_before_at, false)
            as is_later_version
    from {{ ref('stg_shop__customers') }} as customers
    cross join {{ ref('int_plausible_dates') }} as plausible_dates

),

{{ accept_or_reject(
    'shop', 'customers', rows='versions', prefer='is_later_version asc, updated_at desc nulls last',
    rejections={
        'customer_id is missing': 'customer_id is null',
        'birth_date is before 1900': "birth_date < cast('1900-01-01' as date)",
        'birth_date is in the future':
            'birth_date >= cast(events_before_at as date)',
        'signed_up_at is in the future': 'signed_up_at >= events_before_at',
    }
) }}

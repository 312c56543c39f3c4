-- Applies the candidate that serves from its parameters; those of other candidates are
-- null. The parts from a customer's own purchases, the shop's shares and the last
-- purchase are separate columns that add up to the probability.
-- segmentation.predictions.tastes is the same rule in Python.
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

category_counts as (

    select
        category_counts.customer_id,
        category_counts.category,
        category_counts.expected_main_days
    from {{ ref('int_customers__category_counts') }} as category_counts
    inner join customers
        on
            category_counts.customer_id = customers.customer_id
            and category_counts.anchor_date = customers.anchor_date

),

fits as (

    select
        fit_id,
        champion,
        is_baseline
    from {{ ref('int_fits__serving_next_categories') }}
    where champion <> 'none'

),

parameters as (

    select * from {{ ref('int_fits__next_category_parameters') }}
    where is_served

),

served as (

    select
        fits.fit_id,
        fits.champion,
        fits.is_baseline,
        max(case when parameters.parameter = 'alpha' then parameters.value end)
            as alpha,
        max(case when parameters.parameter = 'last_weight' then parameters.value end)
            as last_weight,
        max(case when parameters.parameter = 'favourite_rate' then parameters.value end)
            as favourite_rate
    from fits
    inner join parameters
        on fits.fit_id = parameters.fit_id
    group by fits.fit_id, fits.champion, fits.is_baseline

),

shares as (

    select
        value as shop_share,
        substring(parameter, length('share:') + 1) as category
    from parameters
    where parameter like 'share:%'

),

-- shares come from a sample of customers: the others may have bought more categories
categories as (

    select category from shares
    union
    select category from category_counts

),

totals as (

    select
        customer_id,
        sum(expected_main_days) as expected_main_days
    from category_counts
    group by customer_id

),

pairs as (

    select
        customers.customer_id,
        customers.anchor_date,
        categories.category,
        served.fit_id,
        served.champion,
        served.is_baseline,
        served.alpha,
        served.favourite_rate,
        cast(coalesce(category_counts.expected_main_days, 0) as double)
            as expected_main_days,
        cast(coalesce(totals.expected_main_days, 0) as double)
            as expected_all_main_days,
        coalesce(shares.shop_share, 0) as shop_share,
        coalesce(favourites.shop_share, 0) as favourite_share,
        customers.favourite_category is not null as has_favourite,
        coalesce(customers.favourite_category = categories.category, false)
            as is_favourite,
        coalesce(customers.last_category = categories.category, false) as is_last,
        case
            when customers.last_category is null then 0
            else coalesce(served.last_weight, 0)
        end as last_weight
    from customers
    cross join served
    cross join categories
    left join shares
        on categories.category = shares.category
    left join shares as favourites
        on customers.favourite_category = favourites.category
    left join category_counts
        on
            customers.customer_id = category_counts.customer_id
            and categories.category = category_counts.category
    left join totals
        on customers.customer_id = totals.customer_id

),

parts as (

    select
        *,
        case
            when champion = 'popularity' then 0
            when champion = 'own favourite'
                then case when is_favourite then favourite_rate else 0 end
            else
                (1 - last_weight) * expected_main_days / (expected_all_main_days + alpha)
        end as own_part,
        case
            when champion = 'popularity' then shop_share
            when champion = 'own favourite' and not has_favourite then shop_share
            when champion = 'own favourite' and is_favourite then 0
            -- all other categories by their share in the shop
            when champion = 'own favourite'
                then (1 - favourite_rate) * shop_share / (1 - favourite_share)
            else
                (1 - last_weight) * alpha * shop_share / (expected_all_main_days + alpha)
        end as shop_part,
        case when is_last then last_weight else 0 end as last_part
    from pairs

)

select
    ---------- ids
    customer_id,
    fit_id,

    ---------- strings
    category,
    champion,

    ---------- numerics
    cast(own_part as double) as own_part,
    cast(shop_part as double) as shop_part,
    cast(last_part as double) as last_part,
    cast(own_part + shop_part + last_part as double) as probability,

    ---------- booleans
    is_baseline,

    ---------- dates
    anchor_date
from parts

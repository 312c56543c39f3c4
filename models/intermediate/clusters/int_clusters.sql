-- All clusters so far, each as in the newest fit that has it; current clusters first.
with

fits as (

    select
        fits.*,
        anchors.anchor_date is not null as is_serving,
        -- until the next usable fit serves
        coalesce(
            lead(fits.serves_from) over (
                order by fits.serves_from asc, fits.fit_number asc
            ) - interval '1' day,
            fits.serves_from
        ) as serves_to
    from {{ ref('int_cluster_fits') }} as fits
    left join {{ ref('int_history_anchors__clusters') }} as anchors
        on
            fits.fit_id = anchors.cluster_fit_id
            and anchors.is_scoring
    where fits.is_able

),

-- each cluster as in the newest fit that has it, with the years it was in
clusters_known as (

    select
        clusters.*,
        fits.is_serving,
        min(extract(year from fits.serves_from)) over (
            partition by clusters.cluster_id
        ) as first_year,
        max(extract(year from fits.serves_to)) over (
            partition by clusters.cluster_id
        ) as last_year
    from {{ ref('int_cluster_fits__clusters') }} as clusters
    inner join fits
        on clusters.fit_id = fits.fit_id
    qualify
        row_number() over (
            partition by clusters.cluster_id
            order by fits.serves_from desc, fits.fit_number desc
        ) = 1

),

-- what is typical of a cluster, beside what is typical of all, in words and units
typical as (

    select
        centres.fit_id,
        centres.cluster_id,
        centres.feature,
        replace(
            labels.words,
            '{value}',
            {{ format_number(
                'centres.typical_value', 'labels.format', 'labels.unit', 'labels.units'
            ) }}
        )
        || ' (all customers: ' || {{ format_number(
            'centres.typical_of_all', 'labels.format', 'labels.unit', 'labels.units'
        ) }} || ')' as words
    from {{ ref('int_cluster_fits__centres') }} as centres
    inner join {{ ref('feature_labels') }} as labels
        on centres.feature = labels.feature
    where centres.category is null

),

descriptions as (

    select
        fit_id,
        cluster_id,
        'Typically: '
        || {{ dbt.listagg('words', "', '", 'order by feature') }} as description
    from typical
    group by fit_id, cluster_id

),

-- a cluster of the past keeps its name with its years; of two alike, with its code
named as (

    select
        *,
        suggested_name || case
            when is_serving then ''
            when first_year = last_year
                then ' (' || cast(last_year as {{ dbt.type_string() }}) || ')'
            else
                ' (' || cast(first_year as {{ dbt.type_string() }}) || '–'
                || cast(last_year as {{ dbt.type_string() }}) || ')'
        end as full_name
    from clusters_known

),

distinct_names as (

    select
        *,
        full_name || case
            when
                not is_serving
                and count(*) over (partition by full_name) > 1
                then ', no. ' || cast(cluster_id as {{ dbt.type_string() }})
            else ''
        end as distinct_name
    from named

)

select
    {{ cluster_code('clusters_known.cluster_id') }} as segment_code,
    clusters_known.distinct_name as suggested_name,
    coalesce(descriptions.description, 'Nobody was in it when it was learned')
        as description,
    clusters_known.is_serving as is_current,
    row_number() over (
        order by
            clusters_known.is_serving desc,
            clusters_known.value_rank asc,
            clusters_known.cluster_id asc
    ) as segment_order
from distinct_names as clusters_known
left join descriptions
    on
        clusters_known.fit_id = descriptions.fit_id
        and clusters_known.cluster_id = descriptions.cluster_id

union all

select
    {{ cluster_code(0) }} as segment_code,
    'In no cluster' as suggested_name,
    'Too far from every cluster to be in one' as description,
    max(case when is_serving then 1 else 0 end) = 1 as is_current,
    1000 as segment_order
from fits
where max_distance is not null
having count(*) > 0

select
    ---------- ids
    cast(
        fit_id || ':' || method
        || ':' || coalesce(cast(n_clusters as {{ dbt.type_string() }}), 'none')
        as {{ dbt.type_string() }}
    ) as evidence_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(method as {{ dbt.type_string() }}) as method,
    cast(preprocessing as {{ dbt.type_string() }}) as preprocessing,
    cast(verdict as {{ dbt.type_string() }}) as verdict,

    ---------- numerics
    cast(n_clusters as bigint) as n_clusters,
    cast(count_customers as bigint) as count_customers,
    {% for metric in [
        'silhouette',
        'davies_bouldin',
        'stability_ari',
        'prediction_strength',
        'holdout_ari',
        'smallest_share',
        'noise_share',
        'spend_explained',
        'churn_explained',
    ] -%}
    cast(round({{ metric }}, 6) as double) as {{ metric }},
    {% endfor %}
    ---------- booleans
    is_eligible,
    is_chosen,

    ---------- dates
    cast(fit_date as date) as fit_date
from {{ for_readers('int_cluster_fits__evidence') }}

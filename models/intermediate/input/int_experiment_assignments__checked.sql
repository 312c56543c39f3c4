with

{{ accept_or_reject(
    'crm', 'experiment_assignments', rows=ref('stg_crm__experiment_assignments'), prefer='assigned_at asc nulls last',
    rejections=dict(date_rejections('assigned_at'), **{
        'experiment_id is missing': 'experiment_id is null',
        'customer_id is missing': 'customer_id is null',
        'variant is missing': 'variant is null',
    })
) }}

with

{{ accept_or_reject(
    'privacy', 'erasure_requests', rows=ref('stg_privacy__erasure_requests'),
    rejections=dict(date_rejections('requested_at'), **{
        'customer_id is missing': 'customer_id is null',
    })
) }}

with

{{ accept_or_reject(
    'privacy', 'consents', rows=ref('stg_privacy__consents'),
    rejections=dict(date_rejections('recorded_at'), **{
        'customer_id is missing': 'customer_id is null',
        'purpose is missing': 'purpose is null',
        'is_granted is missing':
            'is_granted is null and ' ~ is_not_unreadable('is_granted'),
    })
) }}

with

{{ accept_or_reject(
    'web', 'web_events', rows=ref('stg_web__web_events'), prefer='occurred_at asc nulls last',
    rejections=dict(date_rejections('occurred_at'), **{
        'event_id is missing': 'event_id is null',
        'event_type is missing': 'event_type is null',
    })
) }}

with

{{ accept_or_reject(
    'crm', 'messages', rows=ref('stg_crm__messages'), prefer='sent_at asc nulls last, opened_at asc nulls last',
    rejections=dict(date_rejections('sent_at'), **{
        'message_id is missing': 'message_id is null',
        'customer_id is missing': 'customer_id is null',
        'opened_at is before sent_at': 'opened_at < sent_at',
        'clicked_at is before sent_at': 'clicked_at < sent_at',
        'unsubscribed_at is before sent_at': 'unsubscribed_at < sent_at',
    })
) }}

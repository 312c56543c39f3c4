with

{{ accept_or_reject(
    'feedback', 'support_tickets', rows=ref('stg_feedback__support_tickets'), prefer='opened_at asc nulls last',
    rejections=dict(date_rejections('opened_at'), **{
        'ticket_id is missing': 'ticket_id is null',
        'satisfaction is not between 1 and 5': 'satisfaction not between 1 and 5',
        'resolved_at is before opened_at': 'resolved_at < opened_at',
    })
) }}

with

{{ accept_or_reject(
    'feedback', 'reviews', rows=ref('stg_feedback__reviews'), prefer='created_at asc nulls last',
    rejections=dict(date_rejections('created_at'), **{
        'review_id is missing': 'review_id is null',
        'rating is missing': 'rating is null and ' ~ is_not_unreadable('rating'),
        'rating is not between 1 and 5': 'rating not between 1 and 5',
    })
) }}

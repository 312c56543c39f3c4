with

{{ accept_or_reject(
    'shop', 'customers', rows=ref('stg_shop__customers'), prefer='updated_at desc nulls last',
    faults={
        'customer_id is missing': 'customer_id is null',
        'birth_date is before 1900': "birth_date < cast('1900-01-01' as date)",
        'birth_date is in the future':
            'birth_date >= cast(events_before_at as date)',
        'signed_up_at is in the future': 'signed_up_at >= events_before_at',
    }
) }}

{#- The raw tables and their keys, in the order of reports; `optional_key` names the
    part of a key that may be null. The checked model of `orders` is
    `int_orders__checked`, and so on. -#}
{% macro raw_tables() -%}
    {{ return([
        {'source': 'shop', 'table': 'orders', 'key': ['order_id'], 'event_at': 'ordered_at'},
        {'source': 'shop', 'table': 'order_lines',
         'key': ['order_id', 'line_number'], 'event_at': none},
        {'source': 'shop', 'table': 'customers',
         'key': ['customer_id'], 'event_at': 'signed_up_at'},
        {'source': 'shop', 'table': 'products', 'key': ['product_id'], 'event_at': none},
        {'source': 'shop', 'table': 'inventory',
         'key': ['product_id', 'counted_at'], 'event_at': 'counted_at'},
        {'source': 'web', 'table': 'web_events', 'key': ['event_id'], 'event_at': 'occurred_at'},
        {'source': 'crm', 'table': 'messages', 'key': ['message_id'], 'event_at': 'sent_at'},
        {'source': 'crm', 'table': 'experiment_assignments',
         'key': ['experiment_id', 'customer_id'], 'event_at': 'assigned_at'},
        {'source': 'feedback', 'table': 'reviews', 'key': ['review_id'], 'event_at': 'created_at'},
        {'source': 'feedback', 'table': 'support_tickets',
         'key': ['ticket_id'], 'event_at': 'opened_at'},
        {'source': 'privacy', 'table': 'consents',
         'key': ['customer_id', 'purpose', 'channel', 'recorded_at'], 'optional_key': ['channel'],
         'event_at': 'recorded_at'},
        {'source': 'privacy', 'table': 'erasure_requests',
         'key': ['customer_id', 'requested_at'], 'event_at': 'requested_at'},
    ]) }}
{%- endmacro %}

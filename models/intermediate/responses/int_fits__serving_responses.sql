{{ serving_fits(ref('ml_fits__responses'), ['message_click', 'message_order']) }}

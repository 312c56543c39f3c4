{{ serving_fits(
    ref('ml_fits__purchases'),
    purchase_targets().values() | list + ['next_order']
) }}

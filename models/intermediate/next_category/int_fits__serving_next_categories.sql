{{ serving_fits(ref('ml_fits__next_categories'), ['next_category']) }}

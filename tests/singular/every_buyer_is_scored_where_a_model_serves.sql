-- A model that scores in batches may lose some without a word: each buyer must have the
-- score of what serves.
select
    'churn' as model_name,
    customer_id
from {{ ref('fct_customer_churn') }}
where served_by <> 'none' and churn_probability is null

union all

select
    'value' as model_name,
    customer_id
from {{ ref('fct_customer_value') }}
where served_by <> 'none' and expected_value_amount is null

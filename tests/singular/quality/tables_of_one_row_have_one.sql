-- What every row of another model is joined to, without a key, is a single row: a second
-- one would double all of them, and none would leave nothing. A shop without an order has
-- no date that live segments are known at.
select
    'int_plausible_dates' as table_name,
    count(*) as count_rows
from {{ ref('int_plausible_dates') }}
having count(*) <> 1
union all
select
    'int_prospects__conversion' as table_name,
    count(*) as count_rows
from {{ ref('int_prospects__conversion') }}
having count(*) <> 1
union all
select
    'int_live__known' as table_name,
    count(*) as count_rows
from {{ ref('int_live__known') }}
having count(*) > 1

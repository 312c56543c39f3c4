---------- dates
select cast(date_day as date) as date_day
from {{ for_readers('int_days') }}

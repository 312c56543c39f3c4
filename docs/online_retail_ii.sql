-- Lands Online Retail II (UCI, 1,067,371 lines) as the raw tables of this project.
-- Run it with DuckDB in the folder that raw_path will name, with the source file in it,
-- or its path in the variable `source`.

create or replace temp view lines as
select
    invoice,
    stock_code,
    description,
    quantity,
    invoice_date,
    price,
    country,
    cast(customer_id as varchar) as customer_id
from read_parquet(coalesce(getvariable('source'), 'online_retail_ii.parquet'));

-- An invoice has one customer and one status. `C…` are credit notes. The six `A…` are
-- adjustments of bad debt, no sales: 'adjustment' is no known status, so that they are
-- rejected where everyone can see them.
copy (
    select
        invoice as order_id,
        min(customer_id) as customer_id,
        min(invoice_date) as ordered_at,
        case left(invoice, 1)
            when 'C' then 'returned'
            when 'A' then 'adjustment'
            else 'completed'
        end as status,
        null as channel,
        'GBP' as currency,
        null as promotion_code
    from lines
    group by invoice
    order by invoice
) to 'orders.parquet' (format parquet);

-- The set has no line numbers, and its two sheets overlap by nine days. Ranked by all
-- that a line says, lines that say the same share a number (dense_rank, not
-- row_number): the copies are then rejected as second rows of one key. The numbers do
-- not depend on the order in which lines are read.
copy (
    select
        invoice as order_id,
        dense_rank() over (
            partition by invoice
            order by
                stock_code, description nulls first, quantity, invoice_date, price
        ) as line_number,
        stock_code as product_id,
        quantity,
        price as unit_price,
        0 as discount_amount
    from lines
) to 'order_lines.parquet' (format parquet);

-- Thirteen customers have two countries: the one of the latest invoice counts.
copy (
    select
        customer_id,
        null as email,
        null as full_name,
        null as birth_date,
        null as gender,
        max_by(country, (invoice_date, country)) as country,
        null as city,
        null as acquisition_channel,
        null as signed_up_at,
        null as updated_at
    from lines
    where customer_id is not null
    group by customer_id
    order by customer_id
) to 'customers.parquet' (format parquet);

-- A product may have several descriptions: any will do, if it is always the same.
copy (
    select
        stock_code as product_id,
        max(description) as product_name,
        null as category,
        null as unit_cost,
        null as list_price
    from lines
    group by stock_code
    order by stock_code
) to 'products.parquet' (format parquet);

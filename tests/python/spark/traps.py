"""SQL that engines take differently, as this project writes it.

Of each: an expression, with macros, and what it is on every engine. `numbers` is a
table of 3, nothing and 1.
"""

TRAPS = {
    "where missing values come": (
        "(select string_agg(coalesce(cast(n as string), '-'), ',') from "
        "(select n from numbers order by n asc nulls last limit 1))",
        "1",
    ),
    "which place a missing value has": (
        "(select max(place) from (select n, row_number() over (order by n asc "
        "nulls last) as place from numbers) as placed where n is null)",
        3,
    ),
    "logarithms": ("round(ln(cast(100 as double)), 6)", 4.60517),
    "log odds": ("round({{ log_odds('cast(0.9 as double)') }}, 9)", 2.197224577),
    "whole numbers": ("cast(round(cast(2.5 as double)) as integer)", 3),
    "negative halves": ("round(cast(-2.5 as double))", -3),
    "texts put together": ("coalesce('a' || cast(null as string), 'none')", "none"),
    "saturdays": ("{{ is_weekend(\"cast('2024-06-01' as date)\") }}", True),
    "mondays": ("{{ is_weekend(\"cast('2024-06-03' as date)\") }}", False),
    "items of a list": (
        "(select {{ item_of(sorted_list_of('n'), 1) }} from numbers where n > 0)", 1,
    ),
    "replacing in a text": ("{{ replaced(\"'a-b-c'\", '-', '+') }}", "a+b+c"),
    "replacing by a group": (
        "{{ replaced(\"'x12 x3'\", 'x([0-9]+)', '\\\\1') }}", "12 3",
    ),
    "days between": (
        "{{ dbt.datediff(\"timestamp '2024-02-28 23:00:00'\", "
        "\"timestamp '2024-03-01 01:00:00'\", 'day') }}",
        2,
    ),
    "months between": (
        "{{ dbt.datediff(\"cast('2024-01-31' as date)\", "
        "\"cast('2024-02-01' as date)\", 'month') }}",
        1,
    ),
    "days later": (
        "cast(cast({{ dbt.dateadd('day', 30, \"cast('2024-01-31' as date)\") }} "
        "as date) as string)",
        "2024-03-01",
    ),
    "division by nothing": ("coalesce(1 / nullif(0, 0), -1)", -1),
    "division of whole numbers": ("7 / 2", 3.5),
    "division of decimals": (
        "cast(cast(1 as decimal(18, 2)) as double) / cast(3 as decimal(18, 2))", 1 / 3,
    ),
    "division by a written number": ("1e0 / 3", 1 / 3),
    "remainders": ("-1 % 7", -1),
    "cents": ("{{ in_cents('cast(74.475 as double)') }}", 74.48),
    "medians of amounts": (
        "(select median(cast(amount as double)) from "
        "(select cast(1.01 as decimal(18, 2)) as amount "
        "union all select cast(1.02 as decimal(18, 2))) as amounts)",
        1.015,
    ),
    "means of amounts": (
        "(select avg(cast(n as double)) from (select cast(0.1 as decimal(18, 2)) as n "
        "union all select cast(0.2 as decimal(18, 2)) "
        "union all select cast(0.2 as decimal(18, 2))) as amounts)",
        0.5 / 3,
    ),
    "percentiles": (
        "(select {{ item_of(percentiles_of('n', [50]), 1) }} from numbers)", 2,
    ),
    "hashes of equal values": ("{{ hash_of([\"'a'\", '1']) }} = "
                               "{{ hash_of([\"'a'\", '1']) }}", True),
    "hashes that are stored": ("md5('ü')", "c03410a5204b21cd8229ff754688d743"),
    "windows of days": (
        "(select max(count_here) from (select count(*) over (order by moment range "
        "between interval '30' day preceding and current row) as count_here from "
        "(select "
        "timestamp '2024-01-01 00:00:00' as moment union all select "
        "timestamp '2024-01-31 00:00:00' union all select "
        "timestamp '2024-03-02 00:00:00') as moments) as counted)",
        2,
    ),
    "what is no number": ("coalesce(try_cast('x' as integer), -1)", -1),
    "backslashes": ("length('a\\d')", 3),
    "quotes": ("'it''s'", "it's"),
    "semicolons": ("'a;b'", "a;b"),
    "names in double quotes": ("(select max(\"n\") from numbers)", 3),
    "ends of a text": ("trim(trailing 's' from 'orders')", "order"),
    "missing values in JSON": (
        "{{ as_json(struct_of({'a': \"'x'\", 'b': 'cast(null as string)'})) }}",
        '{"a":"x","b":null}',
    ),
    "capitals": ("'a' < 'B'", False),
    "missing values in greatest": ("greatest(1, cast(null as integer))", 1),
    "times in words": (
        "cast(cast({{ written_time(\"'3 Feb 2024 14:05'\") }} as date) as string)",
        "2024-02-03",
    ),
    "numbers as people read them": (
        "{{ format_number('cast(19.9 as double)', \"'amount'\", 'null', 'null') }}",
        "19.90 GBP",
    ),
}  # fmt: skip


def query() -> str:
    """Return one query with a column for each trap."""
    columns = ", ".join(
        f"{expression} as trap_{number}"
        for number, (expression, _) in enumerate(TRAPS.values())
    )
    return (
        "with numbers as (select 3 as n union all select cast(null as integer) "
        f"union all select 1) select {columns}"
    )

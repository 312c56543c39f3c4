"""Conditions reach SQL only as a small grammar, printed anew."""

import re
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from places import ROOT

COLUMNS = {
    "customer_id": "string",
    "country": "string",
    "city": "string",
    "birth_date": "date",
    "signed_up_at": "timestamp",
}
CUSTOMERS = [
    ("1", "GB", "Leeds", "1990-02-01", "2024-03-01 10:00:00"),
    ("2", "GB", "Baker's Hill", "1985-12-31", "2023-03-01"),
    ("3", "FR", " Lyon ", None, "not a time"),
    ("04", None, "", "2001-07-15", None),
]


class Returned(Exception):
    """How dbt's `return` leaves a macro."""


def returned(value):
    raise Returned(value)


def read_value(column, data_type):
    text = read_text(column)
    return text if data_type == "string" else f"try_cast({text} as {data_type})"


def read_text(column):
    return f"nullif(trim(cast({column} as varchar)), '')"


@cache
def macros():
    environment = Environment(extensions=["jinja2.ext.do"])
    environment.globals.update(
        {
            "return": returned,
            "modules": {"re": re},
            "read_text": read_text,
            "read_value": read_value,
            "setting_in_words": repr,
        }
    )
    file = ROOT / "macros/settings/parsed_condition.sql"
    return environment.from_string(file.read_text()).module


def parsed(text):
    """Parse a condition as dbt does; return what is printed, and the fault."""
    try:
        macros().parsed_condition(text, COLUMNS)
    except Returned as found:
        return found.args[0]["sql"], found.args[0]["fault"]
    raise AssertionError("nothing was returned")


@pytest.fixture(scope="module")
def customers():
    """Return a table of customers, all text, as a CSV file has them."""
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} varchar" for name in COLUMNS)
        connection.execute(f"create table customers ({columns})")
        connection.executemany(
            f"insert into customers values ({', '.join('?' * len(COLUMNS))})", CUSTOMERS
        )
        yield connection


def chosen(customers, sql):
    found = customers.sql(f"select customer_id from customers where ({sql}) order by 1")
    return [customer for (customer,) in found.fetchall()]


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("country = 'GB'", ["1", "2"]),
        ("COUNTRY='GB'AND customers.city<>'Leeds'", ["2"]),
        ("city = 'Baker''s Hill'", ["2"]),
        ("city = 'Lyon'", ["3"]),
        ("\"country\" in ('FR', 'GB') and not (city like 'L%')", ["2"]),
        ("country not in ('FR')", ["1", "2"]),
        ("country is null or city is null", ["04"]),
        ("country is not null", ["1", "2", "3"]),
        ("birth_date < '1990-01-01'", ["2"]),
        ("birth_date between '1990-01-01' and '1990-12-31'", ["1"]),
        ("signed_up_at <= '2024-03-01'", ["2"]),
        ("signed_up_at > 'yesterday'", []),
        ("signed_up_at like '2024%'", ["1"]),
        ("customer_id > 2", ["04", "3"]),
        ("customer_id between -1 and 1.5e0", ["1"]),
        ("customer_id in (2, 4, 9)", ["04", "2"]),
        ("customer_id = 'x' or country = 5", []),
        ("customer_id = TRUE", ["1"]),
        ("not country = 'GB' or (birth_date is null)", ["3"]),
        ("5 like '5' and true = true and 'a' <> 'b'", ["04", "1", "2", "3"]),
        ("country = 'GB -- or 1 = 1' or city = '{}; drop table x'", []),
    ],
)
def test_a_condition_chooses_what_it_says(customers, condition, ids):
    sql, fault = parsed(condition)

    assert fault is None
    assert chosen(customers, sql) == ids


@pytest.mark.parametrize(
    ("condition", "phrase"),
    [
        ("", "it ends where there must be a column"),
        ("country", "it ends where there must be a comparison"),
        ("country =", "it ends where there must be a column or a value"),
        ("country = 'GB", 'at character 11, before "\'GB"'),
        ('country = "GB"', "there is no column GB; put text in single quotes"),
        ("land = 'GB'", "there is no column land"),
        ("lower(country) = 'gb'", "there is no column lower"),
        ("country(city) = 'gb'", "at character 8, before \"(city) = 'gb'\""),
        ("exists (select 1)", "there is no column exists"),
        ("1 in (select 1)", "at character 7, before 'select 1)', there must"),
        ("country in ()", "at character 13"),
        ("country in ('GB',)", "there must be a value"),
        ("(country = 'GB'", "a ( is not closed"),
        ("country = 'GB')", "at character 15"),
        ("country = 'GB' or", "it ends where"),
        ("country = 'GB' city = 'x'", "there must be and, or"),
        ("country = 'GB'; drop table x", "at character 15"),
        ("country = 'GB' -- x", "at character 16"),
        ("country /* x */ = 'GB'", "at character 9"),
        (r"country = 'G\' or city = '", "at character 11"),
        ("country = 'G\x00B'", "at character 11"),
        ("country = $$GB$$", "at character 11"),
        ("country = E'GB'", "there is no column E"),
        ("country = x'GB'", "there is no column x"),
        ("country || city = 'x'", "at character 9"),
        ("customer_id + 1 = 2", "at character 13"),
        ("customer_id::int = 2", "at character 12"),
        ("cast(customer_id as int) = 2", "there is no column cast"),
        ("other.country = 'GB'", "there is no column other"),
        ("country is 'GB'", "there must be null or not null"),
        ("country between 'A' or 'B'", "there must be and"),
        ("country like city", "there must be a text in single quotes"),
        ("not", "it ends where"),
        ("country = null", "there must be a column or a value"),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(condition, phrase):
    sql, fault = parsed(condition)

    assert sql is None
    assert phrase in fault


VALUES = st.sampled_from(
    [
        *COLUMNS, "customers.country", '"city"', "'GB'", "'it''s'", "''''", "''", "'%'",
        "5", "-1", "2.5", ".5e3", "1e400", "true", "FALSE",
    ]
)  # fmt: skip
COMPARISONS = st.builds(
    str.format,
    st.sampled_from(
        [
            "{0} = {1}", "{0} <> {1}", "{0} >= {1}", "{0} is null", "{0} in ({1}, {2})",
            "{0} not in ({2})", "{0} between {1} and {2}", "{0} not like 'it''s%'",
        ]
    ),
    VALUES, VALUES, VALUES,
)  # fmt: skip
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda parts: st.builds(
        str.format,
        st.sampled_from(["({0})", "not {0}", "{0} and {1}", "{0} or ({1})"]),
        parts,
        parts,
    ),
    max_leaves=4,
)
# words that lie near each other in attacks
WORDS = st.sampled_from(
    [
        "and", "or", "not", "(", ")", ",", "=", "in", "between", "like", "is", "null",
        ";", "--", "/*", "*/", '"', "$$", "select", "from", "exists", "query", "||",
        "read_text('/etc/passwd')", "::", "\\", "\\'", "\x00", "{{", "{%", ".", "?",
    ]
)  # fmt: skip
SOUPS = st.lists(WORDS | VALUES | COMPARISONS, max_size=10).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(CONDITIONS | SOUPS)
def test_what_is_printed_runs_and_what_is_not_is_faulty(customers, condition):
    sql, fault = parsed(condition)

    assert (sql is None) != (fault is None)
    if sql is not None:
        chosen(customers, sql)
        # nothing but our own readers is called, and nothing is selected
        bare = re.sub(r"'(?:[^']|'')*'", "''", sql)
        calls = re.findall(r"(\w+)\s*\(", bare)
        known = {"nullif", "trim", "cast", "try_cast", "decimal"}
        assert set(calls) <= known | {"and", "or", "not", "in", "between", "like"}
        assert not re.search(r"select|--|/[*]|;|[$]", bare)

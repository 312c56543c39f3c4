"""How the adapter takes SQL apart. This needs neither Spark nor Java."""

import importlib.util

import duckdb
import pytest
from places import ROOT

FILE = ROOT / "adapters/sparksession/dbt/adapters/sparksession/queries.py"
spec = importlib.util.spec_from_file_location("queries", FILE)
queries = importlib.util.module_from_spec(spec)
spec.loader.exec_module(queries)

TWICE = """
-- a comment; with ( a bracket
with a as (select 1 as x /* one ) more */), b as (
    select x, ')' as bracket, count(*) over (partition by x) as n from a
), c as (select x from b union all select n from b)
select c.x, (select max(x) from b) as y, 'from b; join b' as said from c
"""


@pytest.mark.parametrize(
    "sql",
    [
        "select 1; select ';'",
        "insert into t values ('it''s; one') ; -- and; no more\n",
        "select `a;b` /* ; */ from t;;",
    ],
)
def test_statements_end_at_semicolons_outside_texts_and_comments(sql):
    parts = list(queries.statements_in(sql))

    assert len(parts) == (2 if "; select" in sql else 1)


def test_a_query_is_its_steps_and_the_rest():
    steps, rest = queries.steps_of(TWICE)

    assert [step.name for step in steps] == ["a", "b", "c"]
    assert rest.strip().startswith("select c.x")


def test_what_is_put_together_again_means_the_same():
    steps, rest = queries.steps_of(TWICE)
    unread = [queries.Step("unread", "select 1"), *steps]

    again = queries.query_of(unread, rest)

    assert "unread" not in again
    assert duckdb.sql(again).fetchall() == duckdb.sql(TWICE).fetchall()


def test_what_is_read_twice_and_sorts_is_worked_out_first():
    assert queries.kept(*queries.steps_of(TWICE)) == ["b"]


def test_what_is_read_twice_and_reads_much_is_worked_out_first():
    much = "select x from t join u using (x) join s.v using (x)"
    rest = "select * from much join much as again using (x)"

    assert queries.kept([queries.Step("much", much)], rest) == ["much"]
    assert queries.kept([queries.Step("much", "select x from t")], rest) == []


def test_what_reads_very_much_is_worked_out_though_it_is_read_once():
    much = " union all ".join(["select x from t"] * 20)

    assert queries.kept([queries.Step("much", much)], "select * from much") == ["much"]
    assert queries.kept([queries.Step("much", much)], "select 1") == []


@pytest.mark.parametrize("sql", ["select 1", "with recursive a as (select 1) select 2"])
def test_other_queries_are_left_as_they_are(sql):
    assert queries.steps_of(sql) == ([], sql)


def test_backslashes_are_doubled_and_quotes_are_told_by_two():
    sql = r"""select 'a\d', 'it''s', 'it\'s', "a\b" -- '\d'"""

    assert queries.plain(sql) == (r"""select 'a\\d', 'it''s', 'it''s', "a\b" -- '\d'""")

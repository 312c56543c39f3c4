"""Settings are typed once, and every wrong value is named before anything is built."""

import re
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt_project import ROOT, run_dbt, small_shop, write_shop

sys.path.insert(0, str(ROOT / "docs"))
import settings_page

SECTIONS = settings_page.settings()
KNOWN = {
    name: known for section in SECTIONS.values() for name, known in section.items()
}
NAN, INF = float("nan"), float("inf")

# what is wrong for a setting of each type
WRONG = {
    "folder": [5, True, ["data"], {"a": 1}, "a\nb", 1.5, [], "s3://bucket/shop"],
    "name": [5, True, ["raw"], {"raw": 1}, 'land"ing', "raw; drop x", "a'b", 1.5],
    "currency code": ["pounds", "gbp", "GBP\n", 5, True, None, ["GBP"], {"GBP": 1}],
    "time zone": [5, True, None, ["UTC"], {"UTC": 1}, "UTC\n", "a b", "UTC'", ""],
    "flag": ["yes", 1, 0, None, "true", [True], {"a": True}, ""],
    "date": [
        "30/06/2024", "2024-02-30", "1990", "'; drop table x; --", "2024-6-1",
        "2023-02-29", "0000-01-01", "2024-06-30\n", 2024, True, ["2024-06-30"], {},
    ],
    "whole number": ["ninety", True, [90], "90", None, 2.5, NAN, {"days": 90}, INF],
    "number": ["wide", True, [[7.5]], "7.5", None, NAN, {"a": 1}, INF, [7.5]],
    "share": ["little", True, [0.1], "0.1", 1.5, -0.1, NAN, {"a": 1}, INF, [[0.1]]],
    "condition": [5, "", "  ", ["a = 1"], {"a": 1}, True, 0, [["a"]]],
    "one of": ["sell", None, 5, True, ["month"], {"month": 1}, "Month", ""],
    "list of whole numbers": [
        90, [], [30, "90"], [[30]], [0, 90], [90, 90], {90: "days"}, [True, 90], None,
        "30, 90", [90, 3661], [90.0],
    ],
    "list of choices": [
        5, "k-means", ["DBSCAN"], [["k-means"]], {"rfm": 1}, None, True, [None], [5],
    ],
    "list of features": [
        "count_orders", [], 5, [["count_orders"]], None, {"count_orders": 1}, [5], True,
        ["count_orders", "count_orders"], [" "],
    ],
    "list of segments": [
        "rfm:champions", [5], [["rfm:champions"]], {"rfm": 1}, None, True, 5,
        ["rfm:lost", "rfm:lost"],
    ],
    "list of product ids": ["POST", [5], [["POST"]], {"POST": 1}, None, True, 5, [" "]],
    "list of categories": ["Home", [5], [["Home"]], {"Home": 1}, None, True, 5, [" "]],
    "transforms of features": [
        ["count_orders"], "count_orders", 5, None, True, {"count_orders": ["log1p"]},
        {5: "log1p"}, {"count_orders": "sqrt"}, {"count_orders": {"a": 1}}, [["a"]],
    ],
    "thresholds of metrics": [
        [1, 2, 3, 4], "recency", 5, None, True, {"recency": 5}, {"orders": [1, 2, 3]},
        {"recency": [1, 2, 3]}, {"monetary": [1, 2, 2, 3]}, {"recency": "1234"},
        {"frequency": [-1, 2, 3, 4]}, {"recency": [1, 2, 3, "4"]},
    ],
    "days of raw tables": [
        400, ["web_events"], "web_events", None, True, {"web_events": "400"},
        {"web_events": 0}, {"customers": 400}, {5: 400}, {"orders": [400]},
        {"orders": None}, {"orders": True}, {"orders": 40000},
    ],
}  # fmt: skip


def wrong_values(known):
    """Return what is wrong for one setting."""
    beyond = []
    if "above" in known:
        beyond = [known["above"], known["below"]]
    elif known["type"] in ("whole number", "number", "share"):
        beyond = [known["least"] - 1, known["most"] + 1]
    elif known["type"] == "list of whole numbers":
        beyond = [[known["least"] - 1], [known["most"] + 1]]
    values = [*beyond, *WRONG[known["type"]]]
    return [v for v in values if v is not None or not known.get("nullable")]


def wrong_settings(number):
    """Return a wrong value for every setting; each number gives others."""
    found = {}
    for place, (name, known) in enumerate(KNOWN.items()):
        values = wrong_values(known)
        found[name] = values[(number + 3 * place) % len(values)]
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Write a small shop; return its folder."""
    folder = tmp_path_factory.mktemp("settings")
    write_shop(folder / "raw", **small_shop(2))
    return folder


def complaints(shop, settings, *args):
    """Build under settings that cannot be used; return what is said of them."""
    database = shop / "shop.duckdb"
    database.unlink(missing_ok=True)

    result = run_dbt(
        "build", *args, database=database, target=shop / "target", variables=settings
    )

    assert not result.success
    assert "The settings cannot be used. Nothing was built." in result.text, result.text
    assert "Traceback" not in result.text
    with duckdb.connect(str(database)) as connection:
        assert not connection.sql("from information_schema.tables").fetchall()
    said = result.text.split("Nothing was built.")[1].split("Settings are the vars")[0]
    return [" ".join(line.split()) for line in re.split(r"\n +- ", said)[1:]]


@pytest.mark.parametrize("number", range(6))
def test_every_wrong_value_is_named_with_what_is_right(shop, number):
    settings = wrong_settings(number)

    said = complaints(shop, settings)

    form = settings_page.macros().setting_form
    for (name, value), line in zip(settings.items(), said, strict=True):
        start, end = line.split(f": it must be {form(KNOWN[name])}, for instance ")
        assert start.startswith(f"{name} is "), line
        assert end.endswith("."), line
        if isinstance(value, int | float | bool) or value is None:
            words = yaml.safe_dump(value).split("\n")[0]
            assert start == f"{name} is {words.strip('.')}", line


# what YAML can hold besides, and texts that read as something else
ODD = [
    date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5), {date(2024, 1, 2): "log1p"},
    [date(2024, 1, 2)], {1: {2: 3}, None: 4}, [[["x"]], {"a": [None]}], {1.5: "log1p"},
    [[[[[[[[1]]]]]]]], {"a": {"b": {"c": [1]}}}, b"\x00\xff", "a\x01b", "a\nb", True,
    [{}], [[]], {"": ""},
]  # fmt: skip


def test_nothing_that_yaml_can_hold_stops_dbt_before_the_settings_are_named(shop):
    settings = {
        name: ODD[place % len(ODD)]
        # a day is a date, and bytes and days are texts to a folder
        if known["type"] != "date"
        else ODD[4 + place % 5]
        for place, (name, known) in enumerate(KNOWN.items())
    }

    said = complaints(shop, settings)

    assert [line.split()[0] for line in said] == list(KNOWN)


def test_a_command_that_checks_no_settings_names_a_wrong_one_too(shop):
    result = run_dbt(
        "show", "--select", "stg_shop__orders", database=shop / "shop.duckdb",
        target=shop / "target", variables={"raw_path": 5},
    )  # fmt: skip

    assert not result.success
    assert "raw_path is 5: it must be the path of a folder on this" in result.text
    assert "Traceback" not in result.text
    assert not Path("5").exists()


def test_messages_say_what_where_and_how_to_mend(shop):
    settings = {
        "raw_path": 5,
        "reporting_currency": "gbp",
        "quiet_share": 0.7,
        "pilot_share": "a fifth",
        "pilot_filter": "",
        "as_of_date": "2024-02-30",
        "horizon_days": "90",
        "purchase_horizons": [30, "90"],
        "history_grid": "year",
        "sticky_band_pct": "wide",
        "cluster_methods": "k-means",
        "churn_features": {"count_orders": "sqrt"},
        "segment_dimensions": ["rfm", "clusters"],
    }

    assert complaints(shop, settings) == [
        "raw_path is 5: it must be the path of a folder on this machine, or null, for "
        "instance /data/shop.",
        "reporting_currency is 'gbp': it must be an ISO 4217 code of three capital "
        "letters, for instance GBP.",
        "quiet_share is 0.7: it must be a share from 0 to 0.5, for instance 0.01.",
        "pilot_share is 'a fifth': it must be a share above 0 and below 1, or null, "
        "for instance 0.2.",
        "pilot_filter is '': it must be a condition on the raw table customers, or "
        "null, for instance country = 'GB'.",
        "as_of_date is '2024-02-30': it must be a date written as YYYY-MM-DD, or null, "
        "for instance 2024-06-30.",
        "horizon_days is '90': it must be a whole number from 1 to 3,660, for instance "
        "90.",
        "purchase_horizons is [30, '90']: it must be a list of whole numbers from 1 to "
        "3,660, each named once, for instance [30, 90, 180].",
        "history_grid is 'year': it must be one of day, week, month, quarter, for "
        "instance month.",
        "sticky_band_pct is 'wide': it must be a number of percentiles from 0 to 19, "
        "for instance 7.5.",
        "cluster_methods is 'k-means': it must be a list of some of k-means, Gaussian "
        "mixture, Ward, HDBSCAN, k-prototypes, each named once, for instance "
        "['k-means', 'Gaussian mixture', 'Ward', 'HDBSCAN'].",
        "churn_features is {'count_orders': 'sqrt'}: it must be features, each with "
        "its transform, identity or log1p, for instance {'count_orders': 'log1p', "
        "'discount_share': 'identity'}.",
        "segment_dimensions is ['rfm', 'clusters']: it must be a list of some of rfm, "
        "rfm_sticky, lifecycle, cluster, value_tier, each named once, for instance "
        "['rfm', 'rfm_sticky', 'lifecycle', 'cluster', 'value_tier'].",
    ]


def test_settings_that_do_not_go_together_are_named(shop):
    said = complaints(
        shop,
        {
            "raw_path": str(shop / "raw"),
            "raw_schema": "landing",
            "pilot_filter": 'country = "GB"',
            "as_of_date": "1989-12-31",
            "purchase_horizons": [30, 180],
            "share_categories": ["Home", "home!"],
            "cluster_methods": ["k-prototypes"],
            "cluster_features": ["count_orders", "count_products"],
            "rule_features": ["count_products"],
            "lookalike_features": ["city"],
            "churn_features": {"recency": "log1p"},
            "response_features": {"favourite_channel": "identity"},
            "lookalike_lists": ["champions", "rfm:lost", "cluster:cluster_1"],
            "segment_dimensions": ["rfm"],
            "horizon_day": 30,
            "colour": "blue",
        },
    )

    phrases = [
        "horizon_day is not a setting. Similar ones are horizon_days: take it out",
        "colour is not a setting: take it out, or write it as docs/settings.md does.",
        "raw_path and raw_schema/raw_database are both set: the raw tables come",
        "= 'GB' (there is no column GB; put text in single quotes). It may hold "
        "columns of that table, texts in single quotes, numbers, true and false,",
        "as_of_date is 1989-12-31 and earliest_valid_date is 1990-01-01: no event lies",
        "purchase_horizons is [30, 180]: horizon_days, which is 90, must be one of",
        "share_categories is ['Home', 'home!']: it must be a list of texts, product",
        "cluster_methods names k-prototypes, which needs cluster_categories: name some",
        "cluster_features names 'count_products', which is not a feature: use a number "
        "of int_customers__history_features",
        "rule_features names 'count_products', which the live view does not recompute",
        "lookalike_features names 'city', which is not a feature: use a number of",
        "churn_features names 'recency', which is not a feature",
        "response_features names 'favourite_channel', which is not a feature",
        "lookalike_lists names 'champions', which is not a segment: write it as in",
        "lookalike_lists names 'cluster:cluster_1', but segment_dimensions leaves out "
        "cluster: add it there",
    ]
    for phrase in phrases:
        assert sum(phrase in line for line in said) == 1, (phrase, said)
    assert len(said) == len(phrases)


def test_braces_are_refused_before_they_are_run(shop):
    said = complaints(
        shop,
        {
            "pilot_filter": "{% do run_query('create table planted (a int)') %}1 = 1",
            "as_of_date": "{{ run_query('create table planted_too as select 1') }}",
            "raw_path": "{{ x",
            "raw_schema": "{{ 1 / 0 }}",
            "reporting_currency": "{% for",
            "sticky_band_pct": "{{ 7 }}",
            "objective": "{# win_back #}reduce_churn",
            # within lists and mappings too
            "share_categories": ["Home", "{{ env_var('HOME') }}"],
            "churn_features": {"{% do x %}": "log1p"},
            "lookalike_lists": [["{{ 7 * 7 }}"]],
        },
    )

    assert [line.split(" holds braces, which dbt would run")[0] for line in said] == [
        "raw_path", "raw_schema", "reporting_currency", "pilot_filter", "as_of_date",
        "sticky_band_pct", "share_categories", "lookalike_lists", "churn_features",
        "objective",
    ]  # fmt: skip


# ---------- one place knows a setting


def test_the_page_is_current():
    assert settings_page.PAGE.read_text() == settings_page.page(), "run `make settings`"


def test_dbt_project_repeats_the_defaults_in_the_same_order():
    text = (ROOT / "dbt_project.yml").read_text()

    defaults = yaml.safe_load(text)["vars"]

    assert list(defaults.items()) == [
        (n, known["default"]) for n, known in KNOWN.items()
    ]
    banners = re.findall(r"^  # -{10} (.+)$", text, re.MULTILINE)
    assert banners == [section.lower() for section in SECTIONS]


@pytest.mark.parametrize("name", KNOWN)
def test_a_setting_is_described_in_full(name):
    known = KNOWN[name]

    assert WRONG[known["type"]]
    assert known["sentence"][0].isupper()
    assert not known["sentence"].endswith(".")
    # what messages show is of use, and an empty list or a null is not
    assert known.get("example", known["default"])
    assert len(str(known.get("example", known["default"]))) <= 120


def read_settings():
    """Return where each setting is read: {name: [file, …]}."""
    found = {}
    for folder in ("macros", "models", "python_models", "seeds", "tests/singular"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix not in (".sql", ".yml", ".py"):
                continue
            for name in re.findall(
                r"\b(?:var|setting)\(\s*['\"](\w+)['\"]", file.read_text()
            ):
                found.setdefault(name, []).append(str(file.relative_to(ROOT)))
    # what is published is told all settings, as JSON
    file = ROOT / "src/segmentation/publication/sharing.py"
    for name in re.findall(r"\bchosen(?:\.get\(|\[)\"(\w+)\"", file.read_text()):
        found.setdefault(name, []).append(str(file.relative_to(ROOT)))
    return found


def test_every_setting_that_is_read_is_known_and_every_known_one_is_read():
    assert sorted(read_settings()) == sorted(KNOWN)


def test_sql_reads_settings_by_the_macro_that_survives_wrong_ones():
    by_var = [
        str(file.relative_to(ROOT))
        for folder in ("macros", "models", "tests/singular", "tests/generic")
        for file in sorted((ROOT / folder).rglob("*.sql"))
        if re.search(r"\bvar\(", file.read_text())
    ]

    assert by_var == [
        "macros/settings/check_settings.sql",
        "macros/settings/setting.sql",
    ]


@pytest.mark.parametrize(
    ("setting", "macro", "pattern"),
    [
        ("objective", "objectives", r"'(\w+)': value_at_stake_of"),
        ("segment_dimensions", "segment_dimensions", r"'(\w+)': '\w+_code'"),
        ("cluster_categories", "history_features", r"'(favourite_\w+)'"),
    ],
)
def test_choices_are_those_of_the_macro_that_knows_more(setting, macro, pattern):
    (file,) = (ROOT / "macros").rglob(f"{macro}.sql")

    names = re.findall(pattern, file.read_text())

    assert sorted(names) == sorted(KNOWN[setting]["choices"])

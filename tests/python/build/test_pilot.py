"""A pilot builds everything for some customers, and those come out as in the whole."""

from hashlib import md5

import duckdb
import pandas as pd
import pytest
from dbt_project import RAW_COLUMNS, demo_tables, small_shop

AS_OF = "2025-01-01"
FEATURES = (
    "from intermediate.int_customers__features where anchor_role = 'scoring' "
    "order by customer_id"
)
BUILT = ("--select", "+int_customers__features", "+rpt_input_quality")


@pytest.fixture(scope="module")
def demo():
    return demo_tables()


@pytest.fixture(scope="module")
def build(new_project, demo):
    def built(*args, **settings):
        project = new_project().write(**demo)
        result = project.build(*BUILT, *args, as_of_date=AS_OF, **settings)
        assert result.success, result.text
        return project

    return built


@pytest.fixture(scope="module")
def everyone(built_demo):
    return built_demo()


@pytest.fixture(scope="module")
def fifth(build):
    """Return a fifth of the bundled seeds, tested by dbt."""
    tested = (
        "--indirect-selection",
        "cautious",
        "--exclude-resource-type",
        "unit_test",
    )
    return build(*tested, tests=True, raw_path=None, pilot_share=0.2)


def ids_of(project):
    rows = project.rows("select customer_id from intermediate.int_customers")
    return {customer_id for (customer_id,) in rows}


def assert_as_in_the_whole(pilot, everyone):
    ours, theirs = pilot.query(FEATURES), everyone.query(FEATURES)
    theirs = theirs[theirs["customer_id"].isin(ours["customer_id"])]
    assert len(ours) > 100
    pd.testing.assert_frame_equal(ours, theirs.reset_index(drop=True))


def test_a_fifth_is_a_fifth_of_the_customers(everyone, fifth):
    share = len(ids_of(fifth)) / len(ids_of(everyone))
    # the standard error of 2,000 draws is .009
    assert share == pytest.approx(0.2, abs=0.027)


def test_a_tenth_lies_within_a_fifth_within_everyone(build, everyone, fifth):
    tenth = ids_of(build(pilot_share=0.1))
    assert tenth < ids_of(fifth) < ids_of(everyone)


def test_the_features_of_a_pilots_customers_are_those_of_the_whole(everyone, fifth):
    assert_as_in_the_whole(fifth, everyone)


def test_the_halves_and_samples_by_hash_are_halves_of_a_pilot_too(fifth):
    shares = fifth.rows(
        "select avg(cast(md5(customer_id) < '8' as int)), "
        "avg(cast(md5('held out ' || customer_id) < '8' as int)) "
        "from intermediate.int_customers"
    )[0]
    assert shares == pytest.approx((0.5, 0.5), abs=0.08)


def test_only_rows_of_a_pilots_customers_are_read_and_all_are_accounted_for(
    demo, fifth
):
    counts = {
        name: (rows, accepted + rejected)
        for name, rows, accepted, rejected in fifth.rows(
            "select table_name, count_rows, count_accepted_rows, count_rejected_rows "
            "from marts.rpt_input_quality"
        )
    }
    chosen = ids_of(fifth) | {
        i for (i,) in fifth.rows("select customer_id from staging.stg_shop__customers")
    }
    orders = demo["orders"]
    # who asked to be erased is in a pilot, or not, by the same hash
    asked = demo["erasure_requests"]["customer_id"].dropna().str.strip()
    gone = {
        i for i in asked if md5(f"pilot {i}".encode()).hexdigest() < f"{2**32 // 5:08x}"
    }
    mine = orders["customer_id"].str.strip().isin(chosen)
    expected = {
        name: len(rows)
        if "customer_id" not in rows
        else rows["customer_id"].str.strip().isin(chosen).sum()
        for name, rows in demo.items()
    } | {
        "order_lines": demo["order_lines"]["order_id"]
        .str.strip()
        .isin(orders["order_id"][mine].str.strip())
        .sum(),
        "erasure_requests": asked.isin(gone).sum(),
    }

    assert orders["customer_id"].isna().any()  # anonymous sales stay out
    for name, (rows, judged) in counts.items():
        assert rows == judged, name
        assert rows == expected[name], name


def test_it_is_said_to_be_a_pilot(build, everyone, fifth):
    def said(project):
        return project.rows("select distinct pilot from marts.rpt_input_quality")

    filtered = build(pilot_share=0.5, pilot_filter="country = 'GB'")
    assert said(everyone) == [(None,)]
    assert said(fifth) == [("20 % of customers",)]
    assert said(filtered) == [("50 % of customers where country = 'GB'",)]


def test_a_filter_picks_whole_customers(demo, build, everyone):
    pilot = build(pilot_filter="country = 'GB' and city <> 'Leeds'")
    profiles = demo["customers"]
    chosen = profiles[(profiles["country"] == "GB") & (profiles["city"] != "Leeds")]

    assert ids_of(pilot) <= set(chosen["customer_id"].str.strip())
    assert_as_in_the_whole(pilot, everyone)


@pytest.mark.parametrize("mode", ["files", "schema"])
def test_a_pilot_reads_files_and_schemas_alike(project, mode):
    shop = small_shop(50)
    shop["customers"] = [
        {
            "customer_id": f" c{number} ",
            "city": "Baker's Hill" if number < 20 else "Ulm",
        }
        for number in range(50)
    ]
    settings = {}
    if mode == "files":
        project.write(**shop)
    else:
        with duckdb.connect(str(project.database)) as connection:
            connection.execute("create schema landing")
            for name, rows in shop.items():
                frame = pd.DataFrame(rows, columns=RAW_COLUMNS[name], dtype="string")
                connection.register("rows", frame)
                connection.execute(f"create table landing.{name} as from rows")
        settings = {"raw_path": None, "raw_schema": "landing"}

    result = project.build(
        *BUILT, pilot_filter="customers.city = 'Baker''s Hill'", **settings
    )

    assert result.success, result.text
    assert ids_of(project) == {f"c{number}" for number in range(20)}
    assert project.value("select count(distinct order_id) from intermediate.int_order_"
                         "lines__checked where is_accepted") == sum(
        1 + number % 3 for number in range(20)
    )  # fmt: skip


def test_a_pilots_fits_are_not_those_of_everyone(project):
    project.write(**small_shop(50))
    select = ("--select", "+ml_fits__next_categories")
    for settings in ({}, {"pilot_share": 0.5}):
        result = project.build(*select, **settings)
        assert result.success, result.text

    fits = project.rows("select settings from learned.ml_fits__next_categories")
    assert len(fits) == 2
    assert [("pilot" in settings) for (settings,) in fits] == [False, True]


@pytest.mark.parametrize(
    ("pilot_filter", "phrase"),
    [
        ("country =", "it must be a condition on the raw table customers"),
        (
            "country = 'GB' -- only",
            "at character 16, before '-- only', there must be and",
        ),
        ("exists (select * from query('select 1'))", "there is no column exists"),
        ("land = 'GB'", "there is no column land; put text in single quotes"),
        (5, "pilot_filter is 5: it must be a condition"),
        ("country = 'Atlantis'", "selects no customers there"),
    ],
)
def test_a_filter_that_cannot_be_used_stops_the_build(project, pilot_filter, phrase):
    shop = small_shop(5)
    shop["customers"] = [{"customer_id": "c1", "country": "GB"}]
    project.write(**shop)

    result = project.build(pilot_filter=pilot_filter)

    assert not result.success
    assert "Nothing was built" in result.text
    assert phrase in result.text
    assert not project.tables("marts")


def test_a_filter_without_profiles_stops_the_build(project):
    result = project.write(**small_shop(5)).build(pilot_filter="country = 'GB'")

    assert not result.success
    assert "selects no customers there" in result.text

"""Lookalikes of lists of a kind that no feature defines: the demo's latent types."""

import duckdb
import pandas as pd
import pytest

from segmentation.world.settings import Settings
from segmentation.world.writer import generate


@pytest.fixture(scope="module")
def of_types(built_demo):
    """Return the demo with half of each latent type as a list of ids."""
    project = built_demo()
    types = pd.concat(
        tables["customers"].to_pandas()
        for _, tables in generate(Settings())
        if "customers" in tables
    )[["latent_type", "customer_id"]]
    half = types.sample(frac=0.5, random_state=1)
    with duckdb.connect(str(project.database)) as connection:
        connection.register("half", half)
        connection.execute("insert into reference.lookalike_seeds from half")
        connection.execute(
            "insert into reference.lookalike_seeds values "
            "('strangers', 'x'), ('strangers', 'y'), (null, 'z')"
        )
        connection.register("types", types)
        connection.execute("create schema truth")
        connection.execute("create table truth.types as from types")
    result = project.build(
        "--select", "int_customers__lookalike_seeds+", tests=True, raw_path=None
    )
    assert result.success, result.text
    return project


def test_half_of_a_latent_type_is_found_far_better_than_by_chance_or_spend(of_types):
    lists = of_types.query(
        "from marts.rpt_lookalike_lists where list_id like 'list:%' "
        "and list_id <> 'list:strangers'"
    ).set_index("list_id")

    assert len(lists) == 6
    assert (lists["lift_lower"] > 1).all()
    assert (lists["auc"] > 0.65).all()
    assert lists.loc["list:business_buyer", "lift_lower"] > 4
    assert lists["beats_baseline"].sum() >= 4


def test_lookalikes_of_a_latent_type_are_of_that_type(of_types):
    shares = of_types.query(
        """
        select
            list_id,
            count_if('list:' || latent_type = list_id) / count(*) as share,
            any_value(rate) as rate
        from marts.fct_lookalikes
        inner join truth.types using (customer_id)
        inner join (
            select 'list:' || latent_type as list_id, count(*) / sum(count(*)) over ()
                as rate
            from truth.types group by latent_type
        ) using (list_id)
        where lookalike_rank <= 50
        group by list_id order by list_id
        """
    ).set_index("list_id")

    assert len(shares) == 6
    assert (shares["share"] > 2 * shares["rate"]).all()
    assert shares.loc["list:business_buyer", "share"] > 0.7


def test_champions_are_easy_to_find_because_features_define_them(of_types):
    (row,) = of_types.query(
        "from marts.rpt_lookalike_lists where list_id = 'rfm:champions'"
    ).to_dict("records")
    assert row["auc"] > 0.97
    assert row["verdict"].startswith("finds the held-out half clearly better")
    assert row["count_lookalikes"] == 500


def test_a_list_of_strangers_is_told_as_such(of_types):
    (row,) = of_types.query(
        "from marts.rpt_lookalike_lists where list_id = 'list:strangers'"
    ).to_dict("records")
    assert (row["count_seed_customers"], row["count_unknown_customers"]) == (2, 2)
    assert row["verdict"].startswith("too few customers in the list: 0 have bought")
    assert row["count_lookalikes"] == 0
    assert not row["beats_baseline"]

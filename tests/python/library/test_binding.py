"""What Python models read is read in one way."""

from types import SimpleNamespace

import duckdb
import pytest

from segmentation.binding import at_scoring, buyers, past_fits, sampled


@pytest.fixture
def session():
    with duckdb.connect() as connection:
        connection.execute("create schema shop")
        connection.execute("create table shop.fits as select 'churn' as target")
        yield connection


def test_fits_of_earlier_builds_are_read_from_the_own_table(session):
    dbt = SimpleNamespace(is_incremental=True, this='"memory"."shop"."fits"')
    assert past_fits(dbt, session)["target"].tolist() == ["churn"]


def test_a_first_build_knows_of_no_fits(session):
    dbt = SimpleNamespace(is_incremental=False, this='"memory"."shop"."none_yet"')
    assert past_fits(dbt, session) is None


def test_customers_are_chosen_by_anchor_sample_and_orders(session):
    customers = session.sql(
        "select * from (values (1, 'scoring', true, 2), (2, 'scoring', true, 0),"
        " (3, 'scoring', false, 2), (4, 'training', true, 2))"
        " as people (customer_id, anchor_role, is_sampled, count_orders)"
    )

    def ids(relation):
        return relation.order("customer_id").df()["customer_id"].tolist()

    assert ids(at_scoring(customers)) == [1, 2, 3]
    assert ids(sampled(customers)) == [1, 2, 4]
    assert ids(buyers(customers)) == [1, 3, 4]
    assert ids(buyers(customers, min_orders=3)) == []
    assert ids(at_scoring(sampled(buyers(customers)))) == [1]

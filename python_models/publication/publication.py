"""Publishes the marts once all are built and tested. One row: what came of it."""

from segmentation.publication.publishing import publish_marts


def model(dbt, session):
    marts = dbt.ref("published_marts")
    erased = dbt.ref("int_customers__erased")

    return publish_marts(
        session, marts.fetchall(), marts.columns, erased.to_arrow_table()
    )

"""Clusters in the warehouse: SQL places as Python does, and history holds."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from dbt_project import demo_tables

from segmentation.clusters.confidence import confidence
from segmentation.clusters.records import clustering_of, records

QUICK = {
    "cluster_methods": ["k-means"],
    "cluster_counts": [4],
    "history_from": "2024-01-01",
}
CLUSTERS = ("--select", "+int_customers__history_clusters", "+dim_segments")
CLUSTERS += ("+dim_cluster_fits",)
KEPT = {
    "learned.ml_cluster_fits": "fit_number",
    "intermediate.int_customers__history_clusters": "customer_id, anchor_date",
}


@pytest.fixture(scope="module")
def demo():
    return demo_tables()


def built(project, *args, as_of="2024-11-01", **settings):
    result = project.build(
        *(args or CLUSTERS), as_of_date=as_of, **{**QUICK, **settings}
    )
    assert result.success, result.text
    return project


def kept(project):
    return {
        name: project.query(f"from {name} order by {key}") for name, key in KEPT.items()
    }


def assert_same(some, others):
    for name in KEPT:
        pd.testing.assert_frame_equal(some[name], others[name], check_exact=True)


@pytest.fixture(scope="module")
def once(new_project, demo):
    return built(new_project().write(**demo))


def fits(project):
    return records(project.query("from learned.ml_cluster_fits"))


def placed(project):
    return project.query(
        """
        select clusters.*, features.* exclude (customer_id, anchor_date)
        from intermediate.int_customers__history_clusters as clusters
        inner join intermediate.int_customers__history_features as features
            using (customer_id, anchor_date)
        order by customer_id, anchor_date
        """
    )


def assert_placed_as_in_python(project):
    known = {fit["fit_id"]: fit for fit in fits(project)}
    customers = placed(project)
    served = customers.dropna(subset=["cluster_fit_id"])
    assert served["cluster_fit_id"].nunique() == len(known)
    for fit_id, rows in served.groupby("cluster_fit_id"):
        fitted = clustering_of(known[fit_id])
        labels = fitted.assign(rows)
        np.testing.assert_array_equal(labels, rows["cluster_id"])
        sure = confidence(
            fitted.scores(rows), fitted.learned()[1].cluster, fitted.dispersion, labels
        )
        # six digits are stored
        np.testing.assert_allclose(
            rows["cluster_confidence"], sure, rtol=0, atol=5.1e-7
        )


def test_sql_places_every_customer_as_python_does(once):
    assert len(fits(once)) == 4
    assert_placed_as_in_python(once)


def test_clusters_by_the_fit_and_of_the_features_before_are_those_of_python(once):
    known = {str(fit["fit_date"]): fit for fit in fits(once)}
    customers = placed(once)
    day = customers["anchor_date"].astype(str)
    refitted = customers[day == "2024-10-01"]
    before, after = (clustering_of(known[f"2024-{month}-01"]) for month in ("07", "10"))
    np.testing.assert_array_equal(
        before.assign(refitted), refitted["cluster_id_at_previous_fit"]
    )
    earlier = customers[day == "2024-09-01"].set_index("customer_id")
    then = refitted.set_index("customer_id")["cluster_id_of_earlier_features"]
    then = then.reindex(earlier.index).dropna()
    assert len(then) > 100
    np.testing.assert_array_equal(after.assign(earlier.loc[then.index]), then)
    same = customers[day == "2024-09-01"]
    assert (same["cluster_id"] == same["cluster_id_at_previous_fit"]).all()
    first = customers[day == "2024-01-01"]
    assert first["cluster_id_at_previous_fit"].isna().all()
    assert same["cluster_id_of_earlier_features"].isna().all()


def test_month_by_month_makes_what_a_build_of_all_at_once_does(new_project, demo, once):
    project = new_project().write(**demo)
    for month in ["2024-06-15", *[f"2024-{month:02d}-01" for month in range(7, 12)]]:
        built(project, as_of=month)
    assert_same(kept(project), kept(once))


def test_the_order_of_rows_changes_nothing(new_project, demo, once):
    project = new_project().write(
        **{name: rows.sample(frac=1, random_state=3) for name, rows in demo.items()}
    )
    assert_same(kept(built(project, *CLUSTERS, "--threads", "2")), kept(once))


def test_late_orders_make_later_fits_anew_under_the_same_ids(new_project, demo, once):
    project = new_project()
    project.database.write_bytes(once.database.read_bytes())
    accepted = once.value(
        "select min(order_id) from intermediate.int_orders__versions "
        "where net_amount > 0 and order_date < '2024-08-01'"
    )
    more = {"ordered_at": "2024-08-20 10:00", "promotion_code": pd.NA}
    project.write(
        **demo
        | {
            name: pd.concat(
                [
                    demo[name],
                    demo[name][demo[name]["order_id"] == accepted]
                    .assign(order_id="late", **(more if name == "orders" else {}))
                    .astype("string"),
                ]
            )
            for name in ("orders", "order_lines")
        }
    )
    built(project)

    before, after = kept(once), kept(project)
    name, other = KEPT
    pd.testing.assert_frame_equal(after[name].head(4), before[name])
    made = after[name].iloc[4:]
    assert made["fit_date"].astype(str).tolist() == ["2024-10-01"]
    assert project.rows(
        "select is_valid, is_serving from marts.dim_cluster_fits "
        "where fit_number > 3 order by fit_number"
    ) == [(False, False), (True, True)]
    old = before[other]["anchor_date"] < pd.Timestamp("2024-09-01")
    pd.testing.assert_frame_equal(
        after[other][
            after[other]["anchor_date"] < pd.Timestamp("2024-09-01")
        ].reset_index(drop=True),
        before[other][old].reset_index(drop=True),
    )
    assert made["alignment_verdict"].str.endswith("4 kept").all()


def test_a_lock_holds_and_a_name_wins(new_project, demo, once):
    project = new_project().write(**demo)
    built(project, as_of="2024-06-15")
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            """
            insert into reference.segment_locks values
            ('cluster', 'cluster_2', 'Ada''s own', true, 'Ada', '2024-06-20', 'known'),
            ('cluster', 'cluster_99', 'Nobody', false, 'Ada', '2024-06-20', 'unknown')
            """
        )
    built(project, *CLUSTERS, "--exclude", "segment_locks")

    def where(fit):
        encoding, learned = clustering_of(fit).learned()
        return (learned.centre * encoding.scale + encoding.mean)[learned.cluster == 2]

    _, april, july, october = fits(project)
    np.testing.assert_allclose(where(july), where(april))
    np.testing.assert_allclose(where(october), where(april))
    assert not np.allclose(where(fits(once)[2]), where(april))
    assert_placed_as_in_python(project)
    assert project.rows(
        "select segment_name, name_source, named_by, cast(named_on as text), is_locked "
        "from marts.dim_segments where segment_id = 'cluster:cluster_2'"
    ) == [("Ada's own", "person", "Ada", "2024-06-20", True)]
    result = project.build(
        "--select", "decisions_are_about_known_segments",
        command="test", as_of_date="2024-11-01", **QUICK,
    )  # fmt: skip
    assert result.success
    assert "warn" in result.statuses["decisions_are_about_known_segments"]


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("Gaussian mixture", {}),
        ("Ward", {}),
        ("HDBSCAN", {}),
        ("k-prototypes", {"cluster_categories": ["favourite_channel"]}),
    ],
)
def test_sql_applies_every_method_as_python_does(new_project, demo, method, more):
    project = new_project().write(**demo)
    built(project, cluster_methods=[method], history_from="2024-09-01", **more)
    assert fits(project)[-1]["method"] == method
    assert_placed_as_in_python(project)

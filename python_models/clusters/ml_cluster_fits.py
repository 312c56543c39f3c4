"""Fits of clusters, each aligned to the one before. One row per fit."""

from segmentation.clusters.fits import learn_cluster_fits, records
from segmentation.clusters.schedule import Settings, due


def model(dbt, session):
    history = dbt.ref("int_customers__history_features")
    anchors = dbt.ref("int_history_anchors")
    locks = dbt.ref("segment_locks")
    contrasts = dbt.ref("feature_contrasts")
    weights = dbt.ref("int_features__weights")
    settings = Settings(
        **dbt.config.meta_get("settings"),
        weights=dict(weights.project("feature, weight").fetchall()),
    )

    past = session.sql(f"select * from {dbt.this}").df() if dbt.is_incremental else None
    made = records(past)
    buyers = history.filter(f"is_sampled and count_orders >= {settings.min_orders}")
    counts = buyers.aggregate("anchor_date, count(*) as count_customers").df()
    dues = due(anchors.df(), counts, made, settings)
    dates = {day for some in dues for day in (some.fit_date, some.earlier_date) if day}
    seen = buyers.filter(f"cast(anchor_date as text) in {(*map(str, dates), '')}")
    return learn_cluster_fits(
        dues,
        seen.df(),
        settings=settings,
        made=made,
        anchors=anchors.df(),
        locks=locks.df(),
        contrasts=contrasts.df(),
    )

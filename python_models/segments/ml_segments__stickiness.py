"""Gains and costs of rules that hold segments steady. One row per rule."""

from segmentation.binding import sampled
from segmentation.stickiness import weigh


def model(dbt, session):
    features = dbt.ref("int_customers__history_features")
    anchors = dbt.ref("int_history_anchors")
    cells = dbt.ref("rfm_cells")
    band_in_force = dbt.config.meta_get("band_in_force")

    grid = anchors.filter("is_on_grid").project("anchor_date")
    return weigh(
        sampled(features).join(grid, "anchor_date", how="semi").df(),
        cells.df(),
        band_in_force=float(band_in_force),
    )

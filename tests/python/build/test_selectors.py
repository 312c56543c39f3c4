"""Products are built alone: bundles of selectors.yml, ways of segmenting left out."""

import pytest
import yaml
from dbt_project import ROOT, small_shop
from metric_answers import Metrics

SELECTORS = yaml.safe_load((ROOT / "selectors.yml").read_text())["selectors"]
QUICK = {
    "cluster_methods": ["k-means"],
    "cluster_counts": [3],
    "tuning_configurations": 1,
    "bootstrap_samples": 20,
}
FITS_OF = {
    "essentials": {"ml_fits__purchases", "ml_cluster_fits"},
    "predictions": {
        "ml_fits__purchases",
        "ml_fits__values",
        "ml_fits__responses",
        "ml_fits__next_categories",
        "ml_cluster_fits",
    },
}
# it learns nothing: it applies fits again to what is known by now
FITS_OF["everything"] = FITS_OF["predictions"] | {"ml_fits__realised"}
MARTS_OF = {
    "essentials": {"dim_customers", "fct_customer_segments", "fct_customer_churn"},
    "predictions": {"fct_customer_churn", "fct_customer_value", "fct_model_scorecards"},
    "everything": {"fct_lookalikes", "rpt_segment_priorities", "rpt_model_cards"},
}


def fits(statuses: dict[str, str]) -> set[str]:
    return {name for name in statuses if name.startswith("ml_") and "fits" in name}


def test_every_bundle_is_described_and_one_is_the_default():
    assert {one["name"] for one in SELECTORS} == set(FITS_OF)
    assert all(len(one["description"]) > 60 for one in SELECTORS)
    assert [one["name"] for one in SELECTORS if one.get("default")] == ["everything"]


@pytest.mark.parametrize("name", sorted(FITS_OF))
def test_a_bundle_builds_alone_from_nothing(project, name):
    project.write(**small_shop(60))
    result = project.build("--selector", name, tests=True, **QUICK)

    assert result.success, result.text
    assert fits(result.statuses) == FITS_OF[name]
    assert MARTS_OF[name] <= set(result.statuses)


def test_the_bare_build_leaves_unit_tests_out(project):
    project.write(**small_shop(3))
    bare = project.build("--output", "name", command="ls")
    named = project.build("--select", "resource_type:unit_test", command="ls")

    assert "fct_customer_churn" in bare.listed
    assert not [name for name in bare.listed if name.startswith("unit_test:")]
    assert len(named.listed) > 100


def test_a_way_of_segmenting_that_is_left_out_costs_no_fit_and_keeps_its_column(
    project,
):
    project.write(**small_shop(60))
    ways = ["rfm", "lifecycle"]
    result = project.build(**QUICK, segment_dimensions=ways)

    assert result.success, result.text
    filled = project.rows(
        "select count(rfm_segment_code) > 0, count(lifecycle_stage_code) > 0,"
        " count(sticky_rfm_segment_code), count(value_tier_code), count(cluster_code)"
        " from marts.fct_customer_segments"
    )
    assert filled == [(True, True, 0, 0, 0)]
    for mart in (
        "dim_segments",
        "fct_customer_segment_history",
        "rpt_segment_overview",
    ):
        found = project.rows(f"select distinct dimension from marts.{mart}")
        assert {dimension for (dimension,) in found} == set(ways)
    live = project.rows(
        "select count(rfm_segment_code) > 0, count(value_tier_code),"
        " count(cluster_code) from marts.live_customer_segments"
    )
    assert live == [(True, 0, 0)]
    # metrics that rest on it are null, and none fails
    metrics = Metrics(project.manifest(segment_dimensions=ways), project.database)
    assert len(metrics.ask(sorted(metrics.names), [])) == 1
    by_cluster = metrics.ask(["customers", "value_at_risk"], ["customer__cluster"])
    assert by_cluster["customer__cluster"].isna().tolist() == [True]
    assert set(metrics.ask_saved("segments_today")["segment__dimension"]) == set(ways)


@pytest.mark.parametrize(
    ("mart", "dimensions", "expected"),
    [
        ("fct_customer_churn", None, {"ml_fits__purchases"}),
        ("fct_customer_segments", ["rfm", "value_tier"], set()),
        ("fct_customer_segments", None, {"ml_cluster_fits"}),
    ],
)
def test_a_mart_pulls_its_own_fits_only(project, mart, dimensions, expected):
    project.write(**small_shop(3))
    result = project.build(
        "--select", f"+{mart}", "--resource-type", "model", "--output", "name",
        command="ls", segment_dimensions=dimensions,
    )  # fmt: skip

    assert result.success, result.text
    assert {n for n in result.listed if n.startswith("ml_") and "fits" in n} == expected

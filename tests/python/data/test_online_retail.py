"""Online Retail II, a real shop with its real dirt, against published figures.

The figures are those of REFERENCE.md beside the data; the landing script is the one
the docs show.
"""

import subprocess
import sys

import numpy as np
import pytest
import yaml
from places import DATA, ROOT, needs
from sklearn.cluster import KMeans
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

from segmentation.clusters import measures
from segmentation.clusters.evidence import compare, faults_of
from segmentation.learning.candidates import LEARNERS, PURCHASE_BASELINES, probability
from segmentation.learning.suspects import suspects
from segmentation.predictions.forecasts import BASELINES, RUN_RATE, Parameters
from segmentation.predictions.probability_models import Target

SOURCE = DATA / "online_retail_ii/online_retail_ii.parquet"
pytestmark = needs(SOURCE)

# the plain cleaning of the literature: no credit notes, no netting
PLAIN = """
    with plain as (
        select lines.*, customer_id, ordered_at, quantity * unit_price as amount
        from intermediate.int_order_lines__checked as lines
        join intermediate.int_orders__checked as orders using (order_id)
        where
            lines.is_accepted and orders.is_accepted and orders.is_sale
            and quantity > 0 and unit_price > 0 and customer_id is not null
    )
"""
PHANTOMS = {"541431": "12346", "581483": "16446"}  # cancelled minutes later
JUDGED_AT = "2011-09-09"  # the newest anchor whose next 90 days are known
# 5,281 on the plain rule. 25 of them had sent back all they had bought; six of these
# got back less than they had paid, for charges written by hand, and so remain buyers
BUYERS = 5_262


@pytest.fixture(scope="module")
def shop(new_project):
    """Run the commands of docs/bring-your-data.md, as they stand there."""
    project = new_project()
    landing = project.folder / "landing"
    landing.mkdir()
    (landing / SOURCE.name).symlink_to(SOURCE)
    (project.folder / "docs").symlink_to(ROOT / "docs")
    page = (ROOT / "docs/bring-your-data.md").read_text()
    commands = next(part for part in page.split("```") if "duckdb.execute" in part)
    subprocess.run(
        ["bash", "-euc", f'python() {{ "{sys.executable}" "$@"; }}\n{commands}'],
        cwd=project.folder,
        check=True,
    )
    project.raw.rmdir()
    landing.rename(project.raw)
    return project


@pytest.fixture(scope="module")
def built(shop):
    result = shop.build(cluster_methods=["k-means"], cluster_counts=[4])
    assert result.success, result.text
    return shop


@pytest.fixture(scope="module")
def plain_rfm(built):
    return built.query(
        PLAIN
        + """
        select
            customer_id,
            date '2011-12-10' - max(cast(ordered_at as date)) as r,
            count(distinct order_id) as f,
            cast(sum(amount) as double) as m
        from plain
        group by customer_id
        order by customer_id
        """
    )


@pytest.fixture(scope="module")
def labelled(built):
    """Return the features at each past anchor, and what followed."""
    return built.query(
        "from intermediate.int_customers__churn_training "
        "order by anchor_number, customer_id"
    )


@pytest.fixture(scope="module")
def scorecard(built):
    return built.query(
        "from intermediate.int_fits__scorecards "
        f"where origin_date = '{JUDGED_AT}' order by target, candidate, metric"
    )


def rows_of(scorecard, target, **values):
    rows = scorecard[scorecard["target"] == target]
    for column, value in values.items():
        rows = rows[rows[column] == value]
    return rows.to_dict("records")


def by_candidate(scorecard, target):
    """Return a row per candidate, a column per metric and what they have in common."""
    rows = scorecard[
        (scorecard["target"] == target)
        & ~scorecard["metric"].str.contains("interval|share")
    ]
    common = ["is_baseline", "count_test_rows"]
    metrics = rows.pivot(index="candidate", columns="metric", values="metric_value")
    return metrics.join(rows.groupby("candidate")[common].first())


@pytest.fixture(scope="module")
def churn(scorecard):
    return by_candidate(scorecard, "churn")


@pytest.fixture(scope="module")
def spend(scorecard):
    return by_candidate(scorecard, "spend_90d")


def test_every_line_is_accepted_or_rejected_and_the_copies_are_rejected(built):
    total = built.rows(
        "select count_rows, count_accepted_rows + count_rejected_rows "
        "from marts.rpt_input_quality where table_name = 'order_lines'"
    )
    copies = built.value(
        "select count(*) from marts.fct_rejected_rows where table_name = 'order_lines' "
        "and rejection_reasons like 'another row with this order_id and line_number%'"
    )

    assert total == [(1_067_371, 1_067_371)]
    assert copies == 34_335


def test_the_six_adjustments_of_bad_debt_are_rejected(built):
    rejected = built.rows(
        "select distinct left(row_key, 1), rejection_reasons, count(*) "
        "from marts.fct_rejected_rows where table_name = 'orders' group by all"
    )

    assert rejected == [("A", "status is not in the seed order_statuses", 6)]


def test_the_plain_rule_gives_the_published_totals(built):
    (totals,) = built.rows(
        PLAIN
        + """
        select count(*), count(distinct order_id), count(distinct customer_id),
            cast(round(sum(amount), 2) as double)
        from plain
        """
    )

    assert totals == (779_425, 36_969, 5_878, 17_374_804.27)


def test_the_plain_rule_gives_the_published_means_and_top_shares(plain_rfm):
    means = plain_rfm[["r", "f", "m"]].mean().tolist()
    spent = np.sort(plain_rfm["m"])[::-1]
    shares = [
        spent[: int(len(spent) * top)].sum() / spent.sum()
        for top in (0.01, 0.05, 0.1, 0.2)
    ]

    assert means == pytest.approx([201.87, 6.289, 2955.90], abs=0.005)
    assert shares == pytest.approx([0.318, 0.520, 0.639, 0.772], abs=0.0006)


def test_netting_takes_returns_off_and_nothing_else(built):
    customers, buyers, orders, net = built.rows(
        """
        select count(*), count_if(count_orders > 0), sum(count_orders),
            sum(lifetime_net_amount)
        from intermediate.int_customers__features where anchor_role = 'scoring'
        """
    )[0]
    returned = built.value(
        "select sum(returned_amount) from intermediate.int_returns__matched"
    )

    assert customers == 5_942  # all who are in the file
    # of 5,878 and 36,969: the rest went back
    assert (buyers, orders) == (5_857, 36_629)
    # orders of which nothing was paid are no purchases: what they differ by is 0
    assert net + float(returned) == pytest.approx(17_374_804.27, abs=0.01)
    assert float(returned) == pytest.approx(767_883.42, abs=0.01)


@pytest.mark.parametrize(("invoice", "customer"), PHANTOMS.items())
def test_a_phantom_order_leaves_no_trace(built, invoice, customer):
    features = built.query(
        "from intermediate.int_customers__features where anchor_role = 'scoring' "
        f"and customer_id = '{customer}'"
    ).iloc[0]
    others = built.rows(
        PLAIN
        + f"""
        select count(distinct order_id), max(cast(ordered_at as date)), sum(amount),
            count(distinct product_id)
        from plain where customer_id = '{customer}' and order_id <> '{invoice}'
        """
    )[0]

    assert features["count_orders"] <= others[0]
    assert features["last_order_date"].date() <= others[1]
    assert features["lifetime_net_amount"] <= float(others[2])
    assert features["count_products"] <= others[3]
    assert features["return_rate"] < 0.02  # a cancellation is not held against them
    assert not built.rows(
        f"from intermediate.int_orders__as_of_anchor where order_id = '{invoice}' "
        f"and anchor_date > (select cast(max(ordered_at) as date) "
        f"from intermediate.int_orders__checked where order_id = '{invoice}')"
    )


def test_silhouettes_and_stability_are_the_published_ones(plain_rfm):
    evidence = compare(
        plain_rfm,
        None,
        ["r", "f", "m"],
        [],
        ["k-means"],
        list(range(2, 11)),
        seed=42,
        min_customers=200,
        max_rows=10_000,
    ).to_pandas()

    # the fourth digit hangs on the seed of k-means: others move k = 2 by .0002 and
    # k = 7 by .0009, and 42 gives the published digits
    assert evidence["silhouette"].round(4).tolist() == [
        0.4385, 0.3479, 0.3664, 0.3440, 0.3348, 0.3029, 0.2957, 0.2884, 0.2899,
    ]  # fmt: skip
    published = [0.985, 0.919, 0.932, 0.927, 0.861, 0.723, 0.633, 0.865, 0.765]
    # Measured over five seeds, our mean of 20 bootstraps has a standard deviation of
    # .004 to .009 up to k = 5, and of .017 to .040 beyond, where fits settle on one of
    # several solutions. The published means come of draws (and maybe starts) of their
    # own: two such means differ by up to 3 √2 × .009 = .04 and 3 √2 × .04 = .17.
    tolerance = np.array([0.04] * 4 + [0.15] * 5)
    assert (abs(evidence["stability_ari"] - published) < tolerance).all(), evidence


def test_of_raw_amounts_the_best_silhouette_is_a_handful_of_outliers(plain_rfm):
    points = StandardScaler().fit_transform(plain_rfm[["r", "f", "m"]].astype(float))
    labels = KMeans(2, n_init=10, random_state=42).fit_predict(points) + 1

    # published: .896; which handful it is hangs on the seed: .916 and .924 of two
    assert measures.silhouette(points, labels) > 0.88
    share = measures.smallest_share(labels)
    assert share * len(labels) < 30  # of 5,878
    row = {"n_clusters": 2, "stability_ari": 1, "holdout_ari": 1, "noise_share": 0}
    assert faults_of(row | {"smallest_share": share}) == [
        "the smallest cluster is under 3%"
    ]


def test_sql_assigns_every_customer_as_scikit_learn_does(built):
    centres = built.query(
        """
        select prototypes.*
        from intermediate.int_cluster_fits__prototypes as prototypes
        join marts.dim_cluster_fits as fits using (fit_id)
        where fits.is_serving
        """
    )
    customers = built.query(
        """
        select features.*, segments.cluster_code
        from intermediate.int_customers__features as features
        join marts.fct_customer_segments as segments using (customer_id)
        where features.anchor_role = 'scoring' and features.count_orders > 0
        """
    )
    positions = centres.pivot(index="cluster_id", columns="feature", values="centre")
    scales = centres.drop_duplicates("feature").set_index("feature")
    names = positions.columns
    values = np.log1p(customers[names].astype(float))
    values = (values - scales["feature_mean"][names]) / scales["feature_scale"][names]
    model = KMeans(len(positions), init=positions.to_numpy(), n_init=1, max_iter=1)
    model.fit(positions.to_numpy())  # each centre is its own cluster

    assert len(customers) == 5_857
    predicted = positions.index[model.predict(values[names].to_numpy())]
    assert ("cluster_" + predicted.astype(str) == customers["cluster_code"]).all()


# ---------- cohorts of first purchase


def plain_cohort(built, what):
    """Return the first cohort by the plain rule, and who bought in its second month."""
    (counts,) = built.rows(
        PLAIN
        + f"""
        , months as (
            select distinct customer_id, date_trunc('month', ordered_at) as month
            from plain where {what}
        )
        select
            count(distinct customer_id) filter (where first = '2009-12-01'),
            count(*) filter (where first = '2009-12-01' and month = '2010-01-01')
        from (
            select *, min(month) over (partition by customer_id) as first from months
        )
        """
    )
    return counts


def test_the_first_cohort_and_its_retention_are_the_published_ones(built):
    # product-only: the plain rule on lines whose code is a product's, five digits and
    # maybe letters; postage, fees, samples and gift vouchers (POST, M, gift_…) are none
    customers, retained = plain_cohort(built, "regexp_matches(product_id, '^[0-9]{5}')")

    assert customers == 951
    assert retained / customers == pytest.approx(0.3502, abs=0.00005)


def test_cohorts_differ_from_the_published_by_postage_and_by_what_went_back(built):
    cohorts = built.query(
        "from marts.fct_cohort_retention order by cohort_month, order_month"
    )
    first = cohorts.iloc[1]
    # of 955 in the plain cohort, four had paid for no product, only for postage or fees
    assert plain_cohort(built, "true") == (955, 337)
    assert first["count_customers"] == 955
    # two of 337 sent back, sooner or later, all they had bought in January
    assert first["count_retained_customers"] == 335
    assert first["retention_rate"] == pytest.approx(335 / 955)
    # scipy.stats.binomtest(335, 955).proportion_ci(method="wilson")
    bounds = first[["retention_rate_lower", "retention_rate_upper"]]
    assert bounds.tolist() == pytest.approx([0.32117, 0.38160], abs=0.00001)

    # December 2011 stops on the 9th: no whole month
    assert str(cohorts["order_month"].max().date()) == "2011-11-01"
    assert len(cohorts) == 24 * 25 / 2
    spent = built.value(
        "select sum(net_amount) from intermediate.int_orders__as_of_anchor "
        "where anchor_date = '2011-12-10' and order_date < '2011-12-01'"
    )
    assert cohorts["net_amount"].sum() == pytest.approx(float(spent), abs=1)


def test_champions_are_found_again_and_better_than_by_spend(built):
    (row,) = built.query("from marts.rpt_lookalike_lists").to_dict("records")

    assert row["list_id"] == "rfm:champions"
    assert row["lift_lower"] > 6
    assert row["auc"] > 0.97
    assert row["beats_baseline"]


# ---------- churn, judged at an anchor whose next 90 days are known


def test_churn_has_the_published_customers_and_rate(labelled):
    newest = labelled[labelled["anchor_number"] == 1]

    assert newest["anchor_date"].unique().astype(str).tolist() == [JUDGED_AT]
    assert len(newest) == BUYERS
    assert newest["is_churned"].mean() == pytest.approx(0.5664, abs=0.002)


def test_churn_is_predicted_as_well_as_published_and_better_than_by_recency(churn):
    auc = churn["auc"]

    assert churn["count_test_rows"].eq(BUYERS).all()
    assert auc["recency alone"] == pytest.approx(0.763, abs=0.003)
    for candidate in ("logistic regression", "boosted trees"):
        assert auc[candidate] > 0.785
        assert auc[candidate] > auc["recency alone"] + 0.02
    assert auc.max() < 0.85  # above: a leak


def test_churn_is_served_at_80_and_beats_every_baseline(scorecard, churn):
    (served,) = rows_of(scorecard, "churn", metric="auc", is_serving=True)
    learned = churn[~churn["is_baseline"]]
    baselines = churn[churn["is_baseline"]]

    assert served["metric_value"] >= 0.80
    assert served["lower_bound"] < served["metric_value"] < served["upper_bound"]
    # 5,262 customers: the standard error is about .006
    assert served["upper_bound"] - served["lower_bound"] < 0.03
    assert set(learned.index) == {learner.name for learner in LEARNERS}
    assert set(baselines.index) == {baseline.name for baseline in PURCHASE_BASELINES}
    assert served["candidate"] in learned.index
    assert served["beats_baseline"]
    assert served["best_baseline"] == baselines["auc"].idxmax()
    assert served["baseline_value"] == baselines["auc"].max()
    assert served["difference_lower"] > 0  # of customers drawn alike for both


def test_the_seasonal_shift_shrinks_and_what_is_left_is_shown(scorecard, churn):
    observed = churn["observed_rate"].unique()
    assert observed == pytest.approx(0.5664, abs=0.002)
    before = (churn["mean_predicted_raw"] - observed).abs()
    after = (churn["mean_predicted"] - observed).abs()

    # a support vector machine has no probability to begin with; the level of the
    # decision tree is left alone, since at earlier origins that was better
    for name in ("logistic regression", "boosted trees"):
        assert before[name] > 0.08  # .69 was published, of .566
        assert after[name] <= before[name] / 2
    (served,) = rows_of(scorecard, "churn", metric="auc", is_serving=True)
    champion = served["candidate"]
    assert after[champion] <= (0.69 - 0.566) / 2
    error = churn.loc[champion, ["calibration_error", "calibration_error_raw"]]
    assert error.iloc[0] < error.iloc[1]


RFM = dict.fromkeys(
    ("days_since_last_order", "count_orders", "lifetime_net_amount"), "log1p"
)
ALL_FEATURES = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"][
    "churn_features"
]


def fitted(name, rows, features):
    (learner,) = (learner for learner in LEARNERS if learner.name == name)
    settings = learner.configurations[0]
    return learner.fit(rows, rows["is_churned"], features, settings, seed=7)


@pytest.mark.parametrize(
    ("name", "features", "anchors", "published", "tolerance"),
    [
        ("logistic regression", RFM, [2], 0.787, 0.003),
        # their 20 features were others: ours find .802 from one anchor
        ("boosted trees", ALL_FEATURES, [2], 0.796, 0.01),
        ("boosted trees", ALL_FEATURES, [2, 3, 4], 0.804, 0.003),
    ],
    ids=["logistic on R, F, M", "trees on one anchor", "trees on three anchors"],
)
def test_candidates_trained_as_published_do_as_published(
    labelled, name, features, anchors, published, tolerance
):
    # the labels of anchor 2, 2011-06-09, end the day before 2011-09-07
    train = labelled[labelled["anchor_number"].isin(anchors)]
    test = labelled[labelled["anchor_number"] == 1]
    predicted = probability(fitted(name, train, features).margin(test))

    auc = roc_auc_score(test["is_churned"], predicted)
    assert auc == pytest.approx(published, abs=tolerance)
    # uncalibrated, as published: Brier .199, mean predicted .69 of .566 observed
    brier = brier_score_loss(test["is_churned"], predicted)
    assert brier == pytest.approx(0.199, abs=0.006)
    assert predicted.mean() == pytest.approx(0.69, abs=0.015)


def test_features_of_the_future_look_like_a_leak_and_are_caught(built, labelled):
    honest = labelled[labelled["anchor_number"] == 1]
    leaky = built.query(
        "from intermediate.int_customers__features where anchor_role = 'scoring'"
    ).merge(honest[["customer_id", "is_churned"]], on="customer_id")
    leaky = leaky.sort_values("customer_id", ignore_index=True)
    train, test = leaky.iloc[::2], leaky.iloc[1::2]
    target = Target("churn", "is_churned", 90, ALL_FEATURES)

    assert len(leaky) == len(honest)
    # Published: .9999, with features of the day the label ends. Ours are taken two days
    # later, and a purchase in between looks like one within the label.
    for name in ("logistic regression", "boosted trees"):
        margin = fitted(name, train, ALL_FEATURES).margin(test)
        assert roc_auc_score(test["is_churned"], margin) > 0.998
    assert {"days_since_last_order", "count_orders_90d", "net_amount_90d"} <= set(
        suspects(leaky, target.label, target.all_features)
    )
    assert suspects(honest, target.label, target.all_features) == {}


# ---------- value: spend in the same 90 days


def test_spend_is_ranked_as_published(spend):
    models, run_rate = spend.loc["purchase and spend models"], spend.loc[RUN_RATE]

    assert spend["count_test_rows"].eq(BUYERS).all()
    assert models["spearman"] == pytest.approx(0.574, abs=0.01)
    assert models["top_20_pct_capture"] == pytest.approx(0.749, abs=0.01)
    assert run_rate["spearman"] == pytest.approx(0.567, abs=0.01)
    assert run_rate["top_20_pct_capture"] == pytest.approx(0.727, abs=0.01)
    # "the honest margin is thin"
    assert 0 < models["spearman"] - run_rate["spearman"] < 0.02


def test_spend_is_served_at_55_with_its_interval_and_the_baselines(scorecard, spend):
    (served,) = rows_of(scorecard, "spend_90d", metric="spearman", is_serving=True)

    assert served["metric_value"] >= 0.55
    assert served["lower_bound"] < served["metric_value"] < served["upper_bound"]
    assert served["upper_bound"] - served["lower_bound"] < 0.05
    assert set(spend.index[spend["is_baseline"]]) == set(BASELINES)
    # who is served is decided over three origins; at this one alone it is as good
    assert served["best_baseline"] in BASELINES
    assert served["metric_value"] > served["baseline_value"] - 0.005


@pytest.mark.parametrize(
    "band", ["", "_lowest", "_low", "_medium", "_high", "_highest"]
)
def test_of_80_percent_intervals_75_to_85_hold_what_came(scorecard, band):
    (row,) = rows_of(scorecard, "spend_90d", metric=f"interval_coverage{band}")

    assert row["is_serving"]
    assert 0.75 <= row["metric_value"] <= 0.85, row
    assert row["lower_bound"] < row["metric_value"] < row["upper_bound"]


def test_a_fit_by_which_nobody_ever_leaves_is_named_and_not_used(built):
    # a year of history or less: a → 0 and b → 10⁵, as on later cuts elsewhere
    early = built.query(
        "from intermediate.int_customers__features "
        "where anchor_number = 5 and count_orders > 0"
    )
    fits = Parameters.learn(early, min_customers=200)
    status = fits.rows.drop_duplicates("model").set_index("model")["fit_status"]

    assert status["BG/NBD"].startswith("degenerate: ")
    assert (fits.purchases.name, fits.purchases.fit_status) == ("NBD", "ok")


# ---------- segments that hold


@pytest.fixture(scope="module")
def monthly(built):
    """Return what segments are read from, at each month's first day."""
    return built.query(
        "select history.* from intermediate.int_customers__history_features as history "
        "join intermediate.int_history_anchors as anchors using (anchor_date) "
        "where anchors.is_on_grid and count_orders > 0 "
        "order by customer_id, anchor_date"
    )


def stay_rate(rows, column):
    before = rows.groupby("customer_id")[column].shift()
    months = rows["anchor_date"].dt.to_period("M").astype("int64")
    follows = months - months.groupby(rows["customer_id"]).shift() == 1
    return (rows[column] == before)[follows].mean()


def test_the_usual_matrix_of_fifths_keeps_half_of_the_customers_in_their_cell(monthly):
    # five equal groups by rank, ties broken by row order: what is published keeps 52 %
    by_month = monthly.groupby("anchor_date")

    def fifth(column):
        ranks = by_month[column].rank(method="first")
        return (5 * (ranks - 1) // by_month[column].transform("size")).astype(int)

    cells = monthly.assign(
        cell=fifth("days_since_last_order").astype(str)
        + fifth("count_orders").astype(str)
    )
    assert stay_rate(cells, "cell") == pytest.approx(0.53, abs=0.02)


def test_segments_hold_and_follow_within_a_fortnight(built, monthly):
    assert monthly["anchor_date"].nunique() == 24
    rules = built.query("from marts.rpt_segment_stickiness").set_index("rule")
    plain, sticky = rules.loc["plain"], rules[rules["is_in_force"]].iloc[0]
    assert plain["stay_rate"] == pytest.approx(0.701, abs=0.002)
    assert sticky["stay_rate"] >= 0.70
    assert sticky["stay_rate"] > plain["stay_rate"] + 0.01
    assert sticky["flip_rate"] < 0.9 * plain["flip_rate"]
    assert 0 < sticky["mean_lag_days"] < 15
    assert sticky["followed_share"] > 0.9


def test_what_is_weighed_is_what_is_in_force(built, monthly):
    rows = built.query(
        "from intermediate.int_customers__history where count_orders > 0"
    )
    rules = built.query("from marts.rpt_segment_stickiness")
    weighed = rules.loc[rules["is_in_force"], "stay_rate"].item()
    rows = rows.sort_values(["customer_id", "anchor_date"])
    assert stay_rate(rows, "sticky_rfm_segment_code") == pytest.approx(
        weighed, abs=5e-5
    )


def test_causes_explain_every_change_of_size(built):
    off = built.rows(
        """
        select dimension, anchor_date, segment_code
        from marts.fct_segment_size_changes
        group by all
        having sum(net_change) <> max(count_after) - max(count_before)
        """
    )
    causes = dict(
        built.rows(
            "select cause, sum(count_joined) from marts.fct_segment_size_changes "
            "where dimension = 'rfm' group by all"
        )
    )
    assert not off
    assert all(causes[cause] > 5_000 for cause in causes)
    assert len(causes) == 4

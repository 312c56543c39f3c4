"""Online Retail II, a real shop with its real dirt, against published figures.

The figures are those of REFERENCE.md beside the data; the landing script is the one
the docs show.
"""

import subprocess
import sys

import numpy as np
import pytest
from dbt_project import ROOT
from sklearn.cluster import KMeans

from segmentation.clusters import compare_cluster_counts

SOURCE = ROOT.parent / "shared/data/online_retail_ii/online_retail_ii.parquet"
pytestmark = pytest.mark.skipif(
    not SOURCE.exists(), reason=f"Online Retail II is not there: {SOURCE}"
)

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
    result = shop.build(cluster_counts=[4])
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
    assert (buyers, orders) == (5_851, 36_582)
    # orders of which nothing was paid are no purchases: what they differ by is 0
    assert net + float(returned) == pytest.approx(17_374_804.27, abs=0.01)
    assert float(returned) == pytest.approx(840_799.18, abs=0.01)


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
    evidence = compare_cluster_counts(
        plain_rfm, ["r", "f", "m"], list(range(2, 11)), seed=42, min_customers=200
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


def test_sql_assigns_every_customer_as_scikit_learn_does(built):
    centres = built.query(
        "from learned.ml_customers__cluster_centres order by cluster_id, feature"
    )
    customers = built.query(
        """
        select features.*, clusters.cluster_id
        from intermediate.int_customers__features as features
        join intermediate.int_customers__clusters as clusters using (customer_id)
        where features.anchor_role = 'scoring'
        """
    )
    positions = centres.pivot(index="cluster_id", columns="feature", values="centre")
    scales = centres.drop_duplicates("feature").set_index("feature")
    names = positions.columns
    values = np.log1p(customers[names].astype(float))
    values = (values - scales["feature_mean"][names]) / scales["feature_scale"][names]
    model = KMeans(len(positions), init=positions.to_numpy(), n_init=1, max_iter=1)
    model.fit(positions.to_numpy())  # each centre is its own cluster

    assert len(customers) == 5_851
    predicted = positions.index[model.predict(values[names].to_numpy())]
    assert (predicted == customers["cluster_id"]).all()


def test_churn_is_predicted_as_well_as_published_and_better_than_by_recency(shop):
    result = shop.build(
        "--select", "+ml_customers__churn_scorecard", as_of_date="2011-12-08"
    )
    assert result.success, result.text
    auc = {
        candidate: (value, customers)
        for candidate, value, customers in shop.rows(
            "select candidate, metric_value, count_test_rows "
            "from learned.ml_customers__churn_scorecard where metric = 'auc'"
        )
    }
    rate = shop.value(
        "select avg(cast(is_churned as int)) from intermediate.int_customers__labels "
        "where anchor_date = '2011-09-09'"
    )

    assert auc["recency alone"][0] == pytest.approx(0.763, abs=0.003)
    for candidate in ("logistic regression", "boosted trees"):
        assert 0.785 < auc[candidate][0] < 0.85  # above: a leak
        assert auc[candidate][0] > auc["recency alone"][0] + 0.02
    # 5,281 on the plain rule: 25 had sent back all they had bought
    assert auc["recency alone"][1] == 5_256
    assert rate == pytest.approx(0.5664, abs=0.002)

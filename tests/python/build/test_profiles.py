"""Profiles and personas as the project builds them, computed once more."""

import numpy as np
import pytest
from dbt_project import small_shop
from scipy.stats import binomtest, mannwhitneyu

Z = 1.959963984540054
CUSTOMERS = 120


def shop():
    """Make a shop with channels, countries, prospects, and amounts that are skewed."""
    tables = small_shop(CUSTOMERS, orders_each=5)
    rng = np.random.default_rng(3)
    for order in tables["orders"]:
        number = int(order["customer_id"][1:])
        order["channel"] = "web" if number % 3 else "store"
    for line in tables["order_lines"]:
        line["unit_price"] = round(float(np.exp(rng.normal(3, 1.5))), 2)
    countries = ["GB", "GB", "DE"]
    tables["customers"] = [
        {
            "customer_id": f"c{number}",
            "country": countries[number % 3],
            "signed_up_at": "2023-06-01",
        }
        for number in range(CUSTOMERS + 20)
    ]
    return tables


@pytest.fixture(scope="module")
def built(new_project):
    project = new_project().write(**shop())
    marts = ["personas", "profiles"]
    selected = [f"+rpt_segment_{name}" for name in marts]
    selected += ["+fct_persona_figures", "+fct_persona_sentences", "+dim_segments"]
    result = project.build(
        "--select",
        *selected,
        cluster_counts=[2],
        cluster_methods=["k-means"],
        min_training_customers=100,
    )
    assert result.success, result.text
    return project


@pytest.fixture(scope="module")
def profiles(built):
    return built.query("from marts.rpt_segment_profiles order by profile_id")


@pytest.fixture(scope="module")
def customers(built):
    features = built.query(
        "from intermediate.int_customers__features where anchor_role = 'scoring'"
    )
    known = built.query(
        "select customer_id, country, acquisition_channel, nullif(age_band, 'unknown') "
        "as age_band, gender from intermediate.int_customers"
    )
    return features.merge(known, on="customer_id")


@pytest.fixture(scope="module")
def members(built):
    rows = built.query("from intermediate.int_segments__members")
    rows["segment_id"] = rows["dimension"] + ":" + rows["segment_code"]
    return rows.groupby("segment_id")["customer_id"].agg(set).to_dict()


def groups(customers, members, row):
    values = customers.dropna(subset=row.feature)
    inside = values["customer_id"].isin(members[row.segment_id])
    return values.loc[inside, row.feature], values.loc[~inside, row.feature]


def cliff(own, rest):
    """Return delta and its interval (Feng & Cliff 2004) from all pairs."""
    pairs = np.sign(own.to_numpy(float)[:, None] - rest.to_numpy(float)[None, :])
    n, m = pairs.shape
    delta = pairs.mean()
    variance = max(
        (
            m**2 * ((pairs.mean(axis=1) - delta) ** 2).sum()
            + n**2 * ((pairs.mean(axis=0) - delta) ** 2).sum()
            - ((pairs - delta) ** 2).sum()
        )
        / (n * m * (n - 1) * (m - 1)),
        (1 - delta**2) / (n * m - 1),
    )
    if abs(delta) == 1:
        few = min(n, m)
        inner = delta * (few - Z**2) / (few + Z**2)
        return delta, *sorted([inner, delta])
    middle = delta - delta**3
    half = Z * np.sqrt(variance) * np.sqrt((1 - delta**2) ** 2 + Z**2 * variance)
    by = 1 - delta**2 + Z**2 * variance
    return delta, (middle - half) / by, (middle + half) / by


def newcombe(hits, count, other_hits, other_count):
    """Return a difference of shares and its interval (Newcombe 1998, method 10)."""
    own, other = hits / count, other_hits / other_count
    low, high = binomtest(hits, count).proportion_ci(method="wilson")
    other_low, other_high = binomtest(other_hits, other_count).proportion_ci(
        method="wilson"
    )
    return (
        own - other,
        own - other - np.hypot(own - low, other_high - other),
        own - other + np.hypot(high - own, other - other_low),
    )


class TestProfiles:
    def test_every_segment_has_every_feature(self, built, profiles):
        segments = set(built.query("from marts.dim_segments")["segment_id"])
        features = profiles.groupby("segment_id")["feature"].agg(set)
        assert set(features.index) == segments
        assert len({frozenset(each) for each in features}) == 1
        assert {"count_orders", "favourite_channel", "gender"} < features.iloc[0]

    def test_numbers_are_those_of_all_pairs(self, profiles, customers, members):
        rows = profiles[profiles["is_number"] & (profiles["count_known"] > 0)]
        assert len(rows) > 300
        count_intervals = 0
        for row in rows.itertuples():
            own, rest = groups(customers, members, row)
            assert (row.count_known, row.count_others) == (len(own), len(rest))
            assert row.segment_mean == pytest.approx(own.mean(), abs=2e-6)
            assert row.segment_median == pytest.approx(own.median(), abs=2e-6)
            everyone = customers[row.feature].median()
            assert row.everyone_median == pytest.approx(everyone, abs=2e-6)
            if not len(rest):
                assert np.isnan(row.effect_size)
                continue
            assert row.others_mean == pytest.approx(rest.mean(), abs=2e-6)
            probability = mannwhitneyu(own, rest).statistic / len(own) / len(rest)
            assert row.effect_size == pytest.approx(2 * probability - 1, abs=2e-6)
            if min(len(own), len(rest)) > 1:
                expected = cliff(own, rest)
                found = (row.effect_size, row.effect_lower, row.effect_upper)
                assert found == pytest.approx(expected, abs=2e-6)
                count_intervals += 1
        assert count_intervals > 250

    def test_shares_are_those_that_are_counted(self, profiles, customers, members):
        rows = profiles[~profiles["is_number"] & (profiles["count_known"] > 0)]
        assert set(rows["feature"]) >= {"favourite_channel", "country"}
        for row in rows.itertuples():
            own, rest = groups(customers, members, row)
            hits = int((own == row.feature_value).sum())
            others = int((rest == row.feature_value).sum())
            assert row.segment_mean == pytest.approx(hits / len(own), abs=1e-6)
            if len(rest):
                expected = newcombe(hits, len(own), others, len(rest))
                found = (row.effect_size, row.effect_lower, row.effect_upper)
                assert found == pytest.approx(expected, abs=2e-6)

    def test_a_share_is_the_delta_of_what_is_so_or_not(self, customers, members):
        """So that numbers and categories can be ranked together."""
        own = customers["customer_id"].isin(members["rfm:champions"])
        web = (customers["favourite_channel"] == "web").astype(int)
        difference = web[own].mean() - web[~own].mean()
        assert cliff(web[own], web[~own])[0] == pytest.approx(difference)

    def test_newcombes_own_example(self):
        found = newcombe(56, 70, 48, 80)
        assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


class TestPersonas:
    def test_every_segment_has_a_card_of_its_sentences(self, built):
        cards = built.query("from marts.rpt_segment_personas")
        sentences = built.query("from marts.fct_persona_sentences")
        assert len(cards) == built.value("select count(*) from marts.dim_segments")
        for row in cards.itertuples():
            here = sentences[sentences["segment_id"] == row.segment_id]
            lines = [line[2:] for line in row.card.split("\n") if line[:2] == "- "]
            assert sorted(lines) == sorted(here["sentence"])
            assert ("too few to describe" in row.card) == (
                row.is_small and row.count_customers > 0
            )

    def test_no_protected_feature_sets_a_segment_apart(self, built):
        told = built.query(
            "select distinct feature, section from marts.fct_persona_figures "
            "inner join marts.fct_persona_sentences using (sentence_id) "
            "where feature in ('gender', 'age_band', 'country')"
        )
        assert set(told.itertuples(index=False, name=None)) == {("country", "where")}

"""Every sentence about a segment is true of who is in it, in five kinds of shop.

What a sentence claims is looked up in `CLAIMS`, and checked against the figures of the
members; a sentence with a claim that is not listed there fails.
"""

import re

import pandas as pd
import pytest
import shops

QUICK = {"cluster_methods": ["k-means"], "cluster_counts": [2, 3]}
WANTED = ("rpt_segment_overview", "rpt_segment_personas", "rpt_segment_priorities")

RECENCY, ORDERS, SPEND = "days_since_last_order", "count_orders", "lifetime_net_amount"

# what is said, of which figure of all members, and where it must lie among everyone's:
# between which shares of customers, of whom it may be the equal
CLAIMS = {
    "ordered recently": [(RECENCY, 0, 0.5)],
    "ordered most recently": [(RECENCY, 0, 0.3)],
    "not silent for long": [(RECENCY, 0, 0.7)],
    "silent for an average time": [(RECENCY, 0.3, 0.7)],
    "silent for long": [(RECENCY, 0.5, 1)],
    "silent for longest": [(RECENCY, 0.7, 1)],
    "with the fewest orders": [(ORDERS, 0, 0.3)],
}
EITHER = {
    "and often or for high sums": [(ORDERS, 0.5, 1), (SPEND, 0.5, 1)],
    "and at least average in orders or in spend": [(ORDERS, 0.3, 1), (SPEND, 0.3, 1)],
    "with few orders or little spend": [(ORDERS, 0, 0.5), (SPEND, 0, 0.5)],
    "with at least average orders or spend": [(ORDERS, 0.3, 1), (SPEND, 0.3, 1)],
    "with many orders or high spend": [(ORDERS, 0.5, 1), (SPEND, 0.5, 1)],
}
SHOP = "compared with other customers"
DAYS = {
    "First order within the last 90 days": ("days_since_first_order", 0, 90),
    "Last order within the last 90 days, customer for longer": (RECENCY, 0, 90),
    "Last order within the last 90 days, after more than 180 days of silence": (
        RECENCY, 0, 90,
    ),
    "Last order 91 to 180 days ago": (RECENCY, 91, 180),
    "Last order 181 to 365 days ago": (RECENCY, 181, 365),
    "Last order more than 365 days ago": (RECENCY, 366, 10_000),
}  # fmt: skip
HALF = "Spent something within a year, and no more than the middle one of those who did"
TIERS = {
    HALF: (0, 0.5),
    "Spent more within a year than half of those who spent something, and not more "
    "than 80 %": (0.5, 0.8),
    "Spent more within a year than 80 % of those who spent something, and not more "
    "than 95 %": (0.8, 0.95),
    "Spent more within a year than 95 % of those who spent something": (0.95, 1),
}


@pytest.fixture(scope="module", params=shops.SHOPS)
def shop(request, new_project):
    project = new_project().write(**shops.tables(request.param))
    result = project.build("--select", *(f"+{name}" for name in WANTED), **QUICK)
    assert result.success, result.text
    return project


def members(shop):
    """Return customers with their figures, once for each segment they are in."""
    return shop.query(
        "select members.dimension, members.segment_code, segments.segment_name, "
        "segments.description, features.* "
        "from intermediate.int_segments__members as members "
        "join intermediate.int_segments as segments "
        "on segments.segment_id = members.dimension || ':' || members.segment_code "
        "join intermediate.int_customers__features as features "
        "on features.customer_id = members.customer_id and anchor_role = 'scoring' "
        "where features.count_orders > 0"
    )


def lies(here, everyone, column, least, most) -> pd.Series:
    """Say of each value whether it lies there, or is the equal of one that does.

    Where four fifths are within the usual gap between orders, all within it are recent.
    """
    values = everyone[column]
    low, high = values.quantile(least), values.quantile(most)
    if column == RECENCY and least == 0:
        gap = everyone["avg_days_between_orders"].median()
        high = max(high, gap) if values.quantile(0.8) <= gap else high
    return (here[column] >= low) & (here[column] <= high)


def test_a_description_is_true_of_every_member(shop):
    rows = members(shop)
    everyone = rows.drop_duplicates("customer_id")
    spent = everyone["net_amount_365d"].where(everyone["net_amount_365d"] > 0).dropna()
    for (dimension, text), here in rows.groupby(["dimension", "description"]):
        if dimension in ("rfm", "rfm_sticky"):
            *claims, compared = text.split(", ")
            assert compared == SHOP
            # a sticky score may lie a band beside the plain one
            slack = 0.1 if dimension == "rfm_sticky" else 0
            for claim in (c.lower() for c in claims):
                options = CLAIMS.get(claim) or EITHER[claim]
                holds = pd.concat(
                    [
                        lies(
                            here,
                            everyone,
                            column,
                            max(least - slack, 0),
                            min(most + slack, 1),
                        )
                        for column, least, most in options
                    ],
                    axis=1,
                ).any(axis=1)
                assert holds.all(), (text, here[~holds])
        elif dimension == "lifecycle":
            column, least, most = DAYS[text]
            assert here[column].between(least, most).all(), text
        elif dimension == "value_tier" and text != "Spent nothing within a year":
            least, most = TIERS[text]
            low, high = spent.quantile(least), spent.quantile(most)
            values = here["net_amount_365d"]
            assert (values <= high).all(), text
            assert (values > (low if least else 0)).all(), text


def test_the_figures_beside_a_name_are_those_of_its_members(shop):
    rows = members(shop)
    medians = rows.groupby(["dimension", "segment_code"])[[RECENCY, ORDERS]].median()
    everyone = rows.drop_duplicates("customer_id")
    for row in shop.query("from marts.rpt_segment_overview").itertuples():
        if (row.dimension, row.segment_code) not in medians.index:
            assert pd.isna(row.typical_figures)
            continue
        silence, orders = medians.loc[(row.dimension, row.segment_code)]
        said = re.findall(r"(\d[\d.]*) (order|day)", row.typical_figures)
        assert [float(number) for number, _ in said] == pytest.approx(
            [orders, everyone[ORDERS].median(), silence, everyone[RECENCY].median()],
            abs=0.05,
        )
        assert not re.search(r"\b1 (orders|days)\b", row.typical_figures)


def test_a_name_that_misleads_comes_with_a_word(shop):
    rows = members(shop)
    everyone = rows.drop_duplicates("customer_id")
    usual = everyone["avg_days_between_orders"].dropna()
    gap = usual.median() if 2 * len(usual) > len(everyone) else 0
    cautions = shop.query("from marts.rpt_segment_overview").set_index("segment_id")[
        "name_caution"
    ]
    for (dimension, code), here in rows.groupby(["dimension", "segment_code"]):
        if dimension not in ("rfm", "rfm_sticky"):
            continue
        caution = cautions[f"{dimension}:{code}"]
        if code in ("new", "promising") and here[ORDERS].median() > 2:
            assert caution.startswith("Not new: "), code
        if code in ("lost", "at_risk") and here[RECENCY].median() <= 2 * gap:
            assert caution.startswith(("Not silent for long", "More likely")), code


def test_a_cluster_is_named_and_described_by_its_figures(shop):
    clusters = shop.query(
        "select segment_name, description from intermediate.int_segments "
        "where dimension = 'cluster' and segment_code <> 'noise'"
    )
    assert clusters["segment_name"].is_unique
    above = {"Quiet": True, "Recent": False}
    for row in clusters.itertuples():
        if row.description == "Nobody was in it when it was learned":
            assert row.segment_name.startswith("Typical")
            continue
        first, of_all = re.search(
            r"last order (\d+) days? ago \(all customers: (\d+)", row.description
        ).groups()
        for word, is_above in above.items():
            if word.lower() in row.segment_name.replace("recently", "").lower():
                assert (int(first) > int(of_all)) is is_above, row


def test_a_card_says_nothing_twice_and_counts_in_the_singular(shop):
    for card in shop.query("from marts.rpt_segment_personas")["card"]:
        assert not re.search(r"(?<![\d.,])1 (orders|days|customers|members)\b", card)
        assert not re.search(r"for 100 %; among other customers 100 %", card)
        for here, other in re.findall(
            r"([\d.,]+ [%\w]+), compared with ([\d.,]+ [%\w]+)", card
        ):
            assert here != other, card


def test_the_first_in_rank_is_there(shop):
    first = shop.query("from marts.rpt_segment_priorities where priority_rank = 1")
    assert (first["count_customers"] > 0).all()
    assert "No purchase" not in set(first["segment_name"])


def test_equal_subscribers_are_in_one_segment_and_a_giant_is_not_new(shop):
    rows = members(shop)
    rows = rows[rows["dimension"] == "rfm"]
    orders = rows[ORDERS]
    if orders.min() == orders.max():
        assert set(rows["segment_name"]) == {"Loyal"}
    if orders.max() > 500:
        assert rows.set_index("customer_id")["segment_code"]["giant"] == "champions"

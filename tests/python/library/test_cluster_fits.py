import json
from dataclasses import asdict, replace

import duckdb
import numpy as np
import pandas as pd
import pytest

from segmentation.clusters.centres import centres_of, wide
from segmentation.clusters.confidence import confidence
from segmentation.clusters.methods import fit
from segmentation.clusters.naming import suggest
from segmentation.clusters.records import (
    CLUSTER_FITS_SCHEMA,
    PARTS,
    clustering_of,
    records,
)
from segmentation.clusters.refits import learn_due_fits, with_next_quarter
from segmentation.clusters.schedule import Settings

FEATURES = ["days_since_last_order", "count_orders", "lifetime_net_amount"]
SETTINGS = Settings(
    features=FEATURES,
    categories=[],
    methods=["k-means"],
    counts=[3, 4],
    seed=7,
    min_customers=100,
    refit_days=89,
)
CONTRASTS = pd.DataFrame(
    {
        "feature": FEATURES,
        "high_words": ["long silent", "frequent", "high spend"],
        "low_words": ["recent", "few orders", "low spend"],
    }
)
NO_LOCKS = pd.DataFrame(
    columns=["dimension", "segment_code", "is_locked", "decided_on"]
)
START, MONTHS = pd.Timestamp("2024-01-01"), 13


def orders(count=400, seed=1):
    """Return orders of customers of three kinds, who join over half a year."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(3, size=count)
    gap, amount = np.array([8, 40, 150])[kind], np.array([90, 40, 12])[kind]
    days = rng.integers(0, 180, count)[:, None] + np.cumsum(
        np.c_[np.zeros(count), rng.exponential(gap[:, None], (count, 60))], axis=1
    )
    customer, number = np.nonzero(days < 30.4 * MONTHS)
    return pd.DataFrame(
        {
            "customer_id": [f"c{c:04d}" for c in customer],
            "at": START + pd.to_timedelta(np.floor(days[customer, number]), unit="D"),
            "amount": np.round(amount[customer] * rng.uniform(0.7, 1.3, len(customer))),
        }
    )


class Shop:
    """A warehouse of one table: what dbt would hand to the library, month by month."""

    def __init__(self, rows, settings=SETTINGS, locks=NO_LOCKS):
        self.rows, self.settings, self.locks = rows, settings, locks
        self.past = None

    @property
    def grid(self):
        return list(pd.date_range(START, periods=MONTHS, freq="MS"))[1:]

    def build(self, until=None):
        """Build as of a day, or as of the last date of the grid."""
        dates = [day for day in self.grid if until is None or day <= until]
        scoring = pd.Timestamp(until or dates[-1])
        known = sorted({*dates, scoring})
        before = [self.rows[self.rows["at"] < day] for day in known]
        anchors = pd.DataFrame(
            {
                "anchor_date": known,
                "is_on_grid": [day in dates for day in known],
                "is_scoring": [day == scoring for day in known],
                "input_checksum": [str(round(b["amount"].sum(), 6)) for b in before],
            }
        )
        history = pd.concat(map(features, before, known), ignore_index=True)
        history = duckdb.from_df(history.assign(is_sampled=True))
        settings = asdict(self.settings)
        weights = settings.pop("weights")
        new = learn_due_fits(
            history,
            self.past,
            anchors=anchors,
            locks=self.locks,
            contrasts=CONTRASTS,
            weights=pd.DataFrame(weights.items(), columns=["feature", "weight"]),
            settings=settings,
        )
        assert new.schema == CLUSTER_FITS_SCHEMA
        frame = duckdb.sql("select * from new").df()
        if self.past is not None:
            frame = pd.concat([self.past, frame], ignore_index=True)
        self.past = frame
        return self

    @property
    def fits(self):
        return records(self.past)

    def customers(self, day):
        return features(self.rows[self.rows["at"] < day], pd.Timestamp(day))


def features(known, day):
    seen = known.groupby("customer_id")
    last = seen["at"].max()
    return pd.DataFrame(
        {
            "anchor_date": day,
            "days_since_last_order": (day - last).dt.days,
            "count_orders": seen.size(),
            "lifetime_net_amount": seen["amount"].sum(),
            "last_order_date": last,
        }
    ).reset_index()


@pytest.fixture(scope="module")
def rows():
    return orders()


@pytest.fixture(scope="module")
def shop(rows):
    return Shop(rows).build()


def told(fits):
    """Return fits without their lists, and the lists as text, to compare."""
    plain = pd.DataFrame(fits).drop(columns=list(PARTS))
    lists = [[fit[part].to_csv(index=False) for part in PARTS] for fit in fits]
    return plain, lists


def assert_same(some, others):
    (plain, lists), (other_plain, other_lists) = told(some), told(others)
    pd.testing.assert_frame_equal(plain, other_plain, check_exact=True)
    assert lists == other_lists


def lock(code, decided_on="2024-01-01", **values):
    return pd.DataFrame(
        [
            {
                "dimension": "cluster",
                "segment_code": code,
                "is_locked": True,
                "decided_on": pd.Timestamp(decided_on),
                **values,
            }
        ]
    )


def where(fitted, cluster_id):
    """Return where a cluster's prototypes are, in logarithms."""
    encoding, learned = fitted.learned()
    mine = learned.centre[learned.cluster == cluster_id]
    return mine * encoding.scale + encoding.mean


# ---------- when


def test_a_fit_is_due_at_the_first_date_with_enough_buyers_and_each_quarter_after(shop):
    dates = [str(fit["fit_date"]) for fit in shop.fits]
    assert dates == ["2024-03-01", "2024-06-01", "2024-09-01", "2024-12-01"]
    assert all(fit["fit_date"] == fit["serves_from"] for fit in shop.fits)


def test_month_by_month_makes_the_fits_that_all_at_once_does(rows, shop):
    monthly = Shop(rows)
    for day in monthly.grid:
        monthly.build(day)
    assert_same(monthly.fits, shop.fits)


def test_an_objective_weighs_what_clusters_are_learned_on(rows, shop):
    weights = {"lifetime_net_amount": 2.0, "count_orders": 0.0, "margin_rate": 3.0}
    weighted = Shop(rows, replace(SETTINGS, weights=weights)).build().fits
    for fit_before, found in zip(shop.fits, weighted, strict=True):
        first, encoding = (clustering_of(f).learned()[0] for f in (fit_before, found))
        assert encoding.features == ("days_since_last_order", "lifetime_net_amount")
        np.testing.assert_allclose(encoding.scale, first.scale[[0, 2]] / [1, 2])
        told = "log1p, standardised; lifetime_net_amount x 2"
        assert set(found["evidence"]["preprocessing"]) == {told}


def test_where_no_feature_weighs_anything_nothing_is_learned(rows):
    nothing = dict.fromkeys(FEATURES, 0.0)
    fits = Shop(rows, replace(SETTINGS, weights=nothing)).build().fits
    assert {fit["method"] for fit in fits} == {"none"}
    told = "too few distinct customers: 1"
    assert {fit["verdict"] for fit in fits} == {told}


def test_an_objective_that_weighs_other_features_learns_nothing_anew(rows, shop):
    same = Shop(rows, replace(SETTINGS, weights={"margin_rate": 3.0})).build()
    assert_same(same.fits, shop.fits)


def test_a_new_objective_changes_no_fit_of_the_past(rows):
    shop = Shop(rows).build(pd.Timestamp("2024-09-01"))
    before = shop.fits
    shop.settings = replace(SETTINGS, weights={"count_orders": 2.0})
    shop.build()
    assert_same(shop.fits[: len(before)], before)
    assert len(shop.fits) > len(before)
    told = shop.fits[-1]["preprocessing"]
    assert told == "log1p, standardised; count_orders x 2"


def test_days_between_the_dates_of_the_grid_make_no_fit(rows, shop):
    daily = Shop(rows)
    for day in ["2024-04-20", "2024-06-01", "2024-06-02", "2024-11-30", "2025-01-01"]:
        daily.build(pd.Timestamp(day))
    assert_same(daily.fits, shop.fits)


def test_the_order_of_rows_changes_nothing(rows, shop):
    assert_same(Shop(rows.sample(frac=1, random_state=2)).build().fits, shop.fits)


def test_building_again_adds_nothing(rows, shop):
    again = Shop(rows)
    again.past = shop.past
    assert_same(again.build().fits, shop.fits)
    # nor does replaying an old day
    assert_same(again.build(pd.Timestamp("2024-07-15")).fits, shop.fits)


def test_late_orders_make_fits_anew_and_ids_hold(rows, shop):
    late = rows[rows["at"] == pd.Timestamp("2024-07-20")].assign(amount=5.0)
    other = Shop(pd.concat([rows, late], ignore_index=True))
    other.past = shop.past
    fits = other.build().fits

    assert_same(fits[:4], shop.fits)  # kept as a record
    made = [(str(fit["fit_date"]), fit["generation"]) for fit in fits[4:]]
    assert made == [("2024-09-01", 1), ("2024-12-01", 1)]
    # one chain goes on from the last fit that the late orders have not undone
    assert [fit["previous_fit_id"] for fit in fits[4:]] == [
        fits[1]["fit_id"],
        fits[4]["fit_id"],
    ]
    assert set(fits[-1]["alignment"]["state"]) == {"kept"}


def test_other_settings_make_one_fit_and_what_served_stays(rows, shop):
    other = Shop(rows, replace(SETTINGS, features=FEATURES[:2]))
    other.past = shop.past
    fits = other.build(pd.Timestamp("2025-01-20")).fits

    assert_same(fits[:-1], shop.fits)
    assert len(fits) == 5
    assert (str(fits[-1]["fit_date"]), str(fits[-1]["serves_from"])) == (
        "2025-01-01",
        "2025-01-20",
    )
    assert json.loads(fits[-1]["settings"])["features"] == FEATURES[:2]
    assert len(other.build(pd.Timestamp("2025-01-21")).fits) == 5
    # an old day replayed under other settings would rewrite what came after it
    again = Shop(rows, replace(SETTINGS, seed=8))
    again.past = shop.past
    assert len(again.build(pd.Timestamp("2024-10-15")).fits) == 4


def test_a_shop_too_young_for_the_grid_learns_at_the_scoring_anchor(rows):
    young = Shop(rows, replace(SETTINGS, min_customers=30))
    (first,) = young.build(pd.Timestamp("2024-01-31")).fits
    assert str(first["fit_date"]) == "2024-01-31"
    *_, second = young.build(pd.Timestamp("2024-02-01")).fits
    assert str(second["fit_date"]) == "2024-02-01"
    assert second["previous_fit_id"] == first["fit_id"]


def test_with_too_few_customers_nothing_is_due(rows):
    assert Shop(rows, replace(SETTINGS, min_customers=10_000)).build().fits == []
    assert Shop(rows.head(1)).build().fits == []


def test_customers_who_are_all_alike_get_a_verdict_and_no_clusters(rows):
    same = pd.DataFrame({"customer_id": [f"c{n}" for n in range(200)]})
    same = same.assign(at=START, amount=10.0)
    fits = Shop(same).build().fits
    assert {fit["method"] for fit in fits} == {"none"}
    assert {fit["verdict"] for fit in fits} == {"too few distinct customers: 1"}
    assert all(fit["prototypes"].empty for fit in fits)


# ---------- what


def test_method_and_number_are_kept_by_refits(shop):
    first, *others = shop.fits
    for fitted in others:
        if not fitted["is_new_generation"]:
            assert fitted["chosen_at"] == first["chosen_at"]
            assert fitted["n_clusters"] == first["n_clusters"]
            assert fitted["verdict"].startswith(f"kept since {first['fit_date']}")
    # the evidence of the first fit names all that were compared, and why one was chosen
    assert len(first["evidence"]) == 2
    assert first["evidence"]["is_chosen"].sum() == 1


def test_ids_hold_from_fit_to_fit(shop):
    ids = [set(fit["clusters"]["cluster_id"]) for fit in shop.fits]
    assert ids[0] == {1, 2, 3, 4}
    assert all(len(later & ids[0]) >= 3 for later in ids)
    # and mean the same: whoever buys most stays in the same cluster
    for fitted in shop.fits:
        centres = fitted["centres"]
        orders = centres[centres["feature"] == "count_orders"]
        assert orders.set_index("cluster_id")["mean_value"].idxmax() == 1


def turned(rows):
    """Return a shop whose customers are others from one day in autumn on.

    They all buy once, on that day, of one of four small amounts.
    """
    rng = np.random.default_rng(5)
    count = 4_000
    amounts = np.array([2.0, 5, 12, 30])[rng.integers(4, size=count)]
    others = pd.DataFrame(
        {
            "customer_id": [f"d{n:05d}" for n in range(count)],
            "at": pd.Timestamp("2024-11-20"),
            "amount": amounts,
        }
    )
    return pd.concat([rows, others], ignore_index=True)


def test_a_new_generation_chooses_anew_and_gives_every_cluster_a_new_id(rows):
    fits = Shop(turned(rows)).build().fits
    last = fits[-1]
    assert [fit["is_new_generation"] for fit in fits] == [False, False, False, True]
    assert last["generation"] == 2
    assert last["chosen_at"] == last["fit_date"]
    assert len(last["evidence"]) == 2
    ever = max(fit["clusters"]["cluster_id"].max() for fit in fits[:-1])
    assert last["clusters"]["cluster_id"].min() == ever + 1
    assert "is under 0.5" in last["alignment_verdict"]
    assert (last["alignment"]["state"] == "vanished").sum() == fits[-2]["n_clusters"]


def test_a_lock_holds_through_a_new_generation(rows):
    fits = Shop(turned(rows), locks=lock("cluster_1", "2024-11-01")).build().fits
    before, last = fits[-2:]
    assert last["is_new_generation"]
    ids = set(last["clusters"]["cluster_id"])
    assert ids & set(before["clusters"]["cluster_id"]) == {1}
    np.testing.assert_allclose(
        where(clustering_of(last), 1), where(clustering_of(before), 1)
    )


def test_what_is_stored_places_customers_as_what_was_learned_did(shop):
    fitted = shop.fits[-1]
    customers = shop.customers("2024-12-01")
    labels = clustering_of(fitted).assign(customers)
    sizes = fitted["clusters"].set_index("cluster_id")["count_customers"]
    assert pd.Series(labels).value_counts().sort_index().tolist() == sizes.tolist()


@pytest.mark.parametrize("method", ["k-means", "Gaussian mixture", "Ward"])
def test_a_lock_holds_through_refits(rows, method):
    settings = replace(SETTINGS, methods=[method])
    shop = Shop(rows, settings, lock("cluster_2", "2024-05-01")).build()
    before, *later = shop.fits
    kept = where(clustering_of(before), 2)
    assert before["clusters"]["is_locked"].sum() == 0
    for fitted in later:
        np.testing.assert_allclose(where(clustering_of(fitted), 2), kept)
        locked = fitted["clusters"].set_index("cluster_id")["is_locked"]
        assert locked[2]
        assert locked.sum() == 1
        # its neighbours move on
        assert not np.allclose(
            fitted["centres"]["mean_value"].to_numpy()[:3],
            before["centres"]["mean_value"].to_numpy()[:3],
        )


def test_a_lock_is_unknown_to_fits_of_earlier_days(rows, shop):
    later = Shop(rows, SETTINGS, lock("cluster_2", "2025-06-01")).build()
    assert_same(later.fits, shop.fits)


def test_returns_of_what_was_bought_before_are_no_spend_of_the_quarter():
    earlier = pd.DataFrame(
        {
            "customer_id": ["buys", "returns", "silent", "gone"],
            "anchor_date": pd.Timestamp("2024-04-01"),
            "lifetime_net_amount": [10.0, 10.0, 10.0, 10.0],
            "last_order_date": pd.Timestamp("2024-03-01"),
        }
    )
    later = pd.DataFrame(
        {
            "customer_id": ["buys", "returns", "silent"],
            "lifetime_net_amount": [25.0, 4.0, 10.0],
            "last_order_date": pd.to_datetime(
                ["2024-04-01", "2024-03-01", "2024-03-01"]
            ),
        }
    )
    found = with_next_quarter(earlier, later).set_index("customer_id")
    assert found["next_net_amount"].to_dict() == {"buys": 15, "returns": 0, "silent": 0}
    assert found["is_churned"].to_dict() == {
        "buys": False,
        "returns": True,
        "silent": True,
    }


# ---------- centres


def test_centres_are_means_of_logarithms_and_how_far_they_are_from_all():
    rng = np.random.default_rng(2)
    customers = pd.DataFrame(
        rng.lognormal(np.repeat([[1, 2, 3], [3, 2, 1]], 60, axis=0)), columns=FEATURES
    ).assign(customer_id=[f"c{number:03d}" for number in range(120)])
    fitted = fit("k-means", customers[::2], FEATURES, [], 2, seed=7)
    found = centres_of(customers, fitted)
    logs = np.log1p(customers[FEATURES])
    members = logs.groupby(fitted.assign(customers)).mean()
    means = found.pivot(index="cluster_id", columns="feature", values="mean_value")
    away = found.pivot(index="cluster_id", columns="feature", values="deviation")
    np.testing.assert_allclose(means[FEATURES], members)
    np.testing.assert_allclose(
        away[FEATURES], (members - logs.mean()) / logs.std(ddof=0)
    )
    taught = logs[::2]
    np.testing.assert_allclose(
        wide(found, fitted), (members - taught.mean()) / taught.std(ddof=0)
    )


# ---------- names


def named(deviations, before=None):
    # figures in their own unit follow the deviations of logarithms
    centres = pd.DataFrame(
        [
            {
                "cluster_id": c,
                "feature": f,
                "category": None,
                "deviation": d,
                "typical_value": 10 * np.exp(d),
                "typical_of_all": 10.0,
            }
            for c, values in deviations.items()
            for f, d in zip(FEATURES, values, strict=True)
        ]
    )
    return suggest(centres, CONTRASTS, before or {})


def test_names_say_what_sets_a_cluster_apart_the_clearest_first():
    assert named({1: [-0.8, 1.6, 1.2], 2: [0.9, -0.5, 0.1], 3: [0, 0.1, 0]}) == {
        1: "Very frequent, high spend, recent",
        2: "Long silent, few orders",
        3: "Typical",
    }


def test_very_is_said_of_much_less_too():
    assert named({1: [-1.5, -1.49, 0]}) == {1: "Very recent, few orders"}


def test_no_name_is_given_twice():
    names = named({1: [-1, 1, 0], 2: [-1, 1, 0.3], 3: [-1, 1, 0.3]})
    assert names == {
        1: "Recent, frequent",
        2: "Recent, frequent, high spend",
        3: "Recent, frequent (3)",
    }


def test_a_name_is_kept_while_it_is_true():
    before = {1: "Recent, frequent", 2: "Recent", 3: "Typical"}
    names = named({1: [-0.3, 1.7, 0.9], 2: [0.6, 0.5, 0], 3: [0.1, 0.3, 0]}, before)
    assert names == {1: "Recent, frequent", 2: "Long silent, frequent", 3: "Typical"}


def test_an_unlisted_feature_is_not_spoken_of():
    centres = pd.DataFrame(
        {
            "cluster_id": 1,
            "feature": ["wealth"],
            "category": None,
            "deviation": [2.0],
            "typical_value": 9.0,
            "typical_of_all": 1.0,
        }
    )
    assert suggest(centres, CONTRASTS, {}) == {1: "Typical"}


@pytest.mark.parametrize(
    ("silence", "spend", "name"),
    [
        # the mean of the logarithms is above all's, and the figures are not
        ((18, 23), (1475, 1862), "Typical"),
        ((24, 23), (1900, 1862), "Typical"),
        ((40, 23), (1475, 1862), "Long silent"),
        ((40, 23), (4000, 1862), "Long silent, very high spend"),
    ],
)
def test_a_word_is_true_of_the_figures_in_their_own_unit(silence, spend, name):
    typical = dict(zip(FEATURES, [silence, (6, 6), spend], strict=True))
    centres = pd.DataFrame(
        [
            {
                "cluster_id": 1,
                "feature": feature,
                "category": None,
                "deviation": {"days_since_last_order": 1.7}.get(feature, 1.6),
                "typical_value": float(here),
                "typical_of_all": float(of_all),
            }
            for feature, (here, of_all) in typical.items()
        ]
    )
    assert suggest(centres, CONTRASTS, {}) == {1: name}
    # and a name that has become false is not kept
    kept = suggest(centres, CONTRASTS, {1: "Frequent, long silent"})
    assert kept == {1: name}


def test_mostly_is_said_of_more_than_half():
    centres = pd.DataFrame(
        {
            "cluster_id": [1, 2],
            "feature": "favourite_channel",
            "category": "web",
            "deviation": 0.9,
            "typical_value": [0.6, 0.4],
            "typical_of_all": 0.2,
        }
    )
    assert suggest(centres, CONTRASTS, {}) == {1: "Mostly web", 2: "Often web"}


# ---------- confidence


@pytest.mark.parametrize("method", ["k-means", "Gaussian mixture"])
def test_the_less_sure_a_membership_the_more_often_a_refit_changes_it(shop, method):
    customers = shop.customers("2024-12-01")
    rng = np.random.default_rng(11)

    def learned(some, start=None):
        return fit(method, some, FEATURES, [], 4, seed=7, start=start)

    whole = learned(customers)
    labels = whole.assign(customers)
    sure = confidence(
        whole.scores(customers),
        whole.learned()[1].cluster,
        whole.dispersion,
        labels,
    )
    assert ((sure > 0) & (sure <= 1)).all()
    changed = np.zeros(len(customers))
    for _ in range(30):
        drawn = customers.iloc[rng.integers(len(customers), size=len(customers))]
        drawn = drawn.assign(customer_id=range(len(drawn)))
        # from the same centres, so that numbers mean the same
        changed += learned(drawn, whole).assign(customers) != labels
    bands = pd.cut(sure, [0, 0.7, 0.95, 1])
    rates = pd.Series(changed / 30).groupby(bands, observed=True).mean()
    print(method, rates.round(3).to_dict())
    assert len(rates) == 3
    assert rates.is_monotonic_decreasing
    assert rates.iloc[0] > 2 * rates.iloc[-1]

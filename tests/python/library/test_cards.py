"""Cards of hand-made fits: what they say is in the fit, and nothing else is."""

import json
import re
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from segmentation.cards.__main__ import main
from segmentation.cards.facts import Facts
from segmentation.cards.limits import limits
from segmentation.cards.model_card import CARDS_SCHEMA, cards_table, render
from segmentation.cards.wording import MEASURES
from segmentation.learning.fit_rows import PARTS, fits_table
from segmentation.learning.groups import LEAST_CUSTOMERS
from segmentation.writing import text

ORIGINS = [date(2023, 7, 1), date(2023, 10, 1), date(2024, 1, 1)]
# that the words of every card have: levels of intervals, the 0.5 of chance, …
CONSTANTS = {"95", "80", "10", "90", "0.5", "0", "1", str(LEAST_CUSTOMERS)}


def figure(metric, candidate, origin, value, *, baseline, champion, half=0.02, **more):
    """Return one row of a scorecard."""
    return {
        "origin_date": origin,
        "candidate": candidate,
        "is_baseline": candidate == baseline,
        "metric": metric,
        "metric_value": value,
        "lower_bound": value - half,
        "upper_bound": value + half,
        "is_higher_better": not metric.endswith(("score", "error", "loss", "days")),
        "best_baseline": baseline,
        "baseline_value": 0.713,
        "difference": value - 0.713,
        "difference_lower": value - 0.713 - half,
        "difference_upper": value - 0.713 + half,
        "count_test_rows": 1234,
        "beats_baseline": candidate != baseline,
        "is_serving": candidate == champion,
        "verdict": "serves: best mean" if candidate == champion else "does not serve",
    } | more


def scorecard(kind, champion, baseline, extra=()):
    metrics = [*MEASURES[kind], *extra]
    return [
        figure(
            metric,
            candidate,
            origin,
            0.7 + 0.013 * m + 0.0041 * o + (0.061 if candidate == champion else 0),
            baseline=baseline,
            champion=champion,
        )
        for m, metric in enumerate(metrics)
        for o, origin in enumerate(ORIGINS)
        for candidate in (champion, baseline)
    ]


def group(grouping, name, count=200, predicted=0.41, actual=0.43, rank=0.77):
    return {
        "grouping": grouping,
        "group_name": name,
        "count_customers": count,
        "mean_predicted": predicted,
        "mean_actual": actual,
        "rank_metric": "auc",
        "rank_value": rank,
        "origin_date": None,
        "selected_share": 0.2,
        "count_selected": 40,
        "count_outcomes": 80,
        "count_selected_outcomes": 30,
    }


def fit(target="churn", kind="probability", champion="logistic regression", **more):
    return {
        "fit_id": "d41d8cd98f",
        "target": target,
        "kind": kind,
        "champion": champion,
        "verdict": f"{champion} serves: best mean figure over 3 origins (0.777)",
        "label": "is_churned",
        "features": json.dumps({"count_orders": "log1p", "days_silent": "log1p"}),
        "excluded_features": "",
        "settings": json.dumps(
            {
                "bootstrap_samples": 213,
                "features": {"count_orders": "log1p"},
                "horizons": [30, 90, 180],
                "seed": 7,
                "source": "None, None, None",
            }
        ),
        "settings_hash": "b026324c6904",
        "training_fingerprint": "26ab0db90d72",
        "library_versions": json.dumps({"numpy": "2.4.6", "scipy": "1.17.1"}),
        "fit_number": 3,
        "horizon_days": 90,
        "seed": 7,
        "count_training_rows": 8642,
        "count_training_customers": 2345,
        "count_training_anchors": 4,
        "level_slope": 0.91,
        "level_intercept": -0.12,
        "is_baseline": False,
        "fit_date": date(2024, 4, 2),
        "data_from": date(2021, 5, 6),
        "trained_from": date(2022, 12, 29),
        "trained_until": date(2024, 1, 2),
    } | more


def coefficient(feature, weight):
    return {
        "feature": feature,
        "transform": "log1p",
        "fill_value": 0.0,
        "mean_value": 1.0,
        "weight": weight,
        "standardised_weight": None if feature == "(intercept)" else 2 * weight,
    }


def bins(candidate):
    return [
        {
            "origin_date": origin,
            "candidate": candidate,
            "is_calibrated": is_calibrated,
            "bin": number,
            "count_customers": 600 + number,
            "lowest_predicted": 0.1 * number,
            "highest_predicted": 0.1 * number + 0.09,
            "mean_predicted": 0.1 * number + (0.051 if is_calibrated else 0.087),
            "observed_rate": 0.1 * number + 0.044,
            "observed_lower": 0.1 * number + 0.022,
            "observed_upper": 0.1 * number + 0.066,
        }
        for origin in ORIGINS
        for is_calibrated in (True, False)
        for number in (1, 2)
    ]


def lift(candidate):
    return [
        {
            "origin_date": origin,
            "candidate": candidate,
            "decile": decile,
            "count_customers": 123,
            "mean_predicted": 0.92 - 0.3 * decile,
            "actual_total": 99.0,
            "actual_mean": 0.87 - 0.3 * decile,
            "lift": 1.83,
            "cumulative_capture": 0.183 * decile,
        }
        for origin in ORIGINS
        for decile in (1, 2)
    ]


def probability(**more):
    champion, baseline = "logistic regression", "recency alone"
    levels = ("mean_predicted", "mean_predicted_raw", "observed_rate")
    errors = ("calibration_error", "calibration_error_raw")
    return fit(
        **{
            "scorecard": scorecard(
                "probability", champion, baseline, [*levels, *errors]
            ),
            "tuning": [
                {
                    "candidate": champion,
                    "settings": f"C = {c}",
                    "rung": 0,
                    "count_rows": 999,
                    "auc": 0.7,
                    "is_chosen": c == 0.01,
                }
                for c in (1, 0.01)
            ],
            "lift": lift(champion) + lift(baseline),
            "calibration": bins(champion) + bins(baseline),
            "coefficients": [
                coefficient("(intercept)", 5.0),
                coefficient("days_silent", -0.321),
                coefficient("count_orders", 0.123),
            ],
            "groups": [
                group("gender", "female"),
                group("gender", "male", predicted=0.61, actual=0.33),
                group("country", "GB"),
            ],
            **more,
        }
    )


def amount(**more):
    champion, baseline = "purchase and spend models", "hiatus rule"
    rows = scorecard("amount", champion, baseline, ["predicted_over_actual_raw"])
    for origin in ORIGINS:
        for band in ("", "_lowest", "_low", "_medium", "_high", "_highest"):
            for metric, value in {
                "interval_coverage": 0.7123 if band == "_high" else 0.8123,
                "orders_interval_coverage": 0.8345,
                "buyers_interval_coverage": 0.6178 if band == "_low" else 0.7923,
                "predicted_over_actual": 2.234 if band == "_lowest" else 0.97,
            }.items():
                rows.append(
                    figure(
                        metric + band,
                        champion,
                        origin,
                        value,
                        baseline=baseline,
                        champion=champion,
                        verdict="80 % intervals learned at earlier anchors",
                    )
                )
    models = {
        ("purchases", "BG/NBD", "degenerate: a at a bound", False): {"r": 0.55},
        ("purchases", "Pareto/NBD", "ok", True): {"r": 0.56, "alpha": 43.0},
        ("spend", "Gamma-Gamma", "ok", True): {"p": 3.5, "v": 68.03},
    }
    return fit(
        **{
            "target": "spend_90d",
            "kind": "amount",
            "champion": champion,
            "label": "net_amount_next_90d",
            "scorecard": rows,
            "lift": lift(champion),
            "parameters": [
                {
                    "process": process,
                    "model": model,
                    "parameter": name,
                    "value": value,
                    "time_unit_days": 1.0,
                    "log_likelihood": -5.0,
                    "count_customers": 2345,
                    "count_repeat_buyers": 1500,
                    "fit_status": status,
                    "is_served": is_served,
                }
                for (process, model, status, is_served), values in models.items()
                for name, value in values.items()
            ],
            "levels": [
                {
                    "value_band": band,
                    "from_amount": low,
                    "until_amount": high,
                    "level": 0.61,
                    "observed_level": 0.43,
                    "least_amount": 0.0,
                    "count_orders": 271,
                    "count_anchors": 4,
                }
                for band, low, high in (
                    ("lowest", -np.inf, 11.5),
                    ("highest", 11.5, np.inf),
                )
            ],
            "intervals": [
                {
                    "value_band": band,
                    "from_amount": low,
                    "until_amount": high,
                    "amount_p10_ratio": 0.0,
                    "amount_p90_ratio": 2.41,
                    "amount_atom_share": 0.8,
                    "orders_p10_ratio": 0.0,
                    "orders_p90_ratio": 1.98,
                    "orders_atom_share": 0.7,
                    "buyers_p10_ratio": 0.31,
                    "buyers_p90_ratio": 3.17,
                    "no_purchase_share": 0.83,
                    "count_customers": 900,
                    "count_buyers": 157,
                }
                for band, low, high in (
                    ("low", -np.inf, 21.5),
                    ("medium", 21.5, 84.9),
                    ("high", 84.9, np.inf),
                )
            ],
            "groups": [group("age_band", "18-24", predicted=51.7, actual=61.2)],
            **more,
        }
    )


def days(**more):
    champion, baseline = "purchase probabilities", "usual gap"
    return fit(
        **{
            "target": "next_order",
            "kind": "days",
            "champion": champion,
            "verdict": "serves: best mean concordance",
            "label": "days_to_next_order",
            "features": "{}",
            "scorecard": scorecard("days", champion, baseline),
            **more,
        }
    )


def category(**more):
    champion, baseline = "shrunk preferences", "popularity"
    common = {
        "process": "category",
        "time_unit_days": None,
        "log_likelihood": None,
        "count_customers": 834,
        "count_repeat_buyers": None,
        "fit_status": "ok",
        "is_served": True,
    }
    named = {"alpha": 3.455, "share:Home": 0.63, "share:Toys": 0.37}
    return fit(
        **{
            "target": "next_category",
            "kind": "category",
            "champion": champion,
            "label": "next_category",
            "features": "{}",
            "horizon_days": None,
            "scorecard": scorecard("category", champion, baseline),
            "parameters": [
                {**common, "model": champion, "parameter": name, "value": value}
                for name, value in named.items()
            ],
            **more,
        }
    )


def nothing(**more):
    return fit(
        champion="none",
        verdict="too little data: 41 labelled rows, 200 are needed to learn from",
        **more,
    )


KINDS = {
    "probability": probability,
    "amount": amount,
    "days": days,
    "category": category,
    "none": nothing,
}


@pytest.fixture(params=KINDS, ids=str)
def made(request):
    return KINDS[request.param]()


def tokens(written):
    """Return the numbers in a text, signs left out."""
    return {each.rstrip(",") for each in re.findall(r"\d[\d,]*(?:\.\d+)?", written)}


def numbers(value):
    """Return how the numbers of a fit may look."""
    if isinstance(value, dict):
        found = [numbers(each) for each in value.values()]
        found += [numbers(each) for each in value if isinstance(each, str)]
        return set().union(*found)
    if isinstance(value, list):
        return set().union(*map(numbers, value))
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, int | float):
        if not np.isfinite(value):
            return set()
        shown = [f"{value:,.{n}f}" for n in range(5)]
        shown += [f"{100 * value:,.1f}", f"{value:.4g}", str(value)]
        return set().union(*map(tokens, shown))
    return tokens(str(value))


class TestFigures:
    def test_every_number_on_a_card_is_in_the_fit(self, made):
        card = render(made)
        counted = {str(len(Facts.of(made).terms))}
        invented = tokens(card) - numbers(made) - CONSTANTS - counted
        assert invented == set()

    def test_of_every_limit_too(self):
        """A fit that is wrong in every way says so in figures of its own."""
        made = probability(
            count_training_customers=97, level_slope=1.0, level_intercept=0.0
        )
        for row in made["scorecard"]:
            row |= {"count_test_rows": 87, "difference_lower": -0.5}
            row |= {"lower_bound": 0.42, "upper_bound": 0.61}
        assert len(limits(Facts.of(made))) >= 8
        assert tokens(render(made)) - numbers(made) - CONSTANTS - {"2"} == set()

    def test_the_champions_stand_beside_the_best_baselines(self):
        card = render(probability())
        assert (
            "| AUC | 2024-01-01 | 1,234 | 0.769 [0.749, 0.789] | 0.713 "
            "| 0.056 [0.036, 0.076] |" in card
        )

    def test_where_a_baseline_serves_there_is_nothing_beside_it(self):
        made = probability(champion="recency alone", is_baseline=True)
        card = render(made)
        assert "Served by a naive baseline: recency alone" in card
        assert "beside the strongest baseline" not in card
        assert "no learned model beats it" in card

    def test_only_the_champions_calibrated_bins_are_shown(self):
        card = render(probability())
        assert "| 0.151 | 0.144 [0.122, 0.166] | 601 |" in card
        assert "0.187" not in card

    def test_coverage_is_shown_by_band(self):
        card = render(amount())
        assert (
            "| 2024-01-01 | high | 1,234 | 0.97 | 71.2 % [69.2 %, 73.2 %] "
            "| 83.5 % [81.5 %, 85.5 %] | 1,234 | 79.2 % [77.2 %, 81.2 %] |" in card
        )
        assert "| lowest | under 11.50 | 0.610 | 0.430 | 271 | 4 |" in card
        assert "| high | 83.0 % | 0.310 | 3.170 | 157 |" in card


class TestWhatItIsMadeOf:
    def test_the_largest_weights_come_first_and_the_intercept_is_none(self):
        card = render(probability())
        assert card.index("| `days_silent` |") < card.index("| `count_orders` |")
        assert "-0.642" in card
        assert "intercept" not in card
        assert "2 features, C = 0.01." in card

    def test_of_trees_those_that_separate_most(self):
        def node(number, feature, value, cover, left=None, right=None):
            return {
                "tree": 0,
                "node": number,
                "feature": feature,
                "threshold": 1.0 if feature else None,
                "missing_goes_left": False if feature else None,
                "left": left,
                "right": right,
                "value": value,
                "cover": cover,
            }

        nodes = [
            node(0, "count_orders", 0.0, 100.0, 1, 2),
            node(1, "days_silent", -1.0, 50.0, 3, 4),
            node(2, None, 1.0, 50.0),
            node(3, None, -2.0, 25.0),
            node(4, None, 0.0, 25.0),
        ]
        made = probability(coefficients=[], nodes=nodes)
        # 100 × 1² at the root, 50 × 1² below
        assert [
            (row["feature"], row["count"], pytest.approx(row["share"]))
            for row in Facts.of(made).splits
        ] == [("count_orders", 1, 2 / 3), ("days_silent", 1, 1 / 3)]
        assert "| `count_orders` | 66.7 % | 1 |" in render(made)

    def test_a_model_that_was_given_up_is_named_with_its_fault(self):
        card = render(amount())
        assert (
            "BG/NBD was fitted and is not reliable: degenerate: a at a bound." in card
        )
        assert "r = 0.56, alpha = 43" in card

    def test_suspected_leaks_are_told_apart(self):
        made = probability(
            excluded_features="orders_seen: its AUC alone is 0.991; was it filled in "
            "after the anchor?; days_silent: its AUC alone is 0.960; was it filled in "
            "after the anchor?"
        )
        facts = Facts.of(made)
        assert [each.split(":")[0] for each in facts.excluded] == [
            "orders_seen",
            "days_silent",
        ]
        assert facts.features == ["count_orders"]
        card = render(made)
        assert "- orders_seen: its AUC alone is 0.991; was it filled in " in card


class TestGroups:
    def test_small_groups_are_not_shown(self):
        made = probability(
            groups=[
                group("gender", "female"),
                group("gender", "divers", LEAST_CUSTOMERS - 1),
                group("country", "GB"),
                group("country", "too few to tell", 31, np.nan, np.nan, np.nan),
            ]
        )
        card = render(made)
        assert "divers" not in card
        assert "49 customers by gender, 31 customers by country" in card

    def test_those_together_large_enough_are_shown_as_such(self):
        groups = [group("country", "GB"), group("country", "too few to tell", 150)]
        card = render(probability(groups=groups))
        assert "| country | smaller ones, together | 150 |" in card

    def test_what_is_known_of_nobody_is_no_group(self):
        card = render(probability(groups=[group("gender", "unknown")]))
        assert "Not known for any customer: gender." in card
        assert "| gender |" not in card

    @pytest.mark.parametrize(
        ("feature", "is_told"),
        [("customer_age", True), ("gender", True), ("avg_order_amount", False)],
    )
    def test_a_feature_that_reveals_a_group_is_pointed_at(self, feature, is_told):
        card = render(probability(features=json.dumps({feature: "identity"})))
        assert ("which reveal such groups" in card) == is_told
        assert ("are not among its features" in card) != is_told


def said(made):
    return " ".join(limits(Facts.of(made)))


def changed(made, metric, **values):
    """Change the figures of the champion at the newest origin."""
    for row in made["scorecard"]:
        if (row["metric"], row["candidate"], row["origin_date"]) == (
            metric,
            made["champion"],
            ORIGINS[-1],
        ):
            row |= values
    return made


class TestLimits:
    def test_where_all_is_well_there_is_the_season_and_the_weakest_group(self):
        made = probability()
        for row in made["scorecard"]:
            if row["metric"] == "observed_rate":
                row |= {"lower_bound": 0.7, "upper_bound": 0.9}
            if row["metric"] == "calibration_error":
                row |= {"metric_value": 0.049}
        season, group = limits(Facts.of(made))
        assert "from 2023-07-01 to 2024-01-01, less than a year" in season
        assert "furthest off for gender male" in group

    @pytest.mark.parametrize(
        ("metric", "values", "sentence"),
        [
            ("auc", {"lower_bound": 0.48}, "AUC may be no better than chance: 0.769"),
            ("auc", {"difference_lower": -0.01}, "in AUC is unclear: 0.056 [-0.01"),
            ("auc", {"difference": -0.03}, "It was behind the strongest baseline"),
            ("auc", {"lower_bound": 0.61}, "AUC is known only roughly: 0.769 [0.610"),
            ("auc", {"count_test_rows": 211}, "few customers: 211 customers at 2024"),
            (
                "observed_rate",
                {"metric_value": 0.6, "lower_bound": 0.58, "upper_bound": 0.62},
                "level was too high: 0.808 predicted, 0.600 [0.580, 0.620] observed",
            ),
            ("calibration_error", {"metric_value": 0.051}, "error is large: 0.051 ["),
        ],
    )
    def test_each_is_drawn_from_its_figure(self, metric, values, sentence):
        assert sentence not in said(probability())
        assert sentence in said(changed(probability(), metric, **values))

    def test_coverage_off_the_promise_is_named_by_band(self):
        limits = said(amount())
        assert "71.2 % of amounts (high) at 2024-01-01" in limits
        assert "61.8 % of 1,234 buyers (low) at 2024-01-01" in limits
        assert "than half: 2.23 times (lowest) at 2024-01-01" in limits
        assert "(all)" not in limits

    def test_one_origin_is_one(self):
        made = probability()
        newest = ORIGINS[-1]
        made["scorecard"] = [
            row for row in made["scorecard"] if row["origin_date"] == newest
        ]
        assert "judged at one origin only, 2024-01-01" in said(made)

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"count_training_customers": 321}, "learned from few customers: 321."),
            ({"count_training_anchors": 1}, "learned at only one anchor"),
            ({"data_from": date(2023, 5, 6)}, "The data starts on 2023-05-06"),
            ({"fit_date": date(2024, 9, 3)}, "and the fit on 2024-09-03 is untested"),
            ({"level_slope": 1.0, "level_intercept": 0.0}, "It is not calibrated"),
        ],
    )
    def test_so_are_those_of_the_data(self, values, sentence):
        assert sentence not in said(probability())
        assert sentence in said(probability(**values))

    def test_the_group_furthest_off_is_named(self):
        assert "gender male: 0.610 predicted, 0.330 observed (200" in said(
            probability()
        )


class TestCard:
    def test_one_by_which_nothing_serves_is_short_and_says_why(self):
        card = render(nothing())
        assert "**Nothing serves:** too little data: 41 labelled rows" in card
        assert re.findall("^## (.*)$", card, re.M) == ["Purpose", "Data", "Record"]

    def test_says_what_it_is_not(self):
        assert "It is not 1 − P(alive)" in render(probability())
        for target in ("message_click", "message_order"):
            assert "It is not uplift" in render(probability(target=target))

    def test_an_unknown_target_has_its_label(self):
        assert "It predicts `is_kind`." in render(nothing(target="x", label="is_kind"))

    @pytest.mark.parametrize("part", [*PARTS, "settings", "features", "fit_date"])
    @pytest.mark.parametrize("empty", [None, []], ids=["none", "empty"])
    def test_may_lack_parts(self, made, part, empty):
        if part in PARTS or empty is None:
            assert render(made | {part: empty}).startswith("# Model card")

    def test_may_lack_nearly_everything(self):
        assert "Nothing serves" in render({"target": "churn"})
        assert render({"target": "churn", "champion": "trees"})

    def test_is_the_same_from_every_engine(self, made):
        table = fits_table([made])
        expected = render(made)
        with duckdb.connect() as connection:
            frame = connection.from_arrow(table).df()
        for row in (
            table.to_pylist()[0],
            table.to_pandas().iloc[0],
            frame.iloc[0],
            frame.to_dict("records")[0],
        ):
            assert render(row) == expected

    def test_has_no_holes(self, made):
        card = render(made)
        assert "None" not in card
        assert "nan" not in card
        assert "\n\n\n" not in card
        for table in re.findall(r"(?:^\|.*\n)+", card, re.M):
            assert (
                len({len(re.findall(r"(?<!\\)\|", t)) for t in table.split("\n")[:-1]})
                == 1
            )

    def test_takes_words_of_the_data_as_words(self):
        name = "a|b\n# <b>`x` *y* [z](http://z) _q_ q_q"
        assert text(name) == r"a\|b # &lt;b>'x' \*y\* [z]\(http://z) \_q\_ q_q"
        card = render(
            probability(groups=[group("country", name), group("country", "GB")])
        )
        assert f"| country | {text(name)} | 200 |" in card


class TestTable:
    def test_has_a_card_per_fit_in_any_order(self):
        made = fits_table([probability(), amount(fit_id="e"), nothing(fit_id="f")])
        frame = made.to_pandas()
        table = cards_table(frame)
        assert table.schema == CARDS_SCHEMA
        assert table.column("fit_id").to_pylist() == ["d41d8cd98f", "f", "e"]
        assert cards_table(frame.iloc[::-1]).equals(table)

    def test_of_no_fits_is_empty(self):
        empty = cards_table(fits_table([]).to_pandas())
        assert empty.schema == CARDS_SCHEMA
        assert empty.num_rows == 0


class TestCommandLine:
    def test_writes_the_cards_that_serve_those_that_say_why_none_does_and_personas(
        self, tmp_path, capsys
    ):
        cards = pd.DataFrame(
            [
                ("churn", "old", False, date(2024, 1, 1), 1),
                ("churn", "now", True, date(2024, 2, 1), 2),
                ("churn", "of a later day", False, date(2024, 3, 1), 3),
                ("next_category", "nothing – yet", False, date(2024, 1, 1), 1),
                ("next_category", "nothing – still", False, date(2024, 2, 1), 2),
            ],
            columns=["model_name", "card", "is_serving_now", "fit_date", "fit_number"],
        )
        personas = pd.DataFrame(
            [("rfm", "new", 2, "both"), ("lifecycle", "new", 1, "of the other kind")],
            columns=["dimension", "segment_code", "segment_order", "card"],
        )
        path = str(tmp_path / "shop.duckdb")
        with duckdb.connect(path) as connection:
            connection.register("cards", cards)
            connection.register("personas", personas)
            connection.execute("create schema marts")
            connection.execute("create table marts.rpt_model_cards as from cards")
            connection.execute(
                "create table marts.rpt_segment_personas as from personas"
            )
        site = tmp_path / "site"
        assert main([path, str(site)]) == 0
        assert {
            str(p.relative_to(site)): p.read_text("utf-8") for p in site.glob("*/*")
        } == {
            "model_cards/churn.md": "now",
            "model_cards/next_category.md": "nothing – still",
            "persona_cards/rfm_new.md": "both",
            "persona_cards/lifecycle_new.md": "of the other kind",
        }
        assert "churn.md" in capsys.readouterr().out

    def test_says_what_is_wrong_in_one_line(self, tmp_path, capsys):
        with pytest.raises(SystemExit, match="2"):
            main([str(tmp_path / "none.duckdb"), str(tmp_path)])
        assert "Cannot open" in capsys.readouterr().err

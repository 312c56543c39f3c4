"""Personas of hand-made segments: each sentence says its figures, and nothing else."""

import re
from datetime import date

import pandas as pd
import pytest

from segmentation.personas.sentences import PERSONA_SCHEMA, personas_table
from segmentation.personas.wording import pairs, points

# that sentences have whatever the figures: the confidence, and pairs out of 100
CONSTANTS = {"95", "100"}
# what a sentence says in words of the feature
IN_WORDS = re.compile(r"in the last (\d+ days|year)|of the last 180 days")


def segment(**values):
    return {
        "segment_id": "rfm:loyal",
        "dimension": "rfm",
        "description": "Buy regularly",
        "suggested_play": "Loyalty programme",
        "count_customers": 1234,
        "customer_share": 0.2468,
        "net_amount_share": 0.3579,
        "avg_churn_probability": 0.4321,
        "name_caution": None,
        "as_of_date": date(2024, 7, 1),
    } | values


def fact(feature="count_orders", **values):
    """Return a row of int_segments__persona_facts of a number."""
    return {
        "segment_id": "rfm:loyal",
        "feature": feature,
        "feature_value": None,
        "topic": feature,
        "section": "what",
        "feature_order": 1,
        "feature_name": "Orders",
        "words": "have placed {value}",
        "apart_words": "order more often",
        "segment_figure": "segment_median",
        "segment_figure_value": 13.0,
        "segment_words": "13 orders",
        "compared_figure": "everyone_median",
        "compared_figure_value": 3.0,
        "compared_words": "3 orders",
        "count_known": 1234,
        "count_others": 3766,
        "effect_size": 0.61,
        "least_effect": 0.47,
        "effect_rank": 1,
        "is_number": True,
        "is_made_by": False,
        "is_by_definition": False,
        "is_distinguishing": True,
    } | values


def share(value, share=0.41, other=0.29, **values):
    """Return such a row of a value of a category."""
    return fact(
        "favourite_channel",
        **{
            "feature_value": value,
            "section": "where",
            "feature_order": 2,
            "feature_name": "Favourite channel",
            "words": None,
            "apart_words": "use {value} most",
            "segment_figure": "segment_mean",
            "segment_figure_value": share,
            "segment_words": f"{100 * share:.0f} %",
            "compared_figure": "others_mean",
            "compared_figure_value": other,
            "compared_words": f"{100 * other:.0f} %",
            "effect_size": share - other,
            "least_effect": 0.0,
            "effect_rank": 9,
            "is_number": False,
            "is_distinguishing": False,
        }
        | values,
    )


FACTS = [fact(), share("web"), share("in_app", 0.33, 0.11), share("store", 0.26, 0.6)]


def personas(segments=None, facts=None):
    segments = pd.DataFrame(segments or [segment()])
    persona_facts = pd.DataFrame(
        FACTS if facts is None else facts, columns=list(fact())
    )
    texts = ["segment_id", "dimension", "description", "suggested_play"]
    overview = segments.drop(columns=texts[2:])
    table = personas_table(
        segments[["segment_id", *texts[2:]]],
        overview,
        persona_facts,
        horizon_days=90,
        small_segment_customers=50,
    )
    assert table.schema == PERSONA_SCHEMA
    return table.to_pandas()


def said(frame, section=None):
    here = frame if section is None else frame[frame["section"] == section]
    return list(dict.fromkeys(here["sentence"]))


class TestFigures:
    @pytest.fixture
    def frame(self):
        return personas(
            facts=[
                *FACTS,
                fact("gap", feature_order=3, effect_size=-0.9, least_effect=-0.8),
                share("post", 0.71, 0.2, least_effect=0.44, is_distinguishing=True),
            ]
        )

    def test_a_sentence_has_no_number_but_its_figures(self, frame):
        for _, rows in frame.groupby("sentence_id"):
            rest = IN_WORDS.sub("", rows["sentence"].iloc[0])
            for written in rows["written"].dropna():
                assert written in rest
                rest = rest.replace(written, "", 1)
            assert set(re.findall(r"\d[\d.,]*\d|\d", rest)) <= CONSTANTS

    def test_a_figure_is_written_as_it_is(self, frame):
        numbers = frame.dropna(subset="figure_value")
        assert len(numbers) > 20
        for row in numbers.itertuples():
            number = float(re.search(r"\d[\d.,]*", row.written)[0].replace(",", ""))
            value = abs(row.figure_value)
            if row.figure in ("effect_size", "least_effect"):
                is_share = row.feature == "favourite_channel"
                value = 100 * value if is_share else 50 * (1 + value)
            elif "%" in row.written:
                value *= 100
            assert number == pytest.approx(
                value, abs=1 if "least" in row.figure else 0.5
            )

    @pytest.mark.parametrize(
        ("figure", "changed", "written"),
        [
            ("count_customers", 4321, "4,321 customers"),
            ("customer_share", 0.111, "11.1 % of those segmented"),
            ("net_amount_share", 0.222, "22.2 % of the net amount"),
            ("avg_churn_probability", 0.333, "within 90 days is 33.3 %"),
            ("as_of_date", date(2025, 1, 1), "As of 2025-01-01"),
        ],
    )
    def test_a_sentence_changes_with_a_figure_of_the_segment(
        self, figure, changed, written
    ):
        text = " ".join(said(personas([segment(**{figure: changed})])))
        assert written in text
        assert written not in " ".join(said(personas()))

    @pytest.mark.parametrize(
        ("changed", "written"),
        [
            (
                {"segment_words": "14 orders"},
                "they have placed 14 orders, compared with 3",
            ),
            (
                {"compared_words": "4 orders"},
                "compared with 4 orders among all customers",
            ),
            ({"segment_figure": "segment_mean"}, "On average, they have placed 13"),
            (
                {"compared_figure": "others_mean"},
                "compared with 3 orders among other customers",
            ),
            (
                {"effect_size": 0.5},
                "than someone outside the segment 75 % of the time (at least 73 %)",
            ),
            (
                {"least_effect": 0.39},
                "than someone outside the segment 80 % of the time (at least 69 %)",
            ),
            (
                {"count_others": 99},
                "1,234 members are compared with 99 other customers",
            ),
        ],
    )
    def test_and_with_one_of_the_profile(self, changed, written):
        text = " ".join(said(personas(facts=[fact(**changed)])))
        assert written in text
        assert written not in " ".join(said(personas()))

    def test_at_least_is_never_rounded_up(self):
        assert pairs(0.998) == "100"
        assert pairs(0.998, at_least=True) == "99"
        assert points(-0.299) == "30"
        assert points(-0.299, at_least=True) == "29"


class TestDescription:
    def test_the_largest_shares_come_first(self):
        (sentence,) = said(personas(), "where")
        assert sentence == (
            "Favourite channel: web for 41 %, in app for 33 %, store for 26 %; among "
            "other customers 29 %, 11 % and 60 %."
        )

    def test_what_does_not_differ_is_not_said(self):
        same = fact(compared_words="13 orders")
        assert said(personas(facts=[same, share("store", 1.0, 1.0)]), "where") == [
            "Nothing here differs from other customers."
        ]
        assert said(personas(facts=[same]), "what") == [
            "Nothing here differs from other customers."
        ]
        # orders and spend are named all the same
        assert said(personas(facts=[same | {"section": "who"}]), "who")[-1] == (
            "Typically, they have placed 13 orders, as other customers have."
        )

    def test_a_name_that_misleads_says_so(self):
        frame = personas([segment(name_caution="Not new: typically 5 orders so far.")])
        assert said(frame, "who")[2] == "Not new: typically 5 orders so far."

    def test_a_caution_that_gives_the_probability_gives_it_alone(self):
        caution = "Less likely to buy than not: the probability is 99 %."
        told = said(personas([segment(name_caution=caution)]), "who")
        assert caution in told
        assert not [sentence for sentence in told if "43.2" in sentence]

    def test_of_a_segment_of_everyone_there_is_nobody_to_compare_with(self):
        frame = personas(facts=[fact(count_others=0, compared_words=None)])
        assert said(frame, "sure")[0] == (
            "Everyone is in this segment: there is nobody to compare them with."
        )

    def test_what_nobody_has_is_not_listed(self):
        (sentence,) = said(
            personas(facts=[share("web", 1.0), share("app", 0.0)]), "where"
        )
        assert sentence == (
            "Favourite channel: web for 100 %; among other customers 29 %."
        )

    def test_what_is_not_known_for_all_says_so(self):
        frame = personas(facts=[fact(), share("web", count_known=321)])
        assert said(frame, "where")[0].endswith("29 % (known for 321 of them).")

    def test_what_is_known_for_few_is_left_out(self):
        assert said(personas(facts=[fact(count_known=49)]), "what") == [
            "Nothing is known about this."
        ]

    def test_is_left_out_of_a_small_segment_which_says_that_it_is_small(self):
        frame = personas([segment(count_customers=3)])
        assert {"what", "when", "where"}.isdisjoint(frame["section"])
        assert (
            "Only 3 customers are in this segment, fewer than 50: too few to describe. "
            "The card only says what sets them apart beyond chance."
            in said(frame, "sure")
        )
        assert "3 customers: " in said(frame, "who")[1]

    def test_of_one_customer_is_in_the_singular(self):
        text = " ".join(said(personas([segment(count_customers=1)])))
        assert "1 customer: " in text
        assert "Only 1 customer is in this segment" in text

    def test_nothing_is_said_of_an_empty_segment_but_that_it_is(self):
        nobody = segment(
            count_customers=0,
            customer_share=0.0,
            net_amount_share=None,
            avg_churn_probability=None,
        )
        assert said(personas([nobody], facts=[])) == [
            "Buy regularly.",
            "The segment is empty: 0 customers.",
            "Loyalty programme.",
        ]

    def test_a_cluster_is_found_and_has_no_play(self):
        frame = personas([segment(dimension="cluster", suggested_play=None)])
        assert said(frame, "who")[0] == "Found by similarity, not by a rule."
        assert said(frame, "play") == ["No play is suggested yet."]


class TestSetsApart:
    def test_only_what_distinguishes_does(self):
        frame = personas(facts=[fact(is_distinguishing=False)])
        assert said(frame, "sets_apart") == [
            "Nothing we know sets them apart by more than a trivial difference."
        ]
        assert not any("pair" in each for each in said(frame, "sure"))

    def test_of_a_topic_the_strongest_does_and_the_strongest_topic_first(self):
        frame = personas(
            facts=[
                fact("weak", topic="a", apart_words="be weak", effect_rank=3),
                fact("strong", topic="a", apart_words="be strong", effect_rank=2),
                fact("first", topic="b", apart_words="be first", effect_rank=1),
            ]
        )
        assert [each.split(" than ")[0] for each in said(frame, "sets_apart")] == [
            "They be first",
            "They be strong",
        ]

    def test_what_makes_the_segment_is_no_discovery(self):
        frame = personas(
            facts=[
                fact(is_made_by=True, is_by_definition=True),
                fact("like_it", is_by_definition=True, effect_rank=2),
            ]
        )
        assert len(said(frame, "made_by")) == 1
        assert said(frame, "sets_apart")[0].startswith("Nothing else we know")

    def test_less_is_said_as_less(self):
        (sentence,) = said(
            personas(
                facts=[
                    share(
                        "store",
                        0.1,
                        0.4,
                        is_distinguishing=True,
                        effect_size=-0.3,
                        least_effect=-0.249,
                    )
                ]
            ),
            "sets_apart",
        )
        assert sentence == (
            "Fewer of them use store most: 10 %, compared with 40 % among other "
            "customers. The difference is 30 percentage points (at least 24)."
        )

    def test_what_has_no_words_is_left_out(self):
        frame = personas(facts=[fact(apart_words=None)])
        assert said(frame, "sets_apart")[0].startswith("Nothing we know")


class TestTable:
    def test_is_the_same_whatever_the_order_of_rows(self):
        segments = [segment(), segment(segment_id="rfm:new")]
        facts = [*FACTS, *(each | {"segment_id": "rfm:new"} for each in FACTS)]
        expected = personas(segments, facts)
        pd.testing.assert_frame_equal(personas(segments[::-1], facts[::-1]), expected)

    def test_of_no_segments_is_empty(self):
        nothing = pd.DataFrame(columns=[*segment()])
        texts = nothing[["segment_id", "description", "suggested_play"]]
        overview = nothing.drop(columns=["description", "suggested_play"])
        persona_facts = pd.DataFrame(columns=[*fact()])
        table = personas_table(texts, overview, persona_facts, 90, 50)
        assert table.num_rows == 0
        assert table.schema == PERSONA_SCHEMA

    def test_words_of_the_data_stay_words(self):
        (sentence,) = said(personas(facts=[share("a*b\n<c>", 1.0)]), "where")
        assert r"a\*b &lt;c> for 100 %" in sentence

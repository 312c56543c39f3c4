"""Personas: what is known about a segment, in sentences that keep their figures."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa
from jinja2.environment import TemplateModule

from segmentation.frames import conform, sorted_by_key
from segmentation.personas.wording import FILTERS
from segmentation.writing import environment, plain

PERSONA_SCHEMA = pa.schema(
    [
        ("sentence_id", pa.string()),
        ("segment_id", pa.string()),
        ("section", pa.string()),
        ("sentence_number", pa.int64()),
        ("sentence", pa.string()),
        ("figure_number", pa.int64()),
        ("source", pa.string()),
        ("feature", pa.string()),
        ("feature_value", pa.string()),
        ("figure", pa.string()),
        ("figure_value", pa.float64()),
        ("written", pa.string()),
    ]
)

Fact: TypeAlias = Mapping[str, Any]
"""A row, by column."""

Sentence: TypeAlias = tuple[str, str, dict[str, Any]]
"""Its section, its template, and what the template is given."""

DESCRIPTIVE = ("who", "what", "when", "where")
NONE = "0 %"  # a share that is left out
OF_CHURN = "likely to buy than not"  # of a caution that gives the probability
MOST_VALUES = 3  # of a category that are listed
MOST_TOPICS = 6  # named as setting a segment apart

SOURCES = {
    "count_features": "rpt_segment_profiles",
    "description": "dim_segments",
    "suggested_play": "dim_segments",
    "horizon_days": "settings",
    "small_segment_customers": "settings",
}


class Figures(list[dict[str, Any]]):
    """The figures of a sentence, kept as they are written."""

    def say(
        self, fact: Fact, figure: str, written: object = None, value: object = None
    ) -> str:
        """Write a figure of a fact, and keep it."""
        value = fact[figure] if value is None else value
        written = str(value if written is None else written)
        if "feature" in fact:
            source = "rpt_segment_profiles"
        else:
            source = SOURCES.get(figure, "rpt_segment_overview")
        self.append(
            {
                "source": source,
                "feature": fact.get("feature"),
                "feature_value": fact.get("feature_value"),
                "figure": figure,
                "figure_value": value if isinstance(value, int | float) else None,
                "written": written,
            }
        )
        return written


def sentences(segment: Fact, facts: list[Fact]) -> Iterator[Sentence]:
    """Choose what is said about a segment.

    Parameters
    ----------
    segment : mapping
        Its row of dim_segments and rpt_segment_overview, and the settings.
    facts : list of mapping
        Its rows of int_segments__persona_facts.

    Yields
    ------
    section, template, context : str, str, dict
    """
    about = {"segment": segment}
    is_empty = not segment["count_customers"]
    is_small = segment["count_customers"] < segment["small_segment_customers"]
    apart = [] if is_empty else list(_apart(facts))
    templates = {template for _, template, _ in apart}

    if segment["dimension"] == "cluster":
        yield "who", "found", {}
    else:
        yield "who", "definition", about
    yield "who", "empty" if is_empty else "size", about
    caution = segment["name_caution"]
    if caution is not None:
        yield "who", "caution", about
    is_told = caution is not None and OF_CHURN in caution
    if segment["avg_churn_probability"] is not None and not is_told:
        yield "who", "churn", about
    if not is_small:
        yield from _description(segment, facts)
    yield from apart
    yield "play", *(("play", about) if segment["suggested_play"] else ("no_play", {}))
    if is_small and not is_empty:
        yield "sure", "small", about
    if facts and not _widest(facts)["count_others"]:
        yield "sure", "everyone", {}
    elif facts:
        yield "sure", "compared", {**about, "fact": _widest(facts)}
    if templates & {"number_apart", "value_apart"}:
        yield "sure", "confidence", {}
    if "number_apart" in templates:
        yield "sure", "pairs", {}


def _widest(facts: list[Fact]) -> Fact:
    """Return a fact that is known for all who are compared."""
    return max(facts, key=lambda fact: fact["count_known"] + fact["count_others"])


def _description(segment: Fact, facts: list[Fact]) -> Iterator[Sentence]:
    count_compared = _widest(facts)["count_known"] if facts else 0
    for section in DESCRIPTIVE:
        here = [fact for fact in facts if fact["section"] == section]
        said = {"who"} if section == "who" else set()
        for _, group in groupby(here, key=lambda fact: fact["feature"]):
            values = list(group)
            known = values[0]["count_known"]
            if known < segment["small_segment_customers"]:
                continue
            about = {"known": known if known < count_compared else None}
            values.sort(key=lambda f: (-f["segment_figure_value"], f["feature_value"]))
            if not values[0]["is_number"]:
                listed = [v for v in values if v["segment_words"] != NONE] or values
                values = listed[:MOST_VALUES]
            is_same = all(v["segment_words"] == v["compared_words"] for v in values)
            said.add("same" if is_same else "apart")
            if values[0]["is_number"] and (section == "who" or not is_same):
                yield section, "typical", {"fact": values[0], **about}
            elif not is_same:
                yield section, "values", {"facts": values, **about}
        if not said:
            yield section, "unknown", {}
        elif said == {"same"}:
            yield section, "same", {}


def _apart(facts: list[Fact]) -> Iterator[Sentence]:
    """Say what makes the segment, and of other topics the strongest feature."""
    apart = sorted(
        (fact for fact in facts if fact["is_distinguishing"] and fact["apart_words"]),
        key=lambda fact: fact["effect_rank"],
    )
    said: dict[str, list[str]] = {"made_by": [], "sets_apart": []}
    for fact in apart:
        section = "made_by" if fact["is_made_by"] else "sets_apart"
        topics = said[section]
        if section == "sets_apart" and (
            fact["is_by_definition"]
            or fact["topic"] in topics
            or len(topics) == MOST_TOPICS
        ):
            continue
        topics.append(fact["topic"])
        template = "number_apart" if fact["is_number"] else "value_apart"
        yield section, template, {"fact": fact}
    if not said["sets_apart"]:
        yield "sets_apart", "nothing_apart", {"besides": bool(said["made_by"])}


def _write(module: TemplateModule, template: str, context: Fact) -> tuple[str, Figures]:
    figures = Figures()
    sentence = getattr(module, template)(figures.say, **context)
    return sentence[0].upper() + sentence[1:], figures


def personas_table(
    segments: pd.DataFrame,
    overview: pd.DataFrame,
    persona_facts: pd.DataFrame,
    horizon_days: int,
    small_segment_customers: int,
) -> pa.Table:
    """Write the sentences of the personas of all segments.

    Every figure in a sentence is beside it, with where it is from; a sentence without
    figures has one row, without a figure.

    Parameters
    ----------
    segments, overview, persona_facts : DataFrame
        dim_segments, rpt_segment_overview and int_segments__persona_facts, in any
        order.
    horizon_days : int
        Of the churn probability.
    small_segment_customers : int
        A segment of fewer is not described.

    Returns
    -------
    pyarrow.Table
        `PERSONA_SCHEMA`; one row per sentence and figure, by segment, in order.
    """
    templates = environment("segmentation.personas", **FILTERS)
    module = templates.get_template("persona_sentences.jinja").module
    facts: dict[str, list[Fact]] = {}
    for row in plain(
        sorted_by_key(persona_facts, "segment_id", "feature_order", "feature_value")
    ):
        facts.setdefault(row["segment_id"], []).append(row)
    texts = segments.set_index("segment_id")[["description", "suggested_play"]]
    joined = sorted_by_key(overview, "segment_id").join(texts, on="segment_id")
    rows = []
    for segment in plain(joined):
        here = facts.get(segment["segment_id"], [])
        segment |= {
            "horizon_days": horizon_days,
            "small_segment_customers": small_segment_customers,
            "count_features": len({fact["feature"] for fact in here}),
        }
        numbers: dict[str, int] = {}
        for section, template, context in sentences(segment, here):
            number = numbers[section] = numbers.get(section, 0) + 1
            sentence, figures = _write(module, template, context)
            written = {
                "sentence_id": f"{segment['segment_id']}:{section}:{number}",
                "segment_id": segment["segment_id"],
                "section": section,
                "sentence_number": number,
                "sentence": sentence,
            }
            nothing = dict.fromkeys(PERSONA_SCHEMA.names)
            rows += [
                nothing | written | {"figure_number": n} | figure
                for n, figure in enumerate(figures or [{}], start=1)
            ]
    return conform(pd.DataFrame(rows), PERSONA_SCHEMA)

"""The sections on what to do first, on segments in words, and on the input."""

import re
from html import unescape

from markupsafe import Markup

from segmentation.report import charts
from segmentation.report.figures import day, known, number, percent, ranged
from segmentation.report.parts import (
    Card,
    Column,
    Contents,
    Figure,
    Section,
    ends_of,
    tabulate,
)
from segmentation.report.wording import DIMENSIONS, OBJECTIVES

PRIORITIES, INPUTS = "rpt_segment_priorities", "rpt_input_quality"
PERSONAS, SALES = "fct_persona_sentences", "rpt_sales_reconciliation"


def priorities(contents: Contents) -> Section:
    """Return the segments by value at stake, with who acts and how."""
    figures = [
        _stakes(contents, dimension)
        for dimension in DIMENSIONS
        if len(contents.of("priorities", dimension))
    ]
    return Section(
        "priorities",
        "Priorities",
        "Which segment should we turn to first, and who does what?",
        tuple(figures),
        empty="There is no segment to turn to yet.",
    )


def _stakes(contents: Contents, dimension: str) -> Figure:
    rows, money = contents.of("priorities", dimension), contents.money
    stake, first = f"{PRIORITIES}.value_at_stake", rows.iloc[0]
    title = f"{DIMENSIONS[dimension]}: value at stake"
    has_stake = (known(first["value_at_stake"]) or 0) > 0
    if has_stake:
        summary = Markup("Turn to {} first: {} {}.").format(
            first["segment_name"],
            ranged(
                *(
                    money(first[f"value_at_stake{end}"], stake + end)
                    for end in ("", "_lower", "_upper")
                )
            ),
            OBJECTIVES.get(first["objective"], "is at stake"),
        )
    else:
        summary = Markup("Nothing is at stake that could be measured.")
    at_stake = rows[rows["value_at_stake"].astype(float) > 0]
    return Figure(
        f"{dimension}-stakes",
        title,
        summary,
        tabulate(
            title,
            rows,
            PRIORITIES,
            (
                Column("Segment", "segment_name"),
                Column("Rank", "priority_rank", number),
                Column(
                    "Value at stake, 95 % range",
                    "value_at_stake",
                    money,
                    ends_of("value_at_stake"),
                ),
                Column("Customers at stake", "count_at_stake", number),
                Column("Who acts", "owner"),
                Column("What to do", "suggested_play"),
                Column("Why no value", "reason"),
            ),
            "segment_id",
        ),
        PRIORITIES,
        charts.ranges(
            [
                {
                    "name": row["segment_name"],
                    "value": known(row["value_at_stake"]),
                    "lower": known(row["value_at_stake_lower"]),
                    "upper": known(row["value_at_stake_upper"]),
                }
                for row in at_stake.to_dict("records")
            ],
            list(at_stake["segment_name"]),
            f"value at stake {contents.currency}".strip(),
            charts.RED,
        )
        if len(at_stake)
        else None,
        is_half=len(at_stake) > 0 and dimension != "rfm",
        is_open=dimension == "rfm",
    )


def personas(contents: Contents) -> Section:
    """Return each segment in words."""
    groups = []
    for dimension in ("rfm", "cluster"):
        sentences = contents.of("personas", dimension)
        cards = []
        for row in contents.of("overview", dimension).to_dict("records"):
            own = sentences[sentences["segment_id"] == row["segment_id"]]
            parts: dict[str, list[str]] = {}
            for each in own.to_dict("records"):
                parts.setdefault(each["heading"], []).append(as_text(each["sentence"]))
            if parts:
                cards.append(
                    Card(
                        row["segment_id"],
                        row["segment_name"],
                        Markup("{} {}").format(
                            number(
                                row["count_customers"],
                                "rpt_segment_overview.count_customers",
                            ),
                            "customer" if row["count_customers"] == 1 else "customers",
                        ),
                        tuple((head, tuple(said)) for head, said in parts.items()),
                    )
                )
        if cards:
            groups.append((DIMENSIONS[dimension], tuple(cards)))
    return Section(
        "personas",
        "Personas",
        "What are the customers of a segment like?",
        cards=tuple(groups),
        empty="There is no segment to describe yet.",
    )


def as_text(sentence: str) -> str:
    """Return a sentence of a card, which is Markdown, as plain words."""
    return unescape(re.sub(r"\\([\\*|~_(])", r"\1", sentence).replace("`", ""))


def inputs(contents: Contents) -> Section:
    """Return what was read, what was turned away, and whether sales add up."""
    rows, figures = contents["inputs"], []
    if known(rows["count_rows"].sum()):
        figures.append(_rejected(contents))
    if len(contents["reconciliation"]):
        figures.append(
            Figure(
                "reconciliation",
                "From order lines to the revenue of customers",
                Markup("Each step from what arrived to what the marts count."),
                tabulate(
                    "From order lines to the revenue of customers",
                    contents["reconciliation"],
                    SALES,
                    (
                        Column("Step", "step"),
                        Column("Amount", "amount", contents.money),
                    ),
                    "step_order",
                ),
                SALES,
            )
        )
    return Section(
        "input",
        "Input quality",
        "What was read, what was turned away, and do sales add up?",
        tuple(figures),
        empty="No raw row was read.",
    )


def _rejected(contents: Contents) -> Figure:
    rows = contents["inputs"]
    rows = rows[rows["count_rows"] > 0]
    all_rows, rejected = rows["count_rows"].sum(), rows["count_rejected_rows"].sum()
    worst = rows.iloc[0]
    summary = Markup(
        "{} of {} raw rows were rejected; the highest share is {}, in {}."
    ).format(
        number(rejected, f"{INPUTS}.count_rejected_rows", "input:rejected"),
        number(all_rows, f"{INPUTS}.count_rows", "input:rows"),
        percent(worst["rejected_share"], f"{INPUTS}.rejected_share"),
        worst["table_name"],
    )
    if not rejected:
        summary = Markup("All {} raw rows were accepted.").format(
            number(all_rows, f"{INPUTS}.count_rows", "input:rows")
        )
    return Figure(
        "rejected",
        "Share of raw rows that were rejected",
        summary,
        tabulate(
            "Raw tables",
            rows,
            INPUTS,
            (
                Column("Table", "table_name"),
                Column("Rows", "count_rows", number),
                Column("Rejected", "count_rejected_rows", number),
                Column("Share rejected", "rejected_share", percent),
                Column("Most frequent reasons", "most_frequent_rejection_reasons"),
                Column("First day", "first_date", day),
                Column("Last day", "last_date", day),
            ),
            "table_name",
        ),
        INPUTS,
        charts.shares(
            [
                {
                    "name": row["table_name"],
                    "share": known(row["rejected_share"]),
                    "count": int(row["count_rows"]),
                }
                for row in rows.to_dict("records")
            ],
            list(rows["table_name"]),
            "share of rows rejected",
            "Rows",
        )
        if rejected
        else None,
    )

"""The section on movement: who moved between two dates, and why segments changed."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from segmentation.report import charts
from segmentation.report.alluvial import Flow, draw
from segmentation.report.figures import known, number, percent, ranged, signed
from segmentation.report.parts import (
    Column,
    Contents,
    Figure,
    Section,
    Table,
    ends_of,
    tabulate,
)
from segmentation.report.wording import CAUSES, DIMENSIONS, NEW, NEW_NAME, listed

MOVES, CHANGES = "fct_segment_transitions", "fct_segment_size_changes"


def movement(contents: Contents) -> Section:
    """Return who moved between the last two dates, and why segments grew or shrank."""
    figures = []
    for dimension in ("rfm", "lifecycle"):
        for name, make in (("moves", _moves), ("changes", _causes), ("sizes", _sizes)):
            rows = contents.of(name, dimension)
            if len(rows):
                figures.append(make(contents, dimension, rows))
    return Section(
        "movement",
        "Movement",
        "Who moves where in a month, and why do segments grow or shrink?",
        tuple(figures),
        empty="There are no two months to compare yet.",
    )


def date_of(value: Any) -> str:
    """Write a day in short."""
    return "before" if pd.isna(value) else f"{pd.Timestamp(value):%d %b %Y}".lstrip("0")


def named(rows: pd.DataFrame, names: dict[str, str], *columns: str) -> pd.DataFrame:
    """Return rows with the names of segments in place of their codes."""
    return rows.assign(
        **{c: [listed(code, names) for code in rows[c]] for c in columns}
    )


def kind_of(row: dict[str, Any], order: list[str], is_ranked: bool) -> str:
    """Return the kind of a move: its class in the style sheet."""
    if row["is_stay"]:
        return "stay"
    if row["is_new"]:
        return "new"
    if not is_ranked:
        return "moved"
    before, after = (order.index(row[f"{e}_segment_code"]) for e in ("from", "to"))
    return "up" if after < before else "down"


def _moves(contents: Contents, dimension: str, rows: pd.DataFrame) -> Figure:
    names = {**contents.names(dimension), NEW: NEW_NAME}
    for code in (*rows["from_segment_code"], *rows["to_segment_code"]):
        names.setdefault(code, listed(code, {}))
    rows = rows.assign(
        is_stay=rows["is_stay"].astype(bool), is_new=rows["is_new"].astype(bool)
    )
    sides = date_of(rows["previous_date"].iloc[0]), date_of(rows["anchor_date"].iloc[0])
    title = f"{DIMENSIONS[dimension]}: who moved between {sides[0]} and {sides[1]}"
    told = named(rows, names, "from_segment_code", "to_segment_code")
    flows = [
        Flow(
            row["from_segment_code"],
            row["to_segment_code"],
            int(row["count_customers"]),
            kind_of(row, list(names), dimension == "rfm"),
            f"{names[row['from_segment_code']]} → {names[row['to_segment_code']]}: "
            f"{number(row['count_customers'], '')} "
            f"({percent(row['transition_rate'], '')})",
        )
        for row in rows.to_dict("records")
    ]
    return Figure(
        f"{dimension}-moves",
        title,
        _moves_in_words(told, dimension),
        tabulate(
            title,
            told.sort_values("count_customers", ascending=False, kind="stable"),
            MOVES,
            (
                Column("From", "from_segment_code"),
                Column("To", "to_segment_code"),
                Column("Customers", "count_customers", number),
                Column(
                    "Share of those before",
                    "transition_rate",
                    percent,
                    ends_of("transition_rate"),
                ),
            ),
        ),
        MOVES,
        drawing=draw(flows, names, sides, title),
    )


def _moves_in_words(rows: pd.DataFrame, dimension: str) -> Markup:
    count, rate = f"{MOVES}.count_customers", f"{MOVES}.transition_rate"
    moved = rows[~rows["is_stay"] & ~rows["is_new"]]
    words = Markup("{} customers moved, {} stayed, {} came new.").format(
        number(moved["count_customers"].sum(), count, f"{dimension}:moved"),
        number(rows.loc[rows["is_stay"], "count_customers"].sum(), count),
        number(rows.loc[rows["is_new"], "count_customers"].sum(), count),
    )
    if moved.empty:
        return words
    most = moved.sort_values("count_customers", ascending=False, kind="stable").iloc[0]
    return words + Markup(
        " Most common move: from {} to {}, {} customers, {} of those before."
    ).format(
        most["from_segment_code"],
        most["to_segment_code"],
        number(most["count_customers"], count),
        ranged(
            *(
                percent(most["transition_rate" + e], rate + e)
                for e in ("", "_lower", "_upper")
            )
        ),
    )


def _causes(contents: Contents, dimension: str, rows: pd.DataFrame) -> Figure:
    names, title = contents.names(dimension), DIMENSIONS[dimension]
    place = {code: number for number, code in enumerate(names)}
    rows = rows.assign(place=rows["segment_code"].map(place).fillna(len(place)))
    rows = rows.sort_values(["place", "segment_code", "cause"])
    sizes = rows.drop_duplicates("segment_code").reset_index(drop=True)
    kinds = [cause for cause in CAUSES if cause in set(rows["cause"])]
    kinds += sorted(set(rows["cause"]) - set(kinds))
    net = sizes["count_after"] - sizes["count_before"]
    words = [
        Markup("{} {} most, from {} to {}").format(
            listed(row["segment_code"], names),
            verb,
            number(row["count_before"], f"{CHANGES}.count_before"),
            number(row["count_after"], f"{CHANGES}.count_after"),
        )
        for verb, row, is_so in (
            ("grew", sizes.loc[net.idxmax()], net.max() > 0),
            ("shrank", sizes.loc[net.idxmin()], net.min() < 0),
        )
        if is_so
    ]
    summary = Markup("; ").join(words) or "No segment changed its size"
    wide = rows.pivot(index="segment_code", columns="cause", values="net_change")
    table = Table(
        f"{title}: changes in size, by cause",
        (
            ("Segment", f"{CHANGES}.segment_code"),
            ("Before", f"{CHANGES}.count_before"),
            *((listed(kind, CAUSES), f"{CHANGES}.cause") for kind in kinds),
            ("After", f"{CHANGES}.count_after"),
        ),
        tuple(
            (
                listed(row["segment_code"], names),
                number(row["count_before"], f"{CHANGES}.count_before"),
                *(
                    signed(
                        wide.loc[row["segment_code"], kind],
                        f"{CHANGES}.net_change",
                        f"{dimension}:{row['segment_code']}:{kind}",
                    )
                    for kind in kinds
                ),
                number(row["count_after"], f"{CHANGES}.count_after"),
            )
            for row in sizes.to_dict("records")
        ),
    )
    told = named(rows, names, "segment_code")
    return Figure(
        f"{dimension}-causes",
        f"{title}: why they grew or shrank",
        summary + ".",
        table,
        CHANGES,
        charts.causes(
            [
                {
                    "name": row["segment_code"],
                    "kind": listed(row["cause"], CAUSES),
                    "change": known(row["net_change"]),
                }
                for row in told.to_dict("records")
            ],
            list(dict.fromkeys(told["segment_code"])),
            [listed(kind, CAUSES) for kind in kinds],
        ),
        is_half=True,
    )


def _sizes(contents: Contents, dimension: str, rows: pd.DataFrame) -> Figure:
    source, names = f"{CHANGES}.count_after", contents.names(dimension)
    order = [code for code in names if code in set(rows["segment_code"])]
    order += sorted(set(rows["segment_code"]) - set(order))
    days = sorted(rows["anchor_date"].unique())
    shown = [days[0], days[-1]] if len(days) > 1 else days
    counts = rows.set_index(["segment_code", "anchor_date"])["count_after"].to_dict()
    totals = rows.groupby("anchor_date")["count_after"].sum()
    title = f"{DIMENSIONS[dimension]}: how many customers they have had"
    return Figure(
        f"{dimension}-history",
        title,
        Markup("; ").join(
            Markup("{} customers on {}").format(
                number(totals[each], source), date_of(each)
            )
            for each in shown
        )
        + ".",
        Table(
            title,
            (
                ("Segment", f"{CHANGES}.segment_code"),
                *((date_of(each), source) for each in shown),
            ),
            tuple(
                (
                    listed(code, names),
                    *(number(counts.get((code, each), 0), source) for each in shown),
                )
                for code in order
            ),
        ),
        CHANGES,
        charts.sizes(
            [
                {
                    "day": f"{row['anchor_date']:%Y-%m-%d}",
                    "name": listed(row["segment_code"], names),
                    "count": known(row["count_after"]),
                    "place": order.index(row["segment_code"]),
                }
                for row in rows.to_dict("records")
            ],
            [listed(code, names) for code in order],
        ),
        is_half=True,
    )

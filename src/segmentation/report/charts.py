"""Charts of the report, as Vega-Lite. The style sheet gives the colours.

Each function takes records and returns a specification as wide as the place it is put
in. Colours are names of the style sheet, so that a chart follows light, dark and print.
They are those of Okabe & Ito (2008), which colour-blind people tell apart.
"""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

BLUE, ORANGE, GREEN = "var(--blue)", "var(--orange)", "var(--green)"
RED, GREY, INK, LINE = "var(--red)", "var(--grey)", "var(--ink)", "var(--line)"
MONEY, SHARE = ",.0f", ".0%"

Records = list[dict[str, Any]]
Spec = dict[str, Any]

# of all charts; the page hands it to each
CONFIG: Spec = {
    "background": "transparent",
    "font": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "labelColor": INK,
        "titleColor": "var(--faint)",
        "gridColor": LINE,
    },
    "axisX": {"labelOverlap": "greedy", "labelSeparation": 8, "labelFlush": False},
    "legend": {
        "orient": "top",
        "title": None,
        "labelFontSize": 12,
        "labelColor": INK,
        "titleColor": "var(--faint)",
        "titleFontWeight": "normal",
        "titleFontSize": 12,
        "symbolType": "square",
    },
}


def finished(chart: alt.Chart | alt.LayerChart, height: int = 240) -> Spec:
    """Return a chart as a specification as wide as its place, some pixels high."""
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    sized = chart.properties(width="container", height=height, autosize=fit)
    spec = sized.to_dict()
    # what is the same for all is in CONFIG
    return {
        name: part for name, part in spec.items() if name not in ("$schema", "config")
    }


def data(records: Records) -> alt.Data:
    """Return records as the data of a chart."""
    return alt.Data(values=records)


def tips(**shown: str) -> list[alt.Tooltip]:
    """Return what hovering shows: field to title, or to title|format."""
    found = []
    for name, words in shown.items():
        title, _, form = words.partition("|")
        found.append(
            alt.Tooltip(f"{name}:Q", title=title, format=form)
            if form
            else alt.Tooltip(f"{name}:N", title=title)
        )
    return found


def rows(order: Sequence[str], **extra: Any) -> alt.Y:
    """Return an axis of names from top to bottom."""
    return alt.Y("name:N", sort=list(order), title=None, **extra)


def colours(names: Sequence[str], values: Sequence[str]) -> alt.Color:
    """Return colours by kind, with a legend."""
    scale = alt.Scale(domain=list(names), range=list(values))
    return alt.Color("kind:N", scale=scale)


def paired_bars(records: Records, order: Sequence[str], kinds: Sequence[str]) -> Spec:
    """Draw two shares for each segment, one below the other.

    Records hold `name`, `kind` and `share`.
    """
    chart = (
        alt.Chart(data(records))
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            y=rows(order),
            yOffset=alt.YOffset("kind:N", sort=list(kinds)),
            x=alt.X("share:Q", axis=alt.Axis(format=SHARE, tickCount=5), title=None),
            color=colours(kinds, (GREY, BLUE)),
            tooltip=tips(name="Segment", kind="Of", share="Share|.1%"),
        )
    )
    return finished(chart, 26 * len(order))


def risks(records: Records, order: Sequence[str]) -> Spec:
    """Draw a probability for each segment: `name` and `risk`."""
    records = [{**record, "zero": 0} for record in records]
    base = alt.Chart(data(records)).encode(y=rows(order))
    x = alt.X(
        "risk:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=SHARE, tickCount=5),
        title=None,
    )
    line = base.mark_rule(strokeWidth=2, color=GREY, opacity=0.5).encode(
        x="zero:Q", x2="risk:Q"
    )
    dots = base.mark_circle(size=120, color=RED, opacity=1).encode(
        x=x, tooltip=tips(name="Segment", risk="Churn probability|.1%")
    )
    return finished(alt.layer(line, dots), 28 * len(order))


def ranges(records: Records, order: Sequence[str], title: str, colour: str) -> Spec:
    """Draw an amount with its interval: `name`, `value`, `lower`, `upper`."""
    base = alt.Chart(data(records)).encode(
        y=rows(order),
        tooltip=tips(name=" ", value="Value|,.0f", lower="from|,.0f", upper="to|,.0f"),
    )
    bars = base.mark_bar(color=colour, opacity=0.35, height=14, cornerRadius=3).encode(
        x=alt.X("lower:Q", title=title, axis=alt.Axis(format=MONEY, tickCount=5)),
        x2="upper:Q",
    )
    dots = base.mark_tick(color=colour, thickness=3, height=18).encode(x="value:Q")
    return finished(alt.layer(bars, dots), 30 * len(order))


def causes(records: Records, order: Sequence[str], kinds: Sequence[str]) -> Spec:
    """Draw what made segments grow and shrink: `name`, `kind`, `change`."""
    chart = (
        alt.Chart(data(records))
        .mark_bar()
        .encode(
            y=rows(order, axis=alt.Axis(grid=True)),
            x=alt.X(
                "change:Q",
                title="customers joined less left",
                axis=alt.Axis(tickCount=6),
            ),
            color=colours(kinds, (GREEN, BLUE, GREY, ORANGE, RED, "var(--pink)")),
            tooltip=tips(name="Segment", kind="Cause", change="Net change|+,.1f"),
        )
    )
    zero = alt.Chart(data([{"zero": 0}])).mark_rule(color=INK).encode(x="zero:Q")
    return finished(alt.layer(chart, zero), 24 * len(order))


def sizes(records: Records, order: Sequence[str]) -> Spec:
    """Draw how many customers segments have had: `day`, `name`, `count`, `place`.

    Segments have the shades of one scale, in their order; hovering names them.
    """
    days = len({record["day"] for record in records})
    chart = (
        alt.Chart(data(records))
        .mark_area(opacity=1, stroke="var(--page)", strokeWidth=0.8)
        .encode(
            x=alt.X(
                "day:T",
                title=None,
                axis=alt.Axis(format="%b %Y", tickCount=min(6, days)),
            ),
            y=alt.Y("count:Q", title=None, stack=True),
            order=alt.Order("place:Q", sort="descending"),
            color=alt.Color(
                "name:N",
                sort=list(order),
                scale=alt.Scale(domain=list(order), scheme="viridis", reverse=True),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Segment"),
                alt.Tooltip("day:T", title="On", format="%d %B %Y"),
                alt.Tooltip("count:Q", title="Customers", format=","),
            ],
        )
    )
    return finished(chart, 320)


def heat(records: Records, cohorts: Sequence[str]) -> Spec:
    """Draw the share of each cohort that bought in each month after its first.

    Records hold `cohort`, `month`, `rate`, `lower`, `upper` and `count`.
    """
    few = max(1, -(-len(cohorts) // 12))
    chart = (
        alt.Chart(data(records))
        .mark_rect(stroke="var(--page)", strokeWidth=0.6)
        .encode(
            x=alt.X(
                "month:O",
                title="months since the first order",
                axis=alt.Axis(labelOverlap="parity", labelAngle=0),
            ),
            y=alt.Y(
                "cohort:O",
                sort=list(cohorts),
                title=None,
                axis=alt.Axis(values=list(cohorts)[::few]),
            ),
            color=alt.Color(
                "rate:Q",
                scale=alt.Scale(scheme="cividis", domainMin=0),
                legend=alt.Legend(
                    format=SHARE,
                    title="share who bought",
                    gradientLength=180,
                    direction="horizontal",
                ),
            ),
            tooltip=tips(
                cohort="First bought in",
                month="Months since",
                rate="Bought again|.1%",
                lower="from|.1%",
                upper="to|.1%",
                count="Customers|,",
            ),
        )
    )
    return finished(chart, len(cohorts) * max(11, min(26, 400 // max(len(cohorts), 1))))


def histogram(records: Records, order: Sequence[str], title: str) -> Spec:
    """Draw how many customers are in each step: `name`, `count`, `amount`."""
    chart = (
        alt.Chart(data(records))
        .mark_bar(color=BLUE, cornerRadiusEnd=2)
        .encode(
            x=alt.X(
                "name:O",
                sort=list(order),
                title=title,
                axis=alt.Axis(labelAngle=-40, labelOverlap=False),
            ),
            y=alt.Y("count:Q", title=None),
            tooltip=tips(
                name="Expected amount",
                count="Customers|,",
                amount="Expected together|,.0f",
            ),
        )
    )
    return finished(chart)


def calibration(records: Records) -> Spec:
    """Draw what came true of what was predicted: `predicted`, `observed`, its range."""
    highest = max(max(each["upper"], each["predicted"]) for each in records)
    scale = alt.Scale(domain=[0, min(1, math.ceil(10 * highest) / 10)])
    share = alt.Axis(format=SHARE, tickCount=5)
    base = alt.Chart(data(records)).encode(
        x=alt.X("predicted:Q", scale=scale, axis=share, title="predicted"),
        tooltip=tips(
            predicted="Predicted|.1%",
            observed="Came true|.1%",
            lower="from|.1%",
            upper="to|.1%",
            count="Customers|,",
        ),
    )
    ideal = (
        alt.Chart(data([{"predicted": each, "ideal": each} for each in scale.domain]))
        .mark_line(color=GREY, strokeDash=[4, 4])
        .encode(x="predicted:Q", y="ideal:Q")
    )
    bars = base.mark_rule(color=BLUE, strokeWidth=2, opacity=0.55).encode(
        y=alt.Y("lower:Q", scale=scale, axis=share, title="came true"), y2="upper:Q"
    )
    dots = base.mark_circle(size=60, color=BLUE, opacity=1).encode(y="observed:Q")
    return finished(alt.layer(ideal, bars, dots), 210)


def lift(records: Records) -> Spec:
    """Draw the lift by tenth of customers: `decile`, `lift`, `lower`, `upper`.

    Ranges are drawn where all are known.
    """
    base = alt.Chart(data(records)).encode(
        x=alt.X(
            "decile:O",
            title="tenth of customers, highest first",
            axis=alt.Axis(labelAngle=0),
        ),
        tooltip=tips(decile="Tenth", lift="Lift|.2f", lower="from|.2f", upper="to|.2f"),
    )
    bars = base.mark_bar(color=ORANGE, opacity=0.75, cornerRadiusEnd=2).encode(
        y=alt.Y("lift:Q", title="times the average", axis=alt.Axis(tickCount=5))
    )
    whiskers = base.mark_rule(color=INK, strokeWidth=1.5).encode(
        y="lower:Q", y2="upper:Q"
    )
    one = (
        alt.Chart(data([{"one": 1}]))
        .mark_rule(color=GREY, strokeDash=[4, 4])
        .encode(y="one:Q")
    )
    has_range = all(each["lower"] is not None for each in records)
    return finished(alt.layer(bars, *([whiskers] if has_range else []), one), 210)


def shares(records: Records, order: Sequence[str], title: str, what: str) -> Spec:
    """Draw one share for each name: `name`, `share`, `count`."""
    chart = (
        alt.Chart(data(records))
        .mark_bar(color=ORANGE, cornerRadiusEnd=2)
        .encode(
            y=rows(order),
            x=alt.X("share:Q", title=title, axis=alt.Axis(format="~%", tickCount=5)),
            tooltip=tips(name=" ", share="Share|.2%", count=f"{what}|,"),
        )
    )
    return finished(chart, 24 * len(order))

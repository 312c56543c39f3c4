"""An alluvial: who moved from where to where between two dates, drawn as SVG.

Vega-Lite has no such mark. It is drawn twice, for wide screens and for phones; the
style sheet shows one of the two, and gives the colours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

TOP, GAP, LEAST, NODE = 34.0, 6.0, 15.0, 9.0


@dataclass(frozen=True)
class Flow:
    """Customers who were in one segment before and in one after.

    Attributes
    ----------
    before, after : str
        Codes of the segments.
    count : int
    kind : str
        Class of the ribbon: stay, new, up, down or moved.
    words : str
        What hovering says.
    """

    before: str
    after: str
    count: int
    kind: str
    words: str


@dataclass(frozen=True)
class Size:
    """Measures of a drawing, in units of its view box.

    Attributes
    ----------
    name : str
        Class by which the style sheet shows or hides it.
    width, flows, margin, letters : float
        Width of all; height of all flows together; room for labels on each side; height
        of the letters.
    """

    name: str
    width: float
    flows: float
    margin: float
    letters: float


SIZES = (Size("wide", 980, 430, 190, 13), Size("narrow", 350, 420, 106, 11.5))


def place(
    order: Sequence[str], counts: Mapping[str, int], scale: float
) -> dict[str, tuple[float, float]]:
    """Return the top and the height of each node, one below the other.

    A small node is given the room that its label needs, and stands in the middle of it.
    """
    places, top = {}, TOP
    for code in order:
        height = counts[code] * scale
        room = max(height, LEAST)
        places[code] = (top + (room - height) / 2, height)
        top += room + GAP
    return places


def ribbon(x: float, end: float, y: float, there: float, thick: float) -> str:
    """Return the path of a ribbon between two heights."""
    mid = (x + end) / 2
    return (
        f"M{x:.1f} {y:.1f}"
        f"C{mid:.1f} {y:.1f} {mid:.1f} {there:.1f} {end:.1f} {there:.1f}"
        f"V{there + thick:.1f}C{mid:.1f} {there + thick:.1f} {mid:.1f} "
        f"{y + thick:.1f} {x:.1f} {y + thick:.1f}Z"
    )


@dataclass(frozen=True)
class Side:
    """The segments on one side.

    Attributes
    ----------
    end : str
        before or after.
    counts : dict of str to int
        Customers by segment.
    places : dict of str to (float, float)
        Top and height of each segment.
    """

    end: str
    counts: dict[str, int]
    places: dict[str, tuple[float, float]]

    def tops(
        self, flows: Sequence[Flow], order: list[str], scale: float
    ) -> dict[Flow, float]:
        """Return where each flow meets its segment, those from above uppermost."""
        free = {code: top for code, (top, _) in self.places.items()}
        tops = {}
        for flow in sorted(
            flows, key=lambda f: (order.index(f.before), order.index(f.after))
        ):
            code = getattr(flow, self.end)
            tops[flow] = free[code]
            free[code] += flow.count * scale
        return tops

    def drawn(
        self,
        names: Mapping[str, str],
        title: str,
        x: float,
        edge: float,
        letters: float,
    ) -> Markup:
        """Draw the segments with their names, which end or start at an edge."""
        anchor = "end" if self.end == "before" else "start"
        parts = [
            Markup(
                '<text class="side" x="{}" y="16" text-anchor="{}">{}</text>'
            ).format(f"{edge:.1f}", anchor, title)
        ]
        for code, (top, tall) in self.places.items():
            parts.append(
                Markup(
                    '<rect class="node" x="{}" y="{}" width="{}" height="{}"/>'
                    '<text x="{}" y="{}" text-anchor="{}">{} '
                    '<tspan class="count">{}</tspan></text>'
                ).format(
                    f"{x:.1f}",
                    f"{top:.1f}",
                    NODE,
                    f"{max(tall, 1):.1f}",
                    f"{edge:.1f}",
                    f"{top + tall / 2 + letters * 0.35:.1f}",
                    anchor,
                    names[code],
                    self.counts[code],
                )
            )
        return Markup("").join(parts)


def draw(
    flows: Sequence[Flow], names: Mapping[str, str], titles: tuple[str, str], label: str
) -> Markup:
    """Draw flows between two dates.

    Parameters
    ----------
    flows : sequence of Flow
    names : mapping of str to str
        Names of segments by code, from top to bottom.
    titles : (str, str)
        Heading of each side.
    label : str
        What a screen reader says.

    Returns
    -------
    markupsafe.Markup
        An SVG for each of `SIZES`; all words are escaped.
    """
    return Markup("\n").join(_drawn(flows, names, titles, label, s) for s in SIZES)


def _drawn(
    flows: Sequence[Flow],
    names: Mapping[str, str],
    titles: tuple[str, str],
    label: str,
    size: Size,
) -> Markup:
    order = list(names)
    scale = size.flows / max(sum(flow.count for flow in flows), 1)
    x = (size.margin, size.width - size.margin - NODE)
    sides = []
    for end in ("before", "after"):
        counts: dict[str, int] = {}
        for flow in flows:
            code = getattr(flow, end)
            counts[code] = counts.get(code, 0) + flow.count
        places = place([code for code in order if code in counts], counts, scale)
        sides.append(Side(end, counts, places))
    left, right = sides
    starts, stops = (side.tops(flows, order, scale) for side in sides)
    height = max(y + tall for side in sides for y, tall in side.places.values()) + LEAST
    ribbons = [
        Markup('<path class="{}" d="{}"><title>{}</title></path>').format(
            flow.kind,
            ribbon(
                x[0] + NODE,
                x[1],
                starts[flow],
                stops[flow],
                max(flow.count * scale, 0.6),
            ),
            flow.words,
        )
        # stays lie below what moves
        for flow in sorted(flows, key=lambda f: (f.kind != "stay", -f.count))
    ]
    return Markup(
        '<svg class="alluvial {}" viewBox="0 0 {} {}" font-size="{}" role="img" '
        'aria-label="{}">{}{}{}</svg>'
    ).format(
        size.name,
        size.width,
        f"{height:.0f}",
        size.letters,
        label,
        Markup("").join(ribbons),
        left.drawn(names, titles[0], x[0], x[0] - 7, size.letters),
        right.drawn(names, titles[1], x[1], x[1] + NODE + 7, size.letters),
    )

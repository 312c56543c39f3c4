"""An alluvial: who moved from where to where between two dates, drawn as SVG.

Vega-Lite has no such mark. It is drawn twice, for wide screens and for phones; the style
sheet shows one of the two. Colours come from the style sheet too.
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
        f"M{x:.1f} {y:.1f}C{mid:.1f} {y:.1f} {mid:.1f} {there:.1f} {end:.1f} {there:.1f}"
        f"V{there + thick:.1f}C{mid:.1f} {there + thick:.1f} {mid:.1f} "
        f"{y + thick:.1f} {x:.1f} {y + thick:.1f}Z"
    )


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
    sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for flow in flows:
        for side, code in zip(sides, (flow.before, flow.after), strict=True):
            side[code] = side.get(code, 0) + flow.count
    scale = size.flows / max(sum(flow.count for flow in flows), 1)
    order = list(names)
    placed = [place([c for c in order if c in side], side, scale) for side in sides]
    height = max(y + h for nodes in placed for y, h in nodes.values()) + LEAST
    x = (size.margin, size.width - size.margin - NODE)
    ends: dict[tuple[Flow, int], float] = {}
    for side, nodes in enumerate(placed):
        tops = {code: top for code, (top, _) in nodes.items()}
        for flow in sorted(
            flows, key=lambda f: (order.index(f.before), order.index(f.after))
        ):
            code = (flow.before, flow.after)[side]
            ends[flow, side] = tops[code]
            tops[code] += flow.count * scale
    parts = [
        Markup('<path class="{}" d="{}"><title>{}</title></path>').format(
            flow.kind,
            ribbon(
                x[0] + NODE,
                x[1],
                ends[flow, 0],
                ends[flow, 1],
                max(flow.count * scale, 0.6),
            ),
            flow.words,
        )
        # stays lie below what moves
        for flow in sorted(flows, key=lambda f: (f.kind != "stay", -f.count))
    ]
    for side, nodes in enumerate(placed):
        anchor, edge = (("end", x[0] - 7), ("start", x[1] + NODE + 7))[side]
        parts.append(
            Markup('<text class="side" x="{}" y="16" text-anchor="{}">{}</text>').format(
                f"{x[side] + NODE * (1 - side):.1f}", ("end", "start")[side], titles[side]
            )
        )
        for code, (top, tall) in nodes.items():
            parts.append(
                Markup(
                    '<rect class="node" x="{}" y="{}" width="{}" height="{}"/>'
                    '<text x="{}" y="{}" text-anchor="{}">{} '
                    '<tspan class="count">{}</tspan></text>'
                ).format(
                    f"{x[side]:.1f}",
                    f"{top:.1f}",
                    NODE,
                    f"{max(tall, 1):.1f}",
                    f"{edge:.1f}",
                    f"{top + tall / 2 + size.letters * 0.35:.1f}",
                    anchor,
                    names[code],
                    sides[side][code],
                )
            )
    return Markup(
        '<svg class="alluvial {}" viewBox="0 0 {} {}" font-size="{}" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(
        size.name,
        size.width,
        f"{height:.0f}",
        size.letters,
        label,
        Markup("").join(parts),
    )

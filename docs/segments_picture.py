"""Draw the RFM segments of a built database as an SVG: `make picture`."""

import sys
from pathlib import Path

import duckdb

ROW, LEFT, WIDTH, TOP = 30, 150, 300, 64
GREY, INK, FAINT = "#c9ced6", "#1f2933", "#6b7683"

SEGMENTS = """
    select segment_name, customer_share, net_amount_share, avg_churn_probability
    from marts.rpt_segment_overview
    where dimension = 'rfm'
    order by segment_order
"""


def risk_colour(probability):
    """Blend from green (stays) to red (leaves)."""
    if probability is None:
        return GREY
    stay, leave = (46, 139, 108), (201, 76, 60)
    parts = (round(s + (e - s) * probability) for s, e in zip(stay, leave, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def text(x, y, words, colour=INK, size=13, anchor="start"):
    """Write one line of text."""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" '
        f'text-anchor="{anchor}">{words}</text>'
    )


def picture(segments):
    """Lay out one row per segment: share of customers, of revenue, churn risk."""
    scale = WIDTH / max(max(row[1], row[2]) for row in segments)
    height, end = TOP + ROW * len(segments) + 16, LEFT + WIDTH + 150
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {end} {height}" '
        'font-family="system-ui, sans-serif" role="img" '
        'aria-label="Customers, revenue and churn risk per segment">',
        f'<rect width="{end}" height="{height}" fill="#ffffff"/>',
        text(16, 28, "Who they are, what they are worth, who is leaving", size=16),
        text(16, 48, "grey: share of customers · colour: share of revenue", FAINT, 12),
        text(end - 16, 48, "churn risk", FAINT, 12, "end"),
    ]
    for number, (name, customers, revenue, churn) in enumerate(segments):
        y = TOP + ROW * number
        svg += [
            text(16, y + 17, name),
            f'<rect x="{LEFT}" y="{y + 3}" width="{customers * scale:.1f}" height="9" '
            f'fill="{GREY}"/>',
            f'<rect x="{LEFT}" y="{y + 13}" width="{revenue * scale:.1f}" height="9" '
            f'fill="{risk_colour(churn)}"/>',
            text(
                LEFT + max(customers, revenue) * scale + 8,
                y + 17,
                f"{customers:.0%} · {revenue:.0%}",
                FAINT,
                12,
            ),
            text(
                end - 16,
                y + 17,
                "–" if churn is None else f"{churn:.0%}",
                risk_colour(churn),
                13,
                "end",
            ),
        ]
    return "\n".join([*svg, "</svg>", ""])


if __name__ == "__main__":
    database, target = sys.argv[1:]
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute(SEGMENTS).fetchall()
    Path(target).write_text(picture(rows), encoding="utf-8")

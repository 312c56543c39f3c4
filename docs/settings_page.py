"""Write the tables of docs/settings.md from settings.sql: `make settings`."""

from pathlib import Path

import yaml
from jinja2 import Environment

ROOT = Path(__file__).parents[1]
MACROS = ROOT / "macros/settings/settings.sql"
PAGE = ROOT / "docs/settings.md"
BEGIN, END = "<!-- made by `make settings`: begin -->", "<!-- end -->"


def macros():
    """Return the macros that call nothing of dbt, as Python functions."""
    return Environment().from_string(MACROS.read_text()).module


def settings():
    """Return every setting by section and name, as settings_text has them."""
    return yaml.safe_load(macros().settings_text())


def default_in_words(value):
    """Write a default as it stands in YAML; a dash for none."""
    if not value and not isinstance(value, int):
        return "–"
    if isinstance(value, dict):
        return f"{len(value)} features"
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value}`"


def tables():
    """Write one table per section, in Markdown."""
    form = macros().setting_form
    lines = []
    for section, entries in settings().items():
        lines += [
            f"## {section}",
            "",
            "| setting | default | must be | meaning |",
            "|---|---|---|---|",
        ]
        for name, known in entries.items():
            cells = [
                f"`{name}`",
                default_in_words(known["default"]),
                form(known),
                known["sentence"],
            ]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def page():
    """Return the page with its tables written anew; the rest stays as it is."""
    before, rest = PAGE.read_text().split(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(page())

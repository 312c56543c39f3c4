"""The report as one HTML page: words, charts and the script that draws them.

The page asks for nothing. A policy of its own (Content-Security-Policy) lets no script
run but the two it carries, which it names by their hash, and lets nothing be fetched.
"""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from segmentation.report.actions import inputs, personas, priorities
from segmentation.report.charts import CONFIG
from segmentation.report.figures import day
from segmentation.report.findings import findings
from segmentation.report.health import models
from segmentation.report.movement import movement
from segmentation.report.outlook import cohorts, value
from segmentation.report.parts import Contents
from segmentation.report.segments import segments
from segmentation.report.wording import DEFINITIONS
from segmentation.writing import plain

SECTIONS = (segments, movement, cohorts, value, models, priorities, personas, inputs)
COUNTED = ("No", "One", "Two", "Three", "Four", "Five")


@cache
def library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, from vl-convert."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def environment() -> Environment:
    """Return the environment of the page: every word is escaped."""
    return Environment(
        loader=PackageLoader("segmentation.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fingerprint(script: str) -> str:
    """Return the hash by which a policy names a script."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def write(contents: Contents) -> str:
    """Write the report.

    Parameters
    ----------
    contents : Contents

    Returns
    -------
    str
        A whole HTML page. Equal contents give an equal page.
    """
    env = environment()
    found = tuple(section(contents) for section in SECTIONS)
    told = findings(contents)
    body = env.get_template("body.html.jinja").render(
        about=about(contents),
        findings=told,
        counted_findings=f"{COUNTED[len(told)]} thing{'s' if len(told) > 1 else ''}",
        sections=found,
        count_buyers=len(contents["value"])
        and int(contents["value"]["count_customers"].iloc[0]),
    )
    script = _text("report.js")
    return env.get_template("report.html.jinja").render(
        body=Markup(body),  # escaped as it was rendered
        style=_text("report.css"),
        policy=Markup(" ".join(fingerprint(each) for each in (library(), script))),
        library=library(),
        script=script,
        specs={f.key: f.spec for section in found for f in section.figures if f.spec},
        config=CONFIG,
        definitions=definitions(contents, body),
        currency=contents.currency,
    )


def definitions(contents: Contents, body: str) -> list[dict[str, str]]:
    """Return what the numbers on the page mean: mart, column, name and text of each."""
    known = DEFINITIONS | contents.definitions
    return [
        {
            "mart": name.partition(".")[0],
            "column": name.partition(".")[2],
            "name": name,
            "text": known[name],
        }
        for name in sorted(set(re.findall(r'data-def="([^"]+)"', body)))
        if name in known
    ]


def _text(name: str) -> str:
    """Return a file that goes into the page as it is."""
    return files("segmentation.report").joinpath("templates", name).read_text("utf-8")


def about(contents: Contents) -> dict[str, Any]:
    """Return what the page says about itself."""
    row = {name: plain(each) for name, each in contents.publication.items()}
    published = contents.publication.get("published_at")
    return {
        "data_through": day(row.get("data_through"), "publication.data_through"),
        "run_id": row.get("run_id") or "–",
        "code_version": row.get("code_version") or "–",
        "published_at": f"{published:%d %B %Y, %H:%M} UTC"
        if row.get("published_at")
        else "–",
    }

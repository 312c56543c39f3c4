"""The Jinja environment that cards are written in."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from segmentation.cards.wording import FILTERS


@cache
def environment() -> Environment:
    """Return the environment of the templates; what they are not given is an error."""
    made = Environment(
        loader=PackageLoader("segmentation.cards"),
        undefined=StrictUndefined,
        autoescape=False,  # it is Markdown; the filters `text` and `code` escape
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(FILTERS)
    return made

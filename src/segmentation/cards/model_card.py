"""Model cards: one page of Markdown per fit.

References
----------
Mitchell et al. (2019), Model Cards for Model Reporting, FAT* '19.
"""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from segmentation.cards.facts import MOST_SHOWN, SMALL, Facts
from segmentation.cards.limits import limits
from segmentation.cards.wording import GROUPINGS
from segmentation.frames import conform, sorted_by_key
from segmentation.learning.groups import LEAST_CUSTOMERS
from segmentation.writing import environment, interval

CARDS_SCHEMA = pa.schema(
    [
        ("fit_id", pa.string()),
        ("target", pa.string()),
        ("fit_number", pa.int64()),
        ("card", pa.string()),
    ]
)


def render(fit: Mapping[str, Any] | pd.Series) -> str:
    """Write the card of a fit.

    Every figure on it is one of the fit's; the same fit gives the same card.

    Parameters
    ----------
    fit : mapping or Series
        A row of `learning.fit_rows.FITS_SCHEMA`; what is missing is not shown.

    Returns
    -------
    str
        Markdown.
    """
    facts = Facts.of(fit)
    template = environment("segmentation.cards").get_template("model_card.md.jinja")
    page = template.render(
        facts=facts,
        fit=facts.fit,
        limits=limits(facts),
        interval=interval,
        groupings=GROUPINGS,
        least_customers=LEAST_CUSTOMERS,
        most_shown=MOST_SHOWN,
        small=SMALL,
    )
    return re.sub(r"\n{3,}", "\n\n", page)


def cards_table(fits: pd.DataFrame) -> pa.Table:
    """Write the cards of fits.

    Parameters
    ----------
    fits : DataFrame
        `learning.fit_rows.FITS_SCHEMA`, in any order.

    Returns
    -------
    pyarrow.Table
        `CARDS_SCHEMA`; one row per fit, by target and number.
    """
    if fits.empty:
        return CARDS_SCHEMA.empty_table()
    ordered = sorted_by_key(fits, "target", "fit_number", "fit_id")
    cards = [render(row) for row in ordered.to_dict("records")]
    return conform(ordered.assign(card=cards), CARDS_SCHEMA)

"""What a page is made of: sections of figures, each with its data as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup

from segmentation.report.figures import Number, amount, known, ranged
from segmentation.writing import MISSING

Words = str | Markup
Cell = str | Markup | Number | None


@dataclass(frozen=True)
class Table:
    """A table of figures.

    Attributes
    ----------
    caption : str
    columns : tuple of (str, str)
        Heading, and the column of a mart that it shows, or an empty text.
    rows : tuple of tuple
        One cell for each column; the first names the row.
    """

    caption: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Figure:
    """A chart or a table, told in words as well.

    Attributes
    ----------
    key : str
        Name on the page.
    title : str
    summary : str or Markup
        What there is to see, for who does not see it.
    table : Table
        All that the chart shows.
    spec : dict or None
        Chart, as Vega-Lite.
    drawing : Markup
        Chart, as SVG of our own.
    is_half : bool
        Whether two stand side by side where there is room.
    is_open : bool
        Whether the table is shown at once.
    mart : str
        Where the data come from.
    """

    key: str
    title: str
    summary: Words
    table: Table
    mart: str
    spec: dict[str, Any] | None = None
    drawing: Markup | None = None
    is_half: bool = False
    is_open: bool = False

    @property
    def shows_table(self) -> bool:
        """Whether the table is shown at once, because it is to or is all there is."""
        return self.is_open or (self.spec is None and not self.drawing)


@dataclass(frozen=True)
class Card:
    """A segment in words: headings, and the sentences under each."""

    key: str
    title: str
    note: Words
    parts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Section:
    """A part of the page with one question.

    Attributes
    ----------
    key, title : str
    question : str
        What it answers.
    figures : tuple of Figure
    cards : tuple of (str, tuple of Card)
        Cards by group.
    empty : str
        What it says where there are no figures and no cards.
    """

    key: str
    title: str
    question: str
    figures: tuple[Figure, ...] = ()
    cards: tuple[tuple[str, tuple[Card, ...]], ...] = ()
    empty: str = ""


@dataclass(frozen=True)
class Finding:
    """Something a manager should know.

    Attributes
    ----------
    title : str
    sentence : Markup
    mart : str
        Where it can be looked up.
    section : str
        Key of the section that shows more.
    """

    title: str
    sentence: Markup
    mart: str
    section: str


@dataclass(frozen=True)
class Contents:
    """What was read from the published file.

    Attributes
    ----------
    frames : dict of str to DataFrame
        One for each query.
    publication : dict
        What was published: run, day, code.
    definitions : dict of str to str
        What a column means, by `mart.column`.
    currency : str
        Reporting currency, where the file says it.
    """

    frames: dict[str, pd.DataFrame]
    publication: dict[str, Any]
    definitions: dict[str, str] = field(default_factory=dict)
    currency: str = ""

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return the rows of a query."""
        return self.frames[name]

    def of(self, name: str, dimension: str) -> pd.DataFrame:
        """Return the rows of a query that are about one way of segmenting."""
        frame = self.frames[name]
        return frame[frame["dimension"] == dimension]

    def names(self, dimension: str) -> dict[str, str]:
        """Return the names of segments by code, in their order."""
        found = self.of("segments", dimension)
        return dict(zip(found["segment_code"], found["segment_name"], strict=True))

    def money(self, value: Any, source: str, key: str = "") -> Number:
        """Write an amount with the reporting currency."""
        return amount(value, source, key, self.currency)


@dataclass(frozen=True)
class Column:
    """A column of a table, and how it is written.

    Attributes
    ----------
    heading : str
    name : str
        Column of the mart.
    write : callable or None
        Of the functions in `figures`; words where there is none.
    ends : tuple of str
        Columns of the interval, if there is one.
    of, of_ends : str
        What defines the column and its interval, where that is not their own names.
    """

    heading: str
    name: str
    write: Callable[..., Number] | None = None
    ends: tuple[str, ...] = ()
    of: str = ""
    of_ends: str = ""


def tabulate(
    caption: str,
    frame: pd.DataFrame,
    mart: str,
    columns: Sequence[Column],
    key: str = "",
) -> Table:
    """Return rows of a mart as a table.

    Parameters
    ----------
    caption : str
    frame : DataFrame
    mart : str
        Whose columns these are.
    columns : sequence of Column
    key : str
        Column that names a row; its numbers are then `<row>:<column>` on the page.
    """

    def cell(row: dict[str, Any], column: Column) -> Cell:
        value, source = row[column.name], f"{mart}.{column.of or column.name}"
        if column.write is None:
            return text(value)
        shown = column.write(value, source, f"{row[key]}:{column.name}" if key else "")
        if not column.ends:
            return shown
        lower, upper = (
            column.write(row[end], f"{mart}.{column.of_ends or end}")
            for end in column.ends
        )
        return ranged(shown, lower, upper)

    return Table(
        caption,
        tuple((c.heading, f"{mart}.{c.of or c.name}") for c in columns),
        tuple(
            tuple(cell(row, column) for column in columns)
            for row in frame.to_dict("records")
        ),
    )


def ends_of(name: str) -> tuple[str, str]:
    """Return the columns of the interval of a column, as most marts call them."""
    return f"{name}_lower", f"{name}_upper"


def text(value: Any) -> str:
    """Write words; a dash where there are none."""
    found = known(value)
    return MISSING if found is None else str(found)

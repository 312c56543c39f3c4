"""What a mart says of itself, so that it may leave the house (`config.meta.shared`)."""

from dataclasses import dataclass, field
from typing import Any

BEFORE = " before"  # "segment before": what people were in at the date before
NEWCOMERS = "newcomers"  # people who came from a date on: the same in every table


class NotShareable(ValueError):
    """What a mart says of itself cannot be followed."""


@dataclass(frozen=True)
class Count:
    """A column that counts people.

    Attributes
    ----------
    by : dict of str to str
        Columns that say whom it counts, and what each means. Columns of several marts
        that mean the same carry the same word; so sums over one mart are compared with
        figures of another. A word that ends with " before" is meant at the date before.
    of : str or None
        Column that counts the people whom these are part of.
    at : str or None
        Column that says which part: for instance the month in which they bought.
    """

    by: dict[str, str]
    of: str | None = None
    at: str | None = None


@dataclass(frozen=True)
class Shared:
    """A mart of aggregates that may leave the house.

    Attributes
    ----------
    name : str
    counts : dict of str to Count
        Columns that count people.
    date, dimension : str or None
        Columns that part the mart: people are counted once in each of their values.
    labels : tuple of str
        Other columns that say nothing about the people, only about the row.
    measures : tuple of str
        Columns that are hidden with any count of their row.
    shares : tuple of str
        Columns with the share in a total: hidden where any count of that total is.
    newcomers : dict of str to str
        Column and value by which the mart names people who were not there at the date
        before.
    left_out : tuple of str
        Dimensions whose rows are not shared.
    weight : float
        What it costs to hide a row, against a row of another mart.
    """

    name: str
    counts: dict[str, Count]
    date: str | None = None
    dimension: str | None = None
    labels: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    newcomers: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    weight: float = 1.0

    @property
    def within(self) -> list[str]:
        """The columns that part the mart."""
        return [name for name in (self.date, self.dimension) if name]

    @property
    def columns(self) -> list[str]:
        """All columns that are shared, those that say what a row is about first."""
        said = [
            *self.within,
            *(name for count in self.counts.values() for name in count.by),
            *(count.at for count in self.counts.values() if count.at),
            *self.labels,
            *self.counts,
            *self.measures,
            *self.shares,
        ]
        return list(dict.fromkeys(said))


def declared(name: str, said: dict[str, Any]) -> Shared:
    """Read what a mart says of itself.

    Parameters
    ----------
    name : str
        The mart.
    said : dict
        `counts`, and any of the other attributes of `Shared`, by their names.

    Returns
    -------
    Shared

    Raises
    ------
    NotShareable
        If a word is not known, or a count is part of none.
    """
    try:
        counts = {column: Count(**how) for column, how in said["counts"].items()}
        rest: dict[str, Any] = {
            word: tuple(value) if isinstance(value, list) else value
            for word, value in said.items()
            if word != "counts"
        }
        found = Shared(name, counts, **rest)
    except (KeyError, TypeError, AttributeError) as error:
        raise NotShareable(f"config.meta.shared of {name}: {error}.") from error
    for column, count in counts.items():
        if count.of is not None and counts.get(count.of) is None:
            raise NotShareable(
                f"config.meta.shared of {name}: {column} is part of {count.of}, which "
                "is not among its counts."
            )
    return found

"""Names suggested for clusters: what sets each apart from everyone, in words."""

import pandas as pd

SLIGHT, CLEAR, STRONG = 0.2, 0.4, 1.5
"""Standard deviations from the mean of all: enough to keep a word, to choose it, and
to say "very"."""

HARDLY, FURTHER, MUCH_FURTHER = 1.1, 1.25, 2.0
"""Times the figure of all, or its inverse: enough to keep a word, to choose it, and to
say "very"."""

FEWEST_WORDS, MOST_WORDS = 2, 3
VERY = "very "
NOTHING_SPECIAL = "Typical"


def words(
    centres: pd.DataFrame, contrasts: pd.DataFrame, at_least: float = CLEAR
) -> list[str]:
    """Say what sets a cluster apart, the clearest first.

    Parameters
    ----------
    centres : DataFrame
        Of one cluster: `feature`, `category`, `deviation`, in standard deviations
        from the mean of all customers, and `typical_value` and `typical_of_all`, in
        the unit of the feature. A word must be true of those too.
    contrasts : DataFrame
        `feature`, `high_words`, `low_words`: what is said of a cluster above the mean,
        and of one below. Nothing is said of a feature that is not there.
    at_least : float
        What deviates less is not worth a word.

    Returns
    -------
    list of str
    """
    high, low = (
        dict(zip(contrasts["feature"], contrasts[name], strict=True))
        for name in ("high_words", "low_words")
    )
    names = ("feature", "category", "deviation", "typical_value", "typical_of_all")
    rows = zip(*(centres[name] for name in names), strict=True)
    clear = [row for row in rows if abs(row[2]) >= at_least]
    times = FURTHER if at_least >= CLEAR else HARDLY
    found = []
    for feature, category, deviation, here, of_all in sorted(
        clear, key=lambda row: -abs(row[2])
    ):
        if not pd.isna(category):
            share = "mostly" if here > 0.5 else "often"
            found += [f"{share} {category}"] if deviation > 0 else []
            continue
        word = (high if deviation > 0 else low).get(feature)
        if (
            word is None
            or pd.isna(word)
            or not _is_further(here, of_all, deviation > 0, times)
        ):
            continue
        is_very = abs(deviation) >= STRONG and _is_further(
            here, of_all, deviation > 0, MUCH_FURTHER
        )
        found.append(f"{VERY}{word}" if is_very else word)
    return list(dict.fromkeys(found))


def _is_further(here: float, of_all: float, above: bool, times: float) -> bool:
    """Say whether a figure lies on its side of all's, so many times as far from 0."""
    if not above:
        here, of_all = of_all, here
    return here > of_all and here >= of_all * times


def suggest(
    centres: pd.DataFrame, contrasts: pd.DataFrame, before: dict[int, str]
) -> dict[int, str]:
    """Suggest a name for each cluster, no name twice.

    Parameters
    ----------
    centres : DataFrame
        `cluster_id` and what `words` asks for.
    contrasts : DataFrame
        As in `words`.
    before : dict of int to str
        The names that clusters had. One is kept while all that it says is still true.

    Returns
    -------
    dict of int to str
    """
    said = {
        int(cluster_id): [
            words(rows, contrasts, at_least) for at_least in (CLEAR, SLIGHT)
        ]
        for cluster_id, rows in centres.groupby("cluster_id")
    }
    names = {
        cluster_id: before[cluster_id]
        for cluster_id, (clear, slight) in said.items()
        if cluster_id in before and _holds(before[cluster_id], clear, slight)
    }
    for cluster_id in sorted(set(said) - set(names)):
        clear, slight = said[cluster_id]
        shorter = (
            clear[:MOST_WORDS] if len(clear) >= FEWEST_WORDS else slight[:FEWEST_WORDS]
        )
        longer = slight[: MOST_WORDS + 2]
        tried = [_named(shorter), _named(longer), f"{_named(shorter)} ({cluster_id})"]
        names[cluster_id] = next(n for n in tried if n not in names.values())
    return names


def _named(found: list[str]) -> str:
    name = ", ".join(found) or NOTHING_SPECIAL
    return name[:1].upper() + name[1:]


def _holds(name: str, clear: list[str], slight: list[str]) -> bool:
    if name.startswith(NOTHING_SPECIAL):
        return not clear
    true = {word.removeprefix(VERY).lower() for word in slight}
    told = name.split(" (")[0].lower().split(", ")
    return all(word.removeprefix(VERY) in true for word in told)

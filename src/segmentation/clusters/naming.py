"""Names suggested for clusters: what sets each apart from everyone, in words."""

import pandas as pd

CLEAR, STRONG = 0.5, 1.5
"""Standard deviations from the mean of all that are worth a word, or a "very" too."""

MOST_WORDS = 3
VERY = "very "
NOTHING_SPECIAL = "Typical"


def words(centres: pd.DataFrame, contrasts: pd.DataFrame) -> list[str]:
    """Say what sets a cluster apart, the clearest first.

    Parameters
    ----------
    centres : DataFrame
        Of one cluster: `feature`, `category` and `deviation`, in standard deviations
        from the mean of all customers.
    contrasts : DataFrame
        `feature`, `high_words`, `low_words`: what is said of a cluster above the mean,
        and of one below. Nothing is said of a feature that is not there.

    Returns
    -------
    list of str
    """
    told = contrasts.set_index("feature")[["high_words", "low_words"]].T.to_dict()
    clear = centres[centres["deviation"].abs() >= CLEAR]
    order = clear["deviation"].abs().sort_values(ascending=False, kind="stable").index
    found = []
    for row in clear.loc[order].itertuples():
        is_high = row.deviation > 0
        if not pd.isna(row.category):
            word = f"mostly {row.category}" if is_high else None
        else:
            side = "high_words" if is_high else "low_words"
            word = told.get(row.feature, {}).get(side)
        if word is None or pd.isna(word):
            continue
        is_strong = abs(row.deviation) >= STRONG and pd.isna(row.category)
        found.append(f"{VERY}{word}" if is_strong else word)
    return list(dict.fromkeys(found))


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
        int(cluster_id): words(rows, contrasts)
        for cluster_id, rows in centres.groupby("cluster_id")
    }
    names = {
        cluster_id: before[cluster_id]
        for cluster_id, found in said.items()
        if cluster_id in before and _holds(before[cluster_id], found)
    }
    for cluster_id in sorted(set(said) - set(names)):
        name = _named(said[cluster_id][:MOST_WORDS])
        if name in names.values():
            name = _named(said[cluster_id][: MOST_WORDS + 2])
        if name in names.values():
            name = f"{name} ({cluster_id})"
        names[cluster_id] = name
    return names


def _named(found: list[str]) -> str:
    name = ", ".join(found) or NOTHING_SPECIAL
    return name[:1].upper() + name[1:]


def _holds(name: str, found: list[str]) -> bool:
    if name.startswith(NOTHING_SPECIAL):
        return not found
    held = {word.removeprefix(VERY) for word in found}
    told = name.split(" (")[0].lower().split(", ")
    return all(word.removeprefix(VERY) in held for word in told)

"""Who serves: the best candidate that is clearly better than the strongest baseline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from segmentation.evidence.bootstrap import interval


@dataclass(frozen=True)
class Lead:
    """By how much one candidate is better than another where both were judged.

    Attributes
    ----------
    difference, lower, upper : float
        Mean over origins, with its paired 95 % interval; NaN if no origin has both.
    count_origins, count_ahead : int
        Of the origins that have both, and of those where the first is better.
    """

    difference: float
    lower: float
    upper: float
    count_origins: int = 1
    count_ahead: int = 1

    @classmethod
    def over(
        cls,
        ahead: Sequence[float] | Sequence[np.ndarray],
        drawn: Sequence[np.ndarray],
    ) -> Self:
        """Take by how much one is better at each origin, and in its resamples."""
        if not len(ahead):
            return cls(np.nan, np.nan, np.nan, 0, 0)
        bounds = interval(np.mean(drawn, axis=0))
        count_ahead = sum(by > 0 for by in ahead)
        return cls(float(np.mean(ahead)), *bounds, len(ahead), int(count_ahead))

    @property
    def is_clear(self) -> bool:
        """Whether the interval lies above 0, and most origins agree.

        The interval is over customers: it knows nothing of how origins differ.
        """
        return self.lower > 0 and 2 * self.count_ahead > self.count_origins

    def __str__(self) -> str:
        values = np.array([self.difference, self.lower, self.upper])
        largest = np.abs(values[np.isfinite(values)]).max(initial=0.0)
        # two digits of the widest, and no more than six decimals
        decimals = 1 - int(np.floor(np.log10(largest))) if largest > 0 else 3
        decimals = min(max(decimals, 0), 6)
        # adding 0 makes a -0 a 0
        difference, lower, upper = (
            f"{value:.{decimals}f}" for value in np.round(values, decimals) + 0.0
        )
        return f"{difference} [{lower}, {upper}]"


@dataclass(frozen=True)
class Decision:
    """Who serves, and why.

    Attributes
    ----------
    champion, best_baseline : str
    reason : str
        In plain words, with the figures.
    beats_baseline : dict
        Candidate to bool.
    verdicts : dict
        Candidate to a few plain words.
    """

    champion: str
    best_baseline: str
    reason: str
    beats_baseline: dict[str, bool]
    verdicts: dict[str, str]


def _choose(
    contenders: list[str],
    best: str,
    incumbent: str | None,
    lead: Callable[[str, str], Lead],
    criterion: str,
) -> tuple[str, dict[str, str]]:
    """Return who serves of those that beat the baseline, and the verdicts."""
    if incumbent == best:
        return best, {best: f"keeps serving: best {criterion}"}
    if incumbent not in contenders:
        return best, {best: f"serves: best {criterion}"}
    by = lead(best, incumbent)
    if by.is_clear:
        return best, {
            best: f"serves: clearly better than {incumbent} in {criterion}, by {by}",
            incumbent: f"replaced by {best}, which is clearly better, by {by}",
        }
    return incumbent, {
        incumbent: f"keeps serving: the lead of {best} in {criterion}, {by}, "
        "is not clear",
        best: f"best {criterion}, but its lead over {incumbent}, {by}, is not clear",
    }


def decide(
    scores: dict[str, float],
    baselines: set[str],
    lead: Callable[[str, str], Lead],
    *,
    criterion: str,
    in_rank: Callable[[str, str], Lead] | None = None,
    incumbent: str | None = None,
    off_level: set[str] | frozenset[str] = frozenset(),
) -> Decision:
    """Decide who serves.

    The best of the candidates that are clearly better than the strongest baseline;
    without one, that baseline. A lead that is not clear is enough for a candidate which
    ranks customers clearly better. A candidate that served until now and still beats
    the baseline is replaced only by one that is clearly better than itself.

    Parameters
    ----------
    scores : dict
        Candidate to its mean of the deciding metric, for the words; NaN where it is
        undefined. Of equals, the first is better.
    baselines : set of str
    lead : callable
        Takes two candidates; returns the Lead of the first over the second.
    criterion : str
        What the scores are, in words.
    in_rank : callable, optional
        As `lead`, of how well customers are ranked. A baseline that ranks nobody, as a
        constant does, is behind nobody.
    incumbent : str, optional
        The candidate that served until now.
    off_level : set of str
        Candidates that promise far too much, or far too little, at every origin: they
        do not serve, and need not be beaten.

    Returns
    -------
    Decision

    Raises
    ------
    ValueError
        If there is no baseline.
    """
    naive = [name for name in scores if name in baselines]
    learned = [name for name in scores if name not in baselines]
    if not naive:
        raise ValueError("there is no baseline to judge against")
    baseline = _best([name for name in naive if name not in off_level] or naive, lead)
    over = {name: lead(name, baseline) for name in learned}
    ranked = {
        name: by
        for name in learned
        if in_rank
        and not over[name].is_clear
        and over[name].difference > 0
        and (by := in_rank(name, baseline)).is_clear
    }
    ahead = [name for name in learned if over[name].is_clear or name in ranked]
    contenders = [name for name in ahead if name not in off_level]
    figures = {
        name: "undefined" if np.isnan(score) else f"{score:.3f}"
        for name, score in scores.items()
    }
    if contenders:
        best = _best(contenders, lead)
        champion, said = _choose(contenders, best, incumbent, lead, criterion)
        said[baseline] = "strongest baseline"
        reason = (
            f"{champion} {said[champion]} ({figures[champion]}; the strongest "
            f"baseline, {baseline}, {figures[baseline]}, is behind by {over[champion]}"
            + (f", and in rank by {ranked[champion]}" if champion in ranked else "")
            + ")"
        )
    else:
        champion = baseline
        said = {champion: "serves: no candidate is clearly better than the baseline"}
        judged = [name for name in learned if not np.isnan(over[name].difference)]
        beside = ""
        if judged:
            best = _best(judged, lead)
            beside = (
                f"; the best candidate, {best}, {figures[best]}, leads by {over[best]}"
            )
        reason = (
            f"{champion} serves: a baseline; no candidate is clearly better in "
            f"{criterion} ({figures[champion]}{beside})"
        )

    def verdict(name: str) -> str:
        if name in said:
            return said[name]
        if name in off_level:
            return "its level is far off at every origin"
        if name in baselines:
            return "baseline"
        if np.isnan(over[name].difference):
            return f"{criterion} is undefined"
        if name in contenders:
            return "beats the baseline, but is not the best"
        if name == incumbent:
            return "served until now, but is not clearly better than the baseline"
        return "is not clearly better than the baseline"

    return Decision(
        champion,
        baseline,
        reason,
        {name: name in contenders for name in scores},
        {name: verdict(name) for name in scores},
    )


def criterion_in_words(metric: str, count_origins: int) -> str:
    """Say what candidates are compared by."""
    words = metric.replace("_", " ")
    return words if count_origins < 2 else f"mean {words} over {count_origins} origins"


def _best(names: list[str], lead: Callable[[str, str], Lead]) -> str:
    """Return the candidate that is ahead of the others, the first of equals.

    Each is compared where both were judged: who was judged at fewer origins is neither
    favoured nor left out.
    """
    best = names[0]
    for name in names[1:]:
        by = lead(name, best).difference
        # a score that is undefined is worse than any
        if by > 0 or (np.isnan(by) and np.isnan(lead(best, best).difference)):
            best = name
    return best

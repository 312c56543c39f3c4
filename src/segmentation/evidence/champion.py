"""Who serves: the best candidate that beats the strongest baseline, if any does."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Lead:
    """By how much one candidate is better than another, with a 95 % interval."""

    difference: float
    lower: float
    upper: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval lies above 0."""
        return self.lower > 0

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
    is_higher_better: bool,
    criterion: str,
    incumbent: str | None = None,
    unjudged: set[str] | frozenset[str] = frozenset(),
) -> Decision:
    """Decide who serves.

    The best candidate that beats the strongest baseline; without one, that baseline. A
    candidate that served until now and still beats the baseline is replaced only by one
    that is clearly better.

    Parameters
    ----------
    scores : dict
        Candidate to its mean of the deciding metric; NaN is worse than any number. Of
        equals, the first is better.
    baselines : set of str
    lead : callable
        Takes two candidates; returns the Lead of the first over the second.
    is_higher_better : bool
    criterion : str
        What the scores are, in words.
    incumbent : str, optional
        The candidate that served until now.
    unjudged : set of str
        Candidates that were not judged at every origin: they do not count.

    Returns
    -------
    Decision

    Raises
    ------
    ValueError
        If no baseline counts.
    """
    sign = 1 if is_higher_better else -1
    worth = {
        name: -np.inf if np.isnan(score) else sign * score
        for name, score in scores.items()
    }
    judged = [name for name in scores if name not in unjudged]
    learned = [name for name in judged if name not in baselines]
    if len(learned) == len(judged):
        raise ValueError("no baseline was judged at every origin")
    baseline = max((n for n in judged if n in baselines), key=worth.__getitem__)
    contenders = [name for name in learned if worth[name] > worth[baseline]]
    best = max(learned, key=worth.__getitem__, default=None)
    figures = {
        name: "undefined" if np.isnan(score) else f"{score:.3f}"
        for name, score in scores.items()
    }
    if contenders and best is not None:
        champion, said = _choose(contenders, best, incumbent, lead, criterion)
        said[baseline] = "strongest baseline"
        reason = (
            f"{champion} {said[champion]} ({figures[champion]}; "
            f"the strongest baseline, {baseline}, {figures[baseline]})"
        )
    else:
        champion, said = baseline, {baseline: "serves: a baseline that nothing beats"}
        beside = f"; the best candidate, {best}, {figures[best]}" if best else ""
        reason = (
            f"{baseline} serves: a baseline; no candidate beats its {criterion} "
            f"({figures[baseline]}{beside})"
        )

    def verdict(name: str) -> str:
        if name in unjudged:
            return "not judged at every origin"
        if name in said:
            return said[name]
        if name in baselines:
            return "baseline"
        if np.isnan(scores[name]):
            return f"{criterion} is undefined"
        if name in contenders:
            return "beats the baseline, but is not the best"
        if name == incumbent:
            return "served until now, but does not beat the baseline"
        return "does not beat the baseline"

    return Decision(
        champion,
        baseline,
        reason,
        {name: name in contenders for name in scores},
        {name: verdict(name) for name in scores},
    )

"""Judge candidates for the next category by the chance they gave to what came."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation.evidence.bootstrap import interval, resamples
from segmentation.evidence.champion import Lead, criterion_in_words, decide
from segmentation.evidence.judgement import SCORECARD_SCHEMA
from segmentation.evidence.metrics import ratio
from segmentation.predictions.tastes import (
    BASELINES,
    CANDIDATES,
    LEAST_PROBABILITY,
    Tastes,
    Weights,
    parts,
)

DECIDING = "log_loss"
IS_HIGHER_BETTER = {
    "top_1_hit_rate": True,
    "top_1_probability": None,  # what was promised of the hit rate
    "top_3_hit_rate": True,
    "mean_reciprocal_rank": True,
    "log_loss": False,
}


def measure(name: str, tastes: Tastes, weights: Weights) -> np.ndarray:
    """Measure a candidate customer by customer, on what was bought next.

    Returns
    -------
    ndarray, shape (n, m)
        One column per metric of `IS_HIGHER_BETTER`: their means are the metrics. Of
        equally likely categories, the first in the alphabet ranks first.
    """
    found = [np.empty((0, len(IS_HIGHER_BETTER)))]
    for some in tastes.blocks():
        own, shop, last = parts(name, some, weights)
        probability = own + shop + last
        actual = some.following[:, None]
        chance = np.take_along_axis(probability, actual, axis=1)
        is_before = np.arange(probability.shape[1]) < actual
        above = (probability > chance) | ((probability == chance) & is_before)
        rank = 1 + above.sum(axis=1)
        chance = chance[:, 0]
        # what is held impossible is not in the list
        inverse_rank = np.where(chance > 0, 1 / rank, 0.0)
        found.append(
            np.column_stack(
                [
                    inverse_rank == 1,
                    probability.max(axis=1),
                    inverse_rank >= 1 / 3,
                    inverse_rank,
                    -np.log(np.maximum(chance, LEAST_PROBABILITY)),
                ]
            )
        )
    return np.concatenate(found)


@dataclass(frozen=True)
class Judged:
    """How the candidates did at one origin.

    Attributes
    ----------
    date : date
    customers : ndarray, shape (n,)
        Their ids.
    values : dict
        Candidate to what `measure` gives, shape (n, m).
    """

    date: date
    customers: np.ndarray
    values: dict[str, np.ndarray]


def judge_categories(
    origins: list[Judged],
    *,
    seed: int,
    bootstrap_samples: int,
    incumbent: str | None = None,
) -> tuple[pd.DataFrame, str, str]:
    """Judge candidates by log loss, and beside it by how often they name what came.

    Intervals, differences and the choice are those of `evidence.judgement.judge`:
    customers are drawn with replacement, the same for all candidates and origins.

    Parameters
    ----------
    origins : list of Judged
    seed, bootstrap_samples : int
    incumbent : str, optional
        The candidate that served until now.

    Returns
    -------
    scorecard : DataFrame
        `evidence.SCORECARD_SCHEMA`.
    champion, verdict : str
    """
    metrics = list(IS_HIGHER_BETTER)
    origins = sorted(origins, key=lambda origin: origin.date)
    ids = pd.Index(np.unique(np.concatenate([origin.customers for origin in origins])))
    points = [_means(origin, np.ones((len(origin.customers), 1))) for origin in origins]
    parts_drawn: list[list[np.ndarray]] = [[] for _ in origins]
    for weights in resamples(len(ids), seed=seed, bootstrap_samples=bootstrap_samples):
        for origin, some in zip(origins, parts_drawn, strict=True):
            some.append(_means(origin, weights[ids.get_indexer(origin.customers)]))
    # per origin: candidate × metric × resample
    samples = [np.concatenate(some, axis=2) for some in parts_drawn]
    which = metrics.index(DECIDING)
    score = np.mean([point[:, which, 0] for point in points], axis=0)

    def lead(better: str, worse: str) -> Lead:
        a, b = CANDIDATES.index(better), CANDIDATES.index(worse)
        return Lead.over(
            [point[b, which, 0] - point[a, which, 0] for point in points],
            [sample[b, which] - sample[a, which] for sample in samples],
        )

    decision = decide(
        dict(zip(CANDIDATES, score.tolist(), strict=True)),
        set(BASELINES),
        lead,
        criterion=criterion_in_words(DECIDING, len(origins)),
        incumbent=incumbent,
    )
    best = CANDIDATES.index(decision.best_baseline)
    rows = []
    for origin, point, sample in zip(origins, points, samples, strict=True):
        for c, name in enumerate(CANDIDATES):
            for m, metric in enumerate(metrics):
                lower, upper = interval(sample[c, m])
                apart = interval(sample[c, m] - sample[best, m])
                rows.append(
                    {
                        "origin_date": origin.date,
                        "candidate": name,
                        "is_baseline": name in BASELINES,
                        "metric": metric,
                        "metric_value": point[c, m, 0],
                        "lower_bound": lower,
                        "upper_bound": upper,
                        "is_higher_better": IS_HIGHER_BETTER[metric],
                        "best_baseline": decision.best_baseline,
                        "baseline_value": point[best, m, 0],
                        "difference": point[c, m, 0] - point[best, m, 0],
                        "difference_lower": apart[0],
                        "difference_upper": apart[1],
                        "count_test_rows": len(origin.customers),
                        "beats_baseline": decision.beats_baseline[name],
                        "is_serving": name == decision.champion,
                        "verdict": decision.verdicts[name],
                    }
                )
    scorecard = pd.DataFrame(rows)[SCORECARD_SCHEMA.names]
    return scorecard, decision.champion, decision.reason


def _means(origin: Judged, weights: np.ndarray) -> np.ndarray:
    """Return weighted means, candidate × metric × column of the weights."""
    return np.stack(
        [ratio(origin.values[n].T @ weights, weights.sum(axis=0)) for n in CANDIDATES]
    )

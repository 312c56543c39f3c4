"""Judge candidates against naive baselines: metrics, intervals, and who serves."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence.bootstrap import (
    GROWS_WITH_NOISE,
    Measured,
    interval,
    point_values,
    replicates,
)
from segmentation.evidence.champion import (
    Decision,
    Lead,
    criterion_in_words,
    decide,
)
from segmentation.evidence.metrics import IS_HIGHER_BETTER
from segmentation.evidence.predictions import Origin, ordered, read

SCORECARD_SCHEMA = pa.schema(
    [
        ("origin_date", pa.date32()),
        ("candidate", pa.string()),
        ("is_baseline", pa.bool_()),
        ("metric", pa.string()),
        ("metric_value", pa.float64()),
        ("lower_bound", pa.float64()),
        ("upper_bound", pa.float64()),
        ("is_higher_better", pa.bool_()),
        ("best_baseline", pa.string()),
        ("baseline_value", pa.float64()),
        ("difference", pa.float64()),
        ("difference_lower", pa.float64()),
        ("difference_upper", pa.float64()),
        ("count_test_rows", pa.int64()),
        ("beats_baseline", pa.bool_()),
        ("is_serving", pa.bool_()),
        ("verdict", pa.string()),
    ]
)


LEVEL_METRIC = "predicted_over_actual"
LOWEST_METRIC = "lowest_fifth_predicted_over_actual"
# few customers make most of an amount's deviance; all count alike for this
RANK_METRIC = {"amount": "spearman"}
FAR_OFF = 1.25  # clearly more than so many times too high, or too low
NEXT_TO_NOTHING = 0.25  # clearly less than this share of what came


@dataclass(frozen=True)
class Judgement:
    """How good candidates are, and who serves.

    Attributes
    ----------
    scorecard : DataFrame
        `SCORECARD_SCHEMA`; one row per origin, candidate and metric. The bounds are
        95 % bootstrap intervals; `difference` is the value less that of the best
        baseline at the origin, its interval paired.
    champion : str
        The candidate that serves.
    reason : str
        Why, in plain words.
    """

    scorecard: pd.DataFrame
    champion: str
    reason: str


def _decide(
    points: Measured,
    samples: Measured,
    baselines: set[str],
    order: list[str],
    metric: str,
    rank_metric: str | None,
    incumbent: str | None,
) -> Decision:
    # an origin where the metric is undefined, as with one class, tells nothing
    def telling(metric: str, *names: str) -> list[int]:
        return [
            number
            for number, at_origin in enumerate(points)
            if all(
                name in at_origin and np.isfinite(at_origin[name][metric])
                for name in names
            )
        ]

    def score(name: str) -> float:
        found = [points[n][name][metric] for n in telling(metric, name)]
        return float(np.mean(found)) if found else np.nan

    def lead(metric: str, better: str, worse: str) -> Lead:
        sign = 1 if IS_HIGHER_BETTER[metric] else -1
        origins = telling(metric, better, worse)
        ahead, drawn = (
            [sign * (some[n][better][metric] - some[n][worse][metric]) for n in origins]
            for some in (points, samples)
        )
        return Lead.over(ahead, drawn)

    count = max(len(telling(metric, name)) for name in order)
    return decide(
        {name: score(name) for name in order},
        baselines,
        partial(lead, metric),
        criterion=criterion_in_words(metric, count),
        in_rank=partial(lead, rank_metric) if rank_metric else None,
        incumbent=incumbent,
        off_level={name for name in order if _is_off_level(points, samples, name)},
    )


def _at_origins(
    points: Measured, samples: Measured, name: str, metric: str
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return a metric of a candidate and its resamples, where it is defined."""
    return [
        (at_origin[name][metric], drawn[name][metric])
        for at_origin, drawn in zip(points, samples, strict=True)
        if name in at_origin and np.isfinite(at_origin[name].get(metric, np.nan))
    ]


def _is_off_level(points: Measured, samples: Measured, name: str) -> bool:
    """Whether a candidate is clearly far off at every origin.

    Far too high or far too low in all, or next to nothing for the fifth of customers
    predicted lowest, who spend all the same.
    """
    overall, lowest = (
        [interval(drawn) for _, drawn in _at_origins(points, samples, name, metric)]
        for metric in (LEVEL_METRIC, LOWEST_METRIC)
    )
    is_far_off = bool(overall) and (
        all(lower > FAR_OFF for lower, _ in overall)
        or all(upper < 1 / FAR_OFF for _, upper in overall)
    )
    is_nothing = bool(lowest) and all(upper < NEXT_TO_NOTHING for _, upper in lowest)
    return is_far_off or is_nothing


def _level_in_words(points: Measured, samples: Measured, name: str) -> str:
    """Say how much a candidate predicts of what came, in all."""
    found = _at_origins(points, samples, name, LEVEL_METRIC)
    if not found:
        return "its level cannot be judged"
    level = float(np.mean([point for point, _ in found]))
    lower, upper = interval(np.mean([drawn for _, drawn in found], axis=0))
    how = "right within what can be told"
    if not lower <= 1 <= upper:
        how = "too high" if lower > 1 else "too low"
    return f"level: {level:.2f} [{lower:.2f}, {upper:.2f}] times what came, {how}"


def _row(
    metric: str,
    value: np.ndarray,
    values: np.ndarray,
    baseline: dict[str, np.ndarray],
    others: dict[str, np.ndarray],
) -> dict[str, Any]:
    """Set one metric of a candidate beside the baseline's."""
    lower, upper = interval(values)
    if metric in GROWS_WITH_NOISE:
        lower = max(lower, 0.0)
    beside = baseline.get(metric, np.nan)
    apart = interval(values - others[metric]) if metric in others else (np.nan, np.nan)
    return {
        "metric": metric,
        "metric_value": float(value),
        "lower_bound": lower,
        "upper_bound": upper,
        "is_higher_better": IS_HIGHER_BETTER[metric],
        "baseline_value": float(beside),
        "difference": float(value - beside),
        "difference_lower": apart[0],
        "difference_upper": apart[1],
    }


def _rows(
    origin: Origin,
    points: dict[str, dict[str, np.ndarray]],
    samples: dict[str, dict[str, np.ndarray]],
    baselines: set[str],
    decision: Decision,
    levels: dict[str, str],
) -> list[dict[str, Any]]:
    best = decision.best_baseline
    return [
        {
            "origin_date": origin.date,
            "candidate": name,
            "is_baseline": name in baselines,
            **_row(
                metric,
                value,
                samples[name][metric],
                points.get(best, {}),
                samples.get(best, {}),
            ),
            "best_baseline": best,
            "count_test_rows": len(origin.actual),
            "beats_baseline": decision.beats_baseline[name],
            "is_serving": name == decision.champion,
            "verdict": f"{decision.verdicts[name]}; {levels[name]}",
        }
        for name, metrics in points.items()
        for metric, value in metrics.items()
    ]


def judge(
    predictions: pd.DataFrame,
    *,
    kind: str,
    deciding_metric: str,
    seed: int,
    bootstrap_samples: int,
    incumbent: str | None = None,
    candidates: Iterable[str] | None = None,
) -> Judgement:
    """Judge out-of-time predictions of one target, and say who serves.

    `champion.decide` has the rule, over the mean of the deciding metric at the origins
    that two candidates share; of an amount, rank decides where that does not tell who
    is ahead from the baseline. Level has a verdict of its own beside it: who is far off
    at every origin does not serve.

    Parameters
    ----------
    predictions : DataFrame
        As `predictions.read` takes them.
    kind : {'probability', 'amount'}
    deciding_metric : str
        A metric of that kind with a direction: log loss for a probability, deviance for
        an amount: proper scores (Gneiting & Raftery 2007).
    seed, bootstrap_samples : int
    incumbent : str, optional
        The candidate that served until now.
    candidates : iterable of str, optional
        The order that breaks ties; by name where it is not given.

    Returns
    -------
    Judgement

    Raises
    ------
    ValueError
        If the predictions are not as described, there is no baseline, or the deciding
        metric has no direction.
    """
    origins = read(predictions, kind, candidates)
    points = point_values(origins, kind)
    first = next(iter(points[0].values()))
    if deciding_metric not in first or IS_HIGHER_BETTER[deciding_metric] is None:
        raise ValueError(f"{deciding_metric!r} cannot decide on a {kind}")
    samples = replicates(
        origins, kind, points, seed=seed, bootstrap_samples=bootstrap_samples
    )
    forecasts = {name: f for origin in origins for name, f in origin.forecasts.items()}
    baselines = {name for name, forecast in forecasts.items() if forecast.is_baseline}
    order = ordered(forecasts, candidates)
    decision = _decide(
        points,
        samples,
        baselines,
        order,
        deciding_metric,
        RANK_METRIC.get(kind),
        incumbent,
    )
    levels = {name: _level_in_words(points, samples, name) for name in order}
    rows = [
        row
        for origin, ours, drawn in zip(origins, points, samples, strict=True)
        for row in _rows(origin, ours, drawn, baselines, decision, levels)
    ]
    scorecard = pd.DataFrame(rows)[SCORECARD_SCHEMA.names]
    reason = f"{decision.reason}; {levels[decision.champion]}"
    return Judgement(scorecard, decision.champion, reason)

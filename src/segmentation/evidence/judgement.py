"""Judge candidates against naive baselines: metrics, intervals, and who serves."""

from collections.abc import Iterable
from dataclasses import dataclass
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
from segmentation.evidence.champion import Decision, Lead, decide
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


def _deciding(measured: Measured, metric: str, name: str) -> list[np.ndarray]:
    return [at_origin[name][metric] for at_origin in measured]


def _decide(
    points: Measured,
    samples: Measured,
    baselines: set[str],
    order: list[str],
    metric: str,
    incumbent: str | None,
) -> Decision:
    is_higher_better = bool(IS_HIGHER_BETTER[metric])
    unjudged = {n for n in order if any(n not in at_origin for at_origin in points)}
    # an origin where the metric is undefined for all, as with one class, tells nothing
    telling = [
        number
        for number, at_origin in enumerate(points)
        if any(np.isfinite(metrics[metric]) for metrics in at_origin.values())
    ]
    points, samples = ([some[n] for n in telling] for some in (points, samples))

    def score(name: str) -> float:
        if name in unjudged or not telling:
            return np.nan
        return float(np.mean(_deciding(points, metric, name)))

    scores = {name: score(name) for name in order}

    def lead(better: str, worse: str) -> Lead:
        sign = 1 if is_higher_better else -1
        ours = np.mean(_deciding(samples, metric, better), axis=0)
        theirs = np.mean(_deciding(samples, metric, worse), axis=0)
        difference = sign * (scores[better] - scores[worse])
        return Lead(difference, *interval(sign * (ours - theirs)))

    words, count = metric.replace("_", " "), len(telling)
    return decide(
        scores,
        baselines,
        lead,
        is_higher_better=is_higher_better,
        criterion=words if count < 2 else f"mean {words} over {count} origins",
        incumbent=incumbent,
        unjudged=unjudged,
    )


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
) -> list[dict[str, Any]]:
    best = decision.best_baseline
    return [
        {
            "origin_date": origin.date,
            "candidate": name,
            "is_baseline": name in baselines,
            **_row(metric, value, samples[name][metric], points[best], samples[best]),
            "best_baseline": best,
            "count_test_rows": len(origin.actual),
            "beats_baseline": decision.beats_baseline[name],
            "is_serving": name == decision.champion,
            "verdict": decision.verdicts[name],
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

    The strongest baseline is that with the best mean over the origins of the deciding
    metric; `champion.decide` has the rule. Who was not judged at every origin does not
    count.

    Parameters
    ----------
    predictions : DataFrame
        As `predictions.read` takes them.
    kind : {'probability', 'amount'}
    deciding_metric : str
        A metric of that kind with a direction.
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
        If the predictions are not as described, no baseline was judged at every origin,
        or the deciding metric has no direction.
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
    decision = _decide(points, samples, baselines, order, deciding_metric, incumbent)
    rows = [
        row
        for origin, ours, drawn in zip(origins, points, samples, strict=True)
        for row in _rows(origin, ours, drawn, baselines, decision)
    ]
    scorecard = pd.DataFrame(rows)[SCORECARD_SCHEMA.names]
    return Judgement(scorecard, decision.champion, decision.reason)

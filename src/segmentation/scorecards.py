"""Scorecards: how good a model is on customers and days it has not seen."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.estimators import (
    average_precision_score,
    brier_score_loss,
    roc_auc_score,
)

SCORECARD_SCHEMA = pa.schema(
    [
        ("candidate", pa.string()),
        ("is_baseline", pa.bool_()),
        ("metric", pa.string()),
        ("metric_value", pa.float64()),
        ("baseline_value", pa.float64()),
        ("is_higher_better", pa.bool_()),
        ("count_training_rows", pa.int64()),
        ("count_test_rows", pa.int64()),
        ("beats_baseline", pa.bool_()),
        ("is_serving", pa.bool_()),
        ("verdict", pa.string()),
    ]
)

IS_HIGHER_BETTER = {
    "auc": True,
    "average_precision": True,
    "brier_score": False,
    "mean_predicted": None,
    "observed_rate": None,
    "spearman": True,
    "top_20_pct_capture": True,
    "mean_absolute_error": False,
    "predicted_over_actual": None,
}


def classification_metrics(labels: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """Measure predicted probabilities against what happened.

    Parameters
    ----------
    labels : ndarray of bool, shape (n,)
        Both classes must occur.
    scores : ndarray, shape (n,)
        Predicted probabilities of True.

    Returns
    -------
    dict
        auc, average_precision, brier_score (a mean squared error; 0 is perfect),
        and the mean of the predictions beside the observed rate.

    References
    ----------
    Fawcett (2006), An introduction to ROC analysis, Pattern Recognition Letters 27;
    Brier (1950), Verification of forecasts, Monthly Weather Review 78.
    """
    labels = np.asarray(labels).astype(int)
    scores = np.asarray(scores, dtype=float)
    return {
        "auc": float(roc_auc_score(labels, scores)),
        "average_precision": float(average_precision_score(labels, scores)),
        "brier_score": float(brier_score_loss(labels, scores)),
        "mean_predicted": float(scores.mean()),
        "observed_rate": float(labels.mean()),
    }


def amount_metrics(actual: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Measure expected amounts against what was spent.

    Parameters
    ----------
    actual : ndarray, shape (n,)
        Amounts, not all 0.
    predicted : ndarray, shape (n,)

    Returns
    -------
    dict
        spearman (rank correlation), top_20_pct_capture (the share of all that was
        spent by the 20 % of customers predicted highest, the earlier row where
        predictions are equal), mean_absolute_error, and predicted_over_actual (of the
        totals; 1 is unbiased).
    """
    top = np.argsort(-predicted, kind="stable")[: round(0.2 * len(predicted))]
    ranks = pd.DataFrame({"actual": actual, "predicted": predicted})
    return {
        "spearman": float(ranks["actual"].corr(ranks["predicted"], "spearman")),
        "top_20_pct_capture": float(actual[top].sum() / actual.sum()),
        "mean_absolute_error": float(np.abs(actual - predicted).mean()),
        "predicted_over_actual": float(predicted.sum() / actual.sum()),
    }


def scorecard(
    metrics: dict[str, dict[str, float]],
    *,
    baseline: str,
    deciding_metric: str,
    count_training_rows: int,
    count_test_rows: int,
) -> pd.DataFrame:
    """Compare candidates with their baseline, and say which one serves.

    The best candidate by the deciding metric serves if it beats the baseline;
    otherwise the baseline serves. Ties go to the candidate named first.

    Parameters
    ----------
    metrics : dict
        Candidate to its metrics, as `classification_metrics` gives them.
    baseline : str
        The candidate that is the naive baseline.
    deciding_metric : str
        A metric of which more is better.
    count_training_rows, count_test_rows : int

    Returns
    -------
    DataFrame
        `SCORECARD_SCHEMA`; one row per candidate and metric.
    """
    best = max(
        (name for name in metrics if name != baseline),
        key=lambda name: metrics[name][deciding_metric],
    )
    best_beats = metrics[best][deciding_metric] > metrics[baseline][deciding_metric]
    serving = best if best_beats else baseline
    rows = []
    for candidate, values in metrics.items():
        beats = values[deciding_metric] > metrics[baseline][deciding_metric]
        if candidate == baseline:
            verdict = "baseline" + ("" if best_beats else ": serves, nothing beats it")
        elif candidate == serving:
            verdict = f"serves: best {deciding_metric}, above the baseline"
        elif beats:
            verdict = f"beats the baseline, but not the best {deciding_metric}"
        else:
            verdict = "does not beat the baseline"
        rows += [
            {
                "candidate": candidate,
                "is_baseline": candidate == baseline,
                "metric": metric,
                "metric_value": value,
                "baseline_value": metrics[baseline][metric],
                "is_higher_better": IS_HIGHER_BETTER[metric],
                "count_training_rows": count_training_rows,
                "count_test_rows": count_test_rows,
                "beats_baseline": bool(beats),
                "is_serving": candidate == serving,
                "verdict": verdict,
            }
            for metric, value in values.items()
        ]
    return pd.DataFrame(rows)


def verdict_only(
    verdict: str, *, count_training_rows: int, count_test_rows: int
) -> pd.DataFrame:
    """Say in one row why there is no model: `SCORECARD_SCHEMA`."""
    return pd.DataFrame(
        [
            {
                "candidate": "none",
                "is_baseline": False,
                "metric": "none",
                "metric_value": None,
                "baseline_value": None,
                "is_higher_better": None,
                "count_training_rows": count_training_rows,
                "count_test_rows": count_test_rows,
                "beats_baseline": False,
                "is_serving": False,
                "verdict": verdict,
            }
        ]
    )

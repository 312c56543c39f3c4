"""When a customer is expected back: the day by which an order is as likely as not.

The purchase probabilities of a customer are points of their survival curve, S(h) = 1 -
P(purchase within h). Between them the hazard is taken as constant, and beyond the last
as between the last two; the expected day is the curve's median.
"""

from hashlib import md5

import numpy as np
import pandas as pd

from segmentation.evidence.bootstrap import interval
from segmentation.evidence.champion import Lead, criterion_in_words

CANDIDATE = "purchase probabilities"
BASELINE = "usual gap"
FARTHEST_DAYS = 730  # a date farther away is no date
MOST_COMPARED = 3_000  # customers whose every pair is compared, at an origin


def median_days(probabilities: dict[int, np.ndarray]) -> np.ndarray:
    """Return the median days to the next purchase.

    Parameters
    ----------
    probabilities : dict
        Horizon in days to purchase probabilities, shape (n,), growing with the horizon.

    Returns
    -------
    ndarray, shape (n,)
        NaN where the median lies beyond `FARTHEST_DAYS`.
    """
    horizons = sorted(probabilities)
    hazards = [np.zeros(len(probabilities[horizons[0]]))]
    for horizon in horizons:
        survival = np.maximum(1 - probabilities[horizon], 1e-9)
        hazards.append(np.maximum(-np.log(survival), hazards[-1]))
    knots = np.array([0, *horizons], dtype=float)
    days = np.full(len(hazards[0]), np.nan)
    last = len(horizons) - 1
    for i in range(len(horizons)):
        rate = (hazards[i + 1] - hazards[i]) / (knots[i + 1] - knots[i])
        with np.errstate(divide="ignore", invalid="ignore"):
            reached = knots[i] + (np.log(2) - hazards[i]) / rate
        here = np.isnan(days) & (rate > 0)
        if i < last:
            here &= hazards[i + 1] >= np.log(2)
        days[here] = reached[here]
    return np.where(days <= FARTHEST_DAYS, days, np.nan)


def coherent(
    chances: dict[int, np.ndarray], churn_horizon: int
) -> dict[int, np.ndarray]:
    """Make purchase probabilities grow with the horizon, as the SQL models do.

    That of the churn horizon is kept, or of the longest where that one is not among
    them; a shorter one is at most, a longer one at least what the next says.

    Parameters
    ----------
    chances : dict
        Horizon in days to purchase probabilities, shape (n,).
    churn_horizon : int
    """
    kept = dict(chances)
    days = sorted(chances)
    at = days.index(churn_horizon) if churn_horizon in days else len(days) - 1
    for shorter, longer in zip(days[:at][::-1], days[1 : at + 1][::-1], strict=True):
        kept[shorter] = np.minimum(kept[shorter], kept[longer])
    for shorter, longer in zip(days[at:-1], days[at + 1 :], strict=True):
        kept[longer] = np.maximum(kept[shorter], kept[longer])
    return kept


def usual_gap_days(customers: pd.DataFrame) -> np.ndarray:
    """Return the days to the next purchase if customers keep to their usual gap.

    What is left of the mean gap so far (the shop's, where a customer has none); a whole
    gap where it is over already.

    Returns
    -------
    ndarray, shape (n,)
    """
    gaps = customers["avg_days_between_orders"].astype(float)
    gap = gaps.fillna(gaps.mean()).to_numpy()
    left = gap - customers["days_since_last_order"].astype(float).to_numpy()
    return np.where(left > 0, left, gap)


def concordance_pairs(
    days: np.ndarray, observed: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Compare every pair of customers: who was expected first, who came first.

    Parameters
    ----------
    days : ndarray, shape (n,)
        Expected; inf where no date is.
    observed : ndarray, shape (n,)
        Days to the purchase; NaN where there was none within `known`.
    known : ndarray, shape (n,)
        Days observed.

    Returns
    -------
    concordant, comparable : ndarray, shape (n, n)
        Row i against column j where i came first: 1 if expected first, .5 if expected
        on the same day; and whether it is known that i came first.
    """
    came = np.where(np.isnan(observed), known, observed)
    comparable = ~np.isnan(observed)[:, None] & (came[:, None] < came[None, :])
    first = (days[:, None] < days[None, :]) + 0.5 * (days[:, None] == days[None, :])
    return (first * comparable).astype(np.float32), comparable.astype(np.float32)


def concordance(
    concordant: np.ndarray, comparable: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return Harrell's C for each row of weights.

    Parameters
    ----------
    concordant, comparable : ndarray, shape (n, n)
    weights : ndarray, shape (b, n)
        How often each customer counts.

    Returns
    -------
    ndarray, shape (b,)

    References
    ----------
    Harrell, Lee & Mark (1996), Multivariable prognostic models, Stat. Med. 15.
    """
    w = np.asarray(weights, dtype=np.float32)
    top = ((w @ concordant) * w).sum(axis=1)
    bottom = ((w @ comparable) * w).sum(axis=1)
    return top / np.where(bottom > 0, bottom, np.nan)


def _sampled(here: pd.DataFrame) -> pd.DataFrame:
    """Return at most `MOST_COMPARED` customers, those whose hashed ids come first."""
    hashes = here["customer_id"].map(lambda name: md5(name.encode()).hexdigest())
    return here.loc[hashes.sort_values(kind="stable").index[:MOST_COMPARED]]


def _metrics(
    days: np.ndarray,
    observed: np.ndarray,
    due: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    weights: np.ndarray,
) -> dict[str, np.ndarray]:
    """Measure expected days under each row of weights; `due` says where it is known."""
    came = observed <= days
    both = due & ~np.isnan(observed)
    error = np.abs(np.where(both, observed - days, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "concordance": concordance(*pairs, weights),
            "share_by_expected_day": (weights @ (came & due)) / (weights @ due),
            "mean_absolute_error_days": (weights @ error) / (weights @ both),
        }


HIGHER_IS_BETTER = {
    "concordance": True,
    "share_by_expected_day": None,
    "mean_absolute_error_days": False,
}


def judge_days(
    predictions: pd.DataFrame, *, seed: int, bootstrap_samples: int
) -> tuple[pd.DataFrame, str, str]:
    """Judge expected days beside the usual gap: a clear lead in concordance serves.

    Parameters
    ----------
    predictions : DataFrame
        One row per origin and customer: `origin_date`, `customer_id`, `expected_days`
        (NaN: not within sight), `usual_gap_days`, `observed_days` (NaN: none so far)
        and `known_days`.
    seed, bootstrap_samples : int

    Returns
    -------
    scorecard : DataFrame
        `evidence.SCORECARD_SCHEMA`.
    champion, verdict : str
    """
    rows, differences, drawn = [], [], []
    rng = np.random.default_rng(seed)
    for origin_date, here in predictions.groupby("origin_date"):
        here = _sampled(here)
        observed = here["observed_days"].to_numpy(float)
        known = here["known_days"].to_numpy(float)
        n = len(here)
        draws = rng.multinomial(n, np.full(n, 1 / n), size=bootstrap_samples)
        weights = np.vstack([np.ones((1, n)), draws])
        measured = {}
        columns = {CANDIDATE: "expected_days", BASELINE: "usual_gap_days"}
        # whether a customer came by the day is known of those due under both
        due = (
            here[list(columns.values())].max(axis=1, skipna=False) <= known
        ).to_numpy()
        for name, column in columns.items():
            days = here[column].fillna(np.inf).to_numpy(float)
            pairs = concordance_pairs(days, observed, known)
            measured[name] = _metrics(days, observed, due, pairs, weights)
        better = measured[CANDIDATE]["concordance"] - measured[BASELINE]["concordance"]
        if np.isfinite(better[0]):
            differences.append(better[0])
            drawn.append(better[1:])
        for name, metrics in measured.items():
            for metric, values in metrics.items():
                difference = values - measured[BASELINE][metric]
                (lower, upper), (least, most) = (
                    interval(some[1:]) for some in (values, difference)
                )
                rows.append(
                    {
                        "origin_date": origin_date,
                        "candidate": name,
                        "is_baseline": name == BASELINE,
                        "metric": metric,
                        "metric_value": values[0],
                        "lower_bound": lower,
                        "upper_bound": upper,
                        "is_higher_better": HIGHER_IS_BETTER[metric],
                        "best_baseline": BASELINE,
                        "baseline_value": measured[BASELINE][metric][0],
                        "difference": difference[0],
                        "difference_lower": least,
                        "difference_upper": most,
                        "count_test_rows": n,
                    }
                )
    lead = Lead.over(differences, drawn)
    beats = lead.is_clear
    champion = CANDIDATE if beats else BASELINE
    scorecard = pd.DataFrame(rows)
    criterion = criterion_in_words("concordance", len(differences))
    unclear = "no candidate is clearly better than the baseline"
    verdicts = {
        CANDIDATE: f"serves: best {criterion}"
        if beats
        else "is not clearly better than the baseline",
        BASELINE: "baseline" if beats else f"serves: {unclear}",
    }
    scorecard["verdict"] = scorecard["candidate"].map(verdicts)
    scorecard["beats_baseline"] = (scorecard["candidate"] == CANDIDATE) & beats
    scorecard["is_serving"] = scorecard["candidate"] == champion
    mean = scorecard[scorecard["metric"] == "concordance"].groupby("candidate")
    ours, theirs = (mean["metric_value"].mean()[n] for n in (CANDIDATE, BASELINE))
    why = f"best {criterion}" if beats else f"a baseline; {unclear}"
    reason = (
        f"{champion} serves: {why} ({criterion} {ours:.3f} for {CANDIDATE}, "
        f"{theirs:.3f} for the {BASELINE}; a lead of {lead})"
    )
    return scorecard, champion, reason

"""How often a learner serves although there is nothing to learn.

``python -m benchmarks.canary --shuffles 200``

The labels of each anchor are dealt anew among its customers, so that no feature knows
anything. Then the whole contest is held: tuning, calibration, judging at all origins,
and the choice among all candidates. A learner that serves is a false winner; at most
5 % of shuffles may have one. Printed beside it is the exact 95 % interval of the rate
(Clopper and Pearson 1934).
"""

import argparse
import time
from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
from scipy.stats import beta

from segmentation.learning.learner import Learner
from segmentation.learning.lifecycle import Build, learn
from segmentation.learning.settings import Settings
from segmentation.predictions import probability_models, value_models
from segmentation.predictions.probabilities import ProbabilityLearner
from segmentation.predictions.values import ValueLearner
from tests.python.learning_data import FEATURES, SCORING_DATE, STEP_DAYS, shop

LABELS = {
    "churn": ["is_churned"],
    "spend_90d": ["net_amount_next_90d", "count_order_days_next_90d"],
}
SETTINGS = Settings(
    seed=7,
    min_rows=200,
    step_days=STEP_DAYS,
    learning_anchors=4,
    count_origins=3,
    max_configurations=2,
    bootstrap_samples=200,
    refit_every_days=30,
    source="canary",
)


def shuffled(rows: pd.DataFrame, labels: list[str], seed: int) -> pd.DataFrame:
    """Deal the labels of each anchor anew among its customers.

    Parameters
    ----------
    rows : DataFrame
        Customers at their anchors, with `anchor_number`.
    labels : list of str
        Columns that stay together: the orders of a customer and what they cost.
    seed : int

    Returns
    -------
    DataFrame
        The same rows; each anchor keeps its labels, and so its rate.
    """
    rng = np.random.default_rng(seed)
    rows = rows.reset_index(drop=True)
    order = np.arange(len(rows))
    for where in rows.groupby("anchor_number").indices.values():
        order[where] = rng.permutation(where)
    dealt = {name: rows[name].iloc[order].reset_index(drop=True) for name in labels}
    return rows.assign(**dealt)


def learner_of(target: str, rows: pd.DataFrame) -> Learner:
    """Return the learner of a target, as a build makes it."""
    if target == "churn":
        churn = probability_models.Target(target, "is_churned", 90, FEATURES)
        return ProbabilityLearner.of(rows, churn, SETTINGS)
    spend = value_models.Target(target, 90, FEATURES)
    return ValueLearner.of(rows, spend, SETTINGS)


def winner(target: str, rows: pd.DataFrame, seed: int) -> tuple[str, bool, str]:
    """Hold the whole contest on one shuffle.

    Returns
    -------
    champion : str
    is_learned : bool
        Whether a learner serves, which is false here.
    verdict : str
    """
    learner = learner_of(target, shuffled(rows, LABELS[target], seed))
    today = SCORING_DATE.date()
    outcome = learn(learner, Build(today, date(2020, 3, 3)))
    if outcome is None or outcome.evidence is None:
        raise ValueError(f"no contest was held for {target}")
    record = outcome.record
    return record["champion"], not record["is_baseline"], record["verdict"]


def bounds(count: int, total: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a rate."""
    lower = beta.ppf(0.025, count, total - count + 1) if count else 0.0
    upper = beta.ppf(0.975, count + 1, total - count) if count < total else 1.0
    return float(lower), float(upper)


def main() -> None:
    """Print how often a learner served, by target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.canary")
    parser.add_argument("--shuffles", type=int, default=200)
    parser.add_argument("--customers", type=int, default=600)
    parser.add_argument("--targets", nargs="+", default=list(LABELS), choices=LABELS)
    asked = parser.parse_args()
    data = shop(asked.customers, seed=1)
    rows = {"churn": data.labelled(6), "spend_90d": data.with_scoring(6)}
    print("| target | shuffles | a learner served | 95 % interval | who | CPU s |")
    print("|---|---|---|---|---|---|", flush=True)
    for target in asked.targets:
        start, who = time.process_time(), Counter[str]()
        for seed in range(asked.shuffles):
            champion, is_learned, _ = winner(target, rows[target], seed)
            if is_learned:
                who[champion] += 1
        count, seconds = who.total(), time.process_time() - start
        lower, upper = bounds(count, asked.shuffles)
        names = ", ".join(f"{name} {n}" for name, n in who.most_common()) or "nobody"
        print(
            f"| {target} | {asked.shuffles} | {count} ({count / asked.shuffles:.1%}) "
            f"| {lower:.1%} to {upper:.1%} | {names} | {seconds:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

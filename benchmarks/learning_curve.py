"""How much better predictions become with more customers to learn from.

``python -m benchmarks.learning_curve --seeds 11 12 13``

Each world is built once, up to what fits read. Then every target is learned from the
first customers of its anchors, as `max_training_customers` would take them: the whole
contest, from tuning to the level. What would have served is judged at origins it has
not learned from, on customers nobody learned from, the same for all sizes.

One row per target and size: the mean over worlds of the metric that decides, what is
lost beside the largest size, and how much worlds differ.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml

from benchmarks.running import ROOT, make_shop, run_dbt
from segmentation import processes
from segmentation.evidence.metrics import amount_metrics, probability_metrics
from segmentation.identity import hashed
from segmentation.learning.candidates import probability
from segmentation.learning.levels import level_factors
from segmentation.learning.settings import Settings
from segmentation.predictions.category_evidence import (
    DECIDING,
    IS_HIGHER_BETTER,
    judge_categories,
    measure,
)
from segmentation.predictions.category_models import CategoryModels
from segmentation.predictions.next_category import NextCategoryLearner
from segmentation.predictions.probabilities import ProbabilityLearner
from segmentation.predictions.probability_models import Target
from segmentation.predictions.purchases import targets
from segmentation.predictions.responses import BASELINES, LABELS
from segmentation.predictions.value_models import Target as ValueTarget
from segmentation.predictions.values import ValueLearner

FITS = [
    f"ml_fits__{n}" for n in ("purchases", "responses", "values", "next_categories")
]
VARS = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
SETTINGS = Settings(
    seed=VARS["seed"],
    min_rows=VARS["min_training_customers"],
    step_days=VARS["anchor_step_days"],
    learning_anchors=VARS["learning_anchors"],
    count_origins=VARS["backtest_origins"],
    max_configurations=VARS["tuning_configurations"],
    bootstrap_samples=VARS["bootstrap_samples"],
    refit_every_days=VARS["refit_every_days"],
    source="benchmark",
)
HELD_OUT = 0.4  # of the customers, those whose hashed ids come last
TABLES = {
    "churn": "select * from intermediate.int_customers__churn_training",
    "responses": "select * from intermediate.int_customers__response_training",
    "buyers": "select * from intermediate.int_customers__features "
    "where is_sampled and count_orders > 0",
    "values": "select * from intermediate.int_customers__value_labels",
    "counts": "select * from intermediate.int_customers__category_counts",
    "categories": "select * from intermediate.int_customers__next_category_labels",
}


def built(seed: int, customers: int, folder: Path) -> Path:
    """Build one world up to what fits read, unless the folder has it."""
    folder = folder / f"world{seed}"
    file = folder / "shop.duckdb"
    if not file.exists():
        folder.mkdir(exist_ok=True)
        raw = make_shop(folder, customers, "--seed", str(seed))
        run_dbt(
            [
                "build", "--exclude-resource-type", "test", "unit_test",
                "--exclude", *FITS, "--select", *(f"+{fit}" for fit in FITS),
            ],
            file=file,
            raw=raw,
            variables={"max_training_customers": customers},
        )  # fmt: skip
    return file


def read(file: Path) -> dict[str, pd.DataFrame]:
    """Read what fits read; `place` is a customer's by hashed id, from 0 to 1."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found = {name: connection.execute(sql).df() for name, sql in TABLES.items()}
    ids = pd.unique(
        pd.concat([found["churn"]["customer_id"], found["buyers"]["customer_id"]])
    )
    order = pd.Series(ids, index=[hashed(one) for one in ids]).sort_index(kind="stable")
    place = pd.Series(np.arange(len(ids)) / len(ids), index=order.to_numpy())
    return {
        name: rows.assign(place=rows["customer_id"].map(place))
        for name, rows in found.items()
    }


def first(rows: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return the first customers of each anchor, of those who are learned from."""
    learned = rows[rows["place"] < 1 - HELD_OUT]
    ranks = learned.groupby("anchor_date")["place"].rank("dense")
    return learned[ranks <= size].drop(columns="place")


def unseen(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the customers nobody learns from."""
    return rows[rows["place"] >= 1 - HELD_OUT].drop(columns="place")


def probabilities(
    rows: pd.DataFrame, family: list[Target], size: int
) -> Iterator[dict[str, Any]]:
    """Judge the champion of each yes or no by log loss."""
    some, others = first(rows, size), unseen(rows)
    learners = [ProbabilityLearner.of(some, target, SETTINGS) for target in family]
    tuned = None
    if family[0].horizons:  # tuned alike, as purchases are
        oldest = max(learner.judged_at()[0][-1] for learner in learners)
        tuned = learners[len(learners) // 2].tune(oldest)
    for target, learner in zip(family, learners, strict=True):
        origins, _ = learner.judged_at()
        if tuned:
            learner = ProbabilityLearner(**{**vars(learner), "tuned": tuned})
        evidence = learner.judge(origins, None)
        here = ProbabilityLearner.of(others, target, SETTINGS)
        found = []
        for origin in origins:
            model, slope, intercept = learner.champion_at(origin, evidence)
            customers = here.at(origin)
            chance = probability(slope * model.margin(customers) + intercept)
            actual = customers[target.label].to_numpy(float)
            ones = np.ones((len(actual), 1))
            found.append(probability_metrics(actual, chance, None, ones))
        yield {
            "target": target.name,
            "metric": "log loss",
            "champion": evidence.champion,
            "value": np.mean([one["log_loss"][0] for one in found]),
            "rank": np.mean([one["auc"][0] for one in found]),
        }


def amounts(
    buyers: pd.DataFrame, labels: pd.DataFrame, size: int
) -> Iterator[dict[str, Any]]:
    """Judge the champion of each horizon by the deviance of spend."""
    key = ["customer_id", "anchor_date"]
    for days in (VARS["horizon_days"], VARS["value_horizon_days"]):
        target = ValueTarget(f"spend_{days}d", days, VARS["churn_features"])
        known = labels[[*key, target.orders, target.amount]]
        some, others = (
            part.merge(known, on=key, how="left")
            for part in (first(buyers, size), unseen(buyers))
        )
        learner = ValueLearner.of(some, target, SETTINGS)
        here = ValueLearner.of(others, target, SETTINGS)
        origins, _ = learner.judged_at()
        evidence = learner.judge(origins, None)
        name = evidence.champion
        found = []
        for origin in origins:
            model = learner.model(name, learner.origins.known_at(origin))
            level = learner.calibration(name, origin, model)
            customers = here.at(origin)
            raw = learner.predict(name, customers, learner.parameters(origin), model)
            told = raw.net_amount * level.level
            told = told * level_factors(level.bands, told)
            actual = customers[target.amount].to_numpy(float)
            found.append(amount_metrics(actual, told, None, np.ones((len(actual), 1))))
        yield {
            "target": target.name,
            "metric": "deviance",
            "champion": name,
            "value": np.mean([one["deviance"][0] for one in found]),
            "rank": np.mean([one["spearman"][0] for one in found]),
        }


def categories(tables: dict[str, pd.DataFrame], size: int) -> Iterator[dict[str, Any]]:
    """Judge the champion of the next category by log loss."""
    counts, labels = (tables[n].drop(columns="place") for n in ("counts", "categories"))
    some, others = first(tables["buyers"], size), unseen(tables["buyers"])
    learner = NextCategoryLearner.of(some, counts, labels, SETTINGS)
    here = CategoryModels.of(others, counts, labels, SETTINGS)
    origins, _ = learner.judged_at()
    _, champion, _ = judge_categories(
        [learner.judged(origin) for origin in origins],
        seed=SETTINGS.seed,
        bootstrap_samples=SETTINGS.bootstrap_samples,
    )
    found = []
    for origin in origins:
        tastes = here.tastes[origin]
        known = tastes.take(np.flatnonzero(tastes.following >= 0))
        found.append(measure(champion, known, learner.weights(origin)).mean(axis=0))
    mean = dict(zip(IS_HIGHER_BETTER, np.mean(found, axis=0), strict=True))
    yield {
        "target": "next_category",
        "metric": "log loss",
        "champion": champion,
        "value": mean[DECIDING],
        "rank": mean["top_1_hit_rate"],
    }


def curve(seed: int, file: Path, sizes: list[int]) -> pd.DataFrame:
    """Judge all targets of one world at each size."""
    tables = read(file)
    purchases = targets(
        VARS["purchase_horizons"], VARS["horizon_days"], VARS["churn_features"]
    )
    responses = [
        Target(
            name,
            label,
            VARS["horizon_days"],
            VARS["churn_features"] | VARS["response_features"],
            BASELINES,
        )
        for name, label in LABELS.items()
    ]
    rows = [
        {"seed": seed, "size": size, **row}
        for size in sizes
        for found in (
            probabilities(tables["churn"], purchases, size),
            probabilities(tables["responses"], responses, size),
            amounts(tables["buyers"], tables["values"], size),
            categories(tables, size),
        )
        for row in found
    ]
    return pd.DataFrame(rows)


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """Put sizes beside the spread of worlds.

    Returns
    -------
    DataFrame
        `value` and `rank` are means over worlds; `loss` is what a size loses beside the
        largest, in its own world; `spread` is the standard deviation of worlds at it.
    """
    largest = rows["size"].max()
    best = rows[rows["size"] == largest].set_index(["seed", "target"])["value"]
    beside = pd.MultiIndex.from_frame(rows[["seed", "target"]])
    rows = rows.assign(loss=rows["value"] - best.loc[beside].to_numpy())
    found = rows.groupby(["target", "metric", "size"], sort=False).agg(
        value=("value", "mean"),
        loss=("loss", "mean"),
        largest_loss=("loss", "max"),
        spread=("value", "std"),
        rank=("rank", "mean"),
        champions=("champion", lambda names: ", ".join(sorted(set(names)))),
    )
    return found.reset_index()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[2_000, 5_000, 10_000, 20_000]
    )
    parser.add_argument("--folder", type=Path, help="keeps the worlds that are built")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.folder or Path(scratch)
        files = [built(seed, chosen.customers, folder) for seed in chosen.seeds]
        calls = [
            (seed, file, chosen.sizes)
            for seed, file in zip(chosen.seeds, files, strict=True)
        ]
        rows = pd.concat(processes.each(curve, calls, chosen.customers))
    print(
        "| target | metric | customers | value | loss | largest loss "
        "| spread of worlds | rank | who serves |"
    )
    print("|" + "---|" * 9)
    for row in table(rows).itertuples():
        print(
            f"| {row.target} | {row.metric} | {row.size:,} | {row.value:.4f} "
            f"| {row.loss:+.4f} | {row.largest_loss:+.4f} | {row.spread:.4f} "
            f"| {row.rank:.4f} | {row.champions} |"
        )


if __name__ == "__main__":
    main()

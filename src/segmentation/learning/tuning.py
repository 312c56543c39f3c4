"""Settle the settings of a candidate by successive halving over time-ordered folds."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.estimators import one_thread
from segmentation.evidence.metrics import area_under_curve
from segmentation.learning.candidates import Candidate, Settings
from segmentation.learning.origins import Origins
from segmentation.linear import Scale

TUNING_SCHEMA = pa.schema(
    [
        ("candidate", pa.string()),
        ("settings", pa.string()),
        ("rung", pa.int64()),
        ("count_rows", pa.int64()),
        ("auc", pa.float64()),
        ("is_chosen", pa.bool_()),
    ]
)


FACTOR = 3  # a third of the configurations go on, to three times as many rows


def written(settings: Settings) -> str:
    """Write settings in one line."""
    return ", ".join(f"{name} = {value:g}" for name, value in settings.items())


def tune(
    candidate: Candidate,
    rows: pd.DataFrame,
    label: str,
    features: dict[str, str],
    origins: Origins,
    *,
    origin: int,
    max_configurations: int,
    seed: int,
) -> tuple[Settings, list[dict[str, Any]]]:
    """Choose the settings of a candidate on what is known at an origin.

    Every configuration is tried on few rows, the best third of them on three times as
    many, and so on (Jamieson & Talwalkar 2016); each time, models learn from earlier
    anchors and are judged at a later one.

    Parameters
    ----------
    candidate : Candidate
    rows : DataFrame
        Labelled rows: `anchor_number`, the label and the features.
    label : str
    features : dict
        Feature name to transform name.
    origins : Origins
    origin : int
        The oldest origin to be judged at: later ones must not see what tunes them.
    max_configurations : int
        No more configurations than this are tried.
    seed : int

    Returns
    -------
    settings : dict
    tried : list of dict
        `TUNING_SCHEMA`; empty where there was nothing to choose from.
    """
    configurations = candidate.configurations[:max_configurations]
    folds = origins.folds(origin)
    if len(configurations) < 2 or not folds:
        return configurations[0], []
    used = rows[rows["anchor_number"].isin(origins.known_at(origin))]
    number = used["anchor_number"].to_numpy()
    splits = [
        (np.flatnonzero(np.isin(number, train)), np.flatnonzero(number == test))
        for train, test in folds
    ]
    values = candidate.values(used, features).to_numpy()
    labels = used[label].to_numpy().astype(int)
    contenders = [dict(sorted(settings.items())) for settings in configurations]
    scores, tried = np.zeros(0), []
    for rung, count_rows in enumerate(rungs(len(used), len(contenders), len(folds))):
        if rung:
            ascending = np.argsort(np.nan_to_num(scores, nan=-np.inf), kind="stable")
            count = -(-len(contenders) // FACTOR)
            contenders = [contenders[number] for number in ascending[-count:]]
        share = count_rows / len(used)
        some = [[_drawn(part, share, seed) for part in split] for split in splits]
        scores = _scores(candidate, contenders, values, labels, some, seed)
        tried += [
            {
                "candidate": candidate.name,
                "settings": written(settings),
                "rung": rung,
                "count_rows": count_rows,
                "auc": float(score),
                "is_chosen": False,
            }
            for settings, score in zip(contenders, scores, strict=True)
        ]
    chosen = int(np.argmax(np.nan_to_num(scores, nan=-np.inf)))
    tried[chosen - len(contenders)]["is_chosen"] = True
    return contenders[chosen], tried


def rungs(count_rows: int, count_configurations: int, count_folds: int) -> list[int]:
    """Return on how many rows each round is held: on the last, on nearly all.

    Every round has `FACTOR` times the rows of the one before, and the best of the
    configurations go on to it, one for every `FACTOR` that began. There are fewer
    rounds where the first would have fewer than two rows per class and fold.
    """
    rounds = 1
    while FACTOR**rounds <= count_configurations:
        rounds += 1
    least = min(max(4 * count_folds, count_rows // FACTOR ** (rounds - 1)), count_rows)
    while rounds > 1 and least * FACTOR ** (rounds - 1) > count_rows:
        rounds -= 1
    return [least * FACTOR**rung for rung in range(rounds)]


def _drawn(rows: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Return a share of some rows, shuffled, the same for the same seed."""
    order = np.arange(len(rows))
    np.random.RandomState(seed).shuffle(order)
    return rows[order[: int(share * len(rows))]]


def _scores(
    candidate: Candidate,
    contenders: list[Settings],
    values: np.ndarray,
    labels: np.ndarray,
    splits: list[list[np.ndarray]],
    seed: int,
) -> np.ndarray:
    """Return the mean AUC of each configuration over folds, shape (configurations,).

    Missing where a fold of few rows has one class only, or a feature without values.
    """
    found = np.full((len(contenders), len(splits)), np.nan)
    for fold, (train, test) in enumerate(splits):
        if any(len(np.unique(labels[part])) < 2 for part in (train, test)):
            continue
        learned, judged = values[train], values[test]
        if candidate.is_linear:
            scale = Scale.of(learned)
            learned, judged = scale.apply(learned), scale.apply(judged)
        for number, settings in enumerate(contenders):
            estimator = candidate.make(seed, **settings)
            with one_thread():
                try:
                    estimator.fit(learned, labels[train])
                except ValueError:
                    continue  # of few rows, a feature may have no value to bin
                margin = (
                    estimator.decision_function(judged)
                    if hasattr(estimator, "decision_function")
                    else estimator.predict_proba(judged)[:, 1]
                )
            found[number, fold] = area_under_curve(labels[test], margin)
    return found.mean(axis=1)

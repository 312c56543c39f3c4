"""Settle the settings of a candidate by successive halving over time-ordered folds."""

import warnings

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.estimators import HalvingGridSearchCV, one_thread
from segmentation.learning.candidates import Candidate
from segmentation.learning.origins import Origins

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


def written(settings: dict) -> str:
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
) -> tuple[dict, list[dict]]:
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
    search = HalvingGridSearchCV(
        candidate.make(seed),
        [
            {_path(candidate, name): [value] for name, value in c.items()}
            for c in configurations
        ],
        scoring="roc_auc",
        cv=splits,
        refit=False,
        random_state=seed,
        min_resources="exhaust",
        error_score=np.nan,
    )
    labels = used[label].to_numpy().astype(int)
    with one_thread(), warnings.catch_warnings():
        # a rung of few rows may hold one class only: its score is missing, no more
        warnings.simplefilter("ignore")
        search.fit(candidate.values(used, features).to_numpy(), labels)
    results = pd.DataFrame(search.cv_results_)
    last = results[results["iter"] == results["iter"].max()]
    scores = last["mean_test_score"].fillna(-np.inf)
    chosen = int(scores.idxmax())
    tried = [
        {
            "candidate": candidate.name,
            "settings": written(_settings(row["params"])),
            "rung": int(row["iter"]),
            "count_rows": int(row["n_resources"]),
            "auc": float(row["mean_test_score"]),
            "is_chosen": index == chosen,
        }
        for index, row in results.iterrows()
    ]
    return _settings(results.loc[chosen, "params"]), tried


def _path(candidate: Candidate, name: str) -> str:
    """Return the name of a setting within the estimator, which may be a pipeline."""
    steps = getattr(candidate.make(0), "steps", None)
    return f"{steps[-1][0]}__{name}" if steps else name


def _settings(params: dict) -> dict:
    return {name.split("__")[-1]: value for name, value in params.items()}

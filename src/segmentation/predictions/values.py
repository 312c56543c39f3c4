"""Learn how many orders and how much spend to expect of each customer.

The purchase models need no labels; regressions learn orders from past anchors. Judged
are the amounts, at rolling origins.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence.judgement import Judgement, judge
from segmentation.learning import suspects
from segmentation.learning.fit_rows import fits_table
from segmentation.learning.intervals import (
    coverage_at,
    coverage_scorecard,
    interval_bands,
)
from segmentation.learning.learner import CannotServe, Evidence, Served, Task
from segmentation.learning.levels import level_factors
from segmentation.learning.lifecycle import Build, learn_each
from segmentation.learning.reference import watched
from segmentation.learning.settings import Settings
from segmentation.predictions.forecasts import (
    BASELINES,
    CANDIDATES,
    SUMMARISED,
)
from segmentation.predictions.order_regressions import SETTINGS_IN_WORDS
from segmentation.predictions.value_models import Target, ValueModels


@dataclass(frozen=True)
class ValueLearner(ValueModels):
    """Orders and spend within a horizon: a `learning.learner.Learner`."""

    @property
    def task(self) -> Task:
        """What is to be learned."""
        target = self.target
        return Task(
            target=target.name,
            kind="amount",
            label=target.amount,
            horizon_days=target.horizon_days,
            features=target.features,
            settings=asdict(self.settings),
            more_columns=(target.orders, "avg_repeat_amount"),
        )

    @property
    def candidates(self) -> tuple[str, ...]:
        """Who competes; naive rules need no features."""
        return CANDIDATES

    def training_rows(self) -> pd.DataFrame:
        """Return the scoring anchor, for the models without labels, and the known."""
        return self.at(0, *self.origins.known_at(0))

    def judged_at(self) -> tuple[list[int], str | None]:
        """Return the origins to judge at, newest first, or why there is none."""
        found, problem = [], None
        for origin in (n for n in self.origins.numbers if n >= self.origins.gap):
            rows = self.at(origin)
            if len(rows) < self.settings.min_rows:
                problem = problem or (
                    f"too little data: {len(rows)} labelled rows, "
                    f"{self.settings.min_rows} are needed"
                )
            elif not rows[self.target.amount].astype(float).any():
                problem = problem or "nothing to judge on: nobody bought in the horizon"
            else:
                found.append(origin)
        if not found:
            nothing = f"too little data: 0 rows, {self.settings.min_rows} are needed"
            history = self.origins.history(is_learned=False)
            return [], problem or f"{nothing} ({history})"
        # on one anchor a regression is no match for what it will be on four
        fair = [n for n in found if len(self.origins.known_at(n)) > 1] or found
        return fair[: self.settings.count_origins], None

    def suspects(self, origins: list[int]) -> dict[str, float] | None:
        """Return features that alone predict too well who buys, or None."""
        rows = self.at(*self.origins.known_at(origins[0]))
        buys = rows[self.target.orders].astype(float) > 0
        if len(rows) < self.settings.min_rows or buys.nunique() < 2:
            return None
        rows = rows.assign(buys=buys)
        return suspects.suspects(rows, "buys", list(self.target.features)) or None

    def without(self, features: Iterable[str]) -> Self:
        """Return the learner without some features."""
        gone = set(features)
        kept = {n: how for n, how in self.target.features.items() if n not in gone}
        return replace(self, target=replace(self.target, features=kept))

    def predictions(self, origin: int) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
        """Predict an origin by every candidate that what is known there can fit.

        Returns
        -------
        predictions : DataFrame
            One row per candidate and customer: expected and actual amount and orders.
        unseen : dict
            Candidate to outcomes it has not seen, at its levels.
        """
        rows = self.at(origin)
        parameters = self.parameters(origin)
        frames, calibrated = [], {}
        for name in CANDIDATES:
            model = self.model(name, self.origins.known_at(origin))
            raw = self.predict(name, rows, parameters, model)
            if raw is None:
                continue
            found = self.calibration(name, origin, model)
            calibrated[name] = found.unseen
            factors = level_factors(found.bands, raw.net_amount * found.level)
            frames.append(
                pd.DataFrame(
                    {
                        "origin_date": rows["anchor_date"].to_numpy(),
                        "candidate": name,
                        "is_baseline": name in BASELINES,
                        "customer_id": rows["customer_id"].to_numpy(),
                        "actual": rows[self.target.amount].to_numpy(float),
                        "predicted": raw.net_amount * found.level * factors,
                        "predicted_raw": raw.net_amount,
                        "actual_orders": rows[self.target.orders].to_numpy(float),
                        "predicted_orders": raw.orders * found.level * factors,
                        "predicted_orders_raw": raw.orders,
                        "predicted_order_amount": raw.amount,
                    }
                )
            )
        return pd.concat(frames, ignore_index=True), calibrated

    def judge(self, origins: list[int], incumbent: str | None) -> Evidence:
        """Judge the amounts, which decide, and the orders beside them."""
        found = {origin: self.predictions(origin) for origin in origins}
        predictions = pd.concat([p for p, _ in found.values()], ignore_index=True)
        judgement = self._judged(predictions, incumbent)
        orders = predictions.assign(
            actual=predictions["actual_orders"],
            predicted=predictions["predicted_orders"],
            predicted_raw=predictions["predicted_orders_raw"],
        )
        card = self._judged(orders).scorecard
        # who serves was decided on the amounts
        decided = judgement.scorecard.drop_duplicates("candidate")
        decided = decided.set_index("candidate")
        for column in ("beats_baseline", "is_serving", "verdict"):
            card[column] = card["candidate"].map(decided[column])
        card = card.assign(metric="orders_" + card["metric"])
        return Evidence(
            pd.concat([judgement.scorecard, card], ignore_index=True),
            judgement.champion,
            judgement.reason,
            predictions,
            kept={origin: unseen for origin, (_, unseen) in found.items()},
        )

    def _judged(
        self, predictions: pd.DataFrame, incumbent: str | None = None
    ) -> Judgement:
        return judge(
            predictions,
            kind="amount",
            deciding_metric="deviance",
            seed=self.settings.seed,
            bootstrap_samples=self.settings.bootstrap_samples,
            incumbent=incumbent,
            candidates=list(CANDIDATES),
        )

    def serve(self, evidence: Evidence) -> Served:
        """Fit the champion to all that is known today; learn its levels and intervals.

        Raises
        ------
        CannotServe
            If a fit that the champion needs is missing today.
        """
        champion, parameters = evidence.champion, self.parameters(0)
        model = self.model(champion, self.origins.known_at(0))
        if self.predict(champion, self.at(0)[:1], parameters, model) is None:
            raise CannotServe(f"cannot be fitted today: {parameters.status()}")
        found = self.calibration(champion, 0, model)
        told = self.predict(champion, self.rows, parameters, model, found.level)
        return Served(
            settings=SETTINGS_IN_WORDS.get(champion, ""),
            model=model,
            parameters=parameters.rows,
            level_slope=1.0,
            level_intercept=float(np.log(found.level)),
            levels=found.bands,
            intervals=interval_bands(found.unseen),
            coverage=self._coverage(evidence),
            watched=None
            if told is None
            else watched(
                self.rows,
                SUMMARISED if model is None else model.features,
                told.net_amount,
            ),
        )

    def _coverage(self, evidence: Evidence) -> list[dict[str, Any]]:
        """Measure the intervals of the champion at every origin."""
        champion, card = evidence.champion, evidence.scorecard
        mine = evidence.of_champion
        rows = []
        for origin, unseen in evidence.kept.items():
            if champion not in unseen:
                continue  # what was known there could not fit it
            origin_date = self.at(origin)["anchor_date"].iloc[0]
            here = mine[mine["origin_date"] == origin_date]
            found, how = coverage_at(here, unseen[champion])
            (like,) = card[
                (card["origin_date"] == origin_date)
                & (card["candidate"] == champion)
                & (card["metric"] == "spearman")
            ].to_dict("records")
            rows += coverage_scorecard(like, found, how)
        return rows


def learn_values(
    customers: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    horizons: list[int],
    features: dict[str, str],
    settings: Settings,
    scoring: pd.DataFrame,
    past: pd.DataFrame | None = None,
    groups: pd.DataFrame | None = None,
) -> pa.Table:
    """Learn orders and spend within each horizon, where due.

    Parameters
    ----------
    customers : DataFrame
        One row per customer who has bought and anchor, the scoring anchor among them,
        in any order: `customer_id`, `anchor_date`, `anchor_number` and the features.
    labels : DataFrame
        One row per customer and past anchor: the key and the labels.
    horizons : list of int
        In days.
    features : dict
        Feature name to transform name.
    settings : Settings
    scoring : DataFrame
        The scoring anchor: `anchor_date`, `first_order_date`; empty in an empty shop.
    past : DataFrame, optional
        Fits made so far.
    groups : DataFrame, optional
        Customers by group, which nothing is learned from: see `groups`.

    Returns
    -------
    pyarrow.Table
        `fit_rows.FITS_SCHEMA`; a row per target that was due.
    """
    build = Build.of(scoring, past, groups)
    key = ["customer_id", "anchor_date"]
    learners = []
    for days in sorted(set(horizons)):
        target = Target(f"spend_{days}d", days, features)
        known = labels[[*key, target.orders, target.amount]]
        rows = customers.merge(known, on=key, how="left", validate="one_to_one")
        learners.append(ValueLearner.of(rows, target, settings))
    outcomes = learn_each(learners, build)
    return fits_table([outcome.record for outcome in outcomes])

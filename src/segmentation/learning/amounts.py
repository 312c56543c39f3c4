"""Learn how many orders and how much spend to expect of each customer.

The purchase models need no labels; regressions learn orders from past anchors. Judged
are the amounts, at rolling origins.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.estimators import (
    HistGradientBoostingRegressor,
    PoissonRegressor,
    one_thread,
)
from segmentation.evidence.judgement import judge
from segmentation.evidence.lift import lift_table
from segmentation.frames import sorted_by_key
from segmentation.learning import fits, probabilities
from segmentation.learning.candidates import boosting
from segmentation.learning.forecasts import (
    BASELINES,
    CANDIDATES,
    EXPECTATIONS,
    POISSON,
    TREES,
    Forecast,
    Parameters,
    forecast,
    with_expectations,
)
from segmentation.learning.groups import group_figures
from segmentation.learning.intervals import (
    coverage_scorecard,
    interval_bands,
    measure_coverage,
)
from segmentation.learning.origins import DAYS_PER_YEAR, Origins
from segmentation.learning.probabilities import (
    Settings,
    excluded,
    served_at_newest,
)
from segmentation.learning.tuning import written
from segmentation.linear import Linear, Scale
from segmentation.transforms import transform
from segmentation.trees import Forest

OFFSET = "log_expected_orders"
# a standard deviation of a feature is expected to change orders by 14 % or so: √(1/50)
PRIOR_PRECISION = 50
TREE_SETTINGS = boosting(0.05, 120, 8, 40, 5.0)
SETTINGS_IN_WORDS = {
    POISSON: f"prior precision of a weight = {PRIOR_PRECISION}",
    TREES: written(TREE_SETTINGS),
}


@dataclass(frozen=True)
class Target:
    """Orders and spend within a horizon.

    Attributes
    ----------
    name : str
    horizon_days : int
    features : dict
        Feature name to transform name, for the regressions.
    """

    name: str
    horizon_days: int
    features: dict[str, str]

    @property
    def orders(self) -> str:
        """The column with the days with a purchase."""
        return f"count_order_days_next_{self.horizon_days}d"

    @property
    def amount(self) -> str:
        """The column with the net amount."""
        return f"net_amount_next_{self.horizon_days}d"


def fit_poisson(rows: pd.DataFrame, orders: str, features: dict[str, str]) -> Linear:
    """Fit a Poisson regression that corrects what the purchase model expects.

    ln E[orders] = ln(expected orders) + w0 + Σ w_j z_j, with the w_j held near 0: with
    few rows it is the purchase model, with many it says where that is off. A regression
    of orders / expected orders, weighted by expected orders, is one with this offset.

    Parameters
    ----------
    rows : DataFrame
        With the columns of `EXPECTATIONS`.
    orders : str
        The column with the orders.
    features : dict
        Feature name to transform name.

    Returns
    -------
    Linear

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 6.2.
    """
    values = transform(rows, features).to_numpy()
    scale = Scale.of(values)
    expected = np.exp(rows[OFFSET].to_numpy())
    penalty = PRIOR_PRECISION / expected.sum()
    regression = PoissonRegressor(alpha=penalty, max_iter=3000)
    regression.fit(
        scale.apply(values),
        rows[orders].to_numpy(float) / expected,
        sample_weight=expected,
    )
    terms = Linear.from_estimator(regression, scale, features).rows
    terms.loc[terms["feature"] == OFFSET, "weight"] += 1
    return Linear(terms)


def fit_trees(
    rows: pd.DataFrame, orders: str, features: dict[str, str], seed: int
) -> Forest:
    """Boost trees for the Poisson deviance of orders; the margin is their logarithm."""
    values = transform(rows, dict.fromkeys(features, "identity"))
    values = values.dropna(axis="columns", how="all")
    trees = HistGradientBoostingRegressor(
        loss="poisson", early_stopping=False, random_state=seed, **TREE_SETTINGS
    )
    trees.fit(values.to_numpy(), rows[orders].to_numpy(float))
    return Forest.from_boosting(trees, list(values))


@dataclass(frozen=True)
class Learner:
    """One target on the customers of all anchors.

    Attributes
    ----------
    target : Target
    settings : Settings
    rows : DataFrame
        Features and, where they are known, labels; sorted by key.
    origins : Origins
        Over the anchors whose labels are known.
    fitted : dict
        Purchase and spend models by anchor, as they are asked for.
    """

    target: Target
    settings: Settings
    rows: pd.DataFrame
    origins: Origins
    fitted: dict[int, Parameters] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, customers: pd.DataFrame, target: Target, settings: Settings):
        """Sort the rows, and see where labels are known."""
        rows = sorted_by_key(customers, "anchor_number", "customer_id")
        known = rows.loc[rows[target.amount].notna(), "anchor_number"]
        numbers = tuple(int(n) for n in np.unique(known))
        origins = Origins(
            target.horizon_days, settings.step_days, numbers, settings.learning_anchors
        )
        return cls(target, settings, rows, origins)

    def at(self, *numbers: int) -> pd.DataFrame:
        """Return the rows of some anchors."""
        return self.rows[self.rows["anchor_number"].isin(numbers)]

    def parameters(self, number: int) -> Parameters:
        """Fit purchase and spend models at an anchor."""
        if number not in self.fitted:
            rows = self.at(number)
            self.fitted[number] = Parameters.learn(rows, self.settings.min_rows)
        return self.fitted[number]

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
            return [], problem or nothing
        # on one anchor a regression is no match for what it will be on four
        fair = [n for n in found if len(self.origins.known_at(n)) > 1] or found
        return fair[: self.settings.count_origins], None

    def suspects(self, origin: int) -> dict[str, float]:
        """Return features that alone tell too well who buys, with their AUC."""
        rows = self.at(*self.origins.known_at(origin))
        buys = rows[self.target.orders].astype(float) > 0
        if len(rows) < self.settings.min_rows or buys.nunique() < 2:
            return {}
        asked = probabilities.Target("", "buys", 0, self.target.features, ())
        return probabilities.suspects(rows.assign(buys=buys), asked)

    def predict(self, name, rows, parameters, model, level=1.0) -> Forecast | None:
        """Apply a candidate, undiscounted: what is judged is what was paid."""
        return forecast(
            name,
            rows,
            parameters,
            model,
            horizon_days=self.target.horizon_days,
            annual_discount_rate=0.0,
            level=level,
        )

    def can_predict(self, name: str, model: Linear | Forest | None) -> bool:
        """Say whether a candidate can be applied at the scoring anchor."""
        rows = self.at(0)[:1]
        return self.predict(name, rows, self.parameters(0), model) is not None

    def model(self, name: str, numbers: Iterable[int]) -> Linear | Forest | None:
        """Fit a regression to some anchors; None for other candidates."""
        if name not in (POISSON, TREES):
            return None
        frames = [
            with_expectations(self.at(number), purchases, self.target.horizon_days)
            for number in numbers
            if (purchases := self.parameters(number).purchases) is not None
        ]
        if sum(map(len, frames)) < self.settings.min_rows:
            return None
        rows = pd.concat(frames, ignore_index=True)
        if not rows[self.target.orders].astype(float).any():
            return None
        features = self.target.features | EXPECTATIONS
        with one_thread():
            if name == POISSON:
                return fit_poisson(rows, self.target.orders, features)
            return fit_trees(rows, self.target.orders, features, self.settings.seed)

    def calibrated_on(self, origin: int) -> int | None:
        """Return the anchor that sets the level and the intervals at an origin.

        That of the same season a year ago; where it is not known, the newest; None
        where that is too small.
        """
        known = self.origins.known_at(origin)
        number = self.origins.same_season(origin) or min(known, default=None)
        is_enough = known and len(self.at(number)) >= self.settings.min_rows
        return number if is_enough else None

    def outcomes(self, name: str, number: int | None, model) -> pd.DataFrame:
        """Put what was expected at an anchor beside what came.

        Returns
        -------
        DataFrame
            `orders`, `amount`, `expected_orders` and `expected_amount`; empty where
            nothing can be expected.
        """
        rows = self.at(number)
        found = None
        if number is not None:
            found = self.predict(name, rows, self.parameters(number), model)
        if found is None:
            return pd.DataFrame()
        return pd.DataFrame(
            {
                "orders": rows[self.target.orders].to_numpy(float),
                "amount": rows[self.target.amount].to_numpy(float),
                "expected_orders": found.orders,
                "expected_amount": found.net_amount,
            }
        )

    def unseen(self, name: str, origin: int) -> pd.DataFrame:
        """Return the outcomes at `calibrated_on`, by a fit that has not seen them."""
        number = self.calibrated_on(origin)
        known = self.origins.known_at(origin)
        model = self.model(name, [n for n in known if n != number])
        return self.outcomes(name, number, model)

    def calibration(self, name: str, origin: int, model) -> tuple[float, pd.DataFrame]:
        """Return the level of a fit, and outcomes it has not seen, at their own level.

        The level is that of the fit to be served, which has learned of that anchor; the
        outcomes are those of a fit that has not, since intervals must not know them.
        """
        unseen = self.unseen(name, origin)
        level = own = self.level(name, origin, unseen)
        if model is not None:
            seen = self.outcomes(name, self.calibrated_on(origin), model)
            level = self.level(name, origin, seen)
        if len(unseen):
            expected = ["expected_orders", "expected_amount"]
            unseen = unseen.assign(**(unseen[expected] * own))
        return level, unseen

    def level(self, name: str, origin: int, unseen: pd.DataFrame) -> float:
        """Return what expected orders are to be multiplied by at an origin.

        Actual by expected orders in the same season a year ago. Its square root where
        that season is not known, and over a year, which has none: what is off there is
        chance as much as level. A baseline is taken as it is.
        """
        if name in BASELINES or unseen.empty:
            return 1.0
        actual, expected = unseen["orders"].sum(), unseen["expected_orders"].sum()
        if not (actual > 0 and expected > 0):
            return 1.0
        is_seasonal = self.target.horizon_days < DAYS_PER_YEAR
        has_season = self.origins.same_season(origin) is not None
        return float((actual / expected) ** (1 if is_seasonal and has_season else 0.5))


def judged_predictions(
    learner: Learner, origin: int
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Predict an origin by every candidate that can be fitted to what is known there.

    Returns
    -------
    predictions : DataFrame
        One row per candidate and customer: expected and actual amount and orders.
    calibrated : dict
        Candidate to outcomes it has not seen, at its level.
    """
    rows = learner.at(origin)
    parameters = learner.parameters(origin)
    frames, calibrated = [], {}
    for name in CANDIDATES:
        model = learner.model(name, learner.origins.known_at(origin))
        raw = learner.predict(name, rows, parameters, model)
        if raw is None:
            continue
        level, unseen = learner.calibration(name, origin, model)
        calibrated[name] = unseen
        frames.append(
            pd.DataFrame(
                {
                    "origin_date": rows["anchor_date"].to_numpy(),
                    "candidate": name,
                    "is_baseline": name in BASELINES,
                    "customer_id": rows["customer_id"].to_numpy(),
                    "actual": rows[learner.target.amount].to_numpy(float),
                    "predicted": raw.net_amount * level,
                    "predicted_raw": raw.net_amount,
                    "actual_orders": rows[learner.target.orders].to_numpy(float),
                    "predicted_orders": raw.orders * level,
                    "predicted_orders_raw": raw.orders,
                }
            )
        )
    return pd.concat(frames, ignore_index=True), calibrated


def coverage_at(
    predictions: pd.DataFrame, unseen: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], str]:
    """Measure the intervals of one candidate at one origin.

    They are learned at an earlier anchor; where that is too small, on one half of the
    customers, the halves by hashed id, and measured on the other.

    Parameters
    ----------
    predictions : DataFrame
        Of the origin: what `judged_predictions` gave.
    unseen : DataFrame
        Outcomes of the earlier anchor, at their level.

    Returns
    -------
    coverage : dict
        What `intervals.measure_coverage` gives; empty where there are no intervals.
    how : str
        In plain words.
    """
    outcomes = sorted_by_key(predictions, "customer_id").rename(
        columns={
            "actual": "amount",
            "predicted": "expected_amount",
            "actual_orders": "orders",
            "predicted_orders": "expected_orders",
        }
    )
    bands = interval_bands(unseen)
    if len(bands):
        return measure_coverage(bands, outcomes), "learned at an earlier anchor"
    half = outcomes["customer_id"].map(lambda name: fits.hashed(name) % 2)
    bands = interval_bands(outcomes[half == 0])
    if len(bands):
        how = "learned on the other half of the customers"
        return measure_coverage(bands, outcomes[half == 1]), how
    return {}, "too few customers for intervals"


def learn(
    customers: pd.DataFrame,
    target: Target,
    settings: Settings,
    *,
    fit_date: date,
    data_from: date,
    past: pd.DataFrame | None = None,
    groups: pd.DataFrame | None = None,
) -> dict | None:
    """Learn one target, if it is due.

    Parameters
    ----------
    customers : DataFrame
        One row per customer who has bought and anchor, the scoring anchor (0) among
        them, in any order: `customer_id`, `anchor_date`, `anchor_number`, the features,
        and the labels, which are missing where they are not known.
    target : Target
    settings : Settings
    fit_date, data_from : date
    past, groups : DataFrame, optional
        As `past` and `customers` in `probabilities.learn`.

    Returns
    -------
    dict or None
        A row of `fits.FITS_SCHEMA`; None where no fit is due.
    """
    learner = Learner.of(customers, target, settings)
    judged_at, problem = learner.judged_at()
    rows = learner.at(0, *learner.origins.known_at(0))
    record, last = fits.begin(
        rows,
        target=target.name,
        kind="amount",
        label=target.amount,
        more_columns=[target.orders, "avg_repeat_amount"],
        horizon_days=target.horizon_days,
        features=target.features,
        settings=asdict(settings),
        fit_date=fit_date,
        data_from=data_from,
        past=past,
        is_learnable=problem is None,
    )
    if record is None or problem:
        return record and record | {"verdict": problem}
    leaks = learner.suspects(judged_at[0])
    if leaks:
        features = {n: how for n, how in target.features.items() if n not in leaks}
        learner = replace(learner, target=replace(target, features=features))
        record["excluded_features"] = excluded(leaks)
    judged = {origin: judged_predictions(learner, origin) for origin in judged_at}
    predictions = pd.concat([p for p, _ in judged.values()], ignore_index=True)
    judgement = judge(
        predictions,
        kind="amount",
        deciding_metric="normalised_gini",
        seed=settings.seed,
        bootstrap_samples=settings.bootstrap_samples,
        incumbent=fits.incumbent(last, record),
        candidates=list(CANDIDATES),
    )
    scorecard = pd.concat(
        [judgement.scorecard, _orders_scorecard(predictions, judgement, settings)],
        ignore_index=True,
    )
    champion, verdict = judgement.champion, judgement.reason
    model = learner.model(champion, learner.origins.known_at(0))
    if not learner.can_predict(champion, model):
        best = scorecard["best_baseline"].iloc[0]
        verdict = f"cannot be fitted today: {learner.parameters(0).status()}"
        scorecard.loc[scorecard["candidate"] == champion, "verdict"] = verdict
        scorecard.loc[scorecard["candidate"] == best, "verdict"] = "baseline: serves"
        verdict = f"{best} serves; {champion} was best, but {verdict}"
        champion, model = best, None
        scorecard["is_serving"] = scorecard["candidate"] == champion
    coverage = []
    for here, unseen in judged.values():
        mine = here[here["candidate"] == champion]
        found, how = coverage_at(mine, unseen[champion])
        (like,) = scorecard[
            (scorecard["origin_date"] == mine["origin_date"].iloc[0])
            & (scorecard["candidate"] == champion)
            & (scorecard["metric"] == "spearman")
        ].to_dict("records")
        coverage += coverage_scorecard(like, found, how)
    level, outcomes = learner.calibration(champion, 0, model)
    bands = interval_bands(outcomes)
    part, rows = "coefficients", None
    if isinstance(model, Forest):
        part, rows = "nodes", model.nodes()
    elif model is not None:
        rows = model.rows
    return record | {
        "champion": champion,
        "champion_settings": SETTINGS_IN_WORDS.get(champion, ""),
        "is_baseline": champion in BASELINES,
        "verdict": verdict,
        "level_slope": 1.0,
        "level_intercept": float(np.log(level)),
        "scorecard": [*scorecard.to_dict("records"), *coverage],
        "lift": lift_table(predictions, "amount"),
        "parameters": learner.parameters(0).rows,
        "intervals": bands,
        "groups": group_figures(
            served_at_newest(predictions, champion), groups, "amount"
        ),
        part: rows,
    }


def _orders_scorecard(predictions, judgement, settings) -> pd.DataFrame:
    """Judge expected orders alike; who serves was decided on the amounts."""
    orders = predictions.assign(
        actual=predictions["actual_orders"],
        predicted=predictions["predicted_orders"],
        predicted_raw=predictions["predicted_orders_raw"],
    )
    scorecard = judge(
        orders,
        kind="amount",
        deciding_metric="normalised_gini",
        seed=settings.seed,
        bootstrap_samples=settings.bootstrap_samples,
        candidates=list(CANDIDATES),
    ).scorecard
    decided = judgement.scorecard.drop_duplicates("candidate").set_index("candidate")
    for column in ("beats_baseline", "is_serving", "verdict"):
        scorecard[column] = scorecard["candidate"].map(decided[column])
    return scorecard.assign(metric="orders_" + scorecard["metric"])


def learn_amounts(
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
        `fits.FITS_SCHEMA`; a row per target that was due.
    """
    fit_date, data_from = fits.dates(scoring)
    key = ["customer_id", "anchor_date"]
    records = []
    for days in sorted(set(horizons)):
        target = Target(f"spend_{days}d", days, features)
        known = labels[[*key, target.orders, target.amount]]
        record = learn(
            customers.merge(known, on=key, how="left", validate="one_to_one"),
            target,
            settings,
            fit_date=fit_date,
            data_from=data_from,
            past=past,
            groups=groups,
        )
        if record is not None:
            records.append(record)
    return fits.fits_table(records)

"""A target is one small learner: the life of a model does the rest."""

from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd
import pytest

from segmentation.identity import NOTHING
from segmentation.learning.fit_rows import FITS_SCHEMA, fits_table
from segmentation.learning.learner import CannotServe, Evidence, Served, Task
from segmentation.learning.lifecycle import Build, learn, learn_together

START = date(2024, 1, 1)
TODAY = Build(date(2024, 7, 1), START)
SCORECARD = pd.DataFrame(
    {
        "origin_date": [date(2024, 4, 1)] * 2,
        "candidate": ["model", "rule"],
        "is_baseline": [False, True],
        "best_baseline": "rule",
        "is_serving": [True, False],
        "verdict": ["serves: best", "baseline"],
    }
)


@dataclass(frozen=True)
class Smallest:
    """As little as a learner can be."""

    name: str = "smallest"
    seed: int = 1
    features: dict = field(default_factory=lambda: {"amount": "log1p"})
    problem: str | None = None
    leaks: dict | None = None
    fault: str | None = None

    @property
    def task(self):
        settings = {"seed": self.seed, "refit_every_days": 30, "source": "here"}
        return Task(self.name, "amount", "spend", 90, self.features, settings)

    @property
    def candidates(self):
        return ("model", "rule") if self.features else ()

    def training_rows(self):
        return pd.DataFrame(
            {
                "customer_id": ["a", "b"],
                "anchor_date": pd.Timestamp(2024, 1, 1),
                "anchor_number": 2,
                "spend": [1.0, 0.0],
                "amount": [10.0, 20.0],
            }
        )

    def judged_at(self):
        return ([], self.problem) if self.problem else ([1], None)

    def suspects(self, origins):
        return self.leaks

    def without(self, features):
        kept = {n: how for n, how in self.features.items() if n not in features}
        return replace(self, features=kept)

    def judge(self, origins, incumbent):
        verdict = f"model serves after {incumbent}"
        card = SCORECARD.reindex(columns=_scorecard_columns())
        return Evidence(card, "model", verdict)

    def serve(self, evidence):
        if self.fault and not evidence.is_baseline:
            raise CannotServe(self.fault)
        return Served(settings="as it is")


def _scorecard_columns():
    return FITS_SCHEMA.field("scorecard").type.value_type.names


def made(**how):
    return learn(Smallest(**how), TODAY).record


def as_past(*records):
    return fits_table(list(records)).to_pandas()


def test_a_fit_comes_about_from_as_little_as_a_learner_can_be():
    (row,) = fits_table([made()]).to_pylist()
    assert (row["champion"], row["is_baseline"]) == ("model", False)
    assert (row["target"], row["fit_number"]) == ("smallest", 1)
    assert row["trained_until"] == START
    assert row["champion_settings"] == "as it is"
    assert len(row["scorecard"]) == 2


def test_what_cannot_be_judged_has_a_verdict_and_no_champion():
    record = made(problem="too little data")
    assert (record["champion"], record["verdict"]) == (NOTHING, "too little data")


def test_features_that_know_the_future_are_left_out_and_named():
    features = {"amount": "log1p", "spend": "log1p"}
    record = made(features=features, leaks={"spend": 1.0})
    assert record["excluded_features"].startswith("spend: alone it has an AUC of 1.000")
    assert record["champion"] == "model"


def test_without_any_feature_left_nothing_is_learned():
    record = made(leaks={"amount": 0.999})
    assert record["champion"] == NOTHING
    assert record["verdict"] == "no feature is left to learn from"


def test_the_best_baseline_serves_where_the_champion_cannot():
    record = made(fault="cannot be fitted today")
    assert (record["champion"], record["is_baseline"]) == ("rule", True)
    assert record["verdict"] == (
        "rule serves; model was best, but cannot be fitted today"
    )
    card = record["scorecard"].set_index("candidate")
    assert card["is_serving"].to_dict() == {"model": False, "rule": True}
    assert card["verdict"].to_dict() == {
        "model": "cannot be fitted today",
        "rule": "baseline: serves",
    }


def test_a_fit_that_is_not_due_is_not_made():
    today = replace(TODAY, past=as_past(made()))
    assert learn(Smallest(), today) is None
    assert learn(Smallest(seed=2), today).record["fit_number"] == 2


def test_who_served_until_now_is_made_known_to_the_judge():
    past = as_past(made())
    again = learn(Smallest(seed=2), replace(TODAY, past=past)).record
    assert again["verdict"] == "model serves after model"


@pytest.mark.parametrize(("seed", "count"), [(1, 0), (2, 2)])
def test_targets_that_need_each_other_are_learned_together(seed, count):
    """One is as it was; if the other is due, both are."""
    past = as_past(made(name="first"), made(name="second"))
    learners = [Smallest("first"), Smallest("second", seed=seed)]
    found = learn_together(learners, replace(TODAY, past=past))
    assert len(found) == count

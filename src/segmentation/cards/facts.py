"""What a card shows about a fit: rows chosen and ordered, nothing made up."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from segmentation.cards.wording import GROUPINGS, MEASURES, Measure, Purpose, purpose_of
from segmentation.identity import NOTHING
from segmentation.learning.fit_rows import FITS_SCHEMA, PARTS
from segmentation.learning.groups import LEAST_CUSTOMERS
from segmentation.linear import INTERCEPT
from segmentation.predictions.tastes import SHARE
from segmentation.writing import MISSING, plain

MOST_SHOWN = 10  # features, or categories

SMALL = "too few to tell"  # what `learning.groups` calls small groups put together

COVERAGE = "interval_coverage"
MORE_COVERAGE = {
    "orders": f"orders_{COVERAGE}",
    "buyers": f"buyers_{COVERAGE}",
    "told": "predicted_over_actual",
}
BANDS = {
    "": "all",
    "_lowest": "lowest",
    "_low": "low",
    "_medium": "medium",
    "_high": "high",
    "_highest": "highest",
}

# words that a feature's name must not have, if groups are to be no features
PROTECTED = {"gender", "sex", "age", "birth", "country", "city", "acquisition"}


def _json(written: str | None) -> dict[str, Any]:
    return json.loads(written) if written else {}


@dataclass(frozen=True)
class Facts:
    """One fit, and views of it.

    Attributes
    ----------
    fit : dict
        The fields of `FITS_SCHEMA`, None or an empty list where missing.
    """

    fit: dict[str, Any]

    @classmethod
    def of(cls, fit: Mapping[str, Any] | pd.Series) -> "Facts":
        """Take a row of `FITS_SCHEMA`, from whichever engine; parts may be missing."""
        given = {name: plain(fit.get(name)) for name in FITS_SCHEMA.names}
        for part, schema in PARTS.items():
            given[part] = [
                {name: row.get(name) for name in schema.names}
                for row in given[part] or []
            ]
        return cls(given)

    @cached_property
    def champion(self) -> str | None:
        """Who serves; None where nothing does."""
        champion = self.fit["champion"]
        return None if champion in (None, NOTHING) else champion

    @property
    def is_baseline(self) -> bool:
        """Whether a naive rule serves."""
        return bool(self.fit["is_baseline"])

    @property
    def kind(self) -> str:
        """probability, amount, days or category."""
        return self.fit["kind"]

    @cached_property
    def horizon_days(self) -> int | None:
        """How far the label looks ahead; None where it has no end."""
        days = self.fit["horizon_days"]
        return None if days is None else int(days)

    @cached_property
    def purpose(self) -> Purpose:
        """What the fit is for."""
        target = self.fit["target"] or ""
        return purpose_of(target, self.horizon_days, self.fit["label"])

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What the fit was made with, besides what the card shows elsewhere."""
        shown = {"features", "label", "target", "shop"}
        settings = _json(self.fit["settings"])
        source = str(settings.pop("source", ""))
        parts = [part for part in source.split(", ") if part not in ("", "None")]
        if parts:
            settings["source"] = ", ".join(parts)
        return {k: v for k, v in settings.items() if k not in shown and v != []}

    @cached_property
    def versions(self) -> dict[str, str]:
        """Library to version."""
        return _json(self.fit["library_versions"])

    # ---------- features

    @cached_property
    def excluded(self) -> list[str]:
        """Features that were suspected of knowing the future, and why."""
        written = self.fit["excluded_features"] or ""
        found = [each.strip() for each in written.split("?; ") if each.strip()]
        return [each if each.endswith("?") else f"{each}?" for each in found]

    @cached_property
    def features(self) -> list[str]:
        """The features learned from, those excluded left out."""
        excluded = {each.split(":")[0] for each in self.excluded}
        return [name for name in _json(self.fit["features"]) if name not in excluded]

    @cached_property
    def protected(self) -> list[str]:
        """Features that reveal a group a customer is born into, or lives in."""
        return [name for name in self.features if PROTECTED & {*name.split("_")}]

    # ---------- figures

    @property
    def measures(self) -> dict[str, Measure]:
        """The metrics that are shown, by name; the first decides."""
        return MEASURES.get(self.kind, {})

    @property
    def deciding_name(self) -> str:
        """How that metric is called."""
        return self.deciding_measure.name if self.deciding else MISSING

    @cached_property
    def deciding(self) -> str | None:
        """The metric that decided who serves."""
        return next(iter(self.measures), None)

    @property
    def deciding_measure(self) -> Measure:
        """How that metric is shown; KeyError where none decided."""
        return self.measures[self.deciding or ""]

    def rows(
        self, metric: str | None, candidate: str | None = None
    ) -> list[dict[str, Any]]:
        """Return what a candidate, by default the champion, reached, newest first."""
        candidate = candidate or self.champion
        found = [
            row
            for row in self.fit["scorecard"]
            if row["metric"] == metric and row["candidate"] == candidate
        ]
        return sorted(found, key=lambda row: row["origin_date"], reverse=True)

    def at(self, metric: str, origin: date) -> dict[str, Any] | None:
        """Return what the champion reached at an origin, or None."""
        same = (row for row in self.rows(metric) if row["origin_date"] == origin)
        return next(same, None)

    @cached_property
    def origins(self) -> list[date]:
        """The days at which the champion was judged, newest first."""
        return [row["origin_date"] for row in self.rows(self.deciding)]

    @cached_property
    def baseline(self) -> str | None:
        """The strongest baseline."""
        rows = self.rows(self.deciding)
        return rows[0]["best_baseline"] if rows else None

    @cached_property
    def figures(self) -> list[tuple[Measure, dict[str, Any]]]:
        """Measures and rows of the champion, by measure, newest first."""
        return [
            (measure, row)
            for metric, measure in self.measures.items()
            for row in self.rows(metric)
        ]

    @cached_property
    def competitors(self) -> list[dict[str, Any]]:
        """Who competed, champion first, baselines last.

        `values` are those of the deciding metric, in the order of `origins`; None where
        a candidate was not judged.
        """
        found: dict[str, dict[str, Any]] = {}
        for row in self.fit["scorecard"]:
            if row["metric"] == self.deciding:
                found.setdefault(row["candidate"], row)
        competitors = []
        for name, row in found.items():
            at = {
                r["origin_date"]: r["metric_value"]
                for r in self.rows(self.deciding, name)
            }
            values = [at.get(origin) for origin in self.origins]
            competitors.append({**row, "values": values})
        known = [[v for v in each["values"] if v is not None] for each in competitors]
        means = [sum(v) / len(v) if v else -math.inf for v in known]
        order = sorted(
            range(len(competitors)),
            key=lambda n: (
                competitors[n]["candidate"] != self.champion,
                bool(competitors[n]["is_baseline"]),
                -means[n],
            ),
        )
        return [competitors[n] for n in order]

    @cached_property
    def levels(self) -> list[dict[str, Any]]:
        """By origin, what was predicted before and after calibration, and what came."""
        if self.kind == "probability":
            names = {
                "predicted_raw": "mean_predicted_raw",
                "predicted": "mean_predicted",
                "observed": "observed_rate",
                "error_raw": "calibration_error_raw",
                "error": "calibration_error",
            }
        else:
            names = {
                "predicted_raw": "predicted_over_actual_raw",
                "predicted": "predicted_over_actual",
                "orders_raw": "orders_predicted_over_actual_raw",
                "orders": "orders_predicted_over_actual",
            }
        nothing = dict.fromkeys(("metric_value", "lower_bound", "upper_bound"))
        return [
            {
                "origin": origin,
                **{name: self.at(m, origin) or nothing for name, m in names.items()},
            }
            for origin in self.origins
        ]

    @cached_property
    def bins(self) -> list[dict[str, Any]]:
        """The champion's calibration bins at the newest origin, lowest first."""
        mine = [
            row
            for row in self.fit["calibration"]
            if row["candidate"] == self.champion and row["is_calibrated"]
        ]
        newest = max((row["origin_date"] for row in mine), default=None)
        here = [row for row in mine if row["origin_date"] == newest]
        return sorted(here, key=lambda row: row["bin"])

    @cached_property
    def top_deciles(self) -> list[dict[str, Any]]:
        """What came of the tenth predicted highest, by origin, newest first."""
        mine = [
            row
            for row in self.fit["lift"]
            if row["candidate"] == self.champion and row["decile"] == 1
        ]
        return sorted(mine, key=lambda row: row["origin_date"], reverse=True)

    @cached_property
    def coverage(self) -> list[dict[str, Any]]:
        """How often intervals held what came, by origin, newest first, and band.

        `amount`, `orders`, `buyers` (amounts if buying) and `told` (expected over
        actual amount) are rows of the scorecard; of all but amount, there may be none.
        """
        found = []
        for origin in self.origins:
            for suffix, band in BANDS.items():
                amount = self.at(COVERAGE + suffix, origin)
                if amount:
                    none = dict.fromkeys(amount)
                    found.append(
                        {
                            "origin": origin,
                            "band": band,
                            "amount": amount,
                            **{
                                name: self.at(metric + suffix, origin) or none
                                for name, metric in MORE_COVERAGE.items()
                            },
                        }
                    )
        return found

    # ---------- what it is made of

    @cached_property
    def terms(self) -> list[dict[str, Any]]:
        """The coefficients, the largest standardised weight first."""
        terms = [r for r in self.fit["coefficients"] if r["feature"] != INTERCEPT]
        terms.sort(key=lambda r: (-abs(r["standardised_weight"] or 0), r["feature"]))
        return terms

    @cached_property
    def splits(self) -> list[dict[str, Any]]:
        """The features that trees split on, those that separate most first.

        `share` is the part of what all splits separate, Σ n (v - v_parent)² over both
        sides of a split, n being training rows and v the mean margin there.
        """
        by_key = {(row["tree"], row["node"]): row for row in self.fit["nodes"]}
        found: dict[str, dict[str, Any]] = {}
        for row in self.fit["nodes"]:
            if row["feature"] is None:
                continue
            sides = [by_key.get((row["tree"], row[side])) for side in ("left", "right")]
            separated = sum(
                side["cover"] * (side["value"] - row["value"]) ** 2
                for side in sides
                if side
            )
            entry = found.setdefault(
                row["feature"], {"feature": row["feature"], "count": 0, "share": 0.0}
            )
            entry["count"] += 1
            entry["share"] += separated
        total = sum(entry["share"] for entry in found.values())
        for entry in found.values():
            entry["share"] = entry["share"] / total if total else None
        return sorted(found.values(), key=lambda e: (-(e["share"] or 0), e["feature"]))

    @cached_property
    def expectations(self) -> list[str]:
        """Of the features shown, those that the purchase model says of a customer."""
        if self.kind != "amount":
            return []
        shown = (self.terms or self.splits)[:MOST_SHOWN]
        return [r["feature"] for r in shown if r["feature"] not in self.features]

    @cached_property
    def chosen_settings(self) -> str | None:
        """The settings of the champion that were tried and chosen."""
        chosen = (
            row["settings"]
            for row in self.fit["tuning"]
            if row["candidate"] == self.champion and row["is_chosen"]
        )
        return next(chosen, None)

    @cached_property
    def processes(self) -> list[dict[str, Any]]:
        """Purchase, spend and category models that were fitted, as one row each."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for row in self.fit["parameters"]:
            if row["parameter"].startswith(SHARE):
                continue
            key = row["process"], row["model"]
            entry = found.setdefault(key, {**row, "values": {}})
            entry["values"][row["parameter"]] = row["value"]
        return list(found.values())

    @cached_property
    def shares(self) -> list[dict[str, Any]]:
        """The shop's categories, the largest first."""
        shares = [r for r in self.fit["parameters"] if r["parameter"].startswith(SHARE)]
        shares.sort(key=lambda row: (-(row["value"] or 0), row["parameter"]))
        return [
            {"category": row["parameter"].removeprefix(SHARE), "share": row["value"]}
            for row in shares
        ]

    # ---------- groups

    def _is_shown(self, row: dict[str, Any]) -> bool:
        is_large = (row["count_customers"] or 0) >= LEAST_CUSTOMERS
        return is_large and row["mean_predicted"] is not None

    @cached_property
    def unknown_groupings(self) -> list[str]:
        """Groupings that are not known for any customer."""
        names: dict[str, set[str]] = {}
        for row in self.fit["groups"]:
            names.setdefault(row["grouping"], set()).add(row["group_name"])
        return [grouping for grouping, found in names.items() if found == {"unknown"}]

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """Groups that are large enough to be shown, those too small put together."""
        order = list(GROUPINGS)
        shown = [
            row
            for row in self.fit["groups"]
            if self._is_shown(row) and row["grouping"] not in self.unknown_groupings
        ]
        return sorted(
            shown,
            key=lambda row: (
                order.index(row["grouping"])
                if row["grouping"] in order
                else len(order),
                row["grouping"],
                row["group_name"] == SMALL,
                row["group_name"],
            ),
        )

    @cached_property
    def small_groups(self) -> dict[str, int]:
        """Grouping to how many customers are in groups too small to be shown."""
        found: dict[str, int] = {}
        for row in self.fit["groups"]:
            if not self._is_shown(row):
                size = row["count_customers"] or 0
                found[row["grouping"]] = found.get(row["grouping"], 0) + size
        return found

"""The limits of a fit, each drawn from a figure of it."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from segmentation.cards.facts import SMALL, Facts
from segmentation.cards.wording import GROUPINGS
from segmentation.writing import count, counted, day, interval, number, percent, text

FEW_CUSTOMERS = 1_000  # to learn from
FEW_JUDGED = 500  # at an origin
WIDE = 0.1  # of the interval of the metric that decides
LARGE_CALIBRATION_ERROR = 0.05
COVERAGE_BOUNDS = 0.75, 0.85  # of intervals that promise .8
LEAST_TOLD = 0.5  # of what a value band spends; at most the inverse
YEAR = timedelta(days=365)
OLD = timedelta(days=180)


def _at(figures: list[tuple[str, date]]) -> str:
    return "; ".join(f"{figure} at {day(origin)}" for figure, origin in figures)


def baseline_serves(facts: Facts) -> Iterator[str]:
    """Say that a naive rule does best."""
    if facts.is_baseline:
        yield (
            f"A naive baseline serves, {text(facts.champion)}: no learned model "
            "beats it."
        )


def little_to_learn_from(facts: Facts) -> Iterator[str]:
    """Say that there were few customers, or one time of the year."""
    customers = facts.fit["count_training_customers"]
    if customers is not None and customers < FEW_CUSTOMERS:
        yield f"It was learned from few customers: {count(customers)}."
    if facts.fit["count_training_anchors"] == 1:
        yield "It was learned at only one anchor, so from one time of year."


def little_to_judge_on(facts: Facts) -> Iterator[str]:
    """Say that there were few customers, few origins, or some seasons only."""
    few = [
        (counted(row["count_test_rows"], "customer"), row["origin_date"])
        for row in facts.rows(facts.deciding)
        if (row["count_test_rows"] or 0) < FEW_JUDGED
    ]
    if few:
        yield f"It was judged on few customers: {_at(few)}."
    if not facts.origins:
        yield "It was not judged."
        return
    newest, oldest = facts.origins[0], facts.origins[-1]
    horizon = timedelta(days=facts.horizon_days or 0)
    if newest == oldest:
        yield (
            f"It was judged at one origin only, {day(newest)}: whether it does as well "
            "at other times is unknown."
        )
    elif newest + horizon - oldest < YEAR:
        yield (
            f"It was judged from {day(oldest)} to {day(newest)}, less than a year: how "
            "it does in other seasons is unknown."
        )
    made = facts.fit["fit_date"]
    if made is not None and made - newest > OLD:
        yield (
            f"The newest day it could be judged at is {day(newest)}: what changed "
            f"between then and the fit on {day(made)} is untested."
        )


def short_history(facts: Facts) -> Iterator[str]:
    """Say that no season was seen twice."""
    since, made = facts.fit["data_from"], facts.fit["fit_date"]
    if since is not None and made is not None and made - since < 2 * YEAR:
        yield f"The data starts on {day(since)}: no time of year was seen twice."


def near_worthless(facts: Facts) -> Iterator[str]:
    """Say that the interval includes chance."""
    measure = facts.deciding_measure
    if measure.worthless is None:
        return
    found = [
        (interval(row["metric_value"], row["lower_bound"], row["upper_bound"]), origin)
        for row in facts.rows(facts.deciding)
        if (origin := row["origin_date"])
        and row["lower_bound"] is not None
        and row["lower_bound"] <= measure.worthless
    ]
    if found:
        yield f"Its {measure.name} may be no better than chance: {_at(found)}."


def uncertain(facts: Facts) -> Iterator[str]:
    """Say that the interval of the deciding metric is wide."""
    measure = facts.deciding_measure
    wide = [
        (
            interval(row["metric_value"], row["lower_bound"], row["upper_bound"]),
            row["origin_date"],
        )
        for row in facts.rows(facts.deciding)
        if row["lower_bound"] is not None
        and row["upper_bound"] is not None
        and row["upper_bound"] - row["lower_bound"] > WIDE
    ]
    if wide:
        yield f"Its {measure.name} is known only roughly: {_at(wide)}."


def unclear_lead(facts: Facts) -> Iterator[str]:
    """Say that the lead over the baseline is not clear at single origins."""
    if facts.is_baseline:
        return
    measure, behind, unclear = facts.deciding_measure, [], []
    for row in facts.rows(facts.deciding):
        ends = row["difference_lower"], row["difference_upper"]
        if row["difference"] is None or None in ends:
            continue
        sign = 1 if row["is_higher_better"] else -1
        figure = interval(row["difference"], *ends), row["origin_date"]
        if sign * row["difference"] < 0:
            behind.append(figure)
        elif ends[0] <= 0 <= ends[1]:
            unclear.append(figure)
    ahead = f"the strongest baseline, {text(facts.baseline)}"
    if behind:
        yield f"It was behind {ahead}, in {measure.name}: {_at(behind)}."
    if unclear:
        yield f"Its lead over {ahead}, in {measure.name} is unclear: {_at(unclear)}."


def miscalibrated(facts: Facts) -> Iterator[str]:
    """Say that the calibration error is large."""
    if facts.kind != "probability":
        return
    if facts.fit["level_slope"] == 1 and facts.fit["level_intercept"] == 0:
        yield (
            "It is not calibrated: there was too little data besides what it learned "
            "from."
        )
    large = [
        (interval(row["metric_value"], row["lower_bound"], row["upper_bound"]), origin)
        for row in facts.rows("calibration_error")
        if (origin := row["origin_date"])
        and (row["metric_value"] or 0) > LARGE_CALIBRATION_ERROR
    ]
    if large:
        yield f"Its calibration error is large: {_at(large)}."


def off_level(facts: Facts) -> Iterator[str]:
    """Say that more, or less, was observed than predicted, beyond chance."""
    for side in ("high", "low"):
        found = []
        for level in facts.levels if facts.kind == "probability" else ():
            rate = level["observed"]
            mean = level["predicted"]["metric_value"]
            if mean is not None and _side(mean, rate) == side:
                observed = interval(
                    rate["metric_value"], rate["lower_bound"], rate["upper_bound"]
                )
                found.append(
                    (f"{number(mean)} predicted, {observed} observed", level["origin"])
                )
        for level in facts.levels if facts.kind == "amount" else ():
            ratio = level["predicted"]
            if _side(1.0, ratio) == {"high": "low", "low": "high"}[side]:
                value = interval(
                    ratio["metric_value"], ratio["lower_bound"], ratio["upper_bound"]
                )
                found.append((f"{value} of what was spent", level["origin"]))
        if found:
            yield f"Its level was too {side}: {_at(found)}."


def _side(value: float, row: dict[str, Any]) -> str | None:
    """Say whether a value lies above or below the interval of a figure."""
    if row["lower_bound"] is not None and value < row["lower_bound"]:
        return "low"
    if row["upper_bound"] is not None and value > row["upper_bound"]:
        return "high"
    return None


def off_median(facts: Facts) -> Iterator[str]:
    """Say that more, or less, than half had bought by the expected day."""
    if facts.kind != "days":
        return
    late: dict[str, list[tuple[str, date]]] = {"low": [], "high": []}
    for row in facts.rows("share_by_expected_day"):
        side = _side(0.5, row)
        if side:
            share = (row["metric_value"], row["lower_bound"], row["upper_bound"])
            late[side].append((interval(*share), row["origin_date"]))
    if late["low"]:
        yield f"More than half had bought by the expected day: {_at(late['low'])}."
    if late["high"]:
        yield f"Less than half had bought by the expected day: {_at(late['high'])}."


def off_coverage(facts: Facts) -> Iterator[str]:
    """Say that intervals hold too little, or too much."""
    low, high = COVERAGE_BOUNDS
    off = [
        (f"{percent(held)} of {words} ({row['band']})", row["origin"])
        for row in facts.coverage
        for of, words in (("amount", "amounts"), ("orders", "orders"))
        if (held := row[of].get("metric_value")) is not None and not low <= held <= high
    ]
    if off:
        yield f"Its 80 % intervals held too much or too little: {_at(off)}."
    own = [
        row["origin"]
        for row in facts.coverage
        if "half" in (row["amount"]["verdict"] or "")
    ]
    if own:
        days = ", ".join(day(origin) for origin in dict.fromkeys(own))
        yield (
            f"At {days} the intervals were learned on other customers of the same day: "
            "their coverage there does not show how a new season affects them."
        )
    if facts.kind == "amount" and not facts.fit["intervals"]:
        yield "It has no intervals: there were too few customers to learn them from."


def off_coverage_of_buyers(facts: Facts) -> Iterator[str]:
    """Say that amounts if buying hold too little, or too much, beyond chance."""
    low, high = COVERAGE_BOUNDS
    off = [
        (
            f"{percent(held['metric_value'])} of "
            f"{counted(held['count_test_rows'], 'buyer')} ({row['band']})",
            row["origin"],
        )
        for row in facts.coverage
        if (held := row["buyers"])["lower_bound"] is not None
        and (held["upper_bound"] < low or held["lower_bound"] > high)
    ]
    if off:
        yield f"Its 80 % intervals of buyers held too much or too little: {_at(off)}."


def off_bands(facts: Facts) -> Iterator[str]:
    """Say which value band was expected to spend far more, or less, than it did."""
    far = [
        (f"{number(told, 2)} times ({row['band']})", row["origin"])
        for row in facts.coverage
        if row["band"] != "all"
        and (told := row["told"].get("metric_value")) is not None
        and not LEAST_TOLD <= told <= 1 / LEAST_TOLD
    ]
    if far:
        yield (
            "Some value bands were expected to spend more than twice what they spent, "
            f"or less than half: {_at(far)}."
        )


def replaced_fits(facts: Facts) -> Iterator[str]:
    """Say which purchase or spend models could not be trusted."""
    for row in facts.processes:
        if row["fit_status"] == "ok":
            continue
        serves = ", but is used anyway" if row["is_served"] else ""
        status = text(row["fit_status"])
        yield f"{text(row['model'])} was fitted and is not reliable{serves}: {status}."


def uneven_groups(facts: Facts) -> Iterator[str]:
    """Say which group is most over- or underrated."""
    named = [
        row
        for row in facts.groups
        if row["mean_actual"] is not None and row["group_name"] != SMALL
    ]
    if facts.kind == "amount":
        named = [row for row in named if row["mean_actual"] > 0]

    def gap(row: dict[str, Any]) -> float:
        by = row["mean_actual"] if facts.kind == "amount" else 1.0
        return abs(row["mean_predicted"] - row["mean_actual"]) / by

    if named:
        row = max(named, key=gap)
        decimals = 2 if facts.kind == "amount" else 3
        predicted, observed = (
            number(row[name], decimals) for name in ("mean_predicted", "mean_actual")
        )
        yield (
            "It is furthest off for "
            f"{GROUPINGS.get(row['grouping'], row['grouping'])} "
            f"{text(row['group_name'])}: {predicted} predicted, {observed} observed "
            f"({counted(row['count_customers'], 'customer')})."
        )


ALL: tuple[Callable[[Facts], Iterator[str]], ...] = (
    baseline_serves,
    near_worthless,
    unclear_lead,
    uncertain,
    miscalibrated,
    off_level,
    off_median,
    off_coverage,
    off_coverage_of_buyers,
    off_bands,
    replaced_fits,
    little_to_learn_from,
    little_to_judge_on,
    short_history,
    uneven_groups,
)


def limits(facts: Facts) -> list[str]:
    """Return the limits of a fit that serves, the gravest first."""
    if facts.champion is None or facts.deciding is None:
        return []
    return [sentence for limit in ALL for sentence in limit(facts)]

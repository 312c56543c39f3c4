"""Five things a manager should know today, each by a rule and from a mart."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from markupsafe import Markup

from segmentation.report.figures import known, month, number, percent, ranged, signed
from segmentation.report.health import titles_of
from segmentation.report.parts import Contents, Finding
from segmentation.report.wording import CAUSES, OBJECTIVES, listed

FINDINGS = 5
ALARMING = 0.1


def rejected_share(contents: Contents) -> float:
    """Return the share of all raw rows that were rejected; 0 where there are none."""
    inputs = contents["inputs"]
    rows = known(inputs["count_rows"].sum())
    return float(inputs["count_rejected_rows"].sum() / rows) if rows else 0.0


def findings(contents: Contents) -> tuple[Finding, ...]:
    """Return what a manager should know: at most five, the most telling first.

    Where the money is, where to act first, what moved most, what is expected, whether
    all this can be believed, and whether the newest customers come back. What a shop
    has no data for is left out; of six, the newest customers are. Where more than
    `ALARMING` of the input was rejected, whether to believe it comes first.
    """
    rules: tuple[Callable[[Contents], Finding | None], ...] = (
        money,
        action,
        change,
        outlook,
        trust,
        newcomers,
    )
    if rejected_share(contents) > ALARMING:
        rules = (trust, *(rule for rule in rules if rule is not trust))
    found = [finding for rule in rules if (finding := rule(contents))]
    return tuple(found[:FINDINGS])


def money(contents: Contents) -> Finding | None:
    """Say which segment brings most revenue, and what its risk is."""
    rows, mart = contents.of("overview", "rfm"), "rpt_segment_overview"
    if rows.empty or not known(rows["net_amount_share"].max()):
        return None
    best = rows.sort_values("net_amount_share", ascending=False, kind="stable").iloc[0]
    sentence = Markup("<b>{}</b> are {} of customers and bring {} of revenue.").format(
        best["segment_name"],
        percent(best["customer_share"], f"{mart}.customer_share", "money:customers"),
        percent(best["net_amount_share"], f"{mart}.net_amount_share", "money:revenue"),
    )
    if known(best["avg_churn_probability"]) is not None:
        sentence += Markup(
            " On average, the probability that they buy nothing within {} days is {}."
        ).format(
            number(
                contents["tiers"]["horizon_days"].max(),
                "fct_customer_churn.horizon_days",
            ),
            percent(best["avg_churn_probability"], f"{mart}.avg_churn_probability"),
        )
    return Finding("Where the money comes from", sentence, mart, "segments")


def action(contents: Contents) -> Finding | None:
    """Say which segment to turn to first, for how much, and who does it."""
    rows, mart = contents.of("priorities", "rfm"), "rpt_segment_priorities"
    rows = rows[rows["value_at_stake"].astype(float) > 0]
    if rows.empty:
        return None
    first = rows.iloc[0]
    stake = f"{mart}.value_at_stake"
    sentence = Markup("Turn to <b>{}</b>: {} of {} over {} days {}.").format(
        first["segment_name"],
        ranged(
            contents.money(first["value_at_stake"], stake, "action:stake"),
            contents.money(first["value_at_stake_lower"], f"{stake}_lower"),
            contents.money(first["value_at_stake_upper"], f"{stake}_upper"),
        ),
        first["value_basis"] or "value",
        number(first["valued_days"], f"{mart}.valued_days"),
        OBJECTIVES.get(first["objective"], "is at stake"),
    )
    if known(first["owner"]) and known(first["suggested_play"]):
        sentence += Markup(" {}: {}.").format(first["owner"], first["suggested_play"])
    return Finding("Where to act first", sentence, mart, "priorities")


def change(contents: Contents) -> Finding | None:
    """Say which segment changed its size most, and what did it."""
    rows, mart = contents.of("changes", "rfm"), "fct_segment_size_changes"
    if rows.empty:
        return None
    net = rows["count_after"] - rows["count_before"]
    if not net.abs().max():
        return None
    code = rows.loc[net.abs().idxmax(), "segment_code"]
    own = rows[rows["segment_code"] == code]
    before, after = own["count_before"].iloc[0], own["count_after"].iloc[0]
    sign = 1 if after > before else -1
    cause = own.loc[(own["net_change"] * sign).idxmax()]
    sentence = Markup("<b>{}</b> {} most, from {} to {} customers by {}.").format(
        listed(code, contents.names("rfm")),
        "grew" if sign > 0 else "shrank",
        number(before, f"{mart}.count_before", "change:before"),
        number(after, f"{mart}.count_after", "change:after"),
        f"{own['anchor_date'].iloc[0]:%d %B %Y}".lstrip("0"),
    ) + Markup(" Main cause: {} ({}).").format(
        listed(cause["cause"], CAUSES),
        signed(cause["net_change"], f"{mart}.net_change", "change:cause"),
    )
    return Finding("What moved most", sentence, mart, "movement")


def outlook(contents: Contents) -> Finding | None:
    """Say what customers are expected to spend, and how such forecasts came true."""
    mart, rows = "fct_customer_value", contents["value"]
    if rows.empty or not known(rows["expected_net_amount"].iloc[0]):
        return None
    about = rows.iloc[0]
    source, scores = f"{mart}.expected_net_amount", contents["scores"]
    sentence = Markup(
        "Customers who have bought are expected to spend <b>{}</b> within {} days, {} "
        "of it by a fifth of them."
    ).format(
        contents.money(about["expected_net_amount"], source, "outlook:expected"),
        number(about["horizon_days"], f"{mart}.horizon_days"),
        percent(about["top_fifth_amount"] / about["expected_net_amount"], source),
    )
    level = scores[
        (scores["model_name"] == f"spend_{int(about['horizon_days'])}d")
        & (scores["metric"] == "predicted_over_actual")
    ]
    if len(level):
        row, of = level.iloc[0], "fct_model_scorecards"
        sentence += Markup(
            " When last judged, such forecasts were {} times what came."
        ).format(
            ranged(
                number(row["metric_value"], f"{of}.metric_value", "outlook:level", 2),
                number(row["lower_bound"], f"{of}.lower_bound", "", 2),
                number(row["upper_bound"], f"{of}.upper_bound", "", 2),
            )
        )
    return Finding("What to expect", sentence, mart, "value")


def trust(contents: Contents) -> Finding | None:
    """Say whether models beat naive rules, and how much of the input was read."""
    rows, inputs = contents["models"], contents["inputs"]
    count = known(inputs["count_rows"].sum())
    if rows.empty or not count:
        return None
    serving = rows[rows["is_serving_now"].astype(bool)]
    naive = serving[serving["is_baseline"].fillna(False).astype(bool)]
    mart, titles = "dim_model_fits", titles_of(contents)
    if serving.empty:
        sentence = Markup("No model serves yet, so nothing here is a prediction")
    else:
        sentence = Markup("{} of {} models beat every naive rule").format(
            number(len(serving) - len(naive), f"{mart}.is_baseline", "trust:models"),
            number(len(rows), f"{mart}.model_name"),
        )
        silent = rows[~rows["is_serving_now"].astype(bool)]
        for words, those in (
            ("a naive rule serves for", naive),
            ("nothing serves for", silent),
        ):
            if len(those):
                told = _names(those, titles)
                sentence += Markup("; {} <b>{}</b>").format(words, told)
    rejected = rejected_share(contents)
    share = percent(rejected, "rpt_input_quality.rejected_share", "trust:rejected")
    sentence += Markup(". {} of {} raw rows were rejected.").format(
        Markup("<b>{}</b>").format(share) if rejected > ALARMING else share,
        number(count, "rpt_input_quality.count_rows"),
    )
    return Finding("What to trust", sentence, mart, "models")


def _names(rows: pd.DataFrame, titles: dict[str, str]) -> str:
    if len(rows) > 2:
        return f"{len(rows)} others"
    found = [titles[name] for name in rows["model_name"]]
    return " and ".join(name[:1].lower() + name[1:] for name in found)


def newcomers(contents: Contents) -> Finding | None:
    """Say whether the newest customers came back, beside those of a year before."""
    mart, rows = "fct_cohort_retention", contents["cohorts"]
    rows = rows[rows["months_since_first_order"] == 1]
    if rows.empty:
        return None
    newest = rows.iloc[-1]
    year_before = newest["cohort_month"] - pd.DateOffset(years=1)
    before = rows[rows["cohort_month"] == year_before]

    def rate(row: Any) -> Markup:
        source = f"{mart}.retention_rate"
        return ranged(
            *(
                percent(row[f"retention_rate{end}"], source + end)
                for end in ("", "_lower", "_upper")
            )
        )

    sentence = Markup(
        "Of {} customers who first bought in {}, {} bought the month after"
    ).format(
        number(newest["count_customers"], f"{mart}.count_customers"),
        month(newest["cohort_month"]),
        rate(newest),
    )
    if len(before):
        sentence += Markup("; a year before, {}").format(rate(before.iloc[0]))
    return Finding("Do new customers return", sentence + ".", mart, "cohorts")

"""The sections on who comes back, and on what customers are expected to spend."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from segmentation.report import charts
from segmentation.report.figures import known, month, number, percent, ranged
from segmentation.report.parts import (
    Column,
    Contents,
    Figure,
    Section,
    Table,
    tabulate,
)

COHORTS, VALUE = "fct_cohort_retention", "fct_customer_value"
IF_BUYING = ("net_amount_p10_if_buying", "net_amount_p90_if_buying")
AFTER = (1, 2, 3, 6, 12, 24)


def cohorts(contents: Contents) -> Section:
    """Return how many of those who first bought in a month came back later."""
    rows = contents["cohorts"]
    later = rows[rows["months_since_first_order"] > 0]
    return Section(
        "cohorts",
        "Cohorts",
        "Of those who first bought in a month, how many bought again later?",
        (_heat(rows, later),) if len(later) else (),
        empty="No cohort has had a whole month to come back in yet.",
    )


def _heat(rows: pd.DataFrame, later: pd.DataFrame) -> Figure:
    source = f"{COHORTS}.retention_rate"
    first = later[later["months_since_first_order"] == 1]
    all_first = first["count_customers"].sum()
    rate = first["count_retained_customers"].sum() / all_first if all_first else None
    shown = [m for m in AFTER if m <= later["months_since_first_order"].max()]
    cells = {
        (row["cohort_month"], row["months_since_first_order"]): ranged(
            *(
                percent(row[f"retention_rate{end}"], f"{source}{end}")
                for end in ("", "_lower", "_upper")
            )
        )
        for row in later.to_dict("records")
    }
    starts = rows[rows["months_since_first_order"] == 0]
    return Figure(
        "cohort-heat",
        "Share of each cohort that bought, by months since the first order",
        Markup(
            "Of all {} customers who have had the time, {} bought in the month after "
            "that of their first order."
        ).format(
            number(all_first, f"{COHORTS}.count_customers"),
            percent(rate, source, "month-after", 1),
        ),
        Table(
            "Share of the cohort that bought, with 95 % intervals",
            (
                ("First bought in", f"{COHORTS}.cohort_month"),
                ("Customers", f"{COHORTS}.count_customers"),
                *(
                    (f"{m} {'month' if m == 1 else 'months'} later", source)
                    for m in shown
                ),
            ),
            tuple(
                (
                    month(row["cohort_month"]),
                    number(row["count_customers"], f"{COHORTS}.count_customers"),
                    *(cells.get((row["cohort_month"], m), "") for m in shown),
                )
                for row in starts.to_dict("records")
            ),
        ),
        COHORTS,
        charts.heat(
            [
                {
                    "cohort": month(row["cohort_month"]),
                    "month": int(row["months_since_first_order"]),
                    "rate": known(row["retention_rate"]),
                    "lower": known(row["retention_rate_lower"]),
                    "upper": known(row["retention_rate_upper"]),
                    "count": int(row["count_customers"]),
                }
                for row in later.to_dict("records")
            ],
            [month(each) for each in sorted(later["cohort_month"].unique())],
        ),
    )


def value(contents: Contents) -> Section:
    """Return what customers are expected to spend, and how sure that is."""
    total, figures = contents["value"], []
    if len(total) and total["count_expected"].iloc[0]:
        about = total.iloc[0].to_dict()
        figures.append(_steps(contents, about))
        if len(contents["value_bands"]):
            figures.append(_bands(contents, about))
    return Section(
        "value",
        "Value",
        "What are customers expected to spend, and how sure is that?",
        tuple(figures),
        empty="No model serves that expects an amount; Model health says why.",
    )


def _steps(contents: Contents, about: dict[str, Any]) -> Figure:
    source, rows = f"{VALUE}.expected_net_amount", contents["value_steps"]
    ends = [*(known(each) for each in rows["lower_amount"])]
    rows = rows.assign(name=[_step(each) for each in ends])
    days = number(about["horizon_days"], f"{VALUE}.horizon_days")
    return Figure(
        "value-steps",
        f"Customers by the amount they are expected to spend within {days} days",
        Markup(
            "{} buyers are expected to spend {} within {} days; the fifth expected to "
            "spend most brings {} of it."
        ).format(
            number(about["count_expected"], source, "value:customers"),
            contents.money(about["expected_net_amount"], source, "value:expected"),
            days,
            percent(
                about["top_fifth_amount"] / about["expected_net_amount"]
                if about["expected_net_amount"]
                else None,
                source,
                "value:top-fifth",
            ),
        ),
        tabulate(
            "Customers by expected amount",
            rows,
            VALUE,
            (
                Column("Expected amount", "name", of="expected_net_amount"),
                Column(
                    "Customers", "count_customers", number, of="expected_net_amount"
                ),
                Column("Together", "amount", contents.money, of="expected_net_amount"),
            ),
            "name",
        ),
        VALUE,
        charts.histogram(
            [
                {
                    "name": row["name"],
                    "count": int(row["count_customers"]),
                    "amount": known(row["amount"]),
                }
                for row in rows.to_dict("records")
            ],
            list(rows["name"]),
            f"expected amount {contents.currency}".strip(),
        ),
        is_half=True,
    )


def _step(lower: float) -> str:
    """Name the step that begins at 1, 2, 5, 10, 20 and so on."""
    if not lower:
        return "under 1"
    upper = lower * (2.5 if str(int(lower))[0] == "2" else 2)
    return f"{number(lower, '')} – {number(upper, '')}"


def _bands(contents: Contents, about: dict[str, Any]) -> Figure:
    rows, scores = contents["value_bands"], contents["scores"]
    best, money = rows.iloc[-1], contents.money
    days = number(about["horizon_days"], f"{VALUE}.horizon_days")
    summary = Markup(
        "The middle customer of the {} band is expected to spend {}."
    ).format(
        best["value_band"],
        money(best["expected_net_amount"], f"{VALUE}.expected_net_amount"),
    )
    known_ends = rows[list(IF_BUYING)].notna().all(axis=1)
    if known_ends.iloc[-1]:
        summary += Markup(
            " They buy nothing with a probability of {}; if they buy, 8 of 10 spend "
            "between {} and {}."
        ).format(
            percent(
                best["no_purchase_probability"], f"{VALUE}.no_purchase_probability"
            ),
            *(money(best[end], f"{VALUE}.{end}") for end in IF_BUYING),
        )
    held = scores[
        (scores["model_name"] == f"spend_{int(about['horizon_days'])}d")
        & (scores["metric"] == "buyers_interval_coverage")
    ]
    if len(held):
        summary += Markup(
            " When last judged, such intervals held {} of buyers."
        ).format(
            percent(held["metric_value"].iloc[0], "fct_model_scorecards.metric_value")
        )
    drawn = rows[known_ends].iloc[::-1]
    return Figure(
        "value-bands",
        f"What the middle customer of a value band spends in {days} days, if they buy",
        summary,
        tabulate(
            "Value bands: medians of what is expected, with 80 % intervals",
            rows,
            VALUE,
            (
                Column("Band", "value_band"),
                Column("Customers", "count_customers", number, of="value_band"),
                Column("Expected amount", "expected_net_amount", money),
                Column("From", "net_amount_p10", money),
                Column("To", "net_amount_p90", money),
                Column("Buys nothing", "no_purchase_probability", percent),
                Column("If they buy, from", IF_BUYING[0], money),
                Column("to", IF_BUYING[1], money),
                Column("Together", "total_net_amount", money, of="expected_net_amount"),
            ),
            "value_band",
        ),
        VALUE,
        charts.ranges(
            [
                {
                    "name": row["value_band"],
                    "value": known(row["expected_net_amount"]),
                    "lower": known(row[IF_BUYING[0]]),
                    "upper": known(row[IF_BUYING[1]]),
                }
                for row in drawn.to_dict("records")
            ],
            list(drawn["value_band"]),
            f"bar: amount if they buy; line: expected {contents.currency}".strip(),
            charts.GREEN,
        )
        if len(drawn)
        else None,
        is_half=True,
    )

"""The section on segments: how large they are, what they bring, who may leave."""

import pandas as pd
from markupsafe import Markup

from segmentation.report import charts
from segmentation.report.figures import known, number, percent
from segmentation.report.parts import Column, Contents, Figure, Section, tabulate
from segmentation.report.wording import DIMENSIONS

MART, CHURN = "rpt_segment_overview", "fct_customer_churn"
KINDS = {"of customers": "customer_share", "of revenue": "net_amount_share"}
RISK = "avg_churn_probability"


def segments(contents: Contents) -> Section:
    """Return size, revenue and risk of each way of segmenting."""
    figures = []
    for dimension, title in DIMENSIONS.items():
        rows = contents.of("overview", dimension)
        if len(rows):
            figures.append(_sizes(contents, dimension, title, rows))
        if dimension == "rfm" and rows[RISK].notna().any():
            figures.append(_risks(rows[rows[RISK].notna()]))
    if len(contents["tiers"]):
        figures.append(_tiers(contents["tiers"]))
    return Section(
        "segments",
        "Segments",
        "Who are our customers, what do they bring, and who is likely to leave?",
        tuple(figures),
        empty="There is no customer to put into a segment yet.",
    )


def _sizes(
    contents: Contents, dimension: str, title: str, rows: pd.DataFrame
) -> Figure:
    best = rows.sort_values("net_amount_share", ascending=False).iloc[0]
    summary = Markup("{} brings most: {} of revenue, from {} of customers.").format(
        best["segment_name"],
        percent(best["net_amount_share"], f"{MART}.net_amount_share"),
        percent(best["customer_share"], f"{MART}.customer_share"),
    )
    if not known(best["net_amount_share"]):
        summary = Markup("Nobody has bought yet, so there is no revenue.")
    return Figure(
        f"{dimension}-size",
        f"{title}: share of customers and of revenue",
        summary,
        tabulate(
            f"{title}: size, revenue and risk",
            rows,
            MART,
            (
                Column("Segment", "segment_name"),
                Column("Customers", "count_customers", number),
                Column("Share of customers", "customer_share", percent),
                Column("Revenue so far", "total_net_amount", contents.money),
                Column("Share of revenue", "net_amount_share", percent),
                Column("Churn probability", RISK, percent),
                Column("Days since last order", "median_days_since_last_order", number),
                Column("Caution", "name_caution"),
            ),
            "segment_id",
        ),
        MART,
        charts.paired_bars(
            [
                {"name": row["segment_name"], "kind": kind, "share": known(row[column])}
                for row in rows.to_dict("records")
                for kind, column in KINDS.items()
            ],
            list(rows["segment_name"]),
            list(KINDS),
        ),
        is_half=True,
    )


def _risks(rows: pd.DataFrame) -> Figure:
    ranked = rows.sort_values(RISK)
    least, most = ranked.iloc[0], ranked.iloc[-1]
    return Figure(
        "rfm-risk",
        "RFM segments: who is likely to leave",
        Markup(
            "The mean probability of no purchase is lowest in {}, {}, and highest in "
            "{}, {}."
        ).format(
            least["segment_name"],
            percent(least[RISK], f"{MART}.{RISK}"),
            most["segment_name"],
            percent(most[RISK], f"{MART}.{RISK}"),
        ),
        tabulate(
            "Mean churn probability",
            rows,
            MART,
            (Column("Segment", "segment_name"), Column("Probability", RISK, percent)),
        ),
        MART,
        charts.risks(
            [
                {"name": row["segment_name"], "risk": row[RISK]}
                for row in rows.to_dict("records")
            ],
            list(rows["segment_name"]),
        ),
        is_half=True,
    )


def _tiers(rows: pd.DataFrame) -> Figure:
    source = f"{CHURN}.churn_risk_tier"
    total = rows["count_customers"].sum()
    rows = rows.assign(share=rows["count_customers"] / total)
    high = rows.loc[rows["churn_risk_tier"] == "high", "count_customers"].sum()
    summary = Markup("{} of {} buyers are at high risk: {}.").format(
        number(high, source), number(total, source), percent(high / total, source)
    )
    if set(rows["churn_risk_tier"]) == {"unknown"}:
        summary = Markup("No model serves that predicts churn, so the risk is unknown.")
    return Figure(
        "tiers",
        "Buyers by churn risk",
        summary,
        tabulate(
            "Buyers by churn risk",
            rows,
            CHURN,
            (
                Column("Risk", "churn_risk_tier"),
                Column("Buyers", "count_customers", number, of="churn_risk_tier"),
                Column("Share", "share", percent, of="churn_risk_tier"),
            ),
            "churn_risk_tier",
        ),
        CHURN,
        charts.shares(
            [
                {
                    "name": row["churn_risk_tier"],
                    "share": row["share"],
                    "count": row["count_customers"],
                }
                for row in rows.to_dict("records")
            ],
            list(rows["churn_risk_tier"]),
            "share of buyers",
            "Buyers",
        ),
        is_half=True,
    )

"""The baseline: RFM, clusters and churn in one pandas script, as often written."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier

HORIZON = pd.Timedelta(days=90)
WINDOWS = (30, 90, 180, 365)


def read(raw):
    """Read orders with their net amounts, and what belongs beside them."""
    orders = pd.read_parquet(raw / "orders.parquet").drop_duplicates("order_id")
    lines = pd.read_parquet(raw / "order_lines.parquet")
    lines = lines.drop_duplicates(["order_id", "line_number"])
    for column in ("quantity", "unit_price", "discount_amount"):
        lines[column] = pd.to_numeric(lines[column], errors="coerce")
    lines["amount"] = lines["quantity"] * lines["unit_price"] - lines["discount_amount"]
    orders["ordered_at"] = pd.to_datetime(orders["ordered_at"], errors="coerce")
    orders = orders[orders["status"].isin(["completed", "shipped"])]
    orders = orders[orders["ordered_at"] < "2030-01-01"].dropna(subset=["customer_id"])
    totals = lines.groupby("order_id")["amount"].sum().rename("amount").reset_index()
    events = pd.read_parquet(raw / "web_events.parquet")
    events["occurred_at"] = pd.to_datetime(events["occurred_at"], errors="coerce")
    return orders.merge(totals, on="order_id"), events.dropna(subset=["customer_id"])


def features(orders, events, anchor):
    """Aggregate what happened before an anchor, one row per customer."""
    seen = orders[orders["ordered_at"] < anchor]
    days = (anchor - seen["ordered_at"]).dt.days
    table = seen.groupby("customer_id").agg(
        last=("ordered_at", "max"),
        first=("ordered_at", "min"),
        frequency=("order_id", "nunique"),
        monetary=("amount", "sum"),
    )
    table["recency"] = (anchor - table.pop("last")).dt.days
    table["tenure"] = (anchor - table.pop("first")).dt.days
    for window in WINDOWS:
        recent = seen[days <= window].groupby("customer_id")["amount"]
        table[f"orders_{window}"] = recent.size()
        table[f"amount_{window}"] = recent.sum()
    visits = events[events["occurred_at"].between(anchor - HORIZON, anchor)]
    table["sessions"] = visits.groupby("customer_id")["session_id"].nunique()
    return table.fillna(0)


def main(raw):
    """Segment, cluster and predict."""
    orders, events = read(raw)
    now = orders["ordered_at"].max().normalize() + pd.Timedelta(days=1)
    today = features(orders, events, now)
    for metric in ("recency", "frequency", "monetary"):
        today[f"{metric}_score"] = pd.qcut(
            today[metric].rank(method="first"), 5, labels=False
        )
    logs = np.log1p(today[["recency", "frequency", "monetary"]].clip(lower=0))
    values = ((logs - logs.mean()) / logs.std()).to_numpy()
    for count in range(3, 9):
        KMeans(count, n_init=10, random_state=0).fit(values)
    past = features(orders, events, now - HORIZON)
    later = orders[orders["ordered_at"] >= now - HORIZON]["customer_id"].unique()
    model = HistGradientBoostingClassifier(random_state=0)
    model.fit(past, ~past.index.isin(later))
    today["churn"] = model.predict_proba(today[past.columns])[:, 1]
    print(today.describe())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

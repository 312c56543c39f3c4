"""Plain RFM segments for the last twelve months in pandas, as a notebook would.

``python benchmarks/pandas_history.py shop.duckdb 2024-01-01``
"""

import sys

import duckdb
import numpy as np
import pandas as pd


def main(file: str, since: str) -> None:
    with duckdb.connect(file, read_only=True) as connection:
        orders = connection.execute(
            "select customer_id, order_date, valid_from, valid_to, "
            "cast(net_amount as double) as net_amount "
            "from intermediate.int_orders__versions"
        ).df()
        cells = connection.execute("from reference.rfm_cells").df()
    scores = ["recency_score", "frequency_score", "monetary_score"]
    months = []
    for day in pd.date_range(since, periods=13, freq="MS"):
        known = orders[
            (orders["valid_from"] < day)
            & (orders["valid_to"].isna() | (orders["valid_to"] >= day))
        ]
        customers = known.groupby("customer_id").agg(
            last=("order_date", "max"),
            frequency=("order_date", "size"),
            monetary=("net_amount", "sum"),
        )
        customers["recency"] = -(day - customers["last"]).dt.days
        for metric, score in zip(
            ("recency", "frequency", "monetary"), scores, strict=True
        ):
            cuts = np.percentile(customers[metric], [20, 40, 60, 80])
            customers[score] = 1 + np.searchsorted(cuts, customers[metric], side="left")
        found = customers.reset_index().merge(cells, on=scores)
        months.append(found[["customer_id", "segment_code"]].assign(month=day))
    history = pd.concat(months).sort_values(["customer_id", "month"])
    changes = (
        history["segment_code"]
        != history.groupby("customer_id")["segment_code"].shift()
    )
    print(len(history), changes.sum())


if __name__ == "__main__":
    main(*sys.argv[1:])

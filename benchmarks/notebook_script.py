"""The baseline: the same customers scored with pandas, scikit-learn and lifetimes.

``/tmp/lifetimes/bin/python benchmarks/notebook_script.py shop.duckdb scores.parquet``

As often written: one frame with everyone, boosted trees for purchases, logistic
regression for answers to messages, BG/NBD and Gamma-Gamma in weeks for orders and
spend. It reads the features that dbt made, and judges, explains and bounds nothing.
"""

import json
import sys
import time

import duckdb
import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

PURCHASES = ["is_churned", "is_purchase_next_30d", "is_purchase_next_180d"]
ANSWERS = ["is_next_message_clicked", "is_next_message_bought"]
HORIZONS = (90, 365)
NO_FEATURES = ["customer_id", "anchor_date", "anchor_number", "anchor_role"]


def weeks(customers):
    """Return frequency, recency and age, as lifetimes wants them."""
    first = customers["days_since_first_order"]
    frame = pd.DataFrame(
        {
            "x": customers["count_order_days"] - 1.0,
            "t_x": ((first - customers["days_since_last_order"]) / 7).round(),
            "T": ((first - 1) / 7).round(),
            "zbar": customers["avg_repeat_amount"],
        }
    ).astype(float)
    # lifetimes refuses t_x = 0 with x > 0, which rounding makes
    frame.loc[(frame["x"] > 0) & (frame["t_x"] == 0), "t_x"] = 1
    frame["T"] = frame[["T", "t_x"]].max(axis=1)
    return frame


def main(file, target):
    start = time.perf_counter()
    connection = duckdb.connect(file, read_only=True)
    past = connection.sql(
        "select training.*, answers.is_next_message_clicked, "
        "answers.is_next_message_bought "
        "from intermediate.int_customers__churn_training as training "
        "inner join intermediate.int_customers__response_labels as answers "
        "using (customer_id, anchor_date) where training.anchor_number <= 4"
    ).df()
    customers = connection.sql(
        "select * from intermediate.int_customers__features "
        "where anchor_role = 'scoring' and count_orders > 0"
    ).df()
    columns = [
        name
        for name in customers.select_dtypes("number").columns
        if name not in NO_FEATURES
    ]
    read = time.perf_counter()
    models = {}
    for label in PURCHASES + ANSWERS:
        rows = past[past[label].notna()]
        model = HistGradientBoostingClassifier(random_state=0)
        if label in ANSWERS:
            model = make_pipeline(
                SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=1000)
            )
        models[label] = model.fit(rows[columns].astype(float), rows[label].astype(bool))
    sample = weeks(customers.head(20_000))
    orders = BetaGeoFitter(penalizer_coef=0.001)
    orders.fit(sample["x"], sample["t_x"], sample["T"])
    buyers = sample[(sample["x"] > 0) & (sample["zbar"] > 0)]
    spend = GammaGammaFitter(penalizer_coef=0.001).fit(buyers["x"], buyers["zbar"])
    fitted = time.perf_counter()
    scores = customers[["customer_id"]].copy()
    values = customers[columns].astype(float)
    for label, model in models.items():
        scores[label] = model.predict_proba(values)[:, 1]
    seen = weeks(customers)
    amount = spend.conditional_expected_average_profit(
        seen["x"], seen["zbar"].fillna(0)
    )
    for days in HORIZONS:
        scores[f"orders_{days}d"] = (
            orders.conditional_expected_number_of_purchases_up_to_time(
                days / 7, seen["x"], seen["t_x"], seen["T"]
            )
        )
        scores[f"spend_{days}d"] = scores[f"orders_{days}d"] * amount
    scores["alive"] = orders.conditional_probability_alive(
        seen["x"], seen["t_x"], seen["T"]
    )
    scores.to_parquet(target)
    end = time.perf_counter()
    print(
        json.dumps(
            {
                "read_seconds": read - start,
                "fit_seconds": fitted - read,
                "score_seconds": end - fitted,
                "missing": float(np.isnan(scores["spend_365d"]).mean()),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

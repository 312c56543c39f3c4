"""How near predictions come to the truth of worlds the project has not seen.

``python -m benchmarks.worlds --seeds 4729 1113 9585``

Each world is built as of 90 days before its end. Churn and the value of a year are set
beside what the oracle knows, who has each customer's own rates, and churn beside what
came. Value is told by fifths of what is predicted, from the lowest to the highest; the
oracle's spend is before returns, and is lowered by their share.
"""

import argparse
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

from benchmarks.running import run_dbt
from segmentation.world import oracle
from segmentation.world.settings import Settings
from segmentation.world.writer import write

HORIZON = 90
MARTS = ("fct_customer_churn", "fct_customer_forecasts", "dim_model_fits")


def judged(seed: int, customers: int) -> dict:
    """Build one world, and set what is predicted beside the truth.

    Returns
    -------
    dict
        Figures by name; `fifths` is predicted over the oracle's, lowest first.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(customers, 3, seed)
        write(settings, folder / "raw", folder / "truth", "parquet")
        end = pd.Timestamp("2022-01-01") + pd.DateOffset(years=3)
        anchor = end - pd.Timedelta(days=HORIZON)
        took = run_dbt(
            [
                "build", "--quiet", "--exclude-resource-type", "test", "unit_test",
                "--select", *(f"+{mart}" for mart in MARTS),
            ],
            file=folder / "segmentation.duckdb",
            raw=folder / "raw",
            variables={"as_of_date": str(anchor.date())},
        )  # fmt: skip
        truth = {
            file.stem: pd.read_parquet(file) for file in (folder / "truth").iterdir()
        }
        with duckdb.connect(str(folder / "segmentation.duckdb")) as connection:
            return {
                "seed": seed,
                "cpu_seconds": took["cpu_seconds"],
                **_churn(connection, truth, folder, anchor),
                **_value(connection, truth, anchor),
            }


def _beside(
    connection: duckdb.DuckDBPyConnection, truth: dict, sql: str, anchor: pd.Timestamp
) -> tuple[pd.DataFrame, dict]:
    """Return customers of a query beside their truth, and what the oracles ask for."""
    rows = connection.execute(
        f"""
        select seen.*, max(orders.ordered_at) as last_ordered_at
        from ({sql}) as seen
        inner join intermediate.int_orders__as_of_anchor as orders
            on seen.customer_id = orders.customer_id
            and orders.anchor_date = date '{anchor.date()}'
        group by all
        """
    ).df()
    rows = rows.merge(truth["customers"], on="customer_id", validate="one_to_one")
    known = {
        "customers": rows,
        "last_purchase_time": rows["last_ordered_at"],
        "anchor": anchor,
        "seasonality": truth["seasonality"],
    }
    return rows, known


def _churn(
    connection: duckdb.DuckDBPyConnection,
    truth: dict,
    folder: Path,
    anchor: pd.Timestamp,
) -> dict:
    rows, known = _beside(
        connection,
        truth,
        "select customer_id, churn_probability as told from marts.fct_customer_churn",
        anchor,
    )
    orders = pd.read_parquet(folder / "raw/orders.parquet")
    later = orders[pd.to_datetime(orders["ordered_at"], errors="coerce") >= anchor]
    came = ~rows["customer_id"].isin(later["customer_id"])
    best = oracle.churn_probability(**known, horizon_days=HORIZON)
    return {
        "churn_told": rows["told"].mean(),
        "churn_oracle": best.mean(),
        "churn_came": came.mean(),
        "auc": roc_auc_score(came, rows["told"]),
        "auc_oracle": roc_auc_score(came, best),
        "log_loss": log_loss(came, rows["told"]),
        "log_loss_oracle": log_loss(came, np.clip(best, 1e-6, 1 - 1e-6)),
    }


def _value(
    connection: duckdb.DuckDBPyConnection, truth: dict, anchor: pd.Timestamp
) -> dict:
    rows, known = _beside(
        connection,
        truth,
        "select customer_id, expected_net_amount as told "
        "from marts.fct_customer_forecasts where horizon_days = 365",
        anchor,
    )
    kept = connection.execute(
        "select sum(net_amount) / sum(gross_amount - discount_amount) "
        "from intermediate.int_sale_lines where customer_id is not null"
    ).fetchone()[0]
    best = oracle.expected_spend(**known, horizon_days=365) * float(kept)
    fifth = (rows["told"].rank(method="first") * 5 / len(rows)).sub(1e-9).astype(int)
    told = rows["told"].astype(float)
    sums = pd.DataFrame({"told": told, "best": best}).groupby(fifth).sum()
    serving = connection.execute(
        "select champion from marts.dim_model_fits "
        "where model_name = 'spend_365d' and is_serving_now"
    ).fetchone()
    return {
        "value_by": serving[0] if serving else "none",
        "value": told.sum() / best.sum(),
        "fifths": (sums["told"] / sums["best"]).round(2).tolist(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--customers", type=int, default=5_000)
    chosen = parser.parse_args()
    found = pd.DataFrame([judged(seed, chosen.customers) for seed in chosen.seeds])
    print(found.round(3).to_string(index=False))

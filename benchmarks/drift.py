"""Whether a shift of the shop is noticed, and how often an alarm is false.

``python -m benchmarks.drift --customers 4000 --seeds 20``

Each world is of three years. A churn model learns on 2024-07-01 what was known then,
and the shop is looked at one step of anchors later, after a shift begun on that day.
Features are those of the project, the verdict is that of `int_fits__drift`. A world
takes some 16 CPU seconds, most of which are dbt's start.
"""

import argparse
import tempfile
from pathlib import Path

import duckdb
import pandas as pd
import yaml

from benchmarks.running import ROOT, run_dbt
from segmentation.learning.candidates import LEARNERS, probability
from segmentation.learning.fit_rows import fits_table
from segmentation.learning.reference import reference, watched
from segmentation.world.settings import Settings
from segmentation.world.shifts import KINDS, Shift
from segmentation.world.writer import write

FIT_DAY, FIT_DATE, AS_OF = 912, "2024-07-01", "2024-10-01"
LEARNED = {2, 3, 4, 5}
MODEL = "models/intermediate/monitoring/int_fits__drift.sql"
SCORES = {
    "intermediate.int_customers__learned_purchase_probabilities": "probability",
    "intermediate.int_customers__response_probabilities": "probability",
    "learned.ml_customers__amounts": "expected_net_amount",
}


def features_of(folder: Path, seed: int, customers: int, kind: str) -> pd.DataFrame:
    """Build the features of one world, and return them with their labels."""
    shift = None if kind == "none" else Shift(kind, FIT_DAY)
    write(Settings(customers, 3, seed, shift), folder / "raw", None, "parquet")
    file = folder / "segmentation.duckdb"
    file.unlink(missing_ok=True)
    run_dbt(
        [
            "build", "--quiet", "--exclude-resource-type", "test", "unit_test",
            "--select", "+int_customers__churn_training",
        ],
        file=file,
        raw=folder / "raw",
        variables={"as_of_date": AS_OF},
    )  # fmt: skip
    with duckdb.connect(str(file)) as connection:
        return connection.execute(
            "from intermediate.int_customers__features "
            "left join (select customer_id, anchor_date, is_churned "
            "from intermediate.int_customers__churn_labels) "
            "using (customer_id, anchor_date) where count_orders > 0"
        ).df()


def compiled(folder: Path) -> str:
    """Return the SQL of the monitor, as dbt compiles it."""
    run_dbt(
        ["compile", "--quiet", "--select", "int_fits__drift"],
        file=folder / "segmentation.duckdb",
        raw=folder / "raw",
    )
    (file,) = folder.rglob(f"compiled/segmentation/{MODEL}")
    return file.read_text()


def drift(rows: pd.DataFrame, sql: str) -> pd.DataFrame:
    """Learn churn one step ago, and look at customers of today."""
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
    features, learner = settings["churn_features"], LEARNERS[0]
    rows = rows.sort_values(["anchor_number", "customer_id"], ignore_index=True)
    past, now = rows[rows["anchor_number"] > 1], rows[rows["anchor_number"] == 0]
    learned = past[past["anchor_number"].isin(LEARNED)]
    labels = learned["is_churned"].astype(bool)
    model = learner.fit(learned, labels, features, learner.configurations[0], 7)
    seen = watched(past, features, probability(model.margin(past)))
    fit = {
        "fit_id": "fit", "target": "churn", "kind": "probability",
        "champion": learner.name, "fit_date": pd.Timestamp(FIT_DATE).date(),
        **reference(seen, LEARNED),
    }  # fmt: skip
    told = pd.DataFrame(
        {
            "customer_id": now["customer_id"].to_numpy(),
            "target": "churn",
            "score": probability(model.margin(now)),
        }
    )
    tables = {
        "intermediate.int_fits__serving": fits_table([fit]),
        "intermediate.int_customers__features": now.assign(is_sampled=True),
        "intermediate.int_anchors": now[["anchor_date", "anchor_role"]].iloc[:1],
    }
    for number, (name, column) in enumerate(SCORES.items()):
        tables[name] = told[: 0 if number else None].rename(columns={"score": column})
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as segmentation; use segmentation")
        connection.execute("create schema intermediate; create schema learned")
        for name, table in tables.items():
            connection.register("given", table)
            connection.execute(f"create table {name} as from given")
        return connection.execute(sql).df()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=4_000)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=101)
    parser.add_argument("--kinds", nargs="+", default=["none", *KINDS])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        sql, lines = "", []
        for kind in chosen.kinds:
            for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds):
                known = features_of(Path(name), seed, chosen.customers, kind)
                sql = sql or compiled(Path(name))
                found = drift(known, sql)
                shifted = found.loc[found["verdict"] == "shifted", "feature"]
                index = found["population_stability_index"].max()
                lines.append({"kind": kind, "seed": seed, "alarm": len(shifted) > 0})
                print(kind, seed, f"index up to {index:.2f}", *shifted, flush=True)
    print(pd.DataFrame(lines).groupby("kind")["alarm"].agg(["sum", "count"]))

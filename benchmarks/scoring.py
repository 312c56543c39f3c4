"""Score many customers end to end: time and peak memory, beside a script in pandas.

``python -m benchmarks.scoring --customers 1000000 4000000``

A small shop is generated and built once. Its customers are then repeated, with ids of
their own and numbers a little off, as the features in a DuckDB file, and dbt runs
whatever scores them: the models in Python, the SQL that applies linear models, what
comes of both, and the marts; nothing is fitted. DuckDB has the same memory limit at
every size. Then each stage runs once more, in a process of its own, and so does
`notebook_script.py` on the same file, by a Python that has lifetimes::

    python3.11 -m venv /tmp/lifetimes
    /tmp/lifetimes/bin/pip install lifetimes scikit-learn duckdb pyarrow
    python -m benchmarks.scoring --lifetimes-python /tmp/lifetimes/bin/python
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import duckdb

from benchmarks.running import make_shop, measure, run_dbt

SCORES = {
    "tree probabilities, Python": (
        "ml_customers__purchase_tree_probabilities "
        "ml_customers__response_tree_probabilities"
    ),
    "linear probabilities, SQL": (
        "int_customers__learned_purchase_probabilities "
        "int_customers__response_probabilities"
    ),
    "orders and spend, Python": "ml_customers__amounts",
    "made to agree, intervals, next order, SQL": (
        "int_customers__purchase_probabilities int_customers__spend "
        "int_customers__next_order"
    ),
    "next categories, SQL": "int_customers__next_category_scores",
    "reasons, Python": "ml_customers__score_reasons",
}
STAGES = SCORES | {
    "marts but reasons, SQL": " ".join(
        f"fct_customer_{name}"
        for name in (
            "churn",
            "forecasts",
            "message_response",
            "next_category",
            "value",
        )
    ),
    "reasons in words, SQL": "fct_prediction_reasons",
}
FEATURES = "intermediate.int_customers__features"
CATEGORY_COUNTS = "intermediate.int_customers__category_counts"
NEW_ID = "original.customer_id || '-' || repetition as customer_id"
NOTEBOOK = Path(__file__).with_name("notebook_script.py")


def build(folder: Path, customers: int) -> tuple[Path, Path]:
    """Build a small shop up to its scores; return its DuckDB file and raw tables."""
    raw = make_shop(folder, customers, "--years", "3", "--seed", "11")
    file = folder / "shop.duckdb"
    ancestors = [f"+{model}" for names in SCORES.values() for model in names.split()]
    run_dbt(
        [
            *("build", "--exclude-resource-type", "test", "unit_test"),
            *("--select", *ancestors, "feature_labels"),
        ],
        file=file,
        raw=raw,
    )
    return file, raw


def multiply(file: Path, source: Path, customers: int, memory_limit: str) -> None:
    """Copy a shop, with so many customers to be scored.

    Each repetition has ids of its own; all amounts of a customer are up to 10 % off,
    and all dates up to a week, so that no two customers are alike.
    """
    shutil.copy(source, file)
    connection = duckdb.connect(
        file,
        config={
            "memory_limit": memory_limit,
            "threads": 2,
            "preserve_insertion_order": False,
        },
    )
    columns = connection.table(FEATURES)
    replaced = [NEW_ID]
    for name, kind in zip(columns.columns, columns.types, strict=True):
        if name in ("days_since_last_order", "days_since_first_order"):
            replaced.append(f"{name} + noise % 7 as {name}")
        elif "amount" in name and str(kind) == "DOUBLE" and "trend" not in name:
            replaced.append(f"{name} * (0.9 + 0.2 * (noise % 997) / 997) as {name}")
    connection.execute(
        f"""
        create table repeated as
        select
            customer_id,
            repetition,
            cast(hash(customer_id, repetition) // 1024 as bigint) as noise
        from {FEATURES}
        cross join range(
            {customers} // (
                select count(*) from {FEATURES}
                where anchor_role = 'scoring' and count_orders > 0
            ) + 1
        ) as repetitions (repetition)
        where anchor_role = 'scoring' and count_orders > 0
        order by repetition, customer_id
        limit {customers};

        create or replace table {FEATURES} as
        select original.* replace ({", ".join(replaced)})
        from {FEATURES} as original
        inner join repeated on original.customer_id = repeated.customer_id
        where anchor_role = 'scoring'
        union all
        select * from {FEATURES} where anchor_role = 'past';

        create or replace table {CATEGORY_COUNTS} as
        select original.* replace (
            {NEW_ID},
            days_since_last_order + noise % 7 as days_since_last_order
        )
        from {CATEGORY_COUNTS} as original
        inner join repeated on original.customer_id = repeated.customer_id
        where anchor_date in (
            select anchor_date from {FEATURES} where anchor_role = 'scoring'
        )
        union all
        select * from {CATEGORY_COUNTS}
        where anchor_date in (
            select anchor_date from {FEATURES} where anchor_role = 'past'
        );

        drop table repeated;
        """
    )
    connection.execute("checkpoint")
    connection.close()


def say(customers: int, what: str, seconds: float, cpu: float, peak_mb: int) -> None:
    """Print a row of the table."""
    million = seconds / customers * 1e6
    print(
        f"| {customers:,} | {what} | {seconds:.1f} | {million:.1f} | {cpu:.1f} "
        f"| {peak_mb:,} |",
        flush=True,
    )


def score(customers: int, file: Path, shop: dict, has_stages: bool) -> dict:
    """Run all that scores at once, then each stage alone; return the whole."""
    every = " ".join(STAGES.values()).split()
    whole = run_dbt(["run", "--select", *every], file=file, **shop)
    say(
        customers,
        "**end to end, one process**",
        whole["seconds"],
        whole["cpu_seconds"],
        whole["peak_mb"],
    )
    for stage, names in STAGES.items() if has_stages else ():
        models = names.split()
        alone = run_dbt(["run", "--select", *models], file=file, **shop)
        # without the 5 s in which dbt starts and parses
        busy = sum(alone["models"][model] for model in models)
        say(customers, stage, busy, alone["cpu_seconds"], alone["peak_mb"])
    return whole


def score_by_script(customers: int, python: str, file: Path) -> dict:
    """Run the script in pandas on a file."""
    result = measure([python, str(NOTEBOOK), str(file), str(file.parent / "scores")])
    took = json.loads(result["said"].splitlines()[-1])
    seconds = took["read_seconds"] + took["score_seconds"]
    say(
        customers,
        "pandas, scikit-learn, lifetimes: read and score",
        seconds,
        result["cpu_seconds"],
        result["peak_mb"],
    )
    return result


def main() -> None:
    """Print a row per size and stage, and the ratios of the peaks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--customers", type=int, nargs="+", default=[1_000_000, 4_000_000]
    )
    parser.add_argument("--shop", type=int, default=20_000, help="customers generated")
    parser.add_argument("--memory-limit", default="1GB", help="of DuckDB")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="to work in; else a temporary one")
    parser.add_argument("--lifetimes-python", help="runs notebook_script.py, if given")
    parser.add_argument("--no-stages", action="store_true", help="end to end only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        source, raw = build(folder, arguments.shop)
        shop = {
            "raw": raw,
            "memory_limit": arguments.memory_limit,
            "threads": arguments.threads,
        }
        print(serving(source))
        print("\n| customers | what | s | s per million | CPU s | peak MB |")
        print("|---|---|---|---|---|---|", flush=True)
        peaks = {"dbt": [], "pandas": []}
        for customers in arguments.customers:
            here = folder / str(customers)
            here.mkdir()
            # of the same name, because views name the database they are in
            file = here / source.name
            multiply(file, source, customers, arguments.memory_limit)
            if arguments.lifetimes_python:
                script = score_by_script(customers, arguments.lifetimes_python, file)
                peaks["pandas"].append(script["peak_mb"])
            whole = score(customers, file, shop, not arguments.no_stages)
            peaks["dbt"].append(whole["peak_mb"])
            shutil.rmtree(here)
        for side, found in peaks.items():
            if found:
                print(f"peak of {side}, last size / first: {found[-1] / found[0]:.2f}")


def serving(file: Path) -> str:
    """Say which candidates serve."""
    with duckdb.connect(file, read_only=True) as connection:
        found = connection.sql(
            "select target, champion from intermediate.int_fits__serving order by 1"
        ).fetchall()
    return "; ".join(f"{target}: {champion}" for target, champion in found)


if __name__ == "__main__":
    main()

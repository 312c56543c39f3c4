"""Find 500 lookalikes of a list among many customers, beside all pairs in scikit-learn.

``python -m benchmarks.lookalikes --customers 100000 1000000 4000000``

Customers are drawn, a hundredth of them is the list, and each side runs in a process of
its own: ours on batches of a Parquet file, like the Python model on a table; the other
side reads the file whole and takes the distance of every customer to the nearest of the
list, which is all it gives.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.running import measure

FEATURES = [f"feature_{number}" for number in range(8)]
LIST, COUNT, BATCH, SAMPLE = "list:some", 500, 100_000, 20_000


def draw(file: Path, customers: int) -> None:
    """Write customers of five kinds; a hundredth, most of one kind, is the list."""
    rng = np.random.default_rng(7)
    centres = rng.normal(3, 1, (5, len(FEATURES)))
    writer = None
    for start in range(0, customers, BATCH):
        count = min(BATCH, customers - start)
        kind = rng.integers(5, size=count)
        values = np.exp(centres[kind] + rng.normal(0, 0.7, (count, len(FEATURES))))
        is_in_list = rng.random(count) < np.where(kind == 0, 0.04, 0.0025)
        table = pa.table(
            {
                "customer_id": [f"c{start + number:09d}" for number in range(count)],
                "member_of": np.where(is_in_list, LIST, ""),
                "is_held_out": rng.random(count) < 0.5,
                **dict(zip(FEATURES, values.T, strict=True)),
            }
        )
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    writer.close()


def ours(file: Path) -> None:
    from segmentation.lookalikes import find_lookalikes

    customers = duckdb.connect(config={"memory_limit": "500MB"}).read_parquet(str(file))
    # read whole tables first: another query would end the stream without a word
    sample = customers.limit(SAMPLE).df()
    seeds = customers.filter(f"member_of = '{LIST}'").limit(SAMPLE).df()
    found = find_lookalikes(
        customers.to_arrow_reader(BATCH),
        sample,
        seeds.assign(list_id=LIST),
        features=FEATURES,
        count=COUNT,
        seed=7,
    )
    assert len(found) == COUNT


def all_pairs(file: Path) -> None:
    from sklearn.neighbors import NearestNeighbors
    from sklearn.preprocessing import StandardScaler

    customers = pd.read_parquet(file)
    values = StandardScaler().fit_transform(np.log1p(customers[FEATURES]))
    is_in_list = customers["member_of"] == LIST
    nearest = NearestNeighbors(n_neighbors=1, algorithm="brute")
    nearest.fit(values[is_in_list])
    distance, _ = nearest.kneighbors(values[~is_in_list])
    found = (
        customers[~is_in_list].assign(distance=distance).nsmallest(COUNT, "distance")
    )
    assert len(found) == COUNT


SIDES = {"ours": ours, "all pairs": all_pairs}


def main() -> None:
    """Print a row per size and side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--customers", type=int, nargs="+", default=[100_000, 1_000_000, 4_000_000]
    )
    parser.add_argument("--side", choices=SIDES, help="run one side on --file")
    parser.add_argument("--file", type=Path)
    arguments = parser.parse_args()
    if arguments.side:
        SIDES[arguments.side](arguments.file)
        return
    print("| customers | side | s | CPU s | peak MB |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "customers.parquet"
        for customers in arguments.customers:
            draw(file, customers)
            for side in SIDES:
                took = measure(
                    [sys.executable, "-m", "benchmarks.lookalikes",
                     "--side", side, "--file", str(file)]
                )  # fmt: skip
                print(
                    f"| {customers:,} | {side} | {took['seconds']} "
                    f"| {took['cpu_seconds']} | {took['peak_mb']:,} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()

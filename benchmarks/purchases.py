"""BG/NBD and Gamma-Gamma on simulated customers, beside the lifetimes package.

``python benchmarks/purchases.py --customers 1000000``

Both sides get the same customers, each in a process of its own, one after the other:
ours with times in days, lifetimes in whole weeks, row by row as it is used, and once
more with identical rows weighted by hand. BLAS has one thread on both sides.
lifetimes is no dependency; where this Python cannot import it, give it one of its own::

    python -m venv /tmp/lifetimes && /tmp/lifetimes/bin/pip install lifetimes
    python benchmarks/purchases.py --lifetimes-python /tmp/lifetimes/bin/python
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HORIZON_DAYS = 90
TRUTH = {"r": 0.6, "alpha": 30.0, "a": 0.8, "b": 2.5}
SPEND = {"p": 6.0, "q": 4.0, "v": 15.0}


def draw(count: int, file: Path) -> None:
    """Write customers of one month to two years, days rounded, to an npz file."""
    from segmentation.clv.bgnbd import BGNBD
    from segmentation.clv.gammagamma import GammaGamma
    from segmentation.clv.simulate import simulate, simulate_spend

    rng = np.random.default_rng(1)
    ages = rng.uniform(30, 730, count)
    customers = simulate(BGNBD(**TRUTH), ages, HORIZON_DAYS, rng)
    zbar = simulate_spend(GammaGamma(**SPEND), customers["x"].to_numpy(), rng)
    t_x, T = (np.rint(customers[name]).astype(float) for name in ("t_x", "T"))
    np.savez(file, x=customers["x"], t_x=t_x, T=T, zbar=zbar)


def ours(data: dict) -> dict:
    """Fit and predict with this library."""
    import pandas as pd

    from segmentation.clv.bgnbd import BGNBD
    from segmentation.clv.fit import fit_purchases
    from segmentation.clv.parameters import served
    from segmentation.clv.spend import fit_spend
    from segmentation.clv.value import expected_value

    frame = pd.DataFrame(data).assign(x_valued=data["x"])
    frame["customer_id"] = np.arange(len(frame)).astype(str)
    start = time.perf_counter()
    purchases = served(fit_purchases(frame, chain=((BGNBD,),)))
    spend = served(fit_spend(frame))
    fitted = time.perf_counter()
    table = expected_value(frame, purchases, spend, horizon_days=HORIZON_DAYS)
    end = time.perf_counter()
    orders = table.column("expected_order_days").to_numpy().sum()
    model = {name: getattr(purchases.model, name) for name in purchases.parameter_names}
    return {
        "fit_seconds": fitted - start,
        "predict_seconds": end - fitted,
        "expected_order_days": orders,
        "parameters": model,
    }


def lifetimes(data: dict, is_weighted: bool) -> dict:
    """Fit and predict with lifetimes, in whole weeks."""
    import pandas as pd
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    weeks = pd.DataFrame({name: np.rint(data[name] / 7) for name in ("t_x", "T")})
    frame = weeks.assign(x=data["x"].astype(float), zbar=data["zbar"], n=1)
    # lifetimes refuses t_x = 0 with x > 0, which rounding makes
    frame.loc[(frame["x"] > 0) & (frame["t_x"] == 0), "t_x"] = 1
    frame["T"] = frame[["T", "t_x"]].max(axis=1)
    keys = ["x", "t_x", "T"]
    start = time.perf_counter()
    rows = frame
    if is_weighted:
        rows = frame.groupby(keys, as_index=False)["n"].sum()
    orders = BetaGeoFitter().fit(rows["x"], rows["t_x"], rows["T"], weights=rows["n"])
    buyers = frame[frame["x"] > 0]
    spend = GammaGammaFitter().fit(buyers["x"], buyers["zbar"])
    fitted = time.perf_counter()
    expected = orders.conditional_expected_number_of_purchases_up_to_time(
        HORIZON_DAYS / 7, frame["x"], frame["t_x"], frame["T"]
    )
    orders.conditional_probability_alive(frame["x"], frame["t_x"], frame["T"])
    amount = spend.conditional_expected_average_profit(frame["x"], frame["zbar"])
    _ = expected * amount
    end = time.perf_counter()
    parameters = {name: float(value) for name, value in orders.params_.items()}
    parameters["alpha"] *= 7
    return {
        "fit_seconds": fitted - start,
        "predict_seconds": end - fitted,
        "expected_order_days": float(np.sum(expected)),
        "parameters": parameters,
    }


SIDES = {
    "ours, days": ours,
    "lifetimes, weeks": lambda data: lifetimes(data, False),
    "lifetimes, weeks, weighted": lambda data: lifetimes(data, True),
}


def measure(side: str, python: str, file: Path) -> dict:
    """Run one side in a process of its own."""
    command = [python, __file__, "--side", side, "--data", str(file)]
    one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.run(command, capture_output=True, text=True, env=one_thread)
    if process.returncode:
        return {"error": process.stderr.strip().splitlines()[-1]}
    return json.loads(process.stdout.splitlines()[-1])


def run_side(side: str, file: Path) -> None:
    """Print what one side took, as JSON."""
    data = dict(np.load(file))
    result = SIDES[side](data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**result, "peak_mb": peak}))


def can_import(python: str) -> bool:
    """Whether a Python has lifetimes."""
    command = [python, "-c", "import lifetimes"]
    return not subprocess.run(command, capture_output=True).returncode


def main() -> None:
    """Draw the customers, run the sides, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--lifetimes-python", default=sys.executable)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        run_side(arguments.side, arguments.data)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "customers.npz"
        draw(arguments.customers, file)
        results = {}
        for side in SIDES:
            python = sys.executable
            if side.startswith("lifetimes"):
                python = arguments.lifetimes_python
                if not can_import(python):
                    print("lifetimes is not installed: see the docstring of this file")
                    break
            results[side] = measure(side, python, file)
    print_table(arguments.customers, results)


def print_table(customers: int, results: dict[str, dict]) -> None:
    """Print the sides, with the time of each relative to the first."""
    print(f"{customers:,} customers; truth {TRUTH}")
    print(
        f"{'':28}{'fit s':>8}{'predict s':>11}{'sum s':>8}{'ratio':>8}{'peak MB':>9}"
        f"{'E[orders]':>12}  parameters, in days"
    )
    first = None
    for side, result in results.items():
        if "error" in result:
            print(f"{side:28}{result['error']}")
            continue
        total = result["fit_seconds"] + result["predict_seconds"]
        first = first or total
        values = ", ".join(f"{v:.4g}" for v in result["parameters"].values())
        print(
            f"{side:28}{result['fit_seconds']:8.2f}{result['predict_seconds']:11.2f}"
            f"{total:8.2f}{total / first:8.2f}{result['peak_mb']:9.0f}"
            f"{result['expected_order_days']:12,.0f}  {values}"
        )


if __name__ == "__main__":
    main()

"""How well a served model does by group of customers: who is over- or underrated.

And who would have been selected: the counts behind rates of fair treatment, from a past
origin whose outcomes are known, by a fit that had not seen them.
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence.metrics import area_under_curve
from segmentation.identity import hashed

GROUPS_SCHEMA = pa.schema(
    [
        ("grouping", pa.string()),
        ("group_name", pa.string()),
        ("count_customers", pa.int64()),
        ("mean_predicted", pa.float64()),
        ("mean_actual", pa.float64()),
        ("rank_metric", pa.string()),
        ("rank_value", pa.float64()),
        ("origin_date", pa.date32()),
        ("selected_share", pa.float64()),
        ("count_selected", pa.int64()),
        ("count_outcomes", pa.int64()),
        ("count_selected_outcomes", pa.int64()),
    ]
)

GROUPINGS = ("gender", "age_band", "country", "acquisition_channel")
PROTECTED = "protected_"  # what a column of a shop's own begins with: another grouping
LEAST_CUSTOMERS = 50  # a figure on fewer says little, and may give somebody away


def groupings(customers: pd.DataFrame) -> list[str]:
    """Name the columns by which customers are grouped."""
    own = [name for name in customers.columns if name.startswith(PROTECTED)]
    return [*GROUPINGS, *own]


def top(values: np.ndarray, names: pd.Series, share: float) -> np.ndarray:
    """Say who is in the top share by a value.

    Parameters
    ----------
    values : ndarray, shape (n,)
    names : Series, shape (n,)
        Who they are: of equals on the cut, those whose hashed names come first are
        taken, since ids may follow age or country.
    share : float
        From 0 to 1; as many are taken as fit into it.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    count = int(share * len(values) + 1e-9)
    if count == 0:
        return np.zeros(len(values), dtype=bool)
    cut = np.partition(values, len(values) - count)[len(values) - count]
    taken = values > cut
    equal = np.flatnonzero(values == cut)
    ranks = np.argsort([hashed(str(names.iloc[n])) for n in equal], kind="stable")
    taken[equal[ranks[: count - taken.sum()]]] = True
    return taken


def group_figures(
    predictions: pd.DataFrame,
    customers: pd.DataFrame | None,
    kind: str,
    selected_share: float = 0.2,
) -> pd.DataFrame:
    """Measure predictions within groups that no model knows.

    Parameters
    ----------
    predictions : DataFrame
        Of one candidate at one origin: `customer_id`, `actual` and `predicted`;
        `origin_date` where it is known.
    customers : DataFrame or None
        `customer_id`, the columns of `GROUPINGS`, and more that begin with `PROTECTED`.
    kind : {'probability', 'amount'}
    selected_share : float
        So many, those predicted highest, count as selected. The outcome that selecting
        was to find is a 1, or of amounts to be among as many who spent most.

    Returns
    -------
    DataFrame
        `GROUPS_SCHEMA`; figures are missing for groups of fewer than `LEAST_CUSTOMERS`,
        which are not named but counted together as 'too few to tell'.
    """
    if customers is None or predictions.empty:
        return pd.DataFrame()
    rows = []
    joined = predictions.merge(customers, on="customer_id", how="left")
    actual, names = joined["actual"].to_numpy(float), joined["customer_id"]
    is_selected = top(joined["predicted"].to_numpy(float), names, selected_share)
    is_outcome = actual > 0
    if kind == "amount":
        is_outcome &= top(actual, names, selected_share)
    joined = joined.assign(selected=is_selected, outcome=is_outcome)
    origin = joined["origin_date"].max() if "origin_date" in joined else None
    for grouping in groupings(customers):
        names = joined[grouping].astype("string").fillna("unknown")
        sizes = names.map(names.value_counts())
        names = names.where(sizes >= LEAST_CUSTOMERS, "too few to tell")
        for name, here in joined.groupby(names):
            is_small = len(here) < LEAST_CUSTOMERS
            metric, value = _rank(here, kind)
            counts = [
                here["selected"].sum(),
                here["outcome"].sum(),
                (here["selected"] & here["outcome"]).sum(),
            ]
            selected, outcomes, both = (pd.NA if is_small else int(n) for n in counts)
            rows.append(
                {
                    "grouping": grouping,
                    "group_name": name,
                    "count_customers": len(here),
                    "mean_predicted": np.nan if is_small else here["predicted"].mean(),
                    "mean_actual": np.nan if is_small else here["actual"].mean(),
                    "rank_metric": metric,
                    "rank_value": np.nan if is_small else value,
                    "origin_date": origin,
                    "selected_share": selected_share,
                    "count_selected": selected,
                    "count_outcomes": outcomes,
                    "count_selected_outcomes": both,
                }
            )
    return pd.DataFrame(rows)


def _rank(here: pd.DataFrame, kind: str) -> tuple[str, float]:
    actual, predicted = here["actual"], here["predicted"]
    if actual.nunique() < 2 or predicted.nunique() < 2:
        return ("auc" if kind == "probability" else "spearman"), np.nan
    if kind == "probability":
        return "auc", area_under_curve(actual.to_numpy(), predicted.to_numpy())
    return "spearman", float(actual.corr(predicted, "spearman"))

"""How well a served model does by group of customers: who is over- or underrated."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.evidence.metrics import area_under_curve

GROUPS_SCHEMA = pa.schema(
    [
        ("grouping", pa.string()),
        ("group_name", pa.string()),
        ("count_customers", pa.int64()),
        ("mean_predicted", pa.float64()),
        ("mean_actual", pa.float64()),
        ("rank_metric", pa.string()),
        ("rank_value", pa.float64()),
    ]
)

GROUPINGS = ("gender", "age_band", "country", "acquisition_channel")
LEAST_CUSTOMERS = 50  # a figure on fewer says little, and may give somebody away


def group_figures(
    predictions: pd.DataFrame, customers: pd.DataFrame | None, kind: str
) -> pd.DataFrame:
    """Measure predictions within groups that no model knows.

    Parameters
    ----------
    predictions : DataFrame
        Of one candidate at one origin: `customer_id`, `actual` and `predicted`.
    customers : DataFrame or None
        `customer_id` and the columns of `GROUPINGS`.
    kind : {'probability', 'amount'}

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
    for grouping in GROUPINGS:
        names = joined[grouping].astype("string").fillna("unknown")
        sizes = names.map(names.value_counts())
        names = names.where(sizes >= LEAST_CUSTOMERS, "too few to tell")
        for name, here in joined.groupby(names):
            is_small = len(here) < LEAST_CUSTOMERS
            metric, value = _rank(here, kind)
            rows.append(
                {
                    "grouping": grouping,
                    "group_name": name,
                    "count_customers": len(here),
                    "mean_predicted": np.nan if is_small else here["predicted"].mean(),
                    "mean_actual": np.nan if is_small else here["actual"].mean(),
                    "rank_metric": metric,
                    "rank_value": np.nan if is_small else value,
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

"""How the report names what the marts hold as codes."""

DIMENSIONS = {
    "rfm": "RFM segments",
    "lifecycle": "Lifecycle stages",
    "value_tier": "Value tiers",
    "cluster": "Clusters",
}
CAUSES = {
    "new_customers": "first purchases",
    "behaviour": "orders and returns",
    "ageing": "time alone",
    "cut_drift": "cut points that moved",
}
OBJECTIVES = {
    "reduce_churn": "would be lost if they stay away",
    "grow_value": "is missing to the next better segment",
    "win_back": "could come back with them",
    "convert": "could come with their first orders",
}
NEW = "new_customer"
NEW_NAME = "Not yet a customer"
# the figure that tells most of a model, by what there is
LEADING = {
    "auc": "AUC",
    "normalised_gini": "normalised Gini",
    "concordance": "concordance",
    "top_1_hit_rate": "hit rate",
}


def listed(code: str, names: dict[str, str]) -> str:
    """Name a code; one that is not known is shown as it is."""
    return names.get(code, code.replace("_", " "))

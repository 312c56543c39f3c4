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
    "reduce_churn": "is in doubt, as they may stay away",
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
# what the published file has no column for, or says nothing of
DEFINITIONS = {
    "publication.data_through": (
        "Last day whose orders are known: the day before the as-of date."
    ),
    "fct_model_lift.lift_interval": (
        "95 % interval of lift: Wilson's interval (1927) of the share in the tenth, "
        "divided by the share of all customers, which is taken as known."
    ),
}


def listed(code: str, names: dict[str, str]) -> str:
    """Name a code; one that is not known is shown as it is."""
    return names.get(code, code.replace("_", " "))

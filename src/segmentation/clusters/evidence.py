"""How well each method and number of clusters holds, and which one is chosen."""

import pyarrow as pa

EVIDENCE_SCHEMA = pa.schema(
    [
        ("method", pa.string()),
        ("n_clusters", pa.int64()),
        ("preprocessing", pa.string()),
        ("count_customers", pa.int64()),
        ("silhouette", pa.float64()),
        ("davies_bouldin", pa.float64()),
        ("stability_ari", pa.float64()),
        ("prediction_strength", pa.float64()),
        ("holdout_ari", pa.float64()),
        ("smallest_share", pa.float64()),
        ("noise_share", pa.float64()),
        ("spend_explained", pa.float64()),
        ("churn_explained", pa.float64()),
        ("is_eligible", pa.bool_()),
        ("is_chosen", pa.bool_()),
        ("verdict", pa.string()),
    ]
)

"""The keyed hash of each customer's id, and the way back. One row per customer."""

from segmentation.pseudonyms import pseudonym_table


def model(dbt, session):
    customers = dbt.ref("int_customers")
    erased = dbt.ref("int_customers__erased")
    key_env = dbt.config.meta_get("key_env")

    return pseudonym_table(
        customers.df()["customer_id"], erased.df()["customer_id"], key_env
    )

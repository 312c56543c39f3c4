"""Customers most like those on each list. One row per list and lookalike."""

from segmentation.binding import contactable, sampled
from segmentation.lookalikes import find_lookalikes


def model(dbt, session):
    candidates = dbt.ref("int_customers__lookalike_candidates")
    seeds = dbt.ref("int_customers__lookalike_seeds")
    features = dbt.config.meta_get("features")
    count = dbt.config.meta_get("count")
    seed = dbt.config.meta_get("seed")

    # read whole tables first: another query would silently end the stream
    sample = sampled(candidates).df()
    members = sampled(seeds).df()
    return find_lookalikes(
        contactable(candidates).to_arrow_reader(100_000),
        sample,
        members,
        features=features,
        count=count,
        seed=seed,
    )

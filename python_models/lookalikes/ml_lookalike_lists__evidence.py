"""Test of how well half of a list leads to the other half. One row per list."""

from segmentation.binding import sampled
from segmentation.lookalikes import judge_lists


def model(dbt, session):
    candidates = dbt.ref("int_customers__lookalike_candidates")
    seeds = dbt.ref("int_customers__lookalike_seeds")
    lists = dbt.config.meta_get("lists")
    features = dbt.config.meta_get("features")
    seed = dbt.config.meta_get("seed")

    # read whole tables first: another query would silently end the stream
    sample = sampled(candidates).df()
    members = sampled(seeds).df()
    tables = seeds.project("list_id").distinct().df()["list_id"]
    return judge_lists(
        candidates.to_arrow_reader(100_000),
        sample,
        members,
        [*lists, *tables],
        features=features,
        seed=seed,
    )

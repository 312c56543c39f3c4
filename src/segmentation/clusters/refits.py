"""Learn the fits of clusters that are due, each aligned to the one before.

A method and a number of clusters are chosen on evidence at the start of a generation
and kept by its refits.
"""

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa

from segmentation import processes
from segmentation.binding import buyers, sampled
from segmentation.clusters import measures
from segmentation.clusters.alignment import (
    KEPT,
    MIN_AGREEMENT,
    NEW,
    VANISHED,
    Alignment,
    align,
)
from segmentation.clusters.centres import centres_of, wide
from segmentation.clusters.encoding import Clustering
from segmentation.clusters.evidence import compare
from segmentation.clusters.locks import hold, only
from segmentation.clusters.methods import fit
from segmentation.clusters.naming import suggest
from segmentation.clusters.records import clustering_of, records, table_of
from segmentation.clusters.schedule import Due, Settings, due, valid
from segmentation.frames import sorted_by_key
from segmentation.identity import NOTHING, identify, library_versions

VALUE = "lifetime_net_amount"


def with_next_quarter(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Join what was known a quarter ago to what happened since.

    Parameters
    ----------
    earlier, later : DataFrame
        Features of customers at two anchors, `lifetime_net_amount` and
        `last_order_date` among them.

    Returns
    -------
    DataFrame
        `earlier`, of the customers that both know, and `next_net_amount`: what they
        have spent since, less what they sent back of it. Who sent back more, of what
        was bought before, has spent 0. `is_churned`: they have not ordered since.
    """
    since = later[["customer_id", VALUE, "last_order_date"]]
    both = earlier.merge(since, on="customer_id", suffixes=("", "_later"))
    spent = (both[f"{VALUE}_later"] - both[VALUE]).clip(lower=0)
    anchor = pd.to_datetime(both["anchor_date"])
    churned = pd.to_datetime(both["last_order_date_later"]) < anchor
    both = both.assign(next_net_amount=spent, is_churned=churned)
    return both.drop(columns=[f"{VALUE}_later", "last_order_date_later"])


def learn_due_fits(
    history: Any,
    past: pd.DataFrame | None,
    anchors: pd.DataFrame,
    locks: pd.DataFrame,
    contrasts: pd.DataFrame,
    weights: pd.DataFrame,
    settings: dict[str, Any],
) -> pa.Table:
    """Find out which fits are due, read the customers of their dates, and learn them.

    Parameters
    ----------
    history : relation
        Customers at all dates: `customer_id`, `anchor_date`, `is_sampled`, the
        features. Only the buyers of the dates that are due are read.
    past : DataFrame or None
        The rows of earlier builds.
    anchors : DataFrame
        As in `schedule.due`.
    locks, contrasts : DataFrame
        As in `learn_cluster_fits`.
    weights : DataFrame
        `feature`, `weight`.
    settings : dict
        Those of `schedule.Settings`, but the weights.

    Returns
    -------
    pyarrow.Table
        `CLUSTER_FITS_SCHEMA`: the fits that are new.
    """
    weighing = dict(zip(weights["feature"], weights["weight"], strict=True))
    chosen = Settings(**settings, weights=weighing)
    made = records(past)
    seen = buyers(sampled(history), chosen.min_orders)
    counts = seen.aggregate("anchor_date, count(*) as count_customers").df()
    dues = due(anchors, counts, made, chosen)
    days = {day for some in dues for day in (some.fit_date, some.earlier_date) if day}
    dates = ", ".join(f"date '{day}'" for day in sorted(days))
    customers = seen.filter(f"anchor_date in ({dates or 'null'})").df()
    given = dues, customers, chosen, made, anchors, locks, contrasts
    (fits,) = processes.each(learn_cluster_fits, [given], len(customers))
    return fits


def learn_cluster_fits(
    dues: list[Due],
    history: pd.DataFrame,
    settings: Settings,
    made: list[dict[str, Any]],
    anchors: pd.DataFrame,
    locks: pd.DataFrame,
    contrasts: pd.DataFrame,
) -> pa.Table:
    """Learn the fits that are due, each aligned to the one before.

    Parameters
    ----------
    dues : list of Due
        In the order of dates.
    history : DataFrame
        Buyers at the dates that are due: `customer_id`, `anchor_date`, features.
    settings : Settings
    made : list of dict
        The fits made so far.
    anchors : DataFrame
        `anchor_date`, `input_checksum`.
    locks : DataFrame
        `dimension`, `segment_code`, `is_locked`, `decided_on`.
    contrasts : DataFrame
        As in `naming.words`.

    Returns
    -------
    pyarrow.Table
        `CLUSTER_FITS_SCHEMA`: the fits that are new.
    """
    made, count_before = list(made), len(made)
    days = pd.to_datetime(history["anchor_date"]).dt.date
    for one in dues:
        seen = {
            moment: sorted_by_key(history[days == moment], "customer_id")
            for moment in (one.fit_date, one.earlier_date)
            if moment
        }
        customers, earlier = seen[one.fit_date], None
        if one.earlier_date is not None:
            earlier = with_next_quarter(seen[one.earlier_date], customers)
        made.append(
            _learn(one, customers, earlier, made, settings, anchors, locks, contrasts)
        )
    return table_of(made[count_before:])


def _learn(
    due: Due,
    customers: pd.DataFrame,
    earlier: pd.DataFrame | None,
    made: list[dict[str, Any]],
    settings: Settings,
    anchors: pd.DataFrame,
    locks: pd.DataFrame,
    contrasts: pd.DataFrame,
) -> dict[str, Any]:
    number = max((fit["fit_number"] for fit in made), default=0) + 1
    hashed = settings.hash()
    record = {
        "fit_id": identify(
            "clusters", due.fit_date, hashed, due.input_checksum, number
        ),
        "method": NOTHING,
        "settings": json.dumps(settings.made_with(), sort_keys=True),
        "settings_hash": hashed,
        "input_checksum": due.input_checksum,
        "library_versions": library_versions(),
        "fit_number": number,
        "seed": settings.seed,
        "count_training_customers": len(customers),
        "is_new_generation": False,
        "fit_date": due.fit_date,
        "serves_from": due.serves_from,
    }
    able = [
        fit
        for fit in sorted(made, key=lambda fit: (fit["fit_date"], fit["fit_number"]))
        if fit["method"] != NOTHING and fit["fit_date"] <= due.fit_date
    ]
    # Ids go on from the last fit that holds. Where late data have undone all of them,
    # they go on from the one that this fit replaces.
    holding = valid(able, anchors)
    before = next(reversed(holding or able), None)
    alike = [fit for fit in holding if fit["settings_hash"] == hashed]
    locked = _locked(locks, before, due, settings)

    evidence, fitted, is_kept = _choose(
        customers, earlier, alike[-1] if alike else None, locked, settings
    )
    chosen = evidence[evidence["is_chosen"].astype(bool)]
    record |= {
        "evidence": evidence,
        "verdict": [*chosen["verdict"], *evidence["verdict"]][0],
    }
    if fitted is None:
        return record
    aligned, fitted = _align(customers, fitted, before, locked, made)
    if before is None:
        generation = 1
    elif aligned.is_new_generation:
        ever = [f["generation"] for f in made if f["method"] != NOTHING]
        generation = int(max(ever)) + 1
    else:
        generation = int(before["generation"])
    centres = centres_of(customers, fitted)
    names = suggest(centres, contrasts, _names(before))
    return record | {
        "previous_fit_id": None if before is None else before["fit_id"],
        "method": fitted.method,
        "preprocessing": fitted.preprocessing,
        "alignment_verdict": _alignment_verdict(aligned, before),
        "generation": generation,
        "n_clusters": fitted.n_clusters,
        "dispersion": fitted.dispersion,
        "max_distance": fitted.max_distance,
        "agreement_ari": aligned.agreement,
        "is_new_generation": aligned.is_new_generation,
        "chosen_at": alike[-1]["chosen_at"] if is_kept else due.fit_date,
        "prototypes": fitted.prototypes,
        "clusters": _clusters(customers, fitted, names, locked),
        "centres": centres,
        "alignment": aligned.report,
    }


def _clusters(
    customers: pd.DataFrame,
    fitted: Clustering,
    names: dict[int, str],
    locked: Clustering | None,
) -> pd.DataFrame:
    """Return `CLUSTERS_SCHEMA`."""
    amounts = customers[VALUE].astype(float).groupby(fitted.assign(customers))
    rows = pd.DataFrame(
        sorted(names.items()), columns=["cluster_id", "suggested_name"]
    ).join(amounts.agg(["size", "mean"]), on="cluster_id")
    sizes = rows["size"].fillna(0)
    ranks = rows["mean"].rank(method="first", ascending=False, na_option="bottom")
    held = [] if locked is None else locked.prototypes["cluster_id"]
    return rows.assign(
        count_customers=sizes.astype(int),
        customer_share=sizes / len(customers),
        value_rank=ranks.astype(int),
        is_locked=rows["cluster_id"].isin(held),
    )


def _locked(
    locks: pd.DataFrame, before: dict[str, Any] | None, due: Due, settings: Settings
) -> Clustering | None:
    """Return the clusters of the fit before that people had locked by then.

    A lock holds for as long as the features, and what they weigh, are those that the
    cluster was learned on.
    """
    if before is None:
        return None
    then, now = json.loads(before["settings"]), settings.made_with()
    if any(then.get(name) != now[name] for name in ("categories", "weights")):
        return None
    decided = pd.to_datetime(locks["decided_on"])
    known = decided.isna() | (decided <= pd.Timestamp(due.serves_from))
    is_locked = locks["is_locked"].fillna(False).astype(bool) & known
    codes = locks.loc[is_locked & (locks["dimension"] == "cluster"), "segment_code"]
    ids = [
        cluster_id
        for cluster_id in before["clusters"]["cluster_id"]
        if f"cluster_{cluster_id}" in set(codes)
    ]
    return only(clustering_of(before), ids) if ids else None


def _choose(
    customers: pd.DataFrame,
    earlier: pd.DataFrame | None,
    start: dict[str, Any] | None,
    locked: Clustering | None,
    settings: Settings,
) -> tuple[pd.DataFrame, Clustering | None, bool]:
    """Keep the method and number of the last fit, or choose; return the evidence."""
    features = settings.weighted_features
    shared = (customers, earlier, features, settings.categories)

    def judge(methods: list[str], counts: list[int]) -> pd.DataFrame:
        found = compare(
            *shared,
            methods,
            counts,
            seed=settings.seed,
            min_customers=settings.min_customers,
        )
        return found.to_pandas()

    def fitted(evidence: pd.DataFrame, before: Clustering | None) -> Clustering | None:
        chosen = evidence[evidence["is_chosen"].astype(bool)]
        if chosen.empty:
            return None
        return fit(
            chosen["method"].iloc[0],
            customers,
            features,
            settings.categories,
            int(chosen["n_clusters"].iloc[0]),
            seed=settings.seed,
            start=before,
        )

    if start is not None:
        before = clustering_of(start)
        found = fitted(start["evidence"], before)
        placed = before.assign(customers)
        if (
            found is not None
            and measures.agreement(placed, found.assign(customers)) >= MIN_AGREEMENT
        ):
            chosen = start["evidence"][start["evidence"]["is_chosen"].astype(bool)]
            evidence = judge(chosen["method"].tolist(), chosen["n_clusters"].tolist())
            if evidence["is_chosen"].any():
                evidence["verdict"] = _kept_verdict(evidence, start)
                return evidence, found, True
    # prototypes that stay can only be compared with those of their own method
    methods = settings.methods if locked is None else [locked.method]
    evidence = judge(methods, settings.counts)
    return evidence, fitted(evidence, None), False


def _kept_verdict(evidence: pd.DataFrame, start: dict[str, Any]) -> list[str]:
    since = f"kept since {start['chosen_at']}"
    return [
        f"{since}, and still eligible"
        if row.is_eligible
        else f"{since}, although {row.verdict.split(';')[0]}"
        for row in evidence.itertuples()
    ]


def _align(
    customers: pd.DataFrame,
    fitted: Clustering,
    before: dict[str, Any] | None,
    locked: Clustering | None,
    made: list[dict[str, Any]],
) -> tuple[Alignment, Clustering]:
    """Find the ids of a fit's clusters; put those that are locked where they were."""
    ever = [fit["clusters"]["cluster_id"].max() for fit in made if len(fit["clusters"])]
    highest = int(max(ever, default=0))
    if before is None:
        previous = previous_centres = None
    else:
        previous = clustering_of(before).assign(customers)
        previous_centres = before["centres"]

    def aligned(found: Clustering, **options: Any) -> Alignment:
        return align(
            found.assign(customers),
            previous,
            wide(centres_of(customers, found), found),
            None if before is None else wide(previous_centres, found),
            highest_id=highest,
            **options,
        )

    held: dict[int, int] = {}
    if locked is not None:
        ids = set(locked.prototypes["cluster_id"])
        partners = aligned(fitted, min_agreement=-1).ids
        fitted, held = hold(
            fitted, locked, {n: i for n, i in partners.items() if i in ids}
        )
    found = aligned(fitted, held=held)
    rows = fitted.prototypes
    rows = rows.assign(cluster_id=rows["cluster_id"].map(found.ids))
    return found, replace(fitted, prototypes=rows)


def _names(before: dict[str, Any] | None) -> dict[int, str]:
    if before is None:
        return {}
    rows = before["clusters"]
    return dict(zip(rows["cluster_id"], rows["suggested_name"], strict=True))


def _alignment_verdict(aligned: Alignment, before: dict[str, Any] | None) -> str:
    if before is None:
        return "first fit"
    agreement = (
        f"agreement {aligned.agreement:.2f} with the fit of {before['fit_date']}"
    )
    if aligned.is_new_generation:
        return f"new generation: {agreement} is under {MIN_AGREEMENT}"
    states = aligned.report["state"].value_counts()
    told = [
        f"{states[state]} {state}" for state in (KEPT, NEW, VANISHED) if state in states
    ]
    return f"{agreement}: {', '.join(told)}"

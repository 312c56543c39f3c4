"""How long a segment should hold: what each rule gains in stability and costs in time.

A plain RFM segment is read from today's scores alone, and customers near a cut point
flip from month to month. A rule holds segments back; each is judged by how many
customers stay where they are from one date to the next, and by how many days later than
the plain segment it follows a move that lasts.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.frames import conform, sorted_by_key

METRICS = {  # feature to whether less of it is better
    "days_since_last_order": True,
    "count_orders": False,
    "lifetime_net_amount": False,
}
SCORES = ("recency_score", "frequency_score", "monetary_score")
CUTS = np.array([20, 40, 60, 80])
BANDS = (2.5, 5, 7.5, 10, 15)
BOTH_WAYS = (2.5, 5)
MAX_LAG_DAYS = 15
ABSENT = -1

STICKINESS_SCHEMA = pa.schema(
    [
        ("rule", pa.string()),
        ("band_pct", pa.float64()),
        ("count_customers", pa.int64()),
        ("count_pairs", pa.int64()),
        ("stay_rate", pa.float64()),
        ("stay_rate_lower", pa.float64()),
        ("stay_rate_upper", pa.float64()),
        ("flip_rate", pa.float64()),
        ("count_lasting_moves", pa.int64()),
        ("mean_lag_days", pa.float64()),
        ("followed_share", pa.float64()),
        ("agreement_share", pa.float64()),
        ("is_in_force", pa.bool_()),
        ("verdict", pa.string()),
    ]
)


@dataclass(frozen=True)
class Panel:
    """Customers at the dates of a grid.

    Attributes
    ----------
    values : ndarray, shape (n, t, 3)
        What the three scores are read from; NaN at dates without a purchase.
    dates : ndarray of datetime64, shape (t,)
    cells : ndarray, shape (5, 5, 5)
        The segment of each cell, as a number.
    known : dict
        Cut points of each date that rules have asked for, by how far they are shifted:
        many rules share them.
    """

    values: np.ndarray
    dates: np.ndarray
    cells: np.ndarray
    known: dict[int, dict[float, np.ndarray]] = field(
        default_factory=lambda: defaultdict(dict), repr=False
    )

    @classmethod
    def of(cls, customers: pd.DataFrame, cells: pd.DataFrame) -> "Panel":
        """Arrange rows of features by customer and date.

        Parameters
        ----------
        customers : DataFrame
            customer_id, anchor_date and the features of `METRICS`, in any order; rows
            with count_orders 0 count as absent.
        cells : DataFrame
            The seed rfm_cells: three scores and segment_code.
        """
        rows = sorted_by_key(
            customers[customers["count_orders"] > 0], "customer_id", "anchor_date"
        )
        names, who = np.unique(rows["customer_id"].to_numpy(str), return_inverse=True)
        dates = np.unique(customers["anchor_date"].to_numpy("datetime64[D]"))
        when = np.searchsorted(dates, rows["anchor_date"].to_numpy("datetime64[D]"))
        values = np.full((len(names), len(dates), len(METRICS)), np.nan)
        values[who, when] = rows[list(METRICS)].to_numpy(float)
        codes = np.full((5, 5, 5), ABSENT)
        places = tuple(cells[score].to_numpy(int) - 1 for score in SCORES)
        codes[places] = pd.factorize(cells["segment_code"], sort=True)[0]
        return cls(values, dates, codes)

    def segments(self, up_pct: float = 0, down_pct: float = 0) -> np.ndarray:
        """Return segments by scores that move only when clear of a cut point.

        Twin of int_customers__history_segments, which applies the band in force.

        Parameters
        ----------
        up_pct, down_pct : float
            By how many percentiles a score must be clear of a cut point to rise, or to
            fall; 0 for both gives plain segments.

        Returns
        -------
        ndarray of int, shape (n, t)
            `ABSENT` at dates without a purchase.
        """
        count, steps, _ = self.values.shape
        is_less_better = np.array(list(METRICS.values()))
        above = np.where(is_less_better, down_pct, up_pct)
        below = np.where(is_less_better, up_pct, down_pct)
        found = np.full((count, steps), ABSENT)
        passed = np.full((count, len(METRICS), len(CUTS)), ABSENT)
        for step in range(steps):
            values = self.values[:, step]
            here = ~np.isnan(values[:, 0])
            if not here.any():
                continue
            low, cut, high = (
                self._cut_points(step, values[here], shift)
                for shift in (-below, 0 * below, above)
            )
            seen = values[here][:, :, None]
            before = passed[here]
            begun = np.where(before == ABSENT, seen > cut, before)
            passed[here] = np.where(seen > high, 1, np.where(seen <= low, 0, begun))
            passed[~here] = ABSENT
            scores = passed[here].sum(axis=2)
            places = np.where(is_less_better, len(CUTS) - scores, scores)
            found[here, step] = self.cells[tuple(places.T)]
        return found

    def _cut_points(
        self, step: int, values: np.ndarray, shift: np.ndarray
    ) -> np.ndarray:
        for by in set(shift) - set(self.known[step]):
            self.known[step][by] = np.percentile(values, CUTS + by, axis=0)
        return np.stack([self.known[step][by][:, n] for n, by in enumerate(shift)])


def dwell(plain: np.ndarray) -> np.ndarray:
    """Hold a segment until another one is seen at two dates in a row.

    Parameters
    ----------
    plain : ndarray of int, shape (n, t)

    Returns
    -------
    ndarray of int, shape (n, t)
    """
    held = plain.copy()
    for step in range(1, plain.shape[1]):
        now, before = plain[:, step], plain[:, step - 1]
        holds = (now != ABSENT) & (before != ABSENT) & (now != before)
        held[holds, step] = held[holds, step - 1]
    return held


def _stay(segments: np.ndarray) -> dict[str, float | None]:
    before, after = segments[:, :-1], segments[:, 1:]
    pairs = (before != ABSENT) & (after != ABSENT)
    stays = (pairs & (before == after)).sum(axis=1)
    counts = pairs.sum(axis=1)
    total = counts.sum()
    if not total:
        return {"count_pairs": 0}
    rate = stays.sum() / total
    # a customer's months are not independent: the spread is that of customers
    error = np.sqrt(((stays - rate * counts) ** 2).sum()) / total
    back = segments[:, 2:]
    flips = pairs[:, :-1] & (before[:, :-1] != after[:, :-1]) & (back == before[:, :-1])
    trios = (pairs[:, :-1] & pairs[:, 1:]).sum()
    return {
        "count_pairs": int(total),
        "stay_rate": rate,
        "stay_rate_lower": max(0.0, rate - 1.959964 * error),
        "stay_rate_upper": min(1.0, rate + 1.959964 * error),
        "flip_rate": flips.sum() / trios if trios else None,
    }


def lags(plain: np.ndarray, held: np.ndarray, dates: np.ndarray) -> np.ndarray:
    """Measure how long a rule takes to follow each move that lasts.

    A move lasts if the plain segment is still the same at the next date. Its lag ends
    where the held segment is that one too, at the latest where the plain segment moves
    on: what is never followed counts with its whole length.

    Parameters
    ----------
    plain, held : ndarray of int, shape (n, t)
    dates : ndarray of datetime64, shape (t,)

    Returns
    -------
    ndarray, shape (m, 2)
        Days, and whether it was followed, of each move.
    """
    steps = plain.shape[1]
    if steps < 3:
        return np.empty((0, 2))
    days = (dates - dates[0]).astype(int)
    ends = np.append(days, 2 * days[-1] - days[-2])
    began = np.full(len(plain), ABSENT)  # the step of a move that is to be followed
    found = []

    def close(rows: np.ndarray, step: int, is_followed: bool) -> None:
        waited = ends[step] - ends[began[rows]]
        found.append(np.column_stack([waited, np.full(len(waited), is_followed)]))
        began[rows] = ABSENT

    for step in range(1, steps):
        now, before = plain[:, step], plain[:, step - 1]
        has_moved = now != before
        close((began != ABSENT) & has_moved, step, False)
        if step + 1 < steps:
            is_move = has_moved & (now != ABSENT) & (before != ABSENT)
            began[is_move & (plain[:, step + 1] == now)] = step
        close((began != ABSENT) & (held[:, step] == now), step, True)
    close(began != ABSENT, steps, False)
    return np.concatenate(found)


def weigh(
    customers: pd.DataFrame,
    cells: pd.DataFrame,
    *,
    band_in_force: float,
    bands: tuple[float, ...] = BANDS,
) -> pa.Table:
    """Weigh what rules gain in stability against what they cost in time.

    Parameters
    ----------
    customers : DataFrame
        customer_id, anchor_date and the features of `METRICS`, in any order.
    cells : DataFrame
        The seed rfm_cells.
    band_in_force : float
        The band that sticky segments are made with.
    bands : tuple of float
        Other bands to compare.

    Returns
    -------
    pyarrow.Table
        `STICKINESS_SCHEMA`; one row per rule, none without two dates of history.
    """
    # who is in the sample at the newest date was in it at all dates before
    newest = customers[customers["anchor_date"] == customers["anchor_date"].max()]
    sample = customers[customers["customer_id"].isin(newest["customer_id"])]
    panel = Panel.of(sample, cells)
    if panel.values.shape[1] < 2 or not len(panel.values):
        return STICKINESS_SCHEMA.empty_table()
    plain = panel.segments()
    rules: dict[str, tuple[float | None, Callable[[], np.ndarray]]] = {
        f"rises when clear by {band:g} percentiles" if band else "plain": (
            band,
            partial(panel.segments, up_pct=band),
        )
        for band in sorted({0, *bands, band_in_force})
    }
    for band in BOTH_WAYS:
        rules[f"rises and falls when clear by {band:g} percentiles"] = (
            None,
            partial(panel.segments, up_pct=band, down_pct=band),
        )
    rules["two dates in a row"] = (None, lambda: dwell(plain))
    rows = []
    for rule, (band_pct, make) in rules.items():
        held = make()
        moves = lags(plain, held, panel.dates)
        rows.append(
            {
                "rule": rule,
                "band_pct": band_pct,
                "count_customers": len(plain),
                **_stay(held),
                "count_lasting_moves": len(moves),
                "mean_lag_days": moves[:, 0].mean() if len(moves) else None,
                "followed_share": moves[:, 1].mean() if len(moves) else None,
                "agreement_share": (held == plain)[plain != ABSENT].mean(),
                "is_in_force": band_pct == band_in_force,
            }
        )
    frame = pd.DataFrame(rows).reindex(columns=[*STICKINESS_SCHEMA.names])
    frame["verdict"] = _verdicts(frame)
    return conform(frame, STICKINESS_SCHEMA)


def _verdicts(frame: pd.DataFrame) -> list[str]:
    quick = frame[~(frame["mean_lag_days"].astype(float) >= MAX_LAG_DAYS)]
    best = quick["stay_rate"].astype(float).idxmax() if len(quick) else None
    said = []
    for index, row in frame.iterrows():
        words = ["in force"] if row["is_in_force"] else []
        if index == best:
            words.append(f"the most stable with a mean lag under {MAX_LAG_DAYS} days")
        elif index not in quick.index:
            words.append(f"follows too late: {MAX_LAG_DAYS} days or more")
        said.append("; ".join(words) or "less stable")
    return said

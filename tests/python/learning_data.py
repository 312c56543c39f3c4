"""Make customers to learn from: a simulated shop, seen from several anchors.

Rates of buying and of leaving are gamma-distributed, as in the Pareto/NBD model;
amounts are those of Gamma-Gamma. Rows have the columns of int_customers__features and
of the labels of each product, of the types that DuckDB gives them in pandas.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

SCORING_DATE = pd.Timestamp("2024-01-01")
STEP_DAYS = 92
HORIZONS = (30, 90, 180)
AMOUNT_HORIZONS = (90, 365)

FEATURES = {
    "days_since_last_order": "log1p",
    "days_since_first_order": "log1p",
    "count_orders": "log1p",
    "lifetime_net_amount": "log1p",
    "avg_days_between_orders": "log1p",
    "count_orders_90d": "log1p",
    "count_orders_365d": "log1p",
    "silence_log_odds": "identity",
}


@dataclass(frozen=True)
class Shop:
    """Purchases, at most one per customer and day.

    Attributes
    ----------
    purchases : DataFrame
        `customer_id`, `day` (the scoring anchor is day 0, the past is negative) and
        `amount`; sorted.
    """

    purchases: pd.DataFrame

    @property
    def scoring(self) -> pd.DataFrame:
        """The scoring anchor, as learners take it."""
        first = SCORING_DATE + pd.Timedelta(days=int(self.purchases["day"].min()))
        return pd.DataFrame(
            {"anchor_date": [SCORING_DATE], "first_order_date": [first]}
        )

    def features(self, number: int) -> pd.DataFrame:
        """Return the customers who had bought before an anchor."""
        anchor = -number * STEP_DAYS
        past = self.purchases[self.purchases["day"] < anchor]
        ago = anchor - past["day"]
        is_repeat = past["customer_id"].duplicated()
        past = past.assign(
            ago=ago,
            quarter=ago <= 90,
            year=ago <= 365,
            quarter_amount=past["amount"].where(ago <= 90, 0.0),
            year_amount=past["amount"].where(ago <= 365, 0.0),
            repeat_amount=past["amount"].where(is_repeat, 0.0),
        )
        found = past.groupby("customer_id").agg(
            days_since_last_order=("ago", "min"),
            days_since_first_order=("ago", "max"),
            count_orders=("day", "size"),
            lifetime_net_amount=("amount", "sum"),
            count_orders_90d=("quarter", "sum"),
            count_orders_365d=("year", "sum"),
            net_amount_90d=("quarter_amount", "sum"),
            net_amount_365d=("year_amount", "sum"),
            repeat_amount=("repeat_amount", "sum"),
        )
        first, last = found["days_since_first_order"], found["days_since_last_order"]
        gaps = found["count_orders"] - 1
        some = gaps.where(gaps > 0)
        return found.assign(
            anchor_date=SCORING_DATE + pd.Timedelta(days=anchor),
            anchor_number=number,
            count_order_days=found["count_orders"],
            avg_days_between_orders=(first - last) / some,
            avg_repeat_amount=found["repeat_amount"] / some,
            silence_log_odds=(found["count_orders"] - 0.5)
            * np.log((first + 30) / (first - last + 30)),
        ).reset_index()

    def labels(self, number: int, customer_ids: pd.Series) -> pd.DataFrame:
        """Return what some customers did from an anchor on, where it is known."""
        anchor, known_days = -number * STEP_DAYS, number * STEP_DAYS
        later = self.purchases[self.purchases["day"] >= anchor]
        later = later.assign(ahead=later["day"] - anchor)
        found = pd.DataFrame({"known_days": known_days}, index=customer_ids)
        ahead = later.groupby("customer_id")["ahead"].min().reindex(customer_ids)
        found["days_to_next_order"] = ahead.astype("Int64")
        for days in HORIZONS:
            is_bought = (ahead < days).astype("boolean")
            found[f"is_purchase_next_{days}d"] = (
                is_bought if days <= known_days else pd.NA
            )
        for days in AMOUNT_HORIZONS:
            within = later[later["ahead"] < days].groupby("customer_id")["amount"]
            orders = within.size().reindex(customer_ids, fill_value=0).astype("Int64")
            amount = within.sum().reindex(customer_ids, fill_value=0.0)
            is_known = days <= known_days
            found[f"count_order_days_next_{days}d"] = orders if is_known else pd.NA
            found[f"net_amount_next_{days}d"] = amount if is_known else np.nan
        found["is_churned"] = ~found["is_purchase_next_90d"].astype("boolean")
        whole = [f"count_order_days_next_{days}d" for days in AMOUNT_HORIZONS]
        yes_no = [f"is_purchase_next_{days}d" for days in HORIZONS]
        types = dict.fromkeys(whole, "Int64") | dict.fromkeys(yes_no, "boolean")
        return found.astype(types).rename_axis("customer_id").reset_index()

    def labelled(self, anchors: int = 6) -> pd.DataFrame:
        """Return the customers at the past anchors, with features and labels."""
        frames = []
        for number in range(1, anchors + 1):
            seen = self.features(number)
            labels = self.labels(number, seen["customer_id"])
            frames.append(seen.merge(labels, on="customer_id"))
        return pd.concat(frames, ignore_index=True)

    def with_scoring(self, anchors: int = 6) -> pd.DataFrame:
        """Return the same, and the customers at the scoring anchor, without labels."""
        return pd.concat([self.features(0), self.labelled(anchors)], ignore_index=True)


def shop(
    count: int,
    *,
    seed: int = 1,
    days: int = 1_400,
    rate: tuple[float, float] = (1.0, 45.0),
    leaving: tuple[float, float] = (0.6, 500.0),
    season: float = 1.0,
    until: int = 0,
) -> Shop:
    """Simulate the customers of a shop.

    Parameters
    ----------
    count : int
        Customers.
    seed : int
    days : int
        Length of the past, over which first purchases are spread.
    rate, leaving : tuple
        Shape and scale (days) of the gamma distributions of purchase and leaving rates.
    season : float
        In the first quarter of every year counted back from the scoring anchor, which
        is that after it, and after the fourth anchor, customers buy so much more often.
    until : int
        The day of the last purchase.
    """
    rng = np.random.default_rng(seed)
    born = rng.uniform(-days, 0, count)
    rates = rng.gamma(rate[0], 1 / rate[1], count)
    left = born + rng.exponential(1 / rng.gamma(leaving[0], 1 / leaving[1], count))
    end = np.minimum(left, until)
    # at the rate of the season; those off-season are thinned out
    most = max(season, 1.0)
    bought = rng.poisson(rates * most * np.maximum(end - born, 0))
    who = np.repeat(np.arange(count), bought)
    when = born[who] + rng.random(len(who)) * (end - born)[who]
    in_season = np.mod(when, 365) < 92
    keep = rng.random(len(who)) < np.where(in_season, season, 1.0) / most
    who = np.concatenate([np.arange(count), who[keep]])
    when = np.concatenate([born, when[keep]])
    usual = 10 * 15 * rng.gamma(4, 1 / 10, count)
    purchases = pd.DataFrame(
        {
            "customer_id": [f"c{number:06d}" for number in who],
            "day": np.floor(when).astype(int),
            "amount": usual[who] * rng.gamma(6, 1 / 6, len(who)),
        }
    )
    purchases = purchases[purchases["day"] < max(until, 0)]
    by_day = purchases.groupby(["customer_id", "day"], as_index=False)["amount"].sum()
    return Shop(by_day)

"""The words of the cards: what is predicted, and what is measured."""

import re
from dataclasses import dataclass

from segmentation.writing import MISSING, code, text


@dataclass(frozen=True)
class Purpose:
    """What a model is for.

    Attributes
    ----------
    title : str
    predicts, whom : str
    is_not : tuple of str
        What it is taken for, and is not; whole sentences.
    """

    title: str
    predicts: str
    whom: str
    is_not: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """How a metric is called, and read.

    Attributes
    ----------
    name, meaning : str
    decimals : int
    worthless : float or None
        Its value where nothing was learned.
    """

    name: str
    meaning: str
    decimals: int = 3
    worthless: float | None = None


BUYERS = "customers who have ever bought"
NOT_UPLIFT = (
    "It is not uplift: it says who responds, not whom the message persuades. Customers "
    "who would have bought anyway score high too."
)
ONLY_MESSAGED = (
    "It was learned from customers who were sent a message; it knows nothing about "
    "customers unlike them."
)

# the first pattern that a target matches
PURPOSES = {
    r"churn": Purpose(
        "No purchase within {days} days",
        "the probability that a customer buys nothing within {days} days of the "
        "anchor, the day the prediction is made for",
        BUYERS,
        (
            "It is not 1 − P(alive): that asks whether a customer will ever return, "
            "this whether they return within {days} days.",
            "It says who is likely to stay away, not why, and not whom an offer would "
            "bring back.",
        ),
    ),
    r"purchase_\d+d": Purpose(
        "A purchase within {days} days",
        "the probability that a customer buys at least once within {days} days of the "
        "anchor, the day the prediction is made for",
        BUYERS,
        (
            "It is not P(alive): a customer may still be active and not buy that soon.",
            "It says who is likely to buy, not what an offer would add, and not how "
            "much they buy.",
        ),
    ),
    r"next_order": Purpose(
        "The day of the next order",
        "the day by which a purchase is as likely as not",
        BUYERS,
        (
            "It is not the day on which an order is due: as many are expected after it "
            "as by it.",
            "A customer without a day is not lost: the day lies beyond what is "
            "predicted.",
        ),
    ),
    r"message_click": Purpose(
        "A click on the next message",
        "the probability that the first message sent within {days} days of the anchor "
        "is clicked",
        f"{BUYERS}, if they are sent a message",
        (NOT_UPLIFT, ONLY_MESSAGED),
    ),
    r"message_order": Purpose(
        "An order after the next message",
        "the probability that a purchase soon follows the first message sent within "
        "{days} days of the anchor, whatever its cause",
        f"{BUYERS}, if they are sent a message",
        (NOT_UPLIFT, ONLY_MESSAGED),
    ),
    r"spend_\d+d": Purpose(
        "Orders and spend within {days} days",
        "on how many days a customer orders within {days} days of the anchor, and the "
        "net amount of these orders, in the reporting currency",
        BUYERS,
        (
            "It is not profit: no costs are taken off.",
            "It does not say what an offer adds, or what comes after {days} days.",
            "It is judged before discounting, on what was paid.",
        ),
    ),
    r"next_category": Purpose(
        "The category bought next",
        "on which category a customer spends most on the next purchase day",
        BUYERS,
        (
            "It does not say whether or when there is a next purchase.",
            "It is not a recommendation: it names what is likely to be bought anyway.",
        ),
    ),
}


def purpose_of(target: str, horizon_days: int | None, label: str | None) -> Purpose:
    """Return what a target is for; of an unknown one, its label."""
    for pattern, purpose in PURPOSES.items():
        if re.fullmatch(pattern, target):
            days = MISSING if horizon_days is None else horizon_days
            return Purpose(
                purpose.title.format(days=days),
                purpose.predicts.format(days=days),
                purpose.whom,
                tuple(each.format(days=days) for each in purpose.is_not),
            )
    return Purpose(text(target), code(label or target), BUYERS, ())


# per kind, the metrics that are shown; the first decides who serves
MEASURES = {
    "probability": {
        "auc": Measure(
            "AUC",
            "how often a customer for whom it came true is ranked above one for whom "
            "it did not; 0.5 is chance",
            worthless=0.5,
        ),
        "average_precision": Measure(
            "average precision",
            "the share of hits among those ranked highest, over all cuts; chance "
            "gives the observed rate",
        ),
        "brier_score": Measure(
            "Brier score",
            "the mean squared error of the probability; lower is better",
            decimals=4,
        ),
    },
    "amount": {
        "normalised_gini": Measure(
            "normalised Gini",
            "how much of all spend comes from those expected to spend most; 0 is "
            "chance, 1 a perfect ranking",
            worthless=0.0,
        ),
        "spearman": Measure(
            "rank correlation",
            "of expected and actual amounts (Spearman); 0 is chance",
            worthless=0.0,
        ),
        "top_20_pct_capture": Measure(
            "capture of the top fifth",
            "the share of all spend that comes from the fifth expected to spend most",
        ),
        "mean_absolute_error": Measure(
            "mean absolute error",
            "of amounts, in the reporting currency; lower is better",
            decimals=2,
        ),
        "predicted_over_actual": Measure(
            "expected over actual", "of the totals of amounts; 1 is unbiased"
        ),
        "orders_spearman": Measure(
            "rank correlation, orders", "the same of order days"
        ),
        "orders_predicted_over_actual": Measure(
            "expected over actual, orders", "the same of order days"
        ),
    },
    "days": {
        "concordance": Measure(
            "concordance",
            "of two customers, how often the one who bought first was expected first; "
            "0.5 is chance",
            worthless=0.5,
        ),
        "share_by_expected_day": Measure(
            "share by the expected day",
            "the share who had bought by the expected day; a median promises 0.5",
        ),
        "mean_absolute_error_days": Measure(
            "mean absolute error in days",
            "of those who had bought by the expected day; lower is better",
            decimals=1,
        ),
    },
    "category": {
        "top_1_hit_rate": Measure(
            "hit rate", "how often the category named first is the one bought"
        ),
        "top_1_probability": Measure(
            "promised hit rate",
            "the mean probability of the category named first; it should equal the hit "
            "rate",
        ),
        "top_3_hit_rate": Measure(
            "hit rate of three", "how often it is among the three named first"
        ),
        "mean_reciprocal_rank": Measure(
            "mean reciprocal rank",
            "1 if it is named first, a half if second, and so on",
        ),
        "log_loss": Measure(
            "log loss",
            "minus the mean logarithm of its probability; lower is better",
        ),
    },
}

GROUPINGS = {
    "gender": "gender",
    "age_band": "age",
    "country": "country",
    "acquisition_channel": "channel",
}

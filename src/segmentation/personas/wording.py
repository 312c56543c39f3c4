"""How personas write effects and values."""

import math

from segmentation.writing import text


def pairs(effect_size: float, at_least: bool = False) -> str:
    """Write Cliff's delta as how many pairs of 100 go its way, a tie being half."""
    share = 50 * (1 + abs(effect_size))
    return str(math.floor(share) if at_least else round(share))


def points(difference: float, at_least: bool = False) -> str:
    """Write a difference of shares in points of a percentage."""
    share = 100 * abs(difference)
    return str(math.floor(share) if at_least else round(share))


def value(of_category: str) -> str:
    """Write a value of a category as words."""
    return text(of_category.replace("_", " "))


FILTERS = {"pairs": pairs, "points": points, "value": value}

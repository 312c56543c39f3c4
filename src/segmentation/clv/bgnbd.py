"""BG/NBD: a customer may leave after any repeat purchase.

References
----------
Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science
24(2).
"""

from dataclasses import dataclass
from typing import ClassVar

from segmentation.clv.beta_geometric import BetaGeometric


@dataclass(frozen=True)
class BGNBD(BetaGeometric):
    """Beta-geometric / NBD model; parameters r, alpha, a, b."""

    name: ClassVar[str] = "BG/NBD"
    first_tosses: ClassVar[int] = 0

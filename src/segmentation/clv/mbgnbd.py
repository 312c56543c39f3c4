"""MBG/NBD: a customer may leave after any purchase, the first included.

References
----------
Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of models
for customer base analysis, Int. J. Research in Marketing 24(3).
"""

from dataclasses import dataclass
from typing import ClassVar

from segmentation.clv.beta_geometric import BetaGeometric


@dataclass(frozen=True)
class MBGNBD(BetaGeometric):
    """Modified beta-geometric / NBD model; parameters r, alpha, a, b."""

    name: ClassVar[str] = "MBG/NBD"
    first_tosses: ClassVar[int] = 1

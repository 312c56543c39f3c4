"""NBD: gamma-Poisson purchases of customers who never leave.

The limit of the other models as leaving becomes impossible, and so both their yardstick
and the last fallback. All of its formulas can be applied in SQL.

References
----------
Ehrenberg (1959), The pattern of consumer purchases, Applied Statistics 8(1).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import digamma, gammaln

from segmentation.clv.models import PurchaseModel, per_count


@dataclass(frozen=True)
class NBD(PurchaseModel):
    """Gamma-Poisson model; everyone is alive.

    Attributes
    ----------
    r, alpha : float
        Shape and rate of the purchase rate λ; alpha is a time.
    """

    r: float
    alpha: float

    name: ClassVar[str] = "NBD"
    scales: ClassVar[tuple[str, ...]] = ("alpha",)

    @classmethod
    def starts(cls, rate: float, age: float) -> list[tuple[float, ...]]:
        """Return where to start: at the mean rate, unlike and alike."""
        return [(r, r / rate) for r in (0.3, 3.0)]

    def log_likelihood(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return ln [Γ(r + x) / Γ(r) · α^r / (α + T)^(r + x)], shape (n,)."""
        x, T = np.asarray(x), np.asarray(T, dtype=float)
        return (
            per_count(lambda n: gammaln(self.r + n) - gammaln(self.r), x)
            + self.r * np.log(self.alpha)
            - (self.r + x) * np.log(self.alpha + T)
        )

    def score(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Return the derivatives of ln L by ln r and ln α, shape (2, n)."""
        x, T = np.asarray(x), np.asarray(T, dtype=float)
        r, alpha = self.r, self.alpha
        by_r = per_count(lambda n: digamma(r + n) - digamma(r), x)
        return np.array(
            [
                r * (by_r - np.log1p(T / alpha)),
                r - alpha * (r + x) / (alpha + T),
            ]
        )

    def probability_alive(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return 1 for everyone, shape (n,)."""
        return np.ones(np.broadcast(x, t_x, T).shape)

    def expected_if_alive(
        self, t: float | np.ndarray, x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return (r + x) / (α + T) · t, shape (n,)."""
        return (self.r + np.asarray(x)) / (self.alpha + np.asarray(T, dtype=float)) * t

    def expected_new(self, t: float | np.ndarray) -> np.ndarray:
        """Return r / α · t, shape of `t`."""
        return self.r / self.alpha * np.asarray(t, dtype=float)

"""The mechanism BG/NBD and MBG/NBD share.

While alive a customer buys at rate λ ~ gamma(r, α). A coin with P(leave) = p ~
beta(a, b) is tossed after every repeat purchase (BG/NBD), or after the first purchase
too (MBG/NBD). So the two differ only in n, how many tosses x repeat purchases mean:
x, or x + 1. Given that the customer is alive, λ ~ gamma(r + x, α + T) and
p ~ beta(a, b + n), independently; everything else follows from that.

Parity with SQL
---------------
`probability_alive` and `probability_no_purchase` need only exp, ln and power and can be
applied in SQL from the parameter table. `expected_if_alive` and `expected_new` hold a
₂F₁ and need Python, as does fitting.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import digamma, expit, gammaln, hyp2f1

from segmentation.clv.models import PurchaseModel, per_count

MAX_TERMS = 10_000
MOST_LOG = 500.0  # of a number that may still be multiplied by another like it


def _apart(value: float, pole: float) -> float:
    """Keep a value 1e-7 away from a removable singularity of the formula."""
    return value if abs(value - pole) >= 1e-7 else pole + 1e-7


def _gauss(
    power: float | np.ndarray,
    a: float | np.ndarray,
    b: float | np.ndarray,
    c: float | np.ndarray,
    z: np.ndarray,
) -> np.ndarray:
    """Return (1 - z)^power ₂F₁(a, b; c; z) for 0 ≤ z < 1.

    Near z = 1 scipy's passes through gamma functions of c, which overflow, and where
    the power leaves nothing, its product with ₂F₁ is 0 × ∞. The series itself converges
    for any z as fast as c - a - b is large, which it is with c; it is scaled down on
    its way.
    """
    power, a, b, c, z = np.broadcast_arrays(power, a, b, c, z)
    shape = c.shape
    power, a, b, c, z = (v.ravel().astype(float) for v in (power, a, b, c, z))
    log_factor = power * np.log1p(-z)
    is_series = ((z > 0.9) & (c > 30)) | (log_factor < -MOST_LOG)
    value = np.empty(len(z))
    value[~is_series] = hyp2f1(*(v[~is_series] for v in (a, b, c, z)))
    value[~is_series] *= np.exp(log_factor[~is_series])
    a, b, c, z, log_factor = (v[is_series] for v in (a, b, c, z, log_factor))
    term, total = np.ones_like(z), np.ones_like(z)
    for k in range(MAX_TERMS):
        term = term * ((a + k) * (b + k) / ((c + k) * (k + 1)) * z)
        total += term
        is_large = np.abs(total) > np.exp(MOST_LOG)
        if is_large.any():
            scale = np.where(is_large, MOST_LOG, 0.0)
            term, total = term * np.exp(-scale), total * np.exp(-scale)
            log_factor = log_factor + scale
        if (np.abs(term) <= 1e-17 * np.abs(total)).all():
            break
    value[is_series] = total * np.exp(log_factor)
    return value.reshape(shape)


@dataclass(frozen=True)
class BetaGeometric(PurchaseModel):
    """Gamma-Poisson purchases with a beta-geometric number of them.

    Attributes
    ----------
    r, alpha : float
        Shape and rate of λ; alpha is a time.
    a, b : float
        Of the beta distribution of p.
    """

    r: float
    alpha: float
    a: float
    b: float

    scales: ClassVar[tuple[str, ...]] = ("alpha",)
    first_tosses: ClassVar[int]  # tosses at the first purchase: 0 or 1

    @classmethod
    def starts(cls, rate: float, age: float) -> list[tuple[float, ...]]:
        """Return where to start; those who leave make the rate while alive higher."""
        return [
            (r, r / (2 * rate), a, b)
            for r in (0.3, 1.5)
            for a, b in ((0.5, 2.0), (1.0, 10.0))
        ]

    def _log_odds_gone(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return ln P(left) - ln P(alive), -inf where no toss has been made."""
        tosses = np.asarray(x) + self.first_tosses
        log_ratio = np.log(
            (self.alpha + np.asarray(T, dtype=float))
            / (self.alpha + np.asarray(t_x, dtype=float))
        )
        odds = (
            np.log(self.a)
            - np.log(self.b + np.maximum(tosses, 1) - 1)
            + (self.r + np.asarray(x)) * log_ratio
        )
        return np.where(tosses > 0, odds, -np.inf)

    def log_likelihood(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return ln L, shape (n,).

        Fader, Hardie & Lee (2005), eq. 6; Batislam et al. (2007). Written as the
        part of those alive times 1 + the odds of having left.
        """
        r, a, b = self.r, self.a, self.b

        def of_count(count: np.ndarray) -> np.ndarray:
            tosses = count + self.first_tosses
            return (
                gammaln(r + count) - gammaln(r)
                + gammaln(b + tosses) - gammaln(b)
                + gammaln(a + b) - gammaln(a + b + tosses)
            )  # fmt: skip

        x = np.asarray(x)
        return (
            per_count(of_count, x)
            + r * np.log(self.alpha)
            - (r + x) * np.log(self.alpha + np.asarray(T, dtype=float))
            + np.logaddexp(0.0, self._log_odds_gone(x, t_x, T))
        )

    def score(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Return the derivatives of ln L by the logs of r, α, a, b, shape (4, n)."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x = np.asarray(x)
        T, t_x = np.asarray(T, dtype=float), np.asarray(t_x, dtype=float)
        tosses = x + self.first_tosses
        gone = expit(self._log_odds_gone(x, t_x, T))
        by_ab = per_count(
            lambda n: digamma(a + b) - digamma(a + b + n + self.first_tosses), x
        )
        by_b = per_count(lambda n: digamma(b + n + self.first_tosses) - digamma(b), x)
        by_r = per_count(lambda n: digamma(r + n) - digamma(r), x)
        return np.array(
            [
                r
                * (
                    by_r
                    + np.log(alpha)
                    - (1 - gone) * np.log(alpha + T)
                    - gone * np.log(alpha + t_x)
                ),
                r - alpha * (r + x) * ((1 - gone) / (alpha + T) + gone / (alpha + t_x)),
                a * by_ab + gone,
                b * (by_b + by_ab - gone / (b + np.maximum(tosses, 1) - 1)),
            ]
        )

    def probability_alive(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return P(alive at T), shape (n,).

        1 / (1 + a / (b + n - 1) · ((α + T) / (α + t_x))^(r + x)); 1 where n = 0.
        BG/NBD gives 1 to everyone without a repeat purchase, by construction.
        """
        return expit(-self._log_odds_gone(x, t_x, T))

    def probability_no_purchase(
        self, t: float | np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return P(no purchase in (T, T + t]): the churn score, shape (n,).

        1 - P(alive) · (1 - ((α + T) / (α + T + t))^(r + x)): leaving can only follow a
        purchase, so who is alive buys next at rate λ. Closed form, fit for SQL.
        """
        buys = self.probability_purchase_if_alive(t, x, T)
        return 1 - self.probability_alive(x, t_x, T) * buys

    def probability_purchase_if_alive(
        self, t: float | np.ndarray, x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return 1 - ((α + T) / (α + T + t))^(r + x), shape (n,)."""
        x, T = np.asarray(x), np.asarray(T, dtype=float)
        return -np.expm1(-(self.r + x) * np.log1p(t / (self.alpha + T)))

    def expected_if_alive(
        self, t: float | np.ndarray, x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return the expected purchases in (T, T + t] of who is alive, shape (n,).

        c / (a - 1) · [1 - (1 - z)^(r + x) ₂F₁(r + x, b + n; c; z)], with
        c = a + b + n - 1 and z = t / (α + T + t): eq. 10 of Fader, Hardie & Lee (2005).
        Where r + x is above a - 1, it is taken after an Euler transform, as
        (1 - z)^(a - 1) ₂F₁(c - r - x, a - 1; c; z), so that nothing overflows. At a = 1
        and c = 0 it is taken 1e-7 beside the gap.
        """
        tosses = np.asarray(x) + self.first_tosses
        return self._expected(t, self.r + np.asarray(x), T, self.b + tosses)

    def expected_new(self, t: float | np.ndarray) -> np.ndarray:
        """Return E[X(t)], shape of `t`.

        Fader, Hardie & Lee (2005), eq. 9; Batislam et al. (2007): where a coin
        is tossed at the first purchase, b / (a + b) times that of who stayed.
        """
        first = self.first_tosses
        stays = (self.b / (self.a + self.b)) ** first
        return stays * self._expected(t, self.r, 0.0, self.b + first)

    def _expected(
        self,
        t: float | np.ndarray,
        shape: float | np.ndarray,
        T: float | np.ndarray,
        b: float | np.ndarray,
    ) -> np.ndarray:
        a, T = _apart(self.a, 1.0), np.asarray(T, dtype=float)
        c = a + np.asarray(b, dtype=float) - 1
        c = np.where(np.abs(c) < 1e-7, 1e-7, c)
        z = t / (self.alpha + T + t)
        is_many = np.asarray(shape) > a - 1
        power = np.where(is_many, a - 1, shape)
        other = np.where(is_many, c - shape, c - a + 1)
        stays = _gauss(power, other, power, c, z)
        return c / (a - 1) * (1 - stays)

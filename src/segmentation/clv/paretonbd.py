"""Pareto/NBD: a customer may leave at any moment.

Purchases at rate λ ~ gamma(r, α) until a lifetime with rate μ ~ gamma(s, β) is over.

Parity with SQL
---------------
`expected_if_alive` and `expected_new` need only exp, ln and power. The likelihood, and
with it `probability_alive` and `probability_no_purchase`, hold a ₂F₁ and need Python.

References
----------
Schmittlein, Morrison & Colombo (1987), Counting your customers, Management Science
33(1); Fader & Hardie (2005), A note on deriving the Pareto/NBD model and related
expressions.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import gammaln, hyp2f1

from segmentation.clv.models import PurchaseModel, per_count

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)
LEADING_TERMS = 30


def _gauss(b: float | np.ndarray, c: float | np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return ₂F₁(1, b; c; z) for b > 0, c > b and 0 ≤ z < 1.

    Near z = 1 scipy's sums up to 10,000 terms, and overflows where b is large. There,
    the first 30 terms are summed, which leaves a multiple of ₂F₁(1, b + 30; c + 30; z),
    and that is, with w = 1 - z, (c - 1) z^(1 - c) w^(c - b - 1)
    ∫_w^1 (1 - u)^(c - 2) u^(b - c) du: smooth to both ends in ln u now that c is over
    30, and integrated on Gauss-Legendre nodes.
    """
    shape = np.broadcast(b, c, z).shape
    b, c, z = (v.ravel().astype(float) for v in np.broadcast_arrays(b, c, z))
    near = z > 0.9
    value = np.empty(len(z))
    value[~near] = hyp2f1(1.0, b[~near], c[~near], z[~near])
    # in blocks: the nodes take 64 times the memory of the rows
    for rows in np.array_split(np.flatnonzero(near), near.sum() // 10_000 + 1):
        value[rows] = _gauss_near_one(b[rows], c[rows], z[rows])
    return value.reshape(shape)


def _gauss_near_one(b: np.ndarray, c: np.ndarray, z: np.ndarray) -> np.ndarray:
    term, leading = np.ones_like(z), np.zeros_like(z)
    for k in range(LEADING_TERMS):
        leading += term
        term *= (b + k) / (c + k) * z
    c, excess = c[:, None] + LEADING_TERMS, (c - b - 1)[:, None]
    z = z[:, None]
    span = -np.log1p(-z)  # of ln u
    decay = np.maximum(excess + (c - 2) * (1 - z) / z, 1e-9)
    reach = np.minimum(span, 45 / decay)  # e^-45: nothing is left beyond it
    steps = reach * (NODES + 1) / 2
    logs = np.log(-np.expm1(steps - span)) - np.log(z)
    heights = np.exp((c - 2) * logs - excess * steps)
    return (
        leading
        + term
        * ((c - 1) / z * reach / 2 * (heights * WEIGHTS).sum(axis=1, keepdims=True))[
            :, 0
        ]
    )


def _log_tail(
    power: float | np.ndarray,
    alpha: float,
    other: float | np.ndarray,
    beta: float,
    y: np.ndarray,
) -> np.ndarray:
    """Return ln ∫_y^∞ (α + u)^-m (β + u)^-(n + 1) du, for m = `power`, n = `other`.

    With A = m + n it is (α + y)^-m (β + y)^-n h / A, where

    - α ≥ β: h = ₂F₁(1, m; A + 1; (α - β) / (α + y));
    - α < β: h = (α + y) / (β + y) · ₂F₁(1, n + 1; A + 1; (β - α) / (β + y)).

    These are both branches of Fader & Hardie's ₂F₁ after an Euler transform. The
    series now has terms between 0 and z^k, whatever m and n are: no overflow.
    """
    total = power + other
    if alpha >= beta:
        h = _gauss(power, total + 1, (alpha - beta) / (alpha + y))
    else:
        h = _gauss(other + 1, total + 1, (beta - alpha) / (beta + y))
        h = h * (alpha + y) / (beta + y)
    return (
        np.log(h) - np.log(total) - power * np.log(alpha + y) - other * np.log(beta + y)
    )


@dataclass(frozen=True)
class ParetoNBD(PurchaseModel):
    """Pareto/NBD model.

    Attributes
    ----------
    r, alpha : float
        Shape and rate of the purchase rate λ; alpha is a time.
    s, beta : float
        Shape and rate of the leaving rate μ; beta is a time.
    """

    r: float
    alpha: float
    s: float
    beta: float

    name: ClassVar[str] = "Pareto/NBD"
    scales: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    max_groups: ClassVar[int] = 250_000  # the ₂F₁ of one takes a microsecond

    @classmethod
    def starts(cls, rate: float, age: float) -> list[tuple[float, ...]]:
        """Return where to start; those who leave make the rate while alive higher."""
        return [(r, r / (2 * rate), s, s * age) for r in (0.5, 2.0) for s in (0.5, 2.0)]

    def _log_parts(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return ln of what L / Γ(r + x) Γ(r)⁻¹ α^r β^s is, and of its alive part.

        The likelihood is the alive part + s ∫_{t_x}^T (α + u)^-(r + x) (β + u)^-(s + 1)
        du. By parts, that is (r + x) ∫_T^∞ (α + u)^-(r + x + 1) (β + u)^-s du
        + s ∫_{t_x}^∞ (α + u)^-(r + x) (β + u)^-(s + 1) du: a sum of two positive
        terms, where the published form subtracts.
        """
        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        t_x, T = np.asarray(t_x, dtype=float), np.asarray(T, dtype=float)
        power = r + np.asarray(x)
        alive = -power * np.log(alpha + T) - s * np.log(beta + T)
        total = np.logaddexp(
            np.log(power) + _log_tail(s, beta, power, alpha, T),
            np.log(s) + _log_tail(power, alpha, s, beta, t_x),
        )
        return total, alive

    def log_likelihood(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return ln L, shape (n,): Fader & Hardie (2005)."""
        total, _ = self._log_parts(x, t_x, T)
        constant = self.r * np.log(self.alpha) + self.s * np.log(self.beta)
        counts = per_count(lambda n: gammaln(self.r + n) - gammaln(self.r), x)
        return counts + constant + total

    def probability_alive(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return P(alive at T), shape (n,): the alive part of the likelihood."""
        total, alive = self._log_parts(x, t_x, T)
        return np.exp(np.minimum(alive - total, 0.0))

    def expected_if_alive(
        self, t: float | np.ndarray, x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return the expected purchases in (T, T + t] of who is alive, shape (n,).

        (r + x) (β + T) / ((α + T) (s - 1)) · [1 - ((β + T) / (β + T + t))^(s - 1)]:
        Fader & Hardie (2005), eq. 41, its limit at s = 1 included.
        """
        T = np.asarray(T, dtype=float)
        shape, rate = self.r + np.asarray(x), self.alpha + T
        return shape / rate * self._expected_lifetime(t, self.beta + T)

    def expected_new(self, t: float | np.ndarray) -> np.ndarray:
        """Return E[X(t)], shape of `t`: Fader & Hardie (2005)."""
        return self.r / self.alpha * self._expected_lifetime(t, self.beta)

    def _expected_lifetime(
        self, t: float | np.ndarray, beta: float | np.ndarray
    ) -> np.ndarray:
        """Return the expected time alive within t of who is alive now."""
        logs = np.log1p(np.asarray(t, dtype=float) / beta)
        if self.s == 1:
            return beta * logs
        return beta * -np.expm1((1 - self.s) * logs) / (self.s - 1)

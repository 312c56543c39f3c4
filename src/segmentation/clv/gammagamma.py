"""Gamma-Gamma: what a customer spends per purchase, however often they buy.

Parity with SQL
---------------
`expected_spend` is a shrinkage towards the population mean, of +, × and / alone: apply
it in SQL from the parameter table. Only fitting needs Python.

References
----------
Fader & Hardie (2013), The gamma-gamma model of monetary value;
Fader, Hardie & Lee (2005), RFM and CLV, J. Marketing Research 42(4).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import digamma, gammaln

from segmentation.clv.models import per_count


@dataclass(frozen=True)
class GammaGamma:
    """Spend z ~ gamma(p, ν) of a purchase, with ν ~ gamma(q, v) over customers.

    Attributes
    ----------
    p, q : float
        Shapes; the population has a mean only where q > 1.
    v : float
        Scale, in the currency of the spend.
    """

    p: float
    q: float
    v: float

    name: ClassVar[str] = "Gamma-Gamma"

    @property
    def mean_spend(self) -> float:
        """The mean spend per purchase over the population, p v / (q - 1)."""
        return self.p * self.v / (self.q - 1)

    def log_likelihood(self, x: np.ndarray, zbar: np.ndarray) -> np.ndarray:
        """Return ln L of x valued purchases of mean z̄, shape (n,): 2013, eq. 1a.

        Parameters
        ----------
        x : ndarray of int, shape (n,)
            Above 0.
        zbar : ndarray, shape (n,)
            Above 0.
        """
        p, q, v = self.p, self.q, self.v

        def of_count(n: np.ndarray) -> np.ndarray:
            with np.errstate(divide="ignore"):
                return gammaln(p * n + q) - gammaln(p * n) + p * n * np.log(n)

        x, zbar = np.asarray(x), np.asarray(zbar, dtype=float)
        of_x = per_count(lambda n: of_count(np.maximum(n, 1)), x)
        return (
            of_x
            - gammaln(q)
            + q * np.log(v)
            + (p * x - 1) * np.log(zbar)
            - (p * x + q) * np.log(x * zbar + v)
        )

    def score(self, x: np.ndarray, zbar: np.ndarray) -> np.ndarray:
        """Return the derivatives of ln L by the logs of p, q, v, shape (3, n)."""
        p, q, v = self.p, self.q, self.v
        x, zbar = np.asarray(x), np.asarray(zbar, dtype=float)
        total = x * zbar + v
        both = per_count(lambda n: digamma(p * n + q), x)
        own = per_count(lambda n: digamma(p * np.maximum(n, 1)), x)
        return np.array(
            [
                p * x * (both - own + np.log(x * zbar / total)),
                q * (both - digamma(q) + np.log(v / total)),
                q - v * (p * x + q) / total,
            ]
        )

    def expected_spend(self, x: np.ndarray, zbar: np.ndarray) -> np.ndarray:
        """Return the expected spend per purchase given x and z̄, shape (n,).

        p (v + x z̄) / (p x + q - 1): the customer's mean and the
        population's, weighted by p x and q - 1. Where x = 0, z̄ may be missing.
        """
        x = np.asarray(x)
        spent = np.where(x > 0, x * np.nan_to_num(np.asarray(zbar, dtype=float)), 0.0)
        return self.p * (self.v + spent) / (self.p * x + self.q - 1)


@dataclass(frozen=True)
class PooledMean:
    """The fallback: every purchase of everyone is expected to be of the mean amount.

    Attributes
    ----------
    mean : float
        In the currency of the spend.
    """

    mean: float

    name: ClassVar[str] = "pooled mean"

    @property
    def mean_spend(self) -> float:
        """The mean spend per purchase over the population."""
        return self.mean

    def expected_spend(self, x: np.ndarray, zbar: np.ndarray) -> np.ndarray:
        """Return the mean for everyone, shape (n,)."""
        return np.full(np.shape(x), self.mean)

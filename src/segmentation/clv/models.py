"""What every purchase model offers, and the mechanism they share.

A customer is seen through (x, t_x, T): x repeat purchases in (0, T], the last of them
at t_x (0 where x = 0), time counted from the first purchase. The likelihood is the
density of the purchase times, which depends on them through (x, t_x, T) alone; it is
the same kind of density for every model, so log-likelihoods are comparable.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

# log-parameters are differentiated with this step where no formula is given; the
# error, step² / 6 times the third derivative, is of the size of the rounding error
STEP = 1e-5


def per_count(
    function: Callable[[np.ndarray], np.ndarray], x: np.ndarray
) -> np.ndarray:
    """Evaluate a function of counts once per count that can occur.

    Parameters
    ----------
    function : callable
        Takes and returns a float array, elementwise.
    x : ndarray of int, any shape

    Returns
    -------
    ndarray, shape of `x`
    """
    x = np.asarray(x, dtype=np.int64)
    top = int(x.max(initial=0))
    if top > x.size:  # few customers, huge counts: a table would be the larger one
        return function(x.astype(float))
    return function(np.arange(top + 1, dtype=float))[x]


@dataclass(frozen=True)
class PurchaseModel(ABC):
    """A purchase model with its parameters; pure functions of (x, t_x, T).

    Subclasses are frozen dataclasses whose fields are the parameters, all positive.
    Times are in one unit throughout, that of the parameters named in `scales`.
    Arrays of shape (n,) come in and go out; x holds whole numbers.
    """

    name: ClassVar[str]
    scales: ClassVar[tuple[str, ...]]  # parameters with the dimension of time
    max_groups: ClassVar[int] = 1_000_000  # to fit to: more are merged

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """Return the names of the parameters, in the order of the literature."""
        return tuple(field.name for field in fields(cls))

    @property
    def parameters(self) -> np.ndarray:
        """The values of the parameters, shape (k,)."""
        return np.array([getattr(self, name) for name in self.parameter_names()])

    @classmethod
    @abstractmethod
    def starts(cls, rate: float, age: float) -> list[tuple[float, ...]]:
        """Return where to start fitting.

        Parameters
        ----------
        rate : float
            Repeat purchases per unit of time.
        age : float
            Mean T.
        """

    @abstractmethod
    def log_likelihood(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return the log-likelihood of each customer, shape (n,)."""

    @abstractmethod
    def probability_alive(
        self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return the probability of not having left by T, shape (n,).

        Not a churn score: see `probability_no_purchase`.
        """

    @abstractmethod
    def expected_if_alive(
        self, t: float | np.ndarray, x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return the expected purchases in (T, T + t] of who is alive at T."""

    @abstractmethod
    def expected_new(self, t: float | np.ndarray) -> np.ndarray:
        """Return E[X(t)]: expected repeat purchases of a new customer in (0, t]."""

    def expected_purchases(
        self, t: float | np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return E[Y(t) | x, t_x, T]: expected purchases in (T, T + t].

        Parameters
        ----------
        t : float or ndarray
            Length of the period.
        x, t_x, T : ndarray, shape (n,)

        Returns
        -------
        ndarray, shape (n,)
        """
        return self.probability_alive(x, t_x, T) * self.expected_if_alive(t, x, T)

    def probability_no_purchase(
        self, t: float | np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return P(no purchase in (T, T + t] | x, t_x, T): the churn score.

        The likelihood of (x, t_x, T) is the density of x purchases, the last at t_x,
        and none in (t_x, T]; so the answer is L(x, t_x, T + t) / L(x, t_x, T), in
        closed form wherever the likelihood is.

        Parameters
        ----------
        t : float or ndarray
            Length of the period.
        x, t_x, T : ndarray, shape (n,)

        Returns
        -------
        ndarray, shape (n,)
        """
        T = np.asarray(T, dtype=float)
        longer = self.log_likelihood(x, t_x, T + t)
        return np.exp(np.minimum(longer - self.log_likelihood(x, t_x, T), 0.0))

    def probability_purchase_if_alive(
        self, t: float | np.ndarray, x: np.ndarray, T: np.ndarray
    ) -> np.ndarray:
        """Return P(a purchase in (T, T + t] | x, T) of who is alive at T, shape (n,).

        When the last purchase was does not matter then; here it is taken to be the
        latest that can be, since being alive is likeliest so.
        """
        t_x = np.where(np.asarray(x) > 0, T, 0.0)
        buys = 1 - self.probability_no_purchase(t, x, t_x, T)
        return np.minimum(buys / self.probability_alive(x, t_x, T), 1.0)

    def score(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Return the derivatives of `log_likelihood` by the logs of the parameters.

        Central differences, unless a subclass knows better.

        Returns
        -------
        ndarray, shape (k, n)
        """
        logs = np.log(self.parameters)
        rows = []
        for step in STEP * np.eye(len(logs)):
            above = type(self)(*np.exp(logs + step)).log_likelihood(x, t_x, T)
            below = type(self)(*np.exp(logs - step)).log_likelihood(x, t_x, T)
            rows.append((above - below) / (2 * STEP))
        return np.array(rows)

"""Linear models whose parameters are rows, to be applied in SQL."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.transforms import transform

INTERCEPT = "(intercept)"

COEFFICIENTS_SCHEMA = pa.schema(
    [
        ("feature", pa.string()),
        ("transform", pa.string()),
        ("fill_value", pa.float64()),
        ("mean_value", pa.float64()),
        ("weight", pa.float64()),
        ("standardised_weight", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Scale:
    """Medians for gaps, and the mean and standard deviation of what is filled so.

    Attributes
    ----------
    fill, mean, deviation : ndarray, shape (p,)
        A feature without values is filled with 0; one that never varies has the
        deviation 1.
    """

    fill: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> "Scale":
        """Measure values that may be missing, shape (n, p)."""
        ascending = np.sort(values, axis=0)  # the missing last
        known = (~np.isnan(values)).sum(axis=0)
        columns = np.arange(values.shape[1])
        middle = ascending[np.maximum(known - 1, 0) // 2, columns]
        upper = ascending[np.minimum(known // 2, len(values) - 1), columns]
        fill = np.where(known > 0, (middle + upper) / 2, 0.0)
        filled = np.where(np.isnan(values), fill, values)
        n, tiny = len(values), np.finfo(float).eps
        mean = filled.sum(axis=0) / n
        away = filled - mean
        # what rounding left of the mean is taken out (Chan, Golub & LeVeque 1983)
        variance = ((away**2).sum(axis=0) - away.sum(axis=0) ** 2 / n) / n
        is_constant = variance <= n * tiny * variance + (n * mean * tiny) ** 2
        return cls(fill, mean, np.where(is_constant, 1.0, np.sqrt(variance)))

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Fill and standardise, shape (n, p)."""
        return (
            np.where(np.isnan(values), self.fill, values) - self.mean
        ) / self.deviation


@dataclass(frozen=True)
class Linear:
    """A margin w0 + Σ w_j t_j(x_j), t_j being the transform of feature j.

    A missing t_j(x_j) is replaced by its `fill_value`.

    Attributes
    ----------
    rows : DataFrame
        `COEFFICIENTS_SCHEMA`; the intercept first, then one row per feature. `weight`
        is per unit of the transformed feature, `standardised_weight` per standard
        deviation of it, which is what makes features comparable. `mean_value` is the
        mean of the filled, transformed feature where the model learned.
    """

    rows: pd.DataFrame

    @classmethod
    def from_estimator(
        cls, estimator: Any, scale: Scale, features: dict[str, str]
    ) -> "Linear":
        """Take the parameters of an estimator fitted to standardised values.

        Parameters
        ----------
        estimator : object
            With `coef_` and `intercept_`.
        scale : Scale
            Of the values.
        features : dict
            Feature name to transform name; p entries, in the order of the values.
        """
        standardised = np.ravel(estimator.coef_)
        weights = standardised / scale.deviation
        intercept = float(np.ravel(estimator.intercept_)[0])
        frame = pd.DataFrame(
            {
                "feature": [INTERCEPT, *features],
                "transform": ["identity", *features.values()],
                "fill_value": [0.0, *scale.fill],
                "mean_value": [0.0, *scale.mean],
                "weight": [intercept - weights @ scale.mean, *weights],
                "standardised_weight": [np.nan, *standardised],
            }
        )
        return cls(frame)

    @classmethod
    def from_rows(cls, rows: pd.DataFrame) -> "Linear":
        """Read parameters back, in any order of rows."""
        frame = rows[COEFFICIENTS_SCHEMA.names].sort_values("feature", kind="stable")
        return cls(frame.reset_index(drop=True))

    @property
    def terms(self) -> pd.DataFrame:
        """The rows of the features."""
        return self.rows[self.rows["feature"] != INTERCEPT]

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features, in the order of `contributions`."""
        return tuple(self.terms["feature"])

    @property
    def intercept(self) -> float:
        """The margin where every transformed feature is 0."""
        return float(self.rows.loc[self.rows["feature"] == INTERCEPT, "weight"].item())

    @property
    def base_value(self) -> float:
        """The margin of a customer who is average in every feature."""
        return self.intercept + float(self.terms["weight"] @ self.terms["mean_value"])

    def _filled(self, customers: pd.DataFrame) -> np.ndarray:
        terms = self.terms
        how = dict(zip(terms["feature"], terms["transform"], strict=True))
        values = transform(customers, how).to_numpy()
        return np.where(np.isnan(values), terms["fill_value"].to_numpy(float), values)

    def margin(self, customers: pd.DataFrame) -> np.ndarray:
        """Return the margins, as the SQL models do, shape (n,).

        Term by term, not as a matrix product: that would round a row differently in
        another batch.
        """
        margin = np.full(len(customers), self.intercept)
        for values, weight in zip(
            self._filled(customers).T, self.terms["weight"], strict=True
        ):
            margin += weight * values
        return margin

    def contributions(self, customers: pd.DataFrame) -> np.ndarray:
        """Return what each feature adds to the margin of an average customer.

        w_j (t_j(x_j) - mean_j): the Shapley values of a linear model (Štrumbelj &
        Kononenko 2014). With `base_value` they sum to the margin.

        Returns
        -------
        ndarray, shape (n, p)
        """
        terms = self.terms
        away = self._filled(customers) - terms["mean_value"].to_numpy()
        return away * terms["weight"].to_numpy()

    def scaled(self, slope: float, intercept: float) -> "Linear":
        """Return the model whose margin is intercept + slope × this margin."""
        rows = self.rows.copy()
        rows[["weight", "standardised_weight"]] *= slope
        rows.loc[rows["feature"] == INTERCEPT, "weight"] += intercept
        return Linear(rows)

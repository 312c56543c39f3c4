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
    def from_pipeline(
        cls, pipeline: Any, values: pd.DataFrame, features: dict[str, str]
    ) -> "Linear":
        """Take the parameters of a fitted pipeline: fill, standardise, estimate.

        Parameters
        ----------
        pipeline : Pipeline
            SimpleImputer, StandardScaler and an estimator with `coef_`.
        values : DataFrame, shape (n, p)
            What it learned from: transformed features, gaps included.
        features : dict
            Feature name to transform name; p entries.
        """
        imputer, scaler, estimator = (step for _, step in pipeline.steps)
        standardised = np.ravel(estimator.coef_)
        weights = standardised / scaler.scale_
        intercept = float(np.ravel(estimator.intercept_)[0])
        frame = pd.DataFrame(
            {
                "feature": [INTERCEPT, *values],
                "transform": ["identity", *features.values()],
                "fill_value": [0.0, *imputer.statistics_],
                "mean_value": [0.0, *scaler.mean_],
                "weight": [intercept - weights @ scaler.mean_, *weights],
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
        fill = dict(zip(terms["feature"], terms["fill_value"], strict=True))
        return transform(customers, how).fillna(fill).to_numpy()

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

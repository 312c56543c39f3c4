"""Transforms of a feature that Python learns with and SQL applies alike."""

import numpy as np
import pandas as pd

TRANSFORMS = {
    "identity": lambda values: values,
    # signed, so that a negative amount is no error: sign(x) ln(1 + |x|)
    "log1p": lambda values: np.copysign(np.log1p(np.abs(values)), values),
}


def transform(frame: pd.DataFrame, features: dict[str, str]) -> pd.DataFrame:
    """Transform each feature by the transform named for it.

    Parameters
    ----------
    frame : DataFrame, shape (n, ≥ p)
    features : dict
        Feature name to transform name, a key of `TRANSFORMS`; p entries.

    Returns
    -------
    DataFrame, shape (n, p)
        In the order of `features`, as floats; missing values stay missing, and an
        infinite one is missing.

    Raises
    ------
    ValueError
        If a feature is not a column of the frame, or a transform is not known.
    """
    absent = [name for name in features if name not in frame.columns]
    if absent:
        raise ValueError(
            f"unknown feature {', '.join(absent)}: the features are the columns of "
            "int_customers__features"
        )
    unknown = sorted(set(features.values()) - set(TRANSFORMS))
    if unknown:
        raise ValueError(
            f"unknown transform {', '.join(unknown)}: use {' or '.join(TRANSFORMS)}"
        )
    values = np.empty((len(features), len(frame)))
    for row, (name, how) in zip(values, features.items(), strict=True):
        column = frame[name]
        if column.dtype != float:
            column = pd.to_numeric(column).astype(float)
        row[:] = TRANSFORMS[how](column.to_numpy())
    values[np.isinf(values)] = np.nan
    return pd.DataFrame(values.T, index=frame.index, columns=list(features), copy=False)

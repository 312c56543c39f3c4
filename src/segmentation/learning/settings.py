"""What all targets are learned with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The settings of a family of targets.

    Attributes
    ----------
    seed : int
    min_rows : int
        With fewer labelled rows, at an origin or to learn from, there is a verdict.
    step_days : int
        Distance of two anchors.
    learning_anchors : int
        No more anchors than this are learned from, the newest that are known.
    count_origins : int
        No more origins than this are judged at.
    max_configurations : int
        No more settings than this are tried per candidate; 1 is no tuning.
    bootstrap_samples : int
    refit_every_days : int
    source : str
        The currency, and which part of the shop: another one is another fit. Which shop
        it is, its first orders tell: see `lifecycle.Build`.
    sampling : str
        What else the rows to learn from hang on, in words.
    selected_share : float
        So many, those predicted highest, count as selected where groups are compared.
    """

    seed: int
    min_rows: int
    step_days: int
    learning_anchors: int
    count_origins: int
    max_configurations: int
    bootstrap_samples: int
    refit_every_days: int
    source: str
    sampling: str = ""
    selected_share: float = 0.2

"""What a signal makes of observations: how likely under whom, how far it goes, and an exhibit.

All likelihoods of one piece of evidence are of the same data, so only differences mean anything.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

__all__ = ["Evidence", "Exhibit", "Level", "Likelihoods", "Plot", "Reliability"]

Level = Literal["family", "lab", "model"]
"""family: models that share a vocabulary. lab: who made it, if it is no model that is named."""
Reliability = Literal["exact", "strong", "weak"]
"""exact: integers that fit or do not; a contradiction vetoes. strong: statistics that were
calibrated on makers left out. weak: what a model says of itself and what anybody can imitate; held
to one nat (`fusion`), and never enough alone."""


class Likelihoods(Struct, frozen=True, kw_only=True):
    """Nats of the data under each name of a level; `other`: under anybody who is not named."""

    level: Level
    nats: Mapping[str, float]
    other: float = 0.0


class Plot(Struct, frozen=True, kw_only=True):
    """Named values to draw as bars, in order."""

    title: str
    unit: str
    bars: tuple[tuple[str, float], ...]


class Exhibit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person can check: raw numbers, in words."""

    title: str  # "Prompt tokens"
    says: str  # a sentence or two: what was seen, and what follows
    head: tuple[str, ...] = ()  # a table's columns
    rows: tuple[tuple[str, ...], ...] = ()
    against: str = ""  # what spoke against it
    would_change: str = ""  # what would change it
    plot: Plot | None = None


class Evidence(Struct, frozen=True, kw_only=True):
    """One signal's word."""

    signal: str
    reliability: Reliability
    exhibit: Exhibit
    likelihoods: tuple[Likelihoods, ...] = ()
    vetoed: tuple[tuple[Level, str], ...] = ()  # contradicted by exact numbers
    findings: tuple[str, ...] = ()  # results of their own: "counts are not the model's"
    observations: int = 0  # how many it rests on; style is calibrated by them
    is_strange: bool = False  # of another task than was learnt from: what is new cannot be told
    broken: str = ""  # why no name may be given at all: "two models answer"

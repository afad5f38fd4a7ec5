"""The contract of a signal: what it would ask, and what it reads out of whatever was asked."""

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from darkhorse.attribution.client.asking import Ask
from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.base.chance import Draw

__all__ = ["Budget", "Probe", "Signal"]

Budget = Literal["quick", "standard", "deep"]


class Probe(Struct, frozen=True, kw_only=True):
    """One question. `name`: `signal/question`, unique within a run."""

    name: str
    ask: Ask
    about_tokens: int = 64  # prompt and answer together, for the estimate


class Signal(Protocol):
    """One way to tell. Probes of one signal are evidence for all others too."""

    @property
    def name(self) -> str:
        """As in `--json`: `prompt-counts`."""
        ...

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:
        """What it would ask; empty for one that reads what others asked."""
        ...

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """What the observations say; None where they hold nothing for it. Never raises on data."""
        ...

"""How known models behaved when they were asked what a run asks. (Owner: behaviour.)"""

from collections.abc import Mapping

from msgspec import Struct

__all__ = ["Behaviour"]


class Behaviour(Struct, frozen=True, kw_only=True):
    """`tallies`: question (`Probe.name`) → model → answer in its plain form → times."""

    tallies: Mapping[str, Mapping[str, Mapping[str, int]]] = {}

"""Stands for an attack that a quick audit does without."""

from collections.abc import Iterable

from darkhorse.attribution.client.door import Door
from darkhorse.audit.attack import Attack, untested
from darkhorse.catalog.audits import Finding

__all__ = ["LeftOut"]


class LeftOut:
    """Asks nothing, and says so."""

    calls = 0

    def __init__(self, attack: Attack) -> None:
        self.name = attack.name
        self.channels = attack.channels

    async def read(self, door: Door) -> None:
        """Nothing."""

    def judge(self, raw: None, public: None) -> Iterable[Finding]:
        """Its channels are untested."""
        del raw, public
        return [untested(channel, "left out by --quick") for channel in self.channels]

"""What an attack is: it reads a door, and judges what two of them told."""

from collections.abc import Iterable
from typing import Any, Protocol

from darkhorse.attribution.client.door import Door
from darkhorse.catalog.audits import Exhibit, Finding, Side

__all__ = ["Attack", "closed", "exhibit", "leaks", "reduced", "unanswered", "untested"]

_SHORT = 600


class Attack(Protocol):
    """One way to learn who is behind a door.

    `read` asks one door and keeps what it told; `judge` compares what the raw door told (None:
    there was none) with what the public one did. Either may raise: then its channels are untested,
    and the finding says why.
    """

    @property
    def name(self) -> str:
        """A word for it, for progress."""
        ...

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels of catalog/channels.py that it judges; each gets a finding."""
        ...

    @property
    def calls(self) -> int:
        """About how many calls it makes at a door."""
        ...

    async def read(self, door: Door) -> Any:
        """Ask the door."""
        ...

    def judge(self, raw: Any | None, public: Any) -> Iterable[Finding]:
        """What is left for an attacker."""
        ...


def exhibit(side: Side, asked: str, answered: str) -> Exhibit:
    """What was sent and what came back, cut to a length that people read."""
    return Exhibit(side=side, asked=_cut(asked), answered=_cut(answered))


def leaks(
    name: str,
    public: str,
    *exhibits: Exhibit,
    raw: str = "",
    deterministic: bool = True,
) -> Finding:
    """It tells. `name`: `channel/what`."""
    return Finding(
        name=name,
        channel=name.partition("/")[0],
        verdict="leaks",
        deterministic=deterministic,
        raw=raw,
        public=public,
        exhibits=exhibits,
    )


def closed(name: str, public: str, *exhibits: Exhibit, raw: str = "") -> Finding:
    """It tells nothing."""
    return Finding(
        name=name,
        channel=name.partition("/")[0],
        verdict="closed",
        raw=raw,
        public=public,
        exhibits=exhibits,
    )


def reduced(
    name: str,
    public: str,
    *exhibits: Exhibit,
    raw: str = "",
    bits: float | None = None,
    accuracy: float | None = None,
) -> Finding:
    """It tells less than before: give the bits, or an attacker's accuracy, that are left."""
    return Finding(
        name=name,
        channel=name.partition("/")[0],
        verdict="reduced",
        raw=raw,
        public=public,
        left=bits if accuracy is None else accuracy,
        unit="bits" if bits is not None else "accuracy" if accuracy is not None else "",
        exhibits=exhibits,
    )


def untested(name: str, why: str) -> Finding:
    """It could not be tried here, and why."""
    return Finding(name=name, channel=name.partition("/")[0], verdict="untested", public=why)


def unanswered(name: str, why: str) -> Finding:
    """It could be tried here, had the public side answered; nobody may take that for a pass."""
    channel = name.partition("/")[0]
    return Finding(name=name, channel=channel, verdict="untested", could_not=True, public=why)


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]} … ({len(text)} characters)"

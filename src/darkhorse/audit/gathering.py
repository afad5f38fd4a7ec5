"""Gathers what leaks under the same name into one finding with a few exhibits."""

from collections.abc import Iterable

from msgspec import Struct

from darkhorse.audit.attack import closed, leaks, untested
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["Gathering", "muted"]

_SHOWN = 3
_NOTHING = (0, 429)
_SHARE = 4  # a quarter of them may be lost


def muted(statuses: Iterable[int]) -> str:
    """Why so many calls came to nothing that little can be said; empty where they did not."""
    told = list(statuses)
    lost = sum(1 for status in told if status in _NOTHING)
    if lost * _SHARE <= len(told):
        return ""
    return f"{lost} of {len(told)} calls met a limit (429) or no answer: give the audit a key"


class _Leak(Struct):
    public: str
    raw: str
    exhibits: list[Exhibit]
    times: int = 1


class Gathering:
    """Leaks by name, in the order they were found."""

    def __init__(self) -> None:
        self._leaks: dict[str, _Leak] = {}

    def add(self, name: str, public: str, *exhibits: Exhibit, raw: str = "") -> None:
        """One more of that name; the first's sentence stands for all."""
        known = self._leaks.get(name)
        if known is None:
            self._leaks[name] = _Leak(public, raw, list(exhibits))
            return
        known.times += 1
        if len(known.exhibits) < _SHOWN:
            known.exhibits += exhibits

    def findings(
        self, channel: str, all_well: str, raw: str = "", *, unless: str = ""
    ) -> list[Finding]:
        """Those of a channel, or that it is closed; untested where `unless` says why."""
        found = [
            self._finding(name, leak)
            for name, leak in self._leaks.items()
            if name.partition("/")[0] == channel
        ]
        if found:
            return found
        return [untested(channel, unless) if unless else closed(channel, all_well, raw=raw)]

    def _finding(self, name: str, leak: _Leak) -> Finding:
        more = f" (and {leak.times - 1} more like it)" if leak.times > 1 else ""
        return leaks(name, leak.public + more, *leak.exhibits, raw=leak.raw)

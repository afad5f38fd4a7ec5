"""Gathers what leaks under one name into one finding; says where too little was answered."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from darkhorse.attribution.client.reply import Reply
from darkhorse.audit.attack import closed, leaks, unanswered
from darkhorse.catalog.audits import Exhibit, Finding

__all__ = ["BUSY", "Gathering", "Turnout", "muted", "turnout"]

_SHOWN = 3
LIMITED = frozenset({0, 429})
BUSY = LIMITED | {503}
"""What questions to the model may meet as well; pages may be away for good."""
_SHARE = 4  # a quarter of them may be lost
_CAUSES = {0: "no answer", 429: "over a limit, 429", 503: "overloaded, 503"}


def muted(statuses: Iterable[int], lost_as: frozenset[int] = LIMITED) -> str:
    """Why so many calls came to nothing that little can be said; empty where they did not."""
    told = list(statuses)
    lost = Counter(_CAUSES[status] for status in told if status in lost_as)
    if lost.total() * _SHARE <= len(told):
        return ""
    answered = len(told) - lost.total()
    return f"the public side answered {answered} of {len(told)} calls ({_listed(lost)})"


def _listed(causes: Counter[str]) -> str:
    return ", ".join(f"{cause}: {many}" for cause, many in causes.most_common())


class Turnout(Struct, frozen=True):
    """How many questions of each group were answered, and what became of the others."""

    asked: Mapping[str, int]
    answered: Mapping[str, int]
    causes: Mapping[str, int]

    @property
    def said(self) -> str:
        """For people: 33 of 46 answered."""
        return f"{sum(self.answered.values())} of {sum(self.asked.values())} answered"

    @property
    def problem(self) -> str:
        """Why that is too little; empty where half of each group was answered."""
        poor = [name for name, many in self.asked.items() if self.answered.get(name, 0) * 2 < many]
        if not poor:
            return ""
        where = "" if len(poor) == len(self.asked) else f", less than half in {', '.join(poor)}"
        return f"the public side: {self.said}{where} ({_listed(Counter(self.causes))})"


def turnout(told: Iterable[tuple[str, Reply, bool]]) -> Turnout:
    """Of (group, reply, whether it says anything)."""
    rows = list(told)
    return Turnout(
        Counter(name for name, _, _ in rows),
        Counter(name for name, reply, says in rows if reply.ok and says),
        Counter(_cause(reply) for _, reply, says in rows if not (reply.ok and says)),
    )


def _cause(reply: Reply) -> str:
    if reply.ok:
        return "empty"
    return _CAUSES.get(reply.status, f"status {reply.status}")


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
        return [unanswered(channel, unless) if unless else closed(channel, all_well, raw=raw)]

    def _finding(self, name: str, leak: _Leak) -> Finding:
        more = f" (and {leak.times - 1} more like it)" if leak.times > 1 else ""
        return leaks(name, leak.public + more, *leak.exhibits, raw=leak.raw)

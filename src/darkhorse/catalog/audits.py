"""What an audit found of a launch: channel by channel, what an attacker reads and what is left.

Private: the exhibits quote the endpoint. The names of channels are those of catalog/channels.py.
"""

from typing import Literal

from msgspec import Struct

__all__ = ["Audit", "Exhibit", "Finding", "Side", "Verdict"]

Verdict = Literal["closed", "reduced", "leaks", "untested"]
"""closed: the public side tells nothing. reduced: less than the raw one, and `left` says how much.
leaks: the exhibit tells. untested: it was not tested, and `public` says why."""
Side = Literal["raw", "public"]


class Exhibit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was sent and what came back, short enough to read."""

    side: Side
    asked: str
    answered: str


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing an attacker tried, before and after the cloak."""

    name: str  # `channel` or `channel/what`: what `--accept` takes
    channel: str
    verdict: Verdict
    deterministic: bool = False  # one look is enough: such a leak stops a launch
    could_not: bool = False  # untested because too little was answered: that stops one too
    raw: str = ""  # what the raw endpoint tells, in a sentence
    public: str = ""  # the same of the public API
    left: float | None = None
    unit: Literal["", "bits", "accuracy"] = ""
    exhibits: tuple[Exhibit, ...] = ()


class Audit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole audit, as it is kept and as `audit.json` has it."""

    id: str  # aud-…
    listing: str
    subject: str  # hash of endpoint and policy: catalog/launch.py
    at_us: int
    version: str  # of Darkhorse
    findings: tuple[Finding, ...]
    calls: int = 0
    tokens: int = 0  # public tokens, both sides together
    seconds: float = 0.0
    endpoint: str = ""  # the raw side's name; empty: only the public side was asked
    url: str = ""  # where the public side was asked; empty: in a rehearsal of this subject
    only: tuple[str, ...] = ()  # channels it was kept to; empty: all
    quick: bool = False  # without long prompts, with fewer questions and streams

    @property
    def is_whole(self) -> bool:
        """Was all of it asked, of the very subject that it names?"""
        return not self.url and not self.only

    @property
    def stopping(self) -> tuple[Finding, ...]:
        """The findings with which no launch goes live, unless somebody accepts them by name."""
        return tuple(each for each in self.findings if _stops(each))


def _stops(finding: Finding) -> bool:
    """A leak that one look shows, or a channel that could have one: nobody got an answer."""
    if finding.verdict == "leaks":
        return finding.deterministic
    return finding.verdict == "untested" and finding.could_not

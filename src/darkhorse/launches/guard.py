"""What lets a launch go live: a young audit of these very endpoints and this very public side.

It must have found no leak that one look shows, or somebody accepted each of them by name.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from darkhorse.base.clock import DAY_US
from darkhorse.base.errors import ConfigError
from darkhorse.catalog import notices
from darkhorse.catalog.audits import Audit
from darkhorse.catalog.launch import Launch, subject_change, subject_of

__all__ = ["NO_AUDIT", "Cleared", "Standing", "clear", "standing_of"]

NO_AUDIT = "no-audit"
"""What is accepted by who goes live without an audit."""
_FRESH_DAYS = 7


class Standing(Struct, frozen=True, kw_only=True):
    """How a launch stands to its newest whole audit. `changed`: it was another one then."""

    kind: Literal["audited", "old", "changed", "never"]
    audit: Audit | None = None
    change: str = ""  # what differs now, where it changed

    def brief(self) -> dict[str, object]:
        """For programs: without what the audit found, but for what stops it."""
        audit = self.audit
        told: dict[str, object] = {"standing": self.kind, "changed": self.change}
        if audit is None:
            return told
        return {**told, "id": audit.id, "at_us": audit.at_us, "stopping": _names(audit)}

    def sentence(self) -> str:
        """For people."""
        if self.audit is None:
            return "not audited"
        on = f"on {notices.moment(self.audit.at_us)} ({self.audit.id})"
        if self.kind == "changed":
            return f"audited {on}, before {self.change} changed"
        stops = _stops(self.audit)
        if self.kind == "old":
            told = "too old to go live with" + (f"; it {stops}" if stops else "")
            return f"audited {on}, more than {_FRESH_DAYS} days ago: {told}"
        return f"audited {on}: {stops or 'nothing stops it'}"


class Cleared(Struct, frozen=True):
    """What a launch may go live on, and what somebody accepted for it."""

    audit: Audit | None
    accepted: tuple[str, ...]

    def sentence(self) -> str:
        """For the record of the move; empty without an audit."""
        return f"audit {self.audit.id}" if self.audit else ""


def standing_of(launch: Launch, audits: Iterable[Audit], now_us: int) -> Standing:
    """`audits` newest first; those that were kept to a few channels say nothing of a launch."""
    subject = subject_of(launch.definition)
    whole = [audit for audit in audits if audit.is_whole]
    of_this = [audit for audit in whole if audit.subject == subject]
    for audit in of_this:
        # One from the future, of a clock that was wrong, is no younger than one from the past.
        if abs(now_us - audit.at_us) <= _FRESH_DAYS * DAY_US:
            return Standing(kind="audited", audit=audit)
    if of_this:
        return Standing(kind="old", audit=of_this[0])
    if whole:
        change = subject_change(whole[0].subject, subject)
        return Standing(kind="changed", audit=whole[0], change=change)
    return Standing(kind="never")


def clear(launch: Launch, audits: Iterable[Audit], accepts: Sequence[str], now_us: int) -> Cleared:
    """Raises ConfigError, with what to run next."""
    slug = launch.listing.slug
    standing = standing_of(launch, audits, now_us)
    if standing.kind == "audited" and standing.audit:
        return Cleared(standing.audit, _accepted(slug, standing.audit, accepts))
    if unknown := sorted(set(accepts) - {NO_AUDIT}):
        raise ConfigError(
            f"--accept {unknown[0]}: there is no audit of {slug} as it is now that found it; "
            f"run `darkhorse audit {slug}`."
        )
    if NO_AUDIT in accepts:
        return Cleared(None, (NO_AUDIT,))
    raise ConfigError(
        f"{slug} {_lacking(standing)}: run `darkhorse audit {slug}`, or go without one with "
        f"--accept {NO_AUDIT}."
    )


def _lacking(standing: Standing) -> str:
    if standing.kind == "changed":
        return f"was audited before {standing.change} changed"
    if standing.kind == "old" and standing.audit:
        on = notices.moment(standing.audit.at_us)
        return f"was audited on {on}, and an audit is good for {_FRESH_DAYS} days"
    return "was never audited"


def _accepted(slug: str, audit: Audit, accepts: Sequence[str]) -> tuple[str, ...]:
    """The names of the findings that would have stopped it."""
    found = {finding.name for finding in audit.findings}
    if unknown := sorted(set(accepts) - found - {NO_AUDIT}):
        raise ConfigError(
            f"--accept {unknown[0]}: audit {audit.id} of {slug} has no finding of that name; "
            "`darkhorse launch show` names those that stop it."
        )
    stopping = _names(audit)
    if idle := sorted(set(accepts) - {*stopping, NO_AUDIT}):
        raise ConfigError(
            f"--accept {idle[0]}: it does not stop {slug} (audit {audit.id}); leave that out."
        )
    if left := [name for name in stopping if name not in accepts]:
        options = " ".join(f"--accept {name}" for name in left)
        raise ConfigError(
            f"{slug} {_stops(audit, left)} (audit {audit.id}): close that and run `darkhorse "
            f"audit {slug}` again, or go live all the same with {options}."
        )
    return stopping


def _stops(audit: Audit, names: Sequence[str] | None = None) -> str:
    """`leaks at a, b and did not answer for c`; empty where nothing stops it. `names`: of these."""
    told = [each for each in audit.stopping if names is None or each.name in names]
    leaks = [each.name for each in told if each.verdict == "leaks"]
    silent = [each.name for each in told if each.verdict != "leaks"]
    parts = (("leaks at", leaks), ("did not answer enough for", silent))
    return " and ".join(f"{said} {', '.join(dict.fromkeys(of))}" for said, of in parts if of)


def _names(audit: Audit) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.name for finding in audit.stopping))

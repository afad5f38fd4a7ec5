"""The report of an audit: `audit.json` for scripts, `index.html` for people.

audit.json is one object, keys in this order, each of them always there:

    id, listing     aud-…, and the slug
    subject         hash of endpoint and policy, what a go-live compares; empty for an address alone
    at_us           when, in microseconds since 1970
    version         of Darkhorse
    findings        a list, in the order of catalog/channels.py, of
        name            channel, or channel/what: what `--accept` takes
        channel
        verdict         closed, reduced, leaks, untested
        deterministic   true: one look is enough, and it stops a go-live
        could_not       true: untested because too little was answered; that stops one too
        raw, public     what each side tells, in a sentence; of untested, public says why
        left, unit      bits or accuracy that are left; a share where unit is empty; null: no figure
        exhibits        a list of {side, asked, answered}
    calls, tokens   spent on both sides; public tokens
    seconds
    endpoint, url   the two sides; url is empty where it was rehearsed
    only            channels it was kept to; empty: all of them
    quick           true: without long prompts, with fewer questions, repeats and streams

index.html is a page by itself: no script, nothing from elsewhere, and nothing of what a model or
an engine said can become markup. The same audit always gives the same bytes.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import Struct

from darkhorse.attribution.report.paper import environment
from darkhorse.attribution.report.whole import json_of
from darkhorse.audit.drawing import Bars, Courses, bars_of, courses_of
from darkhorse.catalog.audits import Audit, Exhibit, Finding, Verdict
from darkhorse.catalog.channels import CHANNELS

__all__ = ["json_of", "page_of", "write_report"]

_PAGE = Path(__file__).parent / "page"
_BY_NAME = {channel.name: channel for channel in CHANNELS}
_WORST: tuple[Verdict, ...] = ("leaks", "reduced", "untested", "closed")


class Group(Struct, frozen=True):
    """A channel with all that was found in it."""

    name: str
    what: str
    tells: str
    verdict: Verdict  # the worst
    findings: tuple[Finding, ...]
    courses: Courses | None = None
    bars: Bars | None = None


class Section(Struct, frozen=True):
    """The channels that stand alike. `share`: of all channels."""

    verdict: Verdict
    groups: tuple[Group, ...]
    share: float


def write_report(audit: Audit, folder: Path) -> None:
    """`audit.json` and `index.html` in a folder that is there. Raises OSError."""
    (folder / "audit.json").write_text(json_of(audit), encoding="utf-8")
    (folder / "index.html").write_text(page_of(audit), encoding="utf-8", errors="replace")


def page_of(audit: Audit) -> str:
    """The page."""
    pages = environment(_PAGE)
    pages.filters["left"] = _left
    template = pages.get_template("audit.html")
    at = datetime.fromtimestamp(audit.at_us // 1_000_000, UTC)
    sections = _sections(audit.findings)
    return template.render(audit=audit, at=f"{at:%Y-%m-%d %H:%M:%S} UTC", sections=sections)


def _sections(findings: Iterable[Finding]) -> list[Section]:
    """The worst first; a channel stands where its worst finding does."""
    groups = [_group(*each) for each in groupby(findings, key=lambda each: each.channel)]
    return [
        Section(verdict, found, len(found) / len(groups))
        for verdict in _WORST
        if (found := tuple(group for group in groups if group.verdict == verdict))
    ]


def _group(name: str, findings: Iterable[Finding]) -> Group:
    found = sorted(findings, key=lambda each: _WORST.index(each.verdict))
    channel = _BY_NAME.get(name)
    shown = [exhibit for each in found for exhibit in each.exhibits]
    return Group(
        name=name,
        what=channel.what if channel else "",
        tells=channel.tells if channel else "",
        verdict=found[0].verdict,
        findings=tuple(found),
        **_pictures(name, shown),
    )


def _pictures(name: str, exhibits: list[Exhibit]) -> dict[str, Any]:
    if name == "rhythm":
        return {"courses": courses_of(exhibits)}
    return {"bars": bars_of(exhibits)} if name == "piece-borders" else {}


def _left(finding: Finding) -> str:
    """What is left, for people."""
    if finding.left is None:
        return ""
    if finding.unit == "bits":
        return f"{finding.left:.1f} bits"
    return f"right in {finding.left:.0%}" if finding.unit else f"{finding.left:.1%}"

"""Whether anybody could tell who a launch was, and who tried. Pure but for the readers."""

from collections import Counter

from darkhorse.analytics.report.shape import Anonymity, AuditLine
from darkhorse.analytics.report.shares import share_of
from darkhorse.analytics.report.sources import Life, Sources
from darkhorse.catalog import notices
from darkhorse.catalog.audits import Audit
from darkhorse.storage.traits import Counts, TraitFilters

__all__ = ["anonymity"]

_MOST_AUDITS, _MOST_LOOKED = 20, 20


def anonymity(sources: Sources, life: Life, every: Counts) -> Anonymity:
    """`every`: all of its generations."""
    slug = sources.launch.listing.slug
    asked = next(
        (
            each.counts
            for each in sources.traits.sums(slug, life.since_us, life.last_us, "category")
            if each.value == "identity"
        ),
        Counts(),
    )
    looked, withheld = _withheld(sources, life)
    return Anonymity(
        audits=tuple(_audit(each, life) for each in sources.audits[:_MOST_AUDITS]),
        accepted=tuple(dict.fromkeys(name for move in sources.moves for name in move.accepted)),
        asked=share_of(asked.requests, max(every.requests, asked.requests)),
        declined=share_of(asked.refused, asked.ended),
        looked=looked,
        withheld=withheld,
        committed=bool(sources.launch.commitment),
        revealed=notices.revealed(sources.launch.public()),
    )


def _audit(audit: Audit, life: Life) -> AuditLine:
    verdicts = Counter(each.verdict for each in audit.findings)
    before = "before" if audit.at_us < life.since_us else "during"
    return AuditLine(
        id=audit.id,
        at_us=audit.at_us,
        when="after" if audit.at_us > life.until_us else before,
        is_whole=audit.is_whole,
        closed=verdicts["closed"],
        reduced=verdicts["reduced"],
        leaks=verdicts["leaks"],
        untested=verdicts["untested"],
        stopping=tuple(dict.fromkeys(each.name for each in audit.stopping)),
    )


def _withheld(sources: Sources, life: Life) -> tuple[int, int]:
    """Of the newest that asked who it is: how many could be read, and how many were changed."""
    filters = TraitFilters(
        listing=sources.launch.listing.slug,
        since_us=life.since_us,
        until_us=life.until_us,
        category="identity",
    )
    rows = sources.traits.rows(filters, limit=_MOST_LOOKED)
    found = [sources.records.recorded(each.id) for each in rows]
    ended = [each.end for each in found if each is not None and each.end is not None]
    return len(ended), sum(bool(each.withheld) for each in ended)

"""What an operator should look at first, by what is counted now and what was before. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from darkhorse.analytics.failures import Cluster
from darkhorse.storage.insight import Use
from darkhorse.storage.traits import Counts

__all__ = [
    "Attention",
    "Chore",
    "LaunchState",
    "of_chores",
    "of_counts",
    "of_failures",
    "of_launches",
    "of_use",
]

_LEAST = 20  # requests: a share of fewer says nothing
_FAILED, _CANCELLED, _REFUSED, _RETRIED, _CUT = 0.05, 0.2, 0.2, 0.1, 0.2
_BROKEN = 0.05  # of tool calls and of forms
_SLOWER = 2.0  # times the p90 of the time before
_SLOW_MS = 2_000.0  # below it nobody waits
_GROWN, _GROWN_LEAST = 3.0, 5
_MOST_CAUSES = 4
_CLOSING_US = 24 * 3_600_000_000
_HOUR_US = 3_600_000_000
_LATE_US = 15 * 60_000_000
_BEHIND = 10_000  # frames


class Attention(Struct, frozen=True, kw_only=True):
    """One sentence. `where` says which page shows more, `about` what on it."""

    weight: Literal["bad", "doubt"]
    text: str
    where: Literal["failures", "outcome", "trouble", "traffic", "launch", "health"]
    about: str = ""


class LaunchState(Struct, frozen=True, kw_only=True):
    """What counts of a live launch here."""

    slug: str
    closes_us: int | None
    audit: Literal["audited", "old", "changed", "never"]


class Chore(Struct, frozen=True, kw_only=True):
    """One of the keeper's."""

    name: str
    problem: str = ""  # why it last failed; empty where it went well


def of_use(now: Use, before: Use | None) -> Iterator[Attention]:
    """Failures, hang-ups, silence and slowness."""
    if now.ended >= _LEAST and now.failed / now.ended >= _FAILED:
        text = f"{_share(now.failed, now.ended)} of answers failed ({now.failed:,})"
        yield Attention(
            weight="bad", where="failures", text=text + _then(before, "failed", "ended")
        )
    if now.ended >= _LEAST and now.cancelled / now.ended >= _CANCELLED:
        text = f"{_share(now.cancelled, now.ended)} of clients hung up ({now.cancelled:,})"
        told = text + _then(before, "cancelled", "ended")
        yield Attention(weight="doubt", where="outcome", about="cancelled", text=told)
    if before is None:
        return
    if not now.requests and before.requests >= _LEAST:
        text = f"Nobody asks any more; the time before saw {before.requests:,} requests."
        yield Attention(weight="bad", where="traffic", text=text)
    is_slow, text = _slower(now, before)
    if is_slow:
        yield Attention(weight="doubt", where="traffic", text=text)


def _slower(now: Use, before: Use) -> tuple[bool, str]:
    late, was = now.first_token_ms.p90, before.first_token_ms.p90
    if late is None or was is None or late < _SLOW_MS or late < was * _SLOWER:
        return False, ""
    return True, (
        f"The first token is late: one in ten waits {late / 1000:.1f} s or longer, "
        f"before it was {was / 1000:.1f} s."
    )


def of_counts(now: Counts) -> Iterator[Attention]:
    """Troubles of answers that did come."""
    shares = (
        ("refused", now.refused, _REFUSED, "were refusals"),
        ("retried", now.retried, _RETRIED, "were to the same words asked again"),
        ("cut", now.cut, _CUT, "were cut at their longest"),
        ("tool_call", now.tool_call, _BROKEN, "had a broken tool call"),
        ("schema", now.schema, _BROKEN, "did not keep the form they were asked for"),
    )
    if now.ended < _LEAST:
        return
    for name, count, least, words in shares:
        if count / now.ended >= least:
            text = f"{_share(count, now.ended)} of answers {words} ({count:,})."
            yield Attention(weight="doubt", where="trouble", about=name, text=text)


def of_failures(now: Sequence[Cluster], before: Sequence[Cluster]) -> Iterator[Attention]:
    """The largest causes that are new, or that grew."""
    for each in now[:_MOST_CAUSES]:
        was = sum(known.count for known in before if _is_same(each, known))
        if each.count < _GROWN_LEAST or each.count < was * _GROWN:
            continue
        grew = f"before there were {was:,}" if was else "it is new"
        text = f"{each.count:,} failures of one cause, {grew}: {each.remedy.means}"
        yield Attention(weight="bad", where="failures", about=each.example, text=text)


def _is_same(one: Cluster, other: Cluster) -> bool:
    """Of one cause, as far as their texts say."""
    texts = {other.signature, *other.others}
    return one.error_type == other.error_type and not texts.isdisjoint((one.signature, *one.others))


def of_launches(launches: Iterable[LaunchState], now_us: int) -> Iterator[Attention]:
    """Windows that end soon, audits that do not fit any more."""
    launches = list(launches)
    for each in launches:
        if each.closes_us is not None and each.closes_us - now_us <= _CLOSING_US:
            hours = max(0, each.closes_us - now_us) / _HOUR_US
            text = f"The window of {each.slug} ends in {hours:.0f} hours."
            if hours < 1:
                text = f"The window of {each.slug} ends within the hour."
            yield Attention(weight="doubt", where="launch", about=each.slug, text=text)
    for audit, (of_one, of_many) in _AUDITS.items():
        slugs = [each.slug for each in launches if each.audit == audit]
        if len(slugs) == 1:
            text = f"{slugs[0]} is live, and {of_one}."
            yield Attention(weight="doubt", where="launch", about=slugs[0], text=text)
        elif slugs:
            more = f" and {len(slugs) - _NAMED:,} more" if len(slugs) > _NAMED else ""
            text = f"{len(slugs):,} live launches {of_many}: {', '.join(slugs[:_NAMED])}{more}."
            yield Attention(weight="doubt", where="launch", text=text)


_NAMED = 3
_AUDITS = {
    "changed": ("it was changed since its audit", "were changed since their audits"),
    "never": ("it was never audited", "were never audited"),
}


def of_chores(
    chores: Iterable[Chore], behind: int | None, now_us: int, *, keeper_at_us: int
) -> Iterator[Attention]:
    """What the keeper has not got done; without it, figures stand still."""
    if keeper_at_us and now_us - keeper_at_us > _LATE_US:
        text = "The keeper has said nothing for a quarter of an hour: figures may stand still."
        yield Attention(weight="bad", where="health", text=text)
    for each in chores:
        if each.problem:
            text = f"The keeper's chore `{each.name}` fails: {each.problem[:200]}"
            yield Attention(weight="bad", where="health", text=text)
    if behind is not None and behind > _BEHIND:
        text = f"{behind:,} records are not described yet: topics and troubles are behind."
        yield Attention(weight="doubt", where="health", text=text)


def _then(before: Use | None, name: str, of: str) -> str:
    whole = getattr(before, of) if before else 0
    if whole < _LEAST:
        return "."
    return f"; before it was {_share(getattr(before, name), whole)}."


def _share(count: int, of: int) -> str:
    return f"{count / of * 100:.1f} %"

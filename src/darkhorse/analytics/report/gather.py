"""Makes a launch report from the record. Blocks on the disk; pure but for the readers."""

from collections.abc import Iterator, Sequence

from darkhorse.analytics.report.anonymity import anonymity
from darkhorse.analytics.report.capability import capability, feedback_of, named
from darkhorse.analytics.report.reception import apps_of, reception
from darkhorse.analytics.report.shape import Capability, Gathered, Headline, Report
from darkhorse.analytics.report.shares import LEAST, Share, share_of
from darkhorse.analytics.report.sources import Life, Sources, counts_of, life_of
from darkhorse.analytics.report.stability import hourly_of, stability
from darkhorse.analytics.topics import QUALITY
from darkhorse.analytics.topics.names import in_words
from darkhorse.catalog import notices
from darkhorse.storage.insight import SpanUse, Use
from darkhorse.storage.traits import Counts

__all__ = ["gather"]

_MINUTE_US = 60_000_000


def gather(sources: Sources, now_us: int) -> Report:
    """As of `now_us`. Whoever has never been asked gets a report that says so, and what to do."""
    life = life_of(sources.launch, now_us)
    listing, state = sources.launch.listing, sources.launch.life.state_at(now_us)
    feedback, every, hourly = (
        feedback_of(sources, life),
        counts_of(sources, life),
        hourly_of(sources, life),
    )
    private = sources.launch.private
    asked = capability(sources, life, feedback)
    held = stability(sources, life, hourly)
    head = _headline(sources, life, every, hourly, sum(each.requests for each in held.steps))
    return Report(
        public=False,
        slug=listing.slug,
        title=listing.title,
        state=state,
        made_us=now_us,
        summary=" ".join(_summary(listing.title, state, head, asked)),
        who=f"{private.model} by {private.maker}",
        head=head,
        capability=asked,
        stability=held,
        reception=reception(sources, life, feedback, every.sessions),
        gathered=_gathered(sources, asked, every),
        anonymity=anonymity(sources, life, every),
        method=tuple(_method(sources, every, head)),
        next="" if head.requests else _next(state, listing.slug),
    )


def _headline(
    sources: Sources, life: Life, every: Counts, hourly: SpanUse, requests: int
) -> Headline:
    slug = sources.launch.listing.slug
    total = sources.spans.span(slug, life.since_us, life.until_us, life.hours).total
    quality = sources.figures.quality(slug, life.since_us, life.until_us)
    peak = max(hourly.steps, key=lambda each: each.requests, default=Use())
    peak_us = hourly.first_us + hourly.steps.index(peak) * hourly.step_us if peak.requests else None
    away = sources.turned_away
    return Headline(
        live_us=sources.launch.life.live_us,
        until_us=life.until_us,
        lasted=_lasting(life.until_us - life.since_us),
        requests=requests,
        tokens=total.tokens,
        people=total.people,
        apps=apps_of(sources, life),
        sessions=every.sessions,
        peak_us=peak_us,
        peak_requests=peak.requests,
        uptime=share_of(round((quality.uptime or 0.0) * quality.counted), quality.counted),
        refused=share_of(every.refused, every.ended),
        turned_away=None if away is None else sum(away.values()),
    )


def _summary(title: str, state: str, head: Headline, asked: Capability) -> Iterator[str]:
    if state == "draft":
        yield f"{title} is a draft: nobody can ask it anything."
        return
    since = notices.moment(head.live_us) if head.live_us else ""
    if state == "live":
        yield f"{title} has been live for {head.lasted}, since {since}."
    else:
        yield f"{title} was live for {head.lasted}, from {since} on."
    if not head.requests:
        yield "Nobody has asked it anything."
        return
    yield (
        f"{_count(head.people, 'person', 'people')} made {_count(head.requests, 'request')} of "
        f"{_count(head.tokens, 'public token')}, and {_count(head.apps, 'app')} named themselves."
    )
    if head.uptime.share is not None:
        yield f"{_percent(head.uptime)} of what it could have answered went well."
    topics = next((each.rows for each in asked.tables if each.facet == "category"), ())
    if topics and topics[0].requests >= LEAST:
        most = topics[0]
        yield f"It was asked most about {in_words(most.name)} ({most.requests:,} requests)."
    if head.refused.share is not None:
        yield f"It declined {_percent(head.refused)} of what it was asked."


def _gathered(sources: Sources, asked: Capability, every: Counts) -> Gathered:
    listing = sources.launch.listing
    tables = {each.facet: each.rows for each in asked.tables}
    export = f"darkhorse ledger export DIR --listing {listing.slug} --format"
    formats = ("parquet", "chat", "finetune") if listing.may_train else ()
    return Gathered(
        prompts=every.requests,
        answers=every.done,
        prompt_tokens=every.prompt_tokens,
        completion_tokens=every.completion_tokens,
        retried=every.retried,
        languages=named((each.name, each.requests) for each in tables["language"]),
        categories=named((each.name, each.requests) for each in tables["category"]),
        disclosure=listing.told,
        may_train=listing.may_train,
        retention_days=listing.retention_days,
        commands=tuple(f"{export} {each}" for each in formats),
    )


def _method(sources: Sources, every: Counts, head: Headline) -> Iterator[str]:
    yield (
        "Tokens are public tokens, a quarter of the UTF-8 bytes; what the engine counted is in "
        "no figure. People are keyed hashes: exact up to 512, and within about 1.6 % above; one "
        "person with two keys is two. Latencies are within about 1.1 %."
    )
    yield (
        f"Shares are of requests that ended, with Wilson's 95 % interval; of fewer than {LEAST} "
        "none is said. A strength or weakness is told only where the 99.9 % intervals of a kind "
        "and of all the others do not meet. Requests of one person are not independent, so the "
        "truth may lie outside more often than that."
    )
    yield (
        f"What a prompt is about is read by a small classifier: macro-F1 {QUALITY.macro_f1} on "
        f"{QUALITY.n:,} prompts it never saw. Refusals are recognised by their wording in eight "
        "languages. Whether an answer was right, nobody has looked."
    )
    yield (
        "Uptime counts what went well against what failed by us; what a client did wrong or cut "
        "short counts neither way. Hours are looked at one by one for the last 90 days."
    )
    yield (
        "What was erased is in no figure: an erasure takes its counts away. An hour belongs to "
        "its requests' beginning, and the first and the last may be shorter."
    )
    behind = sources.traits.behind()
    if behind or every.requests != head.requests:
        yield (
            f"Topics and troubles are known of {every.requests:,} of {head.requests:,} requests; "
            f"{behind or 0:,} records are still to be read."
        )


def _next(state: str, slug: str) -> str:
    if state == "draft":
        return f"`darkhorse launch go-live {slug}` lists it; the report fills as people come."
    if state == "live":
        return "Give people a key and the address of its page; the report fills as they ask."
    return "It ended without a request, so there is nothing to report but its audits and notes."


def _percent(share: Share) -> str:
    return f"{100 * (share.share or 0.0):.1f} %"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _lasting(length_us: int) -> str:
    """`3 days 4 hours`."""
    minutes = length_us // _MINUTE_US
    days, hours = minutes // 1440, minutes // 60 % 24
    parts: Sequence[tuple[int, str]] = (
        ((days, "day"), (hours, "hour")) if days else ((hours, "hour"), (minutes % 60, "minute"))
    )
    return " ".join(_count(number, unit) for number, unit in parts if number) or "under a minute"

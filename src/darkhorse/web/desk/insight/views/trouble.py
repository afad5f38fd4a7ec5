"""Where it breaks: causes of failures, what went wrong with answers, who hung up."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from darkhorse.analytics.failures import Cluster
from darkhorse.storage.launch_view import EndpointUse
from darkhorse.storage.traits import MORE_APPS, Counts, FacetSum, TraitRow, Trouble
from darkhorse.web.desk.insight.views.overview import Tile, unbroken
from darkhorse.web.desk.insight.views.rows import RowView, generation_path, row_view
from darkhorse.web.desk.insight.views.words import TROUBLES, facet_value
from darkhorse.web.numbers import ms, percent
from darkhorse.web.views.moments import Moment, second

__all__ = [
    "RATES",
    "Bar",
    "Cause",
    "EndpointLine",
    "Rage",
    "Read",
    "TroublePage",
    "trouble_page",
]

Link = Callable[..., str]
_SLOWEST = 10
_RAGES = 12
RATES = 10
"""Lines of a list of where a trouble falls."""
_WAITS = (
    (1_000, "under 1 s"),
    (3_000, "1 to 3 s"),
    (10_000, "3 to 10 s"),
    (30_000, "10 to 30 s"),
    (60_000, "30 to 60 s"),
    (float("inf"), "over a minute"),
)


class Cause(Struct, frozen=True, kw_only=True):
    """A cluster. `signature` quotes an endpoint. Moments are None where they are not known."""

    signature: str
    others: tuple[str, ...]
    error_type: str
    count: str
    share: float
    people: int
    first: Moment | None
    last: Moment | None
    means: str
    next: str
    example: str
    href: str


class EndpointLine(Struct, frozen=True):
    """Attempts at one endpoint. `listing`: empty where the page is of one alone."""

    listing: str

    name: str
    attempts: str
    failures: str
    share: str
    p50: str


class Rage(Struct, frozen=True, kw_only=True):
    """A prompt that was sent again and again."""

    preview: str
    times: int
    people: int
    href: str
    others: str  # the address of all by the key that asked most; empty where there is one alone


class Bar(Struct, frozen=True):
    """For `kit.bars`."""

    name: str
    href: str
    text: str
    share: float


class TroublePage(Struct, frozen=True, kw_only=True):
    """`sampled`: how many rows the lists of single generations were made from, at most."""

    ended: int
    tiles: tuple[Tile, ...]
    causes: tuple[Cause, ...]
    endpoints: tuple[EndpointLine, ...]
    rages: tuple[Rage, ...]
    refusals: tuple[Bar, ...]
    calls: tuple[Bar, ...]
    forms: tuple[Bar, ...]
    waits: tuple[Bar, ...]
    unheard: int  # of those who hung up before the first word, in the sample
    hung_up: int
    slowest: tuple[RowView, ...]
    sampled: int
    behind: int | None


class Read(Struct, frozen=True, kw_only=True):
    """What was read for the page. Rows are the newest, `sampled` of each kind at most."""

    listing: str | None
    counts: Counts
    clusters: Sequence[Cluster]
    endpoints: Sequence[EndpointUse]
    retried: Sequence[TraitRow]
    cancelled: Sequence[TraitRow]
    done: Sequence[TraitRow]
    categories: Sequence[FacetSum]
    calls: Sequence[FacetSum]  # apps with most broken tool calls
    forms: Sequence[FacetSum]  # apps with most forms not kept
    apps: Mapping[int, str]
    behind: int | None
    sampled: int


def trouble_page(read: Read, link: Link) -> TroublePage:
    """Of what was read."""
    slow = sorted(read.done, key=lambda row: -(row.duration_ms or 0.0))[:_SLOWEST]
    return TroublePage(
        ended=read.counts.ended,
        tiles=_tiles(read.counts, link),
        causes=tuple(_cause(each, link) for each in read.clusters),
        endpoints=tuple(_endpoint(each, is_named=read.listing is None) for each in read.endpoints),
        rages=_rages(read.retried, link),
        refusals=_rates(read.categories, "refused", "category", link, {}),
        calls=_rates(read.calls, "tool_call", "app", link, read.apps),
        forms=_rates(read.forms, "schema", "app", link, read.apps),
        waits=_waits(read.cancelled),
        unheard=sum(row.first_token_ms is None for row in read.cancelled),
        hung_up=len(read.cancelled),
        slowest=tuple(map(row_view, slow)),
        sampled=read.sampled,
        behind=read.behind,
    )


def _tiles(counts: Counts, link: Link) -> tuple[Tile, ...]:
    failed = _tile("Failed", counts.failed, counts, link("/asked/prompts", outcome="failed"))
    hung_up = _tile(
        "Hung up", counts.cancelled, counts, link("/asked/prompts", outcome="cancelled")
    )
    troubles = (
        _tile(title, getattr(counts, name), counts, link("/asked/prompts", trouble=name))
        for name, (title, _) in TROUBLES.items()
    )
    return (failed, hung_up, *troubles)


def _tile(name: str, count: int, counts: Counts, href: str) -> Tile:
    beside = f"{percent(count / counts.ended)} of answers" if counts.ended else ""
    return Tile(name, f"{count:,}", unbroken(beside), href)


def _cause(cluster: Cluster, link: Link) -> Cause:
    return Cause(
        signature=cluster.signature or "nothing was said",
        others=cluster.others[:8],
        error_type=cluster.error_type or "server",
        count=f"{cluster.count:,}",
        share=cluster.share,
        people=cluster.people,
        first=None if cluster.first_us is None else second(cluster.first_us),
        last=None if cluster.last_us is None else second(cluster.last_us),
        means=cluster.remedy.means,
        next=cluster.remedy.next,
        example=generation_path(cluster.example),
        href=link("/asked/prompts", signature=cluster.signature) if cluster.signature else "",
    )


def _endpoint(use: EndpointUse, *, is_named: bool) -> EndpointLine:
    """Of all listings together it is named `listing: endpoint`."""
    listing, _, name = use.name.partition(": ") if is_named else ("", "", use.name)
    return EndpointLine(
        listing,
        name,
        f"{use.requests:,}",
        f"{use.failures:,}",
        percent(use.failures / use.requests if use.requests else None),
        ms(use.p50_ms),
    )


def _rages(rows: Sequence[TraitRow], link: Link) -> tuple[Rage, ...]:
    """By what was said; most times first."""
    by_preview: defaultdict[str, list[TraitRow]] = defaultdict(list)
    for row in rows:
        by_preview[row.preview].append(row)
    ranked = sorted(by_preview.values(), key=lambda group: -len(group))[:_RAGES]
    return tuple(_rage(group, link) for group in ranked)


def _rage(group: Sequence[TraitRow], link: Link) -> Rage:
    keys = {row.key for row in group}
    return Rage(
        preview=group[0].preview or "no text of the user's",
        times=len(group),
        people=len({row.person or row.key for row in group}),
        href=generation_path(group[0].id),
        others=link("/asked/prompts", trouble="retried", key=group[0].key)
        if len(keys) == 1 and len(group) > 1
        else "",
    )


def _rates(
    sums: Sequence[FacetSum],
    trouble: Trouble,
    facet: Literal["category", "app"],
    link: Link,
    apps: Mapping[int, str],
) -> tuple[Bar, ...]:
    """Where a trouble falls, most first, with its share of the answers there."""
    found = [each for each in sums if getattr(each.counts, trouble)]
    found.sort(key=lambda each: -getattr(each.counts, trouble))
    most = getattr(found[0].counts, trouble) if found else 1
    return tuple(
        Bar(
            facet_value(facet, each.value, apps),
            _kind_of(trouble, facet, each.value, link),
            _told(getattr(each.counts, trouble), each.counts.ended),
            getattr(each.counts, trouble) / most,
        )
        for each in found[:RATES]
    )


def _kind_of(trouble: Trouble, facet: str, value: str, link: Link) -> str:
    """The address of such answers; `more` are many apps."""
    if value == MORE_APPS:
        return ""
    return link("/asked/prompts", **{"trouble": trouble, facet: value})


def _told(count: int, ended: int) -> str:
    return f"{count:,} ({percent(count / ended if ended else None)})"


def _waits(rows: Sequence[TraitRow]) -> tuple[Bar, ...]:
    """How long those waited who hung up."""
    counts = [0] * len(_WAITS)
    for row in rows:
        waited = row.duration_ms or 0.0
        counts[next(at for at, (most, _) in enumerate(_WAITS) if waited < most)] += 1
    return tuple(
        Bar(name, "", f"{count:,}", count / len(rows) if rows else 0.0)
        for (_, name), count in zip(_WAITS, counts, strict=True)
    )

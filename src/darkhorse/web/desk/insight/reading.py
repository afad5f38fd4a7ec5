"""What the pages ask of storage: each page its own few questions, side by side in threads."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from darkhorse.analytics.failures import Cluster, clusters
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.insight import SpanUse
from darkhorse.storage.traits import CountName, Counts, Facet, FacetSum, TraitFilters, TraitRow
from darkhorse.web.desk.house import House
from darkhorse.web.desk.insight.views.generation import Known
from darkhorse.web.desk.insight.views.times import HOUR_US, step_hours
from darkhorse.web.desk.insight.views.trouble import RATES, Read
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.span import Span

__all__ = ["Reader", "Shared", "together"]

_SAMPLE = 200  # rows of each kind that lists of single generations are made of
_CAUSES = 60
_APPS = 200
_AROUND = 6  # generations of the same session before and after
_AFTER = 200
_HOUSE_S = 0.15  # longer nobody waits for it: its page says it all
_HOUSE_FRESH_S = 10.0
_SHARED_S = 5.0
_SHARED = 16  # questions

T = TypeVar("T")


async def together(*questions: Callable[[], Any]) -> list[Any]:
    """All of them at once, each in a thread."""
    return await asyncio.gather(*(asyncio.to_thread(each) for each in questions))


class Shared:
    """What a page was made from, for whoever looks at the same page within a few seconds.

    The desk is looked at by few: nobody is shown what is older, and what fails is not kept.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[Hashable, tuple[float, asyncio.Task[Any]]] = OrderedDict()

    async def of(self, question: Hashable, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The answer to it; one reading for all who ask at the same time."""
        now = self._clock.monotonic()
        until, reading = self._kept.get(question, (0.0, None))
        if reading is None or now >= until or (reading.done() and not _went_well(reading)):
            reading = asyncio.create_task(read())
            self._kept[question] = now + _SHARED_S, reading
            self._kept.move_to_end(question)
            while len(self._kept) > _SHARED:
                self._kept.popitem(last=False)
        found: T = await asyncio.shield(reading)
        return found


def _went_well(task: asyncio.Task[Any]) -> bool:
    return not task.cancelled() and task.exception() is None


class Reader:
    """Over the desk's means."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._house = _Glance(means)
        self.shared = Shared(means.clock)

    def span(self, listing: str | None, span: Span) -> SpanUse:
        """Figures in steps for charts."""
        return self._means.spans.span(listing, span.since_us, span.until_us, step_hours(span))

    def sums(self, listing: str | None, span: Span, facet: Facet) -> list[FacetSum]:
        """By value, most requests first."""
        return self._means.traits.sums(listing, span.since_us, span.until_us - 1, facet)

    def most(
        self, listing: str | None, span: Span, facet: Facet, of: CountName, limit: int
    ) -> list[FacetSum]:
        """The few values with most of one count."""
        return self._means.traits.most(
            listing, span.since_us, span.until_us - 1, facet, of=of, limit=limit
        )

    def counts(self, listing: str | None, span: Span) -> Counts:
        """Of all of them."""
        found = self.sums(listing, span, "all")
        return found[0].counts if found else Counts()

    def causes(self, listing: str | None, span: Span, *, with_rows: bool = False) -> list[Cluster]:
        """Failures by what they have in common; with rows, who met them and when."""
        found = self._means.traits.signatures(
            listing, span.since_us, span.until_us - 1, limit=_CAUSES
        )
        rows: list[TraitRow] = []
        if with_rows and found:
            for outcome in ("failed", "interrupted"):
                rows += self.sample(listing, span, outcome=outcome)
        return clusters(found, rows)

    def sample(self, listing: str | None, span: Span, **fields: Any) -> list[TraitRow]:
        """The newest of a kind."""
        filters = TraitFilters(
            listing=listing, since_us=span.since_us, until_us=span.until_us, **fields
        )
        return self._means.traits.rows(filters, limit=_SAMPLE)

    def apps(self, listing: str | None, span: Span) -> dict[int, str]:
        """Names by id, most used first."""
        first, last = (
            datetime.fromtimestamp(at_us // 1_000_000, UTC).date()
            for at_us in (span.since_us, max(span.since_us, span.until_us - 1))
        )
        found = self._means.figures.apps(first, last, listing=listing, limit=_APPS)
        return {each.app: each.name or each.slug for each in found}

    def app_names(self, sums: Iterable[FacetSum]) -> dict[int, str]:
        """Of the apps that these are the sums of."""
        known = {int(each.value) for each in sums if each.value.isdecimal()}
        return self._means.spans.app_names(known)

    async def trouble(self, listing: str | None, span: Span) -> Read:
        """For the page of what breaks."""
        return await self.shared.of(
            ("trouble", listing, span), lambda: self._trouble(listing, span)
        )

    async def _trouble(self, listing: str | None, span: Span) -> Read:
        read = await together(
            lambda: self.counts(listing, span),
            lambda: self.causes(listing, span, with_rows=True),
            lambda: self._means.spans.endpoints(listing, span.since_us, span.until_us),
            lambda: self.sample(listing, span, trouble="retried"),
            lambda: self.sample(listing, span, outcome="cancelled"),
            lambda: self.sample(listing, span, outcome="done"),
            lambda: self.sums(listing, span, "category"),
            lambda: self.most(listing, span, "app", "tool_call", RATES),
            lambda: self.most(listing, span, "app", "schema", RATES),
            self._means.traits.behind,
        )
        return Read(
            listing=listing,
            counts=read[0],
            clusters=read[1],
            endpoints=read[2],
            retried=read[3],
            cancelled=read[4],
            done=read[5],
            categories=read[6],
            calls=read[7],
            forms=read[8],
            apps=await asyncio.to_thread(self.app_names, [*read[7], *read[8]]),
            behind=read[9],
            sampled=_SAMPLE,
        )

    async def known(self, generation: str, key: str) -> Known:
        """What is known of a generation beside its frames."""
        row = await asyncio.to_thread(self._means.traits.row, generation)
        label, feedback, session, person = await together(
            lambda: self._label(key),
            self._means.reports.feedback,
            lambda: self._around(row, "session"),
            lambda: self._around(row, "person"),
        )
        said = next((each for each in feedback if each.generation == generation), None)
        return Known(row=row, key_label=label, feedback=said, session=session, person=person)

    async def house(self) -> House | None:
        """As it was seen last; None where there is no answer soon."""
        return await self._house.look()

    def _label(self, key: str) -> str:
        try:
            return self._means.keys.get(key).label
        except ConfigError:
            return ""

    def _around(self, row: TraitRow | None, field: str) -> Sequence[TraitRow]:
        """Of the same session or person: the nearest before and after, itself among them."""
        value = getattr(row, field) if row else ""
        if row is None or not value:
            return ()
        whose: dict[str, Any] = {field: value, "listing": row.listing}
        earlier = self._means.traits.rows(
            TraitFilters(**whose), limit=_AROUND, before=(row.at_us, row.id)
        )
        return [*self._after(row, whose), row, *earlier]

    def _after(self, row: TraitRow, whose: dict[str, Any]) -> list[TraitRow]:
        """The nearest: of an hour, and where that has too few, of all time."""
        found: list[TraitRow] = []
        for until_us in (row.at_us + HOUR_US, None):
            filters = TraitFilters(since_us=row.at_us, until_us=until_us, **whose)
            rows = self._means.traits.rows(filters, limit=_AFTER)
            found = [each for each in rows if (each.at_us, each.id) > (row.at_us, row.id)]
            if len(found) >= _AROUND:
                break
        return found[-_AROUND:]


class _Glance:
    """The house, asked at most every few seconds, and never waited for long."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._seen: House | None = None
        self._fresh_until = 0.0
        self._asking: asyncio.Task[House | None] | None = None

    async def look(self) -> House | None:
        """The last one seen where a new one does not come soon."""
        if self._means.clock.monotonic() < self._fresh_until:
            return self._seen
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        await asyncio.wait({self._asking}, timeout=_HOUSE_S)
        return self._seen

    async def _ask(self) -> House | None:
        try:
            self._seen = await asyncio.to_thread(self._means.house.look)
        except Exception:  # noqa: BLE001 (the page goes on without it; /health says why)
            self._seen = None
        self._fresh_until = self._means.clock.monotonic() + _HOUSE_FRESH_S
        return self._seen

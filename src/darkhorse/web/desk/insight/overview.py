"""`/`: the launch's day, and what needs a look first."""

import asyncio
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from darkhorse.analytics import insight
from darkhorse.analytics.insight import Attention, Chore, LaunchState
from darkhorse.web.desk.frame import Frame, Place
from darkhorse.web.desk.gate import stay_of
from darkhorse.web.desk.house import House
from darkhorse.web.desk.insight.reading import Reader, together
from darkhorse.web.desk.insight.views.overview import Day, overview_page, tiles_of
from darkhorse.web.desk.insight.views.times import whole
from darkhorse.web.desk.means import Means
from darkhorse.web.streams import Streams
from darkhorse.web.views.calls import calls
from darkhorse.web.views.moments import second

__all__ = ["OverviewPages"]

_SERVER = "http://127.0.0.1:8000"
_STREAMS = 16
_PAUSE_S = 5.0  # between two looks at a day


class OverviewPages:
    """The first page."""

    def __init__(self, frame: Frame, means: Means, reader: Reader) -> None:
        self._frame, self._means, self._reader = frame, means, reader
        self._streams = Streams(most=_STREAMS, pause=lambda: asyncio.sleep(_PAUSE_S))

    async def overview(self, request: Request) -> Response:
        place = await self._frame.place(request)
        day, failures, (states, behind) = await asyncio.gather(
            self._day(place),
            self._failures(place),
            together(lambda: self._states(place), self._means.traits.behind),
        )
        attentions = [
            *insight.of_launches(states, place.now_us),
            *insight.of_use(day.use.total, day.before),
            *failures,
            *insight.of_counts(day.counts),
            *_chores(await self._reader.house(), behind, place.now_us),
        ]
        return self._frame.page(
            place,
            "insight/overview.html",
            page=overview_page(day, _worst_first(attentions), place.link),
            curl=self._curl(place),
            behind=behind,
            as_of=second(place.now_us),
        )

    async def live(self, request: Request) -> Response:
        """Server-sent events: the tiles, whenever they are others."""
        stay = stay_of(request)

        async def put() -> Mapping[str, str] | None:
            if not await stay.goes_on():
                return None
            place = await self._frame.place(request)
            question = ("day", place.listing, whole(place.span))
            day = await self._reader.shared.of(question, lambda: self._day(place))
            tiles = tiles_of(day, place.link)
            return {"day": self._frame.piece("insight/tile_items.html", tiles=tiles)}

        return self._streams.answer(request, put)

    async def _day(self, place: Place) -> Day:
        listing, span = place.listing, whole(place.span)
        before, spans = span.before, self._means.spans
        read = await together(
            lambda: self._reader.span(listing, span),
            lambda: self._reader.span(listing, before).total if before else None,
            lambda: self._reader.counts(listing, span),
            lambda: self._reader.counts(listing, before) if before else None,
            lambda: spans.apps(listing, span.since_us, span.until_us),
            lambda: spans.now(listing, place.now_us).running,
            lambda: spans.first_us(listing),
            lambda: spans.endpoints(listing, span.since_us, span.until_us),
        )
        return Day(
            use=read[0],
            before=read[1],
            counts=read[2],
            counts_before=read[3],
            apps=read[4],
            running=read[5],
            first_us=read[6],
            endpoints=read[7],
        )

    async def _failures(self, place: Place) -> list[Attention]:
        """What fails that did not before; nothing where there was no before."""
        listing, span = place.listing, whole(place.span)
        before = span.before
        if not before:
            return []
        now, earlier = await together(
            lambda: self._reader.causes(listing, span),
            lambda: self._reader.causes(listing, before),
        )
        return list(insight.of_failures(now, earlier))

    def _states(self, place: Place) -> list[LaunchState]:
        """Of the launches that are live, and of the chosen one alone where there is one."""
        those = (place.launch,) if place.launch else place.launches
        return [
            LaunchState(
                slug=each.listing.slug,
                closes_us=each.life.closes_us,
                audit=self._means.launches.standing(each).kind,
            )
            for each in those
            if each.life.state_at(place.now_us) == "live"
        ]

    def _curl(self, place: Place) -> str:
        """A first question to it; empty where there is nobody to ask."""
        launch = place.focus
        if launch is None or launch.life.state_at(place.now_us) != "live":
            return ""
        return calls(launch.listing, self._means.server_url() or _SERVER)[0].text


def _chores(house: House | None, behind: int | None, now_us: int) -> list[Attention]:
    if house is None:
        return list(insight.of_chores((), behind, now_us, keeper_at_us=0))
    chores = [Chore(name=each.name, problem=each.problem) for each in house.chores]
    return list(insight.of_chores(chores, behind, now_us, keeper_at_us=house.keeper_at_us))


def _worst_first(attentions: Sequence[Attention]) -> list[Attention]:
    return sorted(attentions, key=lambda each: each.weight != "bad")

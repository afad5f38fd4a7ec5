"""`/traffic`, and `/asked/prompts`: generations in lists, followed live or looked through."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from msgspec import structs
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from darkhorse.base.errors import ConfigError
from darkhorse.storage.traits import TraitFacts, TraitFilters
from darkhorse.web.desk.frame import Frame, Place
from darkhorse.web.desk.gate import stay_of
from darkhorse.web.desk.insight.export import as_csv, as_json
from darkhorse.web.desk.insight.filters import NAMES, read_before, read_filters
from darkhorse.web.desk.insight.reading import Reader, together
from darkhorse.web.desk.insight.views.chips import chips
from darkhorse.web.desk.insight.views.rows import RowList, row_list
from darkhorse.web.desk.insight.views.times import whole
from darkhorse.web.desk.insight.views.traffic import ListPage, fields_of, now_tiles
from darkhorse.web.desk.means import Means
from darkhorse.web.streams import Streams

__all__ = ["ListPages"]

_ROWS = 50
_STREAMS = 16
_NO_STORE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class ListPages:
    """Lists, each with its stream or its files."""

    def __init__(self, frame: Frame, means: Means, reader: Reader) -> None:
        self._frame, self._means, self._reader = frame, means, reader
        self._streams = Streams(most=_STREAMS)

    async def traffic(self, request: Request) -> Response:
        place, filters = await self._asked(request, ("paused",))
        is_live = not (request.query_params.get("before") or request.query_params.get("paused"))
        page = await self._list(place, filters, request.query_params)
        now = (await together(lambda: self._means.spans.now(place.listing, place.now_us)))[0]
        page = structs.replace(
            page,
            tiles=now_tiles(now),
            live=place.link("/traffic/live", **_kept(place)) if is_live else "",
            pause=place.link(paused=1) if is_live else "",
            go_on="" if is_live else place.link(paused=None, before=None),
        )
        return self._frame.page(place, "insight/traffic.html", page=page)

    async def live(self, request: Request) -> Response:
        """Server-sent events: the table and the tiles, whenever they are others."""
        place, filters = await self._asked(request)
        filters = structs.replace(filters, since_us=None, until_us=None)
        stay = stay_of(request)

        async def put() -> Mapping[str, str] | None:
            if not await stay.goes_on():
                return None
            now_us = self._means.clock.now_us()
            rows, now = await together(
                lambda: self._means.traits.rows(filters, limit=_ROWS),
                lambda: self._means.spans.now(place.listing, now_us),
            )
            shown = row_list(rows, _ROWS, place.link, is_first=True)
            piece = self._frame.piece
            return {
                "rows": piece("insight/row_lines.html", rows=shown.rows, place=place),
                "now": piece("insight/tile_items.html", tiles=now_tiles(now)),
            }

        return self._streams.answer(request, put)

    async def prompts(self, request: Request) -> Response:
        place, filters = await self._asked(request)
        page = await self._list(place, filters, request.query_params)
        page = structs.replace(
            page,
            csv=place.link("/asked/prompts.csv", **_kept(place)),
            json=place.link("/asked/prompts.json", **_kept(place)),
        )
        return self._frame.page(place, "insight/prompts.html", page=page)

    async def csv(self, request: Request) -> Response:
        return await self._file(request, as_csv, "text/csv; charset=utf-8", "csv")

    async def json(self, request: Request) -> Response:
        return await self._file(request, as_json, "application/json", "json")

    async def _file(
        self,
        request: Request,
        made: Callable[[TraitFacts, TraitFilters], AsyncIterator[str] | AsyncIterator[bytes]],
        media_type: str,
        ending: str,
    ) -> Response:
        """The list that is shown, and what is behind it. Raises ConfigError."""
        place, filters = await self._asked(request)
        if place.problem:
            raise ConfigError(place.problem)
        attached = {"Content-Disposition": f'attachment; filename="generations.{ending}"'}
        pieces = made(self._means.traits, filters)
        return StreamingResponse(pieces, 200, {**_NO_STORE, **attached}, media_type)

    async def _asked(
        self, request: Request, more: tuple[str, ...] = ()
    ) -> tuple[Place, TraitFilters]:
        """A filter that is none is a sentence on the page, which shows all."""
        place = await self._frame.place(request, keep=(*NAMES, *more))
        try:
            return place, read_filters(place, request.query_params)
        except ConfigError as e:
            return structs.replace(place, problem=place.problem or str(e)), read_filters(place, {})

    async def _list(self, place: Place, filters: TraitFilters, asked: QueryParams) -> ListPage:
        listing, span = place.listing, whole(place.span)
        before = read_before(asked.get("before", ""))
        traits = self._means.traits
        read = await together(
            lambda: traits.rows(filters, limit=_ROWS + 1, before=before),
            lambda: self._reader.sums(listing, span, "category"),
            lambda: self._reader.sums(listing, span, "language"),
            lambda: self._reader.apps(listing, span),
            traits.behind,
        )
        rows: RowList = row_list(read[0], _ROWS, place.link, is_first=before is None)
        app_name = read[3].get(filters.app or 0, "") or (
            f"app {filters.app}" if filters.app else ""
        )
        return ListPage(
            rows=rows,
            chips=tuple(chips(place.link, filters, app_name)),
            fields=fields_of(asked, read[1], read[2], read[3]),
            behind=read[4],
        )


def _kept(place: Place) -> dict[str, Any]:
    """The page's own filters, for an address beside it."""
    return {name: value for name, value in place.kept if name in NAMES}

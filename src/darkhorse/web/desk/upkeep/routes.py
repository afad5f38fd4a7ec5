"""The routes of upkeep: keys, limits, health, reports."""

import asyncio
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Launch
from darkhorse.storage.launch_view import LaunchView
from darkhorse.web.desk.forms import read_fields
from darkhorse.web.desk.frame import NO_STORE, Frame, Place
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.upkeep.health import health_page
from darkhorse.web.desk.upkeep.key_pages import KeyPages
from darkhorse.web.desk.upkeep.limits import limited, limits_page
from darkhorse.web.desk.upkeep.reports import MOST_REPORTS, REPORTS, reports_page
from darkhorse.web.desk.upkeep.turning import turned

__all__ = ["upkeep_routes"]

_FEEDBACK = 100
_MOST_NOTE = 1_000


def upkeep_routes(frame: Frame, means: Means) -> list[Route]:
    """All of them."""
    pages = _Pages(frame, means)
    return [
        *KeyPages(frame, means).routes,
        Route("/limits", pages.limits),
        Route("/health", pages.health),
        Route("/reports", pages.reports),
        Route("/reports/{id}/close", pages.close, methods=["POST"]),
    ]


class _Pages:
    def __init__(self, frame: Frame, means: Means) -> None:
        self._frame, self._means = frame, means

    async def limits(self, request: Request) -> Response:
        """Who may use how much, who is near it, what was refused."""
        place = await self._frame.place(request)
        means, live = self._means, _live(place)
        views, house, records = await asyncio.gather(
            asyncio.to_thread(self._views, live),
            asyncio.to_thread(means.house.look),
            asyncio.to_thread(means.keys.all),
        )
        hashes = [each.hash for each in limited(records, means.limits)]
        uses = await asyncio.to_thread(means.account.key_use, hashes, place.now_us)
        page = limits_page(live, views, records, uses, means.limits, house.refused)
        return self._frame.page(place, "upkeep/limits.html", page=page)

    async def health(self, request: Request) -> Response:
        """Processes, chores, disk, endpoints."""
        place = await self._frame.place(request)
        means, live = self._means, _live(place)
        views, house, index = await asyncio.gather(
            asyncio.to_thread(self._views, live),
            asyncio.to_thread(means.house.look),
            asyncio.to_thread(means.finder.state),
        )
        page = health_page(house, live, views, index)
        return self._frame.page(place, "upkeep/health.html", page=page)

    async def reports(self, request: Request) -> Response:
        """Open abuse reports, oldest first, or all, newest first; and feedback."""
        return await self._reports(request)

    async def close(self, request: Request) -> Response:
        """One is done, with a note on what was done about it."""
        report_id = request.path_params["id"]
        given = ""
        try:
            given = (await read_fields(request)).get("note", "").strip()
            await asyncio.to_thread(self._closed, report_id, given)
        except ConfigError as e:
            return await self._reports(request, refused=report_id, note=given, problem=str(e))
        place = await self._frame.place(request)
        asked = {name: request.query_params.get(name) for name in ("closed", "after")}
        return RedirectResponse(place.link("/reports", **asked), 303, NO_STORE)

    def _closed(self, report_id: str, note: str) -> None:
        if len(note) > _MOST_NOTE:
            raise ConfigError(f"A note is at most {_MOST_NOTE:,} characters.")
        if not self._means.reports.close_report(report_id, self._means.clock.now_us(), note):
            raise ConfigError("That report is closed already, or there is none of that id.")

    async def _reports(
        self, request: Request, *, refused: str = "", note: str = "", problem: str = ""
    ) -> Response:
        with_closed = request.query_params.get("closed", "") == "yes"
        place = await self._frame.place(request, keep=("closed",))
        store = self._means.reports
        found, feedback = await asyncio.gather(
            asyncio.to_thread(store.reports, closed=with_closed, limit=MOST_REPORTS),
            asyncio.to_thread(store.feedback, limit=MOST_REPORTS),
        )
        found = [each for each in found if place.listing in (None, each.listing)]
        shown, turn = turned(found[::-1] if with_closed else found, request, REPORTS)
        page = reports_page(
            shown,
            turn,
            [each for each in feedback if place.listing in (None, each.listing)][:_FEEDBACK],
            with_closed=with_closed,
            refused=refused,
            note=note,
            problem=problem,
        )
        status = 400 if problem else 200
        return self._frame.page(place, "upkeep/reports.html", status=status, page=page)

    def _views(self, launches: Sequence[Launch]) -> Mapping[str, LaunchView]:
        """Of what can be read: unreadable facts are the pages' of traffic to tell of."""
        views = {}
        for each in launches:
            try:
                views[each.listing.slug] = self._means.operator.view(each.listing.slug)
            except ConfigError:
                break
        return views


def _live(place: Place) -> list[Launch]:
    return [each for each in place.launches if each.life.state_at(place.now_us) == "live"]

"""The routes of launches: below `/launches`, by the two halves of a slug."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from darkhorse.audit.report import page_of
from darkhorse.base.errors import ConfigError
from darkhorse.catalog.audits import Audit
from darkhorse.catalog.launch import Launch
from darkhorse.launches.guard import Standing
from darkhorse.storage.launch_view import EndpointUse
from darkhorse.web.desk.forms import read_fields
from darkhorse.web.desk.frame import NO_STORE, Frame, found_launch
from darkhorse.web.desk.gate import session_of, stay_of
from darkhorse.web.desk.launches.going import Going, Goings
from darkhorse.web.desk.launches.moves import MoveKind, make_move, move_page, reason_of
from darkhorse.web.desk.launches.views import AuditPage, LaunchPage, launch_page, launch_row
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.session import Stay
from darkhorse.web.headers import FRAMED_REPORT
from darkhorse.web.views.moments import minute

__all__ = ["LaunchPages"]

_MOVES: tuple[MoveKind, ...] = ("extend", "retire", "reveal", "go-live")
_EVERY_S = 1.0
_AT = "/launches/{owner}/{name}"


class LaunchPages:
    """Its routes."""

    def __init__(self, frame: Frame, means: Means) -> None:
        self._frame, self._means = frame, means
        self._goings = Goings(means.launches, means.inspector, means.salt)
        self.routes = [
            Route("/launches", self.list),
            Route(_AT, self.show),
            Route(f"{_AT}/audits/{{id}}", self.audit),
            Route(f"{_AT}/audits/{{id}}/report", self.audit_report),
            Route(f"{_AT}/going", self.going),
            Route(f"{_AT}/going/events", self.going_events),
            *(
                Route(f"{_AT}/{kind}", partial(handle, kind=kind), methods=[method])
                for kind in _MOVES
                for method, handle in (("GET", self.ask), ("POST", self.move))
            ),
        ]

    async def list(self, request: Request) -> Response:
        """All of them, newest first."""
        place = await self._frame.place(request)
        desk, now_us = self._means.launches, self._means.clock.now_us()
        standings = await asyncio.to_thread(lambda: [desk.standing(e) for e in place.launches])
        rows = [
            launch_row(each, standing, now_us)
            for each, standing in zip(place.launches, standings, strict=True)
        ]
        return self._frame.page(place, "launches/list.html", rows=rows)

    async def show(self, request: Request) -> Response:
        """One whole."""
        place = await self._frame.place(request)
        launch = await found_launch(self._means, request)
        page = await asyncio.to_thread(self._page, launch)
        going = self._goings.find(launch.listing.slug)
        return self._frame.page(place, "launches/launch.html", page=page, going=going)

    async def audit(self, request: Request) -> Response:
        """An audit, its report in a frame."""
        place = await self._frame.place(request)
        launch = await found_launch(self._means, request)
        audit = await self._audit(request, launch)
        page = AuditPage(launch.listing.title, launch.listing.slug, audit.id, minute(audit.at_us))
        return self._frame.page(place, "launches/audit.html", page=page)

    async def audit_report(self, request: Request) -> Response:
        """Its report, which stands by itself: styles of its own, and nothing else."""
        audit = await self._audit(request, await found_launch(self._means, request))
        text = await asyncio.to_thread(page_of, audit)
        return Response(
            text.encode("utf-8", "replace"),
            media_type="text/html; charset=utf-8",
            headers={**NO_STORE, **FRAMED_REPORT},
        )

    async def _audit(self, request: Request, launch: Launch) -> Audit:
        """Raises HTTPException."""
        audits = await asyncio.to_thread(self._means.launches.audits, launch)
        found = next((each for each in audits if each.id == request.path_params["id"]), None)
        if found is None:
            raise HTTPException(404, "There is no such audit of this launch.")
        return found

    async def ask(self, request: Request, kind: MoveKind) -> Response:
        """What will happen, and a form to do it."""
        return await self._asked(request, kind, await found_launch(self._means, request))

    async def move(self, request: Request, kind: MoveKind) -> Response:
        """Does it, or says why not, with what was typed."""
        launch = await found_launch(self._means, request)
        fields: Mapping[str, str] = {}
        try:
            fields = await read_fields(request)
            await self._made(kind, launch, fields, _who(request))
        except ConfigError as e:
            return await self._asked(request, kind, launch, fields, str(e))
        end = "/going" if kind == "go-live" else ""
        return RedirectResponse(f"/launches/{launch.listing.slug}{end}", 303, NO_STORE)

    async def going(self, request: Request) -> Response:
        """How far a go-live is."""
        place = await self._frame.place(request)
        launch = await found_launch(self._means, request)
        found = self._goings.find(launch.listing.slug)
        if found is None:
            return RedirectResponse(f"/launches/{launch.listing.slug}", 303, NO_STORE)
        return self._frame.page(place, "launches/going.html", going=found)

    async def going_events(self, request: Request) -> Response:
        """The same as server-sent events, until it is over."""
        found = self._goings.find((await found_launch(self._means, request)).listing.slug)
        if found is None:
            raise HTTPException(404)
        headers = {**NO_STORE, "X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._told(found, stay_of(request)), 200, headers, "text/event-stream"
        )

    async def _told(self, going: Going, stay: Stay) -> AsyncIterator[str]:
        while await stay.goes_on():
            is_over = going.is_over
            pieces = {"going": self._frame.piece("launches/going_piece.html", going=going)}
            yield f"event: put\ndata: {json.dumps(pieces)}\n\n"
            if is_over:
                yield "event: over\ndata: \n\n"
                return
            await asyncio.sleep(_EVERY_S)

    async def _made(
        self, kind: MoveKind, launch: Launch, fields: Mapping[str, str], who: str
    ) -> Going | None:
        desk, now_us = self._means.launches, self._means.clock.now_us()
        if kind != "go-live":
            await asyncio.to_thread(make_move, kind, desk, launch, fields, who, now_us)
            return None
        reason = reason_of(fields, who)
        await asyncio.to_thread(desk.check_go_live, launch, reason)
        return self._goings.start(launch, reason, commit="commit" in fields)

    async def _asked(
        self,
        request: Request,
        kind: MoveKind,
        launch: Launch,
        given: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> Response:
        standing: Standing = await asyncio.to_thread(self._means.launches.standing, launch)
        now_us = self._means.clock.now_us()
        page = move_page(kind, launch, standing, now_us, given=given, problem=problem)
        place = await self._frame.place(request)
        status = 400 if problem else 200
        return self._frame.page(place, "launches/move.html", status=status, page=page)

    def _page(self, launch: Launch) -> LaunchPage:
        desk = self._means.launches
        uses: list[EndpointUse] = []
        problem = ""
        try:
            uses = self._means.operator.view(launch.listing.slug, launch.life.live_us).endpoints
        except ConfigError as e:
            problem = str(e)
        return launch_page(
            launch,
            desk.standing(launch),
            desk.moves(launch),
            desk.audits(launch),
            uses,
            self._means.clock.now_us(),
            problem=problem,
        )


def _who(request: Request) -> str:
    session = session_of(request)
    return session.who if session else "desk"

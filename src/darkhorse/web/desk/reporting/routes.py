"""The launch report: `/launches/{slug}/report` shows it, saves it, and takes notes for it."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from darkhorse.analytics.report.gather import gather
from darkhorse.analytics.report.public import published
from darkhorse.analytics.report.shape import Report
from darkhorse.analytics.report.sources import Sources
from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Launch
from darkhorse.storage.notes import Note
from darkhorse.web.desk.forms import read_fields
from darkhorse.web.desk.frame import NO_STORE, Frame, found_launch
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.reporting.views import (
    FORMS,
    Form,
    NoteForm,
    fields_of,
    note_of,
    note_page,
    report_page,
    saved,
)
from darkhorse.web.headers import REPORT_POLICY

__all__ = ["reporting_routes"]

_AT = "/launches/{owner}/{name}/report"
_NOTE = f"{_AT}/notes/{{id}}"


def reporting_routes(frame: Frame, means: Means) -> list[Route]:
    """Before those of launches."""
    pages = _ReportPages(frame, means)
    return [
        Route(_AT, pages.show),
        Route(f"{_AT}/save/{{form}}", pages.save),
        Route(f"{_AT}/notes", pages.add, methods=["POST"]),
        Route(_NOTE, pages.edit),
        Route(_NOTE, pages.change, methods=["POST"]),
        Route(f"{_NOTE}/delete", pages.ask),
        Route(f"{_NOTE}/delete", pages.delete, methods=["POST"]),
    ]


class _ReportPages:
    """Whatever blocks is asked in a thread."""

    def __init__(self, frame: Frame, means: Means) -> None:
        self._frame, self._means = frame, means

    async def show(self, request: Request) -> Response:
        """The report, made now, and its notes."""
        return await self._shown(request, await found_launch(self._means, request), NoteForm())

    async def save(self, request: Request) -> Response:
        """A file: for the operator, for the public, or for programs."""
        launch = await found_launch(self._means, request)
        form: Form | None = next((e for e in FORMS if e == request.path_params["form"]), None)
        if form is None:
            raise HTTPException(404, f"A report is saved as {', '.join(FORMS)}.")
        report = await asyncio.to_thread(self._report, launch, public=form == "public")
        file = await asyncio.to_thread(saved, report, form)
        headers = {
            **NO_STORE,
            "Content-Security-Policy": REPORT_POLICY,
            "Content-Disposition": f'attachment; filename="{file.name}"',
        }
        return Response(file.content, media_type=file.media_type, headers=headers)

    async def add(self, request: Request) -> Response:
        """Another note; or why not, with what was typed."""
        launch, form = await found_launch(self._means, request), NoteForm()
        try:
            form = fields_of(await read_fields(request))
            note = note_of(form, self._means.clock.now_us())
            await asyncio.to_thread(self._means.notes.add, launch.id, note)
        except ConfigError as e:
            return await self._shown(request, launch, form, str(e))
        return _back(launch)

    async def edit(self, request: Request) -> Response:
        """One note, to be changed."""
        launch = await found_launch(self._means, request)
        page = note_page(launch, await self._note(request, launch))
        return self._frame.page(await self._frame.place(request), "reporting/note.html", page=page)

    async def change(self, request: Request) -> Response:
        """Keeps it as it is now; or why not, with what was typed."""
        launch = await found_launch(self._means, request)
        note, form = await self._note(request, launch), NoteForm()
        try:
            form = fields_of(await read_fields(request))
            new = note_of(form, note.at_us, note.id)
        except ConfigError as e:
            page = note_page(launch, note, form=form, problem=str(e))
            place = await self._frame.place(request)
            return self._frame.page(place, "reporting/note.html", status=400, page=page)
        await asyncio.to_thread(self._means.notes.change, launch.id, new)
        return _back(launch)

    async def ask(self, request: Request) -> Response:
        """Is it to go?"""
        launch = await found_launch(self._means, request)
        page = note_page(launch, await self._note(request, launch), is_going=True)
        return self._frame.page(await self._frame.place(request), "reporting/note.html", page=page)

    async def delete(self, request: Request) -> Response:
        """It goes; one that is gone already is no error."""
        launch = await found_launch(self._means, request)
        await asyncio.to_thread(self._means.notes.delete, launch.id, request.path_params["id"])
        return _back(launch)

    async def _shown(
        self, request: Request, launch: Launch, form: NoteForm, problem: str = ""
    ) -> Response:
        place = await self._frame.place(request, keep=("public",))
        is_public = request.query_params.get("public", "") == "yes"
        report = await asyncio.to_thread(self._report, launch, public=is_public)
        notes = await asyncio.to_thread(self._means.notes.notes, launch.id)
        page = report_page(report, notes=notes, form=form, problem=problem)
        status = 400 if problem else 200
        return self._frame.page(place, "reporting/report.html", status=status, page=page)

    def _report(self, launch: Launch, *, public: bool) -> Report:
        means, slug = self._means, launch.listing.slug
        refused = means.house.look().refused
        report = gather(
            Sources(
                launch=launch,
                moves=means.launches.moves(launch),
                audits=means.launches.audits(launch),
                spans=means.spans,
                traits=means.traits,
                figures=means.figures,
                records=means.records,
                reports=means.reports,
                notes=means.notes,
                turned_away=None if refused is None else refused.get(slug, {}),
            ),
            means.clock.now_us(),
        )
        if not public:
            return report
        return published(report, is_paced=launch.listing.rhythm.is_paced)

    async def _note(self, request: Request, launch: Launch) -> Note:
        for each in await asyncio.to_thread(self._means.notes.notes, launch.id):
            if each.id == request.path_params["id"]:
                return each
        raise HTTPException(404, "There is no such note; it was deleted.")


def _back(launch: Launch) -> Response:
    return RedirectResponse(f"/launches/{launch.listing.slug}/report#notes", 303, NO_STORE)

"""Who is behind an API: a form, a run that can be watched, a report to take along."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from darkhorse.attribution.report.page import exhibit_cards, verdict_charts
from darkhorse.attribution.report.report import json_of, page_of
from darkhorse.attribution.report.words import LEVELS, how_sure, meaning, next_step, set_sentence
from darkhorse.attribution.verdict import Case
from darkhorse.base.errors import ConfigError
from darkhorse.web.desk.forms import read_fields
from darkhorse.web.desk.frame import NO_STORE, Frame
from darkhorse.web.desk.gate import stay_of
from darkhorse.web.desk.order import DIALECTS, MOST_KEY, MOST_MODEL, MOST_URL, read_order
from darkhorse.web.desk.runs import Investigator, Run, Runs
from darkhorse.web.desk.session import Stay
from darkhorse.web.headers import REPORT_POLICY

__all__ = ["UnmaskPages"]

_MOST_FORM = 16_384
_STILL_THERE_S = 15.0
_SHOWN = ("url", "model", "dialect", "budget")  # never the key


class UnmaskPages:
    """Its routes, below `/unmask`."""

    def __init__(self, frame: Frame, runs: Runs, investigator: Investigator) -> None:
        self._frame, self._runs, self._investigator = frame, runs, investigator
        self.routes = [
            Route("/unmask", self.form, methods=["GET"]),
            Route("/unmask", self.start, methods=["POST"]),
            Route("/unmask/{id}", self.run),
            Route("/unmask/{id}/events", self.events),
            Route("/unmask/{id}/stop", self.stop, methods=["POST"]),
            Route("/unmask/{id}/report", self.report),
            Route("/unmask/{id}/case.json", self.case),
        ]

    async def form(self, request: Request) -> Response:
        return await self._form(request, {}, "", 200)

    async def start(self, request: Request) -> Response:
        fields: Mapping[str, str] = {}
        try:
            fields = await read_fields(request, most=_MOST_FORM)
            run = self._runs.start(read_order(fields))
        except ConfigError as e:
            return await self._form(request, fields, str(e), 400)
        return RedirectResponse(f"/unmask/{run.id}", 303)

    async def run(self, request: Request) -> Response:
        run = self._found(request)
        case = run.case
        return self._frame.page(
            await self._frame.place(request),
            "run.html",
            run=run,
            case=case,
            cards=exhibit_cards(case.evidence if case else run.seen.evidence),
            charts=verdict_charts(case.verdict, self._investigator.known) if case else (),
            words=_words(run),
        )

    async def events(self, request: Request) -> Response:
        run = self._found(request)
        headers = {**NO_STORE, "X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._told(run, stay_of(request)), 200, headers, "text/event-stream"
        )

    async def stop(self, request: Request) -> Response:
        run = self._found(request)
        await self._runs.stop(run)
        return RedirectResponse(f"/unmask/{run.id}", 303)

    async def report(self, request: Request) -> Response:
        """Self-contained, so it may have styles of its own, and nothing else."""
        run = self._found(request)
        page = _of_case(run, lambda case: page_of(case, self._investigator.known))
        headers = {"Content-Security-Policy": REPORT_POLICY, **_attached(request, "html")}
        return Response(page, media_type="text/html; charset=utf-8", headers=headers)

    async def case(self, request: Request) -> Response:
        text = _of_case(self._found(request), json_of)
        return Response(text, media_type="application/json", headers=_attached(request, "json"))

    async def _form(
        self, request: Request, fields: Mapping[str, str], problem: str, status: int
    ) -> Response:
        return self._frame.page(
            await self._frame.place(request),
            "form.html",
            status=status,
            given={name: fields.get(name, "")[:MOST_URL] for name in _SHOWN},
            problem=problem,
            dialects=DIALECTS,
            estimates=self._investigator.estimates,
            limits={"url": MOST_URL, "model": MOST_MODEL, "key": MOST_KEY},
            runs=list(self._runs),
        )

    def _found(self, request: Request) -> Run:
        run = self._runs.find(request.path_params["id"])
        if run is None:
            raise HTTPException(404)
        return run

    async def _told(self, run: Run, stay: Stay) -> AsyncIterator[str]:
        """Server-sent events: how far it is, and the exhibits when there are others."""
        shown: object = None
        while await stay.goes_on():
            change = run.change
            yield _event("progress", self._frame.piece("progress.html", run=run))
            if run.seen.evidence != shown:
                shown = run.seen.evidence
                cards = exhibit_cards(run.seen.evidence)
                yield _event("exhibits", self._frame.piece("exhibit_list.html", cards=cards))
            if run.is_over:
                yield _event("over", run.state)
                return
            while not await _is_set(change):
                if not await stay.goes_on():
                    return
                yield ": still there\n\n"


async def _is_set(change: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(_STILL_THERE_S):
            return await change.wait()
    except TimeoutError:
        return False


def _event(name: str, text: str) -> str:
    lines = "".join(f"data: {line}\n" for line in text.split("\n"))
    return f"event: {name}\n{lines}\n"


def _words(run: Run) -> dict[str, object]:
    """The verdict's, where there is one."""
    if run.case is None:
        return {}
    verdict = run.case.verdict
    return {
        "level": LEVELS[verdict.outcome],
        "meaning": meaning(verdict),
        "how_sure": how_sure(verdict),
        "within": set_sentence(verdict),
        "next": next_step(verdict),
    }


def _of_case(run: Run, render: Callable[[Case], str]) -> bytes:
    if run.case is None:
        raise HTTPException(404)
    return render(run.case).encode("utf-8", "replace")


def _attached(request: Request, kind: str) -> dict[str, str]:
    headers = dict(NO_STORE)
    if "save" in request.query_params:
        headers["Content-Disposition"] = f'attachment; filename="unmask.{kind}"'
    return headers

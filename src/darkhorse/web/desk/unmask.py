"""Who is behind an API: a form, a run that can be watched, a report to take along."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from darkhorse.attribution.report.page import exhibit_cards, verdict_charts
from darkhorse.attribution.report.report import json_of, page_of
from darkhorse.attribution.report.words import LEVELS, how_sure, meaning, next_step, set_sentence
from darkhorse.attribution.verdict import Case
from darkhorse.base.errors import ConfigError
from darkhorse.web.desk.order import DIALECTS, MOST_KEY, MOST_MODEL, MOST_URL, read_order
from darkhorse.web.desk.rendering import Desktop
from darkhorse.web.desk.runs import Investigator, Run, Runs

__all__ = ["UnmaskPages"]

_MOST_FORM = 16_384
_FORM_S = 10.0
_STILL_THERE_S = 15.0
_SHOWN = ("url", "model", "dialect", "budget")  # never the key
_REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)


class UnmaskPages:
    """Its routes, below `/unmask`."""

    def __init__(self, desktop: Desktop, runs: Runs, investigator: Investigator) -> None:
        self._desktop, self._runs, self._investigator = desktop, runs, investigator
        self.routes = [
            Route("/unmask", self.form, methods=["GET"]),
            Route("/unmask", self.start, methods=["POST"]),
            Route("/unmask/{id}", self.run),
            Route("/unmask/{id}/events", self.events),
            Route("/unmask/{id}/stop", self.stop, methods=["POST"]),
            Route("/unmask/{id}/report", self.report),
            Route("/unmask/{id}/case.json", self.case),
        ]

    async def form(self, _: Request) -> Response:
        return self._form({}, "", 200)

    async def start(self, request: Request) -> Response:
        fields: Mapping[str, str] = {}
        try:
            fields = await _fields(request)
            run = self._runs.start(read_order(fields))
        except ConfigError as e:
            return self._form(fields, str(e), 400)
        return RedirectResponse(f"/unmask/{run.id}", 303)

    async def run(self, request: Request) -> Response:
        run = self._found(request)
        case = run.case
        return self._desktop.page(
            "run.html",
            run=run,
            case=case,
            cards=exhibit_cards(case.evidence if case else run.seen.evidence),
            charts=verdict_charts(case.verdict, self._investigator.known) if case else (),
            words=_words(run),
        )

    async def events(self, request: Request) -> Response:
        run = self._found(request)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._told(run), 200, headers, "text/event-stream")

    async def stop(self, request: Request) -> Response:
        run = self._found(request)
        await self._runs.stop(run)
        return RedirectResponse(f"/unmask/{run.id}", 303)

    async def report(self, request: Request) -> Response:
        """Self-contained, so it may have styles of its own, and nothing else."""
        run = self._found(request)
        page = _of_case(run, lambda case: page_of(case, self._investigator.known))
        headers = {"Content-Security-Policy": _REPORT_POLICY, **_attached(request, "html")}
        return Response(page, media_type="text/html; charset=utf-8", headers=headers)

    async def case(self, request: Request) -> Response:
        text = _of_case(self._found(request), json_of)
        return Response(text, media_type="application/json", headers=_attached(request, "json"))

    def _form(self, fields: Mapping[str, str], problem: str, status: int) -> Response:
        return self._desktop.page(
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

    async def _told(self, run: Run) -> AsyncIterator[str]:
        """Server-sent events: how far it is, and the exhibits when there are others."""
        shown: object = None
        while True:
            change = run.change
            yield _event("progress", self._desktop.piece("progress.html", run=run))
            if run.seen.evidence != shown:
                shown = run.seen.evidence
                cards = exhibit_cards(run.seen.evidence)
                yield _event("exhibits", self._desktop.piece("exhibit_list.html", cards=cards))
            if run.is_over:
                yield _event("over", run.state)
                return
            while not await _is_set(change):
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


async def _fields(request: Request) -> dict[str, str]:
    """Raises ConfigError where it is no small form, or does not come."""
    body = bytearray()
    try:
        async with asyncio.timeout(_FORM_S):
            async for piece in request.stream():
                body += piece
                if len(body) > _MOST_FORM:
                    raise ConfigError("The form is far too long.")
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=16))
    except (TimeoutError, ValueError):
        raise ConfigError("The form did not come as browsers send one.") from None


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
    headers = {"Cache-Control": "no-store"}
    if "save" in request.query_params:
        headers["Content-Disposition"] = f'attachment; filename="unmask.{kind}"'
    return headers

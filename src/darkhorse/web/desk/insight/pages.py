"""`/asked`, `/trouble`, `/search` and `/generation/{id}`."""

import asyncio
from typing import Any

from markupsafe import Markup
from msgspec import structs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from darkhorse.analytics.topics import QUALITY
from darkhorse.base.errors import ConfigError
from darkhorse.storage.finding import Findings, IndexState
from darkhorse.storage.traits import Facet, FacetSum
from darkhorse.web.answers import answer_html, artefact_response
from darkhorse.web.desk.frame import NO_STORE, Frame, Place
from darkhorse.web.desk.insight.reading import Reader, together
from darkhorse.web.desk.insight.views.artefacts import MEDIA_TYPES, artefacts_of
from darkhorse.web.desk.insight.views.asked import (
    FEW_APPS,
    MOST_APPS,
    OVER_TIME,
    asked_page,
    over_time,
    quality_words,
)
from darkhorse.web.desk.insight.views.generation import generation_page
from darkhorse.web.desk.insight.views.rows import generation_path
from darkhorse.web.desk.insight.views.search import SearchPage, index_words, search_page
from darkhorse.web.desk.insight.views.times import step_hours, whole
from darkhorse.web.desk.insight.views.trouble import trouble_page
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.span import Span
from darkhorse.web.desk.upkeep.reports import MOST_REPORTS, REPORTS

__all__ = ["InsightPages"]

_FACETS: tuple[Facet, ...] = ("category", "language", "length", "turns", "tools", "dialect")
_HITS = 20
_LONGEST = 500
_DIGITS = 18
_NO_ARTEFACT = "There is no such page or picture in that answer."
_NO_GENERATION = "There is no such generation here: it was erased, or its id is another one."


class InsightPages:
    """What people ask, where it breaks, what they wrote."""

    def __init__(self, frame: Frame, means: Means, reader: Reader) -> None:
        self._frame, self._means, self._reader = frame, means, reader

    async def asked(self, request: Request) -> Response:
        place = await self._frame.place(request, keep=("all_apps", "over"))
        listing, span = place.listing, whole(place.span)
        step = step_hours(span)
        most_apps = MOST_APPS if request.query_params.get("all_apps") else FEW_APPS
        given = request.query_params.get("over")
        over = next((facet for facet in OVER_TIME if facet == given), OVER_TIME[0])
        hours, behind, (by_app, apps), *sums = await self._reader.shared.of(
            ("asked", listing, span, most_apps, over),
            lambda: self._counted(listing, span, most_apps, over),
        )
        page = asked_page(
            {"app": by_app, **dict(zip(_FACETS, sums, strict=True))},
            over_time(hours, span.since_us, span.until_us, step, over),
            place.link,
            apps,
            over=over,
            most_apps=most_apps,
            behind=behind,
            quality=quality_words(QUALITY),
        )
        return self._frame.page(place, "insight/asked.html", page=page)

    async def _counted(
        self, listing: str | None, span: Span, most_apps: int, over: Facet
    ) -> list[Any]:
        """Values of `over` by time, how far behind, apps with names, and each of `_FACETS`."""
        traits = self._means.traits
        by_time = traits.hours if step_hours(span) == 1 else traits.days
        return await together(
            lambda: by_time(listing, span.since_us, span.until_us - 1, over),
            traits.behind,
            lambda: self._by_app(listing, span, most_apps),
            *((lambda of=facet: self._reader.sums(listing, span, of)) for facet in _FACETS),
        )

    def _by_app(
        self, listing: str | None, span: Span, most: int
    ) -> tuple[list[FacetSum], dict[int, str]]:
        """With names; one more than are shown, so that it is known whether there are more."""
        if most == FEW_APPS:
            found = self._reader.most(listing, span, "app", "requests", most + 1)
        else:
            found = self._reader.sums(listing, span, "app")[: most + 1]
        return found, self._reader.app_names(found)

    async def trouble(self, request: Request) -> Response:
        place = await self._frame.place(request)
        page = trouble_page(
            await self._reader.trouble(place.listing, whole(place.span)), place.link
        )
        return self._frame.page(place, "insight/trouble.html", page=page)

    async def search(self, request: Request) -> Response:
        """Words; or an id, a session, a key's label, which lead on to what they name."""
        place = await self._frame.place(request, keep=("q",))
        name = request.query_params.get("name", "").strip()[:_LONGEST]
        words = request.query_params.get("q", "")[:_LONGEST].strip()
        if name:
            return await self._named(place, name, words)
        return self._frame.page(
            place, "insight/search.html", page=await self._found(place, words, _until(request))
        )

    async def generation(self, request: Request) -> Response:
        place = await self._frame.place(request)
        name: str = request.path_params["id"]
        found = await asyncio.to_thread(self._means.records.recorded, name)
        if found is None:
            raise HTTPException(404, _NO_GENERATION)
        known = await self._reader.known(name, found.start.key)
        page = await asyncio.to_thread(generation_page, found, known, place.link, self._rendered)
        return self._frame.page(place, "insight/generation.html", page=page)

    async def request(self, request: Request) -> Response:
        """The body as it came, to be kept."""
        found = await asyncio.to_thread(self._means.records.recorded, request.path_params["id"])
        if found is None or found.request is None:
            raise HTTPException(404, _NO_GENERATION)
        attached = {"Content-Disposition": 'attachment; filename="request.json"'}
        return Response(found.request, 200, {**NO_STORE, **attached}, "application/json")

    async def artefact(self, request: Request) -> Response:
        """A page or picture that the model wrote, for a frame without an origin and script."""
        found = await asyncio.to_thread(self._means.records.recorded, request.path_params["id"])
        made = artefacts_of(found.answer.content) if found and found.answer else []
        at: int = request.path_params["at"]
        if at >= len(made):
            raise HTTPException(404, _NO_ARTEFACT)
        content = made[at].code.encode("utf-8", "replace")
        return artefact_response(request, content, MEDIA_TYPES[made[at].kind])

    def _rendered(self, text: str) -> Markup:
        return answer_html(text, self._means.clock)

    async def _found(self, place: Place, words: str, until_us: int | None) -> SearchPage:
        index = await self._index()
        if not words:
            return SearchPage(asked=words, index=index_words(index))
        try:
            found = await asyncio.to_thread(self._find, place, words, until_us)
        except ConfigError as e:
            return SearchPage(asked=words, index=index_words(index), problem=str(e))
        return search_page(words, found, index, _HITS, place.link)

    def _find(self, place: Place, words: str, until_us: int | None) -> Findings:
        span = whole(place.span)
        return self._means.finder.find(
            words,
            listing=place.listing,
            since_us=span.since_us,
            until_us=min(span.until_us, until_us or span.until_us),
            limit=_HITS,
        )

    async def _index(self) -> IndexState:
        try:
            return await asyncio.to_thread(self._means.finder.state)
        except ConfigError:
            return IndexState(exists=False)

    async def _named(self, place: Place, name: str, words: str) -> Response:
        found = await asyncio.to_thread(self._where, place, name)
        if found:
            return RedirectResponse(found, 303, NO_STORE)
        page = structs.replace(
            await self._found(place, words, None),
            name=name,
            problem=f"Nothing is called `{name[:100]}`: no generation's id, no key's label or "
            "first letters of its hash, no session, no report.",
        )
        return self._frame.page(place, "insight/search.html", page=page, status=404)

    def _where(self, place: Place, name: str) -> str:
        """The address of what is called so; empty where nothing is."""
        if self._means.records.recorded(name) is not None:
            return generation_path(name)
        if name.startswith("rep-"):
            return self._report(place, name)
        try:
            key = self._means.keys.find(name)
        except ConfigError:
            return self._session(place, name)
        return place.link("/asked/prompts", key=key.hash, span="all")

    def _report(self, place: Place, name: str) -> str:
        """Where it stands among all, newest first."""
        found = self._means.reports.reports(closed=True, limit=MOST_REPORTS)[::-1]
        at = next((at for at, each in enumerate(found) if each.id == name), None)
        if at is None:
            return ""
        after = at // REPORTS * REPORTS or None
        return place.link("/reports", launch=None, closed="yes", after=after) + f"#{name}"

    def _session(self, place: Place, name: str) -> str:
        """A session, or a person, by its hash."""
        for field in ("session", "person"):
            if self._reader.sample(None, whole(place.span), **{field: name}):
                return place.link("/asked/prompts", launch=None, **{field: name})
        return ""


def _until(request: Request) -> int | None:
    """Where the last page of hits ended."""
    given = request.query_params.get("until", "")
    is_number = given.isascii() and given.isdecimal() and len(given) <= _DIGITS
    return int(given) if is_number else None

"""What every page of the desk stands in: masthead, chooser of launch and time, who is here."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct, structs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Launch
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.span import DEFAULT, SPANS, Span, read_span
from darkhorse.web.rendering import Renderer

__all__ = ["NAV", "NO_STORE", "Frame", "Place", "found_launch"]

NO_STORE = {"Cache-Control": "no-store"}
NAV = (
    ("/", "Overview"),
    ("/traffic", "Traffic"),
    ("/asked", "Asked"),
    ("/trouble", "Trouble"),
    ("/search", "Search"),
    ("/launches", "Launches"),
    ("/keys", "Keys"),
    ("/health", "Health"),
    ("/reports", "Reports"),
    ("/unmask", "Unmask"),
)
_WITHOUT_DATA = NAV[-1:]
_NO_TIME = Span(DEFAULT, SPANS[DEFAULT][0], 0, 0)


class Place(Struct, frozen=True, kw_only=True):
    """Where a page stands. `launch` is the chosen one; None: all of them together."""

    path: str
    nav: Sequence[tuple[str, str]] = NAV
    launches: tuple[Launch, ...] = ()  # newest first
    launch: Launch | None = None
    span: Span = _NO_TIME
    kept: tuple[tuple[str, str], ...] = ()  # of the page's own query, e.g. its filters
    problem: str = ""
    now_us: int = 0

    @property
    def listing(self) -> str | None:
        """The chosen launch's slug, as readers of facts want it."""
        return self.launch.listing.slug if self.launch else None

    @property
    def focus(self) -> Launch | None:
        """The chosen launch; else the newest that is live; else the newest. None: there is none."""
        live = (each for each in self.launches if each.life.state_at(self.now_us) == "live")
        return self.launch or next(live, None) or next(iter(self.launches), None)

    @property
    def spans(self) -> Iterable[tuple[str, str]]:
        """Name and label of each that can be chosen."""
        return ((name, label) for name, (label, _) in SPANS.items())

    def link(self, path: str = "", **changes: object) -> str:
        """Address of the page, or of another, with launch, time and filters; None: without it."""
        given: dict[str, object] = {"launch": self.listing, "span": self.span.name}
        given |= {**(dict(self.kept) if path in ("", self.path) else {}), **changes}
        asked = {name: str(value) for name, value in given.items() if value not in (None, "")}
        if asked.get("span") == DEFAULT:
            del asked["span"]
        query = urlencode(asked, errors="replace")
        return (path or self.path) + (f"?{query}" if query else "")

    def is_at(self, path: str) -> bool:
        """Is this page the one at `path`, or below it?"""
        return self.path == path or (path != "/" and self.path.startswith(f"{path}/"))


class Frame:
    """Makes places and pages. `means` is None where there is no data directory to read."""

    def __init__(self, renderer: Renderer, means: Means | None) -> None:
        self._renderer, self._means = renderer, means

    async def place(self, request: Request, *, keep: Sequence[str] = ()) -> Place:
        """Of this request; `keep` are names in its query that links of the page go on carrying.

        A launch or time that is none is a sentence in `problem`, and the default stands.
        """
        path, asked = request.scope["path"], request.query_params
        if self._means is None:
            return Place(path=path, nav=_WITHOUT_DATA)
        kept = tuple((name, asked[name]) for name in keep if asked.get(name))
        found = await asyncio.to_thread(self._means.launches.launches)
        place = Place(
            path=path, launches=tuple(reversed(found)), kept=kept, now_us=self._means.clock.now_us()
        )
        return _timed(_chosen(place, asked.get("launch", "")), asked.get("span", ""))

    def page(
        self,
        place: Place,
        template: str,
        /,
        *,
        status: int = 200,
        headers: dict[str, str] = NO_STORE,
        **values: Any,
    ) -> Response:
        """A page that no cache keeps. Its template extends `layout.html`; `place` is in it too."""
        status = 400 if place.problem and status == 200 else status
        data = self._means.data if self._means else ""
        return self._renderer.page(
            template, status=status, headers=headers, place=place, data=data, **values
        )

    def bare(self, template: str, /, *, status: int = 200, **values: Any) -> Response:
        """A page before the gate: it stands nowhere, and says nothing of what is behind."""
        return self._renderer.page(template, status=status, headers=NO_STORE, **values)

    def piece(self, template: str, /, **values: Any) -> str:
        """The text of a piece of a page."""
        return self._renderer.piece(template, **values)


async def found_launch(means: Means, request: Request) -> Launch:
    """The one whose address is asked for, by the two halves of its name. Raises HTTPException."""
    slug = "{owner}/{name}".format(**request.path_params)
    for each in await asyncio.to_thread(means.launches.launches):
        if slug in each.listing.names:
            return each
    raise HTTPException(404, f"There is no launch `{slug[:100]}`.")


def _chosen(place: Place, slug: str) -> Place:
    if not slug:
        return place
    for each in place.launches:
        if slug in each.listing.names:
            return structs.replace(place, launch=each)
    return structs.replace(place, problem=f"There is no launch `{slug[:100]}`; choose another.")


def _timed(place: Place, name: str) -> Place:
    those = (place.launch,) if place.launch else place.launches
    began_us = min((each.life.created_us for each in those), default=0)
    try:
        return structs.replace(place, span=read_span(name, place.now_us, began_us))
    except ConfigError as e:
        span = read_span("", place.now_us, began_us)
        return structs.replace(place, span=span, problem=place.problem or str(e))

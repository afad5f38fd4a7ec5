"""`/live`, `/live/{slug}`: what an open page keeps true."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from darkhorse.web.questions import Questions
from darkhorse.web.streams import Streams
from darkhorse.web.views.home import home_tiles
from darkhorse.web.views.launch import launch_tiles
from darkhorse.web.views.tiles import puts

__all__ = ["LivePages"]


class LivePages:
    """Streams over the readings that all visitors share."""

    def __init__(self, questions: Questions, streams: Streams) -> None:
        self._questions = questions
        self._streams = streams

    async def home(self, request: Request) -> Response:
        return self._streams.answer(request, self._home)

    async def launch(self, request: Request) -> Response:
        slug: str = request.path_params["slug"]
        known = await self._questions.known()
        if slug not in known.titles:
            raise HTTPException(404)

        async def put() -> Mapping[str, str] | None:
            return await self._launch(slug)

        return self._streams.answer(request, put)

    async def _home(self) -> Mapping[str, str]:
        return puts(home_tiles(await self._questions.known()))

    async def _launch(self, slug: str) -> Mapping[str, str] | None:
        """None after its end: then its figures change no more."""
        known = await self._questions.known()
        launch = known.find(slug)
        if launch is None or known.state(launch) != "live":
            return None
        return puts(launch_tiles(launch, known, await self._questions.live(launch, known)))

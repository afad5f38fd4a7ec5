"""What is read by programs: the feed, and texts for language models."""

import hashlib

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from darkhorse.base.address import base_url
from darkhorse.web.questions import Questions
from darkhorse.web.views.feed import feed
from darkhorse.web.views.llms import launch_text, site_text

__all__ = ["Texts", "base_url_of"]

_AWAY = "Which models are live cannot be read just now. Try again in a moment.\n"
_CHECK_EACH_TIME = {"Cache-Control": "no-cache"}


class Texts:
    """Made from the same readings as the pages."""

    def __init__(self, questions: Questions, fallback_host: str) -> None:
        self._questions = questions
        self._fallback_host = fallback_host

    async def site_text(self, request: Request) -> Response:
        known = await self._questions.known()
        if known.launches is None:
            return _away()
        text = site_text(known, base_url_of(request, self._fallback_host))
        return PlainTextResponse(text, headers=_CHECK_EACH_TIME)

    async def launch_text(self, request: Request) -> Response:
        known = await self._questions.known()
        if known.launches is None:
            return _away()
        launch = known.find(request.path_params["name"])
        if launch is None:
            raise HTTPException(404)
        text = launch_text(launch, known, base_url_of(request, self._fallback_host))
        return PlainTextResponse(text, headers=_CHECK_EACH_TIME)

    async def feed(self, request: Request) -> Response:
        """Readers of feeds come often and find nothing new: then they are told only that."""
        known = await self._questions.known()
        if known.launches is None:
            return _away()
        body = feed(known, base_url_of(request, self._fallback_host)).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**_CHECK_EACH_TIME, "ETag": etag}
        known_tags = request.headers.get("if-none-match", "")
        if etag in (each.strip().removeprefix("W/") for each in known_tags.split(",")):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/rss+xml")


def base_url_of(request: Request, fallback_host: str) -> str:
    """Where whoever asks reaches us."""
    headers = request.headers
    return base_url(headers.get("host"), headers.get("x-forwarded-proto"), fallback_host)


def _away() -> Response:
    return PlainTextResponse(_AWAY, 503, headers=_CHECK_EACH_TIME)

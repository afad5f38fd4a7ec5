"""HTML and SVG that a model wrote, shown as they are: in a frame that has no origin.

The policy is the answer's own, so it holds even where somebody opens it outside of a frame. Without
script it loads nothing and sends nothing. Script runs where somebody asks for it: it reaches
neither our pages nor a cookie nor any HTTP, but no policy keeps it from WebRTC, so it can tell
others who is looking.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

__all__ = ["artefact_response"]

_HEADERS: Final = {
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_POLICY: Final = (
    "default-src 'none'; {}style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_STILL: Final = "sandbox; " + _POLICY.format("")
_RUNNING: Final = "sandbox allow-scripts; " + _POLICY.format("script-src 'unsafe-inline'; ")
_NOT_FRAMED: Final = "What a model made is shown inside its page only.\n"


def artefact_response(
    request: Request,
    content: bytes,
    media_type: str = "text/html; charset=utf-8",
    *,
    runs: bool = False,
) -> Response:
    """The only answer of ours that may be framed, by our own pages. `runs`: its script too.

    403 where a browser opens it by itself: our address above a stranger's page is a lie.
    """
    if request.headers.get("sec-fetch-dest", "iframe") != "iframe":
        return PlainTextResponse(_NOT_FRAMED, 403, {"Cache-Control": "no-store"})
    headers = {**_HEADERS, "Content-Security-Policy": _RUNNING if runs else _STILL}
    return Response(content, media_type=media_type, headers=headers)

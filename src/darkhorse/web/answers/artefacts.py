"""HTML and SVG that a model wrote, shown as they are: in a frame that has no origin.

The policy is the answer's own, so it holds even where somebody opens it outside of a frame: it runs
script, and reaches neither a network, nor our pages, nor a cookie.
"""

from typing import Final

from starlette.responses import Response

__all__ = ["ARTEFACT_HEADERS", "artefact_response"]

ARTEFACT_HEADERS: Final = {
    "Content-Security-Policy": (
        "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
        "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def artefact_response(content: bytes, media_type: str = "text/html; charset=utf-8") -> Response:
    """The only answer of ours that may be framed, by our own pages."""
    return Response(content, media_type=media_type, headers=ARTEFACT_HEADERS)

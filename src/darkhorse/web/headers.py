"""The same security headers on every answer, errors too."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FRAMED_REPORT", "REPORT_POLICY", "SecurityHeaders"]

REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
"""For a report that stands by itself: it may have styles of its own, and do nothing."""

FRAMED_REPORT: Final = {
    "Content-Security-Policy": REPORT_POLICY.replace("ancestors 'none'", "ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}
"""The same for one that a page of ours has in a frame."""

_OPENER: Final = "Cross-Origin-Opener-Policy"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    _OPENER: "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeaders:
    """Pure ASGI, around a whole app: Starlette's own 500 is outside its middleware.

    `others`: headers of an app's own, in the place of ours of that name. What an answer sets
    itself stays.
    """

    def __init__(self, app: ASGIApp, others: Mapping[str, str] | None = None) -> None:
        self._app = app
        self._headers = {**_HEADERS, **(others or {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if "sandbox" in headers["content-security-policy"]:
                    del headers[_OPENER]  # browsers refuse a page that has both
            await send(message)

        await self._app(scope, receive, send_with_headers)

"""The playground's door to the API: a browser's cookie in place of a key in a header.

A cookie is sent by whatever page asks, so here it counts from where a request comes: only a page of
this very origin is let in, and none of CORS holds. Behind the door it is a request like any other:
the cookie has become `Authorization`, and nothing that is logged or written down has it.
"""

from darkhorse.accounts.cookie import cookie_name, kept_key
from darkhorse.accounts.keys import is_for_management
from darkhorse.api.asgi import Headers, Message, Scope, Send, header
from darkhorse.base.errors import Forbidden, Unauthorized, UnknownRoute, WrongMethod
from darkhorse.base.same_origin import is_from
from darkhorse.base.secret import Secret

__all__ = ["inner_path", "is_from_here", "kept_private", "let_in"]

_DOOR = "/playground/v1/"
_API = "/api/v1/"
_TAKEN = {"/api/v1/chat/completions": "POST", "/api/v1/generation": "GET"}
_TITLE = b"Darkhorse playground"
_PRIVATE = {
    b"cache-control": b"no-store",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
_REPLACED = frozenset(
    {
        *(b"authorization", b"cookie", b"x-api-key"),
        *(b"http-referer", b"referer", b"x-title", b"x-openrouter-title"),
    }
)


def inner_path(path: str) -> str:
    """The API's path behind the door; any other path as it is."""
    return _API + path[len(_DOOR) :] if path.startswith(_DOOR) else path


def let_in(scope: Scope) -> Scope:
    """The request as the API knows it; any other as it is.

    Raises Forbidden for another site's page, Unauthorized without a key or with a management key,
    UnknownRoute and WrongMethod for what the playground does not ask.
    """
    path = inner_path(scope["path"])
    if path == scope["path"]:
        return scope
    wanted = _TAKEN.get(path)
    if wanted is None:
        raise UnknownRoute
    if scope["method"] != wanted:
        raise _wrong_method(wanted)
    if not is_from_here(scope):
        raise Forbidden("This is for the playground's own page; call /api/v1 with your key.")
    cookies = (str(value, "latin-1") for name, value in scope["headers"] if name == b"cookie")
    key = kept_key(cookies, cookie_name(header(scope, b"x-forwarded-proto")))
    if key is None:
        raise Unauthorized("No key is kept in this browser; enter one on the playground first.")
    if is_for_management(key):
        raise Unauthorized("A management key stays out of browsers' playgrounds; use another.")
    return {**scope, "path": path, "raw_path": path.encode(), "headers": _headers(scope, key)}


def kept_private(send: Send) -> Send:
    """`send`, for behind the door: what a cookie opened, no cache may hold as everybody's."""

    async def private(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [pair for pair in message["headers"] if pair[0] not in _PRIVATE]
            message = {**message, "headers": [*own, *_PRIVATE.items()]}
        await send(message)

    return private


def is_from_here(scope: Scope) -> bool:
    """Was it sent by a page of this very origin?"""
    sent = {name for name, _ in scope["headers"]}
    site = header(scope, b"sec-fetch-site") if b"sec-fetch-site" in sent else None
    origin = header(scope, b"origin") if b"origin" in sent else None
    return is_from(site, origin, header(scope, b"host"))


def _headers(scope: Scope, key: Secret) -> Headers:
    kept = [pair for pair in scope["headers"] if pair[0] not in _REPLACED]
    return [*kept, (b"authorization", b"Bearer " + key.reveal().encode()), (b"x-title", _TITLE)]


def _wrong_method(wanted: str) -> WrongMethod:
    refusal = WrongMethod(f"Use {wanted} here.")
    refusal.allowed = wanted
    return refusal

"""The routes that begin generations, in every dialect: the hot ones, straight on ASGI."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import structs

from darkhorse.accounts.keys import KeyRing
from darkhorse.api.asgi import Receive, Scope, Send, header, read_body, send_bytes
from darkhorse.api.caller import Callers
from darkhorse.api.reply import Reply
from darkhorse.api.visits import Visit, visit_of
from darkhorse.base.errors import (
    DarkhorseError,
    Internal,
    RateLimited,
    ServerError,
    UnsupportedEncoding,
)
from darkhorse.base.settings import ServerSettings
from darkhorse.router.router import Begun, Router
from darkhorse.router.wishes import may_pass_on
from darkhorse.storage.ports import KeyRecord
from darkhorse.wire.dialects import CLIENTS
from darkhorse.wire.request import GenerationRequest

__all__ = ["COUNT", "HOT", "PREFIXES", "GenerationRoutes"]

PREFIXES = ("/api/v1/", "/v1/", "/api/openrouter/", "/api/openrouter/v1/")
"""Where the API is mounted. Kilo's gateway looks for it below /api/openrouter."""
_PATHS = {
    "chat": "chat/completions",
    "completions": "completions",
    "responses": "responses",
    "messages": "messages",
    "embeddings": "embeddings",
}
HOT: Mapping[str, str] = {prefix + _PATHS[name]: name for prefix in PREFIXES for name in CLIENTS}
"""The dialect spoken at each path where a generation may begin."""
COUNT: Mapping[str, str] = {
    f"{prefix}{_PATHS[name]}/count_tokens": name
    for prefix in PREFIXES
    for name, client in CLIENTS.items()
    if client.count
}
"""The dialect spoken at each path where a prompt is only measured."""

_SESSION = 256  # characters of a conversation's name


class GenerationRoutes:
    """Reads a request, runs it, writes the answer in the client's dialect."""

    def __init__(
        self,
        router: Router,
        keys: KeyRing,
        callers: Callers,
        settings: ServerSettings,
        missed: Callable[[str], None],
    ) -> None:
        """`missed` hears the listing of each piece that came too late for its envelope."""
        self._router = router
        self._keys = keys
        self._callers = callers
        self._settings = settings
        self._missed = missed

    async def generate(self, scope: Scope, receive: Receive, send: Send, dialect: str) -> None:
        """Raises DarkhorseError as long as nothing was sent."""
        visit = visit_of(scope)
        key = self._known(scope, visit)
        request = CLIENTS[dialect].parse(await self._body(scope, receive))
        key = self._keys.again(key)  # it may have ended while the body came
        if not request.session and (session := header(scope, b"x-session-id")):
            request = structs.replace(request, session=session[:_SESSION])
        caller = self._callers.caller(scope, key, request.user, request.session)
        failures: list[_Failure] = []
        for name in (request.model, *request.models):
            asked = structs.replace(request, model=name) if name != request.model else request
            began = ""
            try:
                begun = await self._router.generate(asked, caller)
                began = begun.generation.id
                visit.begin(began, begun.generation.model)
                await self._reply(begun, asked, send, receive)
            except DarkhorseError as e:
                e.requested = e.requested or name
                failures.append(_Failure(e, began))
                if not may_pass_on(e):
                    break
            else:
                return
        told = _to_tell(failures)
        visit.quote(told.generation)
        raise told.error

    async def _reply(
        self, begun: Begun, asked: GenerationRequest, send: Send, receive: Receive
    ) -> None:
        try:
            reply = Reply(begun, asked, self._settings, send, self._missed)
        except BaseException:
            begun.generation.stop(Internal())  # nobody will read it
            raise
        await reply.run(receive)

    async def count(self, scope: Scope, receive: Receive, send: Send, dialect: str) -> None:
        """How long a prompt is, in public tokens."""
        self._known(scope, visit_of(scope))
        parse = CLIENTS[dialect].count or CLIENTS[dialect].parse
        request = parse(await self._body(scope, receive))
        body = msgspec.json.encode({"input_tokens": self._router.count(request)})
        await send_bytes(send, 200, body, [(b"content-type", b"application/json")])

    def _known(self, scope: Scope, visit: Visit) -> KeyRecord:
        """Whose key it is; Anthropic's clients send it under a name of its own."""
        given = header(scope, b"authorization")
        if not given and (bare := header(scope, b"x-api-key")):
            given = f"Bearer {bare}"
        key = self._keys.authenticate(given)
        visit.key = key.hash
        return key

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        if header(scope, b"content-encoding") not in ("", "identity"):
            raise UnsupportedEncoding
        limit, patience = self._settings.max_body_bytes, self._settings.body_timeout_s
        return await read_body(scope, receive, limit=limit, patience_s=patience)


class _Failure(NamedTuple):
    """Why a model did not answer, and its generation, if one began."""

    error: DarkhorseError
    generation: str


def _to_tell(failures: Sequence[_Failure]) -> _Failure:
    """Of several, what the client is told: what stopped us, else what may pass, else the last."""
    last = failures[-1]
    if not may_pass_on(last.error):
        return last
    passing = [each for each in failures if isinstance(each.error, RateLimited | ServerError)]
    return next(iter([*passing, *(each for each in failures if each.generation)]), last)

"""What a route is: one struct, from which the app and the OpenAPI document are both made."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from msgspec import Struct
from starlette.responses import Response

from darkhorse.api.asgi import Scope
from darkhorse.base.errors import DarkhorseError
from darkhorse.storage.ports import KeyRecord

__all__ = ["API", "Access", "Ask", "Form", "Handler", "Operation"]

API = "/api/v1"

Access = Literal["open", "key", "management"]
"""open: it says what anyone may know. key: any key of ours. management: the operator's."""


class Ask(Struct, frozen=True, kw_only=True):
    """One request to a route: its caller known, its query and body checked against their types."""

    key: KeyRecord | None  # None on open routes, whoever asks
    params: dict[str, str]
    query: Any
    body: Any
    scope: Scope
    request_id: str

    @property
    def caller(self) -> KeyRecord:
        """The key of a route that wants one."""
        assert self.key is not None
        return self.key


Handler = Callable[[Ask], Awaitable[Any]]
"""Returns what the operation's `answer` says, or a Response. Raises DarkhorseError."""


class Form(Struct, frozen=True, kw_only=True):
    """Where a browser goes after its form was taken, and after it was not.

    `done` is given the answer, `failed` the error and the fields as far as they could be read.
    """

    done: Callable[[Any], str]
    failed: Callable[[DarkhorseError, Mapping[str, str]], str]


class Operation(Struct, frozen=True, kw_only=True):
    """One method of one path. Whoever forgets its access closes it."""

    id: str  # OpenRouter's operationId where it has the same
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str  # below the prefix
    prefix: str = API
    summary: str
    tag: str
    access: Access = "key"
    query: type[Struct] | None = None
    body: Any = None  # type of a JSON body
    form: Form | None = None  # an open operation takes the same body from an HTML form
    answer: Any = None  # type of a JSON answer; None: `media` alone says what comes
    status: int = 200
    media: tuple[str, ...] = ("application/json",)
    errors: tuple[type[DarkhorseError], ...] = ()  # beside those that any route of its kind has
    handler: Handler | None = None  # None: a hot route, served elsewhere and listed here

    async def __call__(self, ask: Ask) -> Response | Any:
        """Answer it."""
        assert self.handler is not None
        return await self.handler(ask)

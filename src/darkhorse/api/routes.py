"""Every route that is not hot: thin, on Starlette, made from a list of operations."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from darkhorse.accounts.keys import KeyRing
from darkhorse.api.asked import is_form, read_fields, read_form, read_json, read_query
from darkhorse.api.faults import error_headers
from darkhorse.api.operation import Ask, Form, Operation
from darkhorse.api.visits import visit_of
from darkhorse.base.errors import DarkhorseError, Internal, UnknownRoute, WrongMethod
from darkhorse.storage.ports import KeyRecord
from darkhorse.wire.chat.answer import error_body

__all__ = ["make_app"]


def make_app(operations: Iterable[Operation], keys: KeyRing, *, patience_s: float) -> Starlette:
    """Starlette with our errors in place of its own.

    A body that rests for `patience_s` seconds on its way in is given up.
    """
    places: defaultdict[str, dict[str, Operation]] = defaultdict(dict)
    for each in operations:
        places[each.path][each.method] = each
    routes = [
        Route(path, _Place(places[path], keys, patience_s).answer, methods=[*places[path]])
        for path in sorted(places, key=lambda path: (path.count("{"), path))  # words before holes
    ]
    failures = {DarkhorseError: _ours, HTTPException: _theirs, Exception: _ours}
    app = Starlette(routes=routes, exception_handlers=failures)
    app.router.redirect_slashes = False  # it would redirect to the inner path, without /api/v1
    return app


class _Place:
    """One path with all of its methods."""

    def __init__(
        self, operations: Mapping[str, Operation], keys: KeyRing, patience_s: float
    ) -> None:
        self._operations = operations
        self._keys = keys
        self._patience_s = patience_s

    async def answer(self, request: Request) -> Response:
        """Raises DarkhorseError, but for a browser's form: that is led back to its page."""
        method = "GET" if request.method == "HEAD" else request.method
        operation = self._operations[method]
        if operation.form and is_form(request, operation):
            return await self._of_form(operation, operation.form, request)

        async def body() -> Any:
            return await read_json(request, operation, self._patience_s)

        answer = await self._run(operation, request, body)
        if isinstance(answer, Response):
            return answer
        shown = msgspec.json.encode(answer)
        return Response(shown, operation.status, media_type="application/json")

    async def _of_form(self, operation: Operation, form: Form, request: Request) -> Response:
        fields: dict[str, str] = {}

        async def body() -> Any:
            fields.update(await read_fields(request, self._patience_s))
            return read_form(fields, operation)

        try:
            answer = await self._run(operation, request, body)
        except DarkhorseError as e:
            visit_of(request.scope).error = e
            return RedirectResponse(form.failed(e, fields), 303)
        return RedirectResponse(form.done(answer), 303)

    async def _run(
        self, operation: Operation, request: Request, body: Callable[[], Awaitable[Any]]
    ) -> Any:
        visit = visit_of(request.scope)
        key = self._admitted(operation, request)
        if key:
            visit.key = key.hash
        query, given = read_query(request, operation), await body()
        ask = Ask(
            key=self._admitted(operation, request),  # again: a body takes as long as it likes
            params=dict(request.path_params),
            query=query,
            body=given,
            scope=request.scope,
            request_id=visit.id,
        )
        return await operation(ask)

    def _admitted(self, operation: Operation, request: Request) -> KeyRecord | None:
        if operation.access == "open":
            return None
        key = self._keys.authenticate(request.headers.get("authorization"))
        if operation.access == "management":
            self._keys.require_management(key)
        return key


async def _ours(request: Request, error: Exception) -> Response:
    return _failure(request, error if isinstance(error, DarkhorseError) else Internal())


async def _theirs(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status != WrongMethod.status:
        return _failure(request, UnknownRoute())
    refusal = WrongMethod()
    allowed = (getattr(error, "headers", None) or {}).get("Allow", "")
    refusal.allowed = ", ".join(sorted(allowed.split(", ")))
    return _failure(request, refusal)


def _failure(request: Request, error: DarkhorseError) -> Response:
    visit = visit_of(request.scope)
    visit.error = error
    headers = {str(k, "ascii"): str(v, "ascii") for k, v in error_headers(error, visit.id)}
    return Response(error_body(error), status_code=error.status, headers=headers)

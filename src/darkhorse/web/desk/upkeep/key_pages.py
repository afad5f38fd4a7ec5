"""The routes of keys: the list, a new one, one and what can be done with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from darkhorse.accounts.desk import NoSuchKey
from darkhorse.base.errors import ConfigError
from darkhorse.storage.accounting import NOTHING_USED, KeyUse
from darkhorse.storage.ports import KeyRecord
from darkhorse.web.desk.forms import read_fields
from darkhorse.web.desk.frame import NO_STORE, Frame
from darkhorse.web.desk.means import Means
from darkhorse.web.desk.once import Once
from darkhorse.web.desk.upkeep import keys
from darkhorse.web.desk.upkeep.turning import turned

__all__ = ["KeyPages"]

_ROWS = 50
_LONGEST = 50  # number of a form
_MADE = (
    "This form made a key already, and a key is shown only once. To make another, send the form "
    "as it is now."
)
_Act = Callable[[KeyRecord, Mapping[str, str]], object]


class KeyPages:
    """Below `/keys`. Everything is done by `accounts.desk.KeyDesk`."""

    def __init__(self, frame: Frame, means: Means) -> None:
        self._frame, self._means, self._desk = frame, means, means.keys
        self._once = Once(means.clock, _MADE)
        self.routes = [
            Route("/keys", self.list, methods=["GET"]),
            Route("/keys", self.create, methods=["POST"]),
            Route("/keys/{hash}", self.show),
            Route("/keys/{hash}/delete", self.ask_delete, methods=["GET"]),
            *(
                Route(f"/keys/{{hash}}/{name}", self._doing(act), methods=["POST"])
                for name, act in self._acts().items()
            ),
        ]

    async def list(self, request: Request) -> Response:
        """Newest first: all, or those that were looked for."""
        return await self._list(request, {}, "")

    async def create(self, request: Request) -> Response:
        """The key itself is on this answer and nowhere else; a reload of it makes no other."""
        fields: Mapping[str, str] = {}
        try:
            fields = await read_fields(request)
            now_us = self._means.clock.now_us()
            with self._once.use(fields.get("once", "")[:_LONGEST]):
                secret, record = await asyncio.to_thread(
                    self._desk.create,
                    keys.kind_of(fields),
                    label=_label(fields),
                    expires_us=keys.when_of(fields.get("expires", ""), now_us),
                    limits=keys.limits_of(fields),
                )
        except ConfigError as e:
            return await self._list(request, fields, str(e))
        place = await self._frame.place(request)
        row = keys.key_row(record, NOTHING_USED, now_us)
        return self._frame.page(place, "upkeep/key_made.html", row=row, secret=secret.reveal())

    async def show(self, request: Request) -> Response:
        """One of them."""
        return await self._show(request, await self._found(request))

    async def ask_delete(self, request: Request) -> Response:
        """What deleting does, and a form to do it."""
        record = await self._found(request)
        place = await self._frame.place(request)
        row = keys.key_row(record, await self._use(record), self._means.clock.now_us())
        return self._frame.page(place, "upkeep/key_delete.html", row=row)

    def _acts(self) -> dict[str, _Act]:
        desk = self._desk

        def expire(record: KeyRecord, fields: Mapping[str, str]) -> object:
            now_us = self._means.clock.now_us()
            return desk.expire(record.hash, keys.when_of(fields.get("expires", ""), now_us))

        def limit(record: KeyRecord, fields: Mapping[str, str]) -> object:
            limits = keys.limits_of(fields)
            return desk.limit(record.hash, lambda _: limits)

        def name(record: KeyRecord, fields: Mapping[str, str]) -> object:
            return desk.update(record.hash, label=fields.get("label", "").strip())

        return {
            "disable": lambda record, _: desk.disable(record.hash),
            "enable": lambda record, _: desk.enable(record.hash),
            "delete": lambda record, _: desk.delete(record.hash),
            "limits": limit,
            "expires": expire,
            "label": name,
        }

    def _doing(self, act: _Act) -> Callable[[Request], Awaitable[Response]]:
        async def do(request: Request) -> Response:
            record = await self._found(request)
            fields: Mapping[str, str] = {}
            try:
                fields = await read_fields(request)
                await asyncio.to_thread(act, record, fields)
            except ConfigError as e:
                return await self._show(request, record, fields, str(e))
            is_gone = request.scope["path"].endswith("/delete")
            path = "/keys" if is_gone else f"/keys/{record.hash}"
            return RedirectResponse(path, 303, NO_STORE)

        return do

    async def _list(self, request: Request, given: Mapping[str, str], problem: str) -> Response:
        place = await self._frame.place(request, keep=("q",))
        asked, now_us = request.query_params.get("q", ""), self._means.clock.now_us()
        found = keys.chosen(await asyncio.to_thread(self._desk.all), asked)
        shown, turn = turned(found, request, _ROWS)
        hashes = [each.hash for each in shown]
        uses = await asyncio.to_thread(self._means.account.key_use, hashes, now_us)
        page = keys.keys_page(shown, uses, now_us, turn, asked=asked, given=given, problem=problem)
        return self._frame.page(
            place,
            "upkeep/keys.html",
            status=400 if problem else 200,
            page=page,
            once=self._once.number(),
            limits=keys.LIMITS,
        )

    async def _show(
        self,
        request: Request,
        record: KeyRecord,
        given: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> Response:
        place = await self._frame.place(request)
        row = keys.key_row(record, await self._use(record), self._means.clock.now_us())
        kept = {"label": record.label, **keys.given_limits(record.limits)}
        kept["expires"] = row.expires.iso[:16] if row.expires else ""
        return self._frame.page(
            place,
            "upkeep/key.html",
            status=400 if problem else 200,
            row=row,
            given={**kept, **(given or {})},
            limits=keys.LIMITS,
            problem=problem,
        )

    async def _use(self, record: KeyRecord) -> KeyUse:
        now_us = self._means.clock.now_us()
        uses = await asyncio.to_thread(self._means.account.key_use, [record.hash], now_us)
        return uses[record.hash]

    async def _found(self, request: Request) -> KeyRecord:
        try:
            return await asyncio.to_thread(self._desk.get, request.path_params["hash"])
        except NoSuchKey as e:
            raise HTTPException(404, str(e)) from None


def _label(fields: Mapping[str, str]) -> str:
    """Of a new key. Raises ConfigError: one without is known to nobody a week later."""
    label = fields.get("label", "").strip()
    if not label:
        raise ConfigError("Say whose the key is, or what it is for.")
    return label

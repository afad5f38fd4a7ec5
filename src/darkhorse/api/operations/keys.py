"""Keys over the API: the caller's own, and for a management key all of them."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from msgspec import UNSET, Meta, Struct

from darkhorse.accounts.desk import KeyDesk, LastManagementKey, NoSuchKey
from darkhorse.accounts.keys import KeyRing
from darkhorse.api.operation import Ask, Operation
from darkhorse.api.operations.key_shapes import (
    CreateKey,
    CurrentKey,
    KeyData,
    UpdateKey,
    current_key,
    expiry_us,
    key_data,
    limited,
)
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError, Conflict, InvalidRequest, UnknownRoute
from darkhorse.catalog.limits import UNLIMITED, LimitSettings
from darkhorse.storage.accounting import NOTHING_USED, AccountFacts, KeyUse
from darkhorse.storage.ports import KeyRecord

__all__ = ["key_operations"]

_PAGE = 100
T = TypeVar("T")


class KeysQuery(Struct, frozen=True):
    """A hundred at most come at once."""

    include_disabled: Annotated[str, Meta(description='"true" to see these too.')] = "false"
    offset: Annotated[int, Meta(ge=0)] | None = None


class CurrentKeyAnswer(Struct, frozen=True):
    """The calling key."""

    data: CurrentKey


class KeyAnswer(Struct, frozen=True):
    """One key, never itself."""

    data: KeyData


class KeysAnswer(Struct, frozen=True):
    """Keys, oldest first."""

    data: tuple[KeyData, ...]


class CreatedAnswer(Struct, frozen=True):
    """The only time that `key` is shown."""

    data: KeyData
    key: str


class DeletedAnswer(Struct, frozen=True):
    """It is gone; what it did stays on the record."""

    deleted: Literal[True] = True


def key_operations(
    desk: KeyDesk, ring: KeyRing, facts: AccountFacts, settings: LimitSettings, clock: Clock
) -> list[Operation]:
    """`settings` are the server's limits on every key."""
    keys = _Keys(desk, ring, facts, settings, clock)
    return [_current(keys), *_all(keys), *_one(keys)]


class _Keys:
    """The handlers. A change holds as soon as it is answered."""

    def __init__(
        self,
        desk: KeyDesk,
        ring: KeyRing,
        facts: AccountFacts,
        settings: LimitSettings,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._ring = ring
        self._facts = facts
        self._settings = settings
        self._clock = clock

    async def current(self, ask: Ask) -> CurrentKeyAnswer:
        record = ask.caller
        use = await asyncio.to_thread(self._use, [record])
        shown = current_key(record, use.get(record.hash, NOTHING_USED), self._settings)
        return CurrentKeyAnswer(shown)

    async def listed(self, ask: Ask) -> KeysAnswer:
        query: KeysQuery = ask.query
        first = query.offset or 0

        def read() -> tuple[KeyData, ...]:
            disabled = query.include_disabled == "true"
            records = [each for each in self._desk.all() if disabled or not each.disabled]
            return self._shown(records[first : first + _PAGE])

        return KeysAnswer(await asyncio.to_thread(read))

    async def get(self, ask: Ask) -> KeyAnswer:
        def read() -> KeyData:
            return self._shown([self._desk.get(ask.params["hash"])])[0]

        return KeyAnswer(await _told(read))

    async def create(self, ask: Ask) -> CreatedAnswer:
        body: CreateKey = ask.body
        limits = limited(UNLIMITED, body.limit, body.limit_reset)
        until = expiry_us(body)

        def make() -> CreatedAnswer:
            secret, record = self._desk.create(
                "developer", label=body.name, expires_us=until, limits=limits
            )
            self._ring.load()
            shown = key_data(record, NOTHING_USED, self._settings)
            return CreatedAnswer(shown, secret.reveal())

        return await _told(make)

    async def update(self, ask: Ask) -> KeyAnswer:
        body: UpdateKey = ask.body

        def change() -> KeyData:
            changed = self._desk.update(
                ask.params["hash"],
                label=None if body.name is UNSET else body.name,
                disabled=None if body.disabled is UNSET else body.disabled,
                limits=lambda old: limited(old, body.limit, body.limit_reset),
            )
            self._ring.load()
            return self._shown([changed])[0]

        return KeyAnswer(await _told(change))

    async def delete(self, ask: Ask) -> DeletedAnswer:
        def end() -> DeletedAnswer:
            self._desk.delete(ask.params["hash"])
            self._ring.load()
            return DeletedAnswer()

        return await _told(end)

    def _shown(self, records: list[KeyRecord]) -> tuple[KeyData, ...]:
        use = self._use(records)
        return tuple(
            key_data(each, use.get(each.hash, NOTHING_USED), self._settings) for each in records
        )

    def _use(self, records: list[KeyRecord]) -> dict[str, KeyUse]:
        return self._facts.key_use([each.hash for each in records], self._clock.now_us())


async def _told(work: Callable[[], T]) -> T:
    """Work at the desk, in a thread, its refusals in words for the API's callers."""
    try:
        return await asyncio.to_thread(work)
    except NoSuchKey:
        raise UnknownRoute("No key has that hash.") from None
    except LastManagementKey:
        raise Conflict(
            "Without this key no management key would work, and nobody could manage the server "
            "over its API."
        ) from None
    except ConfigError as e:
        raise InvalidRequest(str(e)) from None


def _current(keys: _Keys) -> Operation:
    return Operation(
        id="getCurrentKey",
        method="GET",
        path="/key",
        summary="Show the calling key: its limits and what it has used",
        tag="API Keys",
        answer=CurrentKeyAnswer,
        handler=keys.current,
    )


def _all(keys: _Keys) -> list[Operation]:
    return [
        Operation(
            id="list",
            method="GET",
            path="/keys",
            summary="List keys",
            tag="API Keys",
            access="management",
            query=KeysQuery,
            answer=KeysAnswer,
            handler=keys.listed,
        ),
        Operation(
            id="createKeys",
            method="POST",
            path="/keys",
            summary="Make a key; it is shown this once",
            tag="API Keys",
            access="management",
            body=CreateKey,
            answer=CreatedAnswer,
            status=201,
            handler=keys.create,
        ),
    ]


def _one(keys: _Keys) -> list[Operation]:
    return [
        Operation(
            id="getKey",
            method="GET",
            path="/keys/{hash}",
            summary="Show one key",
            tag="API Keys",
            access="management",
            answer=KeyAnswer,
            errors=(UnknownRoute,),
            handler=keys.get,
        ),
        Operation(
            id="updateKeys",
            method="PATCH",
            path="/keys/{hash}",
            summary="Rename, disable or limit a key",
            tag="API Keys",
            access="management",
            body=UpdateKey,
            answer=KeyAnswer,
            errors=(UnknownRoute, Conflict),
            handler=keys.update,
        ),
        Operation(
            id="deleteKeys",
            method="DELETE",
            path="/keys/{hash}",
            summary="End a key for good",
            tag="API Keys",
            access="management",
            answer=DeletedAnswer,
            errors=(UnknownRoute, Conflict),
            handler=keys.delete,
        ),
    ]

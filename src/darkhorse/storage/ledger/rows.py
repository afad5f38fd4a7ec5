"""The rows of generations: written when they begin, completed once when they end."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct, structs
from sqlalchemy import Connection, bindparam, insert, select, update

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.bulk import Bulk
from darkhorse.storage.ledger.read import Position
from darkhorse.storage.ledger.sealed import sealed_among
from darkhorse.storage.ledger.tables import generation
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Begun", "Ended", "Finished", "ended_of", "finish", "insert_started"]

_HIGHEST = 2**63 - 1  # of a BIGINT; an upstream may claim any count of native tokens


class Begun(NamedTuple):
    """A start, where its frame begins in the journal, and that frame's sequence."""

    record: StartRecord
    place: Position
    sequence: int = 0


class Finished(NamedTuple):
    """An end, where its frame begins in the journal, and that frame's sequence."""

    record: EndRecord
    place: Position
    sequence: int = 0


class Ended(Struct, frozen=True, kw_only=True):
    """A generation that has just ended, with what its start said."""

    at_us: int  # when it began
    listing: str
    key: str
    address: str
    app: int | None
    session: str
    prompt_tokens: int
    streamed: bool
    record: EndRecord

    @property
    def completion_tokens(self) -> int:
        return self.record.usage.completion if self.record.usage else 0

    @property
    def reasoning_tokens(self) -> int:
        return self.record.usage.reasoning if self.record.usage else 0


Files = Mapping[str, int]
"""The number of each file: `places.number_files`."""


def insert_started(
    connection: Connection, begun: Iterable[Begun], files: Files
) -> list[StartRecord]:
    """Rows for generations that began; one known already, sealed or not, stays as it is.

    Returns the new ones, in order.
    """
    fresh: dict[str, Begun] = {}
    for one in begun:
        fresh.setdefault(one.record.id, one)
    if not fresh:
        return []
    known = select(generation.c.id).where(generation.c.id.in_(list(fresh)))
    for name in (*connection.execute(known).scalars(), *sealed_among(connection, fresh)):
        fresh.pop(name, None)
    _START.run(connection, [_started(one, files) for one in fresh.values()])
    return [one.record for one in fresh.values()]


def _started(begun: Begun, files: Files) -> dict[str, object]:
    """The parameters of `_START`, and a few more."""
    record, place, sequence = begun
    app = app_of(record.app_url, record.app_title)
    return {
        **structs.asdict(record),
        **_NOTHING_YET,
        "app": app.id if app else None,
        "start_file": files[place.file],
        "start_at": place.offset,
        "start_seq": sequence,
    }


_NOTHING_YET = {
    "completion_tokens": 0,
    "reasoning_tokens": 0,
    "micro_usd": 0,
}
_ASKED = (
    "id",
    "at_us",
    "listing",
    "dialect",
    "key",
    "address",
    "person",
    "streamed",
    "app_title",
    "app_url",
    "user_agent",
    "app",
    "session",
    "start_file",
    "start_at",
    "start_seq",
    "prompt_tokens",
)
_START = Bulk(insert(generation), (*_ASKED, *_NOTHING_YET))


def finish(connection: Connection, finished: Iterable[Finished], files: Files) -> list[Ended]:
    """Complete the rows of generations that ended, each only once; returns those completed.

    An end without a running generation (seen before, or its start was damaged) is passed by.
    """
    ends = {one.record.id: one for one in reversed(list(finished))}
    if not ends:
        return []
    rows = connection.execute(_RUNNING.where(generation.c.id.in_(list(ends)))).all()
    ended = [_joined(ends[name].record, *rest) for name, *rest in rows]
    completed = [_completed(one, ends[one.record.id], files) for one in ended]
    _FINISH.run(connection, completed)
    return ended


_RUNNING = select(
    generation.c.id,
    generation.c.at_us,
    generation.c.listing,
    generation.c.key,
    generation.c.address,
    generation.c.app,
    generation.c.session,
    generation.c.prompt_tokens,
    generation.c.streamed,
).where(generation.c.outcome.is_(None))
_ENDED = (
    "outcome",
    "finish",
    "status",
    "error_type",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "micro_usd",
    "native_prompt",
    "native_completion",
    "first_token_ms",
    "duration_ms",
    "attempts",
    "endpoint",
    "end_file",
    "end_at",
    "end_seq",
)
_NEW = ("ended", *(f"new_{name}" for name in _ENDED))
_FINISH = Bulk(
    update(generation)
    .where(generation.c.id == bindparam("ended"))
    .values({name: bindparam(f"new_{name}") for name in _ENDED})
)


def ended_of(start: StartRecord, end: EndRecord) -> Ended:
    """As `finish` returns it."""
    app = app_of(start.app_url, start.app_title)
    return _joined(
        end,
        start.at_us,
        start.listing,
        start.key,
        start.address,
        app.id if app else None,
        start.session,
        start.prompt_tokens,
        start.streamed,
    )


def _joined(
    record: EndRecord,
    at_us: int,
    listing: str,
    key: str,
    address: str,
    app: int | None,
    session: str,
    prompt_tokens: int,
    streamed: bool,  # noqa: FBT001 (a column of the row)
) -> Ended:
    return Ended(
        at_us=at_us,
        listing=listing,
        key=key,
        address=address,
        app=app,
        session=session,
        prompt_tokens=record.usage.prompt if record.usage else prompt_tokens,
        streamed=streamed,
        record=record,
    )


def _completed(ended: Ended, finished: Finished, files: Files) -> dict[str, object]:
    """The parameters of `_FINISH`."""
    record, place, sequence = finished
    native = record.native
    values = (
        record.outcome,
        record.finish,
        record.status,
        record.error_type,
        ended.prompt_tokens,
        ended.completion_tokens,
        ended.reasoning_tokens,
        record.micro_usd,
        min(native.prompt, _HIGHEST) if native else None,
        min(native.completion, _HIGHEST) if native else None,
        record.first_token_ms,
        record.duration_ms,
        len(record.attempts),
        record.attempts[-1].endpoint if record.attempts else None,
        files[place.file],
        place.offset,
        sequence,
    )
    return dict(zip(_NEW, (record.id, *values), strict=True))

"""The rows of generations: written when they begin, completed once when they end."""

from collections.abc import Iterable

from msgspec import Struct, structs
from sqlalchemy import Connection, bindparam, insert, select, update

from darkhorse.storage.ledger.bulk import Bulk
from darkhorse.storage.ledger.tables import generation
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Ended", "finish", "insert_started"]

_HIGHEST = 2**63 - 1  # of a BIGINT; an upstream may claim any count of native tokens


class Ended(Struct, frozen=True, kw_only=True):
    """A generation that has just ended, with what its start said."""

    at_us: int  # when it began
    listing: str
    key: str
    address: str
    prompt_tokens: int
    record: EndRecord

    @property
    def completion_tokens(self) -> int:
        return self.record.usage.completion if self.record.usage else 0


def insert_started(connection: Connection, records: Iterable[StartRecord]) -> list[StartRecord]:
    """Rows for generations that began; one known already stays as it is. Returns the new ones."""
    fresh = {record.id: record for record in reversed(list(records))}
    if not fresh:
        return []
    known = select(generation.c.id).where(generation.c.id.in_(list(fresh)))
    for name in connection.execute(known).scalars():
        del fresh[name]
    _START.run(connection, [_started(record) for record in fresh.values()])
    return list(fresh.values())


def _started(record: StartRecord) -> dict[str, object]:
    """The parameters of `_START`, and a few more."""
    return {**structs.asdict(record), **_NOTHING_YET}


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
    "prompt_tokens",
)
_START = Bulk(insert(generation), (*_ASKED, *_NOTHING_YET))


def finish(connection: Connection, records: Iterable[EndRecord]) -> list[Ended]:
    """Complete the rows of generations that ended, each only once; returns those completed.

    An end without a running generation (seen before, or its start was damaged) is passed by.
    """
    ends = {record.id: record for record in reversed(list(records))}
    if not ends:
        return []
    rows = connection.execute(_RUNNING.where(generation.c.id.in_(list(ends)))).all()
    ended = [_joined(ends[name], *rest) for name, *rest in rows]
    _FINISH.run(connection, [_completed(one) for one in ended])
    return ended


_RUNNING = select(
    generation.c.id,
    generation.c.at_us,
    generation.c.listing,
    generation.c.key,
    generation.c.address,
    generation.c.prompt_tokens,
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
)
_FINISH = Bulk(
    update(generation)
    .where(generation.c.id == bindparam("ended"))
    .values({name: bindparam(f"end_{name}") for name in _ENDED})
)


def _joined(
    record: EndRecord, at_us: int, listing: str, key: str, address: str, prompt_tokens: int
) -> Ended:
    return Ended(
        at_us=at_us,
        listing=listing,
        key=key,
        address=address,
        prompt_tokens=record.usage.prompt if record.usage else prompt_tokens,
        record=record,
    )


def _completed(ended: Ended) -> dict[str, object]:
    """The parameters of `_FINISH`."""
    record = ended.record
    native = record.native
    values = (
        record.outcome,
        record.finish,
        record.status,
        record.error_type,
        ended.prompt_tokens,
        ended.completion_tokens,
        record.usage.reasoning if record.usage else 0,
        record.micro_usd,
        min(native.prompt, _HIGHEST) if native else None,
        min(native.completion, _HIGHEST) if native else None,
        record.first_token_ms,
        record.duration_ms,
        len(record.attempts),
        record.attempts[-1].endpoint if record.attempts else None,
    )
    named = {f"end_{name}": value for name, value in zip(_ENDED, values, strict=True)}
    return {"ended": record.id, **named}

"""One generation after its end, for whoever made it: facts at once, bodies from the ledger.

The relay tells of every end, so the newest are known before the keeper has folded them. A body is
read from where the facts say that its frame is: never a search. The facts of one that has left
SQLite come from its two frames.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeGuard, TypeVar

import msgspec
from sqlalchemy import select

from darkhorse.base.errors import ConfigError
from darkhorse.storage.accounting import (
    ContentGone,
    ContentLate,
    GenerationContent,
    GenerationFacts,
)
from darkhorse.storage.apps import app_of
from darkhorse.storage.crew import Crew
from darkhorse.storage.ledger.entries import record_of
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.places import Places, places_of, sealed_places_of
from darkhorse.storage.ledger.tables import generation
from darkhorse.storage.ledger.whole import Whole
from darkhorse.storage.records import Answer, EndRecord, StartRecord

__all__ = ["KEPT", "LedgerGenerations"]

KEPT = 4096
"""Ends that are remembered, some kilobytes each at worst."""

_POLL_S = 0.1
_POLLS = 30
_AT_ONCE = 2  # bodies being read: each is in memory several times over
_LINE = 64

_log = logging.getLogger(__name__)

T = TypeVar("T")

_decode_answer = msgspec.json.Decoder(Answer).decode


class LedgerGenerations:
    """`storage.accounting.Generations`; tell it of every end with `ended`, from the loop."""

    def __init__(self, layout: Layout, *, kept: int = KEPT) -> None:
        self._facts = FactsFile(layout.facts)
        self._whole = Whole(layout)
        self._kept = kept
        self._recent: dict[str, GenerationFacts] = {}  # oldest first
        self._crew = Crew("content", threads=_AT_ONCE, line=_LINE)

    def ended(self, start: StartRecord, end: EndRecord) -> None:
        """A generation is over."""
        self._recent[start.id] = _of_records(start, end)
        if len(self._recent) > self._kept:
            del self._recent[next(iter(self._recent))]

    def forget(self) -> None:
        """Some were erased: whatever is asked for is looked up anew."""
        self._recent.clear()

    async def facts(self, generation: str, key: str | None) -> GenerationFacts | None:
        """At once after its end. None: no such generation, not this key's, or it still runs."""
        found = self._recent.get(generation)
        if found is None:
            found = await asyncio.to_thread(self._folded, generation)
        return found if found and key in (None, found.key) else None

    async def content(
        self, generation: str, key: str | None, show: Callable[[GenerationContent], T]
    ) -> T | None:
        """As `facts`; waits up to 3 s for one that has just ended.

        Raises ContentLate after that, ContentGone, and RateLimited while too many are being read.
        """
        found = await self.facts(generation, key)
        if found is None:
            return None
        places = await self._awaited(generation)
        return await self._crew.run(lambda: show(self._read(found, places)))

    async def _awaited(self, generation: str) -> Places:
        for _ in range(_POLLS):
            if places := await asyncio.to_thread(self._places, generation):
                return places
            await asyncio.sleep(_POLL_S)
        raise ContentLate

    def close(self) -> None:
        """Let the facts go; may be called twice."""
        self._crew.close()
        self._facts.close()
        self._whole.close()

    def _folded(self, name: str) -> GenerationFacts | None:
        """What the keeper knows by now of a generation that has ended."""
        with self._facts.read() as connection:
            if connection is None:
                return None
            row = connection.execute(_ENDED.where(generation.c.id == name)).mappings().first()
            places = None if row else sealed_places_of(connection, name)
        if row:
            return GenerationFacts(**row)
        return self._sealed(name, places) if places else None

    def _sealed(self, name: str, places: Places) -> GenerationFacts | None:
        """From the frames; None if they were erased."""
        frames = [self._whole.bare(*place) for place in places]
        start, end = (record_of(frame) if frame else None for frame in frames)
        if not (isinstance(start, StartRecord) and isinstance(end, EndRecord)):
            return None
        return _of_records(start, end) if start.id == end.id == name else None

    def _places(self, name: str) -> Places | None:
        with self._facts.read() as connection:
            return None if connection is None else places_of(connection, name)

    def _read(self, found: GenerationFacts, places: Places) -> GenerationContent:
        try:
            start, end = (self._whole.frame(*place) for place in places)
        except ConfigError as e:
            _log.error("%s", e)
            raise ContentGone from None
        if not (_is(start, START, found.id) and _is(end, END, found.id)):
            raise ContentGone
        return _content(found, start.body, end.body)


def _is(frame: Frame | None, kind: int, generation_id: str) -> TypeGuard[Frame]:
    """A power cut may have put another frame in the place of the one that was folded."""
    return frame is not None and frame.kind == kind and id_of(frame.meta) == generation_id


def _content(found: GenerationFacts, request: bytes, answer: bytes) -> GenerationContent:
    return GenerationContent(
        id=found.id,
        dialect=found.dialect,
        request=request,
        answer=_answer(answer),
        outcome=found.outcome,
        status=found.status,
        error_type=found.error_type,
    )


def _answer(body: bytes) -> Answer:
    """What was answered; nothing where the process died, or an older version wrote otherwise."""
    try:
        return _decode_answer(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Answer()


def _of_records(start: StartRecord, end: EndRecord) -> GenerationFacts:
    """What the fold will make of them."""
    usage = end.usage
    app = app_of(start.app_url, start.app_title)
    return GenerationFacts(
        id=start.id,
        key=start.key,
        at_us=start.at_us,
        listing=start.listing,
        dialect=start.dialect,
        streamed=start.streamed,
        outcome=end.outcome,
        finish=end.finish,
        status=end.status,
        error_type=end.error_type,
        prompt_tokens=usage.prompt if usage else start.prompt_tokens,
        completion_tokens=usage.completion if usage else 0,
        reasoning_tokens=usage.reasoning if usage else 0,
        micro_usd=end.micro_usd,
        first_token_ms=end.first_token_ms,
        duration_ms=end.duration_ms,
        app=app.id if app else None,
        app_url=start.app_url,
        app_title=start.app_title,
        user_agent=start.user_agent,
    )


_ENDED = select(*(generation.c[name] for name in GenerationFacts.__struct_fields__)).where(
    generation.c.outcome.is_not(None)
)

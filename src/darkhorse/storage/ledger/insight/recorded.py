"""One generation with both of its frames, wherever they are; it may still run."""

import msgspec
from sqlalchemy import Connection, select

from darkhorse.base.errors import ConfigError
from darkhorse.storage.insight import Recorded
from darkhorse.storage.ledger.entries import decoded
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.frame import Frame
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.places import Place, places_of
from darkhorse.storage.ledger.read import Position
from darkhorse.storage.ledger.tables import generation, journal_file
from darkhorse.storage.ledger.whole import Whole
from darkhorse.storage.records import Answer, EndRecord, StartRecord

__all__ = ["LedgerRecorded"]

_answer = msgspec.json.Decoder(Answer)


class LedgerRecorded:
    """`storage.insight.RecordedGenerations` beside the keeper."""

    def __init__(self, layout: Layout) -> None:
        self._facts = FactsFile(layout.facts)
        self._whole = Whole(layout)

    def recorded(self, generation: str) -> Recorded | None:
        """Looked up by where facts say that its frames are: never a search."""
        with self._facts.read() as connection:
            places = [] if connection is None else _places(connection, generation)
        if not places:
            return None
        frames = [self._frame(place) for place in places]
        start = _start(frames[0], generation)
        if start is None:
            return None
        end = _end(frames[1], generation) if len(frames) > 1 else None
        return Recorded(
            start=start,
            end=end,
            request=frames[0].body or None if frames[0] else None,
            answer=_said(frames[1]) if len(frames) > 1 and end else None,
        )

    def close(self) -> None:
        """Let the files go; may be called twice."""
        self._facts.close()
        self._whole.close()

    def _frame(self, place: Place) -> Frame | None:
        """Without its body, or None, where bytes are damaged or gone."""
        try:
            return self._whole.frame(*place)
        except ConfigError:
            return self._bare(place)

    def _bare(self, place: Place) -> Frame | None:
        try:
            return self._whole.bare(*place)
        except ConfigError:
            return None


def _places(connection: Connection, name: str) -> list[Place]:
    """Of its start, and of its end where it has ended."""
    if found := places_of(connection, name):
        return list(found)
    row = connection.execute(_BEGUN.where(generation.c.id == name)).first()
    return [Place(row[0], Position(row[1], row[2]))] if row else []


def _start(frame: Frame | None, name: str) -> StartRecord | None:
    """A power cut may have put another frame in the place of the one that was folded."""
    record = decoded(frame.meta, StartRecord) if frame else None
    return record if record and record.id == name else None


def _end(frame: Frame | None, name: str) -> EndRecord | None:
    record = decoded(frame.meta, EndRecord) if frame else None
    return record if record and record.id == name else None


def _said(frame: Frame | None) -> Answer | None:
    """None where the process died, or an older version wrote otherwise."""
    try:
        return _answer.decode(frame.body) if frame and frame.body else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


_BEGUN = select(generation.c.start_seq, journal_file.c.name, generation.c.start_at).join(
    journal_file, journal_file.c.number == generation.c.start_file
)

"""What the `ledger` commands need of a ledger. Private: prompts, answers, endpoints are in it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from sqlalchemy.exc import DatabaseError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.entries import decoded
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.places import places_of
from darkhorse.storage.ledger.read import Pair, Position, VerifyReport, verify
from darkhorse.storage.ledger.whole import Whole
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Follower", "Generation", "VerifyReport", "check", "ledger_layout", "show"]

T = TypeVar("T")


class Generation(Struct, frozen=True):
    """One generation as the ledger has it. `end` is None while it runs; `answer` is JSON."""

    start: StartRecord | None
    end: EndRecord | None
    request: bytes = b""
    answer: bytes = b""

    @property
    def id(self) -> str:
        known = self.start or self.end
        return known.id if known else ""


def check(data: Path, on_progress: Callable[[int, int], None]) -> VerifyReport:
    """Verify the whole journal under `data`; `on_progress` gets (bytes done, bytes in all)."""
    return verify(ledger_layout(data).journal, on_progress)


def show(data: Path, generation: str) -> Generation:
    """One generation with its bodies. Raises ConfigError if it is not there."""
    layout = ledger_layout(data)
    whole = Whole(layout)
    try:
        pair = _placed(layout, whole, generation) or whole.find(generation)
    finally:
        whole.close()
    if pair.start is None and pair.end is None:
        raise ConfigError(f"{data}: no generation {generation}; `tail` lists the newest.")
    return _generation(pair)


def _placed(layout: Layout, whole: Whole, generation: str) -> Pair | None:
    """From where the facts say it is; None where they do not know, or are behind the ledger."""
    facts = FactsFile(layout.facts)
    try:
        with facts.read() as connection:
            places = places_of(connection, generation) if connection else None
    except DatabaseError:
        return None
    finally:
        facts.close()
    if places is None:
        return None
    start, end = (whole.frame(*place) for place in places)
    fits = start and end and id_of(start.meta) == id_of(end.meta) == generation
    return Pair(start, end) if fits else None


class Follower:
    """The newest generations, then each one as it ends."""

    def __init__(self, data: Path) -> None:
        self._whole = Whole(ledger_layout(data))
        self._sequence = 0
        self._position: Position | None = None
        self._started: dict[str, Frame] = {}

    def newest(self, count: int) -> list[Generation]:
        """The last `count` by start, oldest of them first; some may be running."""
        pairs, self._sequence, self._position = self._whole.newest(count)
        return [_generation(pair) for pair in pairs]

    def ended(self) -> list[Generation]:
        """Those that ended since the last call."""
        ended = []
        for frame, position in self._whole.frames(self._sequence, self._position):
            self._sequence, self._position = max(self._sequence, frame.sequence), position
            if frame.kind == START:
                self._started[id_of(frame.meta)] = Frame(START, frame.sequence, frame.meta, b"")
            elif frame.kind == END:
                ended.append(_generation(Pair(self._start_of(id_of(frame.meta)), frame)))
        return ended

    def _start_of(self, generation: str) -> Frame | None:
        started = self._started.pop(generation, None)
        return started or self._whole.find(generation).start


def ledger_layout(data: Path) -> Layout:
    """Where the parts lie. Raises ConfigError where there is no journal."""
    layout = Layout(data)
    if not layout.journal.is_dir():
        raise ConfigError(
            f"{layout.journal}: no journal there (--data is {data}); name the server's data "
            "directory with --data DIR or the variable DARKHORSE_DATA."
        )
    return layout


def _generation(pair: Pair) -> Generation:
    return Generation(
        start=_record(pair.start, StartRecord),
        end=_record(pair.end, EndRecord),
        request=pair.start.body if pair.start else b"",
        answer=pair.end.body if pair.end else b"",
    )


def _record(frame: Frame | None, kind: type[T]) -> T | None:
    """The record in a frame; None for one that another version wrote in another shape."""
    return decoded(frame.meta, kind) if frame else None

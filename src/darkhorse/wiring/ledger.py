"""What the `ledger` commands need of a journal. Private: prompts, answers, endpoints are in it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.read import Pair, Position, VerifyReport, find, frames, newest, verify
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["Follower", "Generation", "VerifyReport", "check", "show"]

T = TypeVar("T")


class Generation(Struct, frozen=True):
    """One generation as the journal has it. `end` is None while it runs; `answer` is JSON."""

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
    return verify(_journal(data), on_progress)


def show(data: Path, generation: str) -> Generation:
    """One generation with its bodies. Raises ConfigError if it is not there."""
    directory = _journal(data)
    pair = find(directory, generation)
    if pair.start is None and pair.end is None:
        raise ConfigError(f"{directory}: no generation {generation}; `tail` lists the newest.")
    return _generation(pair)


class Follower:
    """The newest generations, then each one as it ends."""

    def __init__(self, data: Path) -> None:
        self._directory = _journal(data)
        self._position: Position | None = None
        self._started: dict[str, Frame] = {}

    def newest(self, count: int) -> list[Generation]:
        """The last `count` by start, oldest of them first; some may be running."""
        pairs, self._position = newest(self._directory, count)
        return [_generation(pair) for pair in pairs]

    def ended(self) -> list[Generation]:
        """Those that ended since the last call."""
        ended = []
        for frame, position in frames(self._directory, self._position):
            self._position = position
            if frame.kind == START:
                self._started[_id_of(frame)] = Frame(START, frame.sequence, frame.meta, b"")
            elif frame.kind == END:
                ended.append(_generation(Pair(self._start_of(_id_of(frame)), frame)))
        return ended

    def _start_of(self, generation: str) -> Frame | None:
        started = self._started.pop(generation, None)
        return started or find(self._directory, generation).start


def _journal(data: Path) -> Path:
    directory = data / "journal"
    if not directory.is_dir():
        raise ConfigError(
            f"{directory}: no journal there (--data is {data}); name the server's data directory "
            "with --data DIR or the variable DARKHORSE_DATA."
        )
    return directory


class _Named(Struct):
    id: str = ""


def _id_of(frame: Frame) -> str:
    named = _record(frame, _Named)
    return named.id if named else ""


def _generation(pair: Pair) -> Generation:
    return Generation(
        start=_record(pair.start, StartRecord),
        end=_record(pair.end, EndRecord),
        request=pair.start.body if pair.start else b"",
        answer=pair.end.body if pair.end else b"",
    )


def _record(frame: Frame | None, kind: type[T]) -> T | None:
    """The record in a frame; None for one that another version wrote in another shape."""
    if frame is None:
        return None
    try:
        return msgspec.json.decode(frame.meta, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None

"""Reading the frames of a file, and of a row of files, past whatever damage is there.

Behind damage the search goes on to the next marker whose frame is whole and newer than the
last one seen: a copy of an older frame inside a client's prompt is not taken for one of ours.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.files import JournalFile, Window
from darkhorse.storage.ledger.frame import (
    FIELDS_SIZE,
    HEADER_SIZE,
    MARKER,
    Flaw,
    Frame,
    decode_fields,
    decode_payload,
)

__all__ = ["Damage", "Found", "Hollow", "Torn", "scan_file", "walk"]


class Found(Struct, frozen=True):
    """A whole frame; the next one begins at `end`."""

    file: JournalFile
    frame: Frame
    end: int


class Damage(Struct, frozen=True):
    """Bytes that should be frames and are not; nothing is known of what they held."""

    file: JournalFile
    start: int
    end: int


class Torn(Struct, frozen=True):
    """A last write that was never finished, so never acknowledged: bytes from `start` to `end`."""

    file: JournalFile
    start: int
    end: int


class Hollow(Struct, frozen=True):
    """A file that was begun and never held a frame."""

    file: JournalFile


def scan_file(file: JournalFile, offset: int = 0, last: int = 0) -> Iterator[Found | Damage | Torn]:
    """The frames of one file from `offset` on (0: the first).

    `last` is the sequence of the frame before. Torn comes at most once, at the end. Raises
    OSError, and ConfigError for a file of a newer version.
    """
    with Window.on(file.path) as window:
        header = window.header()
        if header is Flaw.VERSION:
            raise ConfigError(
                f"{file.path}: written by a newer Darkhorse; use that one to read it."
            )
        if isinstance(header, Flaw):
            if window.size > HEADER_SIZE:
                yield Damage(file, 0, window.size)
            return
        offset = max(offset, HEADER_SIZE)
        while offset < window.size:
            frame = _frame_at(window, offset, header.file_id)
            if isinstance(frame, Frame):
                offset, last = offset + frame.size, frame.sequence
                yield Found(file, frame, offset)
                continue
            found = _resync(window, offset + 1, header.file_id, last)
            if found is None:
                yield Torn(file, offset, window.size)
                return
            yield Damage(file, offset, found)
            offset = found


def _frame_at(window: Window, offset: int, file_id: int) -> Frame | Flaw:
    fields = decode_fields(window.read(offset, FIELDS_SIZE), file_id)
    if isinstance(fields, Flaw):
        return fields
    return decode_payload(fields, window.read(offset + FIELDS_SIZE, fields.length), file_id)


def _resync(window: Window, offset: int, file_id: int, last: int) -> int | None:
    """Where the next whole frame begins, at or after `offset`."""
    at = window.find(MARKER, offset)
    while at is not None:
        frame = _frame_at(window, at, file_id)
        if isinstance(frame, Frame) and frame.sequence > last:
            return at
        at = window.find(MARKER, at + 1)
    return None


def walk(files: Sequence[JournalFile], last: int = 0) -> Iterator[Found | Damage | Torn | Hollow]:
    """Everything in one writer's files, in order.

    A bad tail is Torn if the next file goes on with the very next sequence number, or if there
    is none: nothing acknowledged was in it. Otherwise it is Damage. So it is told one frame late.
    """
    tails: list[Torn] = []
    for file in files:
        if file.path.stat().st_size <= HEADER_SIZE:
            yield Hollow(file)
            continue
        for step in scan_file(file, last=last):
            if isinstance(step, Torn):
                tails.append(step)
                continue
            if isinstance(step, Found):
                yield from _judge(tails, whole=step.frame.sequence == last + 1)
                tails.clear()
                last = step.frame.sequence
            yield step
    yield from _judge(tails, whole=True)


def _judge(tails: list[Torn], *, whole: bool) -> Iterator[Torn | Damage]:
    return (t if whole else Damage(t.file, t.start, t.end) for t in tails)

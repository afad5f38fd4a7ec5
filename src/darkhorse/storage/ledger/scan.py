"""Reading the frames of a file, and of a row of files, past whatever damage is there.

Behind damage the search goes on to the next marker whose frame is whole and newer than the
last one seen: a copy of an older frame inside a client's prompt is not taken for one of ours.

A power cut may take early pages of the last commit and leave later ones. So bad bytes in the newest
file are damage only if something behind them shows that they were synced: the first frame of a
commit (it was written after that), or a sequence number the checkpoint knows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, structs

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

__all__ = [
    "Damage",
    "Found",
    "Hollow",
    "Known",
    "Lost",
    "SequenceGap",
    "Step",
    "Torn",
    "scan_file",
    "size_of",
    "walk",
]


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
    """A last write that was never finished, so never acknowledged: bytes from `start` to `end`.

    Whole frames may be among them, behind a hole.
    """

    file: JournalFile
    start: int
    end: int


class Hollow(Struct, frozen=True):
    """A file that was begun and never held a frame."""

    file: JournalFile
    size: int


class Lost(Struct, frozen=True):
    """A file that must be there and is not."""

    file: JournalFile


class SequenceGap(Struct, frozen=True):
    """In `file`, number `found` follows where `expected` should (larger: lost; else repeated).

    `inside` names the files that may have held what is missing: lost, or damaged at this place.
    `at_end`: nothing follows in `file`, but frames up to `found` - 1 were there once.
    """

    file: str
    expected: int
    found: int
    inside: tuple[str, ...] = ()
    at_end: bool = False

    @property
    def missing(self) -> int:
        """How many frames; 0 if numbers come again instead."""
        return max(0, self.found - self.expected)


class Known(Struct, frozen=True):
    """What must be there: all frames behind `last` up to `upto`, and these files.

    `sizes` has the bytes each file held at least; `lost` are those that are not there.
    """

    last: int = 0
    upto: int = 0
    sizes: Mapping[str, int] = {}
    lost: tuple[JournalFile, ...] = ()


Step = Found | Damage | Torn | Hollow | Lost | SequenceGap


def scan_file(
    file: JournalFile, offset: int = 0, last: int = 0, *, synced: Callable[[], int] | None = None
) -> Iterator[Found | Damage | Torn]:
    """The frames of one file from `offset` on (0: the first).

    `last` is the sequence of the frame before. `synced` only for the newest file: it says up to
    which sequence all is known to be synced; without it, nothing in front of a whole frame is
    Torn. Torn comes at most once, at the end. Raises OSError, and ConfigError for a file of a
    newer version.
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
            if found is not None and synced and header.marked:
                found = found if _proven(window, found, header.file_id, last, synced()) else None
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


def _proven(window: Window, offset: int, file_id: int, last: int, synced: int) -> bool:
    """Does a whole frame, at `offset` or behind, show that what is before it was synced?"""
    at: int | None = offset
    while at is not None:
        fields = decode_fields(window.read(at, FIELDS_SIZE), file_id)
        if isinstance(fields, Flaw):
            return False  # cut since we found it
        if fields.begins or fields.sequence <= synced:
            return True
        at = _resync(window, at + FIELDS_SIZE + fields.length, file_id, last)
    return False


def walk(files: Sequence[JournalFile], known: Known | None = None) -> Iterator[Step]:
    """Everything in one writer's files, in order, held against what is known of them.

    A bad tail is Torn if the next file goes on with the very next sequence number, or if there
    is none and nothing is known to be missing: nothing acknowledged was in it. Otherwise it is
    Damage. An empty file is Hollow or Damage likewise. So both are told one frame late.
    """
    known = known or Known()
    last, at = known.last, ""
    pending: list[Step] = []
    ordered = sorted((*files, *known.lost), key=lambda file: file.order)
    for file in ordered:
        for step in _steps(file, last, known, newest=file is ordered[-1]):
            if isinstance(step, Found):
                found = step.frame.sequence
                yield from _judge(pending, known, SequenceGap(file.name, last + 1, found))
                pending.clear()
                last, at = found, file.name
                yield step
            elif isinstance(step, Damage) and step.start:
                yield step
            else:
                pending.append(step)
    due = max(last, known.upto) + 1
    yield from _judge(pending, known, SequenceGap(at, last + 1, due, at_end=True))


def size_of(file: JournalFile) -> int | None:
    """Its bytes; None if it was removed since it was listed, so held nothing."""
    try:
        return file.path.stat().st_size
    except FileNotFoundError:
        return None


def _steps(file: JournalFile, last: int, known: Known, *, newest: bool) -> Iterator[Step]:
    if file in known.lost:
        yield Lost(file)
        return
    size = size_of(file)
    if size is None:
        return
    if size <= HEADER_SIZE:
        yield Hollow(file, size)
    else:
        yield from scan_file(file, last=last, synced=(lambda: known.upto) if newest else None)


def _judge(pending: Sequence[Step], known: Known, gap: SequenceGap) -> Iterator[Step]:
    """What lies between two frames, and the gap if their numbers have one."""
    whole = gap.found == gap.expected
    inside: dict[str, None] = {}
    for step in pending:
        judged = _judged(step, known, whole=whole)
        if isinstance(judged, Damage | Lost):
            inside[judged.file.name] = None
        yield judged
    if not whole:
        yield structs.replace(gap, inside=tuple(inside))


def _judged(step: Step, known: Known, *, whole: bool) -> Step:
    match step:
        case Torn(file, start, end) if not whole:
            return Damage(file, start, end)
        case Hollow(file, size):
            was = known.sizes.get(file.name)
            hollow = whole if was is None else size == was == HEADER_SIZE
            return step if hollow else Damage(file, 0, size)
        case _:
            return step

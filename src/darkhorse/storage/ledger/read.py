"""Reading a journal, beside its writer or without one.

Readers take no lock and change nothing. They may see a frame a moment before it is durable; if
the power fails in that moment it is gone, and the position behind it lies past the end of its
file, from where reading goes on in the next file.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from darkhorse.storage.ledger.files import JournalFile, journal_files, named
from darkhorse.storage.ledger.frame import (
    END,
    FIELDS_SIZE,
    HEADER_SIZE,
    START,
    Flaw,
    Frame,
    decode_fields,
    decode_header,
    decode_payload,
)
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.scan import Damage, Found, scan_file
from darkhorse.storage.ledger.verify import VerifyReport, synced_upto, verify

__all__ = ["Pair", "Position", "VerifyReport", "find", "frame_at", "frames", "newest", "verify"]

OnDamage = Callable[[str, int, int], None]


class Position(Struct, frozen=True):
    """A place between two frames: a file's name and a byte offset in it."""

    file: str
    offset: int


class Pair(Struct, frozen=True):
    """The two frames of a generation; `end` is None while it runs."""

    start: Frame | None
    end: Frame | None


def frames(
    directory: Path, after: Position | None = None, on_damage: OnDamage | None = None
) -> Iterator[tuple[Frame, Position]]:
    """Every whole frame behind `after`, in order, each with the position behind it.

    Stops at the end of the newest file, also where a frame there is still being written; call
    again with the last position to go on. Damaged bytes are skipped and told to `on_damage`
    (file, start, end). Frames of unknown kinds come too: skip them. Raises ConfigError for a
    file of a newer version, ValueError for a position that names no journal file.
    """
    file = _file_of(directory, after)
    offset = after.offset if after else 0
    while True:
        rest = [f for f in journal_files(directory) if file is None or f.order >= file.order]
        if not rest:
            return
        if rest[0] != file:
            file, offset = rest[0], 0
        newer = rest[1:]  # known before we read: only then is the end we find this file's last
        for frame, position in _frames_of(file, offset, on_damage, final=bool(newer)):
            offset = position.offset
            yield frame, position
        if newer:
            file, offset = newer[0], 0
        elif not _has_newer(directory, file):
            return


def _file_of(directory: Path, position: Position | None) -> JournalFile | None:
    if position is None:
        return None
    file = named(directory, position.file)
    if file is None:
        raise ValueError(f"{position.file!r} is not the name of a journal file")
    return file


def _has_newer(directory: Path, file: JournalFile) -> bool:
    return any(other.order > file.order for other in journal_files(directory))


def _frames_of(
    file: JournalFile, offset: int, on_damage: OnDamage | None, *, final: bool
) -> Iterator[tuple[Frame, Position]]:
    """The frames of one file; a bad tail counts as damage only if the file is `final`."""
    synced = None if final else partial(synced_upto, file.directory, file.writer)
    try:
        for step in scan_file(file, offset, synced=synced):
            if isinstance(step, Found):
                yield step.frame, Position(file.name, step.end)
            elif on_damage and (final or isinstance(step, Damage)):
                on_damage(file.name, step.start, step.end)
    except FileNotFoundError:
        return  # removed since it was listed: it held nothing, or was dropped on purpose


def find(directory: Path, generation: str) -> Pair:
    """The frames of one generation; both None if it is not there. Reads newest files first."""
    end: Frame | None = None
    needle = generation.encode()
    for newer, file in enumerate(reversed(journal_files(directory))):
        start = None
        for frame, _ in _frames_of(file, 0, None, final=newer > 0):
            if needle not in frame.meta or id_of(frame.meta) != generation:
                continue
            if frame.kind == START:
                start = frame
            elif frame.kind == END:
                end = frame
        if start:
            return Pair(start, end)
    return Pair(None, end)


def frame_at(directory: Path, place: Position) -> Frame | None:
    """The frame that begins exactly there; None if there is no whole one. Reads nothing else."""
    file = named(directory, place.file)
    if file is None:
        return None
    try:
        fd = os.open(file.path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None  # dropped, or lost
    try:
        return _frame_in(fd, place.offset)
    finally:
        os.close(fd)


def _frame_in(fd: int, offset: int) -> Frame | None:
    header = decode_header(os.pread(fd, HEADER_SIZE, 0))
    if isinstance(header, Flaw):
        return None
    fields = decode_fields(os.pread(fd, FIELDS_SIZE, offset), header.file_id)
    if isinstance(fields, Flaw):
        return None
    payload = os.pread(fd, fields.length, offset + FIELDS_SIZE)
    frame = decode_payload(fields, payload, header.file_id)
    return None if isinstance(frame, Flaw) else frame


class _Newest(NamedTuple):
    pairs: list[Pair]
    sequence: int
    position: Position | None


def newest(
    directory: Path, count: int, older: Iterable[Iterable[Frame]] = (), *, told: int = 0
) -> _Newest:
    """The last `count` generations by start, oldest of them first, and where all of it ends.

    Reads whole files, newest first, as many as it takes, then `older` stretches of frames; those
    up to the sequence `told` are in these, and passed over in files. Keeps no bodies.
    """
    pairs: dict[str, Pair] = {}
    sequence, last = 0, None
    for newer, file in enumerate(reversed(journal_files(directory))):
        stretch: dict[str, Pair] = {}
        for frame, position in _frames_of(file, 0, None, final=newer > 0):
            if frame.sequence > told:
                pair_up(stretch, frame)
            sequence = max(sequence, frame.sequence)
            last = position if last is None or last.file == file.name else last
        pairs = _join(stretch, pairs)
        if _started(pairs) >= count:
            break
    else:
        pairs = _with_older(pairs, count, older)
    started = [pair for pair in pairs.values() if pair.start]
    return _Newest(started[max(0, len(started) - count) :], sequence, last)


def _with_older(
    pairs: dict[str, Pair], count: int, older: Iterable[Iterable[Frame]]
) -> dict[str, Pair]:
    for stretch in older:
        if _started(pairs) >= count:
            break
        found: dict[str, Pair] = {}
        for frame in stretch:
            pair_up(found, frame)
        pairs = _join(found, pairs)
    return pairs


def _started(pairs: dict[str, Pair]) -> int:
    return sum(1 for pair in pairs.values() if pair.start)


def pair_up(pairs: dict[str, Pair], frame: Frame) -> None:
    """Put a frame, without its body, to the other one of its generation."""
    generation = id_of(frame.meta)
    bare = Frame(frame.kind, frame.sequence, frame.meta, b"")
    pair = pairs.get(generation, Pair(None, None))
    if frame.kind == START:
        pairs[generation] = Pair(bare, pair.end)
    elif frame.kind == END:
        pairs[generation] = Pair(pair.start, bare)


def _join(older: dict[str, Pair], newer: dict[str, Pair]) -> dict[str, Pair]:
    """Two stretches as one: an end in the newer belongs to a start in the older."""
    joined = dict(older)
    for generation, pair in newer.items():
        before = joined.get(generation, Pair(None, None))
        joined[generation] = Pair(before.start or pair.start, pair.end or before.end)
    return joined

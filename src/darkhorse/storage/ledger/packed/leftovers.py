"""What lies in segment files beyond what the index counts: of a crash, or all there is of it.

A crash leaves a part of one journal file, which is still there and will be packed again: that goes.
An index that is older than its segments looks the same from here, but then the bytes behind its end
may be nowhere else. So nothing goes before every segment that counts has been looked at and the
journal is seen to go on where the index ends, and what cannot be proved to be a crash's is kept.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import xxhash
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import Disk
from darkhorse.storage.ledger.packed.index import INDEX_FILE, Index, Segment
from darkhorse.storage.ledger.packed.recipe import decode_record
from darkhorse.storage.ledger.packed.scan import FoundBlock, SegmentFile
from darkhorse.storage.ledger.packed.segment import HEADER_SIZE, Block, Flaw, SegmentHeader, Stream

__all__ = ["Ahead", "broken", "clear", "fingerprint", "unused"]

_NAME = re.compile(r"([a-z]+)-(\d{8,})-(\d+)\.dhs")
_CHUNK = 1 << 20  # bytes copied at a time

_log = logging.getLogger(__name__)


class Ahead(Struct, frozen=True):
    """The oldest journal file that is not packed, by `fingerprint` of each frame's sequence.

    `goes_on`: its first frame is the next one, or it is known to be damaged there.
    """

    frames: Mapping[int, int] = {}
    goes_on: bool = True


class _Leftover(Struct, frozen=True):
    """Bytes of a file from `start` on; 0: all of it."""

    path: Path
    start: int
    segment: Segment | None  # as far as anybody can say


def fingerprint(kind: int, meta: bytes) -> int:
    """By which a frame is known again."""
    return xxhash.xxh3_64_intdigest(meta, seed=kind)


def clear(
    directory: Path, index: Index, ahead: Callable[[], Ahead], *, disk: Disk, damaged: Path
) -> None:
    """Leave in `directory` what the index counts; what may be more than a crash's to `damaged`.

    Raises ConfigError, before anything is changed, where a segment is missing or cut off, and
    where the index is older than the segments; OSError from the disk.
    """
    segments = index.segments()
    tails = [tail for segment in segments if (tail := _tail(directory, segment))]
    known = {segment.name for segment in segments}
    others = [path for path in sorted(directory.glob("*.dhs")) if path.name not in known]
    copies = [path for path in others if _is_copy(path, index)]
    left = [*tails, *(_whole(path) for path in others if path not in copies)]
    if left:
        seen = ahead()
        if not seen.goes_on:
            raise _older(directory)
        proven = bool(seen.frames) and all(_is_of_crash(each, seen, index) for each in left)
        for each in left:
            _take_away(each, disk, damaged, is_proven=proven)
    for path in copies:
        disk.remove(path)


def broken(path: Path, how: str) -> ConfigError:
    """A segment that counts is not as it was."""
    return ConfigError(
        f"{path}: {how}; nothing more is packed until a backup of it is put in its place, or "
        "`darkhorse ledger repair` gives up what is lost."
    )


def unused(directory: Path, name: str) -> Path:
    """A path in `directory` that nothing has yet: `name`, or that and a number."""
    path, number = directory / name, 1
    while path.exists():
        number += 1
        path = directory / f"{name}.{number}"
    return path


def _older(directory: Path) -> ConfigError:
    return ConfigError(
        f"{directory / INDEX_FILE}: {INDEX_FILE} is older than the segments; stop the server, "
        "delete it and run `darkhorse ledger repair`."
    )


# --- what there is ---


def _tail(directory: Path, segment: Segment) -> _Leftover | None:
    path = directory / segment.name
    try:
        file = SegmentFile(path)
    except FileNotFoundError:
        raise broken(path, "is missing") from None
    with closing(file):
        if file.size < segment.size:
            raise broken(path, f"is cut off at byte {file.size} of {segment.size}")
        header = file.header()
        if isinstance(header, SegmentHeader) and header.file_id != segment.file_id:
            raise broken(path, "is another file than the index says")
        return _Leftover(path, segment.size, segment) if file.size > segment.size else None


def _whole(path: Path) -> _Leftover:
    with closing(SegmentFile(path)) as file:
        header = file.header()
    if isinstance(header, Flaw):
        return _Leftover(path, 0, None)
    segment = Segment(header.stream, header.number, header.rewrite, header.file_id, 0)
    return _Leftover(path, 0, segment)


def _is_copy(path: Path, index: Index) -> bool:
    """An older or unfinished writing of a segment that counts, with nothing in it but that has?"""
    name = _NAME.fullmatch(path.name)
    if name is None or name[1] not in (stream.word for stream in Stream):
        return False
    counted = index.segment(Stream[name[1].upper()], int(name[2]))
    if counted is None:
        return False
    last = max((place.last for place in index.places_in(counted)), default=0)
    return all(found.fields.last <= last for found in _blocks(_whole(path)))


def _blocks(left: _Leftover) -> Iterator[FoundBlock]:
    """The whole blocks of it."""
    if left.segment is None:
        return
    with closing(SegmentFile(left.path)) as file:
        for found in file.blocks(left.segment.file_id, file.size, max(left.start, HEADER_SIZE)):
            if isinstance(found, FoundBlock):
                yield found


def _is_of_crash(left: _Leftover, ahead: Ahead, index: Index) -> bool:
    """Records the journal holds, or what was stored behind all that counts, with them."""
    if left.segment is None:
        return not _holds_something(left)
    if left.segment.stream is Stream.RECORDS:
        return all(_are_frames(found.block, ahead.frames) for found in _blocks(left))
    counts = index.counts()
    last = counts.last_node if left.segment.stream is Stream.CHAINS else counts.last_blob
    return all(found.fields.first > last for found in _blocks(left))


def _are_frames(block: Block, frames: Mapping[int, int]) -> bool:
    for at, sequence in enumerate(block.numbers):
        try:
            record = decode_record(block.item(at))
        except ValueError:
            return False
        if frames.get(sequence) != fingerprint(record.kind, record.meta):
            return False
    return True


# --- taking away ---


def _take_away(left: _Leftover, disk: Disk, damaged: Path, *, is_proven: bool) -> None:
    if not is_proven and _holds_something(left):
        kept = unused(
            damaged, f"{left.path.name}.from-{left.start}" if left.start else left.path.name
        )
        _log.warning("%s: bytes that its index does not count are kept in %s.", left.path, kept)
        disk.make_directory(damaged)
        if not left.start:
            left.path.replace(kept)
            return
        _copy_tail(left, kept, disk)
    if left.start:
        disk.truncate(left.path, left.start)
    else:
        disk.remove(left.path)


def _holds_something(left: _Leftover) -> bool:
    """A file whose header cannot be read may hold anything."""
    if left.segment is None:
        return left.path.stat().st_size > HEADER_SIZE
    return next(_blocks(left), None) is not None


def _copy_tail(left: _Leftover, kept: Path, disk: Disk) -> None:
    file = disk.create(kept)
    try:
        with left.path.open("rb") as source:
            source.seek(left.start)
            while content := source.read(_CHUNK):
                disk.write(file, [content])
        disk.sync(file)
    finally:
        disk.close(file)

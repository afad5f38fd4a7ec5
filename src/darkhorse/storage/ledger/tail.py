"""What of the journal is not packed yet, counted without reading a body."""

import os
from pathlib import Path

from msgspec import Struct

from darkhorse.storage.ledger.files import JournalFile, journal_files
from darkhorse.storage.ledger.frame import (
    END,
    FIELDS_SIZE,
    HEADER_SIZE,
    START,
    Flaw,
    decode_fields,
    decode_header,
)
from darkhorse.storage.ledger.mark import read_mark

__all__ = ["Unpacked", "unpacked"]

_META_LENGTH = 4


class Unpacked(Struct, kw_only=True):
    """Behind what is packed. `unread` bytes are damaged, or still being written."""

    files: int = 0
    bytes: int = 0
    starts: int = 0
    ends: int = 0
    others: int = 0
    content_bytes: int = 0  # of bodies and records, as they came
    last: int = 0  # sequence
    unread: int = 0


def unpacked(directory: Path, *, after: int) -> Unpacked:
    """Count the frames of a journal behind sequence `after`. Raises ConfigError, OSError.

    Two small reads a frame. What is damaged is left out: `verify` tells of it.
    """
    found = Unpacked(last=after)
    marks: dict[str, int] = {}
    for file in journal_files(directory):
        if file.writer not in marks:
            mark = read_mark(directory, file.writer)
            marks[file.writer] = mark.number if mark else 0
        if file.number > marks[file.writer]:
            _count(file, after, found)
    return found


def _count(file: JournalFile, after: int, found: Unpacked) -> None:
    try:
        fd = os.open(file.path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # packed since it was listed
    try:
        size = os.fstat(fd).st_size
        found.files += 1
        found.bytes += size
        header = decode_header(os.pread(fd, HEADER_SIZE, 0))
        end = HEADER_SIZE
        if not isinstance(header, Flaw):
            end = _frames(fd, size, header.file_id, after, found)
        found.unread += max(0, size - end)
    finally:
        os.close(fd)


def _frames(fd: int, size: int, file_id: int, after: int, found: Unpacked) -> int:
    """Up to the first frame that is not whole; where that is."""
    at = HEADER_SIZE
    while at < size:
        fields = decode_fields(os.pread(fd, FIELDS_SIZE, at), file_id)
        if isinstance(fields, Flaw) or at + FIELDS_SIZE + fields.length > size:
            return at
        if fields.sequence > after:
            found.starts += fields.kind == START
            found.ends += fields.kind == END
            found.others += fields.kind not in (START, END)
            found.content_bytes += fields.length - _META_LENGTH
            found.last = max(found.last, fields.sequence)
        at += FIELDS_SIZE + fields.length
    return at

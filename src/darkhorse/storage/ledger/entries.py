"""The records in a journal's frames."""

import logging
from typing import TypeVar

import msgspec

from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["decoded", "record_of"]

_log = logging.getLogger(__name__)

T = TypeVar("T")


def record_of(frame: Frame) -> StartRecord | EndRecord | None:
    """The frame's record; None for a kind we do not know.

    None too, and a line in the log, for one that cannot be understood.
    """
    if frame.kind == START:
        return _decoded(frame, StartRecord)
    return _decoded(frame, EndRecord) if frame.kind == END else None


def _decoded(frame: Frame, kind: type[T]) -> T | None:
    record = decoded(frame.meta, kind)
    if record is None:
        _log.error("Frame %d holds no %s; left out.", frame.sequence, kind.__name__)
    return record


def decoded(meta: bytes, kind: type[T]) -> T | None:
    """What a frame's meta says; None, without a word, for one that cannot be understood."""
    try:
        return msgspec.json.decode(meta, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None

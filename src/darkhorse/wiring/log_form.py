"""What a line looks like: for people, or as a JSON object.

An exception's text may be private (it can hold an upstream's words or a row of the ledger), so of
an exception only its type and the lines of code it passed are told.
"""

import json
import logging
import re
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

__all__ = ["Render", "entry_of", "json_line", "said", "text_line"]

Render = Callable[[logging.LogRecord], bytes]

_LONGEST = 3000  # characters of one value
_STANDARD = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}
_PLAIN = re.compile(r"[!#-<>-~]+")  # needs no quotes: ASCII without space, `"` and `=`
_encode = msgspec.json.Encoder(enc_hook=str).encode


def entry_of(record: logging.LogRecord) -> logging.LogRecord:
    """The record as it may wait: its text made, no exception held."""
    if not (record.args or record.exc_info):
        return record
    entry = logging.makeLogRecord(record.__dict__)
    entry.msg, entry.args = _message(record), None
    if record.exc_info and record.exc_info[1]:
        error = record.exc_info[1]
        entry.__dict__.update(error=type(error).__name__, trace=_trace(error))
    entry.exc_info = entry.exc_text = entry.stack_info = None
    return entry


def said(logger: str, level: int, message: str, **extra: object) -> logging.LogRecord:
    """A record of one's own making."""
    fields = {"name": logger, "levelno": level, "levelname": logging.getLevelName(level)}
    return logging.makeLogRecord({**fields, "msg": message, **extra})


def json_line(process: str) -> Render:
    """Makes one JSON object a line, with a line feed."""

    def line(entry: logging.LogRecord) -> bytes:
        event, fields = _said(entry)
        told = {"time": _time(entry), "level": entry.levelname.lower(), "process": process}
        return _encode({**told, "event": event, **fields}) + b"\n"

    return line


def text_line(process: str) -> Render:
    """Makes `2026-02-06T12:30:01.250Z info relay: …`, with a line feed."""

    def line(entry: logging.LogRecord) -> bytes:
        event, fields = _said(entry)
        words = [str(fields.pop("message", event)).translate(_VISIBLE)]
        fields.pop("logger", None)
        words += [f"{name}={_value(value)}" for name, value in fields.items()]
        head = f"{_time(entry)} {entry.levelname.lower()} {process}: "
        return (head + " ".join(words) + "\n").encode()

    return line


def _said(entry: logging.LogRecord) -> tuple[str, dict[str, Any]]:
    """The event's name, and its fields."""
    if isinstance(entry.msg, Struct):  # an event with fields of its own
        fields = msgspec.to_builtins(entry.msg)
        return fields.pop("event"), fields
    message = str(entry.msg)[:_LONGEST].encode("utf-8", "replace").decode()
    fields = {"logger": entry.name, "message": message}
    extra = entry.__dict__.items()
    return "log", fields | {name: value for name, value in extra if name not in _STANDARD}


def _time(entry: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(entry.created, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _value(value: object) -> str:
    text = "true" if value is True else "false" if value is False else str(value)[:_LONGEST]
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _message(record: logging.LogRecord) -> str:
    """A slip in a format string must cost no more than the line."""
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _trace(error: BaseException) -> str:
    """`relay.py:48 > http.py:88`: outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{each.filename.rpartition('/')[2]}:{each.lineno}" for each in frames)


# A line must stay one line, and steer no terminal.
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
_VISIBLE |= {code: f"\\u{code:04x}" for code in (0x2028, 0x2029, *range(0x202A, 0x202F))}
_VISIBLE[ord("\n")] = "\\n"

"""Files of answers that others logged: JSON lines, plain or packed; bad lines are counted.

A line that cannot be read costs itself and nothing else.
"""

import codecs
import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import zstandard
from msgspec import Struct, field

from darkhorse.attribution.records import Record, record_of
from darkhorse.base.errors import ConfigError

__all__ = ["STDIN", "BadLine", "Group", "OnBytes", "Reading", "grouped", "read_files", "where"]

STDIN = "-"
_LONGEST = 64 << 20  # bytes of a line
_MOST_BAD = 1000  # that are remembered one by one
_TOO_DEEP = "is nested too deeply"
_RUN = tuple(b'{"run":"%b"' % each for each in (b"begun", b"spent", b"done"))
"""The frame of a kept file (`keeping`), no answer."""
OnBytes = Callable[[str, int], None]
"""A file's name, and how much of it was read: bytes as they lie there."""


class BadLine(Struct, frozen=True):
    """`why` completes "line 7 …"."""

    file: str
    line: int
    why: str


class Reading(Struct):
    """What was read. `bad_count` may be more than is listed."""

    records: list[Record] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    bad_count: int = 0

    def note(self, file: str, line: int, why: str) -> None:
        """One more bad line."""
        self.bad_count += 1
        if len(self.bad) < _MOST_BAD:
            self.bad.append(BadLine(file, line, why))


class Group(Struct, frozen=True):
    """Records that share what they were grouped by. `name`: `model=a, provider=b`."""

    name: str
    values: Mapping[str, str]
    records: tuple[Record, ...]


def read_files(paths: Sequence[str], on_bytes: OnBytes = lambda _, __: None) -> Reading:
    """Every record of these files; `-` is standard input. Raises ConfigError for a file."""
    reading = Reading()
    for path in paths:
        for number, told in enumerate(_lines(reading, path, on_bytes), 1):
            line = told.removeprefix(codecs.BOM_UTF8) if number == 1 else told
            if line.strip() and not line.startswith(_RUN):
                _take(reading, path, number, line)
    return reading


def where(records: Iterable[Record], wanted: Mapping[str, str]) -> list[Record]:
    """Those whose fields have these values."""
    return [r for r in records if all(r.fields.get(name) == v for name, v in wanted.items())]


def grouped(records: Iterable[Record], names: Sequence[str]) -> list[Group]:
    """By the values of these fields, in order of their first record."""
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        groups.setdefault(tuple(record.fields.get(n, "") for n in names), []).append(record)
    return [
        Group(
            name=", ".join(f"{n}={v}" for n, v in zip(names, values, strict=True)),
            values=dict(zip(names, values, strict=True)),
            records=tuple(found),
        )
        for values, found in groups.items()
    ]


def _take(reading: Reading, path: str, number: int, line: bytes) -> None:
    try:
        told = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        reading.note(path, number, "is not UTF-8")
    except json.JSONDecodeError as e:
        reading.note(path, number, f"is no JSON ({e.msg}, column {e.colno})")
    except RecursionError:
        reading.note(path, number, _TOO_DEEP)
    except ValueError as e:
        reading.note(path, number, str(e))
    else:
        _take_each(reading, path, number, told)


def _take_each(reading: Reading, path: str, number: int, told: Any) -> None:
    """A record, or a list of them: a bad one costs itself alone."""
    for place, each in enumerate(told if isinstance(told, list) else [told], 1):
        within = f"(record {place} of its list) " if isinstance(told, list) else ""
        try:
            reading.records.append(record_of(each))
        except RecursionError:
            reading.note(path, number, f"{within}{_TOO_DEEP}")
        except ValueError as e:
            reading.note(path, number, f"{within}{e}")


def _lines(reading: Reading, path: str, on_bytes: OnBytes) -> Iterator[bytes]:
    try:
        with _raw(path) as raw:
            file = _unpacked(path, raw)
            if _is_list(raw, file):
                yield file.read()
                return
            while line := file.readline(_LONGEST):
                on_bytes(path, 0 if path == STDIN else raw.tell())
                yield line
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as e:
        reading.note(path, 0, f"and what follows is cut or damaged ({e})")
    except OSError as e:
        raise ConfigError(f"{path}: cannot be read ({e.strerror or e}).") from None


class _Stdin(io.RawIOBase):
    """Standard input, which is not ours to close."""

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        told = sys.stdin.buffer.read(len(room))
        room[: len(told)] = told
        return len(told)


@contextmanager
def _raw(path: str) -> Iterator[io.BufferedReader]:
    if path == STDIN:
        yield io.BufferedReader(_Stdin())
        return
    with Path(path).open("rb") as file:
        yield file


def _unpacked(path: str, raw: io.BufferedReader) -> IO[bytes]:
    """The file's bytes, by what its first ones say."""
    first = raw.peek(4)[:4]
    if first == b"PAR1":
        raise ConfigError(f"{path}: is Parquet; export it with --format chat instead.")
    if first.startswith(b"\x1f\x8b"):
        return io.BufferedReader(gzip.GzipFile(fileobj=raw))
    if first == b"\x28\xb5\x2f\xfd":
        plain = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        return io.BufferedReader(plain)
    return raw


def _is_list(raw: io.BufferedReader, file: IO[bytes]) -> bool:
    """Is it one JSON list, rather than a record a line? Packed files never are."""
    return file is raw and raw.peek(64).removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"["

"""Is what clients were told is safe in the ledger, and how much room does it take?"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import xxhash
import zstandard
from msgspec import Struct

from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.read import frames
from darkhorse.storage.records import Answer
from day.traffic import Acknowledged

HEADER_BYTES = 80  # of a journal file without a frame
_LOGS = ("logs", "run")
_PARTS = ("journal", "facts.sqlite", "state.sqlite", "search.sqlite", "traits.sqlite", "table")
_BESIDE = ("-wal", "-shm")


class Found(Struct):
    """What a look through the whole ledger says about what was acknowledged."""

    lost: int = 0  # no start frame, or no end frame
    compared: int = 0
    different: int = 0  # another byte in request or answer


class _Id(Struct):
    id: str


class _Sequences(Struct):
    start: int = 0
    end: int = 0


def look(data: Path, acknowledged: list[Acknowledged], sample: int) -> Found:
    """Every id is looked for; `sample` generations, evenly spread, are compared byte for byte."""
    layout = Layout(data)
    packed = Packed(layout.packed)
    try:
        held, loose = _held(packed, layout)
        whole = [each for each in acknowledged if _is_whole(held.get(each.id))]
        found = Found(lost=len(acknowledged) - len(whole))
        for each in _spread(whole, sample):
            at = held[each.id]
            start, end = (loose.get(n) or packed.frame(n) for n in (at.start, at.end))
            found.compared += 1
            found.different += not (start and end and _same(each, start, end))
        return found
    finally:
        packed.close()


def _held(packed: Packed, layout: Layout) -> tuple[dict[str, _Sequences], dict[int, Frame]]:
    """Where the frames of each generation are; those that are not packed yet themselves."""
    held, loose = dict[str, _Sequences](), dict[int, Frame]()
    read = msgspec.json.Decoder(_Id).decode
    for meta in packed.metas():
        _note(held, read(meta.meta).id, meta.kind, meta.sequence)
    last = packed.last()
    for frame, _ in frames(layout.journal):
        if frame.sequence > last:
            loose[frame.sequence] = frame
            _note(held, read(frame.meta).id, frame.kind, frame.sequence)
    return held, loose


def _note(held: dict[str, _Sequences], generation: str, kind: int, sequence: int) -> None:
    at = held.setdefault(generation, _Sequences())
    if kind == START:
        at.start = sequence
    elif kind == END:
        at.end = sequence


def _is_whole(at: _Sequences | None) -> bool:
    return at is not None and bool(at.start and at.end)


def _spread(items: list[Acknowledged], sample: int) -> Iterator[Acknowledged]:
    step = max(1, len(items) // max(1, sample))
    yield from items[::step][:sample]


def _same(each: Acknowledged, start: Frame, end: Frame) -> bool:
    said = msgspec.json.decode(end.body, type=Answer).content.encode()
    digests = xxhash.xxh3_128_digest(start.body), xxhash.xxh3_128_digest(said)
    return digests == (each.asked, each.answered)


def stored_bytes(data: Path) -> dict[str, int]:
    """Bytes of files by part of the data directory; logs and sockets are none of it."""
    parts: dict[str, int] = {}
    for path in data.rglob("*"):
        name = path.relative_to(data).parts[0]
        if name not in _LOGS and path.is_file():
            part = _part(name, path)
            with suppress(FileNotFoundError):  # the keeper goes on
                parts[part] = parts.get(part, 0) + path.stat().st_size
    return dict(sorted(parts.items()))


def _part(name: str, path: Path) -> str:
    if path.name.endswith(_BESIDE):
        return "wal"  # of all SQLite files; bounded, whatever there is
    if name == "packed":
        return f"packed/{path.name.partition('-')[0].partition('.')[0]}"
    return name if name in _PARTS else "other"


def unpacked_bytes(data: Path) -> int:
    """Bytes of journal files that hold frames, so are not packed yet."""
    sizes = [path.stat().st_size for path in _journal(data)]
    return sum(size for size in sizes if size > HEADER_BYTES)


def _journal(data: Path) -> list[Path]:
    return [path for path in Layout(data).journal.glob("*.dhj") if path.exists()]


def counted(data: Path) -> dict[str, float | int]:
    """What the product says of itself: bytes of requests, and how much of it came again."""
    packed = Packed(Layout(data).packed)
    try:
        counts = packed.counts()
    finally:
        packed.close()
    repeated = counts.repeated_bytes / counts.request_bytes if counts.request_bytes else 0.0
    return {"redundancy": repeated, "generations": counts.starts, "ended": counts.ends}


class ZstdAlone:
    """What zstd at level 3 makes of request bodies, each for itself: every n-th is tried."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._seen = 0
        self._raw = 0
        self._compressed = 0
        self._compress = zstandard.ZstdCompressor(level=3).compress

    def see(self, body: bytes) -> None:
        self._seen += 1
        if self._seen % self._every == 1 or self._every == 1:
            self._raw += len(body)
            self._compressed += len(self._compress(body))

    @property
    def ratio(self) -> float:
        return self._raw / self._compressed if self._compressed else 0.0

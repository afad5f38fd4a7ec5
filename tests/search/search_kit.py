"""A packed ledger made by hand, and the index over it."""

import itertools
from pathlib import Path

import msgspec

from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.frame import END, START, FileHeader, encode, encode_header
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.search.find import Search
from darkhorse.storage.ledger.search.index import SearchIndex
from darkhorse.storage.records import EndRecord, StartRecord

FIRST_US = 1_770_000_000_000_000
SECOND_US = 1_000_000


class HeldClock:
    """Each look at it takes a while, so that a slice may end after any frame."""

    def __init__(self, tick_s: float = 0.0) -> None:
        self._tick_s = tick_s
        self._now_s = 0.0

    def now_us(self) -> int:
        return FIRST_US

    def monotonic(self) -> float:
        self._now_s += self._tick_s
        return self._now_s


class Library:
    """Says things to listings, packs them, and looks for them."""

    def __init__(self, data: Path, *, shard_size: int = 8, tick_s: float = 0.0) -> None:
        self.layout = Layout(data)
        self.shard_size = shard_size
        self.clock = HeldClock(tick_s)
        self._ids = itertools.count(1)
        self._sequence = 0
        self._files = 0
        self._held: list[tuple[int, bytes, bytes]] = []
        self.index = self.open()
        self.search = Search(self.layout)

    def open(self) -> SearchIndex:
        return SearchIndex(self.layout, self.clock, shard_size=self.shard_size)

    def reopen(self) -> None:
        self.index.close()
        self.index = self.open()

    def say(self, body: object, *, dialect: str = "chat", **more: object) -> str:
        """One generation, from a body or the words of a user; its id."""
        if isinstance(body, str):
            body = {"model": "m", "messages": [{"role": "user", "content": body}]}
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        number = next(self._ids)
        given = {
            "id": f"gen-{number}",
            "at_us": FIRST_US + number * SECOND_US,
            "listing": "stealth/pony",
            "key": "ab" * 32,
            **more,
        }
        start = StartRecord(dialect=dialect, streamed=False, prompt_tokens=1, **given)
        end = EndRecord(id=given["id"], at_us=given["at_us"], outcome="done")
        self.frame(START, msgspec.json.encode(start), raw)
        self.frame(END, msgspec.json.encode(end), b'{"content":"an answer"}')
        return given["id"]

    def frame(self, kind: int, meta: bytes, body: bytes) -> None:
        self._sequence += 1
        self._held.append((kind, self._sequence, meta, body))

    def pack(self) -> None:
        """What was said, as one journal file, and that packed."""
        self._files += 1
        parts = [encode_header(FileHeader(self._files, 0))]
        for kind, sequence, meta, body in self._held:
            parts += encode(kind, sequence, meta, body, file_id=self._files)
        self._held.clear()
        self.layout.journal.mkdir(parents=True, exist_ok=True)
        path = self.layout.journal / f"relay-{self._files:08}.dhj"
        path.write_bytes(b"".join(parts))
        ids = itertools.count(self._files << 32)
        packer = Packer(
            self.layout,
            disk=RealDisk(),
            clock=self.clock,
            new_file_id=lambda: next(ids),
            newest_too=True,
        )
        packer.step()
        packer.close()

    def catch_up(self) -> None:
        """Pack what was said, and index it."""
        self.pack()
        while self.index.step():
            pass

    def ids(self, words: str, **more: object) -> list[str]:
        return [hit.generation for hit in self.search.find(words, **more).hits]

    def bytes_kept(self) -> bytes:
        """All that the index has on disk."""
        files = self.layout.data.glob(f"{self.layout.search.name}*")
        return b"".join(path.read_bytes() for path in sorted(files))

    def close(self) -> None:
        self.index.close()
        self.search.close()

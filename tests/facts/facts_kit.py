"""A journal made by hand, and a plain recount of it to hold the folded facts against."""

from collections import Counter
from pathlib import Path

import msgspec
from sqlalchemy import text

from darkhorse.storage.ledger.facts import FACTS_FILE, PublicFactsReader, open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.frame import END, START, FileHeader, encode, encode_header
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.whole import Whole
from darkhorse.storage.records import Attempt, EndRecord, StartRecord
from darkhorse.wire.chunks import NativeUsage, Usage

LISTINGS = ("stealth/pony-alpha", "stealth/mule-beta")
OUTCOMES = ("done", "failed", "cancelled", "interrupted")


def start(number, **more):
    return StartRecord(
        **{
            "id": f"gen-{number}",
            "at_us": 1_770_000_000_000_000 + number,
            "listing": LISTINGS[number % 2],
            "dialect": "chat",
            "streamed": number % 3 == 0,
            "key": "ab" * 32,
            "prompt_tokens": 10 + number,
            "app_title": "A title",
            "app_url": "https://app.example",
            **more,
        }
    )


def end(number, **more):
    return EndRecord(
        **{
            "id": f"gen-{number}",
            "at_us": 1_770_000_001_000_000 + number,
            "outcome": OUTCOMES[number % 4],
            "finish": "stop",
            "usage": Usage(20 + number, 30 + number, 5) if number % 4 in (0, 2) else None,
            "native": NativeUsage(prompt=3, completion=4),
            "first_token_ms": 12.5,
            "duration_ms": 99.5,
            "attempts": (
                Attempt(endpoint="first", duration_ms=1, outcome="timeout"),
                Attempt(endpoint="second", duration_ms=2, outcome="ok"),
            ),
            **more,
        }
    )


class HandJournal:
    """Appends frames to files as the relay would, without its threads and syncs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(exist_ok=True)
        self.number = 0
        self.sequence = 0
        self.begin_file()

    def begin_file(self):
        self.number += 1
        self.path = self.directory / f"relay-{self.number:08}.dhj"
        self.file_id = 1000 + self.number
        self.path.write_bytes(encode_header(FileHeader(self.file_id, 0)))

    def append(self, *records, body=b"{}"):
        for record in records:
            kind = START if isinstance(record, StartRecord) else END
            self.raw(kind, msgspec.json.encode(record), body)

    def raw(self, kind, meta, body=b"{}"):
        self.sequence += 1
        with self.path.open("ab") as file:
            for part in encode(kind, self.sequence, meta, body, file_id=self.file_id):
                file.write(part)

    def cut(self, size):
        with self.path.open("r+b") as file:
            file.truncate(size)


def recount(directory):
    """Totals by listing, straight from the frames: the oracle."""
    starts, counted, totals = {}, set(), {}
    whole = Whole(Layout(directory.parent))
    for frame, _ in whole.frames():
        meta = msgspec.json.decode(frame.meta)
        if frame.kind == START:
            starts.setdefault(meta["id"], meta)
        elif meta["id"] in starts and meta["id"] not in counted:
            counted.add(meta["id"])
            begun = starts[meta["id"]]
            usage = meta.get("usage") or {"prompt": begun["prompt_tokens"], "completion": 0}
            total = totals.setdefault(begun["listing"], Counter())
            total["requests"] += 1
            total["prompt_tokens"] += usage["prompt"]
            total["completion_tokens"] += usage["completion"]
            if meta["outcome"] != "done":
                total[meta["outcome"]] += 1
    whole.close()
    return {listing: dict(+total) for listing, total in totals.items()}


class Facts:
    """A facts file and the fold that keeps it, opened anew whenever asked."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.directory = data / "journal"
        self.open()

    def open(self):
        self.engine = open_facts(self.data / FACTS_FILE)
        self.fold = Fold(self.engine, Layout(self.data))

    def restart(self):
        self.close()
        self.open()

    def close(self):
        self.engine.dispose()

    def rows(self, query):
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(query)).mappings()]

    def totals(self):
        return {
            row.pop("listing"): {name: value for name, value in row.items() if value}
            for row in self.rows("SELECT * FROM total")
        }

    def public(self):
        reader = PublicFactsReader(self.data / FACTS_FILE)
        found = reader.totals()
        reader.close()
        return found

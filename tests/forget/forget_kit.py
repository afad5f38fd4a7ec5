"""A small ledger of three subjects with canaries in everything they send, and how to erase one."""

import itertools
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from darkhorse.accounts.people import People
from darkhorse.storage.erasures import Erasure, Subject
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.frame import END, START, FileHeader, encode, encode_header
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.search.index import SearchIndex
from darkhorse.storage.ledger.table.seal import Seal, SealPolicy
from darkhorse.storage.ledger.table.sealing import SealedTable
from darkhorse.storage.records import Answer, Attempt, EndRecord, StartRecord
from darkhorse.storage.state.erasures import SqlErasureStore
from darkhorse.storage.state.migrations import open_state
from darkhorse.wire.chunks import ToolDelta, Usage
from darkhorse.wiring.forget import Forgetting

FIRST_US = 1_795_000_000_000_000
LATER_US = FIRST_US + 7_200_000_000
SUBJECTS = ("ann", "ben", "cyd")
PEOPLE = People(b"s" * 32)
SHARED = "A message that every one of them has sent, and that none of them owns alone. " * 12
KINDS = ("prompt", "answer", "toolargs", "app", "agent", "user", "session", "media")

_file_ids = itertools.count(0x1234_5678_9ABC)


class Clock:
    """Two hours behind the last generation; `monotonic` goes on by itself, a bit at each look."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.us = LATER_US

    def now_us(self) -> int:
        return self.us

    def monotonic(self) -> float:
        self.seconds += 0.01
        return self.seconds


def key_of(subject: str) -> str:
    return (subject.encode().hex() * 22)[:64]


def canary(subject: str, kind: str) -> str:
    return f"canary{kind}of{subject}"


def media_of(subject: str) -> str:
    """A long run of base64, as a picture comes."""
    return canary(subject, "media") + "QUJDRA" * 900


def request_of(subject: str, turn: int) -> bytes:
    """Agentic: each turn sends the whole history again; spaced as a client of its own would."""
    messages: list[dict] = [
        {"role": "system", "content": SHARED},
        {"role": "user", "content": f"{canary(subject, 'prompt')} é 漢字 " + "word " * 30},
        {"role": "user", "content": [{"type": "image_url", "url": media_of(subject)}]},
    ]
    for past in range(turn):
        messages += [
            {"role": "assistant", "content": f"{canary(subject, 'answer')} {past} " + "said " * 20},
            {"role": "user", "content": f"turn {past} " + SHARED},
        ]
    body = {
        "model": "stealth/pony-alpha",
        "messages": messages,
        "user": canary(subject, "user"),
        "session_id": canary(subject, "session"),
    }
    return json.dumps(body, ensure_ascii=subject == "ben", indent=turn % 2 or None).encode()


def answer_of(subject: str, turn: int) -> bytes:
    call = ToolDelta(0, f"call_{turn}", "look", json.dumps({"q": canary(subject, "toolargs")}))
    text = f"{canary(subject, 'answer')} {turn} " + "said " * 20
    return msgspec.json.encode(Answer(content=text, tools=(call,)))


def start_of(subject: str, turn: int, number: int) -> StartRecord:
    key = key_of(subject)
    return StartRecord(
        id=name_of(subject, turn),
        at_us=FIRST_US + number * 1_000_000,
        listing="stealth/pony-alpha",
        dialect="chat",
        streamed=bool(turn % 2),
        key=key,
        prompt_tokens=20 + turn,
        app_title=canary(subject, "app"),
        app_url=f"https://{canary(subject, 'app')}.example.com/path",
        user_agent=canary(subject, "agent"),
        address=PEOPLE.address("192.0.2.7"),
        person=PEOPLE.person(key=key, user=canary(subject, "user"), address=""),
        session=PEOPLE.session(key=key, session=canary(subject, "session")),
    )


def end_of(subject: str, turn: int, number: int) -> EndRecord:
    return EndRecord(
        id=name_of(subject, turn),
        at_us=FIRST_US + number * 1_000_000 + 500_000,
        outcome="done",
        finish="stop",
        usage=Usage(30 + turn, 11, 2),
        first_token_ms=12.0,
        duration_ms=500.0,
        micro_usd=7,
        attempts=(Attempt(endpoint="east", duration_ms=400.0, outcome="ok"),),
    )


def begun(subject: str, turn: int, number: int = 1):
    """A start's frame: kind, record, body."""
    return START, start_of(subject, turn, number), request_of(subject, turn)


def ended(subject: str, turn: int, number: int = 1, *, answer: str = ""):
    """An end's frame; `answer` makes it another than the usual one."""
    said = msgspec.json.encode(Answer(content=answer)) if answer else answer_of(subject, turn)
    return END, end_of(subject, turn, number), said


def name_of(subject: str, turn: int) -> str:
    return f"gen-{FIRST_US // 1_000_000}-{subject}{turn}"


class Ledger:
    """A data directory, and a keeper of it that does what it is told."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.layout = Layout(data)
        self.clock = Clock()
        self.layout.journal.mkdir(parents=True, mode=0o700)
        (data / "people.key").write_bytes(b"s" * 32)
        (data / "people.key").chmod(0o600)
        self.store = SqlErasureStore(open_state(data / "state.sqlite", self.clock))
        self._sequence = self._files = 0

    def write(self, subjects=SUBJECTS, turns=3, *, open_ended=()):
        """A journal file: every subject's turns, one after the other; some ends are missing."""
        self._files += 1
        file_id = next(_file_ids)
        raw = [encode_header(FileHeader(file_id, 0))]
        number = 0
        for turn in range(turns):
            for place, subject in enumerate(SUBJECTS):
                number += 1
                if subject not in subjects:
                    continue
                frames = [(START, start_of(subject, turn, number), request_of(subject, turn))]
                if (subject, turn) not in open_ended:
                    end = end_of(subject, turn, number)
                    frames.append((END, end, answer_of(subject, turn)))
                assert place < len(SUBJECTS)
                raw += self._encoded(frames, file_id)
        self.file(b"".join(raw))

    def end(self, subject, turn):
        """A file with the one end that was missing."""
        self.write_frames(ended(subject, turn))

    def write_frames(self, *frames):
        """A journal file of these, as `begun` and `ended` make them."""
        self._files += 1
        file_id = next(_file_ids)
        head = encode_header(FileHeader(file_id, 0))
        self.file(head + b"".join(self._encoded(frames, file_id)))

    def _encoded(self, frames, file_id):
        raw = []
        for kind, record, body in frames:
            self._sequence += 1
            meta = msgspec.json.encode(record)
            raw += encode(kind, self._sequence, meta, body, file_id=file_id)
        return raw

    def file(self, content):
        path = self.layout.journal / f"relay-{self._files:08}.dhj"
        path.write_bytes(content)
        path.chmod(0o600)

    def packer(self, disk=None):
        return Packer(
            self.layout,
            disk=disk or RealDisk(),
            clock=self.clock,
            new_file_id=lambda: next(_file_ids),
            block_size=4096,
            segment_size=16_384,
            newest_too=True,
        )

    def keep(self, *, seal=True):
        """Fold, pack, seal and index all there is."""
        engine = open_facts(self.layout.facts)
        fold = Fold(engine, self.layout)
        fold.catch_up()
        fold.close()
        packer = self.packer()
        while packer.step():
            pass
        packer.close()
        if seal:
            self._seal(engine)
        engine.dispose()
        index = SearchIndex(self.layout, self.clock)
        while index.step():
            pass
        index.close()

    def _seal(self, engine):
        with closing(Packed(self.layout.packed)) as packed:
            table = SealedTable(engine, self.layout, RealDisk())
            policy = SealPolicy(every_us=0, age_us=1_000_000)
            sealing = Seal(engine, table, self.clock, packed.last, policy=policy)
            while sealing.step():
                pass

    def order(self, subject: Subject, kind="key") -> Erasure:
        order = Erasure(id="ers-1", kind=kind, asked_us=LATER_US, subject=subject)
        self.store.add(order)
        return order

    def forgetting(self, disk=None, packer=None):
        cached = packer.forget_cached if packer else lambda: None
        return Forgetting(self.data, self.clock, cached, disk=disk)

    def run(self, slices=10_000):
        """A keeper's slices until every order is done."""
        forgetting = self.forgetting()
        for _ in range(slices):
            forgetting.step()
            if not self.store.unfinished():
                break
        forgetting.step()
        forgetting.close()
        assert not self.store.unfinished()

    def bodies(self):
        """Every generation's (request, answer) as they come back."""
        found: dict[str, list[bytes]] = {}
        with closing(Packed(self.layout.packed)) as packed:
            for meta in packed.metas():
                frame = packed.frame(meta.sequence)
                assert frame is not None
                assert packed.body(meta) == frame.body
                found.setdefault(msgspec.json.decode(frame.meta)["id"], []).append(frame.body)
        return found

    def close(self):
        self.store.close()


_ELSEWHERE = {"position", "journal_file", "sealing", "sealed_file", "place", "forgotten", "shape"}
_PLACES = {"start_seq", "end_seq", "start_file", "start_at", "end_file", "end_at", "seal"}


def facts_of(data: Path) -> dict[str, list]:
    """Every table of the facts, without where frames lie."""
    with closing(sqlite3.connect(Layout(data).facts)) as connection:
        connection.row_factory = sqlite3.Row
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = {row[0] for row in tables} - _ELSEWHERE
        return {name: _rows(connection, name) for name in sorted(names)}


def _rows(connection, table):
    rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
    kept = [{k: v for k, v in row.items() if k not in _PLACES} for row in rows]
    return sorted(kept, key=repr)


def expected_bodies(subjects, turns=3):
    return {
        name_of(subject, turn): [request_of(subject, turn), answer_of(subject, turn)]
        for subject in subjects
        for turn in range(turns)
    }

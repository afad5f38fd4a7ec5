"""The newest generations of the month, frame by frame, and what a keeper makes of them."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

import msgspec
from growing.keeping import HandClock, Keeping

from darkhorse.storage.ledger.files import JournalFile
from darkhorse.storage.ledger.frame import END, START, FileHeader, encode, encode_header
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.records import Answer, EndRecord, StartRecord
from darkhorse.wiring.traits import open_describing
from visiting.month import Dealt
from visiting.words import answer, question

_FILE = 500  # generations


def write_journal(data: Path, dealt: Iterable[Dealt]) -> None:
    """In files as a relay leaves them, of which the last is not full."""
    folder = Layout(data).journal
    folder.mkdir(mode=0o700)
    sequence, path = 0, folder
    for at, one in enumerate(dealt):
        file = at // _FILE + 1
        if at % _FILE == 0:
            path = JournalFile(folder, "relay", file).path
            path.touch(mode=0o600)
            path.write_bytes(encode_header(FileHeader(file, one.start.at_us)))
        with path.open("ab") as journal:
            for record, body in ((one.start, _request(one)), (one.end, _answer(one))):
                sequence += 1
                journal.writelines(_frame(record, body, sequence, file))


def keep(data: Path, now_us: int) -> None:
    """Fold, pack, seal, index and describe it, as a keeper would have by now."""
    clock = HandClock(now_us)
    with contextlib.closing(Keeping(data, clock)) as keeping:
        keeping.catch_up()
    with contextlib.closing(open_describing(Layout(data), clock)) as describing:
        while describing.step():
            pass


def _frame(record: StartRecord | EndRecord, body: bytes, sequence: int, file: int) -> list[bytes]:
    kind = START if isinstance(record, StartRecord) else END
    return list(encode(kind, sequence, msgspec.json.encode(record), body, file_id=file))


def _request(one: Dealt) -> bytes:
    said = question(one.number, one.category)
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": said}]
    name = "input" if one.start.dialect == "responses" else "messages"
    return msgspec.json.encode({"model": one.start.listing, name: messages})


def _answer(one: Dealt) -> bytes:
    done = one.end.outcome == "done"
    return msgspec.json.encode(Answer(answer(one.number) if done else ""))

"""Facts, limits and bodies when the journal's files are packed and dropped behind the fold."""

import asyncio
import itertools

import msgspec
import pytest
from accounting_kit import MINE
from facts_kit import end, recount, start
from sqlalchemy import delete

from darkhorse.storage.accounting import ContentGone
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.ledger.files import journal_files
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.lookup import LedgerGenerations
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.sealed import write_places
from darkhorse.storage.ledger.tables import generation
from darkhorse.storage.ledger.usage import read_usage

BODY = msgspec.json.encode({"messages": [{"role": "user", "content": "said " * 300}]})
ELSEWHERE = {"start_file", "start_at", "end_file", "end_at"}  # where a frame was folded from


class _Clock:
    def now_us(self):
        return 0

    def monotonic(self):
        return 0.0


def pack(data):
    """Pack and drop every file but the newest."""
    ids = itertools.count(5)
    packer = Packer(Layout(data), disk=RealDisk(), clock=_Clock(), new_file_id=lambda: next(ids))
    while packer.step():
        pass
    packer.close()


def rows_of(facts):
    rows = facts.rows("SELECT * FROM generation ORDER BY id")
    return [{k: v for k, v in row.items() if k not in ELSEWHERE} for row in rows]


def fill(journal, files=4, each=5):
    """Files of generations, some of which end in a later file, and one of which runs on."""
    numbers = itertools.count()
    late = []
    for _ in range(files):
        for number in itertools.islice(numbers, each):
            journal.append(start(number), body=BODY)
            if number % 3:
                journal.append(end(number))
            else:
                late.append(number)
        journal.append(*(end(number) for number in late[:-1]))
        del late[:-1]
        journal.begin_file()


def test_a_rebuild_from_what_is_packed_gives_the_same_rows_and_reads_no_body(
    journal, facts, tmp_path, monkeypatch
):
    fill(journal)
    journal.append(*(each(99) for each in (start, end)))
    facts.fold.catch_up()
    totals, rows, oracle = facts.totals(), rows_of(facts), recount(journal.directory)
    assert totals == oracle
    pack(tmp_path)
    assert len(journal_files(journal.directory)) == 1
    facts.close()
    for path in tmp_path.glob(f"{FACTS_FILE}*"):
        path.unlink()

    def body(*_):
        raise AssertionError("a body was read")

    monkeypatch.setattr(Packed, "body", body)
    facts.open()
    facts.fold.catch_up()
    assert (facts.totals(), rows_of(facts)) == (totals, rows)
    assert len(rows) == len({row["id"] for row in rows}) == 21


@pytest.mark.parametrize("restarts", [False, True])
def test_files_dropped_behind_the_fold_change_nothing(journal, facts, tmp_path, restarts, caplog):
    seen = []
    for turn in range(4):
        fill(journal, files=1)
        journal.append(start(100 + turn), end(100 + turn))
        facts.fold.catch_up()
        seen.append(facts.totals())
        pack(tmp_path)
        if restarts:
            facts.restart()
        facts.fold.catch_up()
        assert facts.totals() == seen[-1]
    assert len(journal_files(journal.directory)) == 1
    assert "anew" not in caplog.text
    journal.append(start(200), end(200))
    assert facts.fold.catch_up() == 2
    assert len(rows_of(facts)) == 5 + 4 + 1


# --- limits ---


def use(layout, now_us):
    """In an order that does not depend on where it was read."""
    found = read_usage(layout, now_us)
    return [sorted(map(msgspec.structs.astuple, part)) for part in msgspec.structs.astuple(found)]


def test_limits_are_restored_from_packed_frames_and_the_journal_alike(journal, facts, tmp_path):
    layout, now_us = Layout(tmp_path), start(0).at_us + 10_000_000
    fill(journal)
    exact = use(layout, now_us)
    assert len(exact[0]) == 20
    pack(tmp_path)
    assert use(layout, now_us) == exact, "without facts"
    facts.fold.catch_up()
    assert use(layout, now_us) == exact
    journal.append(start(300), end(300))
    journal.begin_file()
    journal.append(start(301), end(301))
    later = use(layout, now_us)
    assert sum(each[-1] for each in later[1]) == 2 + sum(each[-1] for each in exact[1])
    pack(tmp_path)
    assert use(layout, now_us) == later, "the facts are behind what is packed"
    facts.fold.catch_up()
    assert use(layout, now_us) == later


# --- one generation ---


@pytest.fixture
def told(traffic):
    """Generations with their bodies, folded; the last one's end is in a file of its own."""
    bodies = {}
    for number in range(6):
        body = BODY + b" " * number
        begun, _ = traffic.generate(body=body, answer=f"answer {number}")
        bodies[begun.id] = body, f"answer {number}"
        if number % 2:
            traffic.journal.begin_file()
    traffic.fold()
    return bodies


def contents(traffic, names):
    found = {name: traffic.content(name) for name in names}
    return {name: (each.request, each.answer.content) for name, each in found.items()}


def test_bodies_come_back_whether_packed_or_not(traffic, told, tmp_path):
    assert contents(traffic, told) == told
    pack(tmp_path)
    assert contents(traffic, told) == told
    assert len(journal_files(traffic.journal.directory)) == 1


def test_a_file_that_goes_between_two_reads_is_no_loss(traffic, told, tmp_path):
    reader = traffic.read.generations
    places = {name: reader._places(name) for name in told}
    found = {name: reader._folded(name) for name in told}
    pack(tmp_path)
    for name, (body, answer) in told.items():
        content = reader._read(found[name], places[name])
        assert (content.request, content.answer.content) == (body, answer)


def seal(traffic, names):
    """What the seal leaves in SQLite."""
    places = traffic.facts.rows("SELECT id, start_seq, end_seq FROM generation")
    with traffic.facts.engine.begin() as connection:
        write_places(connection, [tuple(row.values()) for row in places if row["id"] in names])
        connection.execute(delete(generation).where(generation.c.id.in_(list(names))))


def test_one_that_has_left_sqlite_is_as_it_was(traffic, told, tmp_path):
    facts = {name: traffic.find(name) for name in told}
    pack(tmp_path)
    seal(traffic, list(told)[:5])
    assert {name: traffic.find(name) for name in told} == facts
    assert contents(traffic, told) == told
    assert traffic.find(next(iter(told)), "cd" * 32) is None
    assert traffic.find("gen-none") is None


def test_damage_in_a_packed_body_is_told_as_gone_and_logged(traffic, told, tmp_path, caplog):
    pack(tmp_path)
    for path in Layout(tmp_path).packed.glob("blobs-*.dhs"):
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)
    other = LedgerGenerations(Layout(tmp_path))
    with pytest.raises(ContentGone):
        asyncio.run(other.content(next(iter(told)), MINE, lambda it: it))
    other.close()
    assert "blobs-" in caplog.text

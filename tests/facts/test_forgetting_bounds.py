"""What is forgotten costs what it is, not what the table is: a few hours, a file, at a time."""

import msgspec
import pytest
from facts_kit import LISTINGS
from table_kit import Rows

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger import people_sketch
from darkhorse.storage.ledger.agreement import check_facts
from darkhorse.storage.ledger.forgetting import forget
from darkhorse.storage.ledger.sealed import read_files
from darkhorse.storage.ledger.table import remains, scan
from darkhorse.storage.ledger.table.scan import Scan
from darkhorse.storage.state.engine import writing

STALE = ("stale_hour", "stale_key", "stale_app", "stale_conversation")


class Asked:
    """Every question to the table's files: how many files, and how long the answer was."""

    def __init__(self, monkeypatch):
        self.questions = []
        ask = Scan.ask

        def watched(scan, query, files, values):
            found = ask(scan, query, files, values)
            self.questions.append((query, len(list(files)), len(found)))
            return found

        monkeypatch.setattr(Scan, "ask", watched)

    def longest(self, word):
        return max((length for query, _, length in self.questions if word in query), default=0)


@pytest.fixture
def asked(monkeypatch):
    return Asked(monkeypatch)


def forget_all(rows, pairs):
    with writing(rows.facts.engine).begin() as connection:
        return forget(connection, pairs)


def stale(rows):
    return [rows.count(table) for table in STALE]


def finish(rows):
    slices = 0
    while rows.table.forget_rows():
        slices += 1
    return slices


def seal(rows, numbers, **more):
    pairs = [rows.generate(number, **more) for number in numbers]
    rows.fold()
    rows.seal_all()
    return pairs


def test_to_forget_asks_nothing_of_the_table(rows, asked):
    pairs = seal(rows, range(6), person="p", session="s", app_title="App")
    assert forget_all(rows, pairs[:3]) == 3
    assert asked.questions == []


def test_who_was_there_is_asked_of_hours_that_lost_somebody(rows):
    nobody = seal(rows, range(3), person="", seconds_ago=90_000)
    somebody = seal(rows, range(3, 6), person="p")
    forget_all(rows, nobody)
    assert rows.count("stale_hour") == 0
    forget_all(rows, somebody[:1])
    assert rows.count("stale_hour") == 1


def test_what_is_older_than_the_newest_makes_nothing_stale(rows):
    talk = {"person": "", "session": "s", "app_url": "https://a.io", "listing": LISTINGS[0]}
    old = seal(rows, range(2), seconds_ago=200_000, **talk)
    seal(rows, range(2, 4), **talk)
    forget_all(rows, old)
    assert rows.count("stale_key") == rows.count("stale_conversation") == 0
    finish(rows)
    assert stale(rows) == [0, 0, 0, 0]
    assert rows.count("conversation") == rows.count("key_seen") == 1


def test_a_full_hour_is_asked_for_in_parts(rows, asked, monkeypatch):
    monkeypatch.setattr(remains, "_ROWS", 8)
    pairs = [
        rows.generate(number, person=f"p{number}", listing=LISTINGS[number % 2])
        for number in range(120)
    ]
    rows.fold()
    rows.seal_all()
    forget_all(rows, pairs[:2])
    finish(rows)
    assert 0 < asked.longest("person") < 30
    found = rows.facts.rows("SELECT people FROM hour")
    assert [people_sketch.count(row["people"]) for row in found] == [59, 59]


def test_a_slice_writes_one_file_anew(rows):
    ago = [100 + 86_400 * day for day in range(4)]
    pairs = [pair for day in range(4) for pair in seal(rows, [day], seconds_ago=ago[day])]
    kept = [pair for day in range(4) for pair in seal(rows, [9 + day], seconds_ago=ago[day])]
    for day in {file.day for file in rows.table.files()}:
        rows.table.compact(day, target_bytes=1 << 20)
    before = {file.path for file in rows.table.files()}
    assert len(before) == 4
    forget_all(rows, pairs)
    while any(stale(rows)):
        assert rows.table.forget_rows()
        assert {file.path for file in rows.table.files()} == before
    for left in (3, 2, 1, 0):
        assert rows.table.forget_rows()
        assert len(before & {file.path for file in rows.table.files()}) == left
        assert rows.count("forgotten") == left
    assert not rows.table.forget_rows()
    assert sorted(row.id for row in rows.rows()) == sorted(begun.id for begun, _ in kept)


def test_between_two_slices_it_may_die(rows):
    pairs = seal(rows, range(8), person="p", session="s", app_title="App")
    forget_all(rows, pairs[:4])
    slices = 0
    while rows.table.forget_rows():
        rows.restart()
        slices += 1
    assert slices >= 4
    assert stale(rows) == [0, 0, 0, 0]
    assert rows.count("forgotten") == 0


# --- what is told ---


def test_too_large_a_question_is_not_taken_for_damage(rows, monkeypatch):
    pairs = seal(rows, range(3), person="p")
    forget_all(rows, pairs[:1])
    monkeypatch.setattr(scan, "_MEMORY", "1KB")
    with pytest.raises(ConfigError, match="takes more than 1KB of memory"):
        finish(rows)


def test_a_bit_that_flipped_in_a_file_is_found(tmp_path):
    rows = Rows(tmp_path)
    seal(rows, range(5))
    [file] = rows.table.files()
    path = rows.layout.table / file.path
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    assert not [fault for fault in faults(rows) if "other bytes" in fault.why]
    path.write_bytes(content)
    assert [fault.file for fault in faults(rows) if "other bytes" in fault.why] == [
        f"table/{file.path}"
    ]
    rows.close()


def faults(rows):
    return check_facts(rows.layout, erasing=True).faults


def test_every_change_of_the_table_notes_the_bytes(rows):
    pairs = [pair for number in range(4) for pair in seal(rows, [number])]
    rows.table.compact(rows.table.files()[0].day, target_bytes=1 << 20)
    forget_all(rows, pairs[:1])
    finish(rows)
    with rows.facts.engine.connect() as connection:
        [file] = read_files(connection)
    assert (file.rows, file.first_seq, file.last_seq) == (3, 3, 7)
    assert len(file.digest) == 16
    assert not [fault for fault in faults(rows) if "other bytes" in fault.why]
    assert msgspec.structs.replace(file, digest="") != file

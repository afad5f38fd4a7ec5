"""What the doctor finds in the journal, the facts and the clock."""

import pytest
from doctor_kit import HOUR_US, alter

from darkhorse.storage.ledger.layout import Layout
from darkhorse.wiring.doctor.check import span
from darkhorse.wiring.doctor.journal import judge_clock
from packed.packed_kit import pack_all


def test_damage_in_the_newest_file(patient):
    patient.born()
    patient.record("gen-1", "gen-2")
    newest = max((patient.data / "journal").glob("*.dhj"))
    content = bytearray(newest.read_bytes())
    content[150] ^= 255
    newest.write_bytes(content)
    patient.told("journal", "fail", f"{newest.name}: bytes ", "darkhorse ledger verify")


def test_damage_in_an_older_file_is_found_by_looking_deep(patient):
    patient.born()
    patient.record("gen-1", "gen-2")
    older = max((patient.data / "journal").glob("*.dhj"))
    patient.record("gen-3")
    content = bytearray(older.read_bytes())
    content[150] ^= 255
    older.write_bytes(content)
    patient.told("journal", "ok", "All 2 frames of the newest file", "--deep")
    steps = []
    found = patient.said("journal", deep=True, on_progress=lambda *done: steps.append(done))
    assert {verdict for verdict, _ in found} == {"fail"}
    assert older.name in found[0][1]
    assert steps[-1][0] == steps[-1][1] > 0


def test_a_whole_journal_looked_at_deep(patient):
    patient.born()
    patient.record("gen-1")
    patient.record("gen-2")
    patient.told("journal", "ok", "All 4 frames in ", "once and whole", deep=True)


def test_a_file_that_is_gone_is_missed_without_looking_deep(patient):
    patient.born()
    patient.record("gen-1")
    patient.record("gen-2")
    gone = min((patient.data / "journal").glob("*.dhj"))
    gone.unlink()
    patient.told("journal", "fail", f"{gone.name}: is missing; it held")


def test_facts_that_are_missing_behind_or_of_another_journal(patient):
    patient.born()
    patient.told("facts", "ok", "Nothing has been recorded yet")
    patient.record("gen-1")
    patient.told("facts", "warn", "does not exist", "Start the server")
    patient.fold()
    patient.told("facts", "ok", "keep up")
    patient.record(*(f"gen-{n}" for n in range(2, 40)))
    patient.told("facts", "ok", "keep up")
    with max((patient.data / "journal").glob("*.dhj")).open("ab") as file:
        file.write(bytes(2 << 20))
    patient.told("facts", "warn", "bytes behind the journal")
    alter(patient.data / "facts.sqlite", "UPDATE position SET file = 'relay-00000999.dhj'")
    patient.told("facts", "warn", "of another journal")
    alter(patient.data / "facts.sqlite", "UPDATE shape SET number = 1")
    patient.told("facts", "warn", "of another version")
    (patient.data / "facts.sqlite").write_bytes(b"words" * 1000)
    patient.told("facts", "fail", "cannot be read", "ledger repair")


def test_what_is_packed_was_recorded(patient):
    patient.born()
    patient.record("gen-1", "gen-2")
    patient.fold()
    pack_all(Layout(patient.data))
    assert not list((patient.data / "journal").glob("*.dhj"))
    patient.told("journal", "ok", "All 4 frames so far are packed")
    patient.told("facts", "ok", "keep up")
    (patient.data / "facts.sqlite").unlink()
    patient.told("facts", "warn", "does not exist", "Start the server")


@pytest.mark.parametrize("sealed", [False, True])
def test_the_clock_is_held_against_what_was_packed_and_sealed_too(patient, sealed):
    patient.born()
    patient.record("gen-1")
    patient.fold()
    pack_all(Layout(patient.data))
    if sealed:
        alter(patient.data / "facts.sqlite", "DELETE FROM generation")
    patient.clock.us -= HOUR_US
    patient.told("clock", "fail", ", 60 minutes later")


def test_a_clock_behind_the_newest_record(patient):
    patient.born()
    patient.record("gen-1")
    patient.clock.us -= 60_000_000
    patient.told("clock", "ok")
    patient.clock.us -= 60_000_000
    patient.told("clock", "fail", ", 2 minutes later", "timedatectl")


def test_a_clock_behind_the_newest_move(patient):
    patient.born().draft()
    patient.clock.us -= HOUR_US
    patient.told("clock", "fail", ", 60 minutes later")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (119, "119 s"),
        (7199, "120 minutes"),
        (7200, "2 hours"),
        (172_799, "48 hours"),
        (172_800, "2 days"),
        (34_559_031, "400 days"),
        (86_400_000, "1,000 days"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_unit(seconds, told):
    assert span(seconds * 1_000_000) == told


@pytest.mark.parametrize("now_us", [0, -1, 10**15, 5 * 10**15, 10**30])
def test_a_year_that_cannot_be(now_us):
    check = judge_clock(now_us, 0)
    assert (check.verdict, "cannot be" in check.sentence) == ("fail", True)


def test_one_check_that_breaks_does_not_stop_the_others(patient):
    patient.born()
    patient.record("gen-1")
    newest = max((patient.data / "journal").glob("*.dhj"))
    header = bytearray(newest.read_bytes())
    newest.unlink()
    newest.mkdir()
    (newest / "filler").write_bytes(bytes(header))
    found = {check.name: check for check in patient.look()}
    assert found["journal"].verdict == "fail"
    assert "cannot be looked at" in found["journal"].sentence
    assert "leftovers" in found

"""The keeper as a process: killed, told to stop, and given a journal it cannot read."""

import signal
import stat
import threading

import xxhash
from facts_kit import HandJournal, end, start
from keeper_kit import stop, until

from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.ledger.frame import HEADER_SIZE
from darkhorse.wiring.keeper_report import read_report, report_path
from darkhorse.wiring.ledger_verify import verify_ledger


def test_killed_at_any_moment_beside_a_writer_it_counts_exactly(house):
    writer = house.writer("a")
    for round_number in range(8):
        # Every other keeper may still be starting, or in its first fold, when it dies.
        keeper = house.keeper(wait=round_number % 2 == 0)
        threading.Event().wait(0.037 * round_number)
        house.kill(keeper)
        if round_number == 4:
            house.kill(writer)
            writer = house.writer("b")  # it marks what ran as interrupted, in a file of its own
    writer.communicate("stop", timeout=60)
    assert writer.returncode == 0
    keeper = house.keeper()
    until(house.is_exact)
    assert sum(requests for requests, _, _ in house.public().values()) > 50
    assert stop(keeper) == 0
    assert "anew" not in house.log.read_text()
    report = verify_ledger(house.data)
    assert report.problems() == []
    assert report.packed.counts.starts > 50  # each file packed once, whatever died meanwhile


def test_it_folds_what_is_there_before_it_is_ready_and_what_comes_after(house):
    journal = HandJournal(house.journal)
    journal.append(start(0), end(0))
    keeper = house.keeper()
    assert house.word == "ready"
    assert house.is_exact()
    journal.append(start(1), end(1))
    until(house.is_exact)
    assert stop(keeper) == 0
    assert house.log.read_text() == ""


def test_told_to_stop_it_folds_once_more(house):
    journal = HandJournal(house.journal)
    keeper = house.keeper()
    keeper.send_signal(signal.SIGSTOP)  # so that these two and the word to stop meet it at once
    journal.append(start(0), end(0))
    keeper.send_signal(signal.SIGTERM)
    keeper.send_signal(signal.SIGCONT)
    assert keeper.wait(60) == 0
    assert house.is_exact()


def test_without_a_journal_it_waits_for_one(house):
    keeper = house.keeper()
    assert house.word == "ready"
    assert house.public() == {}
    assert stat.S_IMODE((house.data / FACTS_FILE).stat().st_mode) == 0o600
    journal = HandJournal(house.journal)
    journal.append(start(0), end(0))
    until(house.is_exact)
    assert stop(keeper) == 0


def of_a_newer_version(journal):
    """A journal file behind all others that only a newer Darkhorse can read."""
    path = journal.directory / "relay-99999999.dhj"
    raw = bytearray(journal.path.read_bytes()[:HEADER_SIZE])
    copy = HEADER_SIZE // 2
    raw[8:12] = (2).to_bytes(4, "little")
    raw[copy - 8 : copy] = xxhash.xxh3_64_intdigest(bytes(raw[: copy - 8])).to_bytes(8, "little")
    path.write_bytes(bytes(raw[:copy]) * 2 + b"x")
    return path


def test_what_fails_while_it_runs_is_logged_and_tried_again(house):
    journal = HandJournal(house.journal)
    keeper = house.keeper()
    path = of_a_newer_version(journal)
    until(lambda: "newer Darkhorse" in house.log.read_text())
    assert keeper.poll() is None
    path.unlink()
    journal.append(start(0), end(0))
    until(house.is_exact)
    assert stop(keeper) == 0


def test_what_fails_at_the_start_is_one_sentence(house):
    of_a_newer_version(HandJournal(house.journal))
    keeper = house.keeper()
    assert house.word.startswith("failed ")
    assert "newer Darkhorse" in house.word
    assert keeper.wait(60) == 1
    assert "Traceback" not in house.log.read_text()


def test_two_keepers_on_one_directory_are_refused(house):
    first = house.keeper()
    second = house.keeper()
    assert f"keeper.lock: another process (pid {first.pid}) keeps this ledger" in house.word
    assert second.wait(60) == 1
    assert first.poll() is None
    assert "Traceback" not in house.log.read_text()
    assert stop(first) == 0
    third = house.keeper()
    assert house.word == "ready"
    assert stop(third) == 0


def test_it_says_how_it_fares_to_its_own_user_only(house):
    journal = HandJournal(house.journal)
    journal.append(start(0), end(0))
    keeper = house.keeper()
    until(lambda: read_report(house.data))
    report = read_report(house.data)
    assert report.pid == keeper.pid
    assert (report.journal_files, report.journal_bytes) == (1, journal.path.stat().st_size)
    fold = next(chore for chore in report.chores if chore.name == "fold")
    assert fold.ok_us
    assert fold.problem == ""
    path = of_a_newer_version(journal)
    until(lambda: "newer Darkhorse" in str(read_report(house.data)))
    path.unlink()
    assert stat.S_IMODE(report_path(house.data).stat().st_mode) == 0o600
    assert stat.S_IMODE(report_path(house.data).parent.stat().st_mode) == 0o700
    house.kill(keeper)
    assert report_path(house.data).exists()
    assert read_report(house.data) is None

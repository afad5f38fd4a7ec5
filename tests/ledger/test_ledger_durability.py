"""Killed, and robbed of power: what was acknowledged is there, whole; what is there is true."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from journal_kit import contents, open_journal, start_frame, write_file
from journal_writer import body_of

from darkhorse.storage.ledger.frame import HEADER_SIZE, START
from darkhorse.storage.ledger.powercut import CUT_MODES, RecordingDisk, cut_power
from darkhorse.storage.ledger.recover import recover
from darkhorse.storage.ledger.verify import verify

WRITER = Path(__file__).with_name("journal_writer.py")
SEED = 20260


def run_and_kill(directory: Path, sidecar: Path | None, turn: int, lines: int) -> set[str]:
    """Let a writer run for so many acknowledgements, kill it; all it had said by then."""
    command = [sys.executable, str(WRITER), str(directory), str(sidecar or "-"), str(turn)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        said += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    assert all(line.endswith("\n") for line in said)
    return {line.strip() for line in said}


def check_all_there(directory: Path, promised: set[str]) -> None:
    held = contents(directory)
    there = {}
    for kind, generation, body in held:
        letter = "S" if kind == START else "E"
        if body or letter == "S":  # an interrupted one's end has none
            assert body == body_of(letter, generation), "not what was written"
            there[f"{letter} {generation}"] = True
    assert promised <= there.keys(), sorted(promised - there.keys())[:5]


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    promised: set[str] = set()
    for turn in range(10):
        promised |= run_and_kill(tmp_path, None, turn, rng.randrange(1, 400))
        check_all_there(tmp_path, promised)
    report = recover(tmp_path)
    assert report.damaged == ()
    found = verify(tmp_path)
    assert found.ok, found.problems()
    assert found.open == report.interrupted
    assert found.torn == ()


def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    directory, sidecar = tmp_path / "journal", tmp_path / "synced"
    promised: set[str] = set()
    for turn in range(12):
        promised |= run_and_kill(directory, sidecar, turn, rng.randrange(1, 300))
        mode = CUT_MODES[turn % len(CUT_MODES)]
        cut_power(directory, sidecar, rng, mode)
        check_all_there(directory, promised)
        assert verify(directory).ok, verify(directory).problems()


def synced_and_not(tmp_path: Path) -> tuple[Path, Path]:
    """A directory with 1,000 synced and 500 unsynced bytes, a file never synced, the sidecar."""
    directory, sidecar = tmp_path / "journal", tmp_path / "synced"
    directory.mkdir(parents=True)
    disk = RecordingDisk(sidecar)
    file = disk.create(directory / "relay-00000001.dhj")
    disk.write(file, [b"s" * 1000])
    disk.sync(file)
    disk.write(file, [b"u" * 500])
    disk.close(file)
    never = disk.create(directory / "relay-00000002.dhj")
    disk.write(never, [b"u"])
    disk.close(never)
    return directory, sidecar


@pytest.mark.parametrize("seed", range(8))
def test_the_power_cut_takes_what_was_not_synced_and_only_that(tmp_path: Path, seed: int) -> None:
    left = {}
    for mode in CUT_MODES:
        directory, sidecar = synced_and_not(tmp_path / mode)
        cut_power(directory, sidecar, random.Random(seed), mode)
        assert [path.name for path in directory.iterdir()] == ["relay-00000001.dhj"]
        left[mode] = (directory / "relay-00000001.dhj").read_bytes()
        assert left[mode].startswith(b"s" * 1000)
    assert len(left["cut"]) == 1000
    assert 1000 <= len(left["torn"]) <= 1500
    assert left["torn"][1000:].strip(b"u") == b""
    assert len(left["garbage"]) == 1500
    assert left["garbage"][1000:] != b"u" * 500


def test_what_a_killed_process_left_unsynced_is_synced_before_it_is_built_on(
    tmp_path: Path,
) -> None:
    directory, sidecar = tmp_path / "journal", tmp_path / "synced"
    directory.mkdir()
    write_file(directory, 1, [start_frame(1, "gen-1")])
    journal = open_journal(directory, disk=RecordingDisk(sidecar))
    cut_power(directory, sidecar, random.Random(1), "cut")
    journal.close()
    assert [generation for _, generation, _ in contents(directory)] == ["gen-1", "gen-1"]
    assert verify(directory).ok


def test_a_new_file_is_on_disk_before_its_first_frame(tmp_path: Path) -> None:
    directory, sidecar = tmp_path / "journal", tmp_path / "synced"
    journal = open_journal(directory, disk=RecordingDisk(sidecar))
    cut_power(directory, sidecar, random.Random(1), "cut")
    assert (directory / "relay-00000001.dhj").stat().st_size == HEADER_SIZE
    journal.close()


def test_the_power_cut_would_show_a_journal_that_does_not_sync(tmp_path: Path) -> None:
    """The oracle has teeth: without the syncs, acknowledged frames are missed."""
    directory, sidecar = tmp_path / "journal", tmp_path / "synced"
    promised = run_and_kill(directory, sidecar, 0, 50)
    lines = sidecar.read_text().splitlines()
    first_sync = next(n for n, line in enumerate(lines) if not line.startswith("-1"))
    sidecar.write_text("\n".join(lines[: first_sync + 1]))
    cut_power(directory, sidecar, random.Random(1), "cut")
    with pytest.raises(AssertionError):
        check_all_there(directory, promised)

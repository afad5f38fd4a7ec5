"""`darkhorse ledger stats` and `list`, and verify over all parts, as the keeper has left them."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from journal_kit import end_frame, start_frame, write_file
from packed_damage_kit import Ledger, turn

from darkhorse.base.clock import SteadyClock
from darkhorse.cli.ledger import ledger as command
from darkhorse.wiring.keeper.chores import Means, rounds
from darkhorse.wiring.ledger_stats import read_stats
from darkhorse.wiring.ledger_verify import verify_ledger
from darkhorse.wiring.time import steady_clock

YEAR_US = 365 * 86_400_000_000


class MovedClock:
    """The machine's clock, set wrong."""

    def __init__(self, by_us: int) -> None:
        self._by_us = by_us

    def now_us(self) -> int:
        return time.time_ns() // 1000 + self._by_us

    def monotonic(self) -> float:
        return time.monotonic()


def call(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def keep(data: Path, clock: SteadyClock | None = None) -> None:
    work = rounds(data, clock or steady_clock(data), Means(), search=True)
    work.finish([duty.name for duty in work.duties], 60)
    assert [duty.report.problem for duty in work.duties if duty.report.problem] == []
    work.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Three turns packed, a fourth in the journal."""
    return Ledger(tmp_path / "data")


def test_stats_are_exact(ledger: Ledger) -> None:
    keep(ledger.data)
    frames = [frame for number in range(4) for frame in turn(number + 1, 2 * number + 1)]
    packed = frames[:6]
    stats = json.loads(call("stats", "--data", ledger.data, "--json").stdout)
    assert (stats["generations"], stats["ended"], stats["frames"]) == (4, 4, 8)
    assert stats["raw_bytes"] == sum(len(frame.meta) + len(frame.body) for frame in frames)
    assert stats["request_bytes"] == sum(len(frame.body) for frame in packed[::2])
    assert stats["answer_bytes"] == sum(len(frame.body) for frame in packed[1::2])
    assert stats["known"] == {"segments": 3, "frames": 6, "nodes": 3, "blobs": 6}
    # Of turns of 1, 2 and 3 messages, 3 of 6 messages were there before.
    assert stats["redundancy"] == pytest.approx(0.5, abs=0.02)
    assert (stats["rows"], stats["sealed"], stats["table_files"]) == (1, 3, 1)
    assert stats["oldest"]["generation"] == "gen-1"
    assert stats["newest"]["generation"] == "gen-4"
    assert stats["lag"] == {
        "journal_files": 1,
        "journal_bytes": (ledger.layout.journal / "relay-00000004.dhj").stat().st_size,
        "frames_not_packed": 2,
        "frames_not_folded": 0,
        "rows_not_sealed": 1,
        "frames_not_indexed": 0,
        "frames_not_described": 0,
    }
    assert stats["keeper"] is None
    assert stats["disk_bytes"] == sum(stats["disk"].values())
    assert stats["disk_bytes"] == on_disk(ledger.data)
    assert stats["stored_ratio"] == stats["disk_bytes"] / stats["raw_bytes"]


def on_disk(data: Path) -> int:
    beside = ("keeper.lock", "state.sqlite", "people.key", "lock")
    return sum(
        path.stat().st_size
        for path in data.rglob("*")
        if path.is_file()
        and path.suffix != ".sqlite-shm"
        and not path.relative_to(data).parts[0].startswith(beside)
    )


def test_stats_before_a_keeper_ran_say_what_is_behind(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    write_file(tmp_path / "journal", 1, [start_frame(1, "gen-1"), end_frame(2, "gen-1")])
    stats = read_stats(tmp_path)
    assert (stats.generations, stats.ended, stats.redundancy) == (1, 1, None)
    assert (stats.lag.frames_not_packed, stats.lag.frames_not_folded) == (2, 2)
    assert "does not run" in call("stats", "--data", tmp_path).output


def test_stats_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    stats = read_stats(tmp_path)
    assert (stats.frames, stats.stored_ratio, stats.oldest) == (0, None, None)
    assert call("stats", "--data", tmp_path).exit_code == 0
    nowhere = call("stats", "--data", tmp_path / "elsewhere")
    assert nowhere.exit_code == 1
    assert "no journal there" in nowhere.stderr


def test_list_is_newest_first_and_filters(ledger: Ledger) -> None:
    keep(ledger.data)
    lines = call("list", "--data", ledger.data, "-n", 3).output.splitlines()
    assert [line.split()[1] for line in lines] == ["gen-4", "gen-3", "gen-2"]
    found = call("list", "--data", ledger.data, "--json", "--key", "0a1b" + "0" * 60).output
    assert found == ""
    for option in (
        ["--listing", "stealth/pony-alpha"],
        ["--outcome", "done"],
        ["--since", "2023-11-14"],
        ["--until", "2023-11-15"],
    ):
        rows = call("list", "--data", ledger.data, "--json", *option).output.splitlines()
        assert len(rows) == 4, option
    assert json.loads(rows[0])["id"] == "gen-4"
    nothing = call("list", "--data", ledger.data, "--until", "2023-11-14")
    assert (nothing.stdout, nothing.stderr) == ("", "Nothing was found.\n")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--app", "nobody.example"], "No app is called `nobody.example`"),
        (["--listing", "nobody"], "No launch is called nobody"),
        (["--key", "nobody"], "No key is called `nobody`"),
        (["--since", "yesterday"], "`yesterday` is no moment"),
    ],
)
def test_list_says_what_it_does_not_know(ledger: Ledger, option: list[str], told: str) -> None:
    keep(ledger.data)
    result = call("list", "--data", ledger.data, *option)
    assert result.exit_code == 1
    assert told in result.stderr


def test_verify_tells_of_every_part(ledger: Ledger) -> None:
    keep(ledger.data)
    found = json.loads(call("verify", "--data", ledger.data, "--json").stdout)
    assert (found["ok"], found["problems"]) == (True, [])
    assert found["starts"] == 1  # of the journal
    assert found["packed"]["counts"]["starts"] == 3
    assert (found["facts"]["rows"], found["facts"]["sealed"]) == (1, 3)
    assert "6 frames in 3 segments" in call("verify", "--data", ledger.data).output


def test_verify_looks_for_a_text_in_packed_bytes_too(ledger: Ledger) -> None:
    absent = call("verify", "--data", ledger.data, "--absent", "never said by anybody")
    assert (absent.exit_code, absent.output) == (0, "It is nowhere.\n")
    there = call("verify", "--data", ledger.data, "--absent", "la la la", "--json")
    assert there.exit_code == 1
    assert any("blobs-00000001-0.dhs" in place for place in json.loads(there.stdout)["places"])


@pytest.mark.parametrize("by_us", [-10 * YEAR_US, 10 * YEAR_US])
def test_a_clock_that_jumps_changes_nothing_that_is_read(ledger: Ledger, by_us: int) -> None:
    keep(ledger.data, SteadyClock(MovedClock(by_us)))
    frames = turn(5, 9)
    write_file(ledger.layout.journal, 5, frames)
    keep(ledger.data)
    assert verify_ledger(ledger.data).problems() == []
    assert ledger.frames() == [*ledger.whole, *turn(4, 7)]
    assert read_stats(ledger.data).generations == 5

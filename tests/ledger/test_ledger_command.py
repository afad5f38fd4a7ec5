"""`darkhorse ledger` on real journals."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from journal_kit import (
    end_frame,
    end_record,
    flip,
    open_journal,
    record,
    start_frame,
    start_record,
    write_file,
)

from darkhorse.cli.ledger import ledger
from darkhorse.storage.ledger.frame import HEADER_SIZE


def call(*arguments: object) -> Result:
    return CliRunner().invoke(ledger, [str(argument) for argument in arguments])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three generations; the last one runs."""
    journal = open_journal(tmp_path / "journal")

    async def main() -> None:
        await record(journal, "gen-1", "gen-2")
        await (await journal.start(start_record("gen-3"), b'{"model":"pony-alpha"}'))

    asyncio.run(main())
    journal.close()
    return tmp_path


def test_verify_is_content(data: Path) -> None:
    result = call("verify", "--data", data)
    assert result.exit_code == 0
    assert "Everything acknowledged is there" in result.output
    found = json.loads(call("verify", "--data", data, "--json").stdout)
    assert (found["ok"], found["starts"], found["ends"], found["open"]) == (True, 3, 2, ["gen-3"])


def test_verify_names_the_damaged_file_and_what_to_do(data: Path) -> None:
    flip(data / "journal" / "relay-00000001.dhj", HEADER_SIZE + 50)
    result = call("verify", "--data", data)
    assert result.exit_code == 1
    assert "relay-00000001.dhj: bytes 80 to" in result.stderr
    assert "backup" in result.stderr
    as_json = call("verify", "--data", data, "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["damaged"][0]["file"] == "relay-00000001.dhj"


@pytest.mark.parametrize("command", [["verify"], ["tail"], ["show", "gen-1"]])
def test_a_directory_without_a_journal_is_one_sentence(tmp_path: Path, command: list[str]) -> None:
    result = call(*command, "--data", tmp_path)
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: {tmp_path}/journal: no journal there (--data is {tmp_path}); name the server's "
        "data directory with --data DIR or the variable DARKHORSE_DATA.\n"
    )


def test_the_data_directory_may_come_from_the_environment(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARKHORSE_DATA", str(data))
    assert json.loads(call("verify", "--json").stdout)["starts"] == 3
    assert "gen-1" in call("tail").output
    assert call("verify", "--data", data / "elsewhere").exit_code == 1


@pytest.mark.parametrize("command", [["tail", "-n", "2000"], ["show", "gen-1"]])
def test_a_reader_that_has_had_enough_ends_it_quietly(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "journal").mkdir()
    large = start_frame(1, "gen-1", b'"' + b"x" * 1_000_000 + b'"')
    rest = [start_frame(n, f"gen-{n}") for n in range(2, 2001)]
    write_file(tmp_path / "journal", 1, [large, *rest])
    program = [sys.executable, "-c", "from darkhorse.cli.ledger import ledger; ledger()"]
    with subprocess.Popen(
        [*program, *command, "--data", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_tail_has_one_line_a_generation(data: Path) -> None:
    lines = call("tail", "--data", data).output.splitlines()
    assert [line.split()[1] for line in lines] == ["gen-1", "gen-2", "gen-3"]
    assert lines[0].startswith("2023-11-14T22:13:20.000Z")
    assert "stealth/pony-alpha  done" in lines[0]
    assert "stealth/pony-alpha  running" in lines[2]
    assert call("tail", "--data", data, "-n", 1).output.splitlines() == lines[-1:]


def test_tail_as_json_is_one_object_a_line(data: Path) -> None:
    lines = call("tail", "--data", data, "--json", "-n", 2).output.splitlines()
    found = [json.loads(line) for line in lines]
    assert [row["id"] for row in found] == ["gen-2", "gen-3"]
    assert [row["outcome"] for row in found] == ["done", "running"]
    assert found[0]["prompt_tokens"] == 7


def test_show_has_all_of_it(data: Path) -> None:
    found = json.loads(call("show", "--data", data, "gen-3", "--json").output)
    assert found["start"]["listing"] == "stealth/pony-alpha"
    assert found["end"] is None
    assert found["request"] == {"model": "pony-alpha"}
    text = call("show", "--data", data, "gen-1").output
    assert "body of gen-1" in text
    assert "answer of gen-1" in text
    assert '"outcome": "done"' in text


def test_show_says_when_there_is_no_such_generation(data: Path) -> None:
    result = call("show", "--data", data, "gen-9")
    assert result.exit_code == 1
    assert "no generation gen-9" in result.stderr


def test_a_prompt_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    for number, body in enumerate((b"\x1b[2Jx", '{"a":"\u009b2J"}'.encode(), b"\xff\xfe"), 1):
        write_file(tmp_path / "journal", number, [start_frame(number, f"gen-{number}", body)])
        output = call("show", "--data", tmp_path, f"gen-{number}").output
        assert "\x1b" not in output
        assert "\x9b" not in output


def test_records_of_another_version_do_not_stop_the_tail(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    strange = end_frame(2, "gen-1")
    strange = type(strange)(strange.kind, 2, b'{"id":"gen-1","outcome":"sold"}', b"")
    write_file(tmp_path / "journal", 1, [start_frame(1, "gen-1"), strange])
    result = call("tail", "--data", tmp_path)
    assert result.exit_code == 0
    assert "gen-1" in result.output


def test_follow_tells_of_each_generation_as_it_ends(data: Path) -> None:
    command = [sys.executable, "-c", "from darkhorse.cli.ledger import ledger; ledger()"]
    arguments = ["tail", "--data", str(data), "-n", "1", "--follow", "--json"]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["id"] == "gen-3"
            journal = open_journal(data / "journal")  # ends gen-3 as interrupted

            async def main() -> None:
                await (await journal.start(start_record("gen-4"), b"{}"))
                await (await journal.end(end_record("gen-4", "cancelled"), b"{}"))

            asyncio.run(main())
            journal.close()
            rows = [json.loads(process.stdout.readline()) for _ in range(2)]
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        finally:
            process.kill()
    assert [(row["id"], row["outcome"]) for row in rows] == [
        ("gen-3", "interrupted"),
        ("gen-4", "cancelled"),
    ]
    assert all(row["listing"] == "stealth/pony-alpha" for row in rows)


def test_follow_ends_when_nobody_reads_any_more(data: Path) -> None:
    command = [sys.executable, "-c", "from darkhorse.cli.ledger import ledger; ledger()"]
    arguments = ["tail", "--data", str(data), "-n", "1", "--follow"]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert "gen-3" in process.stdout.readline()
            process.stdout.close()
            assert process.wait(20) == 0
        finally:
            process.kill()


def test_verify_counts_the_generations_of_journal_and_packed(data: Path) -> None:
    assert json.loads(call("verify", "--data", data, "--json").output)["generations"] == 3
    assert "generations" in call("verify", "--data", data).output.splitlines()[0]

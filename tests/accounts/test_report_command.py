"""`darkhorse report` as an operator has it."""

import json

import pytest
from click.testing import CliRunner

from darkhorse.accounts.reports import ReportDesk
from darkhorse.base.clock import SystemClock
from darkhorse.base.ids import RandomIds
from darkhorse.cli.report import report as command
from darkhorse.wiring.reports import open_report_store


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def desk(data):
    store = open_report_store(data, SystemClock())
    yield ReportDesk(store, SystemClock(), RandomIds().report)
    store.close()


@pytest.fixture
def run(data):
    def run(*words, status=0):
        result = CliRunner().invoke(command, [words[0], "--data", str(data), *words[1:]])
        assert result.exit_code == status, result.output
        return result

    return run


def listed(run, *words):
    return json.loads(run("list", "--json", *words).stdout)


def test_where_nothing_was_said(desk, run):
    assert run("list").stdout == ""
    assert listed(run) == listed(run, "--all") == listed(run, "--feedback") == []


def test_a_report_is_erased_from_the_disk(desk, run, data):
    left = desk.leave(what="spam", text="CANARYTEXT", contact="canary@contact")
    other = desk.leave(what="spam", text="Another.")
    refused = CliRunner().invoke(command, ["delete", "--data", str(data), left.id], input="n\n")
    assert refused.exit_code == 1
    assert len(listed(run)) == 2
    assert "is erased" in run("delete", left.id, "--yes").stdout
    assert [each["id"] for each in listed(run, "--all")] == [other.id]
    kept = b"".join(path.read_bytes() for path in data.glob("state.sqlite*"))
    assert b"CANARYTEXT" not in kept
    assert b"canary@contact" not in kept
    assert "No report is called" in run("delete", left.id, "--yes", status=1).output


def test_a_report_is_listed_shown_and_closed(desk, run):
    left = desk.leave(what="spam", text="It\nlied.", listing="stealth/pony-alpha", contact="me@x")
    [line] = run("list").stdout.splitlines()
    for word in (left.id, "stealth/pony-alpha", "spam", "It lied."):
        assert word in line
    shown = run("show", left.id).stdout
    assert "me@x" in shown
    assert shown.endswith("\nIt\nlied.\n")
    assert json.loads(run("show", "--json", left.id).stdout)["text"] == "It\nlied."

    assert "is closed" in run("close", left.id, "--note", "told them").stdout
    assert listed(run) == []
    [closed] = listed(run, "--all")
    assert (closed["id"], closed["note"]) == (left.id, "told them")
    assert closed["closed"]
    assert "(closed)" in run("list", "--all").stdout
    assert "was closed on" in run("close", left.id, status=1).stderr


def test_a_stranger_steers_no_terminal(desk, run):
    evil = "\x1b[2J\x9b1A\u202e\r gone"
    left = desk.leave(what=evil, text=f"{evil}\nnext", listing=evil, contact=evil)
    for said in (run("list").stdout, run("show", left.id).stdout):
        assert "gone" in said
        assert not set("\x1b\x9b\u202e\r") & set(said)
    assert len(run("list").stdout.splitlines()) == 1


def test_feedback_is_listed(desk, run):
    about = {"generation": "gen-1", "listing": "stealth/pony-alpha", "key": "k" * 64}
    desk.comment(**about, category="latency", comment="slow")
    [line] = run("list", "--feedback").stdout.splitlines()
    assert line.split()[1:] == ["gen-1", "stealth/pony-alpha", "latency", "slow"]
    assert listed(run, "--feedback")[0]["comment"] == "slow"


def test_what_cannot_be_meant_is_a_sentence(run, data, desk):
    assert "No report is called `rep-9`" in run("show", "rep-9", status=1).stderr
    assert "No report is called `rep-9`" in run("close", "rep-9", status=1).stderr


def test_a_directory_without_a_server_is_not_made_into_one(run, data):
    assert "holds no Darkhorse state" in run("list", status=1).stderr
    assert not data.exists()

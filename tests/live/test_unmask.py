"""`darkhorse unmask` against a scripted API: a run, and one that is cut and goes on."""

import json
import os
import signal
import stat
import subprocess
import sys

import pytest
from click.testing import CliRunner

from darkhorse.cli import main
from small_library import write_small_library

from .stage import eventually

KEY = "sk-live-0987654321"
SLOW = "slow?first_ms=60&delta_ms=0&deltas=2"


@pytest.fixture
def library(tmp_path):
    return write_small_library(tmp_path)


@pytest.fixture
def typed(library, tmp_path):
    """The command's arguments, with a library and a data directory of this test's."""

    def arguments(*argv):
        return ["unmask", *argv, "--library", str(library), "--data", str(tmp_path / "data")]

    return arguments


def kept_of(tmp_path):
    return sorted((tmp_path / "data" / "unmask").glob("*.jsonl"))


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]


def test_a_run_ends_in_a_case_and_keeps_what_it_was_told(scripted, typed, tmp_path, monkeypatch):
    monkeypatch.setenv("DARKHORSE_UNMASK_KEY", KEY)
    model = "ok?text=unmask%20a%20run"
    argv = typed(scripted.url, "--model", model, "--budget", "quick", "--json")
    done = CliRunner().invoke(main, argv)
    assert done.exit_code == 0, done.output
    case = json.loads(done.stdout)
    assert case["subject"] == f"{model} at {scripted.url}"
    assert case["verdict"]["outcome"] in ("cannot-say", "none")
    assert case["calls"] == len(scripted.seen(model)) + 1  # the models, which name none
    [kept] = kept_of(tmp_path)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert KEY not in kept.read_text() + done.output
    assert lines_of(kept)[-1] == {"run": "done"}
    assert (kept.with_name(f"{kept.stem}-report") / "index.html").exists()
    calls = len(scripted.seen(model))
    more = CliRunner().invoke(main, [*argv, "--keep", str(kept)])
    assert json.loads(more.stdout)["verdict"] == case["verdict"]
    assert len(scripted.seen(model)) == calls
    again = CliRunner().invoke(main, typed("--from", str(kept), "--json"))
    assert json.loads(again.stdout)["verdict"] == case["verdict"]


def test_a_run_that_is_cut_goes_on_where_it_was(scripted, typed, tmp_path):
    argv = typed(scripted.url, "--model", SLOW, "--budget", "quick", "--at-once", "2")
    first = subprocess.Popen(
        [sys.executable, "-m", "darkhorse", *argv],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    kept = eventually(lambda: (found := kept_of(tmp_path)) and found[0])
    eventually(lambda: len(lines_of(kept)) > 6)
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=20)
    assert first.returncode == 128 + signal.SIGINT
    assert b"the same command goes on" in said
    before = {each["probe"] for each in lines_of(kept) if "probe" in each}
    scripted_before = len(scripted.seen(SLOW))
    with kept.open("ab") as file:
        file.write(b'{"prompt":[{"role":"us')  # as a crash leaves it

    second = CliRunner().invoke(main, [*argv, "--json"])
    assert second.exit_code == 0, second.output
    assert kept_of(tmp_path) == [kept]
    after = [each["probe"] for each in lines_of(kept) if "probe" in each]
    assert before < set(after)
    assert len(after) == len(set(after)), "nothing was asked twice"
    new = len(set(after) - before)
    assert len(scripted.seen(SLOW)) - scripted_before <= new + 1  # and hello


def test_two_runs_do_not_write_into_one_file(scripted, typed, tmp_path):
    kept = tmp_path / "kept.jsonl"
    argv = typed(scripted.url, "--model", SLOW, "--budget", "quick", "--keep", str(kept))
    first = subprocess.Popen(
        [sys.executable, "-m", "darkhorse", *argv],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    eventually(lambda: kept.exists() and len(lines_of(kept)) > 2)
    second = CliRunner().invoke(main, argv)
    os.kill(first.pid, signal.SIGTERM)
    assert first.wait(20) == 128 + signal.SIGTERM
    assert (second.exit_code, "another run is writing" in second.output) == (2, True)
    other = typed(scripted.url, "--model", "ok", "--keep", str(kept))
    third = CliRunner().invoke(main, other)
    assert (third.exit_code, "holds answers of" in third.output) == (2, True)


@pytest.mark.parametrize(
    ("model", "why"),
    [("status-401", "does not take the key"), ("no-such-scenario", "knows no such path or model")],
)
def test_who_cannot_be_asked_at_all(scripted, typed, model, why):
    done = CliRunner().invoke(main, typed(scripted.url, "--model", model))
    assert (done.exit_code, why in done.output) == (2, True), done.output


@pytest.mark.parametrize("model", ["usage-odd?case=huge", "unicode"])
def test_odd_apis_end_without_a_name(scripted, typed, model):
    argv = typed(scripted.url, "--model", model, "--budget", "quick", "--json")
    done = CliRunner().invoke(main, argv)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["verdict"]["outcome"] in ("cannot-say", "none")

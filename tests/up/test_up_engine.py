"""`darkhorse up --engine`: what stands in for darkhorse-engine, behind the first listing.

The real one answers in test_up_answers.py.
"""

import json
import os
import re
import select
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.base.settings import ModelSettings
from darkhorse.supervise import engine

from .stage import ask, listed, until

STAND_IN = Path(__file__).with_name("stand_in_engine.py")
START_S = 60
SETTINGS = """
[server]
port = 0
[model]
slots = 2
engine_options = ["--memory-mib", "64"]
"""


def nothing(_done, _total):
    pass


@pytest.fixture
def stand_in(tmp_path):
    """A program as engine/scripts/install leaves one."""
    return program(tmp_path / engine.COMMAND, f'exec {sys.executable} {STAND_IN} "$@"')


def program(path, line):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return path


def start(folder, *options, **environment):
    (folder / "darkhorse.toml").write_text(SETTINGS)
    with (folder / "stderr").open("a") as stderr:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "darkhorse", "up", "--desk-port", "0", "--json"),
                *("--data", folder / "data", "--config", folder / "darkhorse.toml", *options),
            ],
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **environment},
            text=True,
        )


@contextmanager
def house(folder, *options):
    """A run of `darkhorse up`: its card."""
    process = start(folder, *options)
    try:
        assert select.select([process.stdout], [], [], START_S)[0], errors(folder)
        line = process.stdout.readline()
        assert line, errors(folder)
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_S) == 0, errors(folder)
        process.stdout.close()


def refused(folder, *options, **environment):
    """The one sentence of a start that fails."""
    process = start(folder, *options, **environment)
    out, _ = process.communicate(timeout=START_S)
    assert (out, process.returncode) == ("", 1), errors(folder)
    return errors(folder).splitlines()[-1]


def errors(folder):
    return (folder / "stderr").read_text()


def children(pid):
    return {
        int(path.parent.name): path.read_bytes().split(b"\0")
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if re.search(rf"^PPid:\s{pid}$", path.with_name("status").read_text(), re.MULTILINE)
    }


def engine_process(card):
    (found,) = [pid for pid, words in children(card["pid"]).items() if b"serve" in words]
    return found


def test_it_answers_behind_the_first_listing(tmp_path, stand_in):
    with house(tmp_path, f"--engine={stand_in}") as card:
        (model,) = listed(card)
        assert model["id"] == "stealth/pony-alpha"
        assert 1280 <= model["context_length"] <= 2048
        answer = ask(card)
        assert answer["choices"][0]["message"]["content"] == "I stand in for an engine."
        words = children(card["pid"])[engine_process(card)]
        assert words[words.index(b"--slots") + 1] == b"2"
        assert words[-3:] == [b"--memory-mib", b"64", b""]
        assert words[words.index(b"--lift-dir") + 1] == bytes(tmp_path / "data/models/lifted")
        facts = json.loads((tmp_path / "data" / "run" / "model.json").read_text())
        assert facts["key"].encode() not in b" ".join(words)
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(facts["url"] + "/models", timeout=10)
    log = tmp_path / "data" / "logs" / "model.log"
    assert log.read_text() == "Made by Acme Models: the lifted one 64\n"
    assert log.stat().st_mode & 0o777 == 0o600
    assert "Acme" not in errors(tmp_path)
    shown = subprocess.run(
        [*(sys.executable, "-m", "darkhorse", "launch", "show", "pony-alpha", "--json")],
        env={**os.environ, "DARKHORSE_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(shown.stdout)["private"]["model"] == "SmolLM2-135M-Instruct"


def test_one_that_falls_is_started_again_at_the_same_port(tmp_path, stand_in):
    with house(tmp_path, f"--engine={stand_in}") as card:
        first = engine_process(card)
        os.kill(first, signal.SIGKILL)
        until(lambda: "model stopped (signal SIGKILL)" in errors(tmp_path), "it is missed")
        until(lambda: answers(card), "it answers again")
        assert engine_process(card) != first


def answers(card):
    try:
        return ask(card)
    except urllib.error.HTTPError:
        return None


def test_a_model_of_ones_own_is_named_to_the_engine_alone(tmp_path, stand_in):
    folder = tmp_path / "the-maker"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    with house(tmp_path, f"--engine={stand_in}", "--model", str(folder)) as card:
        assert ask(card)["choices"]
        said = b" ".join(word for words in children(card["pid"]).values() for word in words)
        assert b"the-maker" not in said
    assert str(folder) in (tmp_path / "data" / "logs" / "model.log").read_text()


def test_its_own_sentence_is_shown(tmp_path, stand_in):
    sentence = refused(tmp_path, f"--engine={stand_in}", DO="refuse")
    assert sentence == "Error: The model is not here; fetch it."


def test_one_that_ends_without_a_word_has_left_a_log(tmp_path, stand_in):
    sentence = refused(tmp_path, f"--engine={stand_in}", DO="crash")
    log = tmp_path / "data" / "logs" / "model.log"
    assert sentence == f"Error: model did not start (exit status 3); {log} says more."


def test_a_path_that_is_no_program(tmp_path):
    assert "no program that can be run" in refused(tmp_path, f"--engine={tmp_path}")


def test_it_is_found_in_the_checkout_and_then_on_path(tmp_path, monkeypatch):
    on_path = program(tmp_path / "bin" / engine.COMMAND, "exit")
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert engine.find(engine.HERE, tmp_path) == on_path
    own = program(tmp_path / "engine" / ".venv" / "bin" / engine.COMMAND, "exit")
    assert engine.find(engine.HERE, tmp_path) == own


@pytest.mark.parametrize("is_checkout", [True, False])
def test_where_there_is_none_it_is_said_how_to_have_one(tmp_path, monkeypatch, is_checkout):
    monkeypatch.setenv("PATH", str(tmp_path))
    install = tmp_path / "engine" / "scripts" / "install"
    if is_checkout:
        program(install, "exit")
    expected = f"install it with: {install} .venv run" if is_checkout else "give --engine its path"
    with pytest.raises(ConfigError) as said:
        engine.find(engine.HERE, tmp_path)
    assert str(said.value) == f"darkhorse-engine is not installed; {expected}"


def test_what_it_may_serve(tmp_path):
    assert engine.find_model(None, tmp_path, nothing) is None
    gguf = tmp_path / "a.gguf"
    gguf.write_bytes(b"GGUF")
    assert engine.find_model(str(gguf), tmp_path, nothing) == gguf
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(ConfigError, match=r"has no config\.json"):
        engine.find_model(str(folder), tmp_path, nothing)
    (folder / "config.json").touch()
    assert engine.find_model(str(folder), tmp_path, nothing) == folder
    with pytest.raises(ConfigError, match="cannot be read"):
        engine.find_model(str(tmp_path / "none"), tmp_path, nothing)


def test_further_options_come_last():
    settings = ModelSettings(engine_options=("--slots", "9"))
    words = engine.argv(Path("/e"), settings, Path("/data"), 5)
    assert words[:2] == ("/e", "serve")
    assert words[-2:] == ("--slots", "9")

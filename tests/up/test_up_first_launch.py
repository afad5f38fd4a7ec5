"""The whole house with the real embedded model: what its first start lists is true of it."""

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from .stage import ask, listed

START_S = 60
GO = ("--accept", "no-audit", "--why", "a test")
# A small context, so that a prompt as long as the listing allows is read in a few seconds.
SETTINGS = "[server]\nport = 0\n[model]\ncontext = {context}\nslots = 1\n"


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@contextmanager
def house(folder, *, context):
    """A run of `darkhorse up`: its card, and what it said on stderr when it is over."""
    (folder / "darkhorse.toml").write_text(SETTINGS.format(context=context))
    errors = folder / "stderr"
    with errors.open("w") as stderr:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "darkhorse", "up", "--desk-port", "0", "--json"),
                *("--data", folder / "data", "--config", folder / "darkhorse.toml"),
            ],
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    try:
        assert select.select([process.stdout], [], [], START_S)[0], errors.read_text()
        line = process.stdout.readline()
        assert line, errors.read_text()
        yield {**json.loads(line), "errors": errors}
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_S) == 0
        process.stdout.close()


def darkhorse(folder, *words):
    done = subprocess.run(
        [sys.executable, "-m", "darkhorse", *words],
        env={**os.environ, "DARKHORSE_DATA": str(folder / "data")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_first_start_promises_what_its_model_holds(folder):
    with house(folder, context=1024) as card:
        (model,) = listed(card)
        context = model["context_length"]
        assert model["id"] == "stealth/pony-alpha"
        assert 256 <= context <= 1024
        assert model["top_provider"]["max_completion_tokens"] <= context // 2
        assert "logged" in model["description"]
        prose = "It was a quiet morning by the harbour and the boats were coming home. " * 100
        words = prose[: (context - 4 - 4 - 1) * 4]  # a frame, the answer, and one to spare
        answer = ask(card, words, max_tokens=4)
        assert answer["usage"]["prompt_tokens"] == context - 4 - 1
        assert answer["usage"]["completion_tokens"] >= 1
        code, told, _ = darkhorse(folder, "launch", "show", "pony-alpha", "--json")
        assert code == 0
        assert "demonstration" not in json.dumps(model)
        assert json.loads(told)["private"]["demonstration"] is True
        moves = json.loads(told)["moves"]
        assert [(move["kind"], move["who"]) for move in moves] == [
            ("create", "darkhorse up"),
            ("go-live", "darkhorse up"),
        ]
        assert moves[1]["accepted"] == ["no-audit"]
        assert "native context 1,024" in moves[1]["detail"]
        code, told, _ = darkhorse(folder, "doctor", "--json")
        assert code == 0, told


def test_a_second_start_makes_no_second_launch_and_minds_the_promise(folder):
    with house(folder, context=1024) as card:
        before = listed(card)
    with house(folder, context=512) as card:
        assert listed(card) == before
        said = card["errors"].read_text()
        assert "stealth/pony-alpha promises a context of" in said
        assert "SmolLM" not in said


def test_a_launch_of_ones_own_beside_it_is_measured_through_the_running_engine(folder):
    with house(folder, context=1024):
        text = darkhorse(folder, "launch", "show", "pony-alpha", "--toml")[1]
        own = text.replace("stealth/pony-alpha", "stealth/mule").replace("pony-alpha", "mule-alpha")
        file = folder / "mule.toml"
        file.write_text(own.replace("context = ", "context = 9"))
        assert darkhorse(folder, "launch", "create", str(file))[0] == 0
        code, told, error = darkhorse(
            folder, "launch", "go-live", "stealth/mule", *GO, "--no-prove"
        )
        assert code == 1
        assert "holds 1,024 native tokens" in told
        assert "stays draft" in error
        file.write_text(own)
        assert darkhorse(folder, "launch", "edit", "stealth/mule", str(file), "--why", "w")[0] == 0
        code, told, error = darkhorse(folder, "launch", "go-live", "stealth/mule", *GO)
        assert code == 0, told + error
        assert "is live" in told

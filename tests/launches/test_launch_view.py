"""`launch list` and `launch show` for people: nothing that is copied is ever cut."""

import os
import subprocess
import sys

import pytest
from launch_kit import LAUNCH, file_of

from darkhorse.catalog.limits import Limits
from darkhorse.cli.launch_view import counted, limits_text
from darkhorse.launches.desk import Reason
from darkhorse.wiring.launches import open_desk

SLUG = "stealth/" + "a-very-long-name-" * 4 + "alpha"
URL = "http://engine." + "far-away-" * 6 + "example:8000/v1"
VALUES = """\
parameters = ["reasoning", "stop", "temperature", "tools", "tool_choice"]
ranges = { temperature = [0.0, 1.0], max_tokens = [1, 400] }
efforts = ["low", "high"]
stops = { max_count = 2, max_bytes = 64 }
tool_choice = ["none", "auto"]
parallel_calls = false
"""
TEXT = (
    LAUNCH.replace("stealth/mule-beta", SLUG)
    .replace("http://127.0.0.1:1/v1", URL)
    .replace("context = 1000", "context = 1000\ndescription = 'A mule of few words.'")
    .replace("price.prompt", "limits.key.requests_per_minute = 1\nmoderated = true\nprice.prompt")
    .replace("window.days = 5", f"window.days = 5\n{VALUES}")
    .replace('model = "Example-5"', 'model = "Example-5"\nreveal.text = "We thank you."\n'
             'reveal.successor = "example/mule-6"')
)  # fmt: skip


@pytest.fixture
def shown(tmp_path):
    desk = open_desk(tmp_path)
    desk.go_live(
        desk.create(file_of(TEXT), Reason("ann", "why")), Reason("ann", "go", ("no-audit",))
    )
    env = {**os.environ, "DARKHORSE_DATA": str(tmp_path), "TERM": "xterm"}
    words = f"{sys.executable} -m darkhorse launch"

    def show(command, *, terminal):
        line = f"{words} {command}"
        argv = ["script", "-qec", f"stty cols 80 rows 24; {line}", "/dev/null"]
        done = subprocess.run(
            argv if terminal else line.split(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=env,
            check=True,
        )
        return done.stdout

    return show


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
def test_slugs_and_urls_are_whole(shown, terminal):
    listed = shown("list", terminal=terminal)
    assert SLUG in listed
    assert "…" not in listed
    whole = shown(f"show {SLUG}", terminal=terminal)
    assert URL in whole
    assert "…" not in whole


def test_a_line_in_a_pipe_is_a_line(shown):
    listed = shown("list", terminal=False).splitlines()
    assert len(listed) == 2
    assert listed[1].rstrip().endswith("4 days 23 hours  Example-5 by Example Lab")


def test_show_tells_all_that_the_file_says(shown):
    whole = " ".join(shown(f"show {SLUG}", terminal=False).split())
    for words in (
        "description A mule of few words.",
        "moderated yes",
        "window 5 days from its going live",
        "limits, each key 1 request a minute",
        "text of its reveal We thank you.",
        "successor example/mule-6",
        "what its page says (UTC)",
        "Listed, until ",
        "audit not audited",
        "accepted: no-audit",
        "ranges max_tokens 1 to 400, temperature 0.0 to 1.0",
        "efforts low, high",
        "stops 2, of 64 bytes at most",
        "tool choice none, auto",
        "parallel calls no",
    ):
        assert words in whole, words


def test_one_is_one():
    assert counted(1, "person", "people") == "1 person"
    assert counted(0, "error") == "0 errors"
    limits = Limits(requests_per_minute=1, requests_per_day=2000, tokens_per_minute=1)
    assert limits_text(limits) == "1 request a minute, 2,000 requests a day, 1 token a minute"

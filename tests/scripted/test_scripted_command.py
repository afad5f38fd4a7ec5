"""What needs no server: the steps themselves, the command, the docs."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Literal, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw as RawJson
from scripted_client import CANARY, chat, chat_request, connect, get, wait_for

from darkhorse.upstream.scripted import SCENARIOS, describe, find, markdown
from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.plant import Plant
from darkhorse.upstream.scripted.steps import Step, Wait
from darkhorse.upstream.scripted.text import cut

DOCS = Path(__file__).parents[2] / "docs" / "scripted.md"


def steps(model: str, *, stream: bool = True) -> list[Step]:
    scenario, wish = find(model)
    ask = Ask(
        stream=stream,
        shape=wish.shape,
        plant=Plant(),
        messages=RawJson(b"[]"),
        count=lambda _: 0,
    )
    return list(scenario.play(ask, **wish.arguments()))


class TestSteps:
    def test_dribble_writes_single_bytes(self):
        assert {len(step) for step in steps("dribble")} == {1}

    @pytest.mark.parametrize("after", [1, 3])
    @pytest.mark.parametrize(
        ("name", "halves"),
        [
            ("hang-mid", 0),
            ("reset", 0),
            ("cut-between", 0),
            ("cut-chunked", 0),
            ("error-mid", 0),
            ("cut-mid-event", 1),
        ],
    )
    def test_faults_come_after_so_many_deltas(self, name, halves, after):
        sent = b"".join(step for step in steps(f"{name}?after={after}") if isinstance(step, bytes))
        good = steps("ok")[0]
        events = [line for line in good.split(b"\n") if line.startswith(b"data: ")]
        shared = [event for event in events if event + b"\n" in sent]
        assert shared[: 1 + after] == events[: 1 + after]
        assert set(shared[1 + after :]) <= {b"data: [DONE]"}
        assert (events[1 + after][:200] in sent.rsplit(b"\n\n", 1)[1]) == bool(halves)

    def test_plain_answers_are_one_write(self):
        assert [type(step) for step in steps("ok?deltas=500")] == [bytes]

    def test_slow_waits_before_the_first_byte_and_between_writes(self):
        waits = [step.seconds for step in steps("slow?deltas=3") if isinstance(step, Wait)]
        assert waits == [0.3, *[0.02] * 6]
        assert isinstance(steps("slow")[0], Wait)
        assert steps("slow?deltas=3", stream=False)[0] == Wait(0.36)

    def test_batch_sets_how_many_events_share_a_write(self):
        # role, 8 deltas, finish, usage, [DONE]
        writes = [step for step in steps("ok?batch=5") if isinstance(step, bytes)]
        assert [write.count(b"data: ") for write in writes] == [5, 5, 2]

    @given(
        st.text(max_size=300), st.integers(min_value=1, max_value=99), st.integers(0, max_value=40)
    )
    def test_cut_keeps_the_text(self, text, deltas, size):
        pieces = cut(text, deltas=deltas, size=size)
        assert all(pieces)
        if text:
            assert "".join(pieces) == text
        else:
            assert len(pieces) == deltas
        if size:
            assert all(len(piece) == size for piece in pieces[:-1])
        elif text:
            assert len(pieces) == min(deltas, len(text))


class TestCommand:
    def test_it_serves_until_sigterm(self):
        with running("--canary", "OTHERWORD") as (process, ready):
            assert ready["url"] == f"http://127.0.0.1:{ready['port']}/v1"
            assert ready["pid"] == process.pid
            raw = chat(ready["port"], "ok", stream=True)
            assert b"OTHERWORD" in raw.data
            assert CANARY.encode() not in raw.data
            with closing(connect(ready["port"])) as hanging:
                hanging.sendall(chat_request("hang", stream=True))
                wait_for(lambda: len(get(ready["port"], "/seen").json()) == 2)
                process.send_signal(signal.SIGTERM)
                assert process.wait(10) == 0

    def test_a_taken_port_is_one_sentence(self):
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]
            done = command("--port", str(port))
        assert done.returncode == 1
        assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_canary_that_cannot_be_a_header_is_refused(self):
        assert command("--canary", "two words").returncode == 2

    def test_list(self):
        lines = command("--list").stdout.splitlines()
        assert [line.split()[0] for line in lines] == list(SCENARIOS.scenarios)
        assert json.loads(command("--list", "--json").stdout) == describe()


ARGV = [sys.executable, "-c", "from darkhorse.cli.scripted import scripted; scripted()"]


def command(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ARGV, *options], capture_output=True, text=True, timeout=30, check=False
    )


class running:  # noqa: N801 reads as a verb at its use
    def __init__(self, *options: str) -> None:
        self._options = options

    def __enter__(self):
        self.process = subprocess.Popen(
            [*ARGV, "--json", *self._options], stdout=subprocess.PIPE, env=dict(os.environ)
        )
        return self.process, json.loads(self.process.stdout.readline())

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()


def test_the_docs_hold_the_registry():
    assert markdown() in DOCS.read_text(), (
        "docs/scripted.md is behind: replace its tables with `darkhorse scripted --markdown`"
    )


def test_defaults_among_words_come_first():
    for scenario in SCENARIOS.scenarios.values():
        for field in msgspec.structs.fields(scenario.own):
            words = get_args(field.type) if get_origin(field.type) is Literal else ()
            assert not words or field.default == words[0]


def test_each_scenario_has_one_line_of_help():
    for row in describe():
        assert row["help"].strip() == row["help"] != ""
        assert "\n" not in row["help"]
        assert row["help"].endswith(".")

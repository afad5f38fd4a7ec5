"""What the operator's view reads from a server's metrics: a running relay's, and what is none."""

import json
import os
import select
import subprocess
import sys

import pytest

from darkhorse.base.clock import SystemClock
from darkhorse.wiring.refusals import Refused, RefusedDesk
from darkhorse.wiring.targets import SERVER_FACTS
from live.stage import Relay, Scripted, eventually

SLUG = "stealth/listing-0"


def note_server(data, url):
    """As `darkhorse up` does."""
    (data / SERVER_FACTS).parent.mkdir(exist_ok=True)
    (data / SERVER_FACTS).write_text(json.dumps({"url": url}))


class HandClock:
    def __init__(self):
        self.seconds = 0.0

    def now_us(self):
        return int(self.seconds * 1_000_000)

    def monotonic(self):
        return self.seconds


@pytest.fixture(scope="module")
def scripted():
    upstream = Scripted()
    yield upstream
    upstream.stop()


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    data = tmp_path_factory.mktemp("refusals") / "data"
    extra = "limits.key.requests_per_minute = 1"
    endpoints = {name: [(scripted.url, "ok")] for name in ("ok", "other")}
    relay = Relay(data, endpoints, listing_extra=extra)
    try:
        relay.start()
        note_server(data, f"http://127.0.0.1:{relay.port}")
        (data / "lock").write_text(str(relay.process.popen.pid))
        for _ in range(3):
            relay.chat("ok", max_tokens=1)
        relay.chat("ok", tools=[{"type": "function", "function": {"name": "f"}}])
        relay.post(b"{bad")
        yield relay
    finally:
        relay.close()


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def desk(relay, clock):
    desk = RefusedDesk(relay.data, clock)
    yield desk
    desk.close()


REFUSED = {"rate_limit_exceeded": 2, "not_found": 1}


def test_it_tells_one_listing_from_another_and_from_none(desk):
    mine, other = desk.of(SLUG), desk.of("stealth/listing-1")
    assert mine.nameless["invalid_request"] >= 1  # another test may have sent one more
    assert mine == Refused(REFUSED, mine.nameless)
    assert other == Refused({}, mine.nameless)


def test_it_asks_at_most_once_a_second(relay, desk, clock):
    before = desk.of(SLUG)
    relay.post(b"{bad")
    clock.seconds = 0.99
    assert desk.of(SLUG) == before
    clock.seconds = 1.0
    assert desk.of(SLUG).nameless["invalid_request"] == before.nameless["invalid_request"] + 1


def test_json_lines_have_it(relay):
    process = subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "darkhorse", "launch", "show", SLUG, "--watch"),
            *("--json", "--data", str(relay.data)),
        ],
        stdout=subprocess.PIPE,
    )
    try:
        seen = json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()
    assert seen["refused"] == REFUSED
    assert seen["refused_nameless"]["invalid_request"] >= 1


class Listener:
    """Something that is no Darkhorse, on a port that one had."""

    def __init__(self, answer):
        code = (
            "import socket, sys\n"
            "s = socket.create_server(('127.0.0.1', 0))\n"
            "print(s.getsockname()[1], flush=True)\n"
            "while True:\n"
            "    c, _ = s.accept()\n"
            "    print(len(c.recv(65536)), flush=True)\n"
            f"    answer = {answer!r}\n"
            "    c.sendall(answer)\n"
            "    if answer: c.close()\n"
            "    held = c\n"
        )
        self.process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    @property
    def was_asked(self):
        return bool(select.select([self.process.stdout], [], [], 0)[0])

    def close(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def stranger():
    made = []

    def make(answer):
        made.append(Listener(answer))
        return made[-1]

    yield make
    for each in made:
        each.close()


def none_of(data):
    desk = RefusedDesk(data, SystemClock())
    try:
        return desk.of(SLUG)
    finally:
        desk.close()


def like(relay, tmp_path, port, pid):
    """A data directory with the relay's key whose server is said to be at `port`."""
    (tmp_path / "first-keys.json").write_bytes((relay.data / "first-keys.json").read_bytes())
    note_server(tmp_path, f"http://127.0.0.1:{port}")
    (tmp_path / "lock").write_text(str(pid))
    return tmp_path


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff not http\r\n\r\n",
        b"HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\ncut",
    ],
    ids=["silent", "garbage", "error", "cut"],
)
def test_whoever_else_answers_there_is_no_error(relay, tmp_path, stranger, answer):
    data = like(relay, tmp_path, stranger(answer).port, os.getpid())
    assert none_of(data) is None


def test_metrics_of_something_else_count_nothing(relay, tmp_path, stranger):
    page = b"darkhorse_requests_refused_total{} many\n\xff{}\nup 1\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
    assert none_of(like(relay, tmp_path, stranger(answer).port, os.getpid())) == Refused()


def test_nobody_is_shown_the_key_where_no_server_runs(relay, tmp_path, stranger):
    """After a server's end its port may be anybody's."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    listener = stranger(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert none_of(like(relay, tmp_path, listener.port, gone.pid)) is None
    assert not listener.was_asked
    (tmp_path / "lock").write_text(str(os.getpid()))
    assert none_of(tmp_path) == Refused()
    assert eventually(lambda: listener.was_asked)


def test_nothing_there_is_no_error(tmp_path):
    assert none_of(tmp_path) is None
    (tmp_path / "lock").write_text("what?")
    note_server(tmp_path, "nonsense://")
    assert none_of(tmp_path) is None
    (tmp_path / "first-keys.json").write_text("{}")
    (tmp_path / "lock").write_text(str(os.getpid()))
    assert none_of(tmp_path) is None

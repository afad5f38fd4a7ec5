"""The pages as a process on their unix socket."""

import http.client
import os
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from darkhorse.base.clock import SystemClock
from darkhorse.base.ids import RandomIds
from darkhorse.launches.desk import Desk, Reason
from darkhorse.launches.file import parse
from darkhorse.storage.ledger.facts import FACTS_FILE, open_facts
from darkhorse.wiring.launches import open_launch_store

LAUNCH = """
[public]
slug = "stealth/pony-alpha"
aliases = ["pony-alpha"]
title = "Pony Alpha"
context = 8192
max_output = 4096
window.days = 5

[private]
maker = "Canary Maker"
model = "Canary-Model-5"

[private.reveal]
text = "A canary it was."
successor = "canary/next"

[[private.endpoint]]
name = "canary-endpoint"
url = "http://canary-host.example:9/v1"
model = "canary-maker/canary-model"
key_env = "CANARY_KEY"
"""
PAGE = "/stealth/pony-alpha"
WHY = Reason("canary-operator", "canary-why", ("no-audit",))


def move(folder, *moves):
    """Make moves on Pony Alpha at the desk, from its creation on."""
    store = open_launch_store(folder)
    desk = Desk(store, SystemClock(), RandomIds().launch)
    for name in moves:
        if name == "create":
            desk.create(parse(LAUNCH, "pony.toml"), WHY)
            continue
        more = {"reveal": {"text": "", "successor": ""}, "go_live": {"detail": "canary-detail"}}
        getattr(desk, name)(desk.find("stealth/pony-alpha"), WHY, **more.get(name, {}))
    store.close()


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("example.org", timeout=30)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Pages:
    def __init__(self, folder):
        self.folder = folder
        self.socket = folder / "pages.sock"
        self.log = folder / "pages.log"
        self.processes = []

    def start(self, *, socket_path=None):
        """Start the process and wait for its word."""
        read, write = os.pipe()
        facts = {"DARKHORSE_READY_FD": str(write), "CANARY_KEY": "canary-key"}
        path = str(self.socket) if socket_path is None else socket_path
        with self.log.open("ab") as log, os.fdopen(read, encoding="utf-8") as words:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "darkhorse", "pages"),
                    *("--data", str(self.folder)),
                ],
                env={**os.environ, **facts, "DARKHORSE_PAGES_SOCKET": path},
                pass_fds=[write],
                stderr=log,
            )
            os.close(write)
            self.processes.append(process)
            self.word = words.readline().strip()
        return process

    def when(self, path, expected):
        """The page at `path` once it has `expected` in it; it may be a second behind."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            _, body = self.get(path)
            if expected in body:
                return body
            time.sleep(0.05)
        raise AssertionError(body)

    def get(self, path="/", method="GET"):
        connection = UnixConnection(self.socket)
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer, body


@pytest.fixture
def pages(tmp_path):
    pages = Pages(tmp_path)
    yield pages
    for process in pages.processes:
        if process.poll() is None:
            process.kill()
            process.wait(60)


def count_traffic(folder):
    engine = open_facts(folder / FACTS_FILE)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO total VALUES ('stealth/pony-alpha', 4321, 98765, 54321, 0, 0, 0)")
        )
    engine.dispose()


def test_it_serves_when_it_says_so_and_ends_with_zero_when_told(pages, tmp_path):
    move(tmp_path, "create", "go_live")
    process = pages.start()
    assert pages.word == "ready"
    answer, body = pages.get()
    assert answer.status == 200
    assert "Pony Alpha" in body
    assert answer.getheader("server") is None
    assert answer.getheader("date") is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert pages.log.read_text() == ""  # no access log, nothing of libraries


def test_totals_come_from_the_keepers_file_once_it_is_there(pages, tmp_path):
    move(tmp_path, "create", "go_live")
    count_traffic(tmp_path)
    pages.start()
    _, body = pages.get()
    assert "4,321" in body
    assert "98.8K prompt" in body
    assert "54.3K answer" in body


def test_it_serves_before_there_is_any_launch_and_shows_each_move(pages, tmp_path):
    pages.start()
    assert "No model is live just now" in pages.get()[1]
    assert pages.get(PAGE)[0].status == 404
    move(tmp_path, "create")
    move(tmp_path, "go_live")
    assert "Ends in <strong>4 days 23 hours" in pages.when(PAGE, "Call it")
    answer, _ = pages.get("/pony-alpha")
    assert (answer.status, answer.getheader("location")) == (308, PAGE)
    move(tmp_path, "retire")
    assert "The trial of Pony Alpha ended" in pages.when(PAGE, "This trial has ended")
    assert "Not revealed yet" in pages.get("/archive")[1]
    move(tmp_path, "reveal")
    told = pages.when(PAGE, "Pony Alpha was Canary-Model-5 by Canary Maker")
    assert "A canary it was." in told
    assert "<code>canary/next</code>" in told
    assert "Canary-Model-5 by Canary Maker" in pages.get("/archive")[1]


@pytest.mark.parametrize("moves", [(), ("go_live",), ("go_live", "retire")])
def test_nothing_private_is_in_any_byte_before_the_reveal(pages, tmp_path, moves):
    move(tmp_path, "create", *moves)
    count_traffic(tmp_path)
    process = pages.start()
    for path in ("/", "/archive", PAGE, "/pony-alpha", "/nowhere", "/robots.txt", "/static/x"):
        answer, body = pages.get(path)
        assert "canary" not in (body + str(answer.getheaders())).lower(), path
    process.terminate()
    assert process.wait(60) == 0
    assert "canary" not in pages.log.read_text().lower()


def test_the_reveal_says_who_it_was_and_nothing_else(pages, tmp_path):
    move(tmp_path, "create", "go_live", "retire", "reveal")
    pages.start()
    for path in ("/", "/archive", PAGE):
        _, body = pages.get(path)
        assert "Canary-Model-5" in body
        for word in ("canary-endpoint", "canary-host", "canary-maker/", "CANARY_KEY", "canary-key"):
            assert word not in body, path
        for word in ("canary-operator", "canary-why", "canary-detail"):
            assert word not in body, path


def test_only_our_user_may_connect(pages):
    pages.start()
    assert stat.S_IMODE(pages.socket.stat().st_mode) & 0o077 == 0


def test_a_killed_ones_socket_is_taken_over(pages):
    first = pages.start()
    first.kill()
    first.wait(60)
    assert pages.socket.exists()
    pages.start()
    assert pages.word == "ready"
    assert pages.get()[0].status == 200


@pytest.mark.parametrize(
    ("path", "word"),
    [("", "Set DARKHORSE_PAGES_SOCKET"), ("/nowhere/at/all.sock", "no socket can be made there")],
)
def test_without_a_place_to_listen_it_is_one_sentence(pages, path, word):
    process = pages.start(socket_path=path)
    assert pages.word.startswith("failed ")
    assert word in pages.word
    assert process.wait(60) == 1
    assert "Traceback" not in pages.log.read_text()


def test_head_has_no_body(pages):
    pages.start()
    answer, body = pages.get(method="HEAD")
    assert answer.status == 200
    assert body == ""


def test_pages_that_watch_hold_up_no_shutdown(pages, tmp_path):
    move(tmp_path, "create", "go_live")
    process = pages.start()
    connection = UnixConnection(pages.socket)
    connection.request("GET", f"/live{PAGE}")
    stream = connection.getresponse()
    assert stream.readline().startswith(b"retry: ")
    process.terminate()
    assert process.wait(60) == 0
    assert b"event: over" not in stream.read()  # the page asks again, and finds who comes next
    connection.close()
    assert pages.log.read_text() == ""

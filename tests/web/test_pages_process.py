"""The pages as a process on their unix socket."""

import http.client
import os
import signal
import socket
import stat
import subprocess
import sys

import pytest
from sqlalchemy import text

from darkhorse.storage.ledger.facts import FACTS_FILE, open_facts

CONFIG = """
[[listing]]
slug = "stealth/pony-alpha"
name = "Pony Alpha"
created = 1770336000
context = 8192
max_output = 4096

[[endpoint]]
listing = "stealth/pony-alpha"
name = "canary-endpoint"
url = "http://canary-host.example:9/v1"
model = "canary-maker/canary-model"
key_env = "CANARY_KEY"
"""


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
        config = self.folder / "config.toml"
        config.write_text(CONFIG)
        read, write = os.pipe()
        facts = {"DARKHORSE_READY_FD": str(write), "CANARY_KEY": "canary-key"}
        path = str(self.socket) if socket_path is None else socket_path
        with self.log.open("ab") as log, os.fdopen(read, encoding="utf-8") as words:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "darkhorse", "pages"),
                    *("--data", str(self.folder), "--config", str(config)),
                ],
                env={**os.environ, **facts, "DARKHORSE_PAGES_SOCKET": path},
                pass_fds=[write],
                stderr=log,
            )
            os.close(write)
            self.processes.append(process)
            self.word = words.readline().strip()
        return process

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


def test_it_serves_when_it_says_so_and_ends_with_zero_when_told(pages):
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
    count_traffic(tmp_path)
    pages.start()
    _, body = pages.get()
    assert "4,321" in body
    assert "98,765" in body
    assert "54,321" in body


def test_nothing_private_is_in_any_byte(pages, tmp_path):
    count_traffic(tmp_path)
    process = pages.start()
    for path in ("/", "/nowhere", "/robots.txt", "/favicon.ico", "/static/x"):
        answer, body = pages.get(path)
        assert "canary" not in (body + str(answer.getheaders())).lower(), path
    process.terminate()
    assert process.wait(60) == 0
    assert "canary" not in pages.log.read_text().lower()


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

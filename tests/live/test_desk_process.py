"""`darkhorse desk` as people start it: a link, a form, a run against a scripted model, an end."""

import http.client
import select
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode, urlsplit

import pytest

from darkhorse.attribution.library.library import Lab, Library, Model, pack

from .stage import START_S, eventually

KEY = "sk-live-0123456789"
KNOWN = Library(
    version="t",
    labs=(Lab(name="qwen", title="Alibaba"),),
    models=(Model(name="qwen/a", lab="qwen"),),
)


class Desk:
    def __init__(self, folder, *options):
        library = folder / "library"
        library.write_bytes(pack(KNOWN))
        command = ["desk", "--port", "0", "--library", str(library), *options]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "darkhorse", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        assert select.select([self.process.stdout], [], [], START_S)[0], "it never said its link"
        self.link = self.process.stdout.readline().strip()
        self.host = urlsplit(self.link).netloc
        self.cookie = ""

    def ask(self, path, form=None):
        connection = http.client.HTTPConnection(self.host, timeout=10)
        headers = {"Cookie": self.cookie, "Origin": f"http://{self.host}"}
        if form is None:
            connection.request("GET", path, headers=headers)
        else:
            connection.request("POST", path, urlencode(form), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def enter(self):
        answer, _ = self.ask(self.link.removeprefix(f"http://{self.host}"))
        self.cookie = answer.getheader("set-cookie").partition(";")[0]

    def start(self, url):
        order = {"url": url, "model": "ok", "key": KEY, "dialect": "chat", "budget": "quick"}
        answer, text = self.ask("/unmask", order)
        assert answer.status == 303, text
        return answer.getheader("location")

    def end(self):
        self.process.send_signal(signal.SIGINT)
        output, errors = self.process.communicate(timeout=15)
        return self.process.returncode, output + errors


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path, "--allow-private")
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.communicate()


@contextmanager
def unfinished(desk):
    """More requests without an end than it has places."""
    address = (urlsplit(desk.link).hostname, urlsplit(desk.link).port)
    with ExitStack() as stack:
        for _ in range(80):
            stack.enter_context(socket.create_connection(address)).sendall(
                b"GET / HTTP/1.1\r\nX: a"
            )
        yield


def test_a_run_in_a_process_of_its_own(desk, scripted, tmp_path):
    with unfinished(desk):
        assert desk.ask("/unmask")[0].status == 401
        desk.enter()
    path = desk.start(scripted.url)
    eventually(lambda: "/report" in desk.ask(path)[1], seconds=30)
    _, page = desk.ask(path)
    _, report = desk.ask(f"{path}/report")
    assert "<h1" in report
    status, output = desk.end()
    assert status == 0, output
    for text in (page, report, output):
        assert KEY not in text
    assert [each.name for each in tmp_path.iterdir()] == ["library"], "nothing is kept on disk"

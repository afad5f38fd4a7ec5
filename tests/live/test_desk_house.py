"""The desk of a house that serves: by its link, by a new one, by a key; and after a fall."""

import http.client
import json
import os
import re
import select
import signal
import subprocess
import sys
from urllib.parse import urlencode, urlsplit

import pytest
from click.testing import CliRunner

from darkhorse.cli.desk import desk as desk_command
from darkhorse.wiring.launches import open_desk

from .stage import CANARY, START_S, eventually, go_live, launch_text

SLUG = "stealth/mule-beta"


class House:
    """`darkhorse up` on a data directory with one live launch."""

    def __init__(self, folder, scripted):
        self.data = folder / "data"
        os.environ.setdefault("UPSTREAM_KEY", "sk-upstream")
        go_live(open_desk(self.data), launch_text(SLUG, [(scripted.url, "ok")]))
        self.errors = folder / "stderr"
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "darkhorse", "up", "--data", str(self.data)),
                    *("--port", "0", "--desk-port", "0", "--json"),
                ],
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        assert select.select([self.process.stdout], [], [], START_S)[0], self.errors.read_text()
        line = self.process.stdout.readline()
        assert line, self.errors.read_text()
        self.card = json.loads(line)
        self.host = urlsplit(self.card["desk"]).netloc
        self.cookie = ""

    def ask(self, path, form=None):
        connection = http.client.HTTPConnection(self.host, timeout=10)
        headers = {"Cookie": self.cookie, "Origin": f"http://{self.host}"}
        try:
            if form is None:
                connection.request("GET", path, headers=headers)
            else:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()

    def opens(self, link):
        assert link.startswith(self.card["desk"])
        answer, _ = self.ask(link.removeprefix(self.card["desk"]))
        if cookie := answer.getheader("set-cookie"):
            self.cookie = cookie.partition(";")[0]
        return answer.status == 303

    def new_link(self):
        done = CliRunner().invoke(desk_command, ["--data", str(self.data)])
        assert done.exit_code == 0, done.output
        return done.output.split()[0]

    def seen_again(self):
        try:
            return self.ask("/sessions")[0].status
        except OSError:
            return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture
def house(tmp_path, scripted):
    made = House(tmp_path, scripted)
    yield made
    made.stop()


def test_the_desk_of_a_house(house, scripted):
    link = house.card["desk_link"]
    assert house.ask("/launches")[0].status == 401
    assert house.opens(link)
    assert SLUG in house.ask("/launches")[1]
    first, house.cookie = house.cookie, ""
    assert not house.opens(link), "once"
    assert house.opens(house.new_link()), "another one is printed while it serves"

    house.cookie = ""
    assert house.ask("/enter", {"key": house.card["key"]})[0].status == 401
    answer, _ = house.ask("/enter", {"key": house.card["management_key"]})
    assert answer.status == 303

    form = {"url": scripted.url, "model": "ok", "key": "k", "dialect": "chat", "budget": "quick"}
    answer, _ = house.ask("/unmask", form)
    assert answer.status == 401, "nobody came in with that cookie"
    house.cookie = first
    run = house.ask("/unmask", form)[0].getheader("location")
    eventually(lambda: "leads into this machine" in house.ask(run)[1])
    _, health = house.ask("/health")
    assert "Everything runs" in health
    assert CANARY not in house.errors.read_text()
    pids = dict(re.findall(r'scope="row"[^>]*>(\w+)</th>.*?number">(\d+)<', health))
    assert set(pids) == {"up", "relay", "keeper", "pages", "desk"}
    assert len(set(pids.values())) == len(pids)
    os.kill(int(pids["desk"]), signal.SIGKILL)
    eventually(lambda: "desk stopped (signal SIGKILL)" in house.errors.read_text())
    eventually(lambda: house.seen_again() == 200, seconds=START_S)
    assert "error" not in house.errors.read_text().lower()

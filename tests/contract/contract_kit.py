"""A house with a past: relay and keeper as processes, over a journal that began days ago."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from darkhorse.accounts.keys import hash_key
from darkhorse.base.secret import Secret
from darkhorse.wire.chunks import Usage
from facts.facts_kit import HandJournal, end, start
from live.stage import Process, Relay, eventually

SPEC = Path(__file__).parents[2] / ".." / "shared" / "reference" / "openrouter-openapi.json"
LISTING = "stealth/listing-0"
APP = {"app_url": "https://app.example/x", "app_title": "An app"}
DAYS = 4
CONVERSATIONS = 6  # of an app, each with a key of its own: they make a cell of session-cost
_DAY_US = 86_400_000_000


def openrouter_spec():
    """Their document; skips where it is not at hand."""
    if not SPEC.exists():
        pytest.skip("openrouter-openapi.json is not beside this repository")
    return json.loads(SPEC.read_text(encoding="utf-8"))


def yesterday():
    return (datetime.now(UTC) - timedelta(days=1)).date().isoformat()


class House:
    """Everything a client of the account routes needs to find something."""

    def __init__(self, data: Path, url: str) -> None:
        models = {"ok": [(url, "ok")], "retired": [(url, "ok")]}
        env = {"DARKHORSE_PAGES_SOCKET": str(data / "pages.sock")}
        self.relay = Relay(data, models, env=env)
        self.key_hash = hash_key(Secret(self.relay.key))
        self._remember(data)
        self.relay.start()
        config = ("--data", str(data), "--config", str(self.relay.config))
        self.others = [
            Process(["-m", "darkhorse", name, *config], env, log=data / f"{name}.log")
            for name in ("keeper", "pages")
        ]
        for each in self.others:
            each.wait_ready()
        self.generation = self.relay.chat("ok").id
        eventually(lambda: self.json("/activity", management=True)["data"])

    @property
    def base(self):
        return f"http://127.0.0.1:{self.relay.port}/api/v1"

    def _remember(self, data: Path) -> None:
        """One conversation a day and more, each of two turns."""
        journal = HandJournal(data / "journal")
        now_us = time.time_ns() // 1000
        times = [(day, at) for day in range(1, DAYS + 1) for at in range(CONVERSATIONS)]
        for number, (day, at) in enumerate([each for each in times for _ in range(2)]):
            at_us = now_us - day * _DAY_US
            own = {"id": f"gen-{at_us // 10**6}-{number:020}", "at_us": at_us}
            whose = self.key_hash if at == 0 else f"{at:064}"
            talk = {"session": f"talk-{day}-{at}", "listing": LISTING, "key": whose, **APP}
            journal.append(start(number, **own, **talk))
            done = {"outcome": "done", "usage": Usage(10, 20, 5, 30), "micro_usd": 30}
            journal.append(end(number, **{**own, "at_us": at_us + 1000}, **done))

    def get(self, path, *, management=False, **query):
        words = f"?{urlencode(query)}" if query else ""
        return self.ask("GET", path + words, management=management)

    def json(self, path, **fields):
        reply = self.get(path, **fields)
        assert reply.status == 200, reply.raw
        return reply.json

    def ask(self, method, path, body=None, *, management=False):
        """One request; a body goes as JSON."""
        key = self.relay.management_key if management else self.relay.key
        sent = b"" if body is None else msgspec.json.encode(body)
        lines = [f"{method} /api/v1{path} HTTP/1.1", f"authorization: Bearer {key}"]
        if body is not None:
            lines += ["content-type: application/json", f"content-length: {len(sent)}"]
        return self.relay.request(*lines, body=sent)

    def close(self):
        self.relay.close()
        for each in self.others:
            assert each.stop() == 0

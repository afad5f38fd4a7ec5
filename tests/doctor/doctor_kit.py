"""A data directory to be looked at, made with the product's own writers."""

import asyncio
import fcntl
import itertools
import json
import os
import select
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from darkhorse.base.settings import JournalSettings
from darkhorse.launches.desk import Reason
from darkhorse.launches.file import parse
from darkhorse.launches.inquiry import Waits
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.facts import FACTS_FILE, open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.wiring.doctor import Questions, examine
from darkhorse.wiring.keys import ensure_first_keys, key_desk
from darkhorse.wiring.launches import open_desk
from darkhorse.wiring.targets import note_server

NOW_US = 1_795_000_000_000_000  # 2026-11-18
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
WHY = Reason("a test", "to have it looked at", ("no-audit",))

LAUNCH = """
[public]
slug = "stealth/{name}"
title = "{name}"
context = 1000
max_output = 500
{window}

[private]
maker = "Example Lab"
model = "Example-5"

[[private.endpoint]]
name = "east"
url = "{url}"
model = "{model}"
{more}
"""

_file_ids = itertools.count(77)


def alter(path: Path, *statements: str) -> None:
    """Change a database behind everybody's back."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


class Clock:
    def __init__(self, now_us: int = NOW_US) -> None:
        self.us = now_us

    def now_us(self) -> int:
        return self.us

    def monotonic(self) -> float:
        return self.us / 1_000_000


class Scripted:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "darkhorse", "scripted", "--json"], stdout=subprocess.PIPE
        )
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        assert ready, "the scripted upstream did not start"
        told = json.loads(self.process.stdout.readline())
        self.url, self.port = told["url"], told["port"]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


class Patient:
    """Healthy as made; each test does it some harm."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.clock = Clock()
        self.config = data.parent / "darkhorse.toml"
        self.config.write_text("[server]\nport = 0\n")

    def born(self) -> "Patient":
        self.data.mkdir(mode=0o700)
        self.keys = ensure_first_keys(self.data, self.clock)
        return self

    def draft(self, name="east", *, url="http://127.0.0.1:1/v1", model="ok", more="", window=""):
        text = LAUNCH.format(name=name, url=url, model=model, more=more, window=window)
        return open_desk(self.data, self.clock).create(parse(text, "a test"), WHY)

    def live(self, name="east", **more):
        launch = self.draft(name, **more)
        return open_desk(self.data, self.clock).go_live(launch, WHY)

    def key_desk(self):
        return key_desk(self.data, self.clock)

    def record(self, *generations, key="ab" * 32):
        """Each begun and ended, durably, at this clock's time; in a new file."""
        journal = FileJournal(
            self.data / "journal",
            settings=JournalSettings(gather_ms=0),
            clock=self.clock,
            disk=RealDisk(),
            new_file_id=lambda: next(_file_ids),
        )

        async def write():
            for generation in generations:
                start = StartRecord(
                    id=generation,
                    at_us=self.clock.us,
                    listing="stealth/east",
                    dialect="chat",
                    streamed=False,
                    key=key,
                    prompt_tokens=7,
                )
                await (await journal.start(start, b"{}"))
                end = EndRecord(id=generation, at_us=self.clock.us, outcome="done")
                await (await journal.end(end, b"x" * 100))

        asyncio.run(write())
        journal.close()

    def fold(self):
        engine = open_facts(self.data / FACTS_FILE)
        Fold(engine, Layout(self.data)).catch_up()
        engine.dispose()

    @contextmanager
    def serving(self, **environment):
        """A server that has said what it has in its environment."""
        (self.data / "run").mkdir(exist_ok=True)
        note_server(self.data, "http://127.0.0.1:1", environment)
        with self.running():
            yield

    @contextmanager
    def running(self, pid=None):
        """Its lock held, as by a server."""
        with (self.data / "lock").open("a+") as lock:
            lock.write(f"{pid or os.getpid()}\n")
            lock.flush()
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def look(self, **asked):
        asked.setdefault("waits", Waits(connect_s=2, answer_s=5))
        questions = Questions(data=self.data, config=self.config, **asked)
        return list(examine(questions, self.clock))

    def said(self, name, **asked):
        """What is said under one name: each check's verdict, and its text with the remedy."""
        checks = [check for check in self.look(**asked) if check.name == name]
        assert all(bool(check.remedy) == (check.verdict != "ok") for check in checks)
        return [(check.verdict, f"{check.sentence} → {check.remedy}") for check in checks]

    def told(self, name, verdict, *words, **asked):
        """Exactly one check of that name, with this verdict and these words."""
        ((found, text),) = self.said(name, **asked)
        assert found == verdict, text
        for word in words:
            assert word in text, text

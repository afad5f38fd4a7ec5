"""A data directory, a keeper and a writer as processes, and what they should have counted."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from facts_kit import recount

from darkhorse.storage.ledger.facts import FACTS_FILE, PublicFactsReader

WRITER = Path(__file__).with_name("facts_writer.py")


def until(holds, seconds=60):
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not holds():
        assert time.monotonic() < deadline, "did not come true in time"
        pause.wait(0.01)


class House:
    """A data directory and the processes at work in it."""

    def __init__(self, data):
        self.data = data
        self.journal = data / "journal"
        self.reader = PublicFactsReader(data / FACTS_FILE)
        self.log = data / "keeper.log"
        self.processes = []

    def start(self, *argv, **options):
        process = subprocess.Popen([sys.executable, *map(str, argv)], **options)
        self.processes.append(process)
        return process

    def keeper(self, *, wait=True):
        read, write = os.pipe()
        with self.log.open("ab") as log, os.fdopen(read, encoding="utf-8") as words:
            process = self.start(
                *("-P", "-m", "darkhorse", "keeper", "--data", self.data),
                env={**os.environ, "DARKHORSE_READY_FD": str(write)},
                pass_fds=[write],
                stderr=log,
            )
            os.close(write)
            self.word = words.readline().strip() if wait else ""
        return process

    def writer(self, name):
        process = self.start(
            WRITER, self.journal, name, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline() == "writing\n"
        return process

    def kill(self, process):
        process.kill()
        process.communicate(timeout=60)

    def is_exact(self):
        return self.public() == {
            listing: tuple(
                total.get(name, 0) for name in ("requests", "prompt_tokens", "completion_tokens")
            )
            for listing, total in recount(self.journal).items()
        }

    def public(self):
        return {
            listing: (total.requests, total.prompt_tokens, total.completion_tokens)
            for listing, total in self.reader.totals().items()
        }

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)
        self.reader.close()


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    return process.returncode

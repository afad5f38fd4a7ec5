"""Erasing, stopped anywhere: what is begun is finished, once, and nothing else is touched.

`DARKHORSE_ERASE_ROUNDS` sets how often the process is killed.
"""

import os
import random
import subprocess
import sys
from contextlib import suppress

import pytest

from darkhorse.storage.erasures import Subject
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.forget.absent import places_of
from darkhorse.storage.ledger.forget.work import WORK_FILE
from forget.forget_kit import Ledger, canary, expected_bodies, facts_of, key_of

ROUNDS = int(os.environ.get("DARKHORSE_ERASE_ROUNDS", "3"))


class _Stop(Exception):
    """The process died here."""


class _Dying(RealDisk):
    """Dies before its operation number `at`, after half of a write."""

    def __init__(self, at):
        self.left = at

    def _count(self):
        self.left -= 1
        if self.left < 0:
            raise _Stop

    def make_directory(self, path):
        self._count()
        super().make_directory(path)

    def create(self, path):
        self._count()
        return super().create(path)

    def write(self, file, buffers):
        if self.left <= 0:
            whole = b"".join(buffers)
            super().write(file, [whole[: len(whole) // 2]])
        self._count()
        super().write(file, buffers)

    def sync(self, file):
        self._count()
        super().sync(file)
        self._count()

    def remove(self, path):
        self._count()
        super().remove(path)
        self._count()


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "data")
    made.write()
    made.keep(seal=False)
    made.order(Subject(keys=(key_of("ann"),)))
    yield made
    made.close()


@pytest.fixture
def never(tmp_path):
    """The facts of a ledger that never had the one who is erased."""
    made = Ledger(tmp_path / "never")
    made.write(("ben", "cyd"))
    made.keep(seal=False)
    made.close()
    return facts_of(made.data)


def check(ledger, never, *, sealed=False):
    assert not ledger.store.unfinished()
    assert not (ledger.data / WORK_FILE).exists()
    assert places_of(ledger.data, "ofann") == []
    assert places_of(ledger.data, canary("ann", "prompt")) == []
    assert ledger.bodies() == expected_bodies(("ben", "cyd"))
    facts = facts_of(ledger.data)
    if sealed:  # by a keeper that was at work meanwhile
        del facts["generation"]
    assert facts == {name: never[name] for name in facts}


def test_dying_at_every_operation_of_the_disk(ledger, never):
    """One death after another on the same directory; the packer puts right what each leaves."""
    for at in range(60):
        disk = _Dying(at)
        forgetting = ledger.forgetting(disk)
        with suppress(_Stop):
            while ledger.store.unfinished():
                forgetting.step()
        forgetting.close()
        packer = ledger.packer()
        packer.step()
        packer.close()
        assert set(ledger.bodies()) >= set(expected_bodies(("ben", "cyd")))
    ledger.run()
    check(ledger, never)


def test_a_new_process_for_every_slice(ledger, never):
    for _ in range(60):
        forgetting = ledger.forgetting()
        forgetting.step()
        forgetting.close()
    check(ledger, never)


def test_a_work_file_that_is_lost(ledger, never):
    """In every stage: the work begins anew, and nothing is taken away twice."""
    seen = set()
    while orders := ledger.store.unfinished():
        forgetting = ledger.forgetting()
        while orders and (stage := orders[0].stage) in seen:
            forgetting.step()
            orders = ledger.store.unfinished()
        forgetting.close()
        seen.add(stage)
        for path in ledger.data.glob(f"{WORK_FILE}*"):
            path.unlink()
    assert {"finding", "facts", "search", "packed", "last"} <= seen
    check(ledger, never)


def test_killed_at_any_moment(ledger, never):
    """The keeper, killed again and again, then a command that does what is left of its work."""
    chance = random.Random(os.environ.get("DARKHORSE_SEED", "5"))
    program = [sys.executable, "-m", "darkhorse"]
    for _ in range(ROUNDS):
        process = subprocess.Popen(
            [*program, "keeper", "--data", ledger.data], stderr=subprocess.PIPE, text=True
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.8, 3))
        process.kill()
        _, said = process.communicate(timeout=30)
        assert "Traceback" not in said
    command = [*program, "ledger", "erase", "--wait", "--data", ledger.data]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    check(ledger, never, sealed=True)

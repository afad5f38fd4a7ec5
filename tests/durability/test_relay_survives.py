"""kill -9 at random moments, and a power cut: every acknowledged generation is there, whole."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.powercut import CUT_MODES, cut_power
from darkhorse.storage.ledger.read import frames
from darkhorse.storage.ledger.verify import verify
from live.stage import Process, Relay

from .load import Acknowledged, load

KILL_ROUNDS = int(os.environ.get("DARKHORSE_KILL_ROUNDS", "25"))
POWER_ROUNDS = int(os.environ.get("DARKHORSE_POWER_ROUNDS", "15"))


@pytest.fixture
def relay(tmp_path, scripted):
    stage = Relay(tmp_path / "data", {"echo": [(scripted.url, "echo?deltas=5&batch=1")]})
    yield stage
    stage.close()


async def _under_load(relay: Relay, round_: int, seconds: float) -> list[Acknowledged]:
    """Kill the relay after `seconds` of load; what the clients had got by then."""
    clients = asyncio.create_task(load(relay, round_, asyncio.Event()))
    await asyncio.sleep(seconds)
    relay.process.popen.send_signal(signal.SIGKILL)
    relay.process.popen.wait(20)
    relay.listener.close()  # connections still in its queue would wait for the next relay
    return await clients


def _run_round(relay: Relay, round_: int, dice: random.Random) -> list[Acknowledged]:
    got = asyncio.run(_under_load(relay, round_, dice.uniform(0.05, 0.5)))
    relay.process.popen.stdout.close()
    relay.listen()
    return got


def _hold_to(journal: Path, given: list[Acknowledged]) -> Counter:
    """Each acknowledged generation has its request and its answer, byte for byte, once."""
    starts, ends, outcomes = {}, {}, Counter()
    done: set[str] = set()
    for frame, _ in frames(journal, None):
        record = json.loads(frame.meta)
        seen = starts if frame.kind == START else ends
        assert record["id"] not in seen, f"{record['id']} is there twice"
        seen[record["id"]] = frame
        if frame.kind == END:
            outcomes[record["outcome"]] += 1
            done |= {record["id"]} if record["outcome"] == "done" else set()
    lost = [g for g in given if g.id not in starts or g.id not in done]
    assert not lost, f"{len(lost)} of {len(given)} lost, first in round {lost[0].round}"
    for generation in given:
        assert starts[generation.id].body == generation.body
        assert json.loads(ends[generation.id].body)["content"] == generation.text
    assert starts.keys() == ends.keys()  # recovery has ended what was running
    return outcomes


@pytest.mark.timeout(300)
def test_kill_9_loses_nothing(relay):
    dice = random.Random(1)
    given: list[Acknowledged] = []
    for round_ in range(KILL_ROUNDS):
        relay.start()
        given += _run_round(relay, round_, dice)
    relay.start()
    assert relay.stop() == 0
    outcomes = _hold_to(relay.data / "journal", given)
    assert len(given) > KILL_ROUNDS * 10, "too little load to prove anything"
    assert outcomes["interrupted"] > 0, "no kill hit a running generation"
    assert verify(relay.data / "journal").ok
    log = relay.log.read_text()
    assert "marked" in log, "recovery says what it did"


class _Unplugged(Relay):
    """The relay on a recording disk."""

    def start(self):
        fd = self.listener.fileno()
        env = {"DARKHORSE_LISTEN_FD": str(fd), "UPSTREAM_KEY": "sk-x"}
        program = Path(__file__).with_name("unplugged_relay.py")
        argv = [str(program), str(self.data), str(self.config), str(self.data / "synced")]
        self.process = Process(argv, env, (fd,), self.log)
        self.process.wait_ready()
        return self


@pytest.mark.timeout(300)
def test_a_power_cut_loses_nothing_acknowledged(tmp_path, scripted):
    listings = {"echo": [(scripted.url, "echo?deltas=5&batch=1")]}
    settings = "[journal]\nrotate_bytes = 262144\n"  # so that some cuts fall on a new file
    relay = _Unplugged(tmp_path / "data", listings, settings)
    dice = random.Random(2)
    given: list[Acknowledged] = []
    journal = relay.data / "journal"
    for round_ in range(POWER_ROUNDS):
        relay.start()
        given += _run_round(relay, round_, dice)
        cut_power(journal, relay.data / "synced", dice, CUT_MODES[round_ % len(CUT_MODES)])
    relay.start()
    assert relay.stop() == 0
    relay.close()
    _hold_to(journal, given)
    assert len(given) > POWER_ROUNDS * 10, "too little load to prove anything"
    assert len(list(journal.glob("*.dhj"))) > POWER_ROUNDS


def test_the_ledger_command_reads_what_the_relay_wrote(relay):
    relay.start()
    reply = relay.chat("echo", messages=[{"role": "user", "content": "remember me"}])
    assert relay.stop() == 0
    generation = reply.json["id"]
    shown = _ledger(relay, "show", generation, "--json")
    assert "remember me" in shown
    assert generation in _ledger(relay, "tail", "--json")
    assert json.loads(_ledger(relay, "verify", "--json"))["starts"] == 1


def _ledger(relay: Relay, *argv: str) -> str:
    command = [sys.executable, "-m", "darkhorse", "ledger", *argv, "--data", str(relay.data)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout

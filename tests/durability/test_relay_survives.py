"""A power cut under a relay alone: every acknowledged generation is there, whole.

What kill -9 does to it: test_keeper_killed. The files behind the journal: test_keeper_unplugged.
"""

import json
import os
import random
import subprocess
import sys

import pytest

from darkhorse.storage.ledger.powercut import CUT_MODES
from live.stage import Relay

from .keeper_held import hold_to
from .keeper_house import furnish
from .load import Acknowledged

POWER_ROUNDS = int(os.environ.get("DARKHORSE_POWER_ROUNDS", "15"))


@pytest.mark.timeout(300)
def test_a_power_cut_loses_nothing_acknowledged(tmp_path, scripted, nursery):
    house = furnish(tmp_path, scripted, nursery, kept=False)
    dice = random.Random(2)
    given: list[Acknowledged] = []
    for number in range(POWER_ROUNDS):
        given += house.round(number, dice)
        house.unplug(dice, CUT_MODES[number % len(CUT_MODES)])
    house.start()
    assert house.stop() == 0
    house.close()
    outcomes = hold_to(house.layout, given, dense=False)
    assert not outcomes["open"], "recovery ends what was running"
    assert len(given) > POWER_ROUNDS * 10, "too little load to prove anything"
    assert len(list(house.layout.journal.glob("*.dhj"))) > POWER_ROUNDS


def test_the_ledger_command_reads_what_the_relay_wrote(tmp_path, scripted):
    relay = Relay(tmp_path / "data", {"echo": [(scripted.url, "echo?deltas=5&batch=1")]})
    relay.start()
    reply = relay.chat("echo", messages=[{"role": "user", "content": "remember me"}])
    assert relay.stop() == 0
    relay.close()
    generation = reply.json["id"]
    shown = _ledger(relay, "show", generation, "--json")
    assert "remember me" in shown
    assert generation in _ledger(relay, "tail", "--json")
    assert json.loads(_ledger(relay, "verify", "--json"))["starts"] == 1


def _ledger(relay: Relay, *argv: str) -> str:
    command = [sys.executable, "-m", "darkhorse", "ledger", *argv, "--data", str(relay.data)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout

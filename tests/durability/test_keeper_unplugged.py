"""Power cuts under relay and keeper, which turn, pack, seal and compact: what was told is there."""

import os
import random

import pytest

from darkhorse.storage.ledger.powercut import CUT_MODES

from .keeper_held import hold_to, prove
from .keeper_house import furnish
from .load import Acknowledged

ROUNDS = int(os.environ.get("DARKHORSE_POWER_ROUNDS", "25"))


@pytest.mark.timeout(300)
def test_power_cuts_lose_nothing_acknowledged(tmp_path, scripted, nursery):
    house = furnish(tmp_path, scripted, nursery)
    dice = random.Random(2)
    given: list[Acknowledged] = []
    for number in range(ROUNDS):
        new = house.round(number, dice)
        house.unplug(dice, CUT_MODES[number % len(CUT_MODES)])
        hold_to(house.layout, new)
        given += new
    house.settle()
    prove(house.layout, tmp_path, given)
    assert len(given) > ROUNDS * 10, "too little load to prove anything"
    assert " error " not in house.logs()
    house.close()

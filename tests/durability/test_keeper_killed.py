"""kill -9 of relay and keeper while files are turned, packed, sealed, compacted: all is there."""

import os
import random
from collections import Counter

import pytest

from .keeper_caught import caught
from .keeper_held import hold_to, prove, rows_once
from .keeper_house import furnish
from .load import Acknowledged

ROUNDS = int(os.environ.get("DARKHORSE_KILL_ROUNDS", "25"))


@pytest.mark.timeout(300)
def test_kill_9_loses_nothing(tmp_path, scripted, nursery):
    house = furnish(tmp_path, scripted, nursery)
    dice = random.Random(1)
    given: list[Acknowledged] = []
    hits: Counter[str] = Counter()
    for number in range(ROUNDS):
        new = house.round(number, dice)
        hits.update(caught(house.layout))
        hold_to(house.layout, new)
        rows_once(house.layout)
        given += new
    house.settle()
    outcomes = prove(house.layout, tmp_path, given)
    assert outcomes["interrupted"] > 0, "no kill hit a running generation"
    assert len(given) > ROUNDS * 10, "too little load to prove anything"
    assert hits, "no kill fell on the keeper's work"
    assert "marked" in house.log.read_text(), "recovery says what it did"
    assert " error " not in house.logs()
    house.close()

"""Kill and unplug relay and keeper for as many rounds as you like.

    .venv-test/bin/python tests/durability/torture.py --rounds 500 --seed 1

Half of the rounds are kills, half power cuts, on one ledger. What every client was given is held
against it after each round, all of it every 25 rounds and at the end. Ends with one JSON object;
the status is 1 and the directory stays if anything is wrong. A seed chooses what is cut and
when, not what a machine does meanwhile: two runs are alike, not the same.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import track

from darkhorse.storage.ledger.powercut import CUT_MODES

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest has it

from durability.keeper_caught import caught
from durability.keeper_held import hold_to, prove, rows_once
from durability.keeper_house import House, furnish
from durability.load import Acknowledged
from durability.nursery import Nursery
from live.stage import Scripted

REST = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    nursery, scripted = Nursery(), Scripted()
    house = furnish(folder, scripted, nursery)
    try:
        found = torture(house, folder, wanted.rounds, random.Random(wanted.seed))
    except AssertionError:
        print(f"the ledger is kept: {folder}", file=sys.stderr)
        raise
    finally:
        house.close()
        nursery.close()
        scripted.stop()
    shutil.rmtree(folder)
    print(json.dumps(found))


def torture(house: House, folder: Path, rounds: int, dice: random.Random) -> dict[str, object]:
    given: list[Acknowledged] = []
    hits: Counter[str] = Counter()
    screen = Console(stderr=True)
    steps = track(range(1, rounds + 1), "rounds", console=screen, disable=not screen.is_terminal)
    for number in steps:
        new = house.round(number, dice)
        if dice.randrange(2):
            hits["power cut"] += 1
            house.unplug(dice, CUT_MODES[dice.randrange(len(CUT_MODES))])
        hits.update(caught(house.layout))
        hold_to(house.layout, new)
        rows_once(house.layout)
        given += new
        if number % REST == 0 or number == rounds:
            house.settle()
            outcomes = prove(house.layout, folder, given)
    return {"rounds": rounds, "given": len(given), "ended": outcomes, "hits": hits, "lost": 0}


if __name__ == "__main__":
    main()

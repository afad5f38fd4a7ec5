"""Seals and compacts a data directory, over and over. usage: sealing_child.py DATA"""

import itertools
import sys
from pathlib import Path

from table_kit import StillClock

from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.facts import FACTS_FILE, open_facts
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.table.seal import Compact, CompactPolicy, Seal, SealPolicy
from darkhorse.storage.ledger.table.sealing import SealedTable


def main(data):
    engine, clock = open_facts(data / FACTS_FILE), StillClock()
    table = SealedTable(engine, Layout(data), RealDisk())
    sealing = SealPolicy(age_us=0, every_us=0, most=4)
    compacting = CompactPolicy(many=2, log_length=3)
    seal = Seal(engine, table, clock, lambda: 2**62, policy=sealing)
    compact = Compact(engine, table, clock, policy=compacting)
    for step in itertools.count():
        seal.step()
        compact.step()
        print(step, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

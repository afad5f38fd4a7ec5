"""kill -9 while rows are sealed and files compacted: each row once, always."""

import random
import subprocess
import sys
from pathlib import Path

import polars as pl
from table_kit import as_dicts

CHILD = Path(__file__).with_name("sealing_child.py")


def test_killed_at_any_moment_every_row_is_there_once(rows, tmp_path):
    for number in range(120):
        rows.generate(number, seconds_ago=7200 + 900 * number)
    rows.fold()
    before, counted = as_dicts(rows.rows()), rows.counted()
    chance = random.Random(3)
    for _ in range(3):
        child = subprocess.Popen(
            [sys.executable, str(CHILD), str(tmp_path)], stdout=subprocess.PIPE
        )
        for _ in range(1 + chance.randrange(3)):
            child.stdout.readline()
        child.stdout.read(chance.randrange(2))  # part of the way into the next
        child.kill()
        child.communicate(timeout=60)
        assert as_dicts(rows.rows()) == before
    assert 0 < rows.count("generation") < 120
    rows.restart()
    rows.seal_all()
    frame = pl.read_delta(str(rows.layout.table))
    assert sorted(frame["id"]) == sorted(row["id"] for row in before)
    assert as_dicts(rows.rows()) == before
    del counted["generation"]
    assert {name: rows.counted()[name] for name in counted} == counted

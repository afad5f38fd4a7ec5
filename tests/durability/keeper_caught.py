"""What a kill caught in the middle, by what it left: that every kind is among them is the point."""

import json
from collections.abc import Iterator
from pathlib import Path

from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.files import journal_files
from darkhorse.storage.ledger.frame import HEADER_SIZE
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.mark import read_mark
from darkhorse.storage.ledger.packed.index import read_index
from darkhorse.storage.ledger.sealed import read_sealing


def caught(layout: Layout) -> set[str]:
    return {*_packing(layout), *_turning(layout), *_changing_the_table(layout)}


def _packing(layout: Layout) -> Iterator[str]:
    mark = read_mark(layout.journal)
    index = read_index(layout.packed)
    if index is None:
        return
    committed = {segment.name: segment.size for segment in index.segments()}
    kept = json.loads(index.mark() or b'{"number": 0}')["number"]
    index.close()
    for path in layout.packed.glob("*.dhs"):
        if path.stat().st_size > committed.get(path.name, 0):
            yield "packing"
    if kept > (mark.number if mark else 0):
        yield "marking"
    if mark and any(file.number <= mark.number for file in journal_files(layout.journal)):
        yield "dropping"


def _turning(layout: Layout) -> Iterator[str]:
    newest = journal_files(layout.journal)[-1:]
    if any(file.path.stat().st_size <= HEADER_SIZE for file in newest):
        yield "turning"


def _changing_the_table(layout: Layout) -> Iterator[str]:
    facts = FactsFile(layout.facts)
    with facts.read() as connection:
        state = read_sealing(connection) if connection else None
    facts.close()
    if state is None:
        return
    newest = max(map(_version, layout.table.glob("_delta_log/*.json")), default=-1)
    if state.begun is not None:
        yield "sealing" if newest <= state.version else "sealing, after its commit"
    elif newest > state.version >= 0:
        yield "compacting"


def _version(commit: Path) -> int:
    return int(commit.stem) if commit.stem.isdigit() else -1

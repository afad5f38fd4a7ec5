"""What a ledger is held to: nothing lost, nothing damaged, nothing counted twice."""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, select

from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.table.query import Filters, GenerationsList
from darkhorse.storage.ledger.tables import FOLDED, generation, journal_file, position
from darkhorse.storage.ledger.whole import Step, Whole
from darkhorse.wiring.ledger_verify import verify_ledger

from .load import Acknowledged

_OF_PLACES = (generation, journal_file, position)
"""Tables that say where frames are, which is another thing after packing; all others are counts."""


def prove(layout: Layout, folder: Path, given: Iterable[Acknowledged]) -> Counter[str]:
    """All of it, of a ledger at rest; how many generations ended how. `folder` is for scratch."""
    outcomes = hold_to(layout, given)
    assert not outcomes["open"], "recovery ends what was running"
    count_anew(layout, folder)
    report = verify_ledger(layout.data)
    assert report.ok, report.problems()
    return outcomes


def hold_to(layout: Layout, given: Iterable[Acknowledged], *, dense: bool = True) -> Counter[str]:
    """Each acknowledged generation is there once, byte for byte; how many ended how.

    `dense`: and no number is missing, of what nobody was told is safe either.
    """
    with closing(Whole(layout)) as whole:
        starts, ends = _by_generation(whole, dense=dense)
        for each in given:
            assert each.id in starts, f"lost: {each.id} of round {each.round}"
            assert each.id in ends, f"its end is lost: {each.id} of round {each.round}"
            assert _whole(whole, starts[each.id]).body == each.body
            answer = json.loads(_whole(whole, ends[each.id]).body)
            assert answer["content"] == each.text
    outcomes = {name: json.loads(frame.meta)["outcome"] for name, (frame, _) in ends.items()}
    for each in given:
        assert outcomes[each.id] == "done", each.id
    assert ends.keys() <= starts.keys()
    return Counter(outcomes.values()) + Counter(open=len(starts) - len(ends))


def _by_generation(whole: Whole, *, dense: bool) -> tuple[dict[str, Step], dict[str, Step]]:
    starts: dict[str, Step] = {}
    ends: dict[str, Step] = {}
    last = 0
    for frame, at in whole.frames():
        assert frame.sequence > last, f"{frame.sequence} follows {last}"
        assert not dense or frame.sequence == last + 1, f"{frame.sequence} follows {last}"
        last = frame.sequence
        seen = {START: starts, END: ends}[frame.kind]
        name = id_of(frame.meta)
        assert name not in seen, f"{name} is there twice"
        seen[name] = frame, at
    return starts, ends


def _whole(whole: Whole, step: Step) -> Frame:
    frame = whole.packed.frame(step[0].sequence) or step[0]
    assert (frame.kind, frame.meta) == (step[0].kind, step[0].meta)
    return frame


def rows_once(layout: Layout) -> dict[str, str | None]:
    """Outcomes of all rows by generation, those in SQLite and those in the table; each once."""
    with closing(GenerationsList(layout.facts, layout.table)) as rows:
        found = [(row.id, row.outcome) for row in rows.rows(Filters())]
    assert len(dict(found)) == len(found), "a generation has two rows"
    return dict(found)


def count_anew(layout: Layout, folder: Path) -> None:
    """Facts of a ledger at rest are what a fold of all its frames makes of them."""
    for old in folder.glob("anew.sqlite*"):
        old.unlink()
    anew = open_facts(folder / "anew.sqlite")
    fold = Fold(anew, layout)
    fold.catch_up()
    fold.close()
    kept = open_facts(layout.facts)
    with anew.connect() as theirs, kept.connect() as ours:
        for table in FOLDED:
            if table not in _OF_PLACES:
                assert _content(ours, table) == _content(theirs, table), table.name
        outcomes = dict(theirs.execute(select(generation.c.id, generation.c.outcome)).all())
    anew.dispose()
    kept.dispose()
    assert rows_once(layout) == outcomes


def _content(connection: Connection, table) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in connection.execute(select(table))), key=repr)

"""What is described is what a plain recount of the frames says, wherever batches are cut."""

import re
import tempfile
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from traits_kit import HOUR_US, LISTINGS, NOON, House, Plain, end, explained, recount, start

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.traits import describing, rows
from darkhorse.storage.ledger.traits.forgetting import (
    _asked_again,
    _earlier,
    _first_of,
    forget_some,
)
from darkhorse.storage.ledger.traits.recent import RecentExpected
from darkhorse.storage.ledger.traits.tables import shape
from darkhorse.storage.state.engine import writing
from darkhorse.storage.traits import Asked, Expected
from darkhorse.wire.chunks import Usage

STARTS = st.fixed_dictionaries(
    {
        "number": st.integers(0, 9),
        "at_us": st.sampled_from([NOON, NOON + 1, NOON + 599_000_000, NOON + HOUR_US, NOON * 2]),
        "listing": st.sampled_from(LISTINGS),
        "key": st.sampled_from(["aa" * 32, "bb" * 32]),
        "session": st.sampled_from(["", "s", "t"]),
        "app_title": st.sampled_from(["", "First", "Second"]),
    }
)
ASKED = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["programming", "general"]),
        "length": st.sampled_from([0, 9, 10, 60]),
        "turns": st.sampled_from([1, 2]),
        "tools": st.booleans(),
        "said": st.sampled_from([0, 7, 8]),
    }
)
ENDS = st.fixed_dictionaries(
    {
        "number": st.integers(0, 9),
        "outcome": st.sampled_from(["done", "done", "failed", "cancelled", "interrupted"]),
        "finish": st.sampled_from([None, "stop", "length"]),
        "error_type": st.sampled_from(["", "timeout"]),
        "usage": st.sampled_from([None, Usage(7, 5, 2)]),
        "micro_usd": st.sampled_from([0, 9]),
    }
)
TOLD = st.fixed_dictionaries(
    {
        "called": st.booleans(),
        "troubles": st.sampled_from([(), ("cut",), ("cut", "refused")]),
        "signature": st.sampled_from(["", "it broke"]),
    }
)


def started(made, said):
    more = dict(made)
    return start(more.pop("number"), **more), said


def ended(made, said):
    more = dict(made)
    return end(more.pop("number"), **more), said


# One that comes again (a file came back from a backup) has the body that it had.
FRAMES = st.lists(ASKED, min_size=10, max_size=10).flatmap(
    lambda asked: st.lists(
        st.one_of(
            STARTS.map(lambda made: started(made, asked[made["number"]])),
            st.builds(ended, ENDS, TOLD),
        ),
        max_size=24,
    )
)
CUTS = st.lists(st.sampled_from(["", "", "", "slice", "restart", "pack", "file"]), max_size=24)


QUICK = (Phase.explicit, Phase.generate)  # each example writes to a disk


def put(house, frames, cuts):
    for place, (record, said) in enumerate(frames):
        house.add(record, **said)
        match cuts[place] if place < len(cuts) else "":
            case "slice":
                house.chore.step()
            case "restart":
                house.open()
            case "pack":
                house.pack()
            case "file":
                house.journal.begin_file()


@given(frames=FRAMES, cuts=CUTS, batch=st.integers(2, 6))
@settings(max_examples=20, phases=QUICK)
def test_it_is_what_a_recount_says(frames, cuts, batch):
    with tempfile.TemporaryDirectory() as data:
        house = House(Path(data), batch=batch)
        put(house, frames, cuts)
        house.describe()
        assert house.tables() == recount(frames)
        house.close()


@given(frames=FRAMES, cuts=CUTS, gone=st.sets(st.integers(0, 9), min_size=1), at=st.integers(0, 24))
@settings(max_examples=20, phases=QUICK)
def test_what_is_erased_never_was(frames, cuts, gone, at):
    """At any moment, also before it was described or while it runs."""
    names = [f"gen-{number}" for number in sorted(gone)]
    with tempfile.TemporaryDirectory() as data:
        house = House(Path(data), batch=3)
        put(house, frames[:at], cuts)
        house.chore.step()
        for _ in range(2):
            with writing(house.chore._engine).begin() as connection:
                assert not forget_some(connection, names)
        put(house, frames[at:], cuts)
        house.describe()
        kept = [(record, said) for record, said in frames if record.id not in names]
        assert house.tables() == recount(kept)
        house.close()


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.close()


def fill(house, count=6):
    frames = []
    for number in range(count):
        tools = number % 2 == 0
        frames.append((start(number, session="s"), {"tools": tools, "said": 1 + number % 3}))
        if number != 3:
            frames.append((end(number), {"called": True}))
    put(house, frames, [])
    return frames


def test_a_packed_ledger_gives_the_same_rows(house):
    frames = fill(house)
    house.describe()
    before = house.tables()
    assert before == recount(frames)
    house.pack()
    house.delete()
    house.describe()
    assert house.tables() == before


@pytest.mark.parametrize("part", ["write_rows", "write_bookmark", "_note_unreadable"])
def test_what_dies_in_a_batch_is_done_once(house, monkeypatch, part):
    house.batch = 4
    house.open()
    frames = fill(house)
    house.chore.step()
    done = getattr(describing, part)

    def dies(*given):
        done(*given)
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(describing, part, dies)
        with pytest.raises(OSError, match="no room"):
            house.chore.step()
    house.open()
    house.describe()
    assert house.tables() == recount(frames)


def test_an_answer_is_held_against_its_start_where_nobody_remembers_it(house):
    house.add(start(1), tools=True)
    house.add(start(2), tools=False)
    house.describe()
    for store in (lambda: None, house.pack):
        store()
        house.open()
    house.add(end(1), called=True)
    house.add(end(2), called=True)
    house.describe()
    bits = {row["id"]: row["troubles"] for row in house.tables()[0]}
    assert bits == {"gen-1": 0, "gen-2": 4}


def test_only_what_is_needed_is_read_twice(house):
    fill(house, 20)
    house.describe()
    assert house.describer.read == 20
    assert house.chore.step() is False


def test_another_version_or_shape_is_described_anew(house):
    frames = fill(house)
    house.describe()
    house.describer = Plain(version=2)
    house.open()
    assert house.tables()[0] == []
    house.describe()
    assert house.tables() == recount(frames)
    house.describer = Plain(version=2)
    house.open()
    house.chore.step()
    assert house.describer.read == 0


def test_a_cut_that_took_back_what_was_described_makes_it_anew(house, caplog):
    house.add(start(0), category="programming")
    size = house.journal.path.stat().st_size
    house.add(end(0), troubles=["cut"])
    house.describe()
    house.journal.cut(size)
    house.journal.sequence -= 1
    house.add(start(1))
    house.describe()
    assert house.tables() == recount([(start(0), {"category": "programming"}), (start(1), {})])
    assert "describing all anew" in caplog.text


def test_one_frame_that_cannot_be_read_stops_nobody(house):
    house.journal.raw(1, b"{no record", b"{}")
    house.journal.raw(77, b"{}", b"")
    frames = fill(house, 2)
    house.describe()
    assert house.tables() == recount(frames)


def damage(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)


def unreadable(house):
    with house.chore._engine.connect() as connection:
        return connection.execute(select(shape.c.unreadable)).scalar()


def test_a_body_that_cannot_be_read_is_described_without_it(house):
    for number in range(3):
        house.add(start(number), preview=f"{number}" * 3000, category="legal")
        house.add(end(number), signature="x" * 3000)
    house.pack()
    damage(next(house.layout.packed.glob("blobs-*.dhs")))
    house.describe()
    found = house.tables()[0]
    assert [row["id"] for row in found] == ["gen-0", "gen-1", "gen-2"]
    assert {row["outcome"] for row in found} == {"done"}
    assert "general" in {row["category"] for row in found}
    assert unreadable(house) > 0


def test_damaged_records_are_the_operators_matter(house):
    for number in range(3):
        house.add(start(number))
    house.pack()
    damage(next(house.layout.packed.glob("records-*.dhs")))
    with pytest.raises(ConfigError, match="darkhorse ledger"):
        house.describe()


def test_of_many_apps_in_an_hour_only_so_many_count_for_themselves(house, monkeypatch):
    monkeypatch.setattr(rows, "APPS", 3)
    for number in range(8):
        house.add(start(number, app_title=f"App {number % 6}"))
        if number % 3 == 0:
            house.describe()
    house.describe()
    hours = house.tables()[1]
    apps = {key[3]: counts["requests"] for key, counts in hours.items() if key[0] == "app"}
    assert apps.pop("more") == 3
    assert sorted(apps.values()) == [1, 2, 2]


def test_half_a_character_does_no_harm(house):
    house.add(start(0))
    house.describer.asked = lambda *_: describing_half()
    house.describe()
    (row,) = house.tables()[0]
    assert row["preview"] == "a?b"


def test_what_came_before_is_found_by_its_index(house):
    """Whatever is asked of other rows costs the same among a million."""
    gone = SimpleNamespace(said=7, at_us=NOON, key="aa", listing=1, number=9)
    plans = {
        "trait_said": [explained(house, _asked_again(gone)), explained(house, _earlier(gone))],
        "trait_session": [explained(house, _first_of(1, "s"))],
    }
    with house.chore._engine.connect() as connection:
        given = defaultdict(int)
        inserting = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {rows._START}", given)
        steps = "; ".join(row[3] for row in inserting)
    assert "SEARCH other USING INDEX trait_session (session=?)" in steps
    assert re.search(r"SEARCH other USING INDEX trait_said \(said=\? AND at_us>\? AND", steps)
    assert "trait_listing" not in steps
    for index, found in plans.items():
        for plan in found:
            assert f"USING INDEX {index} (" in plan


def describing_half():

    return Asked(preview="a\ud800b")


def test_a_slice_ends_when_its_time_is_over(tmp_path):
    house = House(tmp_path, tick_s=0.1)
    fill(house)
    assert house.chore.step() is True
    assert len(house.tables()[0]) < 6
    house.close()


def test_what_is_remembered_is_bounded():

    recent = RecentExpected(generations=3, size=100)
    for number in range(5):
        recent.put(str(number), Expected((("f", b"x" * 10),)))
    assert recent.pop("1") is None
    recent.put("large", Expected(schema=b"x" * 90))
    assert recent.pop("4") is None
    assert recent.pop("large") == Expected(schema=b"x" * 90)
    recent.put("again", Expected())
    recent.put("again", Expected(schema=b"x"))
    assert recent.pop("again") == Expected()

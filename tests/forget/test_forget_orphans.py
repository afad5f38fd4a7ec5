"""Frames that came twice, and ends that have lost their start, go with what is erased."""

import json
import shutil

import pytest
from click.testing import CliRunner

from darkhorse.cli.ledger.erase import erase_command
from darkhorse.storage.erasures import Subject
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.forget.absent import places_of
from forget.forget_kit import (
    FIRST_US,
    Ledger,
    begun,
    canary,
    ended,
    expected_bodies,
    facts_of,
    key_of,
    name_of,
)

SECOND = "canarysecondanswer of this generation, which nobody is told " * 20
BEN = (begun("ben", 0, 2), ended("ben", 0, 2))


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def never(tmp_path):
    """The facts of a ledger that never had anybody but ben."""
    made = Ledger(tmp_path / "never")
    made.write_frames(*BEN)
    made.keep(seal=False)
    made.close()
    return facts_of(made.data)


def places(ledger):
    """Where anything of ann is left, but ids."""
    words = (canary("ann", "prompt"), "ofann", "canarysecondanswer")
    return [place for each in words for place in places_of(ledger.data, each)]


def second_end(turn):
    return ended("ann", turn, answer=SECOND)


TWICE = (  # each turn of ann's in another way
    (begun("ann", 0), ended("ann", 0), second_end(0)),
    (begun("ann", 1), ended("ann", 1), second_end(1), ended("ann", 1)),
    (begun("ann", 2), begun("ann", 2), ended("ann", 2)),
    (begun("ann", 3), ended("ann", 3), begun("ann", 3), second_end(3)),
    (second_end(4), begun("ann", 4), ended("ann", 4)),
    (begun("ann", 5), ended("ann", 5), begun("ann", 5)),  # runs for ever, as the journal has it
)
FRAMES = [frame for each in TWICE for frame in each]
SIZE = sum(len(body) for _, _, body in FRAMES)
NAMES = tuple(name_of("ann", turn) for turn in range(len(TWICE)))
BY = {"key": Subject(keys=(key_of("ann"),)), "generation": Subject(generations=NAMES)}


@pytest.mark.parametrize("by", BY)
def test_every_frame_of_a_generation_goes(ledger, never, by):
    ledger.write_frames(*FRAMES, *BEN)
    ledger.keep(seal=False)
    ledger.order(BY[by], kind=by)
    ledger.run()
    (done,) = ledger.store.erasures()
    assert (done.generations, done.size) == (len(TWICE), SIZE)
    assert places(ledger) == []
    assert places_of(ledger.data, NAMES[3]) == []
    assert ledger.bodies() == expected_bodies(["ben"], turns=1)
    assert facts_of(ledger.data) == never


def test_every_frame_goes_where_each_slice_is_a_new_process(ledger, never):
    for frame in (*FRAMES, *BEN):
        ledger.write_frames(frame)
    ledger.keep(seal=False)
    ledger.order(BY["key"])
    while ledger.store.unfinished():
        forgetting = ledger.forgetting()
        forgetting.step()
        forgetting.close()
    assert places(ledger) == []
    assert ledger.bodies() == expected_bodies(["ben"], turns=1)
    assert facts_of(ledger.data) == never


def test_frames_of_others_that_came_twice_stay(ledger):
    ledger.write_frames(*FRAMES, *BEN)
    ledger.keep(seal=False)
    ledger.order(Subject(keys=(key_of("ben"),)))
    ledger.run()
    pairs = zip(NAMES, TWICE, strict=True)
    assert ledger.bodies() == {name: [body for _, _, body in each] for name, each in pairs}


FIRST_END, SECOND_END = ended("ann", 0), second_end(0)
ORPHANS = (FIRST_END, SECOND_END)


@pytest.mark.parametrize(("by", "generations"), [("generation", 1), ("key", 0)])
def test_an_end_without_a_start_goes_with_every_order(ledger, never, by, generations):
    """By its id, and by a key too, though nobody knows whose it was."""
    ledger.write_frames(*ORPHANS, *BEN)
    ledger.keep(seal=False)
    ledger.order(BY[by], kind=by)
    ledger.run()
    (done,) = ledger.store.erasures()
    size = sum(len(body) for _, _, body in ORPHANS) if generations else 0
    assert (done.generations, done.size) == (generations, size)
    assert places(ledger) == places_of(ledger.data, NAMES[0]) == []
    assert ledger.bodies() == expected_bodies(["ben"], turns=1)
    assert facts_of(ledger.data) == never


def test_an_end_without_a_start_goes_with_a_promise(ledger):
    ledger.write_frames(*ORPHANS, *BEN)
    ledger.keep(seal=False)
    ledger.order(Subject(before={"stealth/pony-alpha": FIRST_US}), kind="retention")
    ledger.run()
    assert ledger.bodies() == expected_bodies(["ben"], turns=1)
    assert ledger.store.erasures() == []  # nobody's generation was that old


def test_an_end_whose_start_is_still_in_the_journal_stays(ledger):
    """Files that came back in another order."""
    ledger.write_frames(SECOND_END, *BEN)
    ledger.keep()
    ledger.write_frames(begun("ann", 0))
    ledger.order(Subject(keys=(key_of("ben"),)))
    packer = ledger.packer()
    forgetting = ledger.forgetting(packer=packer)
    (file,) = ledger.layout.journal.glob("*.dhj")
    aside = file.rename(file.with_suffix(".aside"))
    while ledger.store.unfinished()[0].stage in ("ordered", "waiting"):
        forgetting.step()
    aside.rename(file)
    while ledger.store.unfinished():
        forgetting.step()
    forgetting.close()
    packer.close()
    assert ledger.bodies() == {name_of("ann", 0): [SECOND_END[2]]}


def test_what_the_facts_kept_of_a_lost_start_goes_too(ledger, never):
    """It was folded before the journal was damaged there, and the operator has given it up."""
    ledger.write_frames(begun("ann", 0), FIRST_END, *BEN)
    engine = open_facts(ledger.layout.facts)
    fold = Fold(engine, ledger.layout)
    assert fold.catch_up() == 4
    (path,) = ledger.layout.journal.iterdir()
    raw = bytearray(path.read_bytes())
    raw[raw.index(canary("ann", "prompt").encode())] ^= 1
    path.write_bytes(raw)
    path.with_name(f"{path.name}.accepted").touch(0o600)
    ledger.keep(seal=False)
    shutil.rmtree(ledger.layout.damaged)
    assert places_of(ledger.data, canary("ann", "agent"))
    ledger.order(Subject(generations=("gen-none",)), kind="generation")
    ledger.run()
    assert fold.catch_up() == 2
    fold.close()
    engine.dispose()
    assert places(ledger) == []
    assert facts_of(ledger.data) == never


def test_a_command_counts_ends_that_it_names(ledger):
    ledger.write_frames(*ORPHANS, *BEN, *BEN)
    names = (name_of("ann", 0), name_of("ben", 0))
    options = [word for name in names for word in ("--generation", name)]
    options += ["--yes", "--json", "--data", str(ledger.data)]
    told = json.loads(CliRunner().invoke(erase_command, options).stdout)
    size = sum(len(body) for _, _, body in (*ORPHANS, *BEN, *BEN))
    assert told["found"]["generations"] == told["order"]["generations"] == 2
    assert told["found"]["size"] == told["order"]["bytes"] == size
    assert told["found"]["running"] == 0
    assert ledger.bodies() == {}

"""A disk that answers nothing for a while: all hear in time, nothing is kept twice or lost."""

import json
from collections import Counter

import pytest

from darkhorse.storage.ledger.frame import START
from darkhorse.storage.ledger.read import frames
from darkhorse.wiring.ledger import check
from live.stage import eventually

from .failing_stage import FailingRelay, assert_is_no_answer

PATIENCE = "[journal]\npatience_s = 0.4\n"
SLOW = "slow?first_ms=0&delta_ms=40&deltas=30"


@pytest.fixture
def relay(tmp_path, scripted):
    listings = {model: [(scripted.url, model)] for model in ("ok", SLOW)}
    stage = FailingRelay(tmp_path / "data", listings, PATIENCE).start()
    yield stage
    stage.close()


def once(relay) -> Counter[str]:
    """At rest: how generations ended, each in the journal once."""
    assert relay.stop() == 0
    report = check(relay.data, lambda *_: None)
    assert report.ok, report.problems()
    ends: dict[str, str] = {}
    starts = 0
    for frame, _ in frames(relay.data / "journal"):
        record = json.loads(frame.meta)
        if frame.kind == START:
            starts += 1
        else:
            assert record["id"] not in ends
            ends[record["id"]] = record["outcome"]
    assert len(ends) == starts
    return Counter(ends.values())


def test_nothing_is_begun_that_waits_too_long(relay, scripted):
    assert relay.serves()
    asked = len(scripted.seen("ok"))
    relay.hanging.touch()
    assert relay.refuses()  # after its patience
    assert relay.refuses()  # at once, by what is known
    assert relay.get("/health").status == 503
    assert len(scripted.seen("ok")) <= asked + 1  # the one that found out
    relay.hanging.unlink()
    assert eventually(relay.serves)
    assert relay.get("/health").status == 200
    assert once(relay)["done"] >= 2


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_whose_end_is_not_written_in_time_is_no_answer(relay, stream):
    call = relay.begin(SLOW, stream=stream)
    if stream:
        call.read_until(b"data: ")
    running = eventually(lambda: list(relay.records()))[0]
    relay.hanging.touch()
    reply = call.rest()
    assert_is_no_answer(reply, stream=stream)
    relay.hanging.unlink()
    assert eventually(relay.serves)
    assert relay.record(running).end
    assert once(relay).total() >= 2

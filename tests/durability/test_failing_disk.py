"""A disk that fails under a running relay: nothing is said to be done that is not on disk."""

import pytest

from darkhorse.launches import file
from darkhorse.wiring.ledger import check
from live.stage import REASON, eventually

from .failing_stage import FailingRelay, assert_is_no_answer


@pytest.fixture
def relay(tmp_path, scripted):
    models = ("ok", "slow?first_ms=0&delta_ms=40&deltas=40")
    listings = {model: [(scripted.url, model)] for model in models}
    stage = FailingRelay(tmp_path / "data", listings).start()
    yield stage
    stage.close()


SLOW = "slow?first_ms=0&delta_ms=40&deltas=40"


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_whose_end_cannot_be_written_is_no_answer(relay, stream):
    call = relay.begin(SLOW, stream=stream)
    if stream:
        call.read_until(b"data: ")
    running = eventually(lambda: list(relay.records()))[0]
    relay.full.touch()
    reply = call.rest()
    assert_is_no_answer(reply, stream=stream)
    assert relay.refuses()
    assert relay.get("/health").status == 503
    assert relay.counted("failed")
    assert not relay.counted("done")
    relay.full.unlink()
    assert eventually(relay.serves)
    assert relay.get("/health").status == 200
    end = relay.record(running).end
    assert (end.outcome, end.status) == ("failed", 503)
    assert relay.stop() == 0


def test_ends_are_written_by_themselves_once_the_disk_takes_them(relay):
    """No request comes to push them, and the disk fails once more in between."""
    calls = [relay.begin(SLOW, stream=True) for _ in range(3)]
    for call in calls:
        call.read_until(b"data: ")
    running = eventually(lambda: found if len(found := list(relay.records())) == 3 else None)
    for call in calls:
        relay.full.touch()
        call.rest()
    relay.full.unlink()
    relay.full.touch()
    relay.full.unlink()
    for generation in running:
        end = relay.record(generation).end
        assert (end.outcome, end.status) == ("failed", 503)
        assert end.usage.completion > 0


def test_ends_are_written_at_the_latest_when_it_stops(relay):
    call = relay.begin(SLOW, stream=True)
    call.read_until(b"data: ")
    (running,) = eventually(lambda: list(relay.records()))
    relay.full.touch()
    call.rest()
    relay.full.unlink()
    assert relay.stop() == 0
    assert relay.record(running).end.outcome == "failed"


def test_what_never_began_on_record_has_no_end_and_costs_no_place(relay):
    launch = relay.desk.find("stealth/listing-0")
    limits = "limits.key.concurrent = 1\nlimits.key.requests_per_day = 500\n"
    text = launch.source.replace("[private]", f"{limits}[private]", 1)
    relay.desk.edit(launch, file.parse(text, "a test"), REASON)
    before = eventually(lambda: relay.chat("ok").headers.get("x-ratelimit-remaining"))
    relay.full.touch()
    for _ in range(4):
        assert relay.refuses()
    relay.full.unlink()
    reply = eventually(lambda: found if (found := relay.chat("ok")).status == 200 else None)
    assert int(reply.headers["x-ratelimit-remaining"]) == int(before) - 1
    assert relay.stop() == 0
    report = check(relay.data, lambda *_: None)
    assert report.ok, report.problems()


def test_nothing_is_begun_that_cannot_be_written(relay, scripted):
    assert relay.serves()
    asked = len(scripted.seen("ok"))
    relay.full.touch()
    assert relay.refuses()
    before = len(scripted.seen("ok"))
    assert all(relay.refuses() for _ in range(5))
    assert len(scripted.seen("ok")) == before
    assert before <= asked + 1  # the one that found out
    relay.full.unlink()
    assert eventually(relay.serves)

"""Attempts behind one generation: another try, another endpoint, or rest; the client sees one."""

import itertools
import json

import pytest

from darkhorse.upstream.scripted import DEFAULT_TEXT

from .endpoints_kit import attempts, in_order
from .stage import Relay, eventually

WAYS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
SETTINGS = """
[upstream]
first_token_s = 0.5
idle_s = 0.5
attempts = 2
cooldown_s = 2
"""
_numbers = itertools.count()
LISTINGS: dict[str, tuple[str, ...]] = {}


def listed(*models: str) -> str:
    """A listing over these endpoints, asked in this order but for one time in a million.

    Each gets a seed of its own, so that its requests can be told apart.
    """
    seeded = tuple(f"{m}{'&' if '?' in m else '?'}seed={next(_numbers)}" for m in models)
    LISTINGS[seeded[0]] = seeded
    return seeded[0]


def spare(name: str) -> str:
    """The second endpoint of a listing."""
    return LISTINGS[name][1]


def both_ways(model: str, *spares: str) -> list[tuple[str, bool]]:
    """Listings to be asked streamed and not, each with counts and health of its own."""
    ways = []
    for stream in (False, True):
        own = f"&key=retries{next(_numbers)}" if "fail=" in model else ""
        ways.append((listed(model + own, *spares), stream))
    return ways


FLAKY = [
    (name, stream, fault)
    for model, fault in (
        ("flaky?fail=1&status=500", (0, "status", 500)),
        ("flaky?fail=1&status=502", (0, "status", 502)),
        ("down-then-up?fail=1", (0, "connect", 0)),
    )
    for name, stream in both_ways(model)
]
FAILING = [
    (name, stream, fault)
    for model, fault in (
        ("status-503", (0, "status", 503)),
        ("status-429", (0, "status", 429)),
        ("status-401", (0, "status", 401)),
        ("status-500", (0, "status", 500)),
        ("error-first?code=502", (0, "error_event", 502)),
        ("hang", (0, "first_token_timeout", 0)),
        ("refuse", (0, "connect", 0)),
        ("not-json", (0, "garbage", 0)),
    )
    for name, stream in both_ways(model, "ok")
]
BREAKING = [listed(m, "ok") for m in ("cut-mid-event", "cut-chunked", "hang-mid")]
REFUSING = [listed(f"status-{status}", "ok") for status in (400, 413, 422)]
BUSY = [listed(f"status-{status}") for status in (503, 429, 504, 529)]
ACCOUNT = [listed(f"status-{status}") for status in (401, 402, 403, 404, 407, 410, 451)]
ACCOUNT += [listed("error-first?code=401")]
CUT_THEN_UP = listed("cut-then-up?fail=1&key=retries")
THREE = listed("status-503", "status-500", "status-429")
BACK = listed("flaky?fail=1&status=401&key=retries-back")
HALF = listed("status-403", "ok")
MID = listed("error-mid?code=402&delta_ms=50")


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {name: in_order(scripted.url, LISTINGS[name]) for name in LISTINGS}
    relay = Relay(tmp_path_factory.mktemp("retries"), listings, SETTINGS).start()
    yield relay
    relay.close()


@pytest.mark.parametrize(("model", "stream", "fault"), FLAKY)
def test_another_try_gives_one_clean_answer(scripted, relay, model, stream, fault):
    reply = relay.chat(model, stream=stream)
    assert reply.status == 200
    assert reply.text == DEFAULT_TEXT
    assert {chunk["id"] for chunk in (reply.chunks if stream else [reply.json])} == {reply.id}
    assert attempts(relay, reply.id) == [fault, (0, "ok", 200)]
    assert len(scripted.seen(model)) == 2


def test_what_an_unstreamed_attempt_said_before_it_broke_is_forgotten(relay):
    reply = relay.chat(CUT_THEN_UP, max_tokens=1000)  # read as a stream, so some of it did come
    assert reply.text == DEFAULT_TEXT
    assert json.loads(relay.record(reply.id).answer) == {"content": DEFAULT_TEXT}
    assert [outcome for _, outcome, _ in attempts(relay, reply.id)] == ["cut", "ok"]


@pytest.mark.parametrize("model", BREAKING)
def test_never_another_try_after_the_first_streamed_byte(scripted, relay, model):
    reply = relay.chat(model, stream=True)
    assert DEFAULT_TEXT.startswith(reply.text)
    assert 0 < len(reply.text) < len(DEFAULT_TEXT)
    assert reply.chunks[-1]["error"]["code"] in (502, 504)
    assert len(attempts(relay, reply.id)) == len(scripted.seen(model)) == 1
    assert not scripted.seen(spare(model))
    kept = relay.record(reply.id)
    assert json.loads(kept.answer) == {"content": reply.text}
    assert kept.end.outcome == "failed"
    assert kept.end.status == reply.chunks[-1]["error"]["code"]


@pytest.mark.parametrize(("model", "stream", "fault"), FAILING)
def test_another_endpoint_takes_over(relay, model, stream, fault):
    reply = relay.chat(model, stream=stream)
    assert reply.text == DEFAULT_TEXT
    assert attempts(relay, reply.id) == [fault, (1, "ok", 200)]


@WAYS
@pytest.mark.parametrize("model", REFUSING)
def test_a_refused_body_is_not_offered_elsewhere(scripted, relay, model, stream):
    before = len(scripted.seen(model))
    assert relay.chat(model, stream=stream).status == 400
    assert len(scripted.seen(model)) == before + 1
    assert not scripted.seen(spare(model))


@pytest.mark.parametrize("model", BUSY)
def test_a_busy_engine_alone_is_asked_once_for_each_request(scripted, relay, model):
    for count in (1, 2):
        assert relay.chat(model).status in (429, 503, 504)
        assert len(scripted.seen(model)) == count


def test_the_last_fault_is_the_one_told(relay):
    assert relay.chat(THREE).status == 429


def test_an_account_fault_rests_the_endpoint(scripted, relay):
    """Not asked again while it rests; asked again after."""
    for model in ACCOUNT:
        first, again = relay.chat(model), relay.chat(model, stream=True)
        for reply in (first, again):
            assert reply.status == 503
            assert reply.headers["retry-after"] in ("1", "2")
            assert reply.json["error"]["availability"]["code"] == "temporarily_unavailable"
        assert len(attempts(relay, first.id)) == 1
        assert attempts(relay, again.id) == []
        assert len(scripted.seen(model)) == 1
    for model in ACCOUNT:
        eventually(lambda model=model: relay.chat(model) and len(scripted.seen(model)) == 2)


def test_an_endpoint_that_answers_again_is_used_again(relay):
    assert relay.chat(BACK).status == 503
    eventually(lambda: relay.chat(BACK).status == 200)
    assert relay.chat(BACK).status == 200


def test_one_resting_endpoint_does_not_stop_another(scripted, relay):
    assert [relay.chat(HALF).text for _ in range(3)] == [DEFAULT_TEXT] * 3
    assert len(scripted.seen(HALF)) == 1


def test_an_account_fault_mid_stream_rests_the_endpoint_too(scripted, relay):
    assert relay.chat(MID, stream=True).chunks[-1]["error"]["code"] == 503
    assert relay.chat(MID, stream=True).status == 503
    assert len(scripted.seen(MID)) == 1

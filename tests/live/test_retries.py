"""Attempts behind one generation: another try, another endpoint, or rest; the client sees one."""

import itertools
import json

import pytest

from darkhorse.upstream.scripted import DEFAULT_TEXT

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
    """A listing over these endpoints, tried in this order.

    Each gets a seed of its own, so that its requests can be told apart.
    """
    seeded = tuple(f"{m}{'&' if '?' in m else '?'}seed={next(_numbers)}" for m in models)
    LISTINGS[seeded[0]] = seeded
    return seeded[0]


def spare(name: str) -> str:
    """The second endpoint of a listing."""
    return LISTINGS[name][1]


def twice(model: str) -> list[str]:
    """Streamed and not, each with a count of failures of its own."""
    return [listed(f"{model}&key=retries{next(_numbers)}") for _ in range(2)]


FLAKY = [
    (name, stream, fault)
    for model, fault in (
        ("flaky?fail=1&status=500", (0, "status", 500)),
        ("flaky?fail=1&status=502", (0, "status", 502)),
        ("down-then-up?fail=1", (0, "connect", 0)),
    )
    for name, stream in zip(twice(model), (False, True), strict=True)
]
FAILING = {
    listed("status-503", "ok"): (0, "status", 503),
    listed("status-429", "ok"): (0, "status", 429),
    listed("status-401", "ok"): (0, "status", 401),
    listed("status-500", "ok"): (0, "status", 500),
    listed("error-first?code=502", "ok"): (0, "error_event", 502),
    listed("hang", "ok"): (0, "first_token_timeout", 0),
    listed("refuse", "ok"): (0, "connect", 0),
    listed("not-json", "ok"): (0, "garbage", 0),
}
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
    listings = {name: [(scripted.url, model) for model in LISTINGS[name]] for name in LISTINGS}
    relay = Relay(tmp_path_factory.mktemp("retries"), listings, SETTINGS).start()
    yield relay
    relay.close()


def attempts(relay: Relay, generation: str) -> list[tuple[int, str, int]]:
    """Of each try: which endpoint, what came of it, its status."""
    end = relay.record(generation).end
    return [(int(each.endpoint.split("-")[-1]), each.outcome, each.status) for each in end.attempts]


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


@WAYS
@pytest.mark.parametrize("model", FAILING)
def test_another_endpoint_takes_over(relay, model, stream):
    reply = relay.chat(model, stream=stream)
    assert reply.text == DEFAULT_TEXT
    tried = attempts(relay, reply.id)
    assert tried[-1] == (1, "ok", 200)
    rests = FAILING[model][2] == 401  # since it was asked the other way
    assert tried[:-1] == [FAILING[model]] or (rests and not tried[:-1])


@WAYS
@pytest.mark.parametrize("model", REFUSING)
def test_a_refused_body_is_not_offered_elsewhere(scripted, relay, model, stream):
    before = len(scripted.seen(model))
    assert relay.chat(model, stream=stream).status == 400
    assert len(scripted.seen(model)) == before + 1
    assert not scripted.seen(spare(model))


@pytest.mark.parametrize("model", BUSY)
def test_a_busy_engine_is_not_asked_twice_and_does_not_rest(scripted, relay, model):
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

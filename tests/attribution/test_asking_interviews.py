"""Asking an API that limits, refuses, breaks or lies: what is kept, and when it ends."""

import json
import time

import pytest
from asking_kit import KEY, Api, answered, interviewed, probes, refused

from darkhorse.attribution.client.door import Spent
from darkhorse.attribution.plan import Bounds


def test_every_probe_is_asked_once_and_told_with_its_name():
    api = Api(lambda body, n: answered(body["messages"][0]["content"]))
    ran = interviewed(api, probes(20))
    assert {each.probe: each.text for each in ran.of_probes} == {
        f"some/{n}": f"Say {n}." for n in range(20)
    }
    assert all(each.ok and each.usage["prompt_tokens"] == 11 for each in ran.of_probes)
    assert len(api.bodies) == 20
    assert ran.interview.ended == ""


def test_no_more_calls_at_once_than_allowed():
    api = Api(lambda body, n: answered())
    interviewed(api, probes(30), at_once=3)
    assert 1 <= api.most_at_once <= 3


def test_what_was_answered_before_is_not_asked_again():
    api = Api(lambda body, n: answered())
    ran = interviewed(api, probes(5), answered=frozenset({"some/1", "some/3", "wire/models"}))
    assert {each.probe for each in ran.seen} == {"some/0", "some/2", "some/4"}
    assert not any(head.startswith("GET") for head in api.heads)


def test_models_listing_tells_what_it_says_of_this_model():
    entries = [{"id": "other", "context_length": 5}, {"id": "mule", "context_length": 262_144}]
    api = Api(lambda body, n: answered(), listing=(200, {}, {"data": entries}))
    [listed] = [s for s in interviewed(api, probes(1)).seen if s.probe == "wire/models"]
    assert ("data[].context_length", "262144") in listed.values
    assert ("data[].id", "other") not in listed.values


def test_a_pause_that_was_asked_for_is_kept_and_then_it_goes_on():
    def reply(body, n):
        return refused(429, "slow down", **{"retry-after": "7"}) if n == 1 else answered()

    ran = interviewed(Api(reply), probes(6), at_once=1)
    assert any(7 <= pause <= 8.1 for pause in ran.rests)
    assert len(ran.of_probes) == 6
    assert all(each.ok for each in ran.of_probes)


def test_pauses_grow_where_nothing_is_said_of_waiting():
    def reply(body, n):
        return refused(429, "busy") if n <= 5 else answered()

    ran = interviewed(Api(reply), probes(1), at_once=1)
    assert len(ran.rests) == 5
    assert ran.rests[-1] > 4 * ran.rests[0]
    assert ran.of_probes[0].ok


def test_who_is_limited_for_good_gives_up_with_what_there_is():
    def reply(body, n):
        return answered() if n <= 3 else refused(429, "quota is spent", **{"retry-after": "86400"})

    ran = interviewed(Api(reply), probes(10), at_once=1)
    assert "takes no more calls" in ran.interview.ended
    assert "quota is spent" in ran.interview.ended
    assert sum(each.ok for each in ran.of_probes) == 3


@pytest.mark.parametrize("told", ["inf", "1e999", "Sat, 31 Dec 2050 00:00:00 GMT"])
def test_a_wait_without_end_is_not_waited_for(told):
    ran = interviewed(
        Api(lambda body, n: refused(429, "no", **{"retry-after": told})), probes(3), at_once=1
    )
    assert ran.interview.ended
    assert all(pause < 1000 for pause in ran.rests)


@pytest.mark.parametrize("told", ["-5", "nan", "soon", "", "Sat, 99 Foo 2050"])
def test_a_wait_that_makes_no_sense_is_none(told):
    def reply(body, n):
        return refused(429, "no", **{"retry-after": told}) if n == 1 else answered()

    ran = interviewed(Api(reply), probes(2), at_once=1)
    assert all(each.ok for each in ran.of_probes)
    assert all(0 <= pause < 70 for pause in ran.rests)


def test_fewer_calls_at_once_after_a_refusal():
    def reply(body, n):
        return refused(429, "busy") if n <= 4 else answered()

    ran = interviewed(Api(reply), probes(4), at_once=4)
    assert ran.interview._pace.at_once < 4
    assert all(each.ok for each in ran.of_probes)


def test_a_field_that_is_refused_is_learnt_once():
    def reply(body, n):
        if "max_tokens" in body:
            told = "Unsupported parameter: 'max_tokens' is not supported with this model. "
            return refused(400, told + "Use 'max_completion_tokens' instead.")
        if "temperature" in body:
            return refused(400, "Unsupported value: 'temperature' does not support 0 here.")
        return answered()

    api = Api(reply)
    ran = interviewed(api, probes(12, limit=5, extra={"temperature": 0}), at_once=1)
    assert all(each.ok for each in ran.of_probes)
    assert len(api.bodies) == 14
    assert ran.of_probes[-1].asked == {"max_completion_tokens": 5}


def test_a_field_is_learnt_by_calls_that_run_beside_each_other():
    def reply(body, n):
        if "max_tokens" in body:
            return refused(400, "Unknown parameter: `max_tokens`; use `max_completion_tokens`.")
        return answered()

    ran = interviewed(Api(reply), probes(8, limit=5), at_once=4)
    assert all(each.ok for each in ran.of_probes)


def test_a_least_limit_is_learnt():
    def reply(body, n):
        if body["max_tokens"] < 16:
            return refused(400, "Invalid 'max_tokens': integer below minimum value. At least 16.")
        return answered()

    api = Api(reply)
    ran = interviewed(api, probes(3, limit=1), at_once=1)
    assert [body["max_tokens"] for body in api.bodies] == [1, 16, 16, 16]
    assert ran.of_probes[0].asked["max_tokens"] == 16


def test_a_model_that_needs_room_to_think_is_given_some():
    def reply(body, n):
        if body["max_tokens"] < 200:
            told = (
                "Could not finish the message because max_tokens or model output limit was reached."
            )
            return refused(400, told)
        return answered()

    api = Api(reply)
    ran = interviewed(api, probes(3, limit=1), at_once=1)
    assert [body["max_tokens"] for body in api.bodies] == [1, 16, 64, 256, 256, 256]
    assert all(each.ok for each in ran.of_probes)


def test_a_bad_value_is_no_refused_field():
    """Some probes send nonsense on purpose: the refusal is what they want to see."""
    api = Api(lambda body, n: refused(400, "temperature: 99 must be less than or equal to 2"))
    ran = interviewed(api, probes(1, extra={"temperature": 99}), at_once=1)
    assert len(api.bodies) == 1
    assert ran.of_probes[0].status == 400
    assert any("less than or equal" in value for _, value in ran.of_probes[0].values)


def test_faults_that_pass_are_asked_again():
    def reply(body, n):
        return refused(502, "bad gateway") if n % 3 == 1 else answered()

    ran = interviewed(Api(reply), probes(9), at_once=1)
    assert all(each.ok for each in ran.of_probes)


def test_a_row_of_failures_is_the_end_and_what_came_is_kept():
    def reply(body, n):
        return answered() if n <= 2 else refused(500, "boom")

    api = Api(reply)
    ran = interviewed(api, probes(40), at_once=1)
    assert "in a row failed" in ran.interview.ended
    assert "boom" in ran.interview.ended
    assert len(api.bodies) < 30
    assert sum(each.ok for each in ran.of_probes) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"<html><h1>It works!</h1></html>",
        b"\xff\xfe\x00garbage",
        b"[" * 100_000,
        b'{"choices": 7, "usage": [1], "id": {"a": 1}, "model": null}',
        b'{"choices": [{"message": {"content": "\\ud800 h"}}], "usage": {"prompt_tokens": 1e999}}',
        b'{"usage": {"prompt_tokens": ' + b"9" * 4000 + b"}}",
        b'{"error": {"message": "overloaded", "code": 429}}',
        b"{" + b'"a": {' * 3000 + b"}" * 3001,
        b"",
    ],
)
def test_garbage_becomes_an_observation_that_can_be_kept(body):
    ran = interviewed(Api(lambda _, n: (200, {}, body)), probes(2), at_once=1)
    for each in ran.of_probes:
        json.dumps(each.usage, allow_nan=False)
        assert not each.text or each.text.isprintable()
    assert len(ran.of_probes) <= 2


def test_a_stream_of_garbage_ends_in_no_text():
    lines = b"data: {not json}\n\ndata: [DONE]\n\nevent: x\ndata: 7\n\n"
    api = Api(lambda _, n: (200, {"content-type": "text/event-stream"}, lines))
    ran = interviewed(api, probes(1, stream=True), at_once=1)
    assert not ran.of_probes[0].ok
    assert ran.of_probes[0].problem == "no JSON in the answer"


def test_the_key_is_nowhere_in_what_is_kept():
    def reply(body, n):
        error = refused(400, f"you sent {KEY}", **{"x-seen": f"Bearer {KEY}"})
        return error if n == 1 else answered(f"Your key is {KEY}.", **{KEY: KEY, "usage": {KEY: 1}})

    ran = interviewed(Api(reply), probes(2), at_once=1)
    assert len(ran.of_probes) == 2
    assert KEY not in repr(ran.seen)


def test_headers_that_name_the_asker_are_not_kept():
    names = {"set-cookie": "a=b", "openai-organization": "me", "cf-ray": "1-FRA", "server": "x"}
    api = Api(lambda body, n: (200, names, answered()[2]))
    kept = dict(interviewed(api, probes(1)).of_probes[0].headers)
    assert kept["server"] == "x"
    assert kept.keys().isdisjoint({"set-cookie", "openai-organization", "cf-ray"})


def test_calls_are_bounded_whatever_comes():
    api = Api(lambda body, n: refused(502, "no") if n % 2 else answered())
    ran = interviewed(api, probes(50), bounds=Bounds(20, 1_000_000), at_once=2)
    assert len(api.bodies) + 1 <= 20
    assert "budget of 20 calls" in ran.interview.ended


def test_calls_of_an_earlier_run_count():
    api = Api(lambda body, n: answered())
    interviewed(api, probes(50), bounds=Bounds(20, 1_000_000), spent=Spent(15, 0), at_once=1)
    assert len(api.bodies) <= 5


def test_tokens_are_bounded_though_it_answers_far_too_much():
    api = Api(lambda body, n: answered("word " * 4000))
    ran = interviewed(api, probes(50), bounds=Bounds(1000, 12_000), at_once=1)
    assert "budget of 12,000 tokens" in ran.interview.ended
    assert len(api.bodies) == 3  # 5,000 tokens each


def test_a_key_that_is_taken_back_is_the_end():
    api = Api(lambda body, n: answered() if n < 3 else refused(401, "revoked"))
    ran = interviewed(api, probes(9), at_once=1)
    assert "lets nobody in any more" in ran.interview.ended
    assert len(api.bodies) == 3


def test_a_silent_api_is_given_up_after_a_few_calls():
    started = time.monotonic()
    api = Api(lambda body, n: None)
    ran = interviewed(api, probes(20), at_once=1, door={"patience_s": 0.05})
    assert "no end after" in ran.interview.ended
    assert time.monotonic() - started < 3

"""Each wire tell is found under its own channel's name, and the real relay has none."""

import asyncio

import pytest

from darkhorse.attribution.client.door import Door, Names
from darkhorse.attribution.forms.written import owner_of_field, owner_of_header, owner_of_value
from darkhorse.audit.attacks.answers import AnswerCounts
from darkhorse.audit.attacks.borders import PieceBorders
from darkhorse.audit.attacks.cache import CacheAndCost
from darkhorse.audit.attacks.counts import PromptCounts, TemplateOverhead
from darkhorse.audit.attacks.dialects import Dialects
from darkhorse.audit.attacks.fields import Fields
from darkhorse.audit.attacks.grammar import Grammar
from darkhorse.audit.attacks.headers import Headers
from darkhorse.audit.attacks.logprobs import Logprobs
from darkhorse.audit.neutral_fields import channel_of
from darkhorse.audit.runner import judge, read
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret
from live.stage import CANARY, Relay, Scripted

from .audit_kit import Manner, audited, told

WIRE = (Fields(), Headers(), Grammar(), CacheAndCost(), Logprobs())
ALL = (*WIRE, PromptCounts(), TemplateOverhead(), AnswerCounts(), Dialects(), PieceBorders())
CHANNELS = {channel for attack in ALL for channel in attack.channels}
DIALECTS = ("chat", "completions", "responses", "messages")


def each(change):
    """Changes whole answers and events alike."""
    return {"whole": change, "chunk": change}


def top(**fields):
    return each(lambda body: body.update(fields))


def choice(**fields):
    return each(lambda body: [one.update(fields) for one in body["choices"]])


def said(**fields):
    """In the message or the delta of a chat."""

    def change(body):
        for one in body["choices"]:
            for part in ("message", "delta"):
                one.get(part, {}).update(fields)

    return each(change)


def called(mark):
    def change(body):
        for one in body["choices"]:
            for part in ("message", "delta"):
                for call in one.get(part, {}).get("tool_calls", ()):
                    call["id"] = mark

    return each(change)


def finish(word, *, native="native_finish_reason"):
    def change(body):
        for one in body["choices"]:
            if one["finish_reason"]:
                one[native] = word

    return each(change)


def usage(**fields):
    return each(lambda body: "usage" in body and body["usage"].update(fields))


def header(*pair):
    return {"headers": lambda pairs: pairs.insert(0, pair)}


def replaced(old, new):
    return {"stream": lambda body: body.replace(old, new)}


DETAIL = {"type": "reasoning.text", "text": "so", "format": "google-gemini-v1", "index": 0}
PLANTS = {
    "answer-ids": [
        top(id="chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG"),
        top(id="msg_01XFDUDYJgAACzvnptvVoYEL"),
        top(id="021739a1-0b5c-4a8e-9c53-0d0a4f0f2d3e"),
        top(created=1111111111),
        {"chunk": lambda body: body.update(id="gen-1795376273-ZZZZZZZZZZZZZZZZZZZZ")},
    ],
    "call-ids": [called("functions.note_weather:0"), called("toolu_01A09q90qw90lq917835lq9")],
    "fingerprint": [top(system_fingerprint="fp_44709d6fcb"), top(service_tier="on_demand")],
    "finish-reason": [
        finish("STOP"),
        finish("network_error", native="finish_reason"),
        choice(stop_reason=154827),
        choice(matched_stop=151336),
        choice(finish_reason=None, native_finish_reason=None),
    ],
    "model-name": [top(model="glm-5-air")],
    "extra-fields": [
        top(x_groq={"id": "req_01jbd6g2qdfw2adyrt2az8hz4w"}),
        top(provider="Z.AI"),
        choice(content_filter_results={"hate": {"filtered": False}}),
        said(annotations=[]),
        usage(queue_time=0.02),
        {"chunk": lambda body: body.update(obfuscation="aB3")},
    ],
    "logprobs": [choice(logprobs={"content": [{"token": "\u0120the", "logprob": -0.1}]})],
    "reasoning-shape": [
        said(reasoning_content="First the place."),
        said(reasoning_details=[DETAIL]),
        {"say": lambda _: "<think>the user asks</think>Because of the wind."},
        {"say": lambda _: "Because of the wind.<|im_end|>"},
    ],
    "cache-and-cost": [
        usage(cost_details={"upstream_inference_cost": 0.00012}),
        usage(cost=0.0042),
    ],
    "headers": [
        header("x-litellm-model-id", "a1"),
        header("server", "uvicorn"),
        header("openai-processing-ms", "312"),
        {"headers": lambda pairs: pairs.reverse()},
        {"headers": lambda pairs: pairs.append(("x-request-id", "req_8f1c"))},
    ],
    "stream-grammar": [
        replaced(b"\n", b"\r\n"),
        replaced(b"data: {", b"data:{"),
        {"stream": lambda body: b": ping - 2026-11-22 20:00:00\n\n" + body},
        {"stream": lambda body: body.replace(b"data: ", b"event: message\ndata: ", 1)},
        {"stream": lambda body: body.removesuffix(b"data: [DONE]\n\n")},
        {
            "chunk": lambda body: [
                one["delta"].setdefault("role", None) for one in body["choices"] if "delta" in one
            ]
        },
    ],
}
CASES = [(channel, plant) for channel, plants in PLANTS.items() for plant in plants]


@pytest.mark.parametrize(
    ("channel", "plant"), CASES, ids=lambda case: case if isinstance(case, str) else ""
)
def test_a_tell_is_found_under_its_own_channel_alone(channel, plant):
    found = audited(Manner(**plant), WIRE, Manner())
    leaking = [finding for finding in found.values() if finding.verdict == "leaks"]
    assert {finding.channel for finding in leaking} == {channel}
    assert all(finding.deterministic and finding.exhibits for finding in leaking)


def test_the_small_api_without_a_plant_tells_nothing():
    assert told(audited(Manner(), ALL, Manner())) == set()


def test_names_are_found_wherever_a_value_may_be_anything():
    found = audited(Manner(slug="stealth/zhipu-mule"), [Fields()], Manner(), Names(maker="Zhipu"))
    assert "model-name/name" in told(found)


def test_a_name_that_changes_between_answers_is_found():
    seen = iter(range(1000))

    def turn(body):
        body["model"] = "stealth/mule" if next(seen) % 2 else "stealth/mule-2"

    names = {"model-name/unlisted", "model-name/changes"}
    assert told(audited(Manner(whole=turn), [Fields()])) == names


def test_an_api_that_answers_nothing_is_untested_and_no_pass():

    shut = Door("public", "http://127.0.0.1:1/v1", Secret(""), "m", clock=SystemClock())
    found = judge(None, asyncio.run(read(shut, ALL)), ALL)
    assert {finding.verdict for finding in found if finding.channel in CHANNELS} == {"untested"}


def test_owners_are_told_by_their_forms():
    assert owner_of_value("toolu_bdrk_01AbCdEf") == "Bedrock's Claude"
    assert owner_of_value("functions.read_file:3") == "Kimi's template"
    assert owner_of_value("gen-1795376273-XnsIW86T5iooaFpCMNYy") == ""
    assert owner_of_field("usage.cost_in_usd_ticks") == "xAI"
    assert owner_of_header("X-LiteLLM-Model-Id") == "LiteLLM"


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("choices[].delta.tool_calls[].id", "call-ids"),
        ("message.id", "answer-ids"),
        ("response.output[].id", "call-ids"),
        ("usage.prompt_tokens_details.cached_tokens", "cache-and-cost"),
        ("usage.completion_tokens_details.reasoning_tokens", "extra-fields"),
        ("choices[].message.reasoning_details[].signature", "reasoning-shape"),
        ("choices[].finish_details", "finish-reason"),
    ],
)
def test_a_field_belongs_to_a_channel(path, channel):
    assert channel_of(path) == channel


SCENARIOS = ("echo", "obliging", "reasoning", "think-tags", "role-null", "imitate-zai")
EXTRA = (
    "parameters = ['tools', 'tool_choice', 'parallel_tool_calls', 'response_format', 'reasoning',"
    " 'max_tokens', 'temperature', 'stop', 'seed']\n"
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    upstream = Scripted()
    listings = {name: [(upstream.url, name)] for name in SCENARIOS}
    relay = Relay(tmp_path_factory.mktemp("audited"), listings, listing_extra=EXTRA).start()
    yield upstream, relay
    relay.close()
    upstream.stop()


def doors(stage, name):
    upstream, relay = stage
    clock, names = SystemClock(), Names(maker=CANARY, model=f"{CANARY}-5")
    raw = Door("raw", upstream.url, Secret("sk-x"), name, clock=clock, names=names)
    url = f"http://127.0.0.1:{relay.port}/api/v1"
    public = Door("public", url, Secret(relay.key), name, clock=clock, dialects=DIALECTS)
    return raw, public


async def _audited(raw, public):
    return judge(await read(raw, ALL), await read(public, ALL), ALL)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_relay_tells_nothing_of_what_is_behind_it(stage, name):
    found = asyncio.run(_audited(*doors(stage, name)))
    assert {each.name: each.exhibits for each in found if each.verdict == "leaks"} == {}
    judged = {finding.channel for finding in found if finding.verdict == "closed"}
    assert judged >= CHANNELS - {"call-ids"}
    if name in ("obliging", "imitate-zai"):
        assert "call-ids" in judged


def test_and_what_is_behind_it_tells_much(stage):
    raw, _ = doors(stage, "obliging")
    readings = asyncio.run(read(raw, WIRE))
    loud = {"answer-ids", "call-ids", "fingerprint", "finish-reason", "model-name", "headers"}
    loud |= {"extra-fields", "logprobs", "stream-grammar", "cache-and-cost"}
    found = judge(None, readings, WIRE)
    assert {finding.channel for finding in found if finding.verdict == "leaks"} == loud


def test_the_report_names_whose_counts_there_were_to_hide(stage):
    found = asyncio.run(_audited(*doors(stage, "imitate-zai")))
    counts = next(each for each in found if each.channel == "prompt-counts")
    assert (counts.verdict, "GLM-4.7 and 5" in counts.raw) == ("closed", True)


def test_a_header_of_ours_with_the_endpoints_value_is_found():
    limits = Manner(**header("x-ratelimit-limit", "5000"))
    assert told(audited(limits, [Headers()], limits)) == {"headers/native"}
    assert told(audited(limits, [Headers()], Manner())) == set()

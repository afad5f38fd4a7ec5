"""A request in the words of one engine, and untouched where it has nothing of what differs."""

import json

import msgspec
import pytest
from msgspec import Raw

from darkhorse.catalog.endpoint import EMBEDDED, Endpoint
from darkhorse.catalog.quirks import USUAL, Quirks
from darkhorse.upstream.fitting import fit, rendered, thinks
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest

USER = {"role": "user", "content": "hi"}


def request(*messages, **parameters):
    return EngineRequest(
        messages=Raw(json.dumps(messages or [USER]).encode()),
        stream=False,
        max_tokens=None,
        parameters={name: Raw(json.dumps(value).encode()) for name, value in parameters.items()},
    )


def told(asked, **quirks):
    """The parameters, as the engine gets them."""
    fitted = fit(asked, Quirks(**quirks))
    return {name: msgspec.json.decode(value) for name, value in fitted.parameters.items()}


def sent(*messages, **quirks):
    """The messages, as the engine gets them."""
    return msgspec.json.decode(fit(request(*messages), Quirks(**quirks)).messages)


@pytest.mark.parametrize(
    "asked",
    [
        request(),
        request(USER, {"role": "assistant", "content": "yes"}, USER, temperature=1),
        request({"role": "user", "content": 'say "reasoning": and "tool_calls"'}),
    ],
)
def test_what_needs_no_change_is_handed_on_as_it_is(asked):
    fitted = fit(asked, Quirks(call_ids="short"))
    assert fitted is asked


def test_embeddings_are_none_of_its_business():
    asked = EngineRequest(
        messages=Raw(b"[]"), stream=False, max_tokens=None, kind="embedding", parameters={}
    )
    assert fit(asked, Quirks(prefill="continue")) is asked


# --- how much to think ---


@pytest.mark.parametrize(
    ("reasoning", "effort"),
    [
        ({"effort": "high"}, "high"),
        ({"effort": "max"}, "high"),
        ({"effort": "minimal"}, "low"),
        ({"effort": "none"}, "low"),
        ({"enabled": False}, "low"),
        ({"max_tokens": 0}, "low"),
        ({"max_tokens": 1000}, "low"),
        ({"max_tokens": 9000}, "medium"),
        ({"max_tokens": 90_000}, "high"),
        ({"enabled": True}, None),
        ({"exclude": True}, None),
    ],
)
def test_an_engine_is_told_the_nearest_word_it_knows(reasoning, effort):
    expected = {"reasoning_effort": effort} if effort else {}
    assert told(request(reasoning=reasoning)) == expected


def test_one_that_need_not_think_is_told_so():
    words = ("none", "high", "max")
    for off in ({"effort": "none"}, {"enabled": False}, {"effort": "minimal"}):
        assert told(request(reasoning=off), efforts=words) == {"reasoning_effort": "none"}
    assert told(request(reasoning={"effort": "xhigh"}), efforts=words) == {
        "reasoning_effort": "high"
    }


def test_a_template_has_a_switch():
    on, off = request(reasoning={"effort": "low"}), request(reasoning={"enabled": False})
    assert told(on, reasoning="template") == {"chat_template_kwargs": {"enable_thinking": True}}
    assert told(off, reasoning="template", template_switch="thinking") == {
        "chat_template_kwargs": {"thinking": False}
    }
    assert told(request(), reasoning="template") == {}


def test_what_the_operator_says_to_the_template_is_said_always_and_last():
    own = {"chat_template_kwargs": {"clear_thinking": False}, "other": 1}
    quirks = {"reasoning": "template", "extra": own}
    assert told(request(), **quirks) == {"chat_template_kwargs": {"clear_thinking": False}}
    assert told(request(reasoning={"enabled": True}), **quirks) == {
        "chat_template_kwargs": {"enable_thinking": True, "clear_thinking": False}
    }
    assert rendered(Quirks(**quirks)).extra == {"other": 1}
    assert rendered(Quirks(extra=own)).extra == own


def test_a_budget_has_the_engine_s_own_name():
    asked = request(reasoning={"max_tokens": 512})
    assert told(asked, budget_name="thinking_budget", efforts=("low", "high")) == {
        "reasoning_effort": "low",
        "thinking_budget": 512,
    }
    assert "thinking_budget" not in told(
        request(reasoning={"max_tokens": 0}), budget_name="thinking_budget"
    )


def test_openrouter_s_object_goes_on_without_what_is_ours_to_do():
    asked = request(reasoning={"effort": "low", "exclude": True}, seed=1)
    assert told(asked, reasoning="object") == {"seed": 1, "reasoning": {"effort": "low"}}
    assert told(asked, reasoning="none") == {"seed": 1}


@pytest.mark.parametrize(
    ("quirks", "does"),
    [
        ({}, True),
        ({"efforts": ("none", "low")}, False),
        ({"reasoning": "template"}, False),
        ({"reasoning": "object"}, False),
        ({"reasoning": "none"}, True),
    ],
)
def test_only_one_that_can_be_told_not_to_think_can_be_kept_from_it(quirks, does):
    off = request(reasoning={"enabled": False})
    assert thinks(off, Quirks(**quirks)) is does
    assert thinks(request(), Quirks(**quirks))


def test_other_dialects_say_it_in_their_own_way():
    endpoint = Endpoint(name="e", url="http://h/v1", dialect="messages")
    assert (endpoint.fitted.reasoning, endpoint.fitted.reasoning_back) == ("object", "reasoning")
    own = Endpoint(name="e", url=EMBEDDED, quirks=Quirks(max_output=7)).fitted
    assert (own.tools, own.schemas, own.max_output) == ("schema", "gbnf", 7)
    assert Endpoint(name="e", url="http://h/v1").fitted is USUAL


# --- what was thought before ---

DETAILS = [
    {"type": "reasoning.text", "text": "first ", "signature": "s3cret", "format": "unknown"},
    {"type": "reasoning.summary", "summary": "then", "id": "rs_1"},
    {"type": "reasoning.encrypted", "data": "opaque"},
    {"type": "reasoning.text", "text": None},
]


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize(
    ("thoughts", "text"),
    [
        ({"reasoning": "hm"}, "hm"),
        ({"reasoning_content": "hm"}, "hm"),
        ({"reasoning": "hm", "reasoning_details": DETAILS}, "hm"),
        ({"reasoning": None, "reasoning_details": DETAILS}, "first then"),
        ({"reasoning_details": []}, ""),
        ({"reasoning_details": [DETAILS[2]]}, ""),
        ({"reasoning_details": ["nonsense"]}, ""),
    ],
)
def test_past_thoughts_go_back_as_text_under_one_name(name, thoughts, text):
    past = {"role": "assistant", "content": "yes"}
    (first, _) = sent({**past, **thoughts}, USER, reasoning_back=name)
    assert first == (past | {name: text} if text else past)


def test_they_can_be_left_out():
    thoughts = {"reasoning": "hm", "reasoning_details": DETAILS}
    (first, _) = sent(
        {"role": "assistant", "content": "yes", **thoughts}, USER, reasoning_back="drop"
    )
    assert first == {"role": "assistant", "content": "yes"}


def test_nobody_else_has_thoughts():
    assert sent({**USER, "reasoning": "hm"}) == [USER]


# --- ids of calls ---


def call(number, name="f"):
    return {"id": number, "type": "function", "function": {"name": name, "arguments": "{}"}}


def result(number, **fields):
    return {"role": "tool", "tool_call_id": number, "content": "4", **fields}


TALK = [
    USER,
    {"role": "assistant", "content": None, "tool_calls": [call("toolu_1"), call("call_x", "g")]},
    result("call_x"),
    result("toolu_1"),
    {"role": "assistant", "content": "", "tool_calls": [call("toolu_1", "h")]},
    result("toolu_1"),
    result("stray", name="k"),
]


def ids(messages):
    calls = [each["id"] for message in messages for each in message.get("tool_calls", ())]
    return calls, [message["tool_call_id"] for message in messages if "tool_call_id" in message]


@pytest.mark.parametrize(
    ("style", "calls", "results"),
    [
        ("as_sent", ["toolu_1", "call_x", "toolu_1"], ["call_x", "toolu_1", "toolu_1", "stray"]),
        (
            "short",
            ["call00000", "call00001", "call00002"],
            ["call00001", "call00000", "call00002", "call00003"],
        ),
        (
            "functions",
            ["functions.f:0", "functions.g:1", "functions.h:2"],
            ["functions.g:1", "functions.f:0", "functions.h:2", "functions.k:3"],
        ),
    ],
)
def test_calls_and_their_results_agree_in_the_engine_s_own_ids(style, calls, results):
    assert ids(sent(*TALK, call_ids=style)) == (calls, results)


@pytest.mark.parametrize("style", ["short", "functions"])
def test_a_conversation_that_grows_keeps_its_beginning(style):
    """Or the engine's cache of it were worth nothing."""
    for size in range(1, len(TALK)):
        assert sent(*TALK, call_ids=style)[:size] == sent(*TALK[:size], call_ids=style)


# --- words to go on from ---

BEGUN = {"role": "assistant", "content": "One, two,"}


def test_what_goes_on_from_given_words_is_read_as_a_stream():
    """Whole answers of some engines repeat those words."""
    fitted = fit(request(USER, BEGUN), USUAL)
    assert fitted.stream
    assert fitted.parameters == {}
    assert told(request(USER, BEGUN), prefill="continue") == {
        "continue_final_message": True,
        "add_generation_prompt": False,
    }
    for asked in (request(BEGUN, USER), request(USER, {**BEGUN, "tool_calls": [call("a")]})):
        assert not fit(asked, USUAL).stream
        assert told(asked, prefill="continue") == {}


# --- what cannot be read ---


@pytest.mark.parametrize(
    ("message", "quirks"),
    [
        ('{"role":"user","content":"a","reasoning":"b","zz":1e999}', {}),
        ('{"role":"tool","tool_call_id":"c","content":"a","zz":1e999}', {"call_ids": "short"}),
        ('{"role":"assistant","content":"a","tool_calls":1e999}', {"prefill": "continue"}),
    ],
)
def test_what_cannot_be_read_is_the_requests_fault(message, quirks):
    asked = EngineRequest(messages=Raw(f"[{message}]".encode()), stream=True, max_tokens=None)
    with pytest.raises(UpstreamFault) as caught:
        fit(asked, Quirks(**quirks))
    assert (caught.value.kind, caught.value.status) == ("status", 400)

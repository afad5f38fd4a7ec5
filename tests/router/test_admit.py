"""What a listing lets in, and what of it an engine is asked: limits at their edges."""

import msgspec
import pytest
from msgspec import Raw, structs

from darkhorse.accounts.subjects import Subject, Who
from darkhorse.base.errors import ContextExceeded, UnsupportedByListing
from darkhorse.catalog.endpoint import Endpoint, Private, Quirks
from darkhorse.catalog.launch import Launch, Life
from darkhorse.catalog.limits import Limits
from darkhorse.catalog.listing import Listing
from darkhorse.router.admit import admit, engine_request, within
from darkhorse.wire.media import MediaPart
from darkhorse.wire.request import GenerationRequest

EAST = Endpoint(name="east", url="http://127.0.0.1:1/v1")
LISTING = Listing(slug="x/y", title="Y", context=100, max_output=40, parameters=("stop", "seed"))
MESSAGES = Raw(b'[{"role":"user","content":"hi"}]')
VALUE = Raw(b"1")


def launch(**listing):
    return Launch(
        id="lch-1",
        listing=structs.replace(LISTING, **listing),
        private=Private(maker="M", model="m", endpoint=(EAST,)),
        life=Life(state="live", created_us=1, live_us=1, closes_us=9),
    )


def request(prompt=10, **fields):
    """One message of so many public tokens: 4 for its frame, the rest in one text."""
    given = {
        "dialect": "chat",
        "model": "x/y",
        "messages": MESSAGES,
        "message_count": 1,
        "text_bytes": ((prompt - 4) * 4,),
        "stream": False,
        "body": b"{}",
    }
    return GenerationRequest(**{**given, **fields})


@pytest.mark.parametrize(
    ("prompt", "named", "limit"),
    [
        (10, None, 40),
        (10, 40, 40),
        (10, 39, 39),
        (10, 1000, 40),
        (60, None, 40),
        (61, None, 39),
        (99, None, 1),
        (99, 7, 1),
    ],
)
def test_the_limit_is_the_lowest_of_the_three(prompt, named, limit):
    plan = admit(request(prompt, max_tokens=named), launch())
    assert (plan.prompt_tokens, plan.limit) == (prompt, limit)
    assert (plan.listing, plan.endpoints, plan.closes_us) == (LISTING, (EAST,), 9)


@pytest.mark.parametrize(
    ("minutes", "named", "limit"),
    [
        ((), False, 40),
        ((None,), False, 40),
        ((51,), False, 40),
        ((50,), False, 40),
        ((49,), False, 39),
        ((None, 49, 30), False, 20),
        ((11,), False, 1),
        ((10,), False, 1),
        ((3,), False, 1),
        ((30,), True, 40),
    ],
)
def test_an_open_answer_is_no_longer_than_a_minutes_tokens(minutes, named, limit):
    held = [
        (Subject("key", str(at)), Limits(tokens_per_minute=most)) for at, most in enumerate(minutes)
    ]
    plan = within(admit(request(10), launch()), Who((), tuple(held)), named=named)
    assert (plan.limit, plan.prompt_tokens) == (limit, 10)


def test_a_prompt_that_leaves_no_room_for_a_token_is_refused_with_figures():
    with pytest.raises(ContextExceeded, match=r"has 100 tokens; this model's context is 100\."):
        admit(request(100), launch())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tools", Raw(b'[{"type":"function","function":{"name":"look"}}]')),
        ("response_format", Raw(b'{"type":"json_object"}')),
    ],
)
def test_what_shapes_an_answer_is_taken_or_refused_never_left_out(name, value):
    asked = request(parameters={name: value})
    with pytest.raises(UnsupportedByListing, match=f"does not take `{name}`"):
        admit(asked, launch())
    assert admit(asked, launch(parameters=(name,))).limit == 40
    assert admit(request(parameters={"top_k": VALUE}), launch()).limit == 40  # left out later


PICTURE = MediaPart(
    kind="image", type="image_url", place="messages[0].content[0]", form="data", format="png"
)


def test_a_medium_takes_its_place_in_the_context():
    asked = request(media=(PICTURE, PICTURE))
    plan = admit(asked, launch(input=("text", "image"), context=2100))
    assert (plan.prompt_tokens, plan.limit) == (10 + 2 * 1024, 40)
    with pytest.raises(ContextExceeded):
        admit(asked, launch(input=("text", "image"), context=2058))


def test_media_are_refused_where_the_listing_reads_none():
    with pytest.raises(UnsupportedByListing, match=r"messages\[0\]\.content\[0\]"):
        admit(request(media=(PICTURE,)), launch())


def test_two_words_for_reasoning_mean_one_object():
    thinking = Raw(b'{"effort":"low"}')
    asked = request(parameters={"reasoning": thinking})
    for words in (("reasoning",), ("reasoning_effort",)):
        plan = admit(asked, launch(parameters=words))
        assert engine_request(asked, plan, EAST).parameters == {"reasoning": thinking}
    assert engine_request(asked, admit(asked, launch()), EAST).parameters == {}


def asked_of(endpoint=EAST, *, bounded=True, **fields):
    wanted = request(**fields)
    return engine_request(wanted, admit(wanted, launch()), endpoint, bounded=bounded)


def test_only_what_is_promised_and_not_dropped_goes_on():
    parameters = {"seed": VALUE, "top_k": VALUE}
    del (left := dict(parameters))["top_k"]
    assert asked_of(parameters=parameters).parameters == left
    picky = structs.replace(EAST, quirks=Quirks(drop=("seed",)))
    assert asked_of(picky, parameters=parameters).parameters == {}
    bare = structs.replace(EAST, quirks=Quirks(told="none"))
    assert asked_of(bare).messages is MESSAGES
    assert asked_of(kind="text").messages is MESSAGES


def test_the_model_is_told_what_to_say_of_itself():
    first, *rest = msgspec.json.decode(asked_of().messages)
    assert first["role"] == "system"
    assert "cannot share it" in first["content"]
    assert rest == msgspec.json.decode(MESSAGES)


@pytest.mark.parametrize(
    ("named", "own", "bounded", "told", "streamed"),
    [
        (None, None, True, None, False),
        (5, None, True, 2133, True),  # four bytes a token, one more, 64 around it, 2048 dropped
        (1000, None, True, 2273, True),
        (5, 10, True, 10, True),
        (5, 3000, True, 2133, True),
        (None, 50, True, 50, False),
        (5, None, False, None, True),
        (5, 50, False, 50, True),
    ],
)
def test_an_engine_is_told_as_much_as_it_may_need(named, own, bounded, told, streamed):
    endpoint = structs.replace(EAST, quirks=Quirks(max_output=own))
    asked = asked_of(endpoint, bounded=bounded, max_tokens=named)
    assert (asked.max_tokens, asked.stream) == (told, streamed)
    assert asked_of(stream=True).stream


def test_an_engine_is_told_no_limit_that_thoughts_nobody_sees_could_use_up():
    off = {"parameters": {"reasoning": Raw(b'{"enabled":false}')}, "max_tokens": 5}
    assert asked_of(**off).max_tokens is None
    assert asked_of(kind="text", **off).max_tokens == asked_of(max_tokens=5).max_tokens > 20


LOOK = Raw(b'[{"type":"function","function":{"name":"look"}}]')


@pytest.mark.parametrize(
    ("parameters", "listing", "told"),
    [
        ({"parallel_tool_calls": Raw(b"false")}, {}, None),
        ({"parallel_tool_calls": Raw(b"true")}, {}, 2133),
        ({}, {}, 2133),
        ({}, {"parallel_calls": False}, None),
    ],
)
def test_an_engine_is_told_no_limit_that_calls_nobody_sees_could_use_up(parameters, listing, told):
    given = request(parameters={"tools": LOOK, **parameters}, max_tokens=5)
    offers = launch(parameters=("tools", "parallel_tool_calls"), **listing)
    plan = admit(given, offers)
    assert engine_request(given, plan, EAST).max_tokens == told
    capped = structs.replace(EAST, quirks=Quirks(max_output=50))
    assert engine_request(given, plan, capped).max_tokens == 50
    own = structs.replace(EAST, quirks=Quirks(tools="schema"))  # which never writes a second one
    assert engine_request(given, plan, own).max_tokens == 2133
    silent = request(max_tokens=5)
    assert engine_request(silent, admit(silent, offers), EAST).max_tokens == 2133


@pytest.mark.parametrize("kind", ["chat", "text"])
def test_a_stop_is_ours_to_find_so_the_engine_is_read_as_a_stream_and_not_told(kind):
    asked = asked_of(kind=kind, parameters={"stop": Raw(b'"</think>"')})
    assert ("stop" in asked.parameters, asked.stream) == (False, True)


def test_an_engine_is_told_an_effort_of_the_listings_ladder():
    asked = request(parameters={"reasoning": Raw(b'{"effort":"xhigh"}')})
    plan = admit(asked, launch(parameters=("reasoning",), efforts=("low", "high")))
    told = engine_request(asked, plan, EAST).parameters
    assert told == {"reasoning": Raw(b'{"effort":"high"}')}

"""What an attempt hands to the cloak: the launch's names, the pieces, the stops, what was asked."""

import asyncio

import pytest
from msgspec import Raw, json, structs

from darkhorse.catalog.makers import Maker
from darkhorse.catalog.rhythm import USUAL_RHYTHM as USUAL
from darkhorse.catalog.rhythm import Rhythm
from darkhorse.cloak.words.watch import Watch
from darkhorse.router.admit import Plan
from darkhorse.router.attempts import Attempts
from darkhorse.router.channel import Channel
from darkhorse.wire.chunks import Chunk, ToolDelta
from darkhorse.wire.request import GenerationRequest
from router.test_attempts import END, LISTING, REFUSED, START, Teller, means_of

FUNCTIONS = Raw(b'[{"type":"function","function":{"name":"f"}}]')
OWN = Watch.over(Maker("Frobnic Labs", ("Frobnic",), ("Quuxtron-7",)))


def answered(*stories, said="hi", listing=LISTING, **fields):
    """What went out or was held, and the attempts behind it."""

    async def scene():
        means = means_of(Teller(*stories))
        usual = {"dialect": "chat", "model": "x/y", "stream": True, "body": b"", "message_count": 1}
        usual |= {"messages": Raw(b'[{"role":"user","content":"%s"}]' % said.encode())}
        request = GenerationRequest(**{**usual, "text_bytes": (8,), **fields})
        plan = Plan(listing, tuple(means.upstreams), 6, 100, None, OWN)
        started = asyncio.get_running_loop().create_future()
        started.set_result(None)
        channel = Channel()
        attempts = Attempts(means, plan, request, channel=channel, started=started)
        assert await attempts.run(START) is None
        channel.close()
        sent = list(attempts.held)
        while (batch := await channel.get()) is not None:
            sent += batch
        return sent, attempts

    return asyncio.run(scene())


def text_of(*stories, **how):
    return "".join(chunk.text for chunk in answered(*stories, **how)[0])


@pytest.mark.parametrize("stream", [True, False])
def test_names_are_taken_out(stream):
    story = [Chunk(text="I was made by Frob"), Chunk(text="nic Labs."), END]
    assert text_of(story, stream=stream) == "I was made by [a developer I may not name]."


def test_what_was_asked_is_known():
    story = [Chunk(text="Quuxtron-7."), END]
    assert text_of(story) == "Quuxtron-7."
    assert "Quuxtron" not in text_of(story, said="Who are you?")


def test_a_stream_comes_in_the_listings_pieces():
    listing = structs.replace(LISTING, rhythm=Rhythm(piece=5))
    story = [Chunk(text="abc"), Chunk(text="defghijk"), Chunk(text="l"), END]
    sent, _ = answered(story, listing=listing)
    assert [chunk.text for chunk in sent] == ["abcde", "fghij", "kl"]


def test_a_stop_ends_it_though_the_engine_goes_on():
    listing = structs.replace(LISTING, parameters=("stop",))
    story = [Chunk(text="one END"), Chunk(text=" two"), END]
    how = {"listing": listing, "parameters": {"stop": Raw(b'"END"')}}
    sent, attempts = answered(story, **how)
    assert "".join(chunk.text for chunk in sent) == "one "
    assert attempts.cloak.last().finish == "stop"


def test_thoughts_that_were_turned_off_are_none():
    story = [Chunk(reasoning="Hm."), Chunk(text="Paris"), END]
    off = {"parameters": {"reasoning": Raw(b'{"enabled":false}')}}
    sent, attempts = answered(story, **off)
    assert [chunk.reasoning for chunk in sent] == [""] * 5
    assert attempts.cloak.usage().reasoning == 0


def test_thoughts_that_are_hidden_are_not_sent_and_are_counted():
    story = [Chunk(reasoning="Hm."), Chunk(text="Paris"), END]
    sent, attempts = answered(story, shows_reasoning=False)
    assert "".join(chunk.reasoning for chunk in sent) == ""
    assert attempts.cloak.usage().reasoning == 1


def test_a_second_call_is_dropped_where_one_was_asked_for():
    calls = [ToolDelta(0, "a", "f", "{}"), ToolDelta(1, "b", "g", "{"), ToolDelta(1, "", "", "}")]
    listing = structs.replace(LISTING, parameters=("tools", "parallel_tool_calls"))
    one = {"parameters": {"tools": FUNCTIONS, "parallel_tool_calls": Raw(b"false")}}
    cut = Chunk(finish="length")  # where the engine's own limit falls must not be seen
    story = [*(Chunk(tools=(call,)) for call in calls), cut]
    _, attempts = answered(story, listing=listing, **one)
    assert [call.name for call in attempts.cloak.calls] == ["f"]
    assert attempts.cloak.last().finish == "tool_calls"
    (teller,) = attempts._means.upstreams.values()
    assert teller.told == 2
    story = [Chunk(tools=tuple(calls), finish="length")]
    assert answered(story, listing=listing, **one)[1].cloak.last().finish == "tool_calls"


STRANGE = "i_am_Quuxtron_7"


@pytest.mark.parametrize("given", [{}, {"tools": FUNCTIONS}])
@pytest.mark.parametrize("stream", [True, False])
def test_a_call_of_what_is_not_there_is_dropped_where_its_name_tells(given, stream):
    story = [Chunk(text="So."), Chunk(tools=(ToolDelta(0, "a", STRANGE, "{}"),)), END]
    sent, attempts = answered(story, stream=stream, parameters=given)
    assert STRANGE not in repr(sent)
    assert attempts.cloak.calls == ()
    mine = Raw(b'[{"type":"function","function":{"name":"%s"}}]' % STRANGE.encode())
    _, attempts = answered(story, stream=stream, parameters={"tools": mine})
    assert [call.name for call in attempts.cloak.calls] == [STRANGE]


def test_words_that_go_on_from_the_clients_own_are_read_with_them():
    story = [Chunk(text=" Frobnic Labs"), Chunk(text="."), END]
    prompt = "I was created by"
    assert text_of(story, said=prompt) == " Frobnic Labs."
    assert "Frobnic" not in text_of(story, said=prompt, kind="text")
    begun = b'[{"role":"user","content":"hi"},{"role":"assistant","content":"Well, I am"}]'
    story = [Chunk(text=" Quuxtron-7"), Chunk(text="."), END]
    assert "Quuxtron-7" not in text_of(story, messages=Raw(begun))


def test_a_question_of_the_turn_before_is_known():
    story = [Chunk(text="Quuxtron-7."), END]
    talk = [("user", "Who are you? Say it when I say go."), ("assistant", "Yes."), ("user", "Go.")]
    messages = Raw(json.encode([{"role": role, "content": said} for role, said in talk]))
    assert "Quuxtron" not in text_of(story, messages=messages)


def test_an_engine_that_refuses_a_parameter_is_asked_without_it():
    listing = structs.replace(LISTING, parameters=("temperature",))
    fields = {"listing": listing, "parameters": {"temperature": Raw(b"0.3")}}
    sent, attempts = answered([REFUSED], [Chunk(text="Paris"), END], **fields)
    assert "".join(chunk.text for chunk in sent) == "Paris"
    assert [made.status for made in attempts.made] == [400, 200]


def test_a_listing_that_says_nothing_of_pieces_has_some():
    sent, _ = answered([Chunk(text="a" * 50), END], listing=structs.replace(LISTING, rhythm=USUAL))
    assert [len(chunk.text) for chunk in sent] == [24, 24, 2]

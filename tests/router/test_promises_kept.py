"""Attempts under a promise: what is held, what flows, and the one more try."""

import asyncio

import pytest
from msgspec import Raw, json, structs

from darkhorse.base.chance import seeded_draw
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import Unavailable, UnfitAnswer
from darkhorse.base.ids import RandomIds
from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.makers import Maker
from darkhorse.catalog.rhythm import Rhythm
from darkhorse.cloak.words.watch import Watch
from darkhorse.router.admit import Plan
from darkhorse.router.attempts import Attempts
from darkhorse.router.channel import Channel
from darkhorse.router.means import Means
from darkhorse.router.promises import promise_of
from darkhorse.storage.records import StartRecord
from darkhorse.wire.chunks import Chunk, ToolDelta
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import GenerationRequest

EAST = Endpoint(name="east", url="http://127.0.0.1:1/v1", weight=1000)
WEST = Endpoint(name="west", url="http://127.0.0.1:1/v1", weight=0.001)
LISTING = Listing(
    slug="x/y",
    title="Y",
    context=1000,
    max_output=100,
    parameters=("response_format", "tools", "tool_choice"),
    rhythm=Rhythm(piece=3),
)
START = StartRecord(
    id="gen-1", at_us=1, listing="x/y", dialect="chat", streamed=False, key="k", prompt_tokens=6
)
OBJECT = {"response_format": {"type": "json_object"}}
STRICT = {
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "move",
                "strict": True,
                "parameters": {"type": "object", "required": ["x"]},
            },
        }
    ]
}
FORCED = {**STRICT, "tool_choice": "required"}
GOOD = [Chunk(text='{"a"'), Chunk(text=": 1}"), Chunk(finish="stop")]
BAD = [Chunk(text="no,"), Chunk(text=" I won't"), Chunk(finish="stop")]
SAID = Chunk(text="Paris.")
END = Chunk(finish="stop")


def call(arguments):
    first = ToolDelta(0, "up-1", "move", arguments[:3])
    rest = ToolDelta(0, "", "", arguments[3:])
    return [Chunk(tools=(first,)), Chunk(tools=(rest,)), Chunk(finish="tool_calls")]


class Teller:
    """An upstream that answers with one story after the other, and the last for ever."""

    def __init__(self, *stories):
        self.stories = list(stories)
        self.asked = 0

    async def answer(self, _):
        self.asked += 1
        for each in self.stories.pop(0) if len(self.stories) > 1 else self.stories[0]:
            if isinstance(each, UpstreamFault):
                raise each
            yield [each]

    async def close(self):
        pass


class Outcome:
    """What became of one generation."""

    watch = Watch(())

    def __init__(self, tellers, asked, *, structured="held", stream=False, attempts=1, limit=100):
        self.means = Means(
            upstreams=dict(zip((EAST, WEST), tellers, strict=False)),
            journal=None,
            clock=SystemClock(),
            ids=RandomIds(),
            draw=seeded_draw(1),
            settings=UpstreamSettings(attempts=attempts),
            on_end=lambda *_: None,
        )
        request = GenerationRequest(
            dialect="chat",
            model="x/y",
            stream=stream,
            body=b"",
            messages=Raw(b"[]"),
            message_count=1,
            text_bytes=(8,),
            parameters={name: Raw(json.encode(value)) for name, value in asked.items()},
        )
        listing = structs.replace(LISTING, structured=structured)
        promise = promise_of(request, listing)
        self.plan = Plan(listing, tuple(self.means.upstreams), 6, limit, None, self.watch, promise)
        self.request = request
        self.ask()

    def ask(self):
        asyncio.run(self._run())

    async def _run(self):
        channel = Channel()
        started = asyncio.get_running_loop().create_future()
        started.set_result(None)
        attempts = Attempts(self.means, self.plan, self.request, channel=channel, started=started)
        self.error = await attempts.run(START)
        channel.close()
        self.flowed = []
        while (batch := await channel.get()) is not None:
            self.flowed.extend(batch)
        self.held = attempts.held
        self.tried = [(each.endpoint, each.outcome) for each in attempts.made]
        self.attempts = attempts

    @property
    def states(self):
        now = self.means.clock.monotonic()
        return [each.state for each in self.means.health.view(self.means.upstreams, now)]


def texts(chunks):
    return "".join(chunk.text for chunk in chunks)


def arguments(chunks):
    return "".join(delta.arguments for chunk in chunks for delta in chunk.tools)


@pytest.mark.parametrize("stream", [False, True])
def test_a_kept_promise_is_one_attempt_and_held_until_whole(stream):
    seen = Outcome([Teller(GOOD)], OBJECT, stream=stream)
    assert (seen.error, texts(seen.held), seen.flowed) == (None, '{"a": 1}', [])
    assert seen.tried == [("east", "ok")]


@pytest.mark.parametrize("stream", [False, True])
def test_a_broken_one_is_asked_for_once_more(stream):
    seen = Outcome([Teller(BAD, GOOD)], OBJECT, stream=stream)
    assert (seen.error, texts(seen.held), seen.flowed) == (None, '{"a": 1}', [])
    assert seen.tried == [("east", "broken_promise"), ("east", "ok")]
    first = seen.attempts.made[0]
    assert (first.status, first.detail) == (200, "the text: it is not JSON: no, I won't")


@pytest.mark.parametrize("stream", [False, True])
def test_twice_broken_is_an_error_that_says_so_and_no_third_try(stream):
    east, west = Teller(BAD), Teller(GOOD)
    seen = Outcome([east, west], OBJECT, stream=stream, attempts=9)
    assert isinstance(seen.error, UnfitAnswer)
    assert seen.error.message == "The model's answer did not fit what was asked of it, twice."
    assert seen.tried == [("east", "broken_promise")] * 2
    assert (east.asked, west.asked, seen.flowed) == (2, 0, [])


def test_it_says_nothing_of_the_endpoint():
    east = Teller(BAD)
    seen = Outcome([east], OBJECT)
    for _ in range(20):
        seen.ask()
        assert isinstance(seen.error, UnfitAnswer)
    assert seen.states == ["up"]


def test_another_endpoint_takes_over_where_the_second_try_fails_otherwise():
    seen = Outcome([Teller(BAD, [UpstreamFault("connect")]), Teller(GOOD)], OBJECT)
    assert (seen.error, texts(seen.held)) == (None, '{"a": 1}')
    assert seen.tried == [("east", "broken_promise"), ("east", "connect"), ("west", "ok")]
    seen = Outcome([Teller(BAD, [UpstreamFault("connect")]), Teller(BAD)], OBJECT)
    assert isinstance(seen.error, UnfitAnswer)
    assert len(seen.tried) == 3
    seen = Outcome([Teller(BAD, [UpstreamFault("connect")])], OBJECT)
    assert isinstance(seen.error, Unavailable)


def test_a_constrained_stream_flows_and_is_checked_at_its_end():
    seen = Outcome([Teller(GOOD)], OBJECT, structured="constrained", stream=True)
    assert (seen.error, texts(seen.flowed), seen.held) == (None, '{"a": 1}', [])
    seen = Outcome([Teller(BAD)], OBJECT, structured="constrained", stream=True)
    assert isinstance(seen.error, UnfitAnswer)
    assert "twice" not in seen.error.message
    assert (texts(seen.flowed), seen.tried) == ("no, I won't", [("east", "broken_promise")])


def test_a_constrained_answer_in_one_piece_is_tried_once_more():
    seen = Outcome([Teller(BAD, GOOD)], OBJECT, structured="constrained")
    assert (seen.error, texts(seen.held)) == (None, '{"a": 1}')


@pytest.mark.parametrize("stream", [False, True])
def test_nobody_looks_where_the_listing_says_so(stream):
    seen = Outcome([Teller(BAD)], OBJECT, structured="unchecked", stream=stream)
    assert (seen.error, texts((*seen.held, *seen.flowed))) == (None, "no, I won't")
    assert bool(seen.flowed) == stream


def test_text_flows_and_calls_wait():
    seen = Outcome([Teller([SAID, *call('{"x": 1}')])], STRICT, stream=True)
    assert (seen.error, texts(seen.flowed), arguments(seen.flowed)) == (None, "Paris.", "")
    assert arguments(seen.held) == '{"x": 1}'


def test_a_wrong_call_after_text_that_has_left_ends_in_the_error():
    east = Teller([SAID, *call("{}")])
    seen = Outcome([east], STRICT, stream=True)
    assert isinstance(seen.error, UnfitAnswer)
    assert (texts(seen.flowed), east.asked) == ("Paris.", 1)
    east = Teller(call("{}"), [*call('{"x": 1}'), SAID])
    seen = Outcome([east], STRICT, stream=True)
    assert (seen.error, east.asked, seen.flowed) == (None, 2, [])
    assert (arguments(seen.held), texts(seen.held)) == ('{"x": 1}', "Paris.")


@pytest.mark.parametrize("stream", [False, True])
def test_a_forced_tool_holds_the_text_too(stream):
    seen = Outcome([Teller(BAD, call('{"x": 1}'))], FORCED, stream=stream)
    assert (seen.error, seen.flowed) == (None, [])
    assert (texts(seen.held), arguments(seen.held)) == ("", '{"x": 1}')


@pytest.mark.parametrize(
    "story",
    [
        [Chunk(text='{"a'), Chunk(finish="length")],
        [Chunk(text="I can"), Chunk(finish="content_filter")],
        [Chunk(refusal="I cannot do that."), Chunk(finish="stop")],
        [Chunk(text="x" * 4000), Chunk(finish="stop")],
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_cut_answer_or_a_refusal_is_handed_on(story, stream):
    seen = Outcome([Teller(story)], OBJECT, stream=stream)
    assert (seen.error, seen.tried) == (None, [("east", "ok")])
    assert texts(seen.held) == story[0].text[:400]


PLAIN = {"tools": [{"type": "function", "function": {"name": "move"}}]}


class Watched(Outcome):
    """One whose answers are watched for a name."""

    watch = Watch((Maker("Frobnic Labs", (), ()),))


@pytest.mark.parametrize(("asked", "structured"), [(PLAIN, "held"), (STRICT, "constrained")])
def test_a_call_of_what_is_not_there_is_dropped_where_its_name_tells(asked, structured):
    strange = ToolDelta(0, "up-0", "i_am_Frobnic_Labs", "{}")
    east = Teller([SAID, Chunk(tools=(strange,)), *call('{"x": 1}')])
    seen = Watched([east], asked, stream=True, structured=structured)
    assert (seen.error, east.asked, arguments(seen.flowed)) == (None, 1, '{"x": 1}')
    assert "Frobnic" not in repr(seen.flowed)
    other = Watched([Teller([Chunk(tools=(structs.replace(strange, name="sleep"),)), END])], PLAIN)
    assert (other.error, [call.name for call in other.attempts.cloak.calls]) == (None, ["sleep"])


FORM = {
    "response_format": {
        "type": "json_schema",
        "json_schema": {
            "name": "who",
            "strict": True,
            "schema": {"type": "object", "properties": {"said": {"maxLength": 26}}},
        },
    }
}


@pytest.mark.parametrize("stream", [False, True])
def test_what_was_replaced_is_not_held_against_the_promise(stream):
    """Whether it still fits would tell how long the name is, and a second try that it was one."""
    east = Teller([Chunk(text='{"said": "I am from Frobnic Labs."}'), Chunk(finish="stop")])
    seen = Watched([east], FORM, stream=stream)
    assert (seen.error, east.asked) == (None, 1)
    assert seen.attempts.cloak.withheld
    assert "Frobnic" not in texts(seen.held)
    longer = [Chunk(text='{"said": "I am from Nowhere, it seems."}'), Chunk(finish="stop")]
    assert Watched([Teller(longer)], FORM, stream=stream).error is not None

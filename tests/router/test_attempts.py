"""One generation's attempts over endpoints that tell a story each: whom it asks, what it keeps."""

import asyncio

import pytest
from msgspec import Raw, structs

from darkhorse.base.chance import seeded_draw
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ContextExceeded, RejectedByModel, Unavailable, UpstreamTimeout
from darkhorse.base.ids import RandomIds
from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.endpoint import Endpoint, Quirks
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.rhythm import Rhythm
from darkhorse.cloak.words.watch import Watch
from darkhorse.router.admit import Plan
from darkhorse.router.attempts import Attempts
from darkhorse.router.channel import Channel
from darkhorse.router.means import Means
from darkhorse.storage.records import StartRecord
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import GenerationRequest

EAST, WEST = (
    Endpoint(name=name, url="http://127.0.0.1:1/v1", weight=weight)
    for name, weight in (("east", 1000), ("west", 0.001))  # in this order, as good as always
)
LISTING = Listing(slug="x/y", title="Y", context=1000, max_output=100, rhythm=Rhythm(piece=1))
HICCUP = UpstreamFault("connect")
ACCOUNT = UpstreamFault("status", status=401)
REFUSED = UpstreamFault("status", status=400)
CONTEXT = UpstreamFault("context")
GOOD = [Chunk(text="sto", upstream_id="up-1", upstream_model="real"), Chunk(text="ne")]
END = Chunk(finish="stop", native_finish="eos")


class Teller:
    """An upstream that tells one story after the other: chunks, and faults where they fall.

    A number is a pause in seconds, and a function is called when the story comes to it.
    """

    def __init__(self, *stories):
        self.stories = list(stories)
        self.asked = []
        self.told = 0

    async def answer(self, request):
        self.asked.append(request)
        for each in self.stories.pop(0) if len(self.stories) > 1 else self.stories[0]:
            if isinstance(each, UpstreamFault):
                raise each
            if isinstance(each, float):
                await asyncio.sleep(each)
            elif isinstance(each, Chunk):
                self.told += 1
                yield [each]
            else:
                each()

    async def close(self):
        pass


def means_of(*tellers, **settings):
    return Means(
        upstreams=dict(zip((EAST, WEST), tellers, strict=False)),
        journal=None,
        clock=SystemClock(),
        ids=RandomIds(),
        draw=seeded_draw(1),
        settings=UpstreamSettings(**settings),
        on_end=lambda *_: None,
    )


START = StartRecord(
    id="gen-1", at_us=1, listing="x/y", dialect="chat", streamed=False, key="k", prompt_tokens=6
)


def attempts_of(means, *, stream=False, limit=100, max_tokens=None, channel=None):
    request = GenerationRequest(
        dialect="chat",
        model="x/y",
        stream=stream,
        body=b"",
        messages=Raw(b'[{"role":"user","content":"hi"}]'),
        message_count=1,
        text_bytes=(8,),
        max_tokens=max_tokens,
    )
    plan = Plan(LISTING, tuple(means.upstreams), 6, limit, None, Watch(()))
    started = asyncio.get_running_loop().create_future()
    started.set_result(None)
    return Attempts(means, plan, request, channel=channel or Channel(), started=started)


def generate(means, **asked):
    """One generation; its attempts, the error if there was one, and what went out."""

    async def scene():
        channel = Channel()
        attempts = attempts_of(means, channel=channel, **asked)
        error = await attempts.run(START)
        channel.close()
        sent = []
        while (batch := await channel.get()) is not None:
            sent.extend(batch)
        return attempts, error, "".join(chunk.text for chunk in (*attempts.held, *sent))

    return asyncio.run(scene())


def tried(attempts):
    return [(each.endpoint, each.outcome) for each in attempts.made]


def states(means):
    return [each.state for each in means.health.view(means.upstreams, means.clock.monotonic())]


@pytest.mark.parametrize("stream", [False, True])
def test_a_good_answer_is_one_attempt_with_all_that_is_known_of_it(stream):
    attempts, error, text = generate(means_of(Teller([*GOOD, END])), stream=stream)
    assert (error, text) == (None, "stone")
    (made,) = attempts.made
    assert (made.endpoint, made.outcome, made.status, made.detail) == ("east", "ok", 200, "")
    assert (made.upstream_id, made.upstream_model) == ("up-1", "real")
    assert made.native_finish == "eos"
    assert 0 <= attempts.first_token_ms <= made.duration_ms + 1 < 60_000
    assert bool(attempts.held) != stream


def test_an_answer_between_failures_makes_them_no_row():
    """Two of every three attempts fail, for ever, and the endpoint never rests."""
    east = Teller([HICCUP], [HICCUP], [*GOOD, END])
    means = means_of(east, Teller([*GOOD, END]), failures_in_row=3, cooldown_s=60)
    for _ in range(3):
        east.stories = [[HICCUP], [HICCUP], [*GOOD, END]]
        made = [tried(generate(means)[0]) for _ in range(3)]
        assert made == [[("east", "connect"), ("west", "ok")]] * 2 + [[("east", "ok")]]
        assert states(means) == ["up", "up"]


def test_failures_in_a_row_rest_it():
    means = means_of(Teller([HICCUP]), Teller([*GOOD, END]), failures_in_row=3, cooldown_s=60)
    for _ in range(3):
        generate(means)
    assert states(means) == ["resting", "up"]
    assert tried(generate(means)[0]) == [("west", "ok")]


@pytest.mark.parametrize("fault", [HICCUP, ACCOUNT, UpstreamFault("idle_timeout")])
def test_what_one_said_before_it_failed_is_forgotten(fault):
    means = means_of(Teller([*GOOD, fault]), Teller([Chunk(text="other"), END]))
    attempts, error, text = generate(means)
    assert (error, text) == (None, "other")
    assert [each.upstream_model for each in attempts.made] == ["real", ""]
    assert attempts.cloak.usage().completion == 2
    assert attempts.made[0].status == fault.status


def test_after_the_first_streamed_piece_there_is_no_other():
    means = means_of(Teller([*GOOD, HICCUP]), west := Teller([*GOOD, END]))
    attempts, error, text = generate(means, stream=True)
    assert isinstance(error, Unavailable)
    assert (text, tried(attempts), west.asked) == ("stone", [("east", "connect")], [])


def test_an_error_for_a_finish_is_a_fault_in_our_words():
    broken = Chunk(text="x", finish="error", native_finish="out of memory")
    means = means_of(Teller([broken]), Teller([*GOOD, END]))
    attempts, error, text = generate(means)
    assert (error, text) == (None, "stone")
    assert tried(attempts) == [("east", "error_event"), ("west", "ok")]
    assert attempts.made[0].detail == "out of memory"


def test_a_body_that_is_refused_is_not_offered_elsewhere():
    means = means_of(Teller([REFUSED]), west := Teller([*GOOD, END]))
    attempts, error, _ = generate(means)
    assert isinstance(error, RejectedByModel)
    assert (len(attempts.made), west.asked) == (1, [])
    assert states(means) == ["up", "up"]


def test_a_prompt_that_fits_without_our_limit_is_asked_again_without_it():
    east = Teller([CONTEXT], [*GOOD, END])
    attempts, error, text = generate(means_of(east), max_tokens=50, limit=50)
    assert (error, text) == (None, "stone")
    assert [request.max_tokens for request in east.asked] == [2313, None]
    assert tried(attempts) == [("east", "context"), ("east", "ok")]
    for stream, story in ((False, [CONTEXT]), (True, [*GOOD, CONTEXT])):
        east = Teller(story)
        named = 50 if stream else None
        _, error, _ = generate(means_of(east), stream=stream, max_tokens=named)
        assert isinstance(error, ContextExceeded)
        assert len(east.asked) == 1


def test_a_prompt_too_long_for_one_is_offered_elsewhere():
    attempts, error, text = generate(means_of(Teller([CONTEXT]), Teller([*GOOD, END])))
    assert (error, text) == (None, "stone")
    assert tried(attempts) == [("east", "context"), ("west", "ok")]


@pytest.mark.parametrize("stories", [([CONTEXT], [ACCOUNT]), ([ACCOUNT], [CONTEXT])])
def test_whether_it_is_too_long_does_not_depend_on_whom_is_asked_first(stories):
    """One of them might take it, if it let us in."""
    _, error, _ = generate(means_of(*map(Teller, stories)))
    assert isinstance(error, Unavailable)
    _, error, _ = generate(means_of(Teller([CONTEXT]), Teller([CONTEXT])))
    assert isinstance(error, ContextExceeded)


def test_at_its_limit_an_answer_is_read_no_further():
    east = Teller([Chunk(text="x" * 8)] * 100)
    attempts, error, text = generate(means_of(east), max_tokens=4, limit=4)
    assert (error, text) == (None, "x" * 16)
    assert east.told <= 3
    assert tried(attempts) == [("east", "ok")]


def test_where_every_account_is_refused_it_says_when_to_come_back():
    means = means_of(Teller([ACCOUNT]), Teller([ACCOUNT]), cooldown_s=60)
    for made in (2, 0):
        attempts, error, _ = generate(means)
        assert isinstance(error, Unavailable)
        assert 50 <= error.retry_after <= 60
        assert isinstance(error.retry_after, int)
        assert len(attempts.made) == made


def test_the_last_fault_is_told_where_nobody_has_to_be_waited_for():
    slow = UpstreamFault("first_token_timeout")
    _, error, _ = generate(means_of(Teller([HICCUP]), Teller([slow]), attempts=2))
    assert isinstance(error, UpstreamTimeout)


def test_one_alone_is_asked_as_often_as_the_setting_says():
    east = Teller([HICCUP], [*GOOD, END])
    attempts, error, text = generate(means_of(east, attempts=2))
    assert (error, text) == (None, "stone")
    assert tried(attempts) == [("east", "connect"), ("east", "ok")]
    lasting = Teller([UpstreamFault("status", status=503)])
    assert len(generate(means_of(lasting, attempts=5))[0].made) == 1


def test_a_trial_that_a_request_spoils_makes_room_for_the_next():
    means = means_of(east := Teller([ACCOUNT]), cooldown_s=0.001)
    generate(means)
    east.stories = [[REFUSED], [*GOOD, END]]
    asyncio.run(asyncio.sleep(0.002))
    assert isinstance(generate(means)[1], RejectedByModel)
    assert tried(generate(means)[0]) == [("east", "ok")]
    assert states(means) == ["up"]


def test_a_refused_account_is_honoured_from_the_first_piece_of_an_answer():
    means = means_of(east := Teller([ACCOUNT]), cooldown_s=0.001)
    generate(means)
    asyncio.run(asyncio.sleep(0.002))
    seen = []

    def look():
        (standing,) = means.health.view([EAST], means.clock.monotonic())
        seen.append(standing.refused)

    east.stories = [[look, GOOD[0], look, END]]
    assert generate(means)[1] is None
    assert seen == [True, False]


def test_the_first_token_is_that_of_the_answer_that_was_given():
    means = means_of(Teller([GOOD[0], HICCUP]), Teller([0.02, *GOOD, END]))
    attempts, error, _ = generate(means)
    assert error is None
    assert attempts.first_token_ms > attempts.made[0].duration_ms + 10


def test_an_answer_without_end_is_a_timeout():
    means = means_of(Teller([*GOOD, 60.0]), total_s=0.02)
    attempts, error, _ = generate(means)
    assert isinstance(error, UpstreamTimeout)
    assert tried(attempts) == [("east", "total_timeout")]
    assert states(means) == ["up"]  # a client that reads slowly brings it about too


def test_one_that_is_stopped_leaves_what_came_and_says_nothing_of_the_endpoint():
    running = []

    def stop():
        running[0].cancel()

    means = means_of(Teller([*GOOD, stop, 60.0]), failures_in_row=1)

    async def scene():
        attempts = attempts_of(means)
        running.append(asyncio.create_task(attempts.run(START)))
        with pytest.raises(asyncio.CancelledError):
            await running[0]
        return attempts

    attempts = asyncio.run(scene())
    assert "".join(chunk.text for chunk in attempts.held) == "stone"
    (made,) = attempts.made
    assert (made.outcome, made.detail, made.upstream_id) == ("cut", "stopped", "up-1")
    assert states(means) == ["up"]


def test_an_endpoints_own_limit_goes_to_it():
    means = means_of()
    short = structs.replace(EAST, quirks=Quirks(max_output=7))
    means.upstreams = {short: (east := Teller([*GOOD, END]))}
    generate(means, max_tokens=50, limit=50)
    assert east.asked[0].max_tokens == 7

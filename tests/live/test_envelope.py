"""What an envelope promises of a real relay: moments, in every dialect, and who may see an end."""

import re

import pytest

from darkhorse.catalog.rhythm import Rhythm
from darkhorse.upstream.scripted import DEFAULT_TEXT

from .rhythm_kit import read, request, rhythm_text
from .stage import Relay, eventually, go_live, launch_text

USUAL = Rhythm(piece=24, first_ms=300, chars_per_s=1000)
LONG_WAIT = Rhythm(piece=24, first_ms=1700, chars_per_s=1000)
SLOW = Rhythm(piece=24, first_ms=20, chars_per_s=10)  # half a minute for the usual text
HASTY = Rhythm(piece=24, first_ms=1, chars_per_s=1_000_000)
LISTINGS = {
    "usual": (USUAL, "ok"),
    "tools": (USUAL, "tools"),
    "failing": (USUAL, "status-500"),
    "breaking": (USUAL, "error-mid?after=6&delta_ms=5"),
    "quick": (LONG_WAIT, "ok"),
    "dawdling": (LONG_WAIT, "ok?first_ms=150&delta_ms=40"),
    "slow": (SLOW, "ok"),
    "hasty": (HASTY, "ok?first_ms=20&delta_ms=3"),
}
SETTINGS = """
[server]
keepalive_s = 0.4
drain_s = 1
[upstream]
attempts = 1
"""
MESSAGES = {"messages": [{"role": "user", "content": "hi"}]}
DIALECTS = {
    "chat/completions": MESSAGES,
    "completions": {"prompt": "hi"},
    "responses": {"input": "hi"},
    "messages": MESSAGES | {"max_tokens": 1000},
}
STALE_MS = 2
"""A loop's time is that of its turn's beginning."""


def started(data, url: str, names) -> Relay:
    relay = Relay(data, {}, SETTINGS)
    for name in names:
        rhythm, model = LISTINGS[name]
        extra = f"parameters = ['tools', 'tool_choice']\n{rhythm_text(rhythm)}"
        text = launch_text(f"stealth/{name}", [(url, model)], title=name, extra=extra)
        go_live(relay.desk, text)
    return relay.start()


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    relay = started(tmp_path_factory.mktemp("envelope"), scripted.url, LISTINGS)
    yield relay
    relay.close()


def ask(relay: Relay, name: str, **fields) -> bytes:
    return request(relay, f"stealth/{name}", **fields)


def due_ms(rhythm: Rhythm, characters: int) -> float:
    return rhythm.first_ms + characters * 1000 / rhythm.chars_per_s - STALE_MS


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_is_ahead_of_its_envelope(relay, dialect, stream):
    fields = DIALECTS[dialect]
    stream = read(
        relay.port, ask(relay, "usual", path=f"/api/v1/{dialect}", stream=stream, **fields)
    )
    assert stream.reply.status == 200
    assert stream.last_ms >= due_ms(USUAL, len(DEFAULT_TEXT))
    assert stream.first_ms >= due_ms(USUAL, 0)


def test_at_no_moment_has_more_come_than_the_envelope_lets_go(relay):
    stream = read(relay.port, ask(relay, "usual", stream=True))
    assert len(stream.reads) > 8
    for number in range(1, len(stream.reads) + 1):
        at, reply = stream.by(number)
        if reply.body:
            assert at >= due_ms(USUAL, len(reply.text) - USUAL.piece)
    assert stream.reply.text == DEFAULT_TEXT


def test_tool_calls_have_moments_too(relay):
    tool = {"type": "function", "function": {"name": "get_weather"}}
    stream = read(relay.port, ask(relay, "tools", stream=True, tools=[tool]))
    calls = re.findall(rb'"arguments":"(.*?)"[,}]', stream.raw)
    assert len(calls) > 1
    assert stream.first_ms >= due_ms(USUAL, 0)
    assert stream.last_ms >= due_ms(USUAL, len("get_weather"))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_an_error_does_not_come_sooner_than_an_answer(relay, stream):
    failed = read(relay.port, ask(relay, "failing", stream=stream))
    assert failed.reply.status >= 500
    assert failed.first_ms >= due_ms(USUAL, 0)


def test_nor_does_one_inside_a_stream(relay):
    broken = read(relay.port, ask(relay, "breaking", stream=True))
    text = broken.reply.text
    assert DEFAULT_TEXT.startswith(text)
    assert b'"finish_reason":"error"' in broken.raw
    assert len(text) > USUAL.piece
    assert broken.last_ms >= due_ms(USUAL, len(text))


@pytest.mark.parametrize("name", ["quick", "dawdling"])
def test_signs_of_life_do_not_depend_on_the_engine(relay, name):
    body = read(relay.port, ask(relay, name, stream=True)).reply.body
    assert re.findall(rb"^:.*\n", body, re.MULTILINE) == [b": processing\n"] * 4
    assert body.startswith(b": processing\n\n" * 4)


def test_what_the_engine_does_not_have_in_time_is_counted(relay):
    read(relay.port, ask(relay, "hasty", stream=True))
    page = relay.get("/metrics", f"authorization: Bearer {relay.management_key}").body.decode()
    late = re.findall(r'pacing_late_pieces_total\{listing="(.*)"\} (\S+)', page)
    assert float(dict(late)["stealth/hasty"]) > 1
    assert "stealth/quick" not in dict(late)


def facts(relay: Relay, generation: str, key: str):
    return relay.get(f"/api/v1/generation?id={generation}", f"authorization: Bearer {key}")


def test_nobody_sees_that_it_has_ended_before_it_has_for_its_client(relay):
    call = relay.begin("stealth/slow", stream=True)
    head = call.read_until(b"data: ")
    generation = re.search(rb"x-generation-id: (\S+)\r\n", head)[1].decode()
    assert relay.record(generation).end.outcome == "done"
    assert facts(relay, generation, relay.key).status == 404
    content = f"/api/v1/generation/content?id={generation}"
    assert relay.get(content, f"authorization: Bearer {relay.key}").status == 404
    call.close()
    eventually(lambda: facts(relay, generation, relay.key).status == 200)
    seen = facts(relay, generation, relay.key).json["data"]
    assert (seen["latency"], seen["generation_time"]) == (None, None)
    told = facts(relay, generation, relay.management_key).json["data"]
    assert told["generation_time"] > 0


def test_a_shutdown_ends_it(scripted, tmp_path):
    """As much as is left when running generations have had their time."""
    relay = started(tmp_path, scripted.url, ["slow"])
    call = relay.begin("stealth/slow", stream=True)
    call.read_until(b"data: ")
    assert relay.stop() == 0
    reply = call.rest()
    assert b'"finish_reason":"error"' in reply.raw
    assert len(reply.text) < len(DEFAULT_TEXT)
    relay.close()

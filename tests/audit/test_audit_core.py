"""The audit's client sees every byte, and its runner leaves no channel out."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.attribution.client.answer import answer_of, walk
from darkhorse.attribution.client.asking import Ask, Call, Message, Tool, ask, body_of
from darkhorse.attribution.client.reply import parse
from darkhorse.audit.attack import closed, leaks, untested
from darkhorse.audit.runner import audit, judge
from darkhorse.catalog.channels import CHANNELS

from .audit_kit import Manner, door, opened

STREAM = b'data: {"a":1}\n\n: hum\n\nevent: x\ndata: {"b":2}\n\n'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Odd:  a b\r\n"


def chunked(body: bytes, size: int) -> bytes:
    cuts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(cut), cut) for cut in cuts) + b"0\r\n\r\n"


@given(size=st.integers(1, 60), read=st.integers(1, 200))
def test_a_body_is_read_however_it_was_cut(size, read):
    raw = HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunked(STREAM, size)
    cuts = [raw[at : at + read] for at in range(0, len(raw), read)]
    arrivals = tuple((at / 10, cut) for at, cut in enumerate(cuts))
    reply = parse(raw, arrivals, 1.0)
    assert reply.body == STREAM
    assert [event.object for event in reply.events] == [{"a": 1}, None, {"b": 2}]
    assert [event.name for event in reply.events] == ["", "", "x"]
    times = [event.at for event in reply.events]
    assert times == sorted(times)
    for (
        event
    ) in reply.events:  # not before its last byte was there, and no later than the next read
        seen = b"".join(cut for at, cut in arrivals if at <= event.at)
        before = b"".join(cut for at, cut in arrivals if at < event.at)
        assert _unchunked(seen).count(b"\n\n") > _unchunked(before).count(b"\n\n")


def _unchunked(raw: bytes) -> bytes:
    return parse(raw + b"\r\n\r\n" * (b"\r\n\r\n" not in raw), (), 0).body


@given(st.binary(max_size=300))
def test_nothing_that_comes_breaks_it(raw):
    for whole in (raw, HEAD + b"\r\n" + raw, HEAD + b"transfer-encoding: chunked\r\n\r\n" + raw):
        reply = parse(whole, ((0.1, whole),), 0.2)
        for dialect in ("chat", "completions", "responses", "messages"):
            assert answer_of(dialect, reply).reply is reply


@given(
    st.recursive(
        st.none() | st.text(max_size=3) | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    (
                        "choices",
                        "delta",
                        "usage",
                        "message",
                        "tool_calls",
                        "output",
                        "content",
                        "error",
                        "type",
                    )
                ),
                inner,
            )
        ),
    )
)
def test_no_json_breaks_the_reading_of_an_answer(value):
    body = json.dumps(value).encode()
    for kind in (b"application/json", b"text/event-stream"):
        data = b"data: " + body + b"\n\n" if b"event" in kind else body
        raw = b"HTTP/1.1 200 OK\r\ncontent-type: " + kind + b"\r\n\r\n" + data
        for dialect in ("chat", "completions", "responses", "messages"):
            answer_of(dialect, parse(raw, ((0.1, raw),), 0.2))
    list(walk(value))


def test_headers_are_kept_as_they_came():
    reply = parse(HEAD + b"\r\n", (), 0)
    assert reply.headers == (("Content-Type", "text/event-stream"), ("X-Odd", "a b"))
    assert (reply.version, reply.status, reply.reason) == ("HTTP/1.1", 200, "OK")


def test_a_closed_door_is_an_answer_of_status_0():
    async def knock():
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        shut = door("public", f"http://127.0.0.1:{port}/v1")
        return await shut.ask(ask("hi")), shut.spent

    answer, spent = asyncio.run(knock())
    assert (answer.reply.status, answer.ok, spent.calls) == (0, False, 1)
    assert answer.reply.problem


def test_an_api_that_never_ends_is_given_up():
    async def wait():
        async def silent(reader, writer):
            await reader.read(1)
            await reader.read()
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            slow = door("public", f"http://127.0.0.1:{port}/v1", patience_s=0.05)
            return await slow.ask(ask("hi"))

    assert "no end" in asyncio.run(wait()).reply.problem


def test_calls_and_public_tokens_are_counted():
    async def spend():
        async with opened(Manner()) as url:
            public = door("public", url)
            await public.ask(ask("abcdefgh", system="abcd"))
            return public.spent

    spent = asyncio.run(spend())
    said = len(b"Bridges hum: the wind plays them like strings.")
    assert (spent.calls, spent.tokens) == (1, 2 + 1 - (-said // 4))


TOOL = Tool(name="f")
TURNS = (
    Message(text="hi"),
    Message(role="assistant", calls=(Call("id-1", "f", "{}"),)),
    Message(role="tool", text="ok", answers="id-1"),
)


@pytest.mark.parametrize("dialect", ["chat", "completions", "responses", "messages"])
def test_a_question_keeps_its_parts_in_every_dialect(dialect):
    asked = Ask(messages=TURNS, system="be kind", tools=(TOOL,), must_call="f", limit=7)
    body = body_of(dialect, "m", asked)
    written = json.dumps(body)
    assert all(part in written for part in ("hi", "be kind", "ok"))
    assert 7 in body.values()
    if dialect != "completions":
        assert written.count("id-1") == 2
        assert "tool_choice" in body


class Stub:
    """An attack that says what it was made to say."""

    calls = 1

    def __init__(self, name, channels, findings=(), fails=""):
        self.name, self.channels, self.findings, self.fails = name, channels, findings, fails

    async def read(self, door):
        if self.fails == "read":
            raise RuntimeError("boom")
        return door.side

    def judge(self, raw, public):
        if self.fails == "judge":
            raise RuntimeError("boom")
        return [*self.findings, untested(f"{self.channels[0]}/seen", f"{raw} {public}")]


def played(*attacks, raw=True):
    async def play():
        back = door("raw", "http://127.0.0.1:1/v1") if raw else None
        return await audit(back, door("public", "http://127.0.0.1:1/v1"), attacks)

    return asyncio.run(play())


def test_every_channel_has_a_finding_in_the_channels_order():
    found = played(Stub("a", ("headers",), [closed("headers", "fine")]))
    channels = list(dict.fromkeys(each.channel for each in found))
    assert channels == [channel.name for channel in CHANNELS]
    assert all(each.public for each in found)


@pytest.mark.parametrize("fails", ["read", "judge"])
def test_an_attack_that_breaks_is_untested_and_never_a_pass(fails):
    found = {each.name: each for each in played(Stub("a", ("headers", "rhythm"), fails=fails))}
    for channel in ("headers", "rhythm"):
        assert found[channel].verdict == "untested"
        assert "boom" in found[channel].public


def test_a_leak_is_not_hidden_by_another_attack_that_found_none():
    for order in (1, -1):
        stubs = [
            Stub("a", ("headers",), [closed("headers", "fine")]),
            Stub("b", ("headers",), [leaks("headers/odd", "tells")]),
        ][::order]
        found = [each for each in played(*stubs) if each.channel == "headers"]
        assert {each.verdict for each in found if each.name != "headers/seen"} == {"leaks"}


def test_the_worst_of_one_name_is_kept():
    stubs = [
        Stub("a", ("headers",), [leaks("headers/odd", "tells")]),
        Stub("b", ("headers",), [closed("headers/odd", "fine")]),
    ]
    assert [each.verdict for each in played(*stubs) if each.name == "headers/odd"] == ["leaks"]


def test_it_works_without_a_raw_door():
    found = {each.name: each for each in played(Stub("a", ("headers",)), raw=False)}
    assert found["headers/seen"].public == "None public"


def test_raw_readings_can_be_kept_for_another_audit():
    stub = Stub("a", ("headers",))
    found = {each.name: each for each in judge({"a": "kept"}, {"a": "new"}, [stub])}
    assert found["headers/seen"].public == "kept new"


def test_attacks_share_answers_that_are_asked_for_once():
    async def twice():
        public = door("public", "http://127.0.0.1:1/v1")
        made = []

        async def work():
            made.append(1)
            return len(made)

        return await asyncio.gather(public.once("x", work), public.once("x", work))

    assert asyncio.run(twice()) == [1, 1]

"""How answers end early: clients that hang up, stall or read slowly, and a server that leaves."""

import contextlib
import json
import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from darkhorse.upstream.scripted import DEFAULT_TEXT

from .stage import Call, Relay, Reply, eventually

SLOW = "slow?first_ms=0&delta_ms=30&deltas=40"  # 1.2 s
LATE = "ok?first_ms=300"
SILENT = "slow?first_ms=500&delta_ms=1&deltas=3"
BULK = "long?deltas=3000&size=16000"  # 48 MB: more than buffers on the way hold
BULK_TOKENS = 20_000_000
BULKY = {
    "max_output": BULK_TOKENS,
    "context": 2 * BULK_TOKENS,
    "listing_extra": "rhythm.piece = 4096",  # or it would be two million events
}
LISTINGS = ("ok", "echo", "hang", "hang-headers", "hang-mid", SLOW, LATE, SILENT, BULK)
SETTINGS = """
[server]
keepalive_s = 0.1
client_stall_s = 1
drain_s = 20
[upstream]
idle_s = 20
"""


@pytest.fixture
def relay_with(scripted, tmp_path):
    relays = []

    def start(settings: str = SETTINGS, **more) -> Relay:
        listings = {model: [(scripted.url, model)] for model in LISTINGS}
        relays.append(Relay(tmp_path / f"{len(relays)}", listings, settings, **more))
        return relays[-1].start()

    yield start
    for relay in relays:
        relay.close()


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {model: [(scripted.url, model)] for model in LISTINGS}
    relay = Relay(tmp_path_factory.mktemp("endings"), listings, SETTINGS).start()
    yield relay
    relay.close()


def ended_since(relay: Relay, before: set[str], count: int = 1) -> list:
    """The generations that began since, once there are so many and all have ended."""

    def look():
        new = [record for i, record in relay.records().items() if i not in before]
        return new if len(new) == count and all(record.end for record in new) else None

    return eventually(look)


def running(relay: Relay) -> int:
    body = relay.get("/metrics", f"authorization: Bearer {relay.management_key}").body.decode()
    return int(float(body.split("\ndarkhorse_generations_running ")[1].split("\n")[0]))


# Clients that go


@pytest.mark.parametrize("leave", [Call.close, Call.reset], ids=["close", "reset"])
def test_hanging_up_mid_stream_keeps_what_was_said(scripted, relay, leave):
    before = set(relay.records())
    call = relay.begin(SLOW, stream=True)
    head = call.read_until(b'"content":"')
    leave(call)
    (ended,) = ended_since(relay, before)
    assert f"x-generation-id: {ended.id}".encode() in head
    kept = relay.record(ended.id)
    said = json.loads(kept.answer)["content"]
    assert DEFAULT_TEXT.startswith(said)
    assert 0 < len(said) < len(DEFAULT_TEXT)
    assert (kept.end.outcome, kept.end.status, kept.end.finish) == ("cancelled", 499, "error")
    assert kept.end.usage.completion == -(-len(said.encode()) // 4)
    eventually(lambda: scripted.seen(SLOW)[-1]["cancelled"])


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("model", ["hang", "hang-headers"])
def test_hanging_up_before_the_first_token(scripted, relay, model, stream):
    before, asked = set(relay.records()), len(scripted.seen(model))
    call = relay.begin(model, stream=stream)
    eventually(lambda: len(scripted.seen(model)) > asked)
    call.close()
    (ended,) = ended_since(relay, before)
    assert (ended.end.outcome, ended.end.usage.completion) == ("cancelled", 0)
    assert len(ended.end.attempts) == 1
    eventually(lambda: scripted.seen(model)[-1]["cancelled"])


def test_an_unstreamed_answer_nobody_waits_for_is_kept_as_far_as_it_came(scripted, relay):
    before, asked = set(relay.records()), len(scripted.seen("hang-mid"))
    call = relay.begin("hang-mid", max_tokens=500)  # so that it is read as a stream
    eventually(lambda: len(scripted.seen("hang-mid")) > asked)
    assert call.silent(0.1)
    call.close()
    (ended,) = ended_since(relay, before)
    assert ended.end.outcome == "cancelled"
    said = json.loads(relay.record(ended.id).answer)["content"]
    assert 0 < len(said) < len(DEFAULT_TEXT)
    assert DEFAULT_TEXT.startswith(said)


def test_hanging_up_while_the_start_frame_is_on_its_way(relay_with):
    """The first chunk waits for that frame; who hangs up then must not take the record along."""
    relay = relay_with(f"{SETTINGS}[journal]\ngather_ms = 500\n")
    call = relay.begin("ok", stream=True)
    assert call.silent(0.05)
    call.close()
    (ended,) = ended_since(relay, set())
    assert (ended.start.id, ended.end.outcome) == (ended.id, "cancelled")
    assert eventually(lambda: running(relay) == 0)


def test_hanging_up_at_any_moment_leaves_a_whole_record(relay):
    """Each at another moment of its generation, from before its first byte to after its last."""
    before, count = set(relay.records()), 60

    def ask(number: int) -> None:
        call = relay.begin("ok" if number % 2 else LATE, stream=number % 4 < 2)
        call.silent(0.4 * number / count)
        call.reset()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(ask, range(count)))
    ended = ended_since(relay, before, count)
    assert {record.end.outcome for record in ended} == {"done", "cancelled"}
    assert eventually(lambda: running(relay) == 0)


# Clients that wait, or let us wait


def test_a_silent_stream_shows_signs_of_life(relay):
    reply = relay.chat(SILENT, stream=True)
    assert reply.body.startswith(b": processing\n\n: processing\n\n")
    assert reply.text == DEFAULT_TEXT
    assert reply.events[-1] == "[DONE]"


def test_after_a_sign_of_life_an_error_comes_in_the_stream(relay_with):
    relay = relay_with(f"{SETTINGS}first_token_s = 0.5\n")
    reply = relay.chat("hang", stream=True)
    assert reply.status == 200
    assert reply.body.startswith(b": processing\n\n")
    (only,) = reply.events
    assert json.loads(only)["error"]["code"] == 504


def test_an_unstreamed_answer_has_no_signs_of_life(relay):
    assert relay.chat(LATE).body.startswith(b"{")


def test_a_slow_reader_gets_all_of_it_and_holds_nobody_up(relay_with):
    relay = relay_with(SETTINGS.replace("client_stall_s = 1", "client_stall_s = 10"), **BULKY)
    call = relay.begin(BULK, stream=True)
    call.read_until(b"data: ")
    for _ in range(5):
        assert relay.chat("ok").text == DEFAULT_TEXT
        call.read_more()  # a little now and then
        assert running(relay) == 1
    reply = call.rest()
    assert reply.events[-1] == "[DONE]"
    assert len(reply.text) == 3000 * 16_000
    assert relay.record(reply.id).end.outcome == "done"


def test_a_client_that_reads_nothing_counts_as_gone(scripted, relay_with):
    relay = relay_with(**BULKY)
    call = relay.begin(BULK, stream=True)
    call.read_until(b"data: ")
    (ended,) = ended_since(relay, set())
    assert ended.end.outcome == "cancelled"
    eventually(lambda: scripted.seen(BULK)[-1]["cancelled"])
    assert relay.chat("ok").status == 200
    assert eventually(lambda: running(relay) == 0)
    assert "failed" not in relay.log.read_text()  # the client's doing, not ours


def test_a_client_that_reads_nothing_does_not_hold_up_the_end(relay_with):
    relay = relay_with(**BULKY)
    relay.begin(BULK, stream=True).read_until(b"data: ")
    ended_since(relay, set())
    assert relay.process.stop(seconds=5) == 0


def test_fifty_streams_at_once_are_kept_apart(relay):
    def ask(number: int) -> tuple[str, Reply]:
        text = f"stream {number}: " + f"{number:03d} " * 500
        messages = [{"role": "user", "content": text}]
        return text, relay.chat("echo", stream=True, messages=messages)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    assert [reply.text == text for text, reply in answers] == [True] * 50
    assert len({reply.id for _, reply in answers}) == 50
    for _, reply in answers:
        assert {chunk["id"] for chunk in reply.chunks} == {reply.id}


# A server that goes


def idle(relay: Relay) -> socket.socket:
    """A connection kept open after a request, as clients keep them in a pool."""
    connection = socket.create_connection(("127.0.0.1", relay.port), timeout=10)
    connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
    answer = b""
    while b"}" not in answer:
        answer += connection.recv(4096)
    return connection


def gone(relay: Relay) -> int:
    """The exit status."""
    code = relay.process.popen.wait(15)
    relay.process.popen.stdout.close()
    return code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_drain_lets_answers_finish_and_takes_no_more(relay_with, number):
    relay = relay_with()
    streams = [relay.begin(SLOW, stream=True) for _ in range(5)]
    wholes = [relay.begin(SLOW) for _ in range(2)]
    for call in streams:
        call.read_until(b"data: ")
    with idle(relay) as late:
        relay.process.popen.send_signal(number)
        with contextlib.suppress(ConnectionError):
            late.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n")
            late.sendall(f"authorization: Bearer {relay.key}\r\ncontent-length: 0\r\n\r\n".encode())
            answer = late.recv(4096)
            assert not answer or answer.startswith((b"HTTP/1.1 503 ", b"HTTP/1.1 400 "))
    for reply in (call.rest() for call in streams):
        assert reply.raw.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
        assert reply.text == DEFAULT_TEXT
    assert [call.rest().text for call in wholes] == [DEFAULT_TEXT] * 2
    assert gone(relay) == 0
    assert [record.end.outcome for record in relay.records().values()] == ["done"] * 7
    assert "drained: 7 finished, 0 stopped" in relay.log.read_text()


@pytest.mark.parametrize("again", [False, True], ids=["late", "told-twice"])
def test_at_the_end_of_its_patience_a_drain_breaks_answers_off(relay_with, again):
    relay = relay_with(f"[server]\ndrain_s = {60 if again else 0.5}\n[upstream]\nidle_s = 90\n")
    stream, silent = relay.begin("hang-mid", stream=True), relay.begin("hang", stream=True)
    whole = relay.begin("hang")
    stream.read_until(b"data: ")
    eventually(lambda: running(relay) == 3)
    with idle(relay) as pooled:
        relay.process.popen.send_signal(signal.SIGTERM)
        assert pooled.recv(1) == b""  # it has begun
    if again:
        relay.process.popen.send_signal(signal.SIGTERM)
    reply = stream.rest()
    assert reply.events[-1] != "[DONE]"
    assert reply.chunks[-1]["error"]["code"] == 503
    for reply in (silent.rest(), whole.rest()):
        assert reply.status == 503
        assert reply.json["error"]["message"] == "This server is shutting down."
    assert gone(relay) == 0
    assert [record.end.outcome for record in relay.records().values()] == ["failed"] * 3


def test_an_idle_server_leaves_at_once(relay_with):
    relay = relay_with()
    assert relay.stop() == 0
    assert "drained" not in relay.log.read_text()
